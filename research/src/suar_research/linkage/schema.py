"""How people are turned into tokens: which columns, cut how, with how much weight.

Bringing what two houses wrote of one person nearer to each other, before it is cut.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from suar_research.files import refuse

Columns = dict[str, Sequence[str]]
NOT_A_DIGIT = re.compile(r"\D+")
YEAR_DIGITS, DATE_DIGITS = 4, 8
YEAR_LAST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$")
YEAR_FIRST = re.compile(r"^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$")


def as_name(words: str) -> str:
    """Take marks off letters, lower them, and leave single spaces between words.

    Vowels that Khmer, Hindi and others write as signs stay: they are no marks but half the name.
    """
    plain = unicodedata.normalize("NFKD", words.casefold())
    letters = (each for each in plain if not unicodedata.combining(each))
    return " ".join("".join(each if _is_of_a_name(each) else " " for each in letters).split())


def _is_of_a_name(sign: str) -> bool:
    return sign.isalnum() or unicodedata.category(sign).startswith("M")


def as_number(words: str) -> str:
    """Leave the digits, in the form that all scripts share."""
    return NOT_A_DIGIT.sub("", _with_shared_digits(words))


def as_date(words: str) -> str:
    """Write a date as eight digits: year, month, day; what is no such date keeps its digits.

    A day before a month, where the year stands last: as Indonesia and most of the world write.
    """
    said = _with_shared_digits(words).strip()
    if found := YEAR_LAST.match(said):
        day, month, year = found.groups()
        return f"{year}{int(month):02d}{int(day):02d}"
    if found := YEAR_FIRST.match(said):
        year, month, day = found.groups()
        return f"{year}{int(month):02d}{int(day):02d}"
    return as_number(said)


def is_no_date(words: str) -> bool:
    """Tell whether digits stand there that are no day of the calendar; without any it is empty."""
    digits = as_date(words)
    if len(digits) != DATE_DIGITS:
        return bool(digits)
    try:
        date.fromisoformat(digits)
    except ValueError:
        return True
    return False


def _with_shared_digits(words: str) -> str:
    """Write the digits of Khmer, Arabic and every other script as 0 to 9."""
    plain = unicodedata.normalize("NFKC", words)
    return "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in plain)


def as_year(words: str) -> str:
    """Give the year of a date, or a year that stands alone; nothing where none can be told."""
    digits = as_date(words)
    return digits[:YEAR_DIGITS] if len(digits) in (YEAR_DIGITS, DATE_DIGITS) else ""


def unchanged(words: str) -> str:
    """Change nothing."""
    return words


CLEANED: dict[str, Callable[[str], str]] = {
    "name": as_name,
    "number": as_number,
    "date": as_date,
    "year": as_year,
    "as_it_is": unchanged,
}


CUTS = {"letters": 1, "pairs": 2, "triples": 3, "whole": 0}
HASHES = ("independent", "double")
MOST_FEATURES = 20
MOST_BITS = 400
LENGTHS = (512, 1024, 2048, 4096)
FULLEST = 0.45


@dataclass(frozen=True, slots=True)
class Feature:
    """One column: `cut` into parts, cleaned as `kind`, set into `bits` places (with repeats)."""

    column: str
    cut: str = "pairs"
    bits: int = 80
    kind: str = "name"
    placed: bool = False
    """Whether a part tells its place in the word: for numbers, not for names."""


@dataclass(frozen=True, slots=True)
class Salt:
    """The column whose words, cleaned as `kind`, each have keys of their own.

    Equal names of two salts share no bits by which anybody could count them; and who is written
    with two salts cannot be found.
    """

    column: str
    kind: str = "year"


@dataclass(frozen=True, slots=True)
class Schema:
    """What all houses of a linkage agree on; `folds` halve the token, which hardens it.

    The same number of bits for each feature, however long the word, so that a token does not tell
    how long a name is. Source: Schnell, Bachteler & Reiher 2011; Schnell & Borgs 2016 (folding).
    """

    features: tuple[Feature, ...]
    length: int = 2048
    hashed: str = "independent"
    folds: int = 0
    salt: Salt | None = None

    @property
    def mark(self) -> str:
        """Tell schemas apart in files of tokens; a salted one never has the mark of another."""
        said = json.dumps(_said(self), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    @property
    def columns(self) -> list[str]:
        """Name the columns of the features."""
        return [each.column for each in self.features]

    @property
    def needed(self) -> list[str]:
        """Name the columns a file must have, the salt's among them."""
        return list(dict.fromkeys([*self.columns, *([self.salt.column] if self.salt else [])]))


NAMES_AND_BIRTH = Schema(
    (
        Feature("given_name"),
        Feature("family_name"),
        Feature("date_of_birth", kind="date", bits=80),
        Feature("sex", "whole", 10, "name"),
        Feature("place_of_birth", bits=50),
    )
)
"""Without a salt: finds through a slip in the year, and can be read from patterns of bits."""

SALTED = replace(NAMES_AND_BIRTH, salt=Salt("date_of_birth"))
"""A start for a house that has nothing agreed yet."""


def parse_schema(text: str) -> Schema:
    """Read a schema from JSON; raises Unreadable with what is wrong and where."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict) or not isinstance(raw.get("features"), list):
        refuse(["it is no schema: JSON with a list `features` is needed"])
    rows = raw["features"]
    refuse(_problems(raw, rows))
    features = tuple(Feature(**row) for row in rows)
    rest = {name: raw[name] for name in ("length", "hashed", "folds") if name in raw}
    agreed = Schema(features, **rest, salt=Salt(**raw["salt"]) if raw.get("salt") else None)
    refuse(_whole_problems(agreed))
    return agreed


def format_schema(schema: Schema) -> str:
    """Write a schema as JSON that a person can change."""
    return json.dumps(_said(schema), indent=1) + "\n"


def _said(schema: Schema) -> dict[str, Any]:
    """Say a schema; without a salt in the words of version 1, so that its mark stays the same."""
    said = asdict(schema)
    return said if schema.salt else {name: said[name] for name in said if name != "salt"}


def _problems(raw: Mapping[str, Any], rows: list[Any]) -> list[str]:
    unknown = sorted(set(raw) - set(Schema.__dataclass_fields__))
    problems = [f"`{name}` is not known" for name in unknown]
    if not 1 <= len(rows) <= MOST_FEATURES:
        problems.append(f"features: {len(rows)} of them; from 1 to {MOST_FEATURES} can be used")
    for number, row in enumerate(rows, 1):
        problems += [f"feature {number}: {said}" for said in _feature_problems(row)]
    return problems + _salt_problems(raw.get("salt"))


def _salt_problems(salt: Any) -> list[str]:
    """Say what is wrong; `null`, as no word at all, is no salt by choice."""
    if salt is None:
        return []
    if not isinstance(salt, dict) or not isinstance(salt.get("column"), str):
        return ["salt: a `column` with its name is needed, or null for none"]
    known = set(Salt.__dataclass_fields__)
    said = [f"salt: `{name}` is not known" for name in sorted(set(salt) - known)]
    if salt.get("kind", "year") not in list(CLEANED):
        said.append(f"salt: `kind` is one of {', '.join(CLEANED)}")
    return said


def _feature_problems(row: Any) -> list[str]:
    if not isinstance(row, dict) or not isinstance(row.get("column"), str):
        return ["a `column` with its name is needed"]
    known = set(Feature.__dataclass_fields__)
    said = [f"`{name}` is not known" for name in sorted(set(row) - known)]
    if row.get("cut", "pairs") not in CUTS:
        said.append(f"`cut` is one of {', '.join(CUTS)}")
    if row.get("kind", "name") not in CLEANED:
        said.append(f"`kind` is one of {', '.join(CLEANED)}")
    bits = row.get("bits", 1)
    if not isinstance(bits, int) or isinstance(bits, bool) or not 1 <= bits <= MOST_BITS:
        said.append(f"`bits` is a whole number from 1 to {MOST_BITS}")
    if not isinstance(row.get("placed", False), bool):
        said.append("`placed` is true or false")
    return said


def _whole_problems(schema: Schema) -> list[str]:
    problems = []
    if len(set(schema.columns)) < len(schema.columns):
        problems.append("features: a column stands twice")
    if schema.length not in LENGTHS:
        problems.append(f"`length` is one of {', '.join(map(str, LENGTHS))}")
    if schema.hashed not in HASHES:
        problems.append(f"`hashed` is one of {', '.join(HASHES)}")
    if schema.folds not in (0, 1, 2) or isinstance(schema.folds, bool):
        problems.append("`folds` is 0, 1 or 2")
    bits = sum(each.bits for each in schema.features)
    if not problems and bits > FULLEST * schema.length * 2**schema.folds:
        problems.append(
            f"features: {bits} bits are too many for a token of {schema.length}; a token that is "
            "nearly full is like every other"
        )
    return problems
