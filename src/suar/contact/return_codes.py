"""Return codes: made at random, shown once, and read back however they are typed.

A code that was read becomes one plain text, the same for every way of typing it. Only from that text come the address
and the keys of a request; neither the code nor a key is stored. A code holds 53 bits or more; ten bits that come from
it select its salt, which no row names. Codes of version 0.1 hold 40 bits and share one salt.

Source: own design, docs/decisions/help-requests.md; RFC 9106; security.md 3.1, 3.4.
"""

import os
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from suar.contact.documents import CodeKind
from suar.contact.models import CodeSalt
from suar.core import locks
from suar.core.codes import CodeList, code_list, read_data
from suar.core.refusals import NotYours
from suar.crypto import kdf
from suar.crypto.kdf import KdfParameters
from suar.crypto.pairs import BoxPair

DIGITS, PICTURES, WORDS = 16, 8, 7
OLD_SIZES = {CodeKind.DIGITS: 12, CodeKind.PICTURES: 6, CodeKind.WORDS: 5}
"""Digits, pictures and words of a code of version 0.1; such codes are still read."""
SIZES = {CodeKind.DIGITS: DIGITS, CodeKind.PICTURES: PICTURES, CodeKind.WORDS: WORDS}
GROUP, MAX_OF_ONE_THING, WORDS_IN_LIST = 4, 4, 256
LONGEST, SALTS = 120, 1024
DIRECTION_MARKS = "\u200b\u200e\u200f\u2066\u2067\u2068\u2069"
"""Signs without a width, which come along when a number is copied out of other text."""
SEPARATORS = frozenset(f" -.,()/+\t\n\u00a0\u2010\u2011\u2012\u2013{DIRECTION_MARKS}")
QUEUE, QUEUE_OF_NEW, MAX_WAIT_S = "codes", "new-codes", 5.0


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """A code as a page shows it once: its `text`, or `pictures`, which are pairs of a thing and how many.

    Keys are derived from `plain`. `proof` shows that somebody had the code of a request just made, and opens nothing.
    """

    kind: CodeKind
    plain: str = field(repr=False)
    text: str = field(default="", repr=False)
    pictures: tuple[tuple[str, int], ...] = field(default=(), repr=False)
    proof: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class CodeKeys:
    """The keys of one code: the digest by which its summary is found, and its key pair.

    `proof` is what was digested: no row holds it, so who shows it had the code.
    """

    proof: bytes = field(repr=False)
    address: bytes = field(repr=False)
    box: BoxPair = field(repr=False)


def derive_keys(plain: str, *, new: bool = False) -> CodeKeys:
    """Derive the keys of a code that was read, or of a `new` one; raises TooBusy.

    Both have a queue of their own: guesses at codes block neither sign-in nor new letters.
    """
    defaults = {"salt": kdf.new_salt(), "kdf": asdict(KdfParameters(**settings.SUAR_KDF))}
    row, _ = CodeSalt.objects.get_or_create(number=1, defaults=defaults)
    with locks.queue_slot(QUEUE_OF_NEW if new else QUEUE, slots=slots(), longest_wait_s=MAX_WAIT_S):
        root = kdf.derive(plain, salt_of(plain, bytes(row.salt)), KdfParameters(**row.kdf))
    proof = kdf.subkey(root.authentication, purpose="address of a request")
    private = kdf.subkey(root.wrapping, purpose="key of a request")
    return CodeKeys(proof, kdf.digest(proof), BoxPair.from_private(private))


def address_to(proof: bytes, organisation: UUID, team: UUID | None) -> bytes:
    """Return the address of a request to one receiver; without the proof of the code nobody makes it for another."""
    return kdf.mac(kdf.subkey(proof, purpose="receiver of a request"), f"{organisation}|{team or ''}".encode())


def salt_of(plain: str, seed: bytes) -> bytes:
    """Return the salt of a code: one of 1,024 that come from the stored one, or for an old code that one itself."""
    kind, _, drawn = plain.partition("|")
    size = len(drawn) if kind == CodeKind.DIGITS else drawn.count(" ") + 1
    if size == OLD_SIZES[CodeKind(kind)]:
        return seed
    number = int.from_bytes(kdf.digest(plain.encode())) % SALTS
    return kdf.subkey(seed, purpose=f"salt of return codes {number}", length=kdf.SALT_BYTES)


def slots() -> int:
    """Return how many codes are hashed at once: half the cores, at least one."""
    return max(1, (os.cpu_count() or 1) // 2)


@lru_cache(maxsize=1)
def word_lists() -> dict[str, tuple[str, ...]]:
    """Return the lists of words by language, in their stored order."""
    lists = read_data("contact", "words")["lists"]
    return {language: tuple(words) for language, words in lists.items()}


def things() -> CodeList:
    """Return the things that pictures show."""
    return code_list("contact", "pictures")


def kinds_in(language: str) -> list[CodeKind]:
    """List the kinds of codes for a language: words only if it has a list of its own.

    Nobody remembers seven words of a strange language; pictures have no language.
    """
    return [kind for kind in CodeKind if kind is not CodeKind.WORDS or language in word_lists()]


def new_code(kind: CodeKind, *, language: str, draw: Callable[[int], int] = secrets.randbelow) -> ReturnCode:
    """Make a random code of a kind, with words of a language; `draw` returns a number below its argument."""
    if kind is CodeKind.DIGITS:
        drawn = f"{draw(10**DIGITS):0{DIGITS}}"
    elif kind is CodeKind.PICTURES:
        names = tuple(things())
        drawn = " ".join(f"{draw(MAX_OF_ONE_THING) + 1}{names[draw(len(names))]}" for _ in range(PICTURES))
    else:
        languages = list(word_lists())
        number = languages.index(language) if language in languages else 0
        drawn = f"{number}|" + " ".join(str(draw(WORDS_IN_LIST)) for _ in range(WORDS))
    return parse_code(f"{kind}|{drawn}")


def derived_draw(secret: bytes) -> Callable[[int], int]:
    """Return a function that draws numbers from a secret, the same each time.

    A code takes less than 64 of its 256 bits, so no number is likelier than another by 2^-190.
    """
    rest = int.from_bytes(kdf.subkey(secret, purpose="return code"))

    def draw(limit: int) -> int:
        nonlocal rest
        rest, number = divmod(rest, limit)
        return number

    return draw


def parse_code(plain: str) -> ReturnCode:
    """Return a code from its plain text, as a page carries it; raises NotYours for none."""
    kind, _, drawn = plain[: LONGEST + 1].partition("|")
    try:
        if kind == CodeKind.DIGITS and read_digits(drawn) == plain:
            return ReturnCode(CodeKind.DIGITS, plain, group_digits(drawn))
        if kind == CodeKind.PICTURES:
            pairs = tuple((part[1:], int(part[0])) for part in drawn.split(" "))
            if read_pictures([(thing, str(count)) for thing, count in pairs]) == plain:
                return ReturnCode(CodeKind.PICTURES, plain, pictures=pairs)
        if kind == CodeKind.WORDS:
            number, _, places = drawn.partition("|")
            words = list(word_lists().values())[int(number)]
            spoken = " ".join(words[int(place)] for place in places.split(" "))
            if read_words(spoken) == plain:
                return ReturnCode(CodeKind.WORDS, plain, spoken)
    except (ValueError, IndexError):
        pass
    raise NotYours


def read_code(typed: str) -> str:
    """Read digits or words as a person types them; empty if they are neither."""
    return read_digits(typed) or read_words(typed) or ""


def read_digits(typed: str) -> str | None:
    """Read the digits of a code in any script, however they are grouped; None for anything else."""
    signs = [sign for sign in typed if sign not in SEPARATORS]
    if not _has_size(CodeKind.DIGITS, signs) or not all(sign.isdecimal() for sign in signs):
        return None
    return f"{CodeKind.DIGITS}|" + "".join(str(unicodedata.decimal(sign)) for sign in signs)


def read_pictures(chosen: Sequence[tuple[str, str]]) -> str | None:
    """Read the pictures of a code, each a thing and how many of it; None if one is missing or unknown."""
    counts = {str(count) for count in range(1, MAX_OF_ONE_THING + 1)}
    if not _has_size(CodeKind.PICTURES, chosen) or not all(
        thing in things() and count in counts for thing, count in chosen
    ):
        return None
    return f"{CodeKind.PICTURES}|" + " ".join(f"{count}{thing}" for thing, count in chosen)


def read_words(typed: str) -> str | None:
    """Read the words of a code, all of one list; capitals, accents and signs between them do not matter.

    The number of the list and the place of each word in it count: lists never change.
    """
    plain = unicodedata.normalize("NFKD", typed).casefold()
    spoken = "".join(sign if sign.isalpha() else " " for sign in plain if not unicodedata.combining(sign)).split()
    if not _has_size(CodeKind.WORDS, spoken):
        return None
    for number, words in enumerate(word_lists().values()):
        if all(word in words for word in spoken):
            return f"{CodeKind.WORDS}|{number}|" + " ".join(str(words.index(word)) for word in spoken)
    return None


def _has_size(kind: CodeKind, signs: Sequence[object]) -> bool:
    return len(signs) in (SIZES[kind], OLD_SIZES[kind])


def group_digits(digits: str) -> str:
    """Write digits as telephone numbers are written."""
    return " ".join(digits[start : start + GROUP] for start in range(0, len(digits), GROUP))
