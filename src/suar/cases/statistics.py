"""Counts for the teams of a lead, in which nobody can be recognised; no narrative is opened for them.

A decline where a consent was asked is counted by kind of help: which service somebody distrusts is never counted.
"""

from collections.abc import Collection, Hashable, Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import duplicates, offers
from suar.cases.codes import DECLINE_REASONS, ENCOUNTER_HARMS, ENCOUNTER_ROLES, OFFER_OUTCOMES
from suar.cases.documents import MergedInto
from suar.cases.documents.follow_ups import Offer
from suar.cases.documents.history import Encounter
from suar.cases.encounters import codes_of, label_of, list_encounters, setting_choices
from suar.cases.offers import OfferLine
from suar.cases.rules.history import count_once
from suar.consent.documents import DeclinedServices
from suar.core import clock
from suar.core.i18n import localize
from suar.core.small_counts import SMALLEST, count_at_least, past_year
from suar.directory.labels import service_type_name
from suar.records import keyring
from suar.records import queries as records
from suar.records.documents import Document
from suar.records.keyring import OpenRecord
from suar.referrals import queries as referrals
from suar.referrals.documents import ReferralRecord


class TypeRow(NamedTuple):
    """A kind of help: a count for each outcome, None under five people; `all` only if no outcome has a count."""

    label: str
    counts: list[int | None]
    all: int | None


@act("count_offers", needs=Permission.SEE_TEAM, once=False)
def count_offers(*, by: Acting, today: date) -> dict[str, Any]:
    """Return the outcomes of the offers of the last four whole quarters, and the reasons for declining.

    Each number is rounded down to a multiple of five.
    """
    first, after = past_year(today)
    opened = open_led((Offer, ReferralRecord, DeclinedServices, MergedInto), by=by)
    people = _remaining_records(opened)
    lines = [
        ({people[record.id]}, line)
        for record in opened
        for line in offers.list_offers(record, referrals.sent_for(record))
        if first <= line.on < after and line.outcome
    ]
    outcomes = count_at_least((who, str(line.outcome)) for who, line in lines)
    reasons = count_at_least((who, reason) for who, line in lines if line.offer for reason in line.offer.reasons)
    return {
        "first": first,
        "after": after,
        "by_outcome": [(code, outcomes.get(code.code)) for code in OFFER_OUTCOMES.members],
        "by_type": _by_type(lines),
        "by_reason": [(DECLINE_REASONS[code], count) for code, count in reasons.items() if code in DECLINE_REASONS],
    }


class LearningRow(NamedTuple):
    """Something that occurs at least `often` times to at least five people, and what can help against it."""

    label: str
    often: int
    response: str = ""


@act("count_encounters", needs=Permission.SEE_TEAM, once=False)
def count_encounters(*, by: Acting, today: date) -> dict[str, list[LearningRow]]:
    """Count earlier encounters recorded before this quarter, by event and not by person.

    Each number is rounded down to a multiple of five. Nothing shows whom it is about or who reported it.
    Source: missed-opportunities.json, rules.
    """
    _, after = past_year(today)
    opened = open_led((Encounter, MergedInto), by=by)
    people = _remaining_records(opened)
    reports = [
        (people[record.id], encounter)
        for record in opened
        for encounter in list_encounters(record).values()
        if clock.local_date(encounter.at) < after
    ]
    events, places = count_once(reports), dict(setting_choices())
    both = [(who, (row.setting, row.role)) for who, row in events if row.setting and row.role]
    barriers = codes_of("barriers")
    blocked = count_at_least((who, code) for who, row in events for code in row.barriers)
    return {
        "event": _learning((who, label_of("missed", row.event)) for who, row in events),
        "setting": _learning((who, places.get(row.setting, row.setting)) for who, row in events if row.setting),
        "role": _learning((who, ENCOUNTER_ROLES.label(row.role)) for who, row in events if row.role),
        "both": _learning(
            (who, f"{places.get(place, place)} · {ENCOUNTER_ROLES.label(role)}") for who, (place, role) in both
        ),
        "barrier": [
            LearningRow(label_of("barriers", code), count, localize(barriers[code].response or {}))
            for code, count in blocked.items()
            if code in barriers
        ],
        "harm": _learning((who, ENCOUNTER_HARMS.label(code)) for who, row in events for code in row.harms),
    }


def _learning(events: Iterable[tuple[Collection[Hashable], str]]) -> list[LearningRow]:
    return [LearningRow(label, count) for label, count in count_at_least(events).items()]


def _remaining_records(opened: Iterable[OpenRecord]) -> dict[UUID, UUID]:
    """Return for each record the one that remains for its person: merged records are of one person."""
    into = {record.id: duplicates.merged_into(record) for record in opened}
    remaining = {}
    for record in into:
        last = record
        while following := into.get(last):
            last = following
        remaining[record] = last
    return remaining


def open_led(kinds: Iterable[type[Document]], *, by: Acting) -> list[OpenRecord]:
    """Open the documents of these kinds of everybody in the teams that somebody leads; restricted records never."""
    rows = records.led_by(by.viewer).filter(restricted=False)
    opened = keyring.open_documents(rows, kinds, keys=by.keys)
    by.entry.about += [record.id for record in opened]
    return opened


def _by_type(lines: Collection[tuple[Collection[Hashable], OfferLine]]) -> list[TypeRow]:
    """Count by kind of help and outcome; a kind that fewer than five people were offered is left out."""
    rows = []
    for service_type in count_at_least((who, service_type) for who, line in lines for service_type in line.types):
        counted = count_at_least((who, str(line.outcome)) for who, line in lines if service_type in line.types)
        counts = [counted.get(code) for code in OFFER_OUTCOMES]
        rows.append(TypeRow(service_type_name(service_type), counts, None if counted else SMALLEST))
    return rows
