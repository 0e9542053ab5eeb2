"""The needs of a person and the answers that services ask for; read and written in the record."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.consent.codes import AgeStatus
from suar.consent.documents import Contacted, Need, NeedContact, NeedContacts, Needs, Profile, SafeContact
from suar.consent.facts import change_facts
from suar.core.urgency import Urgency
from suar.directory.cards import ServiceCard
from suar.directory.facts import PersonFacts
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind
from suar.referrals import packages
from suar.referrals.codes import FORMAL_STATUS
from suar.referrals.packages import WantedHelp
from suar.screening import next_steps
from suar.screening.rules.answers import Path

USUALLY_TODAY = frozenset({"HOU_EMERGENCY", "HEA_EMERGENCY", "MEN_CRISIS"})
PROFILE_FIELDS = ("sex", "language", "papers", "children")
GROUP_PREFIX = 3
"""Characters of a type of service that name its group."""
UNCERTAIN_AGES = frozenset({AgeStatus.UNKNOWN, AgeStatus.MAY_BE_CHILD})


def list_needs(record: OpenRecord) -> tuple[Need, ...]:
    """Return the needs of a person in the order in which they were added; of a case also those shared with it."""
    own, received = own_needs(record), record.received.get(Needs)
    types = {need.service_type for need in own}
    shared = received.entries if isinstance(received, Needs) else ()
    return (*own, *(need for need in shared if need.service_type not in types))


def own_needs(record: OpenRecord) -> tuple[Need, ...]:
    """Return the needs that the record itself stores."""
    needs = record.get(Needs)
    return needs.entries if needs else ()


def service_types(record: OpenRecord) -> list[str]:
    """Return all types of service that meet the person's needs, the most urgent need first."""
    return list(dict.fromkeys(service for row in wanted_help(record) for service in row.services))


def wanted_help(record: OpenRecord) -> list[WantedHelp]:
    """Return the help that meets each need of the person, the most urgent first."""
    path = path_of(record)
    needs = sorted(list_needs(record), key=attrgetter("urgency"))
    return [packages.wanted_for(need, path=path) for need in needs]


def path_of(record: OpenRecord) -> Path:
    """Return CHILD for a person who is or may be under 18."""
    return Path.CHILD if age_status(record) in (AgeStatus.CHILD, AgeStatus.MAY_BE_CHILD) else Path.ADULT


def contacts_by_need(record: OpenRecord) -> Mapping[str, Sequence[str]]:
    """Return whom workers spoke to, by need; empty without the narrative."""
    contacts: dict[str, list[str]] = defaultdict(list)
    stored = record.get(NeedContacts) if record.may(Compartment.NARRATIVE) else None
    for contact in stored.entries if stored else ():
        contacts[contact.need].append(contact.whom)
    return contacts


def usual_urgencies(service_types: Iterable[str]) -> dict[str, Urgency]:
    """Return the usual urgency of each need that is added on the options page."""
    return {code: Urgency.TODAY if code in USUALLY_TODAY else Urgency.WEEK for code in service_types}


def types_met_by(record: OpenRecord, card: ServiceCard) -> list[str]:
    """Return the person's needs that this service meets; its first type when there is none."""
    return sorted(set(service_types(record)) & set(card.types)) or sorted(card.types)[:1]


def types_named_to(record: OpenRecord, card: ServiceCard) -> list[str]:
    """Return the types of service by which the person's needs are named to this service.

    A need of another group is named by its first type: for somebody who is afraid, a crisis line reads "safety" and
    not "suicide".
    """
    rows = wanted_help(record)
    return sorted({_name_of(service_type, rows) for service_type in types_met_by(record, card)})


def _name_of(service_type: str, rows: Sequence[WantedHelp]) -> str:
    """Return a type, or the first type of the most urgent need for it if all these needs are of another group."""
    first = [row.services[0] for row in rows if service_type in row.services and not row.whom]
    is_apt = any(other[:GROUP_PREFIX] == service_type[:GROUP_PREFIX] for other in first)
    return service_type if is_apt or not first else first[0]


def most_urgent(record: OpenRecord, types: Sequence[str]) -> Urgency:
    """Return the highest urgency among the needs of these types."""
    levels = (row.urgency for row in wanted_help(record) if not set(row.services).isdisjoint(types))
    return min((level for level in levels if level), default=Urgency.PLANNED)


def district_of(record: OpenRecord) -> str:
    """Return where help is wanted; empty if it is not known."""
    contact = record.known(SafeContact)
    return contact.district if contact else ""


def age_status(record: OpenRecord) -> AgeStatus:
    """Return whether the person is an adult or a child."""
    profile = record.known(Profile)
    return (profile.age_status if profile else None) or AgeStatus.UNKNOWN


def person_facts(record: OpenRecord) -> PersonFacts:
    """Return what the directory compares with services; what is not known stays unknown."""
    profile = record.known(Profile) or Profile()
    formal = FORMAL_STATUS[profile.formal].get("fit") if profile.formal in FORMAL_STATUS else None
    return replace(
        stated_facts(profile_answers(record)),
        age_years=profile.age,
        age_status=profile.age_status,
        forms=frozenset([profile.form]) if profile.form else None,
        formal=formal,
    )


def stated_facts(answers: Mapping[str, Any]) -> PersonFacts:
    """Return the answers of the form about the person as facts."""
    children = {"NONE": (), "YES": (answers.get("oldest_child"),)}
    return PersonFacts(
        place=answers.get("district") or None,
        sex=answers.get("sex") or None,
        age_status=answers.get("age_status") or None,
        languages=frozenset([answers["language"]]) if answers.get("language") else None,
        papers=answers.get("papers") or None,
        children=children.get(answers.get("children", "")),
    )


def profile_answers(record: OpenRecord) -> dict[str, Any]:
    """Return what services ask as the form shows it."""
    profile = record.known(Profile) or Profile()
    codes = {name: getattr(profile, name) for name in PROFILE_FIELDS}
    return {**codes, "oldest_child": profile.oldest_child, "district": district_of(record)}


@act("change_profile", needs=Permission.REFER)
def change_profile(record: OpenRecord, answers: Mapping[str, Any], *, by: Acting) -> None:
    """Store what services ask before they help, and what it was before; the district belongs to the whereabouts.

    A certain age is not changed here, because it decides who consents. An answer that another organisation shares,
    and that is still the same, is not copied.
    """
    known = profile_answers(record)
    changed = {name: answers[name] for name in (*PROFILE_FIELDS, "district") if answers[name] != known[name]}
    changed["oldest_child"] = answers.get("oldest_child")
    if answers.get("age_status") and age_status(record) in UNCERTAIN_AGES:
        changed["age_status"] = AgeStatus(answers["age_status"])
    by.entry.skip = not change_facts(record, changed, by=by)


@act("add_needs", needs=Permission.REFER)
def add_needs(record: OpenRecord, chosen: Mapping[str, Urgency], *, by: Acting) -> None:
    """Add service types as needs of the person; one that is there keeps its history, and is wanted again."""
    known = {need.service_type for need in own_needs(record)}
    levels = {code: Urgency.PLANNED if code in known else urgency for code, urgency in chosen.items()}
    by.entry.skip = not raise_needs(record, levels, by=by)


def raise_needs(record: OpenRecord, urgent: Mapping[str, Urgency], *, by: Acting) -> bool:
    """Add service types as needs in the caller's act; one that is there becomes as urgent as this, and is wanted again.

    Return True if something changed.
    """
    stored = own_needs(record)
    needs = [_with_urgency(need, urgent[need.service_type]) if need.service_type in urgent else need for need in stored]
    missing = [code for code in urgent if code not in {need.service_type for need in stored}]
    needs += [Need(id=f"need-{code}", service_type=code, urgency=urgent[code], at=by.at) for code in missing]
    is_changed = tuple(needs) != stored
    if is_changed:
        record.put(Needs(entries=tuple(needs)), by=by.worker, at=by.at)
    return is_changed


def _with_urgency(need: Need, urgency: Urgency) -> Need:
    return need.model_copy(update={"urgency": min(need.urgency, urgency), "call_result": None})


@act("record_contact", needs=Permission.REFER)
def record_contact(record: OpenRecord, need: str, whom: str, *, by: Acting) -> None:
    """Record that the worker spoke to somebody about an urgent need, and to whom.

    The name is free text, so it is not stored with the codes, which a statistics key opens.
    """
    spoke, own = Contacted(at=by.at), own_needs(record)
    needs = tuple(
        stored.model_copy(update={"spoke_to": (*stored.spoke_to, spoke)}) if stored.id == need else stored
        for stored in list_needs(record)
        if stored in own or stored.id == need
    )
    record.put(Needs(entries=needs), by=by.worker, at=by.at)
    if record.facts.kind is Kind.PERSON and not any(stored.unanswered for stored in needs):
        next_steps.set_due(record)
    contacts = record.get(NeedContacts) or NeedContacts(entries=())
    contact = NeedContact(need=need, at=by.at, whom=whom)
    record.put(NeedContacts(entries=(*contacts.entries, contact)), by=by.worker, at=by.at)
