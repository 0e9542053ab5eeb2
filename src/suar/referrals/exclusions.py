"""Excluded organisations and colleagues: their services are not listed, and nothing is sent to them.

The list is the person's (`consent.exclusions`); here its ids meet services, accounts and shares.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission
from suar.audit import queries as audit
from suar.consent import exclusions as exclusion_list
from suar.consent import rules
from suar.consent.codes import ExclusionKind
from suar.consent.rules import Exclusion
from suar.core.refusals import NotYours, Refused
from suar.directory import providers as directory
from suar.directory import queries as services
from suar.directory.cards import ServiceCard
from suar.records import actions as record_actions
from suar.records import keyring
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind
from suar.referrals import messages, queries
from suar.referrals.models import Referral


def excluded_organisations(record: OpenRecord) -> frozenset[UUID]:
    """Return every id that must receive nothing of this person: providers, and their accounts here."""
    excluded = rules.excluded_ids(exclusion_list.list_exclusions(record), ExclusionKind.ORGANISATION)
    if not excluded:
        return frozenset()
    known = directory.include_merged(excluded)
    return known | directory.organisations_behind(known)


def not_asked_for_opinions(record: OpenRecord) -> frozenset[UUID]:
    """Return the organisations that give no second opinion: excluded ones, and those with an excluded worker.

    Every reader there opens what is sealed to its inbox. Source: security.md T3.
    """
    workers = exclusion_list.excluded_workers(record)
    return excluded_organisations(record) | accounts.organisations_of(workers)


def must_ask_first(record: OpenRecord) -> bool:
    """Return True for a case whose person was not asked yet whether somebody must never know.

    The list of the organisation that sent the person is not known here, so nothing goes on before the person is asked.
    Source: docs/decisions/referrals.md, 'carrying on'.
    """
    return record.facts.kind is Kind.CASE and not exclusion_list.was_asked(record)


def exclusions_in_words(record: OpenRecord) -> list[str]:
    """Return the exclusions that are only a description in words; a worker has to check them."""
    entries = exclusion_list.list_exclusions(record)
    return [entry.words for entry in entries if entry.active and entry.kind is ExclusionKind.WORDS]


def without_excluded(cards: Iterable[ServiceCard], excluded: Collection[UUID]) -> list[ServiceCard]:
    """Return the services that may be offered to this person, in their order."""
    return [card for card in cards if rules.may_learn(excluded, (card.id, card.provider, card.organisation))]


def organisations_not_offered(record: OpenRecord) -> frozenset[UUID]:
    """Return every id whose services are not offered for this person: excluded ones, and accounts of excluded workers.

    Of another organisation only if nobody is left there to whom a referral could be sealed; of the own one always,
    because it is asked without a referral and anybody there may answer. A case is not referred to the organisation
    that works on it. Source: security.md 3.6.
    """
    excluded = excluded_organisations(record)
    if record.facts.kind is Kind.CASE:
        excluded |= {record.facts.organisation}
    workers = exclusion_list.excluded_workers(record)
    return excluded.union(
        organisation
        for organisation in accounts.organisations_of(workers)
        if organisation == record.facts.organisation or workers.issuperset(officers_of(organisation))
    )


def officers_of(organisation: UUID) -> frozenset[UUID]:
    """Return the workers of an organisation who answer referrals."""
    return frozenset(notices.workers_with(Permission.ANSWER_REFERRAL, organisation=organisation))


def officers_of_provider(record: OpenRecord, card: ServiceCard) -> dict[UUID, str]:
    """Return the names of those who answer referrals at another organisation, for the page of the consent only.

    The sender sees later which of them read it. Source: security.md 3.6.
    """
    if card.organisation in (None, record.facts.organisation):
        return {}
    names = accounts.display_names(officers_of(card.organisation))
    return dict(sorted(names.items(), key=lambda named: named[1]))


def check_reader_left(record: OpenRecord, card: ServiceCard) -> None:
    """Raise Refused if the person excluded everybody at an organisation who could read what is sent."""
    officers = officers_of_provider(record, card)
    if officers and exclusion_list.excluded_workers(record) >= officers.keys():
        raise Refused("no_reader_left")


def get_service(record: OpenRecord, service: UUID) -> ServiceCard:
    """Return a service that may be asked for this person; NotYours when it is gone or not offered."""
    card = services.service_card(service)
    if not without_excluded([card], organisations_not_offered(record)):
        raise NotYours
    return card


def check_not_excluded(record: OpenRecord, service: UUID, organisation: UUID | None) -> None:
    """Raise Refused if the provider of a service, or the receiving organisation, is excluded."""
    known_as = {organisation, *directory.provider_identities(service)}
    rules.may_learn(excluded_organisations(record), known_as).enforce()


@transaction.atomic
def hand_over(
    record: OpenRecord, *, worker: UUID, keys: Keys, at: datetime, team: UUID | None = None, until: date | None = None
) -> None:
    """Assign a record to a colleague, of the team or of another `team`, unless the person excluded them.

    A case whose sender excluded somebody goes only to colleagues who hold it already: the list is not known
    here, and the refusal is the same for everybody else. The own list is read again under its lock.
    Raises Refused; nothing changes then.
    """
    keyring.lock_record(record.id)
    fresh = keyring.open_record(record.id, keys=keys)
    excluded = exclusion_list.excluded_workers(fresh)
    of_sender = Referral.objects.filter(case=record.id, restricted=True)
    if of_sender.exists() and worker not in records.named_holders(record.id):
        raise Refused("holders_only")
    common: dict[str, Any] = {"worker": worker, "excluded": excluded, "keys": keys, "at": at}
    if team in (None, fresh.facts.team):
        record_actions.assign_to(fresh, until=until, **common)
        record_actions.take_from_former(fresh.facts, worker=worker, until=until)
    else:
        record_actions.move_to(fresh, team=team, **common)


def exclusion_lines(record: OpenRecord) -> list[dict[str, Any]]:
    """Return the entries of the exclusion list, also removed ones: name (`who`) and what they read (`learned`)."""
    entries = exclusion_list.list_exclusions(record)
    refs = {entry.ref for entry in entries if entry.ref}
    names = directory.provider_names(refs) | accounts.display_names(refs)
    sent = queries.sent_for(record) if refs else []
    return [
        {
            "entry": entry,
            "who": entry.words or (names.get(entry.ref, "") if entry.ref else "") or _("Somebody no longer listed"),
            "in_words": entry.kind is ExclusionKind.WORDS,
            "learned": _earlier_readings(record, entry, sent),
        }
        for entry in entries
    ]


def _earlier_readings(record: OpenRecord, entry: Exclusion, sent: Sequence[Referral]) -> list[str]:
    """Return what an excluded organisation or colleague read before the exclusion, and when."""
    if entry.kind is ExclusionKind.WORKER:
        opened = audit.first_acts(record.id, verbs=[queries.OPEN])
        return [_with_time(_("First opened %(when)s."), act.at) for act in opened if act.by == entry.ref]
    theirs = [row for row in sent if entry.ref and entry.ref in directory.provider_identities(row.document.service)]
    readings = [messages.reading_text(who, at) for row in theirs for who, at in queries.readers_of(row)]
    previews = [
        _with_time(_("Saw %(when)s only that somebody asks for help."), at)
        for row in theirs
        for _who, at in queries.previewers_of(row)
    ]
    requests = [_with_time(_("Was asked %(when)s and has not read anything."), row.made_at) for row in theirs]
    return [*readings, *previews] or requests


def _with_time(text: str, at: datetime) -> str:
    return text % {"when": messages.moment(at)}
