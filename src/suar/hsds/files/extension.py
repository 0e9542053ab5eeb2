"""The extension object `suar` of a file: who is admitted, areas, translations, hidden places.

The JSON Schema of these models is the published profile. Source: docs/decisions/directory.
"""

from collections.abc import Callable, Iterable
from types import GenericAlias
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ValidationError,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from suar.core.i18n import SOURCE_LANGUAGE, localize
from suar.directory import catalogue
from suar.directory.facts import ELIGIBILITY_FIELDS, ELIGIBILITY_SETS
from suar.hsds.files.schema import EXTENSION, Date, Id, Telephone, Text, invalid, list_problems

LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}"
ATTRIBUTES = {"children_with": "EL_CHILDREN_WITH"} | {
    row["match"]["service"]: code for code, row in catalogue.attributes().items() if "service" in row["match"]
}
"""The attribute of the catalogue that each field of eligibility states."""
MAX_AGE = 120
"""The highest age; as a limit it excludes nobody."""
YEARS = ("age_min", "age_max", "children_age_limit")
UNSTATED: Any = None


class OneOf:
    """Allows some codes; the JSON Schema lists them."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = sorted(codes)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema that pydantic validates with."""
        return core_schema.literal_schema(self.codes)


def _between(low: int, high: int) -> AfterValidator:
    def check(number: int) -> int:
        if not low <= number <= high:
            raise invalid("out_of_range", f"{low}-{high}")
        return number

    return AfterValidator(check)


NOT_NEGATIVE = WithJsonSchema({"type": "integer", "minimum": 0})
SORTED_UNIQUE = AfterValidator(lambda codes: tuple(sorted(set(codes))))
Count = Annotated[int, _between(0, 9999), NOT_NEGATIVE]
Days = Annotated[int, _between(0, 36_500), NOT_NEGATIVE]
Years = Annotated[int, _between(0, MAX_AGE), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": MAX_AGE})]
Tag = Annotated[str, Field(pattern=f"^{LANGUAGE}$")]
TagOrInterpreter = Annotated[str, Field(pattern=f"^({catalogue.INTERPRETER}|{LANGUAGE})$")]
AccessCode = Annotated[str, OneOf(code for code, row in catalogue.access_fields().items() if not row["made"])]
District = Annotated[str, OneOf(code for code in catalogue.places() if "." in code)]
Area = Annotated[str, OneOf(catalogue.places())]
ServiceType = Annotated[str, OneOf(catalogue.types())]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Places(_Part):
    total: Count = UNSTATED
    free: Count = UNSTATED
    as_of: Date = UNSTATED

    @model_validator(mode="after")
    def _check_free(self) -> Self:
        if self.total is not None and self.free is not None and self.free > self.total:
            raise invalid("out_of_range", f"0-{self.total}", field="free")
        return self


class Urgent(_Part):
    """A line that somebody answers, when, and when it was last tried."""

    number: Telephone
    tested: Date = UNSTATED
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
        return {tag: getattr(texts, field) for tag, texts in self.translations.items() if getattr(texts, field)}


class Provider(PublicProvider):
    organisation: Id = UNSTATED
    answers_by_link: bool = UNSTATED


class Location(_Part):
    district: District = UNSTATED
    hidden: bool = UNSTATED


class _Service(PublicProvider):
    languages: Annotated[list[TagOrInterpreter], SORTED_UNIQUE] = UNSTATED
    cooperation: bool = Field(UNSTATED, description="Testimony is asked for before help.")
    stay_limit_days: Days = UNSTATED
    places: Places = Places()
    urgent: Urgent = UNSTATED
    types: Annotated[list[ServiceType], SORTED_UNIQUE] = UNSTATED
    areas: Annotated[list[Area], SORTED_UNIQUE] = Field(
        UNSTATED, description="Never narrower than a province when the place is hidden."
    )

    @model_validator(mode="after")
    def _check_ages(self) -> Self:
        low, high = getattr(self, "age_min", None), getattr(self, "age_max", None)
        if low is not None and high is not None and low > high:
            raise invalid("age_order", f"{low}-{high}", field="age_max")
        return self

    def access(self) -> dict[str, dict[str, str]]:
        """Return the texts on access, by field and language."""
        texts: dict[str, dict[str, str]] = {}
        for tag, translation in self.translations.items():
            for code, text in translation.access.items():
                texts.setdefault(code, {})[tag] = text
        return texts

    def eligibility(self) -> dict[str, Any]:
        """Return who is admitted."""
        places = {f"places_{name}": value for name, value in self.places}
        stated = places | {name: value for name, value in self if name in ELIGIBILITY_FIELDS}
        return stated | {"languages": self.languages or None}


def _attribute(name: str, code: str) -> Any:
    label = localize(catalogue.attributes()[code]["words"], SOURCE_LANGUAGE)
    stated = Annotated[str, OneOf(catalogue.values_of(code)), Field(description=label)]
    return Annotated[GenericAlias(list, stated), SORTED_UNIQUE] if name in ELIGIBILITY_SETS else stated


_FIELDS: dict[str, Any] = dict.fromkeys(YEARS, (Years, None)) | {
    name: (_attribute(name, code), None) for name, code in ATTRIBUTES.items() if name not in _Service.model_fields
}
Service: type[_Service] = create_model("Service", __base__=_Service, **_FIELDS)
MODELS: dict[str, type[BaseModel]] = {"organization": Provider, "location": Location, "service": Service}


def read_extension(kind: str, content: Any, refuse: Callable[[str, str, str], None]) -> Any:
    """Return the extension of an object as a model; report each problem by field, code and detail."""
    try:
        return MODELS[kind].model_validate(content or {})
    except ValidationError as error:
        for field, code, detail in list_problems(error):
            refuse(f"{EXTENSION}.{field}"[:80], code, detail)
        return MODELS[kind].model_validate({})
