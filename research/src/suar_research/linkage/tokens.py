"""Keys, tokens and files of tokens: one person as one token, under a fresh code.

Bits are set by keyed hashes of the parts of words. The party that compares tokens never has the key. A file has
one line that describes it, then a code and a token for each person, in an order that reveals nothing.

Source: Schnell, Bachteler & Reiher 2011 (cryptographic longterm key); k independent hashes against
the attack of Kroll & Steinmetzer 2015. Bit for bit as clkhash 0.18 makes them (schema version 3).
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suar_research.files import Unreadable, refuse, rows_of
from suar_research.linkage.schema import CLEANED, CUTS, LENGTHS, Feature, Schema, is_no_date

SECRET_BYTES = 32
FEATURE_KEY_BYTES = 64
KEYS_PER_FEATURE = 2
NO_KEY = "it is no key of a linkage: make one with `./suar link key`"


@dataclass(frozen=True, slots=True)
class LinkKey:
    """A secret of 32 bytes with the name of the linkage it was made for."""

    name: str
    secret: bytes

    @property
    def mark(self) -> str:
        """The mark of a key in each file of tokens: 16 hex digits that do not reveal it."""
        return hmac.new(self.secret, b"suar linkage key", hashlib.sha256).hexdigest()[:16]


def new_key(name: str) -> LinkKey:
    """Make a new key from the system's randomness."""
    return LinkKey(name, secrets.token_bytes(SECRET_BYTES))


def format_key(key: LinkKey) -> str:
    """Write a key as text; where it is put, only its owner may read it."""
    return json.dumps({"suar_link_key": 1, "name": key.name, "secret": key.secret.hex()}) + "\n"


def parse_key(text: str) -> LinkKey:
    """Read a key; raises Unreadable, and never repeats what stood there."""
    try:
        raw = json.loads(text)
        key = LinkKey(str(raw["name"]), bytes.fromhex(raw["secret"]))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable([NO_KEY]) from error
    if raw.get("suar_link_key") != 1 or len(key.secret) != SECRET_BYTES:
        raise Unreadable([NO_KEY])
    return key


def salted(secret: bytes, salt: str) -> bytes:
    """Derive the secret of all people with one salt; an empty salt has a secret of its own too.

    Source: HMAC (RFC 2104) with SHA-256; the words before the salt keep it apart from the mark.
    """
    return hmac.digest(secret, b"suar linkage salt\0" + salt.encode(), "sha256")


def feature_keys(secret: bytes, features: int) -> tuple[tuple[bytes, ...], ...]:
    """Derive two keys of 64 bytes for each feature, so that equal parts of two features differ.

    Source: RFC 5869 (HKDF with SHA-256, no salt, no info), cut as clkhash 0.18 cuts it.
    """
    wanted = features * KEYS_PER_FEATURE * FEATURE_KEY_BYTES
    drawn = _expanded(hmac.new(bytes(32), secret, hashlib.sha256).digest(), wanted)
    cut = [drawn[at : at + FEATURE_KEY_BYTES] for at in range(0, wanted, FEATURE_KEY_BYTES)]
    return tuple(tuple(cut[at : at + KEYS_PER_FEATURE]) for at in range(0, len(cut), KEYS_PER_FEATURE))


def _expanded(extracted: bytes, wanted: int) -> bytes:
    block, whole = b"", b""
    for number in range(1, -(-wanted // 32) + 1):
        block = hmac.new(extracted, block + bytes([number]), hashlib.sha256).digest()
        whole += block
    return whole[:wanted]


CACHED = 2**17
SHORTS = 32
Bits = NDArray[np.uint8]
Keys = tuple[tuple[bytes, ...], ...]


class Encoder:
    """Turns rows of words into tokens, with the keys of one linkage."""

    def __init__(self, schema: Schema, secret: bytes) -> None:
        """Keep the secret; keys are derived for each salt when it is first met."""
        self._schema = schema
        self._secret, self._keys = secret, dict[str, Keys]()
        self._length = schema.length * 2**schema.folds

    def token(self, words: Sequence[str], salt: str = "") -> Bits:
        """Return the token of one person, packed: `length / 8` bytes; words in the schema's order.

        `salt` is the cleaned word of the schema's salt, and is not looked at where it has none.
        """
        places: list[int] = []
        for feature, keys, word in zip(self._schema.features, self._keys_of(salt), words, strict=True):
            places += self._places(feature, keys, CLEANED[feature.kind](word))
        bits = np.zeros(self._length, np.uint8)
        bits[places] = 1
        for _ in range(self._schema.folds):
            bits = bits[: len(bits) // 2] ^ bits[len(bits) // 2 :]
        return np.packbits(bits)

    def _keys_of(self, salt: str) -> Keys:
        """Derive the keys of one salt once; without a salt, those of clkhash."""
        if salt not in self._keys:
            secret = salted(self._secret, salt) if self._schema.salt else self._secret
            self._keys[salt] = feature_keys(secret, len(self._schema.features))
        return self._keys[salt]

    def _places(self, feature: Feature, keys: tuple[bytes, ...], word: str) -> Iterator[int]:
        parts = parts_of(word, CUTS[feature.cut], placed=feature.placed)
        hashed = _independent if self._schema.hashed == "independent" else _double
        for part, times in zip(parts, shares(feature.bits, len(parts)), strict=True):
            yield from hashed(part.encode(), keys, times, self._length)


def parts_of(word: str, size: int, *, placed: bool) -> list[str]:
    """Cut a word into overlapping parts of `size` letters, spaces around it; 0 leaves it whole."""
    if not word or not size:
        return [word] if word else []
    around = " " * (size - 1)
    word = f"{around}{word}{around}"
    parts = [word[at : at + size] for at in range(len(word) - size + 1)]
    return [f"{at} {part}" for at, part in enumerate(parts, 1)] if placed else parts


def shares(bits: int, parts: int) -> list[int]:
    """Share out bits among parts as evenly as can be; the first parts get what is left over."""
    if not parts:
        return []
    item, rest = divmod(bits, parts)
    return [item + 1] * rest + [item] * (parts - rest)


@lru_cache(maxsize=CACHED)
def _independent(part: bytes, keys: tuple[bytes, ...], times: int, length: int) -> tuple[int, ...]:
    """Cut keyed digests into numbers of 16 bits; lengths are powers of two."""
    drawn = b"".join(
        hashlib.blake2b(part, key=keys[0], salt=str(number).encode()).digest() for number in range(-(-times // SHORTS))
    )
    return tuple(int(item) % length for item in np.frombuffer(drawn, "<u2")[:times])


@lru_cache(maxsize=CACHED)
def _double(part: bytes, keys: tuple[bytes, ...], times: int, length: int) -> tuple[int, ...]:
    """Walk from one hash in steps of another: as older linkages did, and easier to attack."""
    start = int.from_bytes(hmac.digest(keys[0], part, "sha1")) % length
    step = int.from_bytes(hmac.digest(keys[1], part, "md5")) % length
    return tuple((start + turn * step) % length for turn in range(times))


PLAIN, SALTED = VERSIONS = 1, 2
"""Files without and with a salt: a program that knows no salt refuses the second."""
COUNT = "count"
# Columns that the estimate reads otherwise.
DRAW = "draw"
SALT_LOST = "salt_lost"
RESERVED_NAMES = (COUNT, DRAW, SALT_LOST, "person", "list")
LONGEST_NAME = 60
# Neither a code nor a name may be a formula where somebody opens the pairs or counts as a sheet.
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
CODE_BYTES = 8
FEWEST_FILLED = 2
HEAD = {"house": "organisation", "key": "key", "schema": "schema", "length": "length"}
"""The fields of a file of tokens by their stored names."""


@dataclass(frozen=True, slots=True)
class TokenFile:
    """The tokens of one list: `tokens` of shape (people, length / 8), and a code for each."""

    organisation: str
    key: str
    schema: str
    length: int
    codes: tuple[str, ...]
    tokens: NDArray[np.uint8]
    salted: bool = False


def format_tokens(file: TokenFile) -> str:
    """Write a file of tokens."""
    head = {
        "suar_tokens": SALTED if file.salted else PLAIN,
        **{stored: getattr(file, name) for stored, name in HEAD.items()},
    }
    lines = [
        f"{code},{base64.b64encode(token.tobytes()).decode()}"
        for code, token in zip(file.codes, file.tokens, strict=True)
    ]
    return "\n".join([json.dumps(head), *lines]) + "\n"


def parse_tokens(text: str) -> TokenFile:
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
    salted = head["suar_tokens"] == SALTED
    return TokenFile(
        **{name: head[stored] for stored, name in HEAD.items()}, codes=tuple(codes), tokens=bits_of_all, salted=salted
    )


def name_problems(name: str) -> list[str]:
    """Return why an organisation cannot have this name: it heads a column of counts."""
    plain = name[:1].isalnum() and name.isprintable() and name == name.strip()
    if plain and name not in RESERVED_NAMES and len(name) <= LONGEST_NAME:
        return []
    return [
        f"a name of at most {LONGEST_NAME} signs is needed that begins with a letter or digit and "
        f"is none of {', '.join(RESERVED_NAMES)}"
    ]


def check_together(files: Sequence[TokenFile], names: Sequence[str]) -> None:
    """Refuse files that cannot be compared: other keys, other schemas, one organisation twice."""
    first, problems = files[0], []
    for file, name in zip(files[1:], names[1:], strict=True):
        if file.key != first.key:
            problems.append(f"{name}: made with another key than {names[0]}")
        if file.salted != first.salted:
            ours, theirs = ("is salted" if item.salted else "is not salted" for item in (file, first))
            problems.append(f"{name} {ours} and {names[0]} {theirs}: one schema is needed for all")
        elif (file.schema, file.length) != (first.schema, first.length):
            problems.append(f"{name}: made with another schema than {names[0]}")
    refuse(problems + twice_problems(files))


def twice_problems(files: Sequence[TokenFile]) -> list[str]:
    """Return the organisations that two files are of."""
    counts = Counter(file.organisation for file in files)
    return [f"{name}: two files are of this organisation" for name in sorted(counts) if counts[name] > 1]


def _head(line: str) -> dict[str, Any]:
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        head = {}
    head = head if isinstance(head, dict) else {}
    version = head.get("suar_tokens")
    if isinstance(version, int) and version not in VERSIONS:
        problem = f"row 1: tokens of version {version}; this program reads versions {' and '.join(map(str, VERSIONS))}"
        raise Unreadable([f"{problem}: encode them again with it, or use the one they were made with"])
    words, length = [head.get(name) for name in ("house", "key", "schema")], head.get("length")
    whole = all(isinstance(word, str) for word in words) and isinstance(length, int) and length in LENGTHS
    if version not in VERSIONS or not whole or name_problems(head["house"]):
        raise Unreadable(["row 1: it is no file of tokens; `./suar link encode` makes one"])
    return head


@dataclass(frozen=True, slots=True)
class Encoded:
    """Tokens to give away, and what stays with the organisation: each code with the row it stands for.

    Numbers of rows: `left_out` hold too little (a token of one word finds the wrong person); `without_salt` have an
    empty salt, and are found only among others without one; `no_dates` have, by column of dates, digits that are no
    day of the calendar; `sparse` have words in fewer than half of the columns. `most_of_a_salt` people have the most
    frequent salt: their tokens can be told from others.
    """

    file: TokenFile
    rows: tuple[tuple[str, int], ...]
    left_out: tuple[int, ...]
    without_salt: tuple[int, ...]
    most_of_a_salt: int
    no_dates: tuple[tuple[str, tuple[int, ...]], ...]
    sparse: tuple[int, ...]


def encode(text: str, schema: Schema, key: LinkKey, title: str) -> Encoded:
    """Encode a CSV file; raises Unreadable when a column is missing or no row can be used."""
    header, body = rows_of(text, schema.needed)
    cells = [(number, dict(zip(header, map(str.strip, row), strict=True))) for number, row in body]
    usable = [(number, row) for number, row in cells if enough([row[name] for name in schema.columns], schema)]
    refuse([] if usable else [f"no row has words in {FEWEST_FILLED} of the columns of the schema"])
    dated = [feature.column for feature in schema.features if feature.kind == "date"]
    salt, salted = schema.salt, schema.salt is not None
    dated += [salt.column] if salt and salt.kind == "date" else []
    wrong = {name: tuple(number for number, row in usable if is_no_date(row[name])) for name in dict.fromkeys(dated)}
    no_dates = tuple((name, rows) for name, rows in wrong.items() if rows)
    secrets.SystemRandom().shuffle(usable)
    codes = tuple(secrets.token_hex(CODE_BYTES) for _ in usable)
    salts = [CLEANED[salt.kind](row[salt.column]) if salt else "" for _, row in usable]
    encoder, columns = Encoder(schema, key.secret), schema.columns
    tokens = np.array(
        [encoder.token([row[name] for name in columns], own) for (_, row), own in zip(usable, salts, strict=True)]
    )
    file = TokenFile(title, key.mark, schema.mark, schema.length, codes, tokens, salted)
    used = [number for number, _ in usable]
    bare = sorted(number for number, own in zip(used, salts, strict=True) if salted and not own)
    left_out = sorted({number for number, _ in cells} - set(used))
    most = max(Counter(salts).values())
    half = len(schema.features) / 2
    sparse = sorted(number for number, row in usable if filled([row[name] for name in schema.columns], schema) < half)
    rows = tuple(zip(codes, used, strict=True))
    return Encoded(file, rows, tuple(left_out), tuple(bare), most, no_dates, tuple(sparse))


def enough(words: Sequence[str], schema: Schema) -> bool:
    """Return True if a row has at least two searchable fields."""
    return filled(words, schema) >= FEWEST_FILLED


def filled(words: Sequence[str], schema: Schema) -> int:
    """Count the searchable fields of a row; a dash alone is no word."""
    return sum(bool(CLEANED[feature.kind](word)) for feature, word in zip(schema.features, words, strict=True))
