"""Turning a house's own list into tokens under fresh codes, in an order that tells nothing."""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from suar_research.linkage.cleaning import CLEANED, is_no_date
from suar_research.linkage.files import TokenFile
from suar_research.linkage.keys import LinkKey
from suar_research.linkage.schema import Schema
from suar_research.linkage.tokens import Encoder
from suar_research.reading import refuse, rows_of

CODE_BYTES = 8
FEWEST_FILLED = 2


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens to give away, and what stays in the house: each code with the row it stands for."""

    file: TokenFile
    rows: tuple[tuple[str, int], ...]
    left_out: tuple[int, ...]
    """Numbers of rows with too little in them: a token of one word finds the wrong person."""
    without_salt: tuple[int, ...]
    """Numbers of rows whose salt is empty: they are found only among others without one."""
    most_of_a_salt: int
    """How many people the most frequent salt has; its tokens can be told from others, and read."""
    no_dates: tuple[tuple[str, tuple[int, ...]], ...]
    """Columns of dates, and numbers of rows with digits there that are no day of the calendar."""


def encode(text: str, schema: Schema, key: LinkKey, house: str) -> Encoded:
    """Encode a CSV file; raises Unreadable when a column is missing or no row can be used."""
    header, body = rows_of(text, schema.needed)
    places = [header.index(name) for name in schema.columns]
    salt_of = _salts(schema, header)
    rows = [(number, [row[at].strip() for at in places], salt_of(row)) for number, row in body]
    usable = [(number, words, salt) for number, words, salt in rows if enough(words, schema)]
    refuse([] if usable else [f"no row has words in {FEWEST_FILLED} of the columns of the schema"])
    secrets.SystemRandom().shuffle(usable)
    codes = tuple(secrets.token_hex(CODE_BYTES) for _ in usable)
    encoder = Encoder(schema, key.secret)
    tokens = np.array([encoder.token(words, salt) for _, words, salt in usable])
    salted = schema.salt is not None
    file = TokenFile(house, key.mark, schema.mark, schema.length, codes, tokens, salted)
    used = [number for number, _, _ in usable]
    bare = sorted(number for number, _, salt in usable if salted and not salt)
    left_out = {number for number, _, _ in rows} - set(used)
    wrong = _no_dates(schema, header, [each for each in body if each[0] not in left_out])
    most = max(Counter(salt for _, _, salt in usable).values())
    kept = tuple(zip(codes, used, strict=True))
    return Encoded(file, kept, tuple(sorted(left_out)), tuple(bare), most, wrong)


def _no_dates(
    schema: Schema, header: Sequence[str], body: Sequence[tuple[int, Sequence[str]]]
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Find what is no date in columns that are said to hold dates; slips of the pen among it."""
    dated = [each.column for each in schema.features if each.kind == "date"]
    if schema.salt is not None and schema.salt.kind == "date":
        dated.append(schema.salt.column)
    found = {name: tuple(number for number, row in body if is_no_date(row[header.index(name)])) for name in dated}
    return tuple((name, rows) for name, rows in found.items() if rows)


def _salts(schema: Schema, header: Sequence[str]) -> Callable[[Sequence[str]], str]:
    """Give what tells the salt of a row: an empty one for all where the schema has none."""
    if schema.salt is None:
        return lambda _row: ""
    at, cleaned = header.index(schema.salt.column), CLEANED[schema.salt.kind]
    return lambda row: cleaned(row[at].strip())


def enough(words: Sequence[str], schema: Schema) -> bool:
    """Tell whether a row holds enough to be found by; a dash alone is no word."""
    cleaned = (CLEANED[of.kind](word) for of, word in zip(schema.features, words, strict=True))
    return sum(map(bool, cleaned)) >= FEWEST_FILLED
