"""Actions of the sender: send a referral on a consent, follow it up, withdraw or narrow the consent, exclude, close."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.consent import actions as consent_actions
from suar.consent import exclusions as exclusion_list
from suar.consent import life
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.codes import ExclusionKind, Field
from suar.consent.exclusions import NewExclusion
from suar.consent.queries import GivenConsent
from suar.core.refusals import KeyNotTrusted, NotYours, Refused, get_or_refuse
from suar.crypto import kdf
from suar.crypto.pairs import seal_to
from suar.directory import providers as directory
from suar.records import keyring
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.referrals import disclosure, exclusions, links, packets, partners, queries, rules
from suar.referrals.codes import Actor, Share, State, Verb
from suar.referrals.disclosure import Offer
from suar.referrals.documents import ReferralRecord, Thread
from suar.referrals.history import add_act
from suar.referrals.models import Act, Link, Message, Packet, PacketWrap, Referral
from suar.referrals.receiving import HOURS, THREAD
from suar.screening import opinion_packets

Receiver = tuple[UUID | None, bytes]
"""A key to which a packet is sealed: its id, None for that of a case, and its public half."""


@dataclass(frozen=True, slots=True)
class SentReferral:
    """The referral, and for a link its token and the code to give by phone; displayed once."""

    referral: UUID
    token: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)


# Sending


CHECKS: list[Callable[[UUID], None]] = []
"""Checks that other apps register at start-up; each raises Refused for a record of which nothing may be shared now."""


@act("send_referral", needs=Permission.REFER)
def send(record: OpenRecord, offer: Offer, *, by: Acting) -> SentReferral:
    """Seal and send a referral; raises Refused when the consent does not cover what is shared.

    A consent is sent once: again, it returns the same referral, and while a link was not answered
    a new link in place of the old one.
    """
    life.check_contact(record)
    for check in CHECKS:
        check(record.id)
    consents.lock_consent(offer.consent)
    consent = consents.get_consent(record, offer.consent)
    _check_covered(record, consent, offer, by=by)
    existing = Referral.objects.select_for_update().filter(consent=offer.consent).first()
    if existing is not None:
        return _send_again(record, existing, offer, consent, by=by)
    if offer.receiving_organisation == by.viewer.organisation:
        # A colleague gets the record itself, by a hand-over.
        raise Refused("own_organisation")
    if offer.renews:
        return _renew(record, offer, _lock(record, offer.renews), consent, by=by)
    row = Referral.objects.create(
        record=record.id,
        consent=offer.consent,
        sending_organisation=by.viewer.organisation,
        sending_team=record.facts.team,
        author=by.worker,
        urgency=offer.urgency,
        receiving_organisation=offer.receiving_organisation,
        made_at=by.at,
        follows_id=offer.replaces,
    )
    thread = Thread(kdf.random_key(), offer.hours)
    _store_record(record, row.id, offer, thread, by=by)
    sent = _seal(row, offer, consent, thread, to=_keys_of_officers(record, row), keys=by.keys)
    for verb in (Verb.READY, Verb.SEND):
        add_act(row, Act(verb=verb, actor=Actor.SENDER, by=by.worker, at=by.at), thread=thread)
    if offer.replaces is not None:
        # The need is counted once.
        former = _lock(record, offer.replaces)
        add_act(former, Act(verb=Verb.REDIRECT, actor=Actor.SENDER, by=by.worker, at=by.at))
        audit.record("referral_redirect", by=by.worker, at=by.at, about=[record.id, former.id])
    by.entry.about.append(row.id)
    return sent


def reseal(record: OpenRecord, row: Referral, offer: Offer, consent: GivenConsent, *, by: Acting) -> SentReferral:
    """Replace a packet; the list of its readers stays.

    The deadlines go on with the opening hours that were known when it was first sent. Raises
    Refused when the receiver is excluded or the row names another one than the record;
    the caller's act has locked and opened the record.
    """
    document = queries.get_document(record, row.id)
    if document.receiver and document.receiver != row.receiving_organisation:
        raise Refused("receiver_differs")
    offer = replace(offer, receiving_organisation=row.receiving_organisation)
    _check_covered(record, consent, offer, by=by)
    thread = document.open_thread()
    accepted = not row.by_link and rules.share(row.current_state) is Share.FIELDS
    case = packets.case_public(row, thread.key) if accepted else None
    to = [(None, case)] if case else _keys_of_officers(record, row)
    opened: Any = Packet.objects.filter(referral=row.id).values("opened_at", "opened_by").first() or {}
    for table in (PacketWrap, Packet, Link):
        table.objects.filter(referral=row.id).delete()
    sent = _seal(row, offer, consent, thread, to=to, keys=by.keys)
    Packet.objects.filter(referral=row.id).update(**opened)
    _store_record(record, row.id, offer, thread, by=by)
    return sent


def _send_again(record: OpenRecord, row: Referral, offer: Offer, consent: GivenConsent, *, by: Acting) -> SentReferral:
    """Return the same referral; only an unanswered link is created again, because it is displayed once."""
    if not row.by_link or row.state not in rules.UNANSWERED_LINK:
        by.entry.skip = True
        return SentReferral(row.id)
    by.entry.verb = "renew_link"
    by.entry.about.append(row.id)
    return reseal(record, row, offer, consent, by=by)


def _renew(record: OpenRecord, offer: Offer, row: Referral, consent: GivenConsent, *, by: Acting) -> SentReferral:
    """Continue an open referral with a new consent; the former consent ends.

    Source: docs/decisions/consent.md.
    """
    consent_actions.end_consent(row.consent, at=by.at)
    row.consent = offer.consent
    row.save(update_fields=["consent"])
    sent = reseal(record, row, offer, consent, by=by)
    add_act(row, Act(verb=Verb.RENEW, actor=Actor.PERSON_THROUGH_WORKER, by=by.worker, at=by.at))
    by.entry.verb = "referral_renew"
    by.entry.about.append(row.id)
    return sent


def _check_covered(record: OpenRecord, consent: GivenConsent, offer: Offer, *, by: Acting) -> None:
    """Raise Refused unless the receiver may learn of the person, and both parts are covered by the consent.

    The preview must not identify. Source: referral code lists, rules 1 and 2.
    """
    if exclusions.must_ask_first(record):
        raise Refused("ask_who_first")
    exclusions.check_not_excluded(record, offer.service, offer.receiving_organisation)
    shared, preview = (frozenset(map(Field, part)) for part in (offer.shared, offer.preview))
    facts = consent.facts
    consent_rules.covers(
        facts, recipient=offer.service, purpose=facts.purpose, fields=shared | preview, at=by.at
    ).enforce()
    if not shared or not preview <= rules.preview_fields(facts, at=by.at):
        raise Refused("no_consent")


def _keys_of_officers(record: OpenRecord, row: Referral) -> list[Receiver]:
    """Return the keys of the officers who may read, if the person's list names a worker of the receiver; else none.

    A packet for the inbox could be opened by the excluded worker. An officer whose key is not trusted is left out.
    Raises Refused when nobody is left. Source: security.md 3.6.
    """
    organisation = row.receiving_organisation
    excluded = exclusion_list.excluded_workers(record)
    if organisation is None or excluded.isdisjoint(accounts.workers_of(organisation)):
        return []
    officers: list[Receiver] = []
    for worker in exclusions.officers_of(organisation) - excluded:
        with suppress(KeyNotTrusted):
            officers += accounts.keys_to_seal_to([("worker", worker)], organisation=organisation)
    if not officers:
        raise Refused("no_reader_left")
    return officers


def _seal(
    row: Referral, offer: Offer, consent: GivenConsent, thread: Thread, *, to: Sequence[Receiver], keys: Keys
) -> SentReferral:
    """Seal the preview and the fields to a link, or to these keys, else to the inbox of the receiver."""
    preview = offer.preview | {THREAD: thread.key.hex(), HOURS: thread.hours.stored}
    contents: dict[str, Any] = {"preview": preview, "fields": offer.shared, "expires_at": consent.facts.ends_at}
    if offer.receiving_organisation is None:
        token, code = kdf.new_token(), links.new_code()
        packet, part_keys = packets.seal(row, recipient=links.recipient_of(token), **contents)
        packets.sign_and_store(packet, keys=keys)
        links.store_link(row, token, code, part_keys, expires_at=consent.facts.ends_at)
        return SentReferral(row.id, token, code)
    refusal = partners.sending_refusal(row.sending_organisation, offer.receiving_organisation)
    inbox = accounts.key_for_holder("inbox", offer.receiving_organisation)
    if refusal or inbox is None:
        raise Refused(refusal or "partner_has_no_keys")
    packet, part_keys = packets.seal(row, recipient=inbox[1], **contents)
    packets.sign_and_store(packet, keys=keys)
    for part, secret in part_keys.items():
        for key, public in to or [inbox]:
            PacketWrap.objects.create(referral=row.id, part=part, key=key, sealed=seal_to(public, secret))
    if not any(key is None for key, _public in to):
        # Fields that are sealed again to the case of an accepted referral stay restricted.
        row.restricted = bool(to)
        row.save(update_fields=["restricted"])
    return SentReferral(row.id)


def _store_record(record: OpenRecord, referral: UUID, offer: Offer, thread: Thread, *, by: Acting) -> None:
    in_preview = [need["service_type"] for need in offer.preview.get(Field.NEEDS, [])]
    document = ReferralRecord(
        service=offer.service,
        service_name=offer.service_name,
        types=tuple(offer.types or in_preview),
        shared=tuple(sorted(offer.shared)),
        consent=offer.consent,
        thread=thread.key.hex(),
        hours=thread.hours.stored,
        receiver=offer.receiving_organisation,
    )
    record.put(document, key=f"{referral}", by=by.worker, at=by.at)


def _lock(record: OpenRecord, referral: UUID) -> Referral:
    return get_or_refuse(Referral.objects.select_for_update().filter(id=referral, record=record.id))


# After sending


@act("referral", needs=Permission.REFER)
def follow_up(record: OpenRecord, referral: UUID, verb: Verb, *, by: Acting, reason: str = "") -> State:
    """Do one of the sender's acts, or the person's through the worker, on a referral that was sent.

    Raises Refused with the code of what is missing or not possible now.
    """
    row = _lock(record, referral)
    decision = rules.reason_fits(verb, reason=reason)
    if not decision or rules.about_consent_only(verb):
        raise Refused(decision.because or "not_from_here")
    before = row.current_state
    actor = next((part for part in rules.SENDING if rules.may(verb, before, part)), Actor.SENDER)
    by.entry.verb = f"referral_{verb}"
    by.entry.about.append(row.id)
    thread = queries.get_document(record, referral).open_thread()
    return add_act(row, Act(verb=verb, actor=actor, by=by.worker, at=by.at), reason=reason, thread=thread)


@act("withdraw_consent", needs=Permission.GIVE_CONSENT)
def withdraw_consent(record: OpenRecord, consent: UUID, *, by: Acting, reason: str = "") -> bool:
    """Withdraw a consent for the person: every share made on it closes at once.

    Returns False if it was withdrawn before. Source: security.md 3.6.
    """
    withdrawn = _close_consent(record, consent, by=by, reason=reason)
    by.entry.about.append(consent)
    by.entry.skip = not withdrawn
    return withdrawn


def pass_on(record: UUID, *, to: UUID, team: UUID) -> None:
    """Let another worker and their team follow up the open referrals of a record, in the caller's act."""
    sent = Referral.objects.filter(record=record).exclude(state__in=rules.ENDED_STATES)
    sent.update(author=to, sending_team=team)


def take_over_from(excluded: Collection[UUID], record: UUID) -> None:
    """Let a holder of a record follow up what excluded workers sent for it, in the caller's act."""
    holder = records.facts(record).assignee or min(records.named_holders(record))
    Referral.objects.filter(record=record, author__in=excluded).update(author=holder)


def close_erased(record: UUID, *, at: datetime) -> list[Referral]:
    """Close in the caller's transaction what is left of the referrals of a record that is erased; needs no keys.

    Return those for which the receiver opened a case.
    """
    sent = list(Referral.objects.select_for_update().filter(record=record))
    Message.objects.filter(referral__in=sent).delete()
    for row in sent:
        packets.close_share(row.id, at=at)
        consent_actions.end_consent(row.consent, at=at)
    for row in Referral.objects.select_for_update().filter(case=record):
        packets.close_share(row.id, at=at)
    return [row for row in sent if row.case]


def _close_consent(record: OpenRecord, consent: UUID, *, by: Acting, reason: str = "") -> bool:
    """Withdraw a consent and close its shares in the caller's act; False if it was withdrawn before."""
    withdrawn = consent_actions.withdraw_consent(record, consent, by=by, reason=reason)
    for row in Referral.objects.select_for_update().filter(consent=consent, record=record.id):
        packets.close_share(row.id, at=by.at)
        if rules.may(Verb.WITHDRAW, row.current_state, Actor.PERSON_THROUGH_WORKER):
            add_act(row, Act(verb=Verb.WITHDRAW, actor=Actor.PERSON_THROUGH_WORKER, by=by.worker, at=by.at))
            audit.record("referral_withdraw", by=by.worker, at=by.at, about=[record.id, row.id])
        elif withdrawn:
            # Help is over, and they are still asked to delete their notes.
            notices.notify(queries.receivers_of(row), at=by.at)
    return withdrawn


@act("narrow_consent", needs=Permission.GIVE_CONSENT)
def narrow_consent(
    record: OpenRecord, consent: UUID, *, fields: frozenset[Field], ends_on: date, by: Acting
) -> SentReferral | None:
    """Narrow a consent and seal its packet again with the remaining fields.

    A link gets a new token and code, because nobody here knows the old ones. None when nothing
    was shared on this consent. Raises Refused; nothing is changed then.
    """
    consent_actions.narrow_consent(record, consent, fields=fields, ends_on=ends_on, by=by)
    by.entry.about.append(consent)
    row = Referral.objects.select_for_update().filter(consent=consent, record=record.id).first()
    if row is None or not row.is_open:
        return None
    narrowed = consents.get_consent(record, consent)
    offer = disclosure.offer_of(record, narrowed, sent=queries.sent_for(record), at=by.at)
    sent = reseal(record, row, offer, narrowed, by=by)
    add_act(row, Act(verb=Verb.SHARE_LESS, actor=Actor.PERSON_THROUGH_WORKER, by=by.worker, at=by.at))
    return sent


@act("change_exclusions", needs=Permission.SEE_RECORD, lock_first=keyring.lock_several)
def record_exclusions(record: OpenRecord, added: Collection[NewExclusion], *, by: Acting) -> None:
    """Record whom the person excludes, and close at once everything still open to them.

    Every consent to an excluded organisation is withdrawn. Pending requests to an excluded colleague go to the
    worker who records this. Raises Refused as the list does, also for the worker's
    own organisation.
    """
    providers = {entry.ref for entry in added if entry.kind is ExclusionKind.ORGANISATION and entry.ref}
    if by.viewer.organisation in directory.organisations_behind(directory.include_merged(providers)):
        raise Refused("not_yourself")
    by.entry.skip = True
    exclusion_list.exclude(record, added, by=by)


def close_to_excluded(record: OpenRecord, *, by: Acting) -> None:
    """Close in the caller's act what is still open to those whom the person excludes."""
    excluded = exclusions.excluded_organisations(record)
    for consent in consents.list_consents(record):
        if _is_open_to(consent, excluded, by=by) and _close_consent(record, consent.id, by=by):
            audit.record("withdraw_consent", by=by.worker, at=by.at, about=[record.id, consent.id])
    opinion_packets.close_about(record.id, by=by.worker, at=by.at, partners=exclusions.not_asked_for_opinions(record))
    colleagues = exclusion_list.excluded_workers(record)
    if colleagues:
        Referral.objects.filter(record=record.id, author__in=colleagues).update(author=by.worker)
        _reseal_or_withdraw(record, colleagues, by=by)
        _restrict_cases(record, colleagues, by=by)


def _reseal_or_withdraw(record: OpenRecord, excluded: Collection[UUID], *, by: Acting) -> None:
    """Seal again what a receiver has not accepted and an excluded worker there could read, or else withdraw it."""
    waiting = Referral.objects.select_for_update().filter(record=record.id, case=None, state__in=rules.OPEN_STATES)
    for row in waiting.exclude(receiving_organisation=None):
        if not set(excluded).isdisjoint(accounts.workers_of(row.receiving_organisation)):
            consent = consents.get_consent(record, row.consent)
            try:
                offer = disclosure.offer_of(record, consent, sent=queries.sent_for(record), at=by.at)
                reseal(record, row, offer, consent, by=by)
            except (NotYours, Refused):
                _close_consent(record, row.consent, by=by)


def _restrict_cases(record: OpenRecord, excluded: Collection[UUID], *, by: Acting) -> None:
    """Take the cases of accepted referrals from excluded workers of their receiver, or else withdraw the consent.

    A case of a whole team cannot be restricted without its keys; those who answer the referral get a notice.
    """
    for row in Referral.objects.filter(record=record.id).exclude(case=None):
        excluded_receivers = set(excluded) & accounts.workers_of(row.receiving_organisation)
        if not (excluded_receivers and row.case):
            continue
        Referral.objects.filter(id=row.id).update(restricted=True)
        if exclusion_list.restrict_for(row.case, excluded_receivers, by=by):
            take_over_from(excluded_receivers, row.case)
        elif consent_rules.may_withdraw(consents.get_consent(record, row.consent).facts, at=by.at):
            _close_consent(record, row.consent, by=by)


@act("referral_lapse", needs=None)
def lapse(referral: Referral, *, by: Anonymous) -> State:
    """Close the shares of a consent when its last day is over.

    A referral that was accepted goes on without it; any other goes back to its sender. Needs no
    keys. Raises Refused when there is still time, or it is closed already.
    Source: docs/decisions/consent.md.
    """
    if not queries.expired(at=by.at).filter(id=referral.id).exists():
        raise Refused("not_lapsed")
    verb = Verb.CONSENT_ENDS if rules.continues_without_consent(referral.current_state) else Verb.LAPSE
    by.entry.verb = f"referral_{verb}"
    by.entry.about.append(referral.record)
    return add_act(referral, Act(verb=verb, actor=Actor.CLOCK, at=by.at))


def _is_open_to(consent: GivenConsent, excluded: Collection[UUID], *, by: Acting) -> bool:
    receivers = Referral.objects.filter(consent=consent.id).values_list("receiving_organisation", flat=True)
    known_as = {*receivers, *directory.provider_identities(consent.facts.recipient)}
    may_end = consent_rules.may_withdraw(consent.facts, at=by.at)
    return bool(may_end) and not consent_rules.may_learn(excluded, known_as)
