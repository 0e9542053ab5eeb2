"""The rule of two editors: one proposes, another confirms, on every path that changes the directory.

All organisations share the directory: a confirmed editor of any of them can be the second person.
Source: docs/decisions/directory-upkeep.
"""

from collections.abc import Collection
from uuid import UUID

from suar.accounts import notices
from suar.accounts.roles import Permission, Viewer
from suar.core.decisions import Decision, second_person
from suar.directory.models import Service

OPERATOR = UUID(int=0)
"""The uploader id of a file that the operator of the server uploaded on the command line."""
NOT_CHECKED = "not_checked"


def has_second_editor() -> bool:
    """Return True if the installation has more than one confirmed editor. A lone editor cannot publish."""
    return len(notices.workers_with(Permission.EDIT_DIRECTORY, certified=True)) > 1


def may_confirm(proposed_by: Collection[UUID | None], viewer: Viewer) -> Decision:
    """Return whether an editor may confirm what these people proposed."""
    return second_person(viewer.worker, proposed_by)


def may_import(uploaded_by: UUID, viewer: Viewer) -> Decision:
    """Return whether an editor may import a file. At set-up, a lone editor may fill the empty directory.

    A file of the operator needs two editors, because the operator may be one of them.
    """
    if not (has_entries() or has_second_editor()):
        return Decision.allow()
    return Decision.refuse(NOT_CHECKED) if uploaded_by == OPERATOR else may_confirm({uploaded_by}, viewer)


def has_entries() -> bool:
    """Return True if the directory has any entry."""
    return Service.objects.exists()
