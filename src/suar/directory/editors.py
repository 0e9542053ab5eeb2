"""The rule of two editors: one proposes, another confirms, on every path that changes the directory.

Source: docs/decisions/directory-upkeep. An organisation's only editor confirms alone.
"""

from collections.abc import Collection
from uuid import UUID

from suar.accounts import notices
from suar.accounts.roles import Permission, Viewer
from suar.core.decisions import Decision, second_person
from suar.core.refusals import Refused


def has_second_editor(organisation: UUID) -> bool:
    """Return True if an organisation has more than one editor of the directory."""
    return len(notices.workers_with(Permission.EDIT_DIRECTORY, organisation=organisation)) > 1


def may_confirm(proposed_by: Collection[UUID | None], viewer: Viewer) -> Decision:
    """Return whether an editor may confirm what these people proposed."""
    decision = second_person(viewer.worker, proposed_by)
    return decision if has_second_editor(viewer.organisation) else Decision.yes()


def require_second_editor(proposed_by: Collection[UUID | None], viewer: Viewer) -> None:
    """Raise Refused if an editor may not confirm what these people proposed."""
    decision = may_confirm(proposed_by, viewer)
    if not decision:
        raise Refused(decision.because)
