"""The extension object `suar` of a file: who is let in, areas, translations, hidden places.

The JSON Schema of these models is the published profile. Source: docs/decisions/0008.
"""

from collections.abc import Callable, Collection
from datetime import date
from typing import Annotated, Any, Self, cast
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


def _count(high: int) -> Any:
    return Annotated[int, AfterValidator(_between(0, high)), WithJsonSchema({"type": "integer", "minimum": 0})]


def _code(allowed: Collection[str], **schema: Any) -> Any:
    return Annotated[str, AfterValidator(_among(allowed)), WithJsonSchema({"enum": sorted(allowed), **schema})]


def _attribute(code: str) -> Any:
    """Return the type of an attribute's code, described in English."""
    return _code(catalogue.allowed(code), description=localize(catalogue.attributes()[code]["words"], SOURCE_LANGUAGE))


Day = Annotated[date, BeforeValidator(_format("date"))]
Text = Annotated[str, AfterValidator(_format("text"))]
Telephone = Annotated[str, AfterValidator(_format("telephone"))]
Tag = Annotated[str, Field(pattern=f"^{LANGUAGE}$")]
TagOrInterpreter = Annotated[str, Field(pattern=f"^({catalogue.INTERPRETER}|{LANGUAGE})$")]
AccessCode = Annotated[
    str, AfterValidator(_among([k for k, row in catalogue.access_fields().items() if not row["made"]]))
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Places(_Part):
    total: _count(9999) = None  # type: ignore[valid-type]
    free: _count(9999) = None  # type: ignore[valid-type]
    as_of: Day = cast(date, None)

    @model_validator(mode="after")
    def _check_free(self) -> Self:
        if self.total is not None and self.free is not None and self.free > self.total:
            raise _error("out_of_range", f"0-{self.total}", field="free")
        return self


class Urgent(_Part):
    """A line that somebody answers, when, and when it was last tried."""

    number: Telephone
    tested: Day = cast(date, None)
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
    organisation: Annotated[UUID, BeforeValidator(_format("uuid"))] = cast(UUID, None)
    answers_by_link: bool = cast(bool, None)


class Location(_Part):
    district: _code([code for code in catalogue.places() if "." in code]) = None  # type: ignore[valid-type]
    hidden: bool = cast(bool, None)


class _Service(PublicProvider):
    languages: list[TagOrInterpreter] = cast(list[str], None)
    cooperation: bool = Field(cast(bool, None), description="Testimony is asked for before help.")
    stay_limit_days: _count(36_500) = None  # type: ignore[valid-type]
    places: Places = Places()
    urgent: Urgent = cast(Urgent, None)
    types: list[_code(catalogue.types())] = cast(list[Any], None)  # type: ignore[valid-type]
    areas: list[_code(catalogue.places())] = Field(  # type: ignore[valid-type]
        cast(list[Any], None), description="Never narrower than a province when the place is not told."
    )

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


def _years() -> Any:
    return Annotated[
        int, AfterValidator(_between(0, 120)), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": 120})
    ]


Service = create_model(  # type: ignore[call-overload]  # the fields come from the code lists
    "Service",
    __base__=_Service,
    **{name: (list[_attribute(code)], None) for name, code in SETS.items()},  # type: ignore[misc]
    **{name: (_attribute(code), None) for name, code in CODES.items()},
    **{name: (_years(), None) for name in YEARS},
)
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
