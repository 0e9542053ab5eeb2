"""Rules about who may ask to close a case, agree, leave it open, and reopen it. Pure."""

from uuid import UUID

from suar.accounts.roles import Permission, Viewer
from suar.core.workflow import workflow
from suar.records.terms import RecordFacts, Status


def closing_acts(
    viewer: Viewer, case: RecordFacts, *, asked_by: UUID | None = None, is_agreed: bool = False
) -> tuple[str, ...]:
    """Return the acts that a viewer may do now; `asked_by` is who asked to close the case and waits.

    `is_agreed`: the second person agreed, and the day of closing is still to come. The worker who asked is not the
    second person.
    Source: data/closing.json.
    """
    if not viewer.may(Permission.MANAGE_CASE):
        return ()
    return workflow("cases", "closing").next_acts(_state(case, asked_by, is_agreed), _actor(viewer, case, asked_by))


def may_hand_over(viewer: Viewer, record: RecordFacts) -> bool:
    """Return True for the worker of a person, who stands in for them, and for a lead of the team.

    Source: own design, docs/decisions/cases.md, 'an owner for every person'.
    """
    return viewer.worker in (record.assignee, record.covered_for) or record.team in viewer.leads


def life_actor(viewer: Viewer, record: RecordFacts) -> str:
    """Return the part of a viewer who holds a record when a death or a disappearance is recorded.

    Source: suar/consent/data/life.json.
    """
    return "RESPONSIBLE" if may_hand_over(viewer, record) else "HOLDER"


def erasure_actor(viewer: Viewer, record: RecordFacts, *, asked_as: str) -> str:
    """Return the part of a viewer who holds a record in its erasure or a legal hold; `asked_as` is that of who asked.

    A colleague is the second person only if somebody responsible for the person asked.
    Source: data/erasure.json, data/legal_hold.json.
    """
    if may_hand_over(viewer, record):
        return "RESPONSIBLE"
    return "SECOND" if asked_as == "RESPONSIBLE" else "HOLDER"


def _state(case: RecordFacts, asked_by: UUID | None, is_agreed: bool) -> str:  # noqa: FBT001 - a fact
    if case.status is Status.CLOSED:
        return "CLOSED"
    if is_agreed:
        return "AGREED"
    return "ASKED" if asked_by else "OPEN"


def _actor(viewer: Viewer, case: RecordFacts, asked_by: UUID | None) -> str:
    if viewer.worker == asked_by:
        return "ASKER"
    if case.team in viewer.leads:
        return "LEAD"
    if viewer.worker == case.assignee:
        return "ASSIGNEE"
    return "SECOND" if asked_by and asked_by != case.assignee else "COLLEAGUE"
