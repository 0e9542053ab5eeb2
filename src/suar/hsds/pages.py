"""What the pages of an import show, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from suar.directory import labels
from suar.directory.documents import Conflict, ImportCounts, ImportReport, Problem

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is wrong or was left out: where it stands, and what it is."""

    where: str
    words: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report in words: how many of each, what is refused, looked at, left out."""

    counts: Sequence[dict[str, str]]
    refused: Sequence[Line]
    warned: Sequence[Line]
    left_out: Sequence[Line]
    more: int
    nothing_new: bool
    conflicts: Sequence[dict[str, str]]
    mark: str


def report_page(report: ImportReport) -> ReportPage:
    """Return a report in words; long lists are cut and the rest counted."""
    told = {
        _("New"): report.created,
        _("Changed"): report.changed,
        _("As before"): report.unchanged,
    }
    new = (report.created, report.changed)
    listed = (report.refused, report.warned, report.left_out)
    return ReportPage(
        counts=[{"question": name, "answer": _counted(one)} for name, one in told.items()],
        refused=_lines(report.refused),
        warned=_lines(report.warned),
        left_out=_lines(report.left_out),
        more=sum(max(0, len(each) - MOST_LINES) for each in listed),
        nothing_new=not (report.refused or report.conflicts) and all(one == ImportCounts() for one in new),
        conflicts=[_conflict(each) for each in report.conflicts],
        mark=report.mark,
    )


def _conflict(conflict: Conflict) -> dict[str, str]:
    [row] = labels.change_rows({conflict.way: conflict.ours}, {conflict.way: conflict.theirs})
    return {"key": conflict.key, "name": conflict.name, **row}


def _lines(problems: Sequence[Problem]) -> list[Line]:
    return [Line(labels.problem_location(each), labels.problem_text(each)) for each in problems[:MOST_LINES]]


def _counted(one: ImportCounts) -> str:
    return _("Providers: %(providers)d. Places: %(sites)d. Services: %(services)d.") % {
        "providers": one.providers,
        "sites": one.sites,
        "services": one.services,
    }
