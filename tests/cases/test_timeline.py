"""The timeline names what changed and what the person declined."""

from django.test import Client

from suar.cases import timeline
from suar.consent import declined_services
from suar.consent.facts import change_facts
from suar.demo.cast import Cast
from suar.records.keyring import OpenRecord
from tests.people import LEGAL_AID, acting_as, refresh


def titles(cast: Cast, person: OpenRecord) -> list[tuple[str, str]]:
    refresh(person, cast.ben)
    events = timeline.list_events(person, sent=(), consents=())
    return [(event.title, event.text) for event in timeline.newest_first(events)]


def test_only_what_changed_is_named(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    change_facts(amina, {"sex": "MALE", "wish": "to work"}, by=acting_as(cast.ben))
    assert ("Changed: What the person wants, Sex or gender", "") in titles(cast, amina)


def test_a_service_that_the_person_declined_is_an_event(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    declined_services.record_decline(amina, LEGAL_AID, by=acting_as(cast.ben))
    [(title, text)] = [row for row in titles(cast, amina) if row[0].startswith("Offered")]
    assert len(title) > len("Offered: ")
    assert text == "Declined by the person"
