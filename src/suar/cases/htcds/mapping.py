"""The fields of HTCDS 2.0 as a table: what fills them, where their values belong, and other names for them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from suar.cases.codes import COUNTRIES, EPISODE_FORMS, EPISODE_MEANS, EPISODE_RELATIONS, SECTORS
from suar.core.codes import CodeList, read_data
from suar.core.i18n import staff_languages
from suar.records.terms import Compartment

TABLE: Mapping[str, Any] = read_data("cases", "htcds")
CASE, CONTACT_RULES, EXPORT = "suar_Case", "suar_ContactRules", "suar_Export"
"""Columns of our own: the standard has no key of a row, no rules for a number, and no mark of an export."""
OWN_COLUMNS: Mapping[str, str] = {CASE: "Case (Suar)", CONTACT_RULES: "Rules for the number (Suar)", EXPORT: "Export"}
EVENT = "hte_"
SEPARATORS = re.compile(r"\s*[;|\n]\s*")
NOT_IN_NAME = re.compile(r"[^a-z0-9]")
MAX_VALUES = 200
"""A cell with more values than that is words: no field has as many codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HtcdsField:
    """A field of the standard. `into` is `Document.field`; `compartment` is that of a value without a field in Suar.

    Its codes are those of the standard with their English labels. `core` is as the standard says.
    """

    name: str
    label: str
    entity: str
    type: str
    how: str
    core: bool
    into: str = ""
    compartment: Compartment | None = None
    many: bool = False
    deprecated: bool = False
    without_identity: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)


FIELDS: Mapping[str, HtcdsField] = {row["name"]: HtcdsField(**row) for row in TABLE["fields"]}
COLUMNS: Mapping[str, str] = {
    **OWN_COLUMNS,
    **{name: item.label for name, item in FIELDS.items() if not item.deprecated},
}
"""The columns of a file, in the order of the standard, with their labels."""


def _bare(name: str) -> str:
    """Return a name without underscores, blanks and capitals: `prs_First_Name` is `prsfirstname`."""
    return NOT_IN_NAME.sub("", name.casefold())


def _unique(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the field of each bare name; a name of two fields, such as City, is left out."""
    meanings: dict[str, set[str]] = {}
    for name, meaning in names:
        meanings.setdefault(_bare(name), set()).add(meaning)
    return {name: meant.pop() for name, meant in meanings.items() if len(meant) == 1}


NAMES = {
    **_unique((item.label, name) for name, item in FIELDS.items()),
    **_unique(TABLE["field_aliases"].items()),
    **_unique((name, CASE) for name in TABLE["case_aliases"]),
    **_unique((name, name) for name in (*FIELDS, *OWN_COLUMNS)),
}
IGNORED = frozenset(map(_bare, TABLE["ignored"]))


def find_columns(header: list[str], labels: list[str]) -> list[str]:
    """Return the field of each column by its name, or by its label where it has no name; "" for a column to ignore.

    A column that the standard does not have keeps its own name. `labels` is the row below the header.
    """
    columns: list[str] = []
    for number, name in enumerate(header, 1):
        heading = name or (labels[number - 1] if labels else "") or f"Column {number}"
        # A form may name its group before the field: `person/prs_FirstName`.
        bare = next((bare for bare in (_bare(heading), _bare(heading.rpartition("/")[2])) if bare in NAMES), "")
        column = "" if _bare(heading) in IGNORED else NAMES.get(bare, heading)
        columns.append(f"{column} ({number})" if column and column in columns else column)
    return columns


def is_label_row(columns: list[str], cells: list[str]) -> bool:
    """Return True for the second row of the standard's templates: most of its cells are labels of fields."""
    labels = {_bare(label) for label in COLUMNS.values()}
    filled = [cell for column, cell in zip(columns, cells, strict=True) if cell and column in COLUMNS]
    return len(filled) > 1 and sum(_bare(cell) in labels for cell in filled) * 2 > len(filled)


# Codes


def _by_code(codes: CodeList, name: str = "htcds") -> dict[str, list[str]]:
    """Return the codes of Suar for each code of the standard, in their order."""
    listed: dict[str, list[str]] = {}
    for code in codes.members:
        listed.setdefault(code.get(name) or "", []).append(code.code)
    return listed


OTHER = "Other"
FORMS, SEXUAL_FORMS = _by_code(EPISODE_FORMS), _by_code(EPISODE_FORMS, "htcds_sexual")
MEANS, RELATIONS, INDUSTRIES = _by_code(EPISODE_MEANS), _by_code(EPISODE_RELATIONS), _by_code(SECTORS)
MORE_MEANS: Mapping[str, str] = TABLE["more_codes"]["vic_MethodsOfControl"]
SEXES = {"Feminine": "FEMALE", "Masculine": "MALE", "TransgenderFeminine": "TRANS", "TransgenderMasculine": "TRANS"}
CLOSEST = ("Familial", "Acquainted", "Unaquainted")
POSSIBLE, ACTUAL, NOT_A = "PossibleVictimOfTrafficking", "ActualVictimOfTrafficking", "NotAVictimOfTrafficking"
FORMAL = {"F_RG_POS": POSSIBLE, "F_CON_POS": ACTUAL, "F_CON_NEG": NOT_A}
AUTHORITIES = frozenset({"Police", "CourtOrProsecution", "NonPoliceGovernmentalOrganization"})


def join_codes(name: str, codes: Iterable[str]) -> str:
    """Return codes of the standard in its order, with a semicolon between them, as Salesforce exports them."""
    chosen = set(codes)
    return ";".join(code for code in FIELDS[name].codes if code in chosen)


def htcds_codes(codes: CodeList, chosen: Iterable[str], name: str = "htcds") -> Iterator[str]:
    """Yield the codes of the standard for codes of Suar."""
    yield from (named for code in chosen if code in codes and (named := codes[code].get(name)))


def suar_code(listed: Mapping[str, list[str]], code: str) -> str:
    """Return the code of Suar for one of the standard; the last one of those that are Other."""
    ours = listed.get(code, [""])
    return ours[-1] if code == OTHER else ours[0]


def read_codes(name: str, text: str) -> tuple[list[str], list[str]]:
    """Return the codes of a cell, and those of its values that the standard does not have.

    A value is a code, its label, or another spelling. Several are separated by a semicolon, a line or, as XLSForm
    writes them, a blank.
    """
    if not text:
        return [], []
    known = _known_codes(name)
    whole = [text] if _bare(text) in known else SEPARATORS.split(text)
    if len(whole) > MAX_VALUES:
        return [], [text]
    values = [
        value
        for part in whole
        for value in ([part] if _bare(part) in known else re.split(r"[,\s]+", part))
        if value.strip()
    ]
    if not all(_bare(value) in known for value in values):
        values = [part for part in whole if part]
    codes = list(dict.fromkeys(known[_bare(value)] for value in values if _bare(value) in known))
    return codes, [value for value in values if _bare(value) not in known]


@cache
def _known_codes(name: str) -> dict[str, str]:
    """Return the code of a field for each bare spelling of one."""
    known = {_bare(code): code for code in (*FIELDS[name].codes, *TABLE["more_codes"].get(name, ()))}
    known = {_bare(label): code for code, label in FIELDS[name].codes.items()} | known
    return known | {_bare(other): code for other, code in TABLE["code_aliases"].get(name, {}).items()}


def read_country(text: str) -> str:
    """Return the code of a country by its code or by its name in a language of staff; "" if it is not known."""
    return text.upper() if text.upper() in COUNTRIES else _countries().get(_bare(text), "")


@cache
def _countries() -> dict[str, str]:
    languages = [language.code for language in staff_languages()]
    return {_bare(COUNTRIES.label(code, language)): code for code in COUNTRIES for language in languages}


def read_language(tag: str) -> str:
    """Return the tag of a language as Suar has it: three letters of ISO 639-2 become two."""
    language: str = TABLE["languages"].get(tag.casefold(), tag.casefold())
    return language
