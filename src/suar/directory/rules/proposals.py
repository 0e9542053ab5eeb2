"""Who may check and publish a proposal, and the three-way merge of an import with local edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from suar.core.decisions import Decision, second_person
from suar.directory.codes import DraftState


def may_check(*, state: str, author: UUID | None, by: UUID, second: bool) -> Decision:
    """Return whether an editor may check a proposal. `second` is whether there is a second editor.

    Source: own design, docs/decisions/directory-upkeep.
    """
    return _by_other_person(author, by, second=second) if state == DraftState.DRAFT else Decision.no("draft_settled")


def may_publish(*, state: str, author: UUID | None, by: UUID, second: bool) -> Decision:
    """Return whether an editor may publish a proposal: only a checked one.

    Source: own design, docs/decisions/directory-upkeep.
    """
    return _by_other_person(author, by, second=second) if state == DraftState.CHECKED else Decision.no("not_checked")


def may_publish_recording(*, published: bool, brought_by: UUID, by: UUID, second: bool) -> Decision:
    """Return whether an editor may publish a recording: only one that is not published yet.

    Source: own design, docs/decisions/print-and-static-copy (a second pair of ears, where the organisation has one).
    """
    return Decision.no("draft_settled") if published else _by_other_person(brought_by, by, second=second)


def _by_other_person(author: UUID | None, by: UUID, *, second: bool) -> Decision:
    """Require another person than the author. An only editor may approve their own work."""
    needs_other = second and author is not None
    return Decision.no("own_draft") if needs_other and not second_person(by, [author]) else Decision.yes()


@dataclass(frozen=True, slots=True)
class MergeResult:
    """Fields to import, and those that both sides changed differently."""

    taken: Mapping[str, Any]
    conflicts: tuple[str, ...]


def three_way_merge(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> MergeResult:
    """Bring together what a file says and what was changed here since the last file.

    A field only the file changed is taken; one only we changed stays; one that both changed to
    different ends waits for somebody to choose.

    Source: own design, docs/decisions/directory-upkeep.
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
