"""New return codes: made at random, shown once, and written so that they can be read aloud."""

import secrets
from dataclasses import dataclass, field

from suar.kernel.refusals import NotYours
from suar.voice.rules import codes
from suar.voice.terms import CodeKind

LONGEST = 120


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code as it is shown once: `plain` is what it is read as, `shown` how it is written."""

    kind: CodeKind
    plain: str = field(repr=False)
    shown: str = field(repr=False)


def new_code(kind: CodeKind) -> NewCode:
    """Make a random code of a kind."""
    digits = f"{secrets.randbelow(10**codes.DIGITS):0{codes.DIGITS}}"
    return written(kind, f"{kind}|{digits}")


def carried(plain: str) -> NewCode:
    """Read the code that a page carries until it was typed back; raises NotYours for none."""
    kind = plain.partition("|")[0]
    if kind not in set(CodeKind) or len(plain) > LONGEST:
        raise NotYours
    return written(CodeKind(kind), plain)


def written(kind: CodeKind, plain: str) -> NewCode:
    """Write a code that was read in the way in which it is shown."""
    return NewCode(kind, plain, codes.grouped(plain.partition("|")[2]))
