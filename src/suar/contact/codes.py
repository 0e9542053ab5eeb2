"""New return codes: made at random, shown once, and written so that they can be read aloud."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from suar.contact.rules import codes
from suar.contact.terms import CodeKind
from suar.core.refusals import NotYours
from suar.crypto import kdf

LONGEST = 120
LISTS = Path(__file__).parent / "data" / "words.json"
LIST_OF = {"en": 0, "id": 1}


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as it is shown once: `plain` is what it is read as.

    `shown` is how it is written; pictures are pairs of a thing and how many. `proof` shows that
    somebody had the code of a request just made, and opens nothing.
    """

    kind: CodeKind
    plain: str = field(repr=False)
    shown: str = field(default="", repr=False)
    pictures: tuple[tuple[str, int], ...] = field(default=(), repr=False)
    proof: bytes = field(default=b"", repr=False)


@lru_cache(maxsize=1)
def word_lists() -> tuple[tuple[str, ...], ...]:
    """Read the lists of words once."""
    raw = json.loads(LISTS.read_text("utf-8"))
    return tuple(tuple(words) for words in raw["lists"])


def kinds_in(language: str) -> list[CodeKind]:
    """Give the kinds of codes for a language: words only where it has a list of its own.

    Nobody keeps five words of a strange language in mind; pictures have no language.
    """
    return [kind for kind in CodeKind if kind is not CodeKind.WORDS or language in LIST_OF]


def drawn_from(secret: bytes, *, time: int) -> Callable[[int], int]:
    """Draw what looks random from a secret, the same each time; `time` counts the draws anew.

    A code takes less than 64 of its 256 bits, so no number is likelier than another by 2^-190.
    """
    rest = int.from_bytes(kdf.subkey(secret, purpose=f"return code {time}"))

    def below(limit: int) -> int:
        nonlocal rest
        rest, drawn = divmod(rest, limit)
        return drawn

    return below


def new_code(kind: CodeKind, *, language: str, below: Callable[[int], int] = secrets.randbelow) -> NewCode:
    """Make a random code of a kind, with words of a language; `below` draws its numbers."""
    if kind is CodeKind.DIGITS:
        drawn = f"{below(10**codes.DIGITS):0{codes.DIGITS}}"
    elif kind is CodeKind.PICTURES:
        drawn = " ".join(
            f"{below(codes.MOST_OF_ONE) + 1}{codes.THINGS[below(len(codes.THINGS))]}" for _ in range(codes.PICTURES)
        )
    else:
        places = " ".join(str(below(codes.LISTED)) for _ in range(codes.WORDS))
        drawn = f"{LIST_OF.get(language, 0)}|{places}"
    return written(f"{kind}|{drawn}")


def written(plain: str) -> NewCode:
    """Write a code that was read in the way in which it is shown; raises NotYours for none."""
    kind, _, drawn = plain.partition("|")
    try:
        if kind == CodeKind.DIGITS and codes.read_digits(drawn) == plain:
            return NewCode(CodeKind.DIGITS, plain, codes.grouped(drawn))
        if kind == CodeKind.PICTURES:
            pairs = tuple((each[1:], int(each[0])) for each in drawn.split(" "))
            if codes.read_pictures([(thing, str(many)) for thing, many in pairs]) == plain:
                return NewCode(CodeKind.PICTURES, plain, pictures=pairs)
        if kind == CodeKind.WORDS:
            number, _, places = drawn.partition("|")
            words = word_lists()[int(number)]
            shown = " ".join(words[int(each)] for each in places.split(" "))
            if read(shown) == plain:
                return NewCode(CodeKind.WORDS, plain, shown)
    except (ValueError, IndexError):
        pass
    raise NotYours


def carried(plain: str) -> NewCode:
    """Read the code that a page carries until it was typed back; raises NotYours for none."""
    if len(plain) > LONGEST:
        raise NotYours
    return written(plain)


def read(typed: str) -> str:
    """Read digits or words as somebody types them; empty when it is neither."""
    return codes.read_digits(typed) or codes.read_words(typed, lists=word_lists()) or ""
