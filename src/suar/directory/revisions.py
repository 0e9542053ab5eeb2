"""Revisions of an entry: every change keeps the former content, its author and time."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.directory import documents, importing, search_index, snapshots
from suar.directory.codes import How, Status
from suar.directory.documents import ImportPlan, Revision, ServiceDocument, Stamp
from suar.directory.models import Edition, FormerRevision, Service, Site
from suar.directory.rules import locations


def lock_edition() -> Edition:
    """Lock the directory so that changes happen one after the other."""
    Edition.objects.get_or_create(id=1)
    return Edition.objects.select_for_update().get(id=1)


def count_edition(edition: Edition, *, at: datetime) -> None:
    """Count one revision more."""
    edition.number += 1
    edition.changed_at = at
    edition.save(update_fields=["number", "changed_at"])


NAMES_A_STREET = "names_a_street"
NAMES_A_DISTRICT = "names_a_district"
OUT_OF_ORDER = "ages_out_of_order"
MOST_SHOWN = 50
Change = Callable[[ServiceDocument], ServiceDocument]


class EditConflict(Exception):
    """Somebody else made a newer revision than the one a change was written over."""

    def __init__(self, now: Revision) -> None:
        super().__init__(now.number)
        self.now = now


def current_revision(service: UUID) -> Revision:
    """Return an entry as it stands, with its number; raises NotYours if there is none."""
    row, state = Service.objects.filter(id=service).first(), snapshots.load_services([service]).get(service)
    if row is None or state is None:
        raise NotYours
    stamp = Stamp(row.changed_by, row.changed_at, How(row.changed_how)) if row.changed_at else None
    return Revision(row.edition, stamp, asdict(state))


def list_revisions(service: UUID) -> list[Revision]:
    """Return the revisions of an entry, the newest first: what it said, who made it so, when."""
    rows = FormerRevision.objects.filter(service=service).order_by("-number")[:MOST_SHOWN]
    former = [Revision(row.number, Stamp(row.by, row.at, How(row.how)) if row.at else None, row.state) for row in rows]
    return [current_revision(service), *former]


def write_revision(service: UUID, how_changed: Change, stamp: Stamp, *, over: int | None, seen: bool = False) -> int:
    """Write the next revision of an entry; returns its number, or the same when nothing differs.

    `over` is the revision the change was written over, None for whichever stands. Raises
    EditConflict, NotYours, and Refused where a text names the street of a hidden place, or its
    district unless somebody has `seen` that it does.
    """
    with transaction.atomic():
        directory, now = lock_edition(), current_revision(service)
        if over is not None and over != now.number:
            raise EditConflict(now)
        old = ServiceDocument(**now.state)
        new = check_entry(how_changed(old))
        if new == old:
            return now.number
        if not seen and new_districts(old, new):
            raise Refused(NAMES_A_DISTRICT)
        importing.write_plan(ImportPlan(before={service: old}, services={service: new}), stamp)
        search_index.update_service(service, today=clock.local_date(stamp.at))
        count_edition(directory, at=stamp.at)
        because = f"{stamp.how.lower()} {now.number + 1}"
        audit.record("change_entry", by=stamp.by, at=stamp.at, about=[service], because=because)
        return now.number + 1


def restore_revision(service: UUID, number: int, *, by: UUID, over: int, at: datetime) -> int:
    """Restore the content of an older revision as a new revision."""
    row = FormerRevision.objects.filter(service=service, number=number).first()
    if row is None:
        raise NotYours
    told = ServiceDocument(**row.state)

    def back(now: ServiceDocument) -> ServiceDocument:
        return documents.restore_content(told, now)

    return write_revision(service, back, Stamp(by, at, How.UNDO), over=over)


def hide_entry(service: UUID, *, by: UUID, at: datetime) -> None:
    """Hide an entry from the public at once; restoring shows it again."""

    def closed(now: ServiceDocument) -> ServiceDocument:
        return documents.with_status(now, Status.CLOSED_FOR_NOW)

    write_revision(service, closed, Stamp(by, at, How.HIDE), over=None)


def check_entry(state: ServiceDocument) -> ServiceDocument:
    """Widen areas at a hidden place and refuse its street; refuse ages the wrong way round."""
    let_in = state.let_in or {}
    low, high = let_in.get("age_min"), let_in.get("age_max")
    if low is not None and high is not None and low > high:
        raise Refused(OUT_OF_ORDER)
    if not _has_hidden_site(state):
        return state
    if any(locations.find_street_clues(text) for _, text in documents.service_texts(state)):
        raise Refused(NAMES_A_STREET)
    return documents.widen_areas(state)


def new_districts(old: ServiceDocument, new: ServiceDocument) -> tuple[str, ...]:
    """Return the districts that new words of an entry with a hidden place would tell.

    Source: own design, docs/decisions/hidden-places.
    """
    before = {text for _, text in documents.service_texts(old)}
    said = [text for _, text in documents.service_texts(new) if text not in before]
    found = dict.fromkeys(name for text in said for name in locations.find_districts(text))
    return tuple(found) if found and _has_hidden_site(new) else ()


def _has_hidden_site(state: ServiceDocument) -> bool:
    return Site.objects.filter(id__in=state.sites, hidden=True).exists()
