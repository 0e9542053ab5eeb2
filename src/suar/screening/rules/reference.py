"""Reference data: settings, countries, barriers, forbidden questions, practice people, information sheet."""

import re
from functools import lru_cache

from suar.screening.rules.data_files import Data, Raw, load_file
from suar.screening.rules.instrument import ANY, Wording

PATTERNS, EXAMPLES = "patterns_", "examples_"
CODES_AT_ONCE = 4


class SpokenSentence(Data):
    """A sentence to say, with an optional wording for a child."""

    code: str
    text: Wording
    child: Wording | None = None


class Setting(Data):
    """A place of a talk: the longest form that fits, what to do first, and risks.

    `lawyer_first`: ask nothing about what happened before a lawyer was there. `child_worker`: only a worker trained
    for children talks with a child here. `absent`: the person is not at this place. `detains`: people are in custody
    here. `presumed_forced`: people who come from here are taken to have been forced until it is checked. `elsewhere`:
    the person may be far from the worker, as on the phone. `abroad`: in no district of the country. `any_age`: as many
    children as adults may be here.
    """

    code: str
    label: Wording
    form: str
    first: Wording
    risks: tuple[Wording, ...]
    lawyer_first: bool = False
    detains: bool = False
    presumed_forced: bool = False
    child_worker: bool = False
    any_age: bool = False
    absent: bool = False
    elsewhere: bool = False
    abroad: bool = False


class RoleLimit(Data):
    """The longest form that a role runs, and the longest that a deployment may allow."""

    role: str
    runs: str
    may_widen_to: str
    police: bool


class Settings(Data):
    """All settings, the forms that roles run there, and what police say first."""

    settings: dict[str, Setting]
    roles: dict[str, RoleLimit]
    police_first: SpokenSentence
    police_widened: SpokenSentence


class CountryLine(Data):
    """A sentence on what can change in this country; `state` is KNOWN, PARTLY or UNKNOWN."""

    topic: str
    state: str
    text: Wording
    child: Wording
    basis: Wording


class EndCode(Data):
    """A code of a barrier or of an earlier contact; `response` is what helps against a barrier."""

    code: str
    text: Wording
    response: Wording | None = None
    stands_out_in: frozenset[str] = frozenset()


class EndGroup(Data):
    """A group of end codes on the last step."""

    code: str
    label: Wording
    codes: tuple[EndCode, ...]


class ForbiddenQuestion(Data):
    """Something that must not be asked, and the patterns that recognise it."""

    code: str
    label: Wording
    because: Wording
    patterns: tuple[re.Pattern[str], ...]
    examples: dict[str, tuple[str, ...]]


class InventedPerson(Data):
    """An invented person for practice talks: how the worker meets them, and what they say at each step."""

    code: str
    label: Wording
    scene: Wording
    says: dict[str, Wording]


class SheetPart(Data):
    """A part of the information sheet: its heading and its sentences."""

    code: str
    title: Wording
    lines: tuple[Wording, ...]


class Sheet(Data):
    """The information sheet: what a person may want to know before they choose."""

    title: Wording
    parts: tuple[SheetPart, ...]


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Return the settings of first contact, the forms that roles run there, and what police say first.

    Source: data/settings-1.json.
    """
    raw = load_file("settings-1")
    places = {row["code"]: row for row in raw["settings"]}
    return Settings.model_validate({**raw, "settings": places, "roles": {row["role"]: row for row in raw["roles"]}})


@lru_cache(maxsize=32)
def country_lines(country: str) -> tuple[CountryLine, ...]:
    """Return what can change for travel, asylum, stay, return and police, one sentence each.

    A country without texts of its own gets those that say what is not known.

    Source: data/country-1.json; OSCE guidelines 2019.
    """
    known = {row["code"]: row["lines"] for row in load_file("country-1")["countries"]}
    return tuple(CountryLine.model_validate(row) for row in known.get(country, known[ANY]))


@lru_cache(maxsize=32)
def end_groups(name: str, setting: str = "") -> tuple[EndGroup, ...]:
    """Return the groups and codes of "barriers" to help, or of earlier contacts at which the person was "missed".

    The codes of the setting come first.
    Source: data/barriers-1.json; data/missed-1.json.
    """
    raw = load_file(f"{name}-1")
    rows = sorted(raw[name], key=lambda row: setting not in row.get("stands_out_in", ()))
    return tuple(
        EndGroup.model_validate({**group, "codes": [row for row in rows if row["group"] == group["code"]]})
        for group in raw["groups"]
    )


@lru_cache(maxsize=64)
def first_codes(name: str, setting: str = "") -> tuple[EndCode, ...]:
    """Return the codes to show first: those typical of the setting, then the most general ones.

    Source: data/barriers-1.json; data/missed-1.json; own design, docs/decisions/talk.md.
    """
    raw = load_file(f"{name}-1")
    codes = {row["code"]: row for row in raw[name]}
    fitting = [code for code, row in codes.items() if setting in row.get("stands_out_in", ())]
    chosen = dict.fromkeys([*fitting, *raw["first"]])
    return tuple(EndCode.model_validate(codes[code]) for code in list(chosen)[:CODES_AT_ONCE])


@lru_cache(maxsize=1)
def forbidden_questions() -> tuple[ForbiddenQuestion, ...]:
    """Return what must not be asked, with the patterns of all languages.

    Source: WHO 2003; data/never-ask-1.json.
    """
    return tuple(ForbiddenQuestion.model_validate(_with_patterns(row)) for row in load_file("never-ask-1")["never"])


@lru_cache(maxsize=1)
def invented_people() -> dict[str, InventedPerson]:
    """Return the invented people to practise with, by code.

    Source: data/practice-1.json.
    """
    return {row["code"]: InventedPerson.model_validate(row) for row in load_file("practice-1")["people"]}


@lru_cache(maxsize=1)
def information() -> Sheet:
    """Return the information sheet.

    Source: data/information-1.json.
    """
    return Sheet.model_validate(load_file("information-1"))


def _with_patterns(row: Raw) -> Raw:
    patterns = [pattern for key, texts in row.items() if key.startswith(PATTERNS) for pattern in texts]
    examples = {key.removeprefix(EXAMPLES): texts for key, texts in row.items() if key.startswith(EXAMPLES)}
    return {**row, "patterns": patterns, "examples": examples}
