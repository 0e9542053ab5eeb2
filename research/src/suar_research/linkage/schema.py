"""The schema of a linkage: which columns are encoded, how they are cleaned, cut and weighted."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
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
    letters = (sign for sign in plain if not unicodedata.combining(sign))
    selected = (sign if sign.isalnum() or unicodedata.category(sign).startswith("M") else " " for sign in letters)
    return " ".join("".join(selected).split())


def as_number(words: str) -> str:
    """Leave the digits, in the form that all scripts share."""
    return NOT_A_DIGIT.sub("", _with_shared_digits(words))


def as_date(words: str) -> str:
    """Write a date as eight digits: year, month, day; what is no such date keeps its digits.

    A day before a month, where the year stands last: as Indonesia and most of the world write.
    """
    text = _with_shared_digits(words).strip()
    if parts := YEAR_LAST.match(text):
        day, month, year = parts.groups()
    elif parts := YEAR_FIRST.match(text):
        year, month, day = parts.groups()
    else:
        return as_number(text)
    return f"{year}{int(month):02d}{int(day):02d}"


def is_no_date(words: str) -> bool:
    """Return True for digits that are no day of the calendar; False for a cell without any."""
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
    return "".join(str(unicodedata.decimal(item)) if item.isdecimal() else item for item in plain)


def as_year(words: str) -> str:
    """Return the year of a date, or a year that stands alone; empty if there is none."""
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
    """True if a part includes its place in the word: for numbers, not for names."""


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
    """The agreement of all organisations of a linkage; `folds` halve the token, which hardens it.

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
        """The mark of the schema in files of tokens; a salted one never has the mark of another."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """Return the schema; without a salt in the form of version 1, so that its mark stays the same."""
        data = asdict(self)
        return data if self.salt else {name: data[name] for name in data if name != "salt"}

    @property
    def columns(self) -> list[str]:
        """The columns of the features."""
        return [item.column for item in self.features]

    @property
    def needed(self) -> list[str]:
        """The columns a file must have, the salt's among them."""
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
"""A start for an organisation that has nothing agreed yet."""


def parse_schema(text: str) -> Schema:
    """Read a schema from JSON; raises Unreadable with what is wrong and where."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, dict) or not isinstance(raw.get("features"), list):
        refuse(["it is no schema: JSON with a list `features` is needed"])
    rows, salt = raw["features"], raw.get("salt")
    problems = [f"`{name}` is not known" for name in sorted(raw.keys() - Schema.__dataclass_fields__)]
    if not 1 <= len(rows) <= MOST_FEATURES:
        problems.append(f"features: {len(rows)} of them; from 1 to {MOST_FEATURES} can be used")
    for number, row in enumerate(rows, 1):
        problems += [f"feature {number}: {problem}" for problem in _feature_problems(row)]
    refuse([*problems, *_salt_problems(salt)])
    rest = {name: raw[name] for name in ("length", "hashed", "folds") if name in raw}
    schema = Schema(tuple(Feature(**row) for row in rows), **rest, salt=Salt(**salt) if salt else None)
    refuse(_schema_problems(schema))
    return schema


def format_schema(schema: Schema) -> str:
    """Return a schema as JSON that a person can change."""
    return json.dumps(schema.as_json(), indent=1) + "\n"


def _salt_problems(salt: Any) -> Iterator[str]:
    """Find what is wrong; `null` is no salt by choice."""
    if salt is None:
        return
    if not isinstance(salt, dict) or not isinstance(salt.get("column"), str):
        yield "salt: a `column` with its name is needed, or null for none"
        return
    yield from (f"salt: `{name}` is not known" for name in sorted(salt.keys() - Salt.__dataclass_fields__))
    if salt.get("kind", "year") not in list(CLEANED):
        yield f"salt: `kind` is one of {', '.join(CLEANED)}"


def _feature_problems(row: Any) -> Iterator[str]:
    if not isinstance(row, dict) or not isinstance(row.get("column"), str):
        yield "a `column` with its name is needed"
        return
    yield from (f"`{name}` is not known" for name in sorted(row.keys() - Feature.__dataclass_fields__))
    for name, default, known in (("cut", "pairs", CUTS), ("kind", "name", CLEANED)):
        if row.get(name, default) not in list(known):
            yield f"`{name}` is one of {', '.join(known)}"
    bits = row.get("bits", 1)
    if not isinstance(bits, int) or isinstance(bits, bool) or not 1 <= bits <= MOST_BITS:
        yield f"`bits` is a whole number from 1 to {MOST_BITS}"
    if not isinstance(row.get("placed", False), bool):
        yield "`placed` is true or false"


def _schema_problems(schema: Schema) -> list[str]:
    problems = []
    if len(set(schema.columns)) < len(schema.columns):
        problems.append("features: a column stands twice")
    if schema.length not in LENGTHS:
        problems.append(f"`length` is one of {', '.join(map(str, LENGTHS))}")
    if schema.hashed not in HASHES:
        problems.append(f"`hashed` is one of {', '.join(HASHES)}")
    if schema.folds not in (0, 1, 2) or isinstance(schema.folds, bool):
        problems.append("`folds` is 0, 1 or 2")
    bits = sum(feature.bits for feature in schema.features)
    if not problems and bits > FULLEST * schema.length * 2**schema.folds:
        problem = f"features: {bits} bits are too many for a token of {schema.length}"
        problems.append(f"{problem}; a token that is nearly full is like every other")
    return problems
