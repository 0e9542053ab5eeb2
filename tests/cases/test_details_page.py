"""Facts about a person: everything that can be shared is entered somewhere and travels when consented."""

import re
from dataclasses import replace
from html import unescape
from itertools import product
from typing import Any

import pytest
from django.forms import BooleanField
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from suar.audit import queries as audit
from suar.cases import queries as cases
from suar.cases.forms.facts import DetailsForm
from suar.consent import queries as given
from suar.consent.codes import AgeStatus, ContactRule, Field, Purpose, RecipientKind
from suar.consent.documents import Profile, SafeContact
from suar.consent.facts import FACTS, list_changes, read_facts
from suar.core import clock
from suar.demo.cast import Cast
from suar.records.documents import shareable_fields
from suar.records.keyring import OpenRecord
from suar.records.models import Value
from suar.referrals import contact_text, disclosure, sending
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
FROM_THE_TALK = {Field.AGE_BAND, Field.NEEDS, Field.NARRATIVE}


def test_every_shareable_field_has_a_form() -> None:
    entered = {FACTS[name] for name in DetailsForm().fields}
    by_fact = {field for field, sources in shareable_fields().items() if entered & {*sources}}
    assert by_fact | FROM_THE_TALK == set(Field)
    assert by_fact & FROM_THE_TALK == set()


@pytest.fixture
def detailed_person(cast: Cast, ben: Client, amina: OpenRecord) -> OpenRecord:
    """Enter all facts about Amina."""
    page = ben.get(reverse("person_details", args=[amina.id]))
    codes = {name: page.context["form"].fields[name].choices[1][0] for name in ("form", "formal")}
    assert (
        ben.post(reverse("person_details", args=[amina.id]), posted(page.context["form"]) | ANSWERS | codes).status_code
        == 302
    )
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
    ticks = {bound.html_name for bound in form if isinstance(bound.field, BooleanField) and not bound.value()}
    fields = {bound.html_name: str(bound.value() or "") for bound in form if bound.html_name not in ticks}
    hidden = {bound.html_initial_name: bound.as_hidden(only_initial=True) for bound in form}
    values = {name: re.search(r'value="([^"]*)"', tag) for name, tag in hidden.items()}
    return fields | {name: unescape(value[1]) if value else "" for name, value in values.items()}


def save(client: Client, record: OpenRecord, form: dict[str, str], **typed: str) -> HttpResponse:
    return client.post(reverse("person_details", args=[record.id]), form | typed)


def test_the_form_contains_the_details_it_showed(ben: Client, detailed_person: OpenRecord) -> None:
    page = ben.get(reverse("person_details", args=[detailed_person.id])).content.decode()
    for name in DetailsForm().fields:
        assert f'name="initial-{name}"' in page


def test_changes_of_different_details_are_both_stored(
    cast: Cast, ben: Client, erin: Client, detailed_person: OpenRecord
) -> None:
    first, second = shown_form(ben, detailed_person), shown_form(erin, detailed_person)
    assert save(ben, detailed_person, first, health="allergic to penicillin").status_code == 302
    assert save(erin, detailed_person, second, family="two sons", place="the station").status_code == 302
    refresh(detailed_person, cast.ben)
    facts = read_facts(detailed_person)
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
    facts = read_facts(detailed_person)
    assert (facts["health"], facts["place"]) == ("allergic to penicillin", ANSWERS["place"]), "nothing was saved"
    again = posted(page.context["form"])
    assert save(erin, detailed_person, again).status_code == 302, "saving again replaces theirs knowingly"
    refresh(detailed_person, cast.ben)
    facts = read_facts(detailed_person)
    assert (facts["health"], facts["family"], facts["place"]) == ("asthma is over", "two sons", "the station")


def test_a_form_without_its_initial_details_overwrites_nothing(
    cast: Cast, ben: Client, detailed_person: OpenRecord
) -> None:
    typed = {"legal_name": ANSWERS["legal_name"], "health": "something else"}
    assert ben.post(reverse("person_details", args=[detailed_person.id]), typed).status_code == 409
    refresh(detailed_person, cast.ben)
    assert read_facts(detailed_person)["health"] == ANSWERS["health"]


# What a fact was before, and how to reach somebody safely


def test_a_corrected_number_keeps_the_earlier_one_sealed(cast: Cast, ben: Client, detailed_person: OpenRecord) -> None:
    form = shown_form(ben, detailed_person)
    assert save(ben, detailed_person, form, phone="000-0000-1111").status_code == 302
    refresh(detailed_person, cast.ben)
    [change] = [change for change in list_changes(detailed_person) if change.fact == "phone"]
    assert (change.old, change.by) == ("000-0000-7741", cast.ben.id)
    assert not Value.objects.filter(sealed__contains=b"000-0000-7741").exists()
    page = ben.get(f"{reverse('person_details', args=[detailed_person.id])}?part=contact")
    assert "000-0000-7741" in page.content.decode()
    assert "legal_name" not in page.context["form"].fields
    assert "000-0000-7741" not in ben.get(reverse("person", args=[detailed_person.id])).content.decode()


def test_only_known_parts_have_a_page(ben: Client, detailed_person: OpenRecord) -> None:
    assert ben.get(f"{reverse('person_details', args=[detailed_person.id])}?part=other").status_code == 404


def test_other_names_are_found_and_shown(ben: Client, detailed_person: OpenRecord) -> None:
    form = shown_form(ben, detailed_person)
    assert save(ben, detailed_person, form, aliases="Minah, Aminatun").status_code == 302
    for typed in ("Aminatun", "Minah", "Amina Rekaan"):
        [row] = ben.post(reverse("find_person"), {"name": typed}).context["people"]
        assert row.id == detailed_person.id
    assert "Minah, Aminatun" in ben.get(reverse("person", args=[detailed_person.id])).content.decode()


def test_conditions_of_a_contact_travel_with_the_number(
    cast: Cast, ben: Client, chioma: Client, detailed_person: OpenRecord
) -> None:
    form = shown_form(ben, detailed_person)
    rules = {"no_calls": "on", "if_answered": "hang up, say nothing"}
    assert save(ben, detailed_person, form, **rules).status_code == 302
    refresh(detailed_person, cast.ben)
    contact = detailed_person.get(SafeContact)
    assert contact is not None
    assert contact.rules == (ContactRule.NO_CALLS,)
    shared = disclosure.known_values(detailed_person)[Field.SAFE_CONTACT]
    assert shared == "000-0000-7741 (08-10) [NO_CALLS] · hang up, say nothing"
    assert "000-0000-7741" not in ben.get(reverse("card", args=[detailed_person.id])).content.decode()
    consent = given.get_consent(detailed_person, agreed(detailed_person, cast.ben))
    made = sending.send(
        detailed_person,
        disclosure.offer_of(detailed_person, consent, sent=(), at=acting_as(cast.ben).at),
        by=acting_as(cast.ben),
    )
    answer_as(cast.chioma, made.referral, Verb.ACCEPT)
    page = chioma.post(reverse("accept_referral", args=[made.referral]), follow=True).content.decode()
    assert page.count("000-0000-7741 (08-10) · Do not call · hang up, say nothing") == 2, "on top, and what was shared"
    conditions_bind_the_receiver(chioma, cases.case_of(made.referral))


def conditions_bind_the_receiver(chioma: Client, case: Any) -> None:
    """Assert that a way that the sender called unsafe is neither offered nor taken in the case."""
    page = chioma.get(reverse("person", args=[case.record]))
    assert "CALL" not in dict(page.context["task_form"].fields["kind"].choices)
    call = {"kind": "CALL", "due": str(clock.today())}
    answer = chioma.post(reverse("plan_task", args=[case.record]), call)
    assert (answer.status_code, b"This way is not safe" in answer.content) == (400, True)
    follow_up = reverse("follow_up", args=[case.record])
    assert "CALL" not in dict(chioma.get(follow_up).context["follow_up_form"].fields["way"].choices)
    assert chioma.post(follow_up, {"result": "NOBODY", "way": "CALL"}).status_code == 400
    copy = chioma.get(reverse("persons_copy", args=[case.record])).content.decode()
    assert "NO_CALLS" not in copy
    assert "Do not call" in copy


@pytest.mark.parametrize("phone", ["000-1", "(021) 555", "000 [x] (y)", "000 · home"])
@pytest.mark.parametrize("hours", ["", "08-10", "mornings (not Friday)"])
@pytest.mark.parametrize("if_answered", ["", "hang up · say nothing"])
def test_a_shared_contact_is_read_with_its_conditions(phone: str, hours: str, if_answered: str) -> None:
    for rules in ({}, {"no_calls": True}, {"no_calls": True, "no_visits": True}):
        contact = SafeContact(phone=phone, hours=hours, if_answered=if_answered, **rules)
        text = contact_text.contact_text(contact)
        read = SafeContact(**contact_text.read_contact(text))
        assert read.rules == contact.rules
        assert contact_text.contact_text(read) == text, "passed on as it came"


def test_the_conditions_of_a_place_go_with_it_and_bind_where_it_is_received():
    contact = SafeContact(
        phone="000-0000-1", place="a house [by the sea]", no_calls=True, no_visits=True, no_employer=True
    )
    text = contact_text.place_text(contact)
    read = SafeContact(**contact_text.read_place(text))
    assert (read.place, read.no_visits, read.no_employer, read.no_calls) == (contact.place, True, True, False)
    assert contact_text.place_text(read) == text
    plain = SafeContact(place="a house")
    assert contact_text.read_place(contact_text.place_text(plain)) == {"place": "a house"}


def test_an_unsafe_way_is_neither_offered_nor_taken(ben: Client, detailed_person: OpenRecord) -> None:
    save(ben, detailed_person, shown_form(ben, detailed_person), no_calls="on")
    page = ben.get(reverse("person", args=[detailed_person.id]))
    assert "CALL" not in dict(page.context["task_form"].fields["kind"].choices)
    call = {"kind": "CALL", "due": str(clock.today())}
    answer = ben.post(reverse("plan_task", args=[detailed_person.id]), call)
    assert (answer.status_code, b"This way is not safe" in answer.content) == (400, True)


@pytest.mark.parametrize(
    ("before", "years", "after"),
    [
        ("AB_18", "15", "AB_U18"),
        ("AB_MAYBE", "19", "AB_MAYBE"),
        ("AB_U18", "19", "AB_18"),
        ("AB_MAYBE", "15", "AB_U18"),
    ],
)
def test_a_corrected_age_moves_the_path_but_a_doubt_stays(
    cast: Cast, ben: Client, detailed_person: OpenRecord, before: str, years: str, after: str
) -> None:
    profile = detailed_person.get(Profile)
    assert profile is not None
    changed = profile.model_copy(update={"age_status": AgeStatus(before)})
    detailed_person.put(changed, by=cast.ben.id, at=clock.now())
    assert save(ben, detailed_person, shown_form(ben, detailed_person), age=years).status_code == 302
    refresh(detailed_person, cast.ben)
    stored = detailed_person.get(Profile)
    assert stored is not None
    assert stored.age_status == after
