"""Who may do what with requests for help: pure."""

from uuid import UUID

from suar.accounts.terms import Permission, Viewer
from suar.contact.terms import RequestKind
from suar.core.decisions import Decision


def may_open(viewer: Viewer, *, team: UUID, organisation: UUID) -> Decision:
    """Say whether a worker may read what was asked of a team: theirs, and their role answers.

    Source: own design, docs/decisions/0029.
    """
    here = team in viewer.teams and organisation == viewer.organisation
    may = viewer.may(Permission.ANSWER_REQUESTS)
    return Decision.yes() if here and may else Decision.no("not_here")


def may_hear(viewer: Viewer, *, organisation: UUID) -> Decision:
    """Say whether a worker may read what was said of services: their house was chosen to hear it.

    The keys decide who opens it: what came before somebody was there stays closed to them.

    Source: own design, docs/decisions/0038.
    """
    here = organisation == viewer.organisation and viewer.may(Permission.HEAR_FEEDBACK)
    return Decision.yes() if here else Decision.no("not_here")


def may_read(viewer: Viewer, *, kind: RequestKind, team: UUID | None, organisation: UUID) -> Decision:
    """Say whether a worker may read a request, as its kind has it.

    Source: own design, docs/decisions/0029, docs/decisions/0038.
    """
    if kind is RequestKind.HELP and team is not None:
        return may_open(viewer, team=team, organisation=organisation)
    return may_hear(viewer, organisation=organisation)


def may_name_readers(viewer: Viewer) -> Decision:
    """Say whether somebody may say who hears what is said of their house: they lead in it.

    Source: own design, docs/decisions/0038.
    """
    leads = viewer.may(Permission.SET_DESK) and bool(viewer.leads)
    return Decision.yes() if leads else Decision.no("not_here")


def may_set_desk(viewer: Viewer, *, team: UUID, organisation: UUID, own_cases_only: bool) -> Decision:
    """Say whether somebody may let a team answer: they lead it, and it shares what it reads.

    In a team of neighbours each holds only their own; a letter would be read by every neighbour.

    Source: own design, docs/decisions/0029; docs/decisions/0019.
    """
    if team not in viewer.leads or organisation != viewer.organisation:
        return Decision.no("not_here")
    if not viewer.may(Permission.SET_DESK):
        return Decision.no("not_here")
    return Decision.no("neighbours") if own_cases_only else Decision.yes()
