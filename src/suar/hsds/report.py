"""The report of an import in words, for the page and the command."""

from typing import Any

from django.utils.translation import gettext as _

from suar.directory import labels
from suar.directory.documents import ImportPlan

MAX_LINES = 100
LISTS = ("refused", "warned", "left_out")


def describe_report(report: ImportPlan) -> dict[str, Any]:
    """Return counts, errors, warnings and omissions in words; long lists are cut and the rest counted."""
    words = _("Providers: %(providers)d. Places: %(sites)d. Services: %(services)d.")
    counts = {_("New"): report.created, _("Changed"): report.changed, _("As before"): report.unchanged}
    problems = {name: getattr(report, name) for name in LISTS}
    return {
        "counts": [{"question": name, "answer": words % rows._asdict()} for name, rows in counts.items()],
        "more": sum(max(0, len(problem) - MAX_LINES) for problem in problems.values()),
        "nothing_new": not (report.refused or report.conflicts or any((*report.created, *report.changed))),
        "conflicts": [
            {"key": conflict.key, "name": conflict.name, **row}
            for conflict in report.conflicts
            for row in labels.change_rows({conflict.path: conflict.ours}, {conflict.path: conflict.theirs})
        ],
        "warnings_digest": report.warnings_digest,
        **{
            name: [
                {"where": labels.problem_location(row), "words": labels.problem_text(row)} for row in rows[:MAX_LINES]
            ]
            for name, rows in problems.items()
        },
    }
