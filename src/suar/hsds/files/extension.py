"""The extension object `suar` of a file: who is let in, areas, translations, hidden places.

The JSON Schema of these models is the published profile. Source: docs/decisions/directory.
"""

from collections.abc import Callable, Collection
from datetime import date
from types import GenericAlias
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from suar.core.i18n import SOURCE_LANGUAGE, localize
from suar.directory import catalogue
from suar.directory.documents import EligibilityEntry, UrgentLine
from suar.hsds.files import values

EXTENSION, MAX_SHOWN = "suar", 40
LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}"
SETS = {
    "sex": "EL_SEX",
    "nationality": "EL_NATIONALITY",
    "forms": "EL_FORM",
    "residential": "EL_RESIDENTIAL",
    "disability": "EL_DISABILITY",
    "exclusions": "EL_EXCLUSION",
    "family": "EL_FAMILY",
}
CODES = {
    "children_with": "EL_CHILDREN_WITH",
    "stay": "EL_STAY",
    "papers": "EL_PAPERS",
    "formal": "EL_FORMAL",
    "cost": "EL_COST",
    "opening": "EL_TIME",
}
YEARS = ("age_min", "age_max", "children_age_limit")
PROBLEM_CODES = {
    "extra_forbidden": "unknown_key",
    "missing": "missing",
    "list_type": "not_list",
    "dict_type": "not_object",
    "model_type": "not_object",
    "int_type": "not_whole",
    "bool_type": "not_yes_no",
    "string_type": "not_text",
    "string_pattern_mismatch": "unknown_language",
}
"""Our code for each kind of pydantic error; our own validators raise errors under our codes."""


def _format(name: str) -> Callable[[Any], Any]:
    """Return a validator for one of the formats of `values`."""

    def check(value: Any) -> Any:
        try:
            return values.check_value(value, name)
        except values.InvalidValue as wrong:
            raise _error(wrong.why, wrong.detail) from None

    return check


def _between(low: int, high: int) -> Callable[[int], int]:
    def check(number: int) -> int:
        if not low <= number <= high:
            raise _error("out_of_range", f"{low}-{high}")
        return number

    return check


def _among(allowed: Collection[str]) -> Callable[[str], str]:
    def check(code: str) -> str:
        if code not in allowed:
            raise _error("unknown_code", code[:MAX_SHOWN])
        return code

    return check


def _error(code: str, detail: str = "", *, field: str = "") -> PydanticCustomError:
    return PydanticCustomError("suar", "{code}", {"code": code, "detail": detail, "field": field})


def _enum(allowed: Collection[str], **schema: Any) -> WithJsonSchema:
    return WithJsonSchema({"enum": sorted(allowed), **schema})


UNSTATED: Any = None
DISTRICTS = frozenset(code for code in catalogue.places() if "." in code)
ACCESS_CODES = frozenset(code for code, row in catalogue.access_fields().items() if not row["made"])
COUNT_SCHEMA = WithJsonSchema({"type": "integer", "minimum": 0})
Count = Annotated[int, AfterValidator(_between(0, 9999)), COUNT_SCHEMA]
Days = Annotated[int, AfterValidator(_between(0, 36_500)), COUNT_SCHEMA]
Years = Annotated[
    int, AfterValidator(_between(0, 120)), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 120})
]
District = Annotated[str, AfterValidator(_among(DISTRICTS)), _enum(DISTRICTS)]
ServiceType = Annotated[str, AfterValidator(_among(catalogue.types())), _enum(catalogue.types())]
Area = Annotated[str, AfterValidator(_among(catalogue.places())), _enum(catalogue.places())]
AccessCode = Annotated[str, AfterValidator(_among(ACCESS_CODES))]
Day = Annotated[date, BeforeValidator(_format("date"))]
Text = Annotated[str, AfterValidator(_format("text"))]
Telephone = Annotated[str, AfterValidator(_format("telephone"))]
Tag = Annotated[str, Field(pattern=f"^{LANGUAGE}$")]
TagOrInterpreter = Annotated[str, Field(pattern=f"^({catalogue.INTERPRETER}|{LANGUAGE})$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Places(_Part):
    total: Count = UNSTATED
    free: Count = UNSTATED
    as_of: Day = UNSTATED

    @model_validator(mode="after")
    def _check_free(self) -> Self:
        if self.total is not None and self.free is not None and self.free > self.total:
            raise _error("out_of_range", f"0-{self.total}", field="free")
        return self


class Urgent(_Part):
    """A line that somebody answers, when, and when it was last tried."""

    number: Telephone
    tested: Day = UNSTATED
    hours: dict[Tag, Text] = Field(default_factory=dict, description="Words by language.")


class Translation(BaseModel):
    """Words in one language.

    In access, AC_SAFE_CONTACT says how and when it is safe to call, AC_BRING what to bring, AC_HOW how to get in.
    """

    model_config = ConfigDict(strict=True)
    name: Text = ""
    description: Text = ""
    access: dict[AccessCode, Text] = {}


class PublicProvider(_Part):
    translations: dict[Tag, Translation] = {}

    def texts(self, field: str) -> dict[str, str]:
        """Return one field of the translations by language."""
        texts = {tag: getattr(each, field) for tag, each in self.translations.items()}
        return {tag: text for tag, text in texts.items() if text}


class Provider(PublicProvider):
    organisation: Annotated[UUID, BeforeValidator(_format("uuid"))] = UNSTATED
    answers_by_link: bool = UNSTATED


class Location(_Part):
    district: District = UNSTATED
    hidden: bool = UNSTATED


class _Service(PublicProvider):
    languages: list[TagOrInterpreter] = UNSTATED
    cooperation: bool = Field(UNSTATED, description="Testimony is asked for before help.")
    stay_limit_days: Days = UNSTATED
    places: Places = Places()
    urgent: Urgent = UNSTATED
    types: list[ServiceType] = UNSTATED
    areas: list[Area] = Field(UNSTATED, description="Never narrower than a province when the place is hidden.")

    @model_validator(mode="after")
    def _check_ages(self) -> Self:
        low, high = getattr(self, "age_min", None), getattr(self, "age_max", None)
        if low is not None and high is not None and low > high:
            raise _error("age_order", f"{low}-{high}", field="age_max")
        return self

    def access(self) -> dict[str, dict[str, str]]:
        """Return what people are told, by field and language."""
        texts: dict[str, dict[str, str]] = {}
        for tag, translation in self.translations.items():
            for code, text in translation.access.items():
                texts.setdefault(code, {})[tag] = text
        return texts

    def urgent_line(self) -> UrgentLine | None:
        """Return the line that somebody answers now."""
        urgent = self.urgent
        return UrgentLine(urgent.number, urgent.tested, urgent.hours) if urgent else None

    def eligibility(self) -> EligibilityEntry:
        """Return who is let in."""
        stated: dict[str, Any] = {name: sorted_codes(getattr(self, name)) for name in SETS}
        stated |= {name: getattr(self, name) for name in (*CODES, *YEARS, "cooperation", "stay_limit_days")}
        return EligibilityEntry(
            **stated,
            languages=sorted_codes(self.languages) or None,
            places_total=self.places.total,
            places_free=self.places.free,
            places_as_of=self.places.as_of,
        )


def _attribute(code: str) -> Any:
    """Return the type of an attribute's code."""
    allowed, label = catalogue.allowed(code), localize(catalogue.attributes()[code]["words"], SOURCE_LANGUAGE)
    return Annotated[str, AfterValidator(_among(allowed)), _enum(allowed, description=label)]


_FIELDS: dict[str, Any] = {name: (GenericAlias(list, _attribute(code)), None) for name, code in SETS.items()}
_FIELDS |= {name: (_attribute(code), None) for name, code in CODES.items()} | dict.fromkeys(YEARS, (Years, None))
Service: type[_Service] = create_model("Service", __base__=_Service, **_FIELDS)
MODELS: dict[str, type[BaseModel]] = {"organization": Provider, "location": Location, "service": Service}


def read_extension(kind: str, content: Any, refuse: Callable[[str, str, str], None]) -> Any:
    """Return the extension of a row as a model; report each problem by field, code and detail."""
    try:
        return MODELS[kind].model_validate(content or {})
    except ValidationError as error:
        for each in error.errors(include_url=False):
            context = each.get("ctx", {})
            code = context["code"] if each["type"] == "suar" else PROBLEM_CODES[each["type"]]
            detail = context.get("detail") or (str(each["input"])[:MAX_SHOWN] if code == "unknown_language" else "")
            path = [step for step in (*each["loc"], context.get("field")) if isinstance(step, str) and step != "[key]"]
            refuse(".".join([EXTENSION, *filter(None, path)])[:80], code, detail)
        return MODELS[kind].model_validate({})


def sorted_codes(codes: list[str] | None) -> tuple[str, ...] | None:
    """Return each code once, sorted; None if the file states nothing."""
    return None if codes is None else tuple(sorted(set(codes)))
