"""Rules about who may close a case, hand a person over, and act on an erasure. Pure."""

from uuid import UUID

from suar.accounts.roles import Permission, Viewer
from suar.cases.documents import AGREED, ClosingRequest
from suar.core.workflow import workflow
from suar.records.terms import RecordFacts, Status


def closing_acts(viewer: Viewer, case: RecordFacts, request: ClosingRequest | None = None) -> tuple[str, ...]:
    """Return the acts that a viewer may do now about the request to close a case, if there is one.

    The worker who asked is not the second person.
    Source: data/closing.json.
    """
    if not viewer.may(Permission.MANAGE_CASE):
        return ()
    asked_by = request.asked_by if request and case.status is not Status.CLOSED else None
    return workflow("cases", "closing").next_acts(_state(case, request), _actor(viewer, case, asked_by))


def may_hand_over(viewer: Viewer, record: RecordFacts) -> bool:
    """Return True for the worker of a person, a worker who is covered by a colleague, and a lead of the team.

    Source: own design, docs/decisions/cases.md, 'an owner for every person'.
    """
    return viewer.worker in (record.assignee, record.covered_for) or record.team in viewer.leads


def actor_of(viewer: Viewer, record: RecordFacts, *, requester: str = "") -> str:
    """Return the actor as whom a viewer who holds a record acts on a contact status, an erasure or a legal hold.

    A colleague is the second person only if the `requester`, the actor who asked, is responsible for the person.
    Source: data/erasure.json, data/legal_hold.json, suar/consent/data/life.json.
    """
    if may_hand_over(viewer, record):
        return "RESPONSIBLE"
    return "SECOND" if requester == "RESPONSIBLE" else "HOLDER"


def _state(case: RecordFacts, request: ClosingRequest | None) -> str:
    """Return the state of a case; it is AGREED while the second person agreed and the day is still to come."""
    if case.status is Status.CLOSED or request is None:
        return "CLOSED" if case.status is Status.CLOSED else "OPEN"
    return "AGREED" if request.state == AGREED else "ASKED"


def _actor(viewer: Viewer, case: RecordFacts, asked_by: UUID | None) -> str:
    if viewer.worker == asked_by:
        return "ASKER"
    if case.team in viewer.leads:
        return "LEAD"
    if viewer.worker == case.assignee:
        return "ASSIGNEE"
    return "SECOND" if asked_by and asked_by != case.assignee else "COLLEAGUE"
