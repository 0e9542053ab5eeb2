"""The page of exclusions: asking, searching for an organisation, recording, removing."""

from django.urls import reverse

from suar.consent import exclusions
from suar.consent.codes import ExclusionKind
from suar.records import keyring
from tests.people import LEGAL_AID
from tests.referrals.test_exclusions import exclude, opens, provider_of

WORDS = "saudara agen 000-4411"


def lines_of(record, player):
    return exclusions.list_exclusions(keyring.open_record(record.id, keys=player.keys))


def test_the_page_shows_whether_the_person_was_asked(cast, amina, ben):
    page, person = reverse("exclusions", args=[amina.id]), reverse("person", args=[amina.id])
    assert b"was not asked yet" in ben.get(person).content
    assert ben.post(page, {"go": "nobody"})["Location"] == person
    assert b"The person said: nobody." in ben.get(person).content
    assert lines_of(amina, cast.ben) == []


def test_an_organisation_is_searched_by_name_and_chosen(cast, amina, ben):
    page, provider = reverse("exclusions", args=[amina.id]), provider_of(LEGAL_AID)
    response = ben.post(page, {"go": "find", "find": "pelita", "words": WORDS})
    assert response.status_code == 200
    assert str(provider) in response.content.decode()
    assert WORDS in response.content.decode(), "typed words stay in the form"
    assert str(provider) not in ben.post(page, {"go": "find", "find": "zzz"}).content.decode()
    next_response = ben.post(page, {"go": "find", "find": "zzz", "organisations": str(provider)})
    assert f'value="{provider}" id="id_organisations_0" checked' in next_response.content.decode(), (
        "a ticked organisation stays ticked"
    )
    assert exclusions.was_asked(keyring.open_record(amina.id, keys=cast.ben.keys)) is False
    done = ben.post(page, {"go": "keep", "organisations": str(provider), "words": WORDS})
    assert done.status_code == 302
    kinds = [(line.kind, line.ref, line.words) for line in lines_of(amina, cast.ben)]
    assert kinds == [
        (ExclusionKind.ORGANISATION, provider, ""),
        (ExclusionKind.WORDS, None, WORDS),
    ]


def test_the_own_organisation_is_not_offered(cast, handover, chioma):
    page = reverse("exclusions", args=[handover.case])
    html = chioma.post(page, {"go": "find", "find": "pelita"}).content.decode()
    assert str(provider_of(LEGAL_AID)) not in html
    forged = chioma.post(page, {"go": "keep", "organisations": str(provider_of(LEGAL_AID))})
    assert forged.status_code == 400
    assert b"yourself or your own organisation" in forged.content


def test_an_empty_form_and_a_forged_id_store_nothing(cast, amina, ben):
    page = reverse("exclusions", args=[amina.id])
    for typed in ({}, {"workers": "x"}, {"organisations": "x"}, {"workers": str(cast.farid.id)}):
        assert ben.post(page, {"go": "keep", **typed}).status_code == 400
    assert lines_of(amina, cast.ben) == []


def test_a_chosen_colleague_gets_404(cast, amina, ben, esi):
    person = reverse("person", args=[amina.id])
    assert esi.get(person).status_code == 200
    ben.post(reverse("exclusions", args=[amina.id]), {"go": "keep", "workers": str(cast.esi.id)})
    gone, absent = esi.get(person), esi.get(reverse("person", args=[cast.esi.id]))
    assert (gone.status_code, absent.status_code) == (404, 404)
    html = ben.get(person).content.decode()
    assert cast.esi.worker.display_name in html
    assert "First opened" in html
    assert not opens(cast.esi, amina)


def test_an_exclusion_is_removed_with_the_words_of_the_person(cast, amina, ben):
    exclude(amina, cast.ben)
    ben.post(reverse("exclusions", args=[amina.id]), {"go": "keep", "words": WORDS})
    [line] = lines_of(amina, cast.ben)
    off = reverse("remove_exclusion", args=[amina.id, line.id])
    assert ben.post(off, {"reason": ""}).status_code == 400
    assert ben.get(off).status_code == 405
    assert ben.post(off, {"reason": "he helps now"}).status_code == 302
    assert "he helps now" in ben.get(reverse("exclusions", args=[amina.id])).content.decode()
    assert "he helps now" not in ben.get(reverse("person", args=[amina.id])).content.decode()


def test_exclusions_in_words_are_shown_before_consent_and_before_sending(cast, amina, ben):
    address = reverse("consent_for", args=[amina.id, LEGAL_AID])
    assert WORDS not in ben.get(address).content.decode()
    ben.post(reverse("exclusions", args=[amina.id]), {"go": "keep", "words": WORDS})
    assert WORDS in ben.get(address).content.decode()


def test_workers_without_the_record_get_404_for_the_list(cast, amina, chioma):
    page = reverse("exclusions", args=[amina.id])
    assert chioma.get(page).status_code == 404
    assert chioma.post(page, {"go": "nobody"}).status_code == 404
