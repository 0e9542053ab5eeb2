"""Paper forms of the talk and of a yes: which there are, and the code that finds each again."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from suar.core.ids import read_spoken, short_code
from suar.screening.codes import Step
from suar.screening.rules.data_files import SHIPPED
from suar.screening.rules.instrument import instrument

Named = tuple[str, int]
"""Code and version of a question set."""
CODES = UUID("5e1f0020-0000-4000-8000-000000000000")


class Kind(StrEnum):
    """What a sheet of paper is for: a talk, or a yes to one receiver."""

    TALK = "talk"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Paper:
    """One part of a paper form. It is the same for everybody who uses it."""

    kind: Kind
    form: str = ""
    version: int = 0
    step: Step | None = None


def code_of(paper: Paper) -> str:
    """Give the code printed on a part: four signs and a check sign, no secret, of nobody.

    Source: own design, docs/decisions/printed-papers.md.
    """
    told = f"{paper.kind}|{paper.form}|{paper.version}|{paper.step or ''}"
    return short_code(uuid5(CODES, told))


def paper_of(typed: str, own: Collection[Named] = ()) -> Paper | None:
    """Give the part with the typed code, of any version that was ever printed; None for none.

    `own`: the versions that the house made.

    Source: own design, docs/decisions/printed-papers.md.
    """
    code = read_spoken(typed)
    return next((each for each in every_paper(own) if read_spoken(code_of(each)) == code), None)


def every_paper(own: Collection[Named] = ()) -> Iterator[Paper]:
    """Give every part of every version that ships, and of a house's own.

    Source: own design, docs/decisions/printed-papers.md.
    """
    yield Paper(Kind.YES)
    for code, version in (*sorted(SHIPPED), *own):
        for slot in instrument(code, version).steps:
            yield Paper(Kind.TALK, code, version, slot.code)
