"""Turning a house's own list into tokens under fresh codes, in an order that tells nothing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from suar.insight.linkage.cleaning import CLEANED
from suar.insight.linkage.files import TokenFile
from suar.insight.linkage.keys import LinkKey
from suar.insight.linkage.schema import Schema
from suar.insight.linkage.tokens import Encoder
from suar.insight.reading import refuse, rows_of

CODE_BYTES = 8
FEWEST_FILLED = 2


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens to give away, and what stays in the house: each code with the row it stands for."""

    file: TokenFile
    rows: tuple[tuple[str, int], ...]
    left_out: tuple[int, ...]
    """Numbers of rows with too little in them: a token of one word finds the wrong person."""


def encode(text: str, schema: Schema, key: LinkKey, house: str) -> Encoded:
    """Encode a CSV file; raises Unreadable when a column is missing or no row can be used."""
    header, body = rows_of(text, schema.columns)
    places = [header.index(name) for name in schema.columns]
    encoder = Encoder(schema, key.secret)
    rows = [(number, [row[place].strip() for place in places]) for number, row in body]
    usable = [(number, words) for number, words in rows if enough(words, schema)]
    refuse([] if usable else [f"no row has words in {FEWEST_FILLED} of the columns of the schema"])
    secrets.SystemRandom().shuffle(usable)
    codes = tuple(secrets.token_hex(CODE_BYTES) for _ in usable)
    tokens = np.array([encoder.token(words) for _, words in usable])
    file = TokenFile(house, key.mark, schema.mark, schema.length, codes, tokens)
    kept = tuple((code, number) for code, (number, _) in zip(codes, usable, strict=True))
    used = {number for number, _ in usable}
    return Encoded(file, kept, tuple(number for number, _ in rows if number not in used))


def enough(words: Sequence[str], schema: Schema) -> bool:
    """Tell whether a row holds enough to be found by; a dash alone is no word."""
    cleaned = (CLEANED[of.kind](word) for of, word in zip(schema.features, words, strict=True))
    return sum(map(bool, cleaned)) >= FEWEST_FILLED
