"""Who may check and publish a proposal, and the three-way merge of an import with local edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from suar.core.decisions import Decision
from suar.directory.codes import DraftState


def may_check(*, state: str, author: UUID | None, by: UUID, second: bool) -> Decision:
    """Return True if somebody may check a draft: not its author where the organisation has a second editor.

    Source: own design, docs/decisions/0037.
    """
    if state != DraftState.DRAFT:
        return Decision.no("draft_settled")
    return Decision.no("own_draft") if author == by and second else Decision.yes()


def may_publish(*, state: str, author: UUID | None, by: UUID, second: bool) -> Decision:
    """Return True if somebody may publish a draft: it is checked, and never by its author alone.

    Source: own design, docs/decisions/0037.
    """
    if state != DraftState.CHECKED:
        return Decision.no("not_checked")
    return Decision.no("own_draft") if author == by and second else Decision.yes()


def may_publish_recording(*, published: bool, brought_by: UUID, by: UUID, second: bool) -> Decision:
    """Return True if somebody may publish a recording: one that waits, and that another one brought.

    Source: own design, docs/decisions/0043 (a second pair of ears, where the organisation has one).
    """
    if published:
        return Decision.no("draft_settled")
    return Decision.no("own_draft") if brought_by == by and second else Decision.yes()


@dataclass(frozen=True, slots=True)
class MergeResult:
    """Fields to import, and those that both sides changed differently."""

    taken: Mapping[str, Any]
    conflicts: tuple[str, ...]


def three_way_merge(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> MergeResult:
    """Bring together what a file says and what was changed here since the last file.

    A field only the file changed is taken; one only we changed stays; one that both changed to
    different ends waits for somebody to choose.

    Source: own design, docs/decisions/0037.
    """
    taken, conflicts = {}, []
    for field in sorted({*base, *ours, *theirs}):
        was, here, there = base.get(field), ours.get(field), theirs.get(field)
        if there in (here, was):
            continue
        if here == was:
            taken[field] = there
        else:
            conflicts.append(field)
    return MergeResult(taken, tuple(conflicts))
