"""Lists of referrals: the inbox of an organisation, what was sent for a person, and consents that end or changed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Case, Exists, Max, OuterRef, Q, QuerySet, Subquery, When

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.roles import Permission, Viewer
from suar.audit import queries as audit
from suar.consent import queries as consents
from suar.core.refusals import value_or_refuse
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.referrals import packets, rules
from suar.referrals.codes import Actor, Verb
from suar.referrals.documents import ReferralRecord
from suar.referrals.models import Act, Message, Packet, PacketWrap, Referral

OPEN, LINK_PREVIEW = "open", "link_preview"
OPENINGS = (OPEN, LINK_PREVIEW)
RECENT = timedelta(days=7)
OTHER_ACTORS = (Actor.SENDER, Actor.PERSON_THROUGH_WORKER, Actor.CLOCK)
VISIBLE_TO_RECEIVER = (Verb.RECALL, Verb.DECLINE_BY_PERSON, Verb.SHARE_LESS, Verb.RENEW, Verb.CONSENT_ENDS, Verb.LAPSE)


# Lists of an organisation, a worker and a team


def inbox(viewer: Viewer, *, at: datetime) -> QuerySet[Referral]:
    """Return the open referrals in the inbox of the viewer's organisation.

    Late or unanswered ones come first, then the most urgent and the oldest.
    """
    waits = Q(state__in=rules.UNANSWERED) | Q(due_at__lt=at)
    rows = with_last_writer(received_by(viewer).filter(state__in=rules.OPEN_STATES))
    return rows.annotate(rank=Case(When(waits, then=0), default=1)).order_by("rank", "urgency", "made_at", "id")


def inbox_ended(viewer: Viewer) -> QuerySet[Referral]:
    """Return the ended referrals to the viewer's organisation, newest first."""
    return received_by(viewer).filter(state__in=rules.CLOSED_STATES).order_by("-made_at", "id")


def inbox_of_day(viewer: Viewer, *, at: datetime) -> list[Referral]:
    """Return unanswered referrals in the viewer's inbox, and others in which something happened lately or ends soon.

    `withdrawn_at` is when the consent was withdrawn, if that was lately, also after the end of help; `written_at` is
    when somebody last wrote, if that was lately.
    """
    withdrawals = consents.withdrawn_since(at - RECENT)
    written = Message.objects.filter(referral=OuterRef("id"), at__gte=at - RECENT).order_by("-at", "-id")
    is_open = Q(state__in=rules.OPEN_STATES) & (Q(state__in=rules.UNANSWERED) | _ends_soon(at) | Exists(written))
    changed = Exists(_acts_of_others(VISIBLE_TO_RECEIVER, at=at).filter(referral=OuterRef("id")))
    rows = received_by(viewer).filter(is_open | changed | Q(consent__in=withdrawals.values("consent")))
    withdrawn_at = Subquery(withdrawals.filter(consent=OuterRef("consent")).values("at"))
    recent_times = {"withdrawn_at": withdrawn_at, "written_at": Subquery(written.values("at")[:1])}
    rows = with_last_writer(_with_end(rows)).annotate(**recent_times)
    return list(rows.order_by("urgency", "made_at", "id"))


def sent_by(viewer: Viewer, *, at: datetime) -> list[Referral]:
    """Return unfinished referrals that a worker sent: late, then returned, then by due time."""
    return _unfinished(with_last_writer(_with_end(Referral.objects.filter(author=viewer.worker))), at)


def with_last_writer(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Add the part in which the newest message of each referral was written, or None."""
    newest = Message.objects.filter(referral=OuterRef("id")).order_by("-at", "-id").values("actor")[:1]
    return rows.annotate(last_writer=Subquery(newest))  # type: ignore[no-redef]  # declared by the model


def unanswered(rows: Iterable[Referral]) -> list[Referral]:
    """Return the unanswered ones of these referrals, in their order."""
    return [row for row in rows if row.state in rules.UNANSWERED]


def sent_by_teams(viewer: Viewer, *, at: datetime) -> list[Referral]:
    """Return unfinished referrals that the teams led by a viewer sent.

    Referrals of records that are hidden from the viewer are neither listed nor counted.
    """
    hidden = records.hidden_from(viewer)
    return _unfinished(Referral.objects.filter(sending_team__in=viewer.leads).exclude(record__in=hidden), at)


def count_late(*, at: datetime) -> int:
    """Count the referrals that are late at a receiver; plain columns only."""
    return Referral.objects.filter(_late(at)).count()


def late_by_author(*, at: datetime) -> dict[UUID, datetime]:
    """Return the senders of late referrals, each with the newest due time."""
    rows = Referral.objects.filter(_late(at)).values_list("author")
    return dict(rows.annotate(newest=Max("due_at")).order_by())


def received_by(viewer: Viewer) -> QuerySet[Referral]:
    """Return the referrals to the viewer's organisation that are visible to the viewer.

    After an acceptance a restricted case hides its referral from everybody who does not hold it by name; before, a
    restricted referral is only for the officers to whom it is sealed. Source: security.md T3 and 3.6.
    """
    rows = Referral.objects.filter(receiving_organisation=viewer.organisation)
    sealed_to_viewer = PacketWrap.objects.filter(key__in=viewer.own_keys).values("referral")
    rows = rows.exclude(Q(restricted=True, case=None) & ~Q(id__in=sealed_to_viewer))
    return rows.exclude(case__in=records.hidden_from(viewer))


def withdrawn_on(case: UUID, *, at: datetime) -> date | None:
    """Return the day on which the consent to the referral of a case was withdrawn, or None."""
    consent = Referral.objects.filter(case=case).values_list("consent", flat=True).first()
    return consents.consent_status(consent, at=at).withdrawn_on if consent else None


def receivers_of(referral: Referral) -> list[UUID]:
    """Return the workers who answer this referral at the receiving organisation; nobody for a link."""
    organisation = referral.receiving_organisation
    if organisation is None:
        return []
    officers = notices.workers_with(Permission.ANSWER_REFERRAL, organisation=organisation)
    if referral.case:
        return records.who_may_know(referral.case, officers)
    if referral.restricted:
        keys = PacketWrap.objects.filter(referral=referral.id).values_list("key", flat=True)
        return sorted(accounts.owners_of(filter(None, keys)).intersection(officers))
    return officers


def has_open_referral(records_of_person: Iterable[UUID]) -> bool:
    """Return True if a referral of one of these records, or to one of these cases, is still open."""
    ids = list(records_of_person)
    return Referral.objects.filter(Q(record__in=ids) | Q(case__in=ids), state__in=rules.OPEN_STATES).exists()


def _late(at: datetime) -> Q:
    return Q(state__in=rules.OPEN_STATES, due_at__lt=at)


def _unfinished(rows: QuerySet[Referral], at: datetime) -> list[Referral]:
    """Return late referrals, then returned ones, newest first, then the rest by due time."""
    returned = rules.CLOSED_STATES - rules.ENDED_STATES

    def order(row: Referral) -> tuple[bool, bool, bool, datetime]:
        return not row.is_late, row.state in rules.OPEN_STATES, row.due_at is None, row.due_at or at

    return sorted(rows.filter(state__in=returned | rules.OPEN_STATES).order_by("-made_at", "id"), key=order)


# Referrals of a person


def sent_for(record: OpenRecord) -> list[Referral]:
    """Return the referrals sent for a person, newest first, each with its document and its history with reasons.

    `former` is the referral that a newer one replaced; it follows the newer one in the list.
    """
    if not record.get_all(ReferralRecord):
        return []
    rows = Referral.objects.filter(record=record.id).prefetch_related("acts").select_related("packet")
    sent = list(rows.defer("packet__preview", "packet__fields").order_by("-made_at"))
    for referral in sent:
        referral.document = get_document(record, referral.id)
        referral.history = list(referral.acts.all())
        key = referral.document.open_thread().key
        for act in referral.history:
            act.reason = packets.open_reason(key, referral.id, bytes(act.sealed)) if act.sealed else ""
    return _sort_by_chain(sent)


def _sort_by_chain(sent: Sequence[Referral]) -> list[Referral]:
    """Return referrals, each followed by the one that it replaced; the newest chain comes first."""
    by_id, replaced = {row.id: row for row in sent}, {row.follows_id for row in sent}
    chained = []
    for row in sent:
        last: Referral | None = None if row.id in replaced else row
        while last is not None:
            last.former = by_id.get(last.follows_id) if last.follows_id else None
            chained.append(last)
            last = last.former
    return chained


def get_document(record: OpenRecord, referral: UUID) -> ReferralRecord:
    """Return the document of a referral in the sender's record. Raises NotYours for another record's referral."""
    return value_or_refuse(record.get(ReferralRecord, f"{referral}"))


def name_of_recipient(record: OpenRecord, consent: UUID) -> str:
    """Return the name under which a service was asked on a consent; empty if nothing was sent."""
    documents = record.get_all(ReferralRecord).values()
    return next((document.service_name for document in documents if document.consent == consent), "")


def get_referral(**columns: UUID) -> Referral | None:
    """Return the referral with this id, or the one that was made on this consent, as plain columns."""
    return Referral.objects.filter(**columns).first()


def readers_of(sent: Referral) -> list[tuple[str, datetime]]:
    """Return who read what was shared and when first; an empty name is somebody with the link."""
    return _with_names(_readers(sent))


def previewers_of(sent: Referral) -> list[tuple[str, datetime]]:
    """Return who saw only the preview and when first; an empty name as in `readers_of`."""
    readers, opened_at = {who for who, _ in _readers(sent)}, sent.packet.opened_at
    seen = [(act.by, act.at) for act in audit.first_acts(sent.id, verbs=OPENINGS)]
    return _with_names([(who, at) for who, at in seen if who not in readers and (not opened_at or at < opened_at)])


def first_readings(record: UUID, *, referral: UUID | None = None) -> dict[UUID, datetime | None]:
    """Return when each referral of a record, or one `referral`, was first read."""
    rows = Packet.objects.filter(Q(referral__record=record) | Q(referral=referral))
    return dict(rows.values_list("referral", "opened_at"))


def _readers(sent: Referral) -> list[tuple[UUID | None, datetime]]:
    opened_at = sent.packet.opened_at
    if opened_at is None:
        return []
    read = [(act.by, act.at) for act in audit.first_acts(sent.id, verbs=[OPEN], since=opened_at)]
    return read or [(sent.packet.opened_by, opened_at)]


def _with_names(seen: Sequence[tuple[UUID | None, datetime]]) -> list[tuple[str, datetime]]:
    names = accounts.display_names(who for who, _ in seen)
    return [(names.get(who, "") if who else "", at) for who, at in seen]


# Consents that end or changed lately: for jobs and for the day of both sides, plain columns only


def expired(*, at: datetime) -> QuerySet[Referral]:
    """Return referrals whose last day is over and that are not yet closed or given back.

    A referral that goes on has nothing to close once its keys are destroyed.
    """
    keys = PacketWrap.objects.filter(referral=OuterRef("id"))
    going_on = [state for state in rules.OPEN_STATES if rules.continues_without_consent(state)]
    rows = Referral.objects.filter(state__in=rules.OPEN_STATES, packet__expires_at__lte=at)
    return rows.filter(~Q(state__in=going_on) | Exists(keys))


def expiring(*, at: datetime) -> QuerySet[Referral]:
    """Return open referrals whose last day is near, the nearest first."""
    rows = Referral.objects.filter(_ends_soon(at), state__in=rules.OPEN_STATES)
    return _with_end(rows).order_by("packet__expires_at")


def changes_for_receiver(received: Sequence[Referral], *, at: datetime) -> list[Act]:
    """Return what ends soon at an organisation, and what others changed or wrote there lately, as acts.

    `received` is what `inbox_of_day` returned. An act that is not stored has no verb when a consent is about to end;
    then `at` is its end.
    """
    changed = _changes(received, VISIBLE_TO_RECEIVER, at=at) if received else []
    changed += [Act(referral=row, verb=Verb.WITHDRAW, at=row.withdrawn_at) for row in received if row.withdrawn_at]
    helping = [row for row in received if row.is_open and row.state not in rules.UNANSWERED]
    written = [row for row in helping if row.last_writer == Actor.SENDER]
    changed += [Act(referral=row, verb="write", at=row.written_at) for row in written if row.written_at]
    return [*_ending(received, at=at), *sorted(changed, key=lambda act: act.at, reverse=True)]


def changes_for_sender(sent: Iterable[Referral], *, at: datetime) -> list[Act]:
    """Return the consents that end soon, or ended while help goes on, of what `sent_by` returned, as acts."""
    over = [row for row in sent if row.is_open and row.packet.expires_at <= at]
    return [*_ending(sent, at=at), *(_changes(over, (Verb.CONSENT_ENDS,), at=at) if over else ())]


def _with_end(rows: QuerySet[Referral]) -> QuerySet[Referral]:
    """Add the end of the consent, which is stored with the packet, to the referrals."""
    return rows.select_related("packet").defer("packet__preview", "packet__fields")


def _ends_soon(at: datetime) -> Q:
    return Q(packet__expires_at__gt=at, packet__expires_at__lte=at + rules.EXPIRY_WARNING)


def _ending(rows: Iterable[Referral], *, at: datetime) -> list[Act]:
    """Return the ends that are near, the nearest first, as acts without a verb."""
    ends = [Act(referral=row, at=row.packet.expires_at) for row in rows if row.is_open]
    near = [end for end in ends if at < end.at <= at + rules.EXPIRY_WARNING]
    return sorted(near, key=lambda end: end.at)


def _acts_of_others(verbs: Sequence[Verb], *, at: datetime) -> QuerySet[Act]:
    return Act.objects.filter(verb__in=verbs, actor__in=OTHER_ACTORS, at__gte=at - RECENT)


def _changes(rows: Iterable[Referral], verbs: Sequence[Verb], *, at: datetime) -> list[Act]:
    """Return recent acts of others on these referrals, newest first."""
    acts = _acts_of_others(verbs, at=at).filter(referral__in=[row.id for row in rows])
    return list(acts.select_related("referral").order_by("-id"))
