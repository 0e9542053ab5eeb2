"""The card for the person: numbers, what was agreed, how they are reached. No text reveals its subject."""

from collections.abc import Iterable
from typing import Any

from suar.accounts import queries as accounts
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent import wording
from suar.consent.documents import SafeContact
from suar.consent.queries import GivenConsent
from suar.consent.wording import SpokenConsent
from suar.core import clock
from suar.directory import queries as directory
from suar.directory.cards import ServiceCard
from suar.directory.rules.input_text import is_telephone
from suar.records.keyring import OpenRecord
from suar.referrals import disclosure, exclusions, messages, needs, queries
from suar.screening import policy
from suar.screening import queries as talks
from suar.screening.rules.card_words import hide_revealing, revealing_words

MAX_NUMBERS, MAX_CONSIDERED = 3, 12


def make_card(record: OpenRecord) -> dict[str, Any]:
    """Return the contents of the card from the current record.

    `numbers` that answer, with hours and the provider's name; `agreed` are the recipients with consent and until when;
    `contact`, unless calls are not safe. A name that would reveal the subject is left empty and listed in `left_out`
    with its number. `reached` is a way to reach the person that is not printed: one that reveals, or a place.
    """
    findings = talks.findings(record)
    known_consents = [consent.facts for consent in consents.list_consents(record)]
    open_consents = [facts for facts in known_consents if consent_rules.is_valid(facts, at=clock.now())]
    cards = [messages.find_card(facts.recipient) for facts in open_consents]
    agreed = [(_provider(card), facts.ends_on) for card, facts in zip(cards, open_consents, strict=True)]
    answering = [(_provider(card), *_number(card)) for card in _services_to_call(record, filter(None, cards))]
    known = record.get(SafeContact) or SafeContact()
    hours = f" ({known.hours})" if known.hours else ""
    contact = known.phone + hours if is_telephone(known.phone) and not known.no_calls else ""
    lines = {**{name: name for name, _ in agreed}, **{name: f"{name}: {number}" for name, number, _ in answering}}
    return {
        "numbers": [
            {"number": number, "hours": hide_revealing(hours), "name": hide_revealing(name)}
            for name, number, hours in answering
        ],
        "agreed": [(hide_revealing(name), until) for name, until in agreed],
        "contact": hide_revealing(contact),
        "left_out": [line for name, line in lines.items() if revealing_words(name)],
        "reached": "" if contact == hide_revealing(contact) and is_telephone(known.phone) else known.phone,
        "on_paper": policy.may_leave_card(findings[0].stopped_by if findings else None),
    }


def copy_consent(record: OpenRecord, consent: GivenConsent) -> dict[str, Any]:
    """Return a consent to print for the person: the sentence that was read, in its language, and how to withdraw.

    A narrowed consent gets a sentence about what is shared now, as does one given before sentences were stored.
    `reveals` is True if a word of it could reveal what it is about; `on_paper` as for the card.
    """
    language, findings = consent.document.language, talks.findings(record)
    sentence = "" if consent.document.narrowed else consent.document.sentence
    sentence = sentence or _compose_sentence(record, consent)
    ours = accounts.organisation_names([record.facts.organisation])[record.facts.organisation]
    return {
        "sentence": sentence,
        "explained": wording.text("before", language=language, version=consent.document.text_version),
        "given_on": consent.document.given_on,
        "withdrawn_at": consent.withdrawn_at,
        "language": language,
        "ours": ours,
        "reveals": bool(revealing_words(sentence) or revealing_words(ours)),
        "on_paper": policy.may_leave_card(findings[0].stopped_by if findings else None),
    }


def _compose_sentence(record: OpenRecord, consent: GivenConsent) -> str:
    """Return the sentence about a consent from the record, the directory and the wording of today."""
    facts = consent.facts
    card = messages.find_card(facts.recipient)
    spoken = SpokenConsent(
        recipient=_provider(card) or queries.name_of_recipient(record, consent.id),
        purpose=facts.purpose,
        fields=facts.fields,
        ends_on=facts.ends_on,
        about=needs.types_named_to(record, card) if card else [],
        contact=disclosure.contact_way(disclosure.known_values(record)),
    )
    return wording.consent_sentence(spoken, language=consent.document.language)


def _provider(card: ServiceCard | None) -> str:
    """Return the name of a provider; empty if it is gone from the directory."""
    return card.provider_name or card.name if card else ""


def _number(card: ServiceCard) -> tuple[str, str]:
    """Return the number to call and its hours: one that is answered now, else the first one; empty without any."""
    phones = [phone.number for phone in card.phones if not phone.takes_messages]
    return (card.urgent.number, card.urgent.hours) if card.urgent else (next(iter(phones), ""), "")


def _services_to_call(record: OpenRecord, asked: Iterable[ServiceCard]) -> list[ServiceCard]:
    """Return services that answer: those asked for help, then ones that fit the person and their needs."""
    types = needs.service_types(record)
    near = directory.likely_lines(types, needs.person_facts(record), most=MAX_CONSIDERED) if types else ()
    wide = directory.country_lines(most=MAX_CONSIDERED)
    allowed = exclusions.without_excluded([*asked, *near, *wide], exclusions.excluded_organisations(record))
    return list({card.id: card for card in allowed if _number(card)[0]}.values())[:MAX_NUMBERS]
