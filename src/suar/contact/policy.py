"""Rules about who may read requests and set up a desk. Pure."""

from uuid import UUID

from suar.accounts.roles import Permission, Viewer
from suar.contact.documents import RequestKind
from suar.core.decisions import Decision


def may_read(viewer: Viewer, *, kind: RequestKind, team: UUID | None, organisation: UUID) -> Decision:
    """Allow requests for help for the asked team, feedback and complaints for complaint handlers; a summary for nobody.

    The keys decide who opens a letter: what came before a worker had access stays closed to them.
    Source: own design, docs/decisions/help-requests.md and feedback.md.
    """
    if kind is RequestKind.SUMMARY:
        return Decision.refuse("not_here")
    if kind is RequestKind.HELP:
        may = team in viewer.teams and viewer.may(Permission.ANSWER_REQUESTS)
    else:
        may = viewer.may(Permission.HEAR_FEEDBACK)
    return Decision.allow() if may and organisation == viewer.organisation else Decision.refuse("not_here")


def may_set_desk(viewer: Viewer, *, team: UUID, organisation: UUID, own_cases_only: bool) -> Decision:
    """Allow a lead to let their team answer letters, unless its members see only their own cases.

    Every member of the team can read every letter.
    Source: own design, docs/decisions/help-requests.md; docs/decisions/talk.md.
    """
    if team not in viewer.leads or organisation != viewer.organisation or not viewer.may(Permission.SET_DESK):
        return Decision.refuse("not_here")
    return Decision.refuse("neighbours") if own_cases_only else Decision.allow()
