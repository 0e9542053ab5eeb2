"""What a file and a change made here since the last file become together."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from suar.directory import flat, models, rules, shown
from suar.directory.cards import said
from suar.directory.states import ServiceState
from suar.directory.terms import Conflict, How, Stamp

OF_FILES = (How.IMPORT,)
STAMPED = ("id", "edition", "changed_at", "changed_by", "changed_how")


@dataclass(frozen=True, slots=True)
class Joining:
    """Entries changed here since the last file, with what that file had made of them.

    Of an entry that was added here no file ever made anything: its base is None.
    """

    bases: Mapping[UUID, ServiceState | None]
    moved: frozenset[UUID]

    def join(
        self, theirs: ServiceState, ours: ServiceState | None, taking: Collection[str]
    ) -> tuple[ServiceState, list[Conflict]]:
        """Give what stands then, and the fields in which both sides differ.

        Ours stays in those, but where `taking` names the field of the file's.
        """
        if ours is None or UUID(theirs.id) not in self.bases:
            return theirs, []
        base = self.bases[UUID(theirs.id)]
        if base is None:
            theirs = replace(theirs, provider=ours.provider, sites=ours.sites)
        here, there = flat.flat_of(ours), flat.flat_of(theirs)
        joined = rules.join(flat.flat_of(base) if base else flat.NOTHING, here, there)
        clashes = [
            Conflict(theirs.id, said(ours.name, "en"), way, here.get(way), there.get(way)) for way in joined.conflicts
        ]
        chosen = {each.way: each.theirs for each in clashes if each.key in taking}
        whole = flat.with_fields(theirs, {**here, **joined.taken, **chosen})
        return whole, [each for each in clashes if each.way not in chosen]


def joining(ids: Iterable[UUID]) -> Joining:
    """Find which entries of a file were changed here, and which are one with another by now."""
    bases: dict[UUID, ServiceState | None] = {}
    moved: set[UUID] = set()
    for part in shown.parts(list(ids)):
        rows = models.Service.objects.filter(id__in=part).exclude(changed_how__in=OF_FILES)
        edited = list(rows.values_list("id", flat=True))
        bases |= dict.fromkeys(edited)
        former = models.FormerEdition.objects.filter(service__in=edited, how__in=OF_FILES)
        for id_, state in former.order_by("number").values_list("service_id", "state"):
            bases[id_] = ServiceState(**state)
        moved |= set(models.Moved.objects.filter(old__in=part).values_list("old", flat=True))
    return Joining(bases, frozenset(moved))


def turn_over(
    changed: Iterable[ServiceState],
    *,
    before: Mapping[UUID, Any],
    joined: Mapping[str, ServiceState],
    stamp: Stamp,
) -> dict[UUID, int]:
    """Keep what services were as former editions; gives the number of each one's next.

    Where a file was joined with a change made here, what the file said is an edition of its own,
    so that the next file is held against it and nothing is asked twice.
    """
    ids = [id_ for each in changed if (id_ := UUID(each.id)) in before]
    rows = [
        row for part in shown.parts(ids) for row in models.Service.objects.filter(id__in=part).values_list(*STAMPED)
    ]
    former = [_former(id_, n, Stamp(by, at, how), before[id_]) for id_, n, at, by, how in rows]
    beside = [
        _former(id_, n + 1, replace(stamp, how=How.IMPORT), joined[str(id_)])
        for id_, n, *_ in rows
        if str(id_) in joined
    ]
    models.FormerEdition.objects.bulk_create([*former, *beside], batch_size=shown.BATCH)
    return {id_: number + 1 + (str(id_) in joined) for id_, number, *_ in rows}


def _former(service: UUID, number: int, stamp: Stamp, state: ServiceState) -> models.FormerEdition:
    return models.FormerEdition(
        service_id=service,
        number=number,
        at=stamp.at,
        by=stamp.by,
        how=stamp.how,
        state=asdict(state),
    )
