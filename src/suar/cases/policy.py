"""Who may ask for the end of a case, agree to it, and open it again: pure."""

from uuid import UUID

from suar.accounts.roles import Permission, Viewer
from suar.core.decisions import Decision
from suar.records.terms import RecordFacts


def may_ask_closing(viewer: Viewer, case: RecordFacts) -> Decision:
    """Say whether a viewer may close a case or ask for it: whoever is assigned, or the lead.

    Source: case management code lists, closure; own design.
    """
    concerned = viewer.worker == case.assignee or leads(viewer, case)
    allowed = concerned and viewer.may(Permission.MANAGE_CASE)
    return Decision.yes() if allowed else Decision.no("not_your_case")


def may_agree_closing(viewer: Viewer, case: RecordFacts, *, asked_by: UUID) -> Decision:
    """Say whether a viewer is the second worker: the lead, or a colleague when the lead asked.

    Source: case management code lists, closure reasons, needs_supervisor; own design.
    """
    if viewer.worker == asked_by or not viewer.may(Permission.MANAGE_CASE):
        return Decision.no("second_worker_needed")
    asked_by_assignee = asked_by == case.assignee
    if asked_by_assignee and not leads(viewer, case):
        return Decision.no("second_worker_needed")
    return Decision.yes()


def leads(viewer: Viewer, case: RecordFacts) -> bool:
    """Say whether a viewer leads the team of a case.

    Source: own design, docs/decisions/cases.md.
    """
    return case.team in viewer.leads
