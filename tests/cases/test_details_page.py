"""Facts about a person: everything that can be shared is entered somewhere and travels when consented."""

import re
from dataclasses import replace
from html import unescape
from itertools import product

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from suar.audit import queries as audit
from suar.cases.actions import DETAILS, read_details
from suar.cases.forms import DetailsForm
from suar.consent import queries as given
from suar.consent.codes import Field, Purpose, RecipientKind
from suar.demo.cast import Cast
from suar.records.documents import shareable_fields
from suar.records.keyring import OpenRecord
from suar.records.models import Value
from suar.referrals import disclosure, sending
from suar.referrals.codes import Verb
from tests.people import acting_as, agreed, answer_as, client_of, received, refresh

ANSWERS = {
    "legal_name": "Amina Rekaan binti Contoh",
    "born": "1999-04-03",
    "place": "the blue house behind the market",
    "form": "LABOUR",
    "formal": "PRESUMED",
    "health": "asthma, uses a spray",
    "family": "a son of four",
}
FROM_THE_TALK = {
    Field.CALLED_NAME,
    Field.SAFE_CONTACT,
    Field.AGE_BAND,
    Field.SEX,
    Field.LANGUAGE,
    Field.NEEDS,
    Field.RISK,
    Field.NARRATIVE,
    Field.PAPERS,
}


def test_every_shareable_field_has_a_form() -> None:
    entered = {(kind, name) for kind, name in DETAILS.values()}
    by_fact = {field for field, sources in shareable_fields().items() if entered & {*sources}}
    assert by_fact | FROM_THE_TALK == set(Field)
    assert len(by_fact) == len(DETAILS) == 7


@pytest.fixture
def detailed_person(cast: Cast, ben: Client, amina: OpenRecord) -> OpenRecord:
    """Enter all facts about Amina."""
    page = ben.get(reverse("person_details", args=[amina.id]))
    codes = {name: page.context["form"].fields[name].choices[1][0] for name in ("form", "formal")}
    assert ben.post(reverse("person_details", args=[amina.id]), ANSWERS | codes).status_code == 302
    refresh(amina, cast.ben)
    return amina


def test_details_are_sealed_displayed_and_shared_with_consent(
    cast: Cast, ben: Client, detailed_person: OpenRecord
) -> None:
    page = ben.get(reverse("person_details", args=[detailed_person.id])).content.decode()
    for name in ("legal_name", "place", "health", "family"):
        assert ANSWERS[name] in page
        assert not Value.objects.filter(sealed__contains=ANSWERS[name].encode()).exists()
    consent = given.get_consent(detailed_person, agreed(detailed_person, cast.ben))
    shared: set[str] = set()
    for kind, purpose in product(RecipientKind, Purpose):
        facts = replace(consent.facts, fields=frozenset(Field), recipient_kind=kind, purpose=purpose)
        facts = replace(facts, status_required=True)
        offer = disclosure.offer_of(detailed_person, replace(consent, facts=facts), sent=(), at=acting_as(cast.ben).at)
        shared |= offer.shared.keys()
    entered = {Field.LEGAL_NAME, Field.BIRTH_DATE, Field.PLACE, Field.FORM, Field.STATUS, Field.HEALTH, Field.FAMILY}
    assert entered <= shared, "each to the kinds of receivers that may get it"


def test_details_without_consent_are_not_shared(cast: Cast, detailed_person: OpenRecord) -> None:
    consent = agreed(detailed_person, cast.ben)
    offer = disclosure.offer_of(
        detailed_person, given.get_consent(detailed_person, consent), sent=(), at=acting_as(cast.ben).at
    )
    made = sending.send(detailed_person, offer, by=acting_as(cast.ben))
    answer_as(cast.chioma, made.referral, Verb.ACCEPT)
    assert set(received(cast.chioma, made.referral).shared or {}) == {"called_name", "safe_contact", "needs"}


@pytest.mark.parametrize("wrong", [{"born": "2999-01-01"}, {"form": "NONE_OF_IT"}, {"health": "x" * 1001}])
def test_invalid_details_are_refused(
    cast: Cast, ben: Client, detailed_person: OpenRecord, wrong: dict[str, str]
) -> None:
    before = audit.acts_about(detailed_person.id)[0].seq
    page = ben.post(reverse("person_details", args=[detailed_person.id]), ANSWERS | wrong)
    assert page.status_code == 400
    assert b'role="alert"' in page.content
    assert [
        item.verb for item in audit.acts_about(detailed_person.id) if item.seq > before and item.verb != "open"
    ] == []


def test_only_workers_with_the_record_enter_details(cast: Cast, amina: OpenRecord) -> None:
    for player in (cast.farid, cast.gita, cast.chioma):
        assert client_of(player).post(reverse("person_details", args=[amina.id]), ANSWERS).status_code == 404


# Two workers at the same time


@pytest.fixture
def erin(cast: Cast, detailed_person: OpenRecord) -> Client:
    """Return the browser of a second session of the same team."""
    return client_of(cast.ben)


def shown_form(client: Client, record: OpenRecord) -> dict[str, str]:
    """Return what a browser would post from the page of facts, with its hidden fields."""
    return posted(client.get(reverse("person_details", args=[record.id])).context["form"])


def posted(form: DetailsForm) -> dict[str, str]:
    """Return the fields of a form as a browser posts them."""
    fields = {bound.html_name: str(bound.value() or "") for bound in form}
    hidden = {bound.html_initial_name: bound.as_hidden(only_initial=True) for bound in form}
    values = {name: re.search(r'value="([^"]*)"', tag) for name, tag in hidden.items()}
    return fields | {name: unescape(value[1]) if value else "" for name, value in values.items()}


def save(client: Client, record: OpenRecord, form: dict[str, str], **typed: str) -> HttpResponse:
    return client.post(reverse("person_details", args=[record.id]), form | typed)


def test_the_form_contains_the_details_it_showed(ben: Client, detailed_person: OpenRecord) -> None:
    page = ben.get(reverse("person_details", args=[detailed_person.id])).content.decode()
    for name in DETAILS:
        assert f'name="initial-{name}"' in page


def test_changes_of_different_details_are_both_stored(
    cast: Cast, ben: Client, erin: Client, detailed_person: OpenRecord
) -> None:
    first, second = shown_form(ben, detailed_person), shown_form(erin, detailed_person)
    assert save(ben, detailed_person, first, health="allergic to penicillin").status_code == 302
    assert save(erin, detailed_person, second, family="two sons", place="the station").status_code == 302
    refresh(detailed_person, cast.ben)
    facts = read_details(detailed_person)
    assert (facts["health"], facts["family"]) == ("allergic to penicillin", "two sons")
    assert (facts["place"], facts["legal_name"]) == ("the station", ANSWERS["legal_name"])


def test_changes_of_the_same_detail_show_both_values(
    cast: Cast, ben: Client, erin: Client, detailed_person: OpenRecord
) -> None:
    first, second = shown_form(ben, detailed_person), shown_form(erin, detailed_person)
    assert save(ben, detailed_person, first, health="allergic to penicillin", family="two sons").status_code == 302
    page = save(erin, detailed_person, second, health="asthma is over", place="the station")
    assert page.status_code == 409
    for words in ("allergic to penicillin", "asthma is over", "two sons", "the station"):
        assert words in page.content.decode()
    refresh(detailed_person, cast.ben)
    facts = read_details(detailed_person)
    assert (facts["health"], facts["place"]) == ("allergic to penicillin", ANSWERS["place"]), "nothing was saved"
    again = posted(page.context["form"])
    assert save(erin, detailed_person, again).status_code == 302, "saving again replaces theirs knowingly"
    refresh(detailed_person, cast.ben)
    facts = read_details(detailed_person)
    assert (facts["health"], facts["family"], facts["place"]) == ("asthma is over", "two sons", "the station")


def test_a_form_without_its_initial_details_overwrites_nothing(
    cast: Cast, ben: Client, detailed_person: OpenRecord
) -> None:
    typed = {"legal_name": ANSWERS["legal_name"], "health": "something else"}
    assert ben.post(reverse("person_details", args=[detailed_person.id]), typed).status_code == 409
    refresh(detailed_person, cast.ben)
    assert read_details(detailed_person)["health"] == ANSWERS["health"]
