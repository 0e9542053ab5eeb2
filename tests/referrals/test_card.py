"""The card for the person: numbers and agreements, without revealing words."""

import re

import polib
import pytest
from django.urls import reverse
from django.utils import translation

from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.urgency import Urgency
from suar.directory import queries as directory
from suar.directory.rules.fit import is_for_a_sector
from suar.records import keyring
from suar.records.terms import Compartment
from suar.referrals import needs as needs_of
from suar.referrals import person_card
from suar.referrals.person_card import MAX_NUMBERS
from suar.screening import actions
from suar.screening.rules.card_words import revealing_words
from suar.screening.rules.setting import initial_answers
from tests.house.reading import SUAR
from tests.people import CLINIC, acting_as, agreed, refresh, write
from tests.referrals.test_exclusions import exclude

CARD = re.compile(r"<aside class=\"card\".*?</aside>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def words_on_the_card(page):
    [card] = CARD.findall(page.content.decode())
    return " ".join(TAG.sub(" ", card).split())


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_card_has_no_revealing_word(cast, amina, ben, language):
    agreed(amina, cast.ben)
    agreed(amina, cast.ben, service=CLINIC)
    ben.cookies["django_language"] = language
    with translation.override(language):
        page = ben.get(reverse("card", args=[amina.id]), headers={"accept-language": language})
    words = words_on_the_card(page)
    assert revealing_words(words) == ()
    assert "Klinik Melati" in words, "a harmless name is on the card"
    assert "Hukum" not in words
    assert "Hukum" in page.content.decode(), "the page lists the omitted name for the worker"
    assert "000-0000-7741" in words


def test_our_own_texts_on_the_card_have_no_revealing_word_in_either_language():
    catalogue = polib.pofile(str(SUAR / "referrals/locale/id/LC_MESSAGES/django.po"))
    ours = [item for item in catalogue if item.msgctxt == "on the card"]
    assert len(ours) >= 4
    assert [revealing_words(f"{our.msgid} {our.msgstr}") for our in ours] == [()] * len(ours)


@pytest.mark.parametrize(
    ("text", "is_revealing"),
    [
        ("Help for victims of trafficking", True),
        ("Lembaga Bantuan Hukum", True),
        ("Unit PPA", True),
        ("Pelaporan", True),
        ("POLICE", True),
        ("Rumah  Aman", True),
        ("Klinik Melati, Senin 08-10", False),
        ("a lamp by the harbour", False),
    ],
)
def test_revealing_words_are_recognised(text, is_revealing):
    assert bool(revealing_words(text)) is is_revealing


def test_a_contact_with_revealing_words_is_left_out(cast, amina):
    contact = {"number": "panggil lewat polisi desa"}
    write(amina, Compartment.WHEREABOUTS, "contact", contact, by=cast.ben.id, at=clock.now())
    card = person_card.make_card(amina)
    assert card["contact"] == ""
    assert "polisi" in card["reached"]


def test_the_card_has_at_most_three_numbers_and_none_of_excluded_providers(cast, amina):
    needs_of.add_needs(amina, {"MEN_CRISIS": Urgency.NOW}, by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    every = {item.urgent.number: item.provider for item in directory.answering_lines([], most=50)}
    before = [item["number"] for item in person_card.make_card(amina)["numbers"]]
    assert 0 < len(before) <= MAX_NUMBERS
    away = [NewExclusion(ExclusionKind.ORGANISATION, every[item]) for item in before if every.get(item)]
    assert away
    record = exclude(amina, cast.ben, *away)
    after = {every.get(item["number"]) for item in person_card.make_card(record)["numbers"]}
    assert after.isdisjoint(item.ref for item in away)


def test_printing_is_not_offered_if_somebody_may_find_the_paper(cast, amina, ben):
    page = reverse("card", args=[amina.id])
    assert "data-print" in ben.get(page).content.decode()
    finding = {
        "at": clock.now().isoformat(),
        "by": str(cast.ben.id),
        "outcome": "UNABLE",
        "stopped_by": "STOP_NO_PRIVACY",
    }
    opened = keyring.open_record(amina.id, keys=cast.ben.keys)
    write(opened, Compartment.CODED, "findings", {"list": [finding]}, by=cast.ben.id, at=clock.now())
    html = ben.get(page).content.decode()
    assert "data-print" not in html
    assert "data-alone" not in html


def test_the_card_has_no_name_and_no_number_of_the_record(cast, amina, ben):
    words = words_on_the_card(ben.get(reverse("card", args=[amina.id])))
    assert "Amina" not in words
    assert str(amina.id)[:8] not in words


def test_a_talk_has_neither_card_nor_list(cast, ben):
    who = acting_as(cast.ben)
    talk = actions.begin_talk(min(who.viewer.teams), initial_answers(), by=who)
    assert ben.get(reverse("talk", args=[talk.id])).status_code == 302
    for name in ("card", "exclusions"):
        assert ben.get(reverse(name, args=[talk.id])).status_code == 404
    line = reverse("remove_exclusion", args=[talk.id, talk.id])
    assert ben.post(line, {"reason": "x"}).status_code == 404


def test_a_place_is_not_printed_as_a_call(cast, amina):
    contact = {"number": "gubuk kebun, jangan telepon"}
    write(amina, Compartment.WHEREABOUTS, "contact", contact, by=cast.ben.id, at=clock.now())
    card = person_card.make_card(amina)
    assert card["contact"] == ""
    assert card["reached"] == contact["number"]


def test_the_way_to_the_person_does_not_stand_under_the_name_of_a_provider(cast, amina, ben):
    contact = {"number": "WA 000-0000-9911"}
    write(amina, Compartment.WHEREABOUTS, "contact", contact, by=cast.ben.id, at=clock.now())
    agreed(amina, cast.ben)
    page = " ".join(TAG.sub(" ", ben.get(reverse("card", args=[amina.id])).content.decode()).split())
    assert "How the person is reached: WA 000-0000-9911" in page


def test_a_provider_that_was_asked_comes_first_and_is_named_aloud_with_its_number(cast, amina):
    agreed(amina, cast.ben)
    card = person_card.make_card(amina)
    (line,) = card["left_out"]
    assert "Hukum" in line
    assert line.endswith(card["numbers"][0]["number"])


def test_a_grown_man_on_land_is_given_no_number_for_children_or_ships(cast, amina):
    needs_of.add_needs(amina, {"SAF_RISK": Urgency.NOW, "BAS_PHONE": Urgency.TODAY}, by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    write(amina, Compartment.CODED, "profile", {"age": 26, "age_status": "AB_18"}, by=cast.ben.id, at=clock.now())
    numbers = person_card.make_card(amina)["numbers"]
    facts = {item.urgent.number: item.facts for item in directory.answering_lines([], most=50)}
    assert numbers
    for line in numbers:
        stated = facts[line["number"]]
        assert stated.age_max is None or stated.age_max >= 18
        assert not is_for_a_sector(stated)
