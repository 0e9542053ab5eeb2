"""Files of tokens: one line that says what they are, then a code and a token for each person."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suar_research.linkage.schema import LENGTHS
from suar_research.reading import Unreadable, refuse

PLAIN, SALTED = VERSIONS = 1, 2
"""Files without and with a salt: a program that knows no salt refuses the second."""
COUNT = "count"
# Columns that the estimate reads otherwise.
DRAW = "draw"
NO_HOUSE = (COUNT, DRAW, "person", "list")
LONGEST_HOUSE = 60
# Neither a code nor a house may be a formula where somebody opens the pairs or counts as a sheet.
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
HEAD = ("house", "key", "schema", "length")


@dataclass(frozen=True, slots=True)
class TokenFile:
    """The tokens of one list: `tokens` of shape (people, length / 8), and a code for each."""

    house: str
    key: str
    schema: str
    length: int
    codes: tuple[str, ...]
    tokens: NDArray[np.uint8]
    salted: bool = False


def written(file: TokenFile) -> str:
    """Write a file of tokens."""
    head = {
        "suar_tokens": SALTED if file.salted else PLAIN,
        **{name: getattr(file, name) for name in HEAD},
    }
    lines = [
        f"{code},{base64.b64encode(token.tobytes()).decode()}"
        for code, token in zip(file.codes, file.tokens, strict=True)
    ]
    return "\n".join([json.dumps(head), *lines]) + "\n"


def read(text: str) -> TokenFile:
    """Read a file of tokens; raises Unreadable with what is wrong in which row."""
    first, _, rest = text.partition("\n")
    head = _head(first)
    codes, tokens, problems = [], [], []
    for number, line in enumerate(rest.splitlines(), 2):
        code, _, token = line.partition(",")
        try:
            bits = base64.b64decode(token, validate=True)
        except (binascii.Error, ValueError):
            bits = b""
        if not CODE.fullmatch(code) or len(bits) * 8 != head["length"]:
            problems.append(f"row {number}: not a code and a token of {head['length']} bits")
        codes.append(code)
        tokens.append(bits)
    if len(set(codes)) < len(codes):
        problems.append("a code stands twice")
    refuse(problems or ([] if codes else ["it holds nobody"]))
    bits_of_all = np.frombuffer(b"".join(tokens), np.uint8).reshape(len(codes), -1)
    named = {name: head[name] for name in HEAD}
    salted = head["suar_tokens"] == SALTED
    return TokenFile(**named, codes=tuple(codes), tokens=bits_of_all, salted=salted)


def house_problems(house: str) -> list[str]:
    """Say why a house cannot be called so: its name heads a column of counts."""
    plain = house[:1].isalnum() and house.isprintable() and house == house.strip()
    if plain and house not in NO_HOUSE and len(house) <= LONGEST_HOUSE:
        return []
    return [
        f"a name of at most {LONGEST_HOUSE} signs is needed that begins with a letter or digit and "
        f"is none of {', '.join(NO_HOUSE)}"
    ]


def check_together(files: Sequence[TokenFile], names: Sequence[str]) -> None:
    """Refuse files that cannot be compared: other keys, other schemas, one house twice."""
    first, problems = files[0], []
    for file, name in list(zip(files, names, strict=True))[1:]:
        if file.key != first.key:
            problems.append(f"{name}: made with another key than {names[0]}")
        if file.salted != first.salted:
            said = ["is not salted", "is salted"]
            ours, theirs = said[file.salted], said[first.salted]
            problems.append(f"{name} {ours} and {names[0]} {theirs}: one schema is needed for all")
        elif (file.schema, file.length) != (first.schema, first.length):
            problems.append(f"{name}: made with another schema than {names[0]}")
    refuse(problems + twice_problems(files))


def twice_problems(files: Sequence[TokenFile]) -> list[str]:
    """Name the houses that two files are of."""
    houses = [file.house for file in files]
    return [f"{house}: two files are of this house" for house in sorted(_twice(houses))]


def _twice(names: Sequence[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def _head(line: str) -> dict[str, Any]:
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        head = {}
    head = head if isinstance(head, dict) else {}
    version = head.get("suar_tokens")
    if isinstance(version, int) and version not in VERSIONS:
        known = " and ".join(map(str, VERSIONS))
        said = f"row 1: tokens of version {version}; this program reads versions {known}"
        raise Unreadable([f"{said}: encode them again with it, or use the one they were made with"])
    if version not in VERSIONS or not _is_whole(head):
        raise Unreadable(["row 1: it is no file of tokens; `./suar link encode` makes one"])
    return head


def _is_whole(head: dict[str, Any]) -> bool:
    words, length = [head.get(name) for name in ("house", "key", "schema")], head.get("length")
    named = all(isinstance(word, str) for word in words) and not house_problems(head["house"])
    return named and isinstance(length, int) and length in LENGTHS
