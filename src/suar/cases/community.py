"""Work in the community against stigma: recorded for the organisation, without any link to a person."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.cases.models import CommunityWork
from suar.core.refusals import NotYours
from suar.crypto.pairs import seal_to
from suar.records.terms import HolderKind


class Quarter(NamedTuple):
    """Community work of a quarter: counts by kind, and the number of participants."""

    first_day: date
    kinds: Mapping[str, int]
    participants: int

    @property
    def number(self) -> int:
        """The number of the quarter in its year."""
        return (self.first_day.month + 2) // 3

    @property
    def rows(self) -> list[tuple[str, int]]:
        """Counts of each kind by its code, the most frequent first."""
        return sorted(self.kinds.items(), key=lambda row: (-row[1], row[0]))


@act("record_community_work", needs=Permission.SEE_RECORD)
def record_work(facts: Mapping[str, Any], *, words: str, by: Acting) -> None:
    """Store a talk or meeting by its codes and numbers; its words are sealed to the team, or to the worker."""
    holder = (HolderKind.TEAM, min(by.viewer.teams)) if by.viewer.teams else (HolderKind.WORKER, by.worker)
    [(key, public)] = accounts.keys_to_seal_to([holder], organisation=by.viewer.organisation)
    sealed = seal_to(public, words.encode()) if words else b""
    columns = {"organisation": by.viewer.organisation, "key": key, "sealed": sealed, "by": by.worker, "at": by.at}
    CommunityWork.objects.create(**facts, **columns)


@act("record_community_work", needs=Permission.SEE_RECORD)
def strike_work(work: UUID, *, by: Acting) -> None:
    """Mark an entry as a mistake, as its author or a lead of their team: it stays, but is no longer counted."""
    rows = CommunityWork.objects.filter(id=work, organisation=by.viewer.organisation)
    row = rows.select_for_update().first()
    if row is None or not may_strike(row, by.viewer, led=workers_led_by(by.viewer)):
        raise NotYours
    by.entry.skip = row.struck
    rows.update(struck=True)


def may_strike(work: CommunityWork, viewer: Viewer, *, led: Collection[UUID]) -> bool:
    """Return True for the author and for a lead of the author's team."""
    return viewer.worker == work.by or work.by in led


def workers_led_by(viewer: Viewer) -> frozenset[UUID]:
    """Return the workers of the teams that the viewer leads."""
    return frozenset(worker for team in viewer.leads for worker in accounts.members_of(team))


def list_work(viewer: Viewer) -> list[CommunityWork]:
    """Return the work of the organisation, the newest first, also what was struck."""
    return list(CommunityWork.objects.filter(organisation=viewer.organisation).order_by("-on", "-at"))


def read_words(work: CommunityWork, *, keys: Keys) -> str:
    """Return the words of an entry; empty for those of another team."""
    if not work.sealed or work.key not in {key.id for key in keys.list_keys()}:
        return ""
    return keys.pair(work.key).open(bytes(work.sealed)).decode()


def count_by_quarter(works: Iterable[CommunityWork]) -> list[Quarter]:
    """Return the work of each quarter, the newest first."""
    quarters: dict[date, list[CommunityWork]] = {}
    for work in works:
        if not work.struck:
            quarters.setdefault(date(work.on.year, (work.on.month - 1) // 3 * 3 + 1, 1), []).append(work)
    return [
        Quarter(first, Counter(work.kind for work in listed), sum(work.participants or 0 for work in listed))
        for first, listed in sorted(quarters.items(), reverse=True)
    ]
