"""New entries: draft, check by a second editor, publication."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from suar.core.refusals import NotYours, Refused
from suar.directory import duplicates, freshness, proposals, queries, revisions
from suar.directory.codes import Age, DraftState, How
from suar.directory.models import Proposal, Provider, Service, Site
from suar.directory.public_proposals import record_public_proposal
from suar.directory.search import SearchQuery
from tests.directory.additions import CONTENT, TYPED, assert_error_in_open_group
from tests.directory.entries import AT, editing, entry, entry_id, load, provider
from tests.html import squeeze

pytestmark = pytest.mark.django_db
ADD = "/directory/add"
ADDRESS = ("site--address_1", "site--district", "site--postal_code", "site--transport")
HIDDEN = {**TYPED, "site--kind": "HIDDEN", **dict.fromkeys(ADDRESS, "")}


def posted(client: Client, typed: dict[str, Any], to: str = ADD) -> tuple[int, str]:
    answer = client.post(to, typed)
    return answer.status_code, answer.content.decode()


def followed(client: Client, typed: dict[str, Any], to: str) -> str:
    return str(client.post(to, typed, follow=True).content.decode())


def stored(client: Client, typed: dict[str, Any]) -> Proposal:
    status, page = posted(client, typed)
    assert status == 302, page
    return Proposal.objects.latest("at", "id")


def published(draft: Proposal, by: Client, **ticked: str) -> str:
    address = reverse("entry_draft", args=[draft.id])
    for act in ("check", "publish"):
        done = by.post(address, {"act": act, "over": str(draft.edition), **ticked})
    assert done.url == reverse("directory_entry", args=[proposals.new_service_id(draft.id)])
    return str(done.url)


def test_new_entry_is_public_after_second_editor_publishes(editors) -> None:
    hadi, rani = editors
    draft = stored(hadi, TYPED)
    page = reverse("entry_draft", args=[draft.id])
    status, words = posted(hadi, {"act": "check", "over": "1"}, page)
    assert (status, "You wrote this draft" in words) == (400, True)
    for stated in ("Rumah Rekaan Baru", "Jalan Rekaan 7", "Cirebon City", "+62 000 0000 0107"):
        assert stated in words
    assert (Service.objects.count(), Provider.objects.count(), Site.objects.count()) == (0, 0, 0)
    listed = hadi.get(reverse("directory"), {"show": "drafts"}).content.decode()
    assert "New services to check" in listed and page in listed
    assert freshness.count_waiting()["drafts"] == 1
    assert hadi.get(published(draft, rani)).status_code == 200
    [card] = queries.search_services(SearchQuery(text="advice crews")).cards
    assert (card.id, card.provider_name) == (proposals.new_service_id(draft.id), "Rumah Rekaan Baru")
    assert (card.age, card.confirmed, card.districts) == (Age.NEVER, None, ("32.74",))
    assert card.facts.nationality == {"FOREIGN"}
    assert (card.facts.cooperation, card.facts.age_min) == (False, 18)
    assert (card.urgent.number, card.access["AC_BRING"]) == ("+62 000 0000 0108", "Nothing.")
    assert card.sites[0].lines == ("Jalan Rekaan 7", "Kota Cirebon", "Jawa Barat", "00000")
    [first] = revisions.list_revisions(card.id)
    assert (first.number, first.how, first.by) == (1, How.EDIT, draft.by)
    assert freshness.count_waiting() == {"drafts": 0, "imports": 0, "wrong": 0, "now": 1}
    assert hadi.get(page).status_code == 200, "what was published can still be read"


def test_invalid_new_entry_shows_field_errors_and_keeps_input(editors) -> None:
    wrong = {
        **TYPED,
        "house--name": "",
        "name--en": "",
        "name--id": "",
        "types": [],
        "site--kind": "",
        "phone-1-number": "call us",
        "hour-1-days": [],
        "let_in--age_max": "3",
        "urgent-number": "",
    }
    status, page = posted(editors[0], wrong)
    assert status == 400
    for words in (
        "Enter who offers the service.",
        "Enter a name for the service",
        "Select at least one kind of help",
        "Choose where people go.",
        "This is not a telephone number: call us",
        "Tick the days",
        "The lowest age is higher than the highest age.",
        "Enter the phone number.",
        'value="Jalan Rekaan 7"',
        'value="call us"',
        "Tidak ada.",
        'value="08:00"',
    ):
        assert words in page, words
    status, page = posted(editors[0], {**TYPED, "site--address_1": "", "site--district": "", "areas": []})
    assert "Enter the street or the name of the place." in page
    assert "Choose the district" in page
    status, page = posted(
        editors[0],
        {
            **HIDDEN,
            "phone-1-number": "",
            "phone-1-en": "",
            "phone-1-id": "",
            "urgent-number": "",
            "urgent-en": "",
            "urgent-tested": "",
        },
    )
    assert "Enter a phone number" in page
    assert not Proposal.objects.exists()


def test_new_entry_with_hidden_place_stores_no_location(editors) -> None:
    hadi, rani = editors
    _, page = posted(hadi, {**TYPED, "site--kind": "HIDDEN"})
    assert page.count("nothing that shows where it is may be stored here") == 2 * len(ADDRESS)
    status, page = posted(hadi, {**HIDDEN, "access--AC_BRING--en": "Come to Jalan Rekaan 7"})
    assert (status, "this text discloses it: Jalan Rekaan" in page) == (400, True)
    assert "What to bring" in page and 'value="Legal advice for crews"' in page
    assert not Proposal.objects.exists()
    draft = stored(hadi, {**HIDDEN, "name--en": "Advice in Kota Cirebon"})
    address = reverse("entry_draft", args=[draft.id])
    assert "everybody will be able to read these names: Kota Cirebon" in rani.get(address).content.decode()
    assert "Check them in a draft" in posted(rani, {"act": "check", "over": "1"}, address)[1]
    published(draft, rani, seen="on")
    assert Proposal.objects.get().content["areas"] == ["32"], "no district of it in any draft"
    card = queries.service_card(proposals.new_service_id(draft.id))
    assert (card.gate_only, card.sites, card.areas) == (True, (), ("32",))
    [site] = Site.objects.values()
    assert {name: stated for name, stated in site.items() if stated} == {
        "id": site["id"],
        "provider_id": card.provider,
        "hidden": True,
        "added_here": True,
    }


def test_street_of_hidden_place_is_an_error_at_its_field(
    editors,
) -> None:
    stated = {"access--AC_BRING--en": "Come to Jalan Rekaan 7", "access--AC_BRING--id": "Di Jl. Dua"}
    _, page = posted(editors[0], {**HIDDEN, **stated})
    for name, piece in zip(stated, ("Jalan Rekaan", "Jl. Dua"), strict=True):
        assert_error_in_open_group(page, name, f"this text discloses it: {piece}")
    assert page.count("this text discloses it") == 4, "in the list, and beside each of the two"


def test_provider_whose_texts_name_a_street_cannot_have_a_hidden_place(
    editors,
) -> None:
    stated = entry("bed", types=["HOU_MEN"], areas=["32.74"])
    assert load(provider(stated, description="We sit at Jalan Rekaan 7.")).applied
    organisation = str(entry_id("house"))
    status, page = posted(editors[0], {**HIDDEN, "house--name": "Invented house", "provider": organisation})
    assert (status, "this text discloses it" in page) == (400, True)


def test_possible_duplicates_must_be_answered_before_saving(editors) -> None:
    hadi, rani = editors
    published(stored(hadi, TYPED), rani)
    organisation = Provider.objects.get()
    status, page = posted(hadi, TYPED)
    assert (status, "Is it one of these? Choose one" in page) == (400, True)
    chosen = {**TYPED, "provider": str(organisation.id), "name--en": "Legal advise crews"}
    status, page = posted(hadi, chosen)
    assert (status, "They have a similar name" in page) == (400, True)
    first = proposals.new_service_id(Proposal.objects.get().id)
    assert reverse("directory_entry", args=[first]) in page
    other = stored(hadi, {**chosen, "another": duplicates.none_of_these([first])})
    published(other, rani)
    assert Provider.objects.get() == organisation
    both = [first, proposals.new_service_id(other.id)]
    stale = {**chosen, "another": duplicates.none_of_these([first])}
    assert posted(hadi, stale)[0] == 400, "an answer is good for the entries it was given for"
    assert posted(hadi, {**chosen, "another": duplicates.none_of_these(both)})[0] == 302
    elsewhere = {"site--district": "32.01", "areas": ["32.01"], "phone-1-number": "+62 000 0000 9"}
    assert posted(hadi, {**chosen, **elsewhere})[0] == 302
    assert [similar_provider.name for similar_provider in duplicates.find_similar_providers("baru")] == [
        "Rumah Rekaan Baru"
    ]


def test_provider_search_validates_nothing_and_keeps_input(
    editors,
) -> None:
    assert load(provider(entry("bed", types=["HOU_MEN"], areas=["32.74"]))).applied
    looked = {"over": "1", "act": "look", "name--en": "Half a name", "phone-1-number": "no number"}
    status, page = posted(editors[0], {**looked, "house--name": "invent"})
    assert (status, str(entry_id("house")) in page, "Half a name" in page) == (200, True, True)
    assert "Invented bed" in page, "what it offers helps to tell it from others"
    assert "This is not a telephone number" not in page
    _, page = posted(editors[0], {**looked, "house--name": "nobody has it"})
    assert "No organisation has this name." in page


def test_rewritten_draft_needs_new_check_and_detects_conflicts(editors) -> None:
    hadi, rani = editors
    draft = stored(hadi, TYPED)
    read = reverse("entry_draft", args=[draft.id])
    assert "Checked, waiting" in followed(rani, {"act": "check", "over": "1"}, read)
    again = reverse("edit_draft", args=[draft.id])
    assert 'value="Jalan Rekaan 7"' in rani.get(again).content.decode()
    assert posted(rani, {**TYPED, "name--en": "By Rani"}, again)[0] == 302
    now = Proposal.objects.get()
    assert (now.state, now.checked_by, now.edition) == (DraftState.DRAFT, None, 2)
    assert "You wrote this draft" in rani.get(reverse("entry_draft", args=[draft.id])).content.decode()
    status, page = posted(hadi, {**TYPED, "name--en": "By Hadi"}, again)
    assert (status, 'value="By Hadi"' in page, "By Rani" in page) == (409, True, True)
    assert 'name="over" value="2"' in page
    assert posted(hadi, {**TYPED, "name--en": "By Hadi", "over": "2"}, again)[0] == 302
    assert Proposal.objects.get().content["name.en"] == "By Hadi"


def test_repeated_form_creates_one_draft(editors) -> None:
    assert {stored(editors[0], {**TYPED, "form_id": "1"}).id for _ in range(2)} == {Proposal.objects.get().id}


def test_discarded_draft_is_deleted_with_its_content(editors) -> None:
    hadi, rani = editors
    draft = stored(hadi, TYPED)
    away = reverse("discard_draft", args=[draft.id])
    with pytest.raises(Refused):
        proposals.reject_proposal(draft, by=editing())
    assert hadi.post(away, {"over": "1"}).url == reverse("directory")
    assert not Proposal.objects.exists()
    assert hadi.post(away, {"over": "1"}).status_code == 404
    other = stored(hadi, TYPED)
    published(other, rani)
    status, page = posted(hadi, {"over": "1"}, reverse("discard_draft", args=[other.id]))
    assert (status, "already published or rejected" in page) == (400, True)
    assert hadi.get(reverse("edit_draft", args=[other.id])).status_code == 404
    assert queries.public_card(proposals.new_service_id(other.id)).name == "Legal advice for crews"
    hadi.post(reverse("hide_entry", args=[proposals.new_service_id(other.id)]))
    with pytest.raises(NotYours):
        queries.public_card(proposals.new_service_id(other.id))


def test_example_numbers_are_refused_outside_demo(editors, settings) -> None:
    settings.SUAR_MODE = "run"
    _, page = posted(editors[0], TYPED)
    assert "This is an example number: +62 000 0000 0107" in page


def test_draft_of_deleted_provider_cannot_be_published(editors) -> None:
    assert load(provider(entry("bed", types=["HOU_MEN"], areas=["32.74"]))).applied
    named = {name: stated for name, stated in CONTENT.items() if name != "house.name"}
    draft = proposals.propose_entry({**named, "provider": str(entry_id("house"))}, by=editing())
    Provider.objects.all().delete()
    words = followed(editors[1], {"act": "check", "over": "1"}, reverse("entry_draft", args=[draft]))
    assert "Checked, waiting" in words
    words = posted(editors[1], {"act": "publish", "over": "1"}, reverse("entry_draft", args=[draft]))[1]
    assert "The organisation of this draft is no longer in the directory." in words


@pytest.mark.parametrize("act", ["check", "publish", "throw"])
def test_acts_on_rewritten_draft_return_409(editors, act) -> None:
    hadi, rani = editors
    draft = stored(hadi, TYPED)
    page = reverse("entry_draft", args=[draft.id])
    assert 'name="over" value="1"' in rani.get(page).content.decode()
    again = {**TYPED, "phone-1-number": "+62 000 0000 0109"}
    assert posted(hadi, again, reverse("edit_draft", args=[draft.id]))[0] == 302
    to = reverse("discard_draft", args=[draft.id]) if act == "throw" else page
    for stale in ({"over": "1"}, {}, {"over": "x"}):
        status, words = posted(rani, {"act": act, "seen": "on", **stale}, to)
        assert (status, "changed this draft while you read it" in words, "0109" in words) == (409, True, True)
    now = Proposal.objects.get()
    assert (now.state, now.checked_by, now.edition) == (DraftState.DRAFT, None, 2)
    assert "Checked, waiting" in followed(rani, {"act": "check", "over": "2"}, page)


def test_new_provider_may_receive_referrals_for_own_organisation(editors) -> None:
    page = editors[0].get(ADD).content.decode()
    assert "This is Rumah Rekaan itself: referrals to it arrive there" in page
    draft = stored(editors[0], {**TYPED, "house--own": "on"})
    page = squeeze(editors[1].get(reverse("entry_draft", args=[draft.id])).content)
    assert "Referrals to it arrive at" in page
    assert ">Rumah Rekaan<" in page


def test_published_draft_stores_no_location(editors) -> None:
    draft = stored(editors[0], TYPED)
    address = published(draft, editors[1])
    stated = Proposal.objects.get().content
    assert "Jalan Rekaan 7" in draft.content.values()
    assert not {*proposals.SITE_FIELDS} & {*stated}
    assert "Jalan Rekaan 7" in editors[1].get(address).content.decode()


def test_proposal_of_a_reader_is_completed_by_one_editor_and_checked_by_another(editors) -> None:
    hadi, rani = editors
    answers = {"name": "Rumah Rekaan", "offers": "Nasi", "place": "32.74", "secret": "", "note": "000-0000-0333"}
    assert record_public_proposal(answers, language="id", at=AT)
    draft = Proposal.objects.get()
    address = reverse("entry_draft", args=[draft.id])
    page = hadi.get(address).content.decode()
    assert "not confirmed" in page
    assert "000-0000-0333" in page
    assert 'value="check"' not in page
    for act in ("check", "publish"):
        assert hadi.post(address, {"act": act, "over": "1"}).status_code == 400
    assert not Service.objects.exists()
    edit = reverse("edit_draft", args=[draft.id])
    form = hadi.get(edit).content.decode()
    assert "Rumah Rekaan" in form
    assert "000-0000-0333" in form
    status, page = posted(hadi, TYPED, to=edit)
    assert status == 302, squeeze(page[page.index('class="problems"') :][:900])
    draft.refresh_from_db()
    assert hadi.post(address, {"act": "check", "over": str(draft.edition)}).status_code == 400, "their own"
    published(draft, by=rani)
    assert Service.objects.exists()


def test_proposal_of_a_reader_can_be_deleted(editors) -> None:
    answers = {"name": "Rumah Rekaan", "offers": "Nasi", "place": "32.74", "secret": "yes", "note": ""}
    assert record_public_proposal(answers, language="km", at=AT)
    draft = Proposal.objects.get()
    assert "not confirmed" in editors[0].get(reverse("directory") + "?show=drafts").content.decode()
    editors[0].post(reverse("discard_draft", args=[draft.id]), {"over": "1"})
    assert not Proposal.objects.exists()
