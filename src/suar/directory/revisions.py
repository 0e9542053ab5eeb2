"""Revisions of an entry: every change stores the former content, its author and time."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from suar.accounts import alarms, notices
from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.codes import AlarmKind
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.core import clock
from suar.core.decisions import Decision
from suar.core.refusals import NotYours, Refused
from suar.directory import documents, importing, search
from suar.directory.codes import How, Status
from suar.directory.documents import ImportPlan, ServiceDocument, Stamp
from suar.directory.models import Confirmation, Edition, FormerRevision, Service, Site
from suar.directory.rules import locations
from suar.directory.snapshots import load_services, write_snapshots

NAMES_A_STREET, NAMES_A_DISTRICT, OUT_OF_ORDER = "names_a_street", "names_a_district", "ages_out_of_order"
OWN_CONTACT, MAX_REVISIONS = "own_contact", 50
HIDDEN_MANY, HIDDEN_QUIETLY, MAX_HIDDEN = "hidden_many", 5, 20
"""Entries that one editor may hide in a day: without an alarm, and at most."""


def current_revision(service: UUID) -> FormerRevision:
    """Return the current revision of an entry, with its number; raises NotYours if there is none."""
    row, document = Service.objects.filter(id=service).first(), load_services([service]).get(service)
    if row is None or document is None:
        raise NotYours
    return row.as_revision(document)


def list_revisions(service: UUID) -> list[FormerRevision]:
    """Return the revisions of an entry, the newest first."""
    former = FormerRevision.objects.filter(service=service).order_by("-number")
    return [current_revision(service), *former[:MAX_REVISIONS]]


def write_revision(
    service: UUID,
    change: Callable[[ServiceDocument], ServiceDocument],
    stamp: Stamp,
    *,
    districts_seen: bool = False,
    authors: Collection[UUID] = (),
) -> int:
    """Write the next revision of an entry; return its number, or the same when nothing differs.

    Raises Refused if a text names the street of a hidden place, or its district unless `districts_seen`. `authors`
    proposed the change, if they are not the author of `stamp`. Runs in the caller's transaction.
    """
    Edition.locked()
    current = current_revision(service)
    old = current.document
    new = check_entry(change(old))
    if new == old:
        return current.number
    if not districts_seen and new_districts(old, new):
        raise Refused(NAMES_A_DISTRICT)
    authors = authors or ({stamp.by} if stamp.by else ())
    plan = ImportPlan(before={service: old}, services={service: new}, authors=authors)
    importing.reset_confirmations(plan)
    importing.write_plan(plan, stamp)
    because = f"{stamp.how.lower()} {current.number + 1}"
    audit.record("change_entry", by=stamp.by, at=stamp.at, about=[service], because=because)
    return current.number + 1


@act("change_entry", needs=Permission.EDIT_DIRECTORY)
def hide_entry(service: UUID, *, by: Acting) -> None:
    """Hide an entry from the public at once, without a second editor; restoring shows it again.

    Many in a day raise an alarm and notify the other editors. Raises Refused beyond the limit of a day: more need a
    second editor, for one stolen account could empty the directory. Source: security.md T17.
    """
    by.entry.skip = True
    Edition.locked()
    hidden = count_hidden(by.worker, at=by.at)
    if hidden >= MAX_HIDDEN:
        raise Refused(HIDDEN_MANY)
    stamp = Stamp(by.worker, by.at, How.HIDE)
    write_revision(service, lambda document: replace(document, status=Status.CLOSED_FOR_NOW.value), stamp)
    if hidden >= HIDDEN_QUIETLY:
        alarms.raise_access_alarm(AlarmKind.MANY_HIDDEN, by.worker, at=by.at)
        notices.notify({*notices.workers_with(Permission.EDIT_DIRECTORY)} - {by.worker}, at=by.at)


def count_hidden(editor: UUID, *, at: datetime) -> int:
    """Return how many times an editor hid an entry in the last day, also where it was shown again."""
    since = at - timedelta(days=1)
    now = Service.objects.filter(changed_how=How.HIDE, changed_by=editor, changed_at__gt=since).count()
    return now + FormerRevision.objects.filter(how=How.HIDE, by=editor, at__gt=since).count()


def confirm(service: UUID, *, how: How, by: Anonymous) -> None:
    """Set the day of confirmation in the caller's action, and who confirmed; the content stays."""
    directory, today = Edition.locked(), clock.local_date(by.at)
    if not Service.objects.filter(id=service).update(confirmed=today, contact_authors=[]):
        raise NotYours
    Confirmation.objects.update_or_create(service_id=service, defaults={"day": today, "how": how})
    [document] = load_services([service]).values()
    write_snapshots([replace(document, confirmed=today.isoformat())])
    search.update_service(service, today=today)
    directory.count_change(at=by.at)
    by.entry.about.append(service)


def may_confirm_entry(service: UUID, editor: UUID | None) -> Decision:
    """Return whether an editor may confirm an entry. Nobody confirms contact data that they proposed.

    Source: security.md T17.
    """
    authors = Service.objects.filter(id=service).values_list("contact_authors", flat=True).first() or ()
    return Decision.refuse(OWN_CONTACT) if str(editor) in authors else Decision.allow()


def check_entry(document: ServiceDocument) -> ServiceDocument:
    """Widen areas at a hidden place and refuse its street; refuse ages the wrong way round."""
    let_in = document.let_in or {}
    low, high = let_in.get("age_min"), let_in.get("age_max")
    if low is not None and high is not None and low > high:
        raise Refused(OUT_OF_ORDER)
    if not _has_hidden_site(document):
        return document
    if any(locations.find_street_clues(text) for _, text in documents.service_texts(document)):
        raise Refused(NAMES_A_STREET)
    return documents.widen_areas(document)


def new_districts(old: ServiceDocument, new: ServiceDocument) -> tuple[str, ...]:
    """Return the districts that new texts of an entry with a hidden place name.

    Source: own design, docs/decisions/hidden-places.
    """
    before = {text for _, text in documents.service_texts(old)}
    texts = [text for _, text in documents.service_texts(new) if text not in before]
    names = dict.fromkeys(name for text in texts for name in locations.find_districts(text))
    return tuple(names) if names and _has_hidden_site(new) else ()


def _has_hidden_site(document: ServiceDocument) -> bool:
    return Site.objects.filter(id__in=document.sites, hidden=True).exists()
