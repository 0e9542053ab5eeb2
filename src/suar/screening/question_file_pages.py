"""What the pages on a question file show: what is wrong in it, or what it would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from suar.accounts import queries as accounts
from suar.screening import question_differing as differing
from suar.screening import question_pages as pages
from suar.screening import question_shelf as shelf
from suar.screening.labels_files import FIELDS, FILE, file_problem
from suar.screening.question_differing import Difference
from suar.screening.question_files import FromFile
from suar.screening.question_shelf import Draft
from suar.screening.rules.file_rows import FileFault
from suar.screening.rules.setting import LATEST

MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class FaultLine:
    """What is wrong in a file: in which row (0 is the whole), question and field, and why."""

    row: int
    question: str
    where: str
    why: str


@dataclass(frozen=True, slots=True)
class FilePage:
    """A form, the draft of it that stands, and what was found in a file."""

    form: str
    title: str
    shipped: int
    draft: Draft | None
    drafted_by: str
    lines: Sequence[FaultLine] = ()
    more: int = 0
    differs: Sequence[Difference] = ()


def file_page(form: str, house: UUID, *, faults: Sequence[FileFault] = (), found: FromFile | None = None) -> FilePage:
    """Put together the page of a file that was read, or of one that is still to be chosen."""
    draft = shelf.drafts(house).get(form)
    names = accounts.shown_names([draft.by]) if draft else {}
    return FilePage(
        form,
        pages.title(form),
        LATEST[form],
        draft,
        names.get(draft.by, "") if draft else "",
        [_line(form, each) for each in faults[:MOST_LINES]],
        max(0, len(faults) - MOST_LINES),
        differing.differences(found) if found else (),
    )


def _line(form: str, fault: FileFault) -> FaultLine:
    why = file_problem(fault.code, fault.detail, LATEST[form]) if fault.code in FILE else pages.why(fault.code)
    return FaultLine(fault.row, fault.question, str(FIELDS.get(fault.field, "")), why)
