"""From a person's record to what is told: each field's value, and the preview without a name."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from suar.consent.codes import Field
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.directory.facts import PersonFacts
from suar.records import actions as vault
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment
from suar.referrals import rules

PERSON, CONTACT, PROFILE, NEEDS = "person", "contact", "profile", "needs"
SPOKEN = "spoken"
SOURCES: Mapping[Field, tuple[Compartment, str, str]] = {
    Field.CALLED_NAME: (Compartment.IDENTITY, PERSON, "name"),
    Field.LEGAL_NAME: (Compartment.IDENTITY, PERSON, "legal_name"),
    Field.BIRTH_DATE: (Compartment.IDENTITY, PERSON, "born"),
    Field.SAFE_CONTACT: (Compartment.WHEREABOUTS, CONTACT, "number"),
    Field.PLACE: (Compartment.WHEREABOUTS, CONTACT, "place"),
    Field.AGE_BAND: (Compartment.CODED, PROFILE, "age_band"),
    Field.SEX: (Compartment.CODED, PROFILE, "sex"),
    Field.LANGUAGE: (Compartment.CODED, PROFILE, "language"),
    Field.PAPERS: (Compartment.CODED, PROFILE, "papers"),
    Field.FORM: (Compartment.CODED, PROFILE, "form"),
    Field.STATUS: (Compartment.CODED, PROFILE, "formal"),
    Field.NARRATIVE: (Compartment.NARRATIVE, "words", "text"),
    Field.RISK: (Compartment.NARRATIVE, "do_not", "text"),
    Field.HEALTH: (Compartment.NARRATIVE, "health", "text"),
    Field.FAMILY: (Compartment.NARRATIVE, "family", "text"),
}


def needs_of(record: OpenRecord) -> list[dict]:
    """Give the needs of a person as kept: id, service_type, urgency, spoke_to."""
    return (record.read(Compartment.CODED, NEEDS) or {"list": []})["list"]


def needs_to_show(record: OpenRecord) -> list[dict]:
    """Give the needs with `spoken_to`: whom, in the words that lie beside the story."""
    spoken = _spoken(record) if record.may(Compartment.NARRATIVE) else []
    return [
        {**each, "spoken_to": [said["whom"] for said in spoken if said["need"] == each["id"]]}
        for each in needs_of(record)
    ]


def known(record: OpenRecord) -> dict[Field, str]:
    """Give every field that could be told, with its value as it would be read."""
    found = {}
    for field, (compartment, name, key) in SOURCES.items():
        value = (record.read(compartment, name) or {}).get(key)
        if value:
            found[field] = str(value)
    contact = record.read(Compartment.WHEREABOUTS, CONTACT) or {}
    if found.get(Field.SAFE_CONTACT) and contact.get("hours"):
        found[Field.SAFE_CONTACT] += f" ({contact['hours']})"
    needs = needs_of(record)
    if needs:
        found[Field.NEEDS] = ", ".join(sorted({each["service_type"] for each in needs}))
    return found


def told(record: OpenRecord, fields: Iterable[Field], *, types: Iterable[str]) -> dict[str, str]:
    """Give exactly the consented fields that are known; needs only of this service."""
    values = {field.value: value for field, value in known(record).items() if field in set(fields)}
    if Field.NEEDS.value in values:
        values[Field.NEEDS.value] = ", ".join(sorted(types))
    return values


def preview(record: OpenRecord, fields: Iterable[Field], *, types: Iterable[str], urgency: Urgency) -> dict:
    """Give what a receiver sees before accepting: of the consented fields those without identity.

    Never a name, a contact or a place; the needs only when the person wants them told.
    """
    allowed = rules.WITHOUT_IDENTITY & set(fields)
    values = known(record)
    shown: dict = {field.value: values[field] for field in sorted(allowed - {Field.NEEDS}) if field in values}
    if Field.NEEDS in allowed:
        shown[Field.NEEDS.value] = [{"service_type": each, "urgency": urgency.value} for each in sorted(types)]
    return shown


def facts_for_fit(record: OpenRecord, *, urgent: bool) -> PersonFacts:
    """Give what the directory's fit needs to know; what is not known stays unknown."""
    profile = record.read(Compartment.CODED, PROFILE) or {}
    contact = record.read(Compartment.WHEREABOUTS, CONTACT) or {}
    languages = profile.get("language")
    return PersonFacts(
        place=contact.get("district") or None,
        sex=profile.get("sex") or None,
        age_years=profile.get("age"),
        age_status=profile.get("age_status") or None,
        languages=frozenset([languages]) if languages else None,
        papers=profile.get("papers") or None,
        urgent=urgent,
    )


def about(record: OpenRecord) -> dict[str, str]:
    """Give what is known for the fit of services, as a form shows it."""
    profile = record.read(Compartment.CODED, PROFILE) or {}
    contact = record.read(Compartment.WHEREABOUTS, CONTACT) or {}
    known = {name: profile.get(name, "") for name in ("sex", "language", "papers")}
    return {**known, "district": contact.get("district", "")}


def keep_about(record: OpenRecord, told: Mapping[str, str], *, by: UUID, at: datetime) -> None:
    """Keep what was told for the fit of services; the district belongs to the whereabouts."""
    profile = record.read(Compartment.CODED, PROFILE) or {}
    contact = record.read(Compartment.WHEREABOUTS, CONTACT) or {}
    profile |= {name: told[name] for name in ("sex", "language", "papers")}
    record.write(Compartment.CODED, PROFILE, profile, by=by, at=at)
    contact["district"] = told["district"]
    record.write(Compartment.WHEREABOUTS, CONTACT, contact, by=by, at=at)


def add_needs(record: OpenRecord, chosen: Mapping[str, Urgency], *, by: UUID, at: datetime) -> None:
    """Add service types as needs of the person; one already there keeps its history."""
    needs = needs_of(record)
    there = {each["service_type"] for each in needs}
    new = [
        {"id": f"need-{code}", "service_type": code, "urgency": urgency.value, "at": at.isoformat(), "spoke_to": []}
        for code, urgency in chosen.items()
        if code not in there
    ]
    if new:
        record.write(Compartment.CODED, NEEDS, {"list": [*needs, *new]}, by=by, at=at)


@transaction.atomic
def keep_spoken(record: OpenRecord, need: str, whom: str, *, by: UUID, at: datetime) -> None:
    """Write down that the worker spoke to somebody about an urgent need, and to whom.

    Whom is typed freely, so it never stands among the codes, which a statistics key opens.
    """
    needs, moment = needs_of(record), at.isoformat()
    for each in needs:
        if each["id"] == need:
            each.setdefault("spoke_to", []).append({"at": moment})
    record.write(Compartment.CODED, NEEDS, {"list": needs}, by=by, at=at)
    if not any(_waits(each) for each in needs):
        vault.set_due(record.id, due=None)
    said = {"need": need, "at": moment, "whom": whom}
    record.write(Compartment.NARRATIVE, SPOKEN, {"list": [*_spoken(record), said]}, by=by, at=at)


def _waits(need: Mapping[str, Any]) -> bool:
    """Say whether nobody was reached yet about what cannot wait."""
    return Urgency(need["urgency"]) in CANNOT_WAIT and not need.get("spoke_to")


def _spoken(record: OpenRecord) -> list[dict]:
    return (record.read(Compartment.NARRATIVE, SPOKEN) or {"list": []})["list"]
