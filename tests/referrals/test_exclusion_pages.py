"""The page of exclusions: asking, searching for an organisation, recording, removing."""

import pytest
from django.urls import reverse

from suar.accounts.models import Worker
from suar.accounts.roles import Role
from suar.consent import exclusions
from suar.consent import queries as consents
from suar.consent.codes import ExclusionKind
from suar.core import clock
from suar.demo import cast as casting
from suar.records import keyring
from suar.referrals import exclusions as referral_exclusions
from suar.referrals.models import Referral
from tests.people import CLINIC, LEGAL_AID, agreed, client_of, sent
from tests.referrals.test_exclusions import exclude, opens, provider_of
from tests.referrals.test_pages import asked_form

WORDS = "saudara agen 000-4411"


@pytest.fixture
def sent_referral(cast, amina):
    """A referral to Pelita that nobody answered yet."""
    return sent(amina, agreed(amina, cast.ben), cast.ben).referral


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


def consent_page(record, service=LEGAL_AID):
    return reverse("consent_for", args=[record.id, service])


def test_the_sender_excludes_somebody_who_answers_at_the_receiver_while_asking_for_consent(cast, amina, ben):
    """The packet is not sealed to the inbox: the excluded worker can neither see nor accept it."""
    page = ben.get(consent_page(amina)).content.decode()
    for player in (cast.chioma, cast.jaya, cast.kartika):
        assert player.worker.display_name in page
    elsewhere = ben.get(reverse("exclusions", args=[amina.id])).content.decode()
    assert f'value="{cast.jaya.id}"' not in elsewhere + ben.get(consent_page(amina, CLINIC)).content.decode()
    send = ben.post(consent_page(amina), asked_form(ben, amina) | {"excluded_officers": str(cast.jaya.id)})["Location"]
    assert [line.ref for line in lines_of(amina, cast.ben)] == [cast.jaya.id]
    groups = ben.get(send).context.get("groups", "")
    ben.post(send, {"compared": "yes", "words": groups})
    referral = Referral.objects.get()
    assert referral.restricted
    jaya, chioma = client_of(cast.jaya), client_of(cast.chioma)
    for way, name in (("get", "inbox_item"), ("post", "answer_referral"), ("post", "accept_referral")):
        answer = getattr(jaya, way)(reverse(name, args=[referral.id]), {"verb": "decline", "reason": "RF_NO_PLACE"})
        assert answer.status_code == 404, name
    assert chioma.get(reverse("inbox_item", args=[referral.id])).status_code == 200


def test_no_consent_is_recorded_if_nobody_is_left_at_the_receiver(cast, amina, ben):
    everybody = [str(player.id) for player in (cast.chioma, cast.jaya, cast.kartika)]
    page = ben.post(consent_page(amina), asked_form(ben, amina) | {"excluded_officers": everybody})
    assert page.status_code == 400
    assert b"Everybody there who could read this" in page.content
    opened = keyring.open_record(amina.id, keys=cast.ben.keys)
    assert not consents.list_consents(opened)
    assert len(lines_of(amina, cast.ben)) == 3, "what the person said stays"


def test_somebody_is_excluded_at_the_receiver_although_the_person_says_no(cast, amina, ben):
    form = {"answer": "no", "excluded_officers": str(cast.jaya.id)}
    assert ben.post(consent_page(amina), form).status_code == 302
    assert [line.ref for line in lines_of(amina, cast.ben)] == [cast.jaya.id]


def test_a_forged_officer_is_an_error(cast, amina, ben):
    page = ben.post(consent_page(amina), asked_form(ben, amina) | {"excluded_officers": str(cast.lia.id)})
    assert page.status_code == 400
    assert lines_of(amina, cast.ben) == []


def test_who_accepts_says_first_who_there_must_not_know(cast, amina, ben, sent_referral):
    """They never hold the case; the person is still asked before the case is referred on."""
    chioma, address = client_of(cast.chioma), reverse("accept_referral", args=[sent_referral])
    page = chioma.get(reverse("inbox_item", args=[sent_referral])).content.decode()
    assert "Who here must not know of this person?" in page
    assert chioma.post(address, {"exclude": str(cast.chioma.id)}).status_code == 400
    assert not Referral.objects.exclude(case=None).exists()
    case = chioma.post(address, {"exclude": str(cast.jaya.id)})["Location"]
    assert client_of(cast.jaya).get(case).status_code == 404
    opened = keyring.open_record(Referral.objects.get().case, keys=cast.chioma.keys)
    assert [line.ref for line in exclusions.list_exclusions(opened)] == [cast.jaya.id]
    assert referral_exclusions.must_ask_first(opened)
    chioma.post(reverse("exclusions", args=[opened.id]), {"go": "nobody"})
    opened = keyring.open_record(opened.id, keys=cast.chioma.keys)
    assert not referral_exclusions.must_ask_first(opened)
    assert not opens(cast.jaya, opened)


def test_accounts_with_the_name_of_an_excluded_colleague_are_excluded_too_but_not_the_author(cast, amina, ben):
    """An account of another organisation with that name is another person's."""
    name, at = cast.esi.worker.display_name, clock.now()
    again = casting.join(cast.village, "esi.again", f" {name.upper()}", Role.VILLAGE_TEAM, at=at)
    casting.join(cast.pelita, "esi.there", name, Role.PROVIDER, at=at)
    Worker.objects.filter(id=cast.ben.id).update(display_name=name)
    page = reverse("exclusions", args=[amina.id])
    assert b"Everybody who has the same name" in ben.get(page).content
    assert ben.post(page, {"go": "keep", "workers": str(cast.esi.id)}).status_code == 302
    assert {line.ref for line in lines_of(amina, cast.ben)} == {cast.esi.id, again.id}
    assert not opens(again, amina)
