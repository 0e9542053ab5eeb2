"""A reader proposes a service that is missing: a draft for the editors, which publishes nothing."""

from datetime import timedelta
from html import unescape

import pytest

from suar.core import clock
from suar.directory import public_proposals
from suar.directory.models import Proposal, Service
from suar.website.rules import LETTER_LIFETIME
from tests.website.asking import ask, ticket_of

TYPED = {
    "do": "send_proposal",
    "name": "Rumah Rekaan",
    "place": "32.74",
    "offers": "Nasi hangat setiap pagi",
    "reach": "000-0000-0333",
    "known": "helped",
}


@pytest.mark.django_db
def test_a_proposal_is_a_draft_without_an_author_and_nothing_is_published(visitor):
    page = ask(visitor, do="propose")
    assert page.status_code == 200
    assert 'name="offers"' in page.content.decode()
    thanks = ask(visitor, **TYPED, ticket=ticket_of(page))
    assert "Thank you for telling us" in thanks.content.decode()
    draft = Proposal.objects.get()
    assert (draft.by, draft.service_id, draft.state) == (None, None, "DRAFT")
    assert draft.content == {
        "site.kind": "NONE",
        "name.en": "Rumah Rekaan",
        "description.en": "Nasi hangat setiap pagi",
        "areas": ["32.74"],
    }
    assert draft.note == "000-0000-0333\nThey helped me or somebody I know"
    assert not Service.objects.exists()


@pytest.mark.django_db
def test_of_a_secret_place_only_the_province_is_stored(visitor):
    page = ask(visitor, do="propose").content.decode()
    assert "Then we keep no phone number. Please call us instead." in page
    ask(visitor, **TYPED, secret="on")
    assert Proposal.objects.get().content["areas"] == ["32"]
    assert Proposal.objects.get().note == "They helped me or somebody I know"
    assert "32.74" not in str(Proposal.objects.values())


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "offers", "reach"])
@pytest.mark.parametrize("text", ["Rumah aman, Jl. Rekaan 12", "the green house in Cirebon", "House no. 7, RT 03"])
def test_what_leads_to_a_secret_place_is_refused(visitor, field, text):
    page = ask(visitor, **{**TYPED, field: text}, secret="on")
    assert page.status_code == 400
    assert list(page.context["form"].errors) == [field]
    assert "The place is secret. Leave out streets, towns and numbers." in page.content.decode()
    assert text in unescape(page.content.decode()), "nothing typed is lost"
    assert not Proposal.objects.exists()
    ask(visitor, **{**TYPED, field: text})
    assert Proposal.objects.exists(), "an open place has an address"


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["name", "offers"])
@pytest.mark.parametrize("secret", [{}, {"secret": "on"}])
def test_telephone_numbers_have_a_field_of_their_own(visitor, field, secret):
    page = ask(visitor, **{**TYPED, field: "Rumah Rekaan 000-0000-0333"}, **secret)
    assert list(page.context["form"].errors) == [field]
    assert not Proposal.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"name": ""}, {"place": "nowhere"}, {"offers": "x" * 301}, {"known": "zebra"}])
def test_what_is_wrong_is_said_and_what_was_typed_stays(visitor, wrong):
    page = ask(visitor, **{**TYPED, **wrong})
    assert page.status_code == 400
    assert "000-0000-0333" in page.content.decode()
    assert not Proposal.objects.exists()


@pytest.mark.django_db
def test_a_form_that_was_open_for_too_long_keeps_its_words(visitor):
    ticket = ticket_of(ask(visitor, do="propose"))
    with clock.shifted(2 * LETTER_LIFETIME):
        page = ask(visitor, **TYPED, ticket=ticket)
    assert "Nasi hangat setiap pagi" in page.content.decode()
    assert not Proposal.objects.exists()


@pytest.mark.django_db
def test_one_reader_and_all_together_are_limited(visitor, monkeypatch):
    for _ in range(public_proposals.MAX_FOR_A_CALLER):
        ask(visitor, **TYPED)
    assert "too many reports today" in ask(visitor, **TYPED).content.decode()
    assert Proposal.objects.count() == public_proposals.MAX_FOR_A_CALLER
    monkeypatch.setattr(public_proposals, "MAX_WAITING", Proposal.objects.count())
    answers = {"name": "A", "offers": "B", "place": "32", "secret": "", "note": ""}
    assert not public_proposals.record_public_proposal(answers, language="id", at=clock.now())
    assert public_proposals.purge_public_proposals(at=clock.now()) == 0
    later = clock.now() + timedelta(days=30)
    assert public_proposals.purge_public_proposals(at=later) == public_proposals.MAX_FOR_A_CALLER
