"""The rule of two editors: one proposes, another confirms, on every path that changes the directory.

Source: docs/decisions/directory-upkeep. The only editor of all organisations confirms alone.
"""

from collections.abc import Collection
from uuid import UUID

from suar.accounts import notices
from suar.accounts.roles import Permission, Viewer
from suar.core.decisions import Decision, second_person
from suar.core.refusals import Refused


def has_second_editor() -> bool:
    """Return True if the directory has more than one certified editor, whatever their organisation.

    All organisations share the directory: an editor of any of them can confirm.
    """
    return len(notices.workers_with(Permission.EDIT_DIRECTORY, certified=True)) > 1


def may_confirm(proposed_by: Collection[UUID | None], viewer: Viewer) -> Decision:
    """Return whether an editor may confirm what these people proposed."""
    decision = second_person(viewer.worker, proposed_by)
    return decision if has_second_editor() else Decision.allow()


def require_second_editor(proposed_by: Collection[UUID | None], viewer: Viewer) -> None:
    """Raise Refused if an editor may not confirm what these people proposed."""
    decision = may_confirm(proposed_by, viewer)
    if not decision:
        raise Refused(decision.because)
