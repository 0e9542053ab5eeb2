"""What the sender does after sending: recall, withdraw or narrow a consent, exclude, close."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from suar.accounts import notices
from suar.accounts.acting import Acting
from suar.accounts.roles import Permission
from suar.audit import actions as audit
from suar.consent import actions as consent_actions
from suar.consent import exclusions as exclusion_list
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.codes import Because as ConsentBecause
from suar.consent.codes import ExclusionKind, Field
from suar.consent.exclusions import NewExclusion
from suar.consent.queries import GivenConsent
from suar.core.acts import act
from suar.core.decisions import Decision
from suar.core.refusals import NotYours, Refused
from suar.directory import providers as directory
from suar.records.keyring import OpenRecord
from suar.referrals import exclusions, opening_hours, packets, proposals, queries, rules, sending
from suar.referrals.codes import Actor, Because, State, Verb
from suar.referrals.history import NewAct, add_act, receivers_of, state_of
from suar.referrals.models import Referral
from suar.referrals.sending import Sent
from suar.screening import opinion_packets, second_reading

SENDER_PARTS = (Actor.SENDER, Actor.PERSON_THROUGH_WORKER)


@act("referral", needs=Permission.REFER)
def follow_up(record: OpenRecord, referral: UUID, verb: Verb, *, by: Acting, reason: str = "") -> State:
    """Do one of the sender's acts, or the person's through the worker, on a referral that was sent.

    Raises Refused with the code of what is missing or not possible now.
    """
    row = Referral.objects.select_for_update().filter(id=referral, record=record.id).first()
    if row is None:
        raise NotYours
    decision = rules.reason_fits(verb, reason=reason)
    if rules.about_consent_only(verb):
        decision = Decision.no(Because.NOT_FROM_HERE)
    if not decision:
        raise Refused(decision.because)
    before, document = state_of(row), sending.record_of_referral(record, referral)
    part = next((each for each in SENDER_PARTS if rules.may(verb, before, each)), Actor.SENDER)
    by.entry.verb = f"referral_{verb}"
    by.entry.about.append(row.id)
    return add_act(
        row,
        NewAct(verb, by.worker, by.at, reason),
        actor=part,
        thread=bytes.fromhex(document.thread),
        hours=opening_hours.from_stored(document.hours),
    )


@act("withdraw_consent", needs=Permission.GIVE_CONSENT)
def withdraw_consent(record: OpenRecord, consent: UUID, *, by: Acting, reason: str = "") -> bool:
    """Withdraw a consent for the person: every share made on it closes at once.

    Returns False if it was withdrawn before. Source: security.md 3.6.
    """
    withdrawn = close_consent(record, consent, by=by, reason=reason)
    by.entry.about.append(consent)
    by.entry.skip = not withdrawn
    return withdrawn


def close_consent(record: OpenRecord, consent: UUID, *, by: Acting, reason: str = "") -> bool:
    """Withdraw a consent and close its shares in the caller's act; False if it was withdrawn before."""
    withdrawn = consent_actions.withdraw_consent(record, consent, by=by, reason=reason)
    for row in Referral.objects.select_for_update().filter(consent=consent, record=record.id):
        packets.close_share(row.id, at=by.at)
        if rules.may(Verb.WITHDRAW, state_of(row), Actor.PERSON_THROUGH_WORKER):
            add_act(row, NewAct(Verb.WITHDRAW, by.worker, by.at), actor=Actor.PERSON_THROUGH_WORKER)
            audit.record("referral_withdraw", by=by.worker, at=by.at, about=[record.id, row.id])
        elif withdrawn:
            # Help is over, and they are asked to delete what they wrote down all the same.
            notices.notify(receivers_of(row), at=by.at)
    return withdrawn


@act("narrow_consent", needs=Permission.GIVE_CONSENT)
def narrow_consent(
    record: OpenRecord, consent: UUID, *, fields: frozenset[Field], ends_on: date, by: Acting
) -> Sent | None:
    """Narrow a consent and seal its packet again with what is left.

    A link gets a new token and code, because nobody here knows the old ones. None when nothing
    was shared on this consent. Raises Refused; nothing is changed then.
    """
    consent_actions.narrow_consent(record, consent, fields=fields, ends_on=ends_on, by=by)
    by.entry.about.append(consent)
    row = Referral.objects.select_for_update().filter(consent=consent, record=record.id).first()
    if row is None or row.state not in rules.open_states():
        return None
    given = consents.get_consent(record, consent)
    offer = proposals.offer_of(record, given, sent=queries.sent_for(record), at=by.at)
    offer = replace(offer, receiving_organisation=row.receiving_organisation)
    sent = sending.reseal(record, row, offer, given, by=by)
    add_act(row, NewAct(Verb.SHARE_LESS, by.worker, by.at), actor=Actor.PERSON_THROUGH_WORKER)
    return sent


@act("change_exclusions", needs=Permission.SEE_RECORD)
def record_exclusions(record: OpenRecord, added: Collection[NewExclusion], *, by: Acting) -> None:
    """Record whom the person excludes, and close at once what is still open to them.

    Every consent to an excluded organisation is withdrawn; what an excluded colleague still waited
    for waits for the worker who writes this. Raises Refused as the list does, also for the worker's
    own organisation.
    """
    providers = {entry.ref for entry in added if entry.kind is ExclusionKind.ORGANISATION and entry.ref}
    if by.viewer.organisation in directory.organisations_behind(directory.include_merged(providers)):
        raise Refused(ConsentBecause.NOT_YOURSELF)
    by.entry.skip = True
    exclusion_list.record_exclusions(record, added, keys=by.keys, at=by.at)
    excluded = exclusions.excluded_for(record)
    for given in consents.list_consents(record):
        if _is_open_to(given, excluded, at=by.at) and close_consent(record, given.id, by=by):
            audit.record("withdraw_consent", by=by.worker, at=by.at, about=[record.id, given.id])
    opinion_packets.close_about(record.id, by=by.worker, at=by.at, partners=excluded)
    colleagues = consent_rules.excluded_ids(exclusion_list.list_exclusions(record), ExclusionKind.WORKER)
    if colleagues:
        Referral.objects.filter(record=record.id, author__in=colleagues).update(author=by.worker)
        second_reading.cancel(record.id, by=by.worker, at=by.at)


def _is_open_to(given: GivenConsent, excluded: Collection[UUID], *, at: datetime) -> bool:
    receivers = Referral.objects.filter(consent=given.id).values_list("receiving_organisation", flat=True)
    known_as = {*receivers, *directory.provider_identities(given.facts.recipient)}
    open_to_excluded = not consent_rules.may_learn(excluded, known_as)
    return open_to_excluded and bool(consent_rules.may_withdraw(given.facts, at=at))
