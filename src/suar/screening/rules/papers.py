"""Paper forms of the talk and of consent, and the codes printed on them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5

from suar.core.ids import read_spoken, short_code
from suar.screening.codes import Step
from suar.screening.rules.data_files import SHIPPED
from suar.screening.rules.instrument import instrument

CODES = UUID("5e1f0020-0000-4000-8000-000000000000")


@dataclass(frozen=True, slots=True)
class Paper:
    """One part of a paper form. Without a `form` it is the sheet for consent to one recipient."""

    form: str = ""
    version: int = 0
    step: Step | None = None


CONSENT = Paper()


def code_of(paper: Paper) -> str:
    """Return the public code printed on a part: four characters and a check character.

    Source: own design, docs/decisions/printed-papers.md.
    """
    kind = "talk" if paper.form else "yes"
    return short_code(uuid5(CODES, f"{kind}|{paper.form}|{paper.version}|{paper.step or ''}"))


def paper_of(typed: str, own: Collection[tuple[str, int]] = ()) -> Paper | None:
    """Return the part with the typed code, of any version, or None.

    `own`: code and version of the organisation's own question sets.

    Source: own design, docs/decisions/printed-papers.md.
    """
    code = read_spoken(typed)
    return next((paper for paper in every_paper(own) if read_spoken(code_of(paper)) == code), None)


def every_paper(own: Collection[tuple[str, int]] = ()) -> Iterator[Paper]:
    """Return the parts of all shipped versions and of the organisation's own.

    Source: own design, docs/decisions/printed-papers.md.
    """
    yield CONSENT
    for code, version in (*sorted(SHIPPED), *own):
        for slot in instrument(code, version).steps:
            yield Paper(code, version, slot.code)
