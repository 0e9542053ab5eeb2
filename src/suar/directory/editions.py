"""Editions of an entry: nothing is overwritten, and what it was stays with who made it so."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.directory import importing, indexing, rules, shown, states
from suar.directory.locking import count, locked_edition
from suar.directory.models import FormerEdition, Service, Site
from suar.directory.plans import Plan
from suar.directory.states import ServiceState
from suar.directory.terms import Edited, How, Stamp, Status

NAMES_A_STREET = "names_a_street"
NAMES_A_DISTRICT = "names_a_district"
OUT_OF_ORDER = "ages_out_of_order"
MOST_SHOWN = 50
Change = Callable[[ServiceState], ServiceState]


class Meanwhile(Exception):
    """Somebody else made a newer edition than the one a change was written over."""

    def __init__(self, now: Edited) -> None:
        super().__init__(now.number)
        self.now = now


def current(service: UUID) -> Edited:
    """Give an entry as it stands, with its number; raises NotYours when there is none."""
    row, state = Service.objects.filter(id=service).first(), shown.stored([service]).get(service)
    if row is None or state is None:
        raise NotYours
    stamp = Stamp(row.changed_by, row.changed_at, How(row.changed_how)) if row.changed_at else None
    return Edited(row.edition, stamp, asdict(state))


def history(service: UUID) -> list[Edited]:
    """Give the editions of an entry, the newest first: what it said, who made it so, when."""
    rows = FormerEdition.objects.filter(service=service).order_by("-number")[:MOST_SHOWN]
    former = [Edited(row.number, Stamp(row.by, row.at, How(row.how)) if row.at else None, row.state) for row in rows]
    return [current(service), *former]


def change(service: UUID, how_changed: Change, stamp: Stamp, *, over: int | None, seen: bool = False) -> int:
    """Write the next edition of an entry; gives its number, or the same when nothing differs.

    `over` is the edition the change was written over, None for whichever stands. Raises
    Meanwhile, NotYours, and Refused where a text names the street of a hidden place, or its
    district unless somebody has `seen` that it does.
    """
    with transaction.atomic():
        directory, now = locked_edition(), current(service)
        if over is not None and over != now.number:
            raise Meanwhile(now)
        old = ServiceState(**now.state)
        new = kept_safe(how_changed(old))
        if new == old:
            return now.number
        if not seen and districts_named(old, new):
            raise Refused(NAMES_A_DISTRICT)
        importing.write(Plan(before={service: old}, services={service: new}), stamp)
        indexing.renew(service, today=clock.local_date(stamp.at))
        count(directory, at=stamp.at)
        because = f"{stamp.how.lower()} {now.number + 1}"
        audit.record("change_entry", by=stamp.by, at=stamp.at, about=[service], because=because)
        return now.number + 1


def undo(service: UUID, number: int, *, by: UUID, over: int, at: datetime) -> int:
    """Let an entry say again what an older edition said; that is a new edition."""
    row = FormerEdition.objects.filter(service=service, number=number).first()
    if row is None:
        raise NotYours
    told = ServiceState(**row.state)

    def back(now: ServiceState) -> ServiceState:
        return states.said_again(told, now)

    return change(service, back, Stamp(by, at, How.UNDO), over=over)


def hide(service: UUID, *, by: UUID, at: datetime) -> None:
    """Take an entry out of what the public sees, at once; undoing shows it again."""

    def closed(now: ServiceState) -> ServiceState:
        return states.with_status(now, Status.CLOSED_FOR_NOW)

    change(service, closed, Stamp(by, at, How.HIDE), over=None)


def kept_safe(state: ServiceState) -> ServiceState:
    """Widen areas at a hidden place and refuse its street; refuse ages the wrong way round."""
    let_in = state.let_in or {}
    low, high = let_in.get("age_min"), let_in.get("age_max")
    if low is not None and high is not None and low > high:
        raise Refused(OUT_OF_ORDER)
    if not _has_hidden_place(state):
        return state
    if any(rules.named_streets(text) for _, text in states.all_texts(state)):
        raise Refused(NAMES_A_STREET)
    return states.veiled(state)


def districts_named(old: ServiceState, new: ServiceState) -> tuple[str, ...]:
    """Give the districts that new words of an entry with a hidden place would tell.

    Source: own design, docs/decisions/0057.
    """
    before = {text for _, text in states.all_texts(old)}
    said = [text for _, text in states.all_texts(new) if text not in before]
    found = dict.fromkeys(name for text in said for name in rules.named_districts(text))
    return tuple(found) if found and _has_hidden_place(new) else ()


def _has_hidden_place(state: ServiceState) -> bool:
    return Site.objects.filter(id__in=state.sites, hidden=True).exists()
