"""A talk that ends by what cannot wait ends with who was called, and waits until somebody is."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.template import loader
from django.urls import reverse

from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.directory import queries as directory
from suar.directory.facts import PersonFacts
from suar.records.models import Record
from suar.records.queries import is_task
from suar.records.terms import Compartment
from suar.screening.rules.instrument import instrument
from tests.people import client_of
from tests.screening.conversing import (
    AGREED,
    KEPT,
    SAFE,
    STRONG_END,
    UNABLE,
    Conversation,
    led_to,
    left_at,
    text,
    whole_database,
)

ALONE = "STOP_CHILD_ALONE"
CALLED = {"n-ND_CHILD_ALONE": "YES", "n-ND_CHILD_ALONE-acted": "TRIED"}
SPOKE = {"acted": "SPOKE", "whom": "officer Contoh of the desk"}
TRIED = {"acted": "TRIED"}


def child_alone(talk: Conversation) -> Conversation:
    """A child is alone, and the worker stops by the rule for it."""
    talk.post("SAFE", **SAFE)
    assert led_to(talk.post("NEEDS", **CALLED, stop=ALONE)) == "outcome"
    return talk


def day_of(player: object, page: str = "day") -> str:
    return text(client_of(player).get(reverse(page)))


def due(record: object) -> object:
    return Record.objects.get(id=record).next_due


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_wording_promises_what_has_not_happened(language: str) -> None:
    stop = instrument().stops[ALONE]
    for wording in (stop.say, stop.child):
        words = wording[language]
        assert "is coming" not in words
        assert "akan datang" not in words
        assert "will call" in words or "akan menelepon" in words
    for stop_rule in instrument().stops.values():
        assert not any("on this screen" in now["en"] for now in stop_rule.now), "nothing may stand there"


def test_child_protection_is_a_line_for_children_and_no_home(talk: Conversation, services: None) -> None:
    page = text(child_alone(talk).sum_up())
    assert "Call child protection now." in page
    lines = page.split('class="who"')[1].split("</ul>")[0]
    assert "A safe grown-up for children" in lines
    assert lines.count("<li>") == 1, "none that is for everyone"
    assert 'href="tel:' in page
    assert "HOU_CHILD" not in instrument().stops[ALONE].services
    assert "HOU_CHILD" not in instrument().needs["ND_CHILD_ALONE"].services


def test_without_a_service_the_emergency_numbers_are_offered(db: None) -> None:
    page_text = loader.render_to_string("screening/who_answers.html", {"cards": ()})
    assert settings.SUAR_COUNTRY == "ID"
    assert 'href="tel:129"' in page_text
    assert "No phone line is known that answers this at once. Call" not in page_text


def test_a_talk_with_a_child_alone_asks_who_was_called(
    talk: Conversation,
) -> None:
    page = child_alone(talk).end(**UNABLE)
    assert page.status_code == 400
    assert "Enter whether you reached somebody who will help." in text(page)
    assert 'href="#id_acted_0"' in text(page)
    page = talk.end(**UNABLE, acted="SPOKE", whom=" ")
    assert "Enter who you spoke to." in text(page)
    assert page.status_code == 400
    assert talk.end(**UNABLE, **SPOKE).status_code == 302


def test_a_call_tried_before_is_preselected(talk: Conversation) -> None:
    assert child_alone(talk).sum_up().context["call"]["acted"].value() == "TRIED"
    other = Conversation.begun_by(talk.player)
    other.ways_to_stop(step="SIGNPOST", stop="STOP_STAFF")
    assert other.sum_up().context["call"] is None, "nothing cannot wait"


def test_author_and_lead_see_it_until_somebody_is_reached(village: SimpleNamespace, strangers: SimpleNamespace) -> None:
    neighbour = casting.join(village.house, "maya", "Maya", Role.VILLAGE_TEAM, at=clock.now())
    talk = Conversation.begun_by(village.ben)
    left = left_at(child_alone(talk).end(**UNABLE, **TRIED))
    way = reverse("talk_ended", args=[left])
    pages = [day_of(talk.player), day_of(village.esi), day_of(village.esi, "team")]
    assert all(f'href="{way}?later=on"' in page for page in pages)
    assert way in day_of(strangers.lia), "child protection takes over"
    assert way not in day_of(neighbour), "a neighbour of the team"
    assert way not in day_of(strangers.farid)
    page = client_of(village.esi).get(way)
    assert "Nobody reached yet" in text(page)
    assert 'name="whom"' not in page.content.decode(), "nothing typed is kept with codes"
    assert client_of(village.esi).post(way, {"acted": ""}).status_code == 400
    client_of(village.esi).post(way, TRIED)
    assert way in day_of(talk.player), "trying is not reaching"
    assert led_to(client_of(village.esi).post(way, SPOKE)) == str(left)
    assert "Nobody reached yet" not in text(talk.client.get(way))
    assert way not in day_of(village.esi, "team")
    assert talk.client.post(way, TRIED).status_code == 302
    assert all(way in day_of(who) for who in (talk.player, strangers.lia)), "child protection still takes over"
    assert client_of(strangers.lia).post(reverse("finish_next_step", args=[left]))["Location"] == way
    assert due(left) is None
    assert all(way not in day_of(who) for who in (talk.player, village.esi, strangers.lia))


def test_whom_the_worker_spoke_to_is_not_stored_without_a_name(talk: Conversation) -> None:
    left = left_at(child_alone(talk).end(**UNABLE, **SPOKE))
    (stored_finding,) = talk.open(left).read(Compartment.CODED, "findings")["list"]
    assert (stored_finding["acted"], stored_finding["needs"][0]["known"]) == ("SPOKE", True)
    assert is_task(left), "child protection takes over, though nobody waits"
    assert b"officer Contoh" not in whole_database()


def test_with_a_name_whom_the_worker_spoke_to_is_stored_with_the_story(
    talk: Conversation,
) -> None:
    person = left_at(child_alone(talk).end(**UNABLE, **KEPT, **SPOKE))
    (need,) = talk.open(person).read(Compartment.CODED, "needs")["list"]
    (spoken,) = talk.open(person).read(Compartment.NARRATIVE, "spoken")["list"]
    assert need["spoke_to"]
    assert (spoken["need"], spoken["whom"]) == (need["id"], SPOKE["whom"])
    assert is_task(person)


def test_a_stop_rule_without_a_ticked_need_stores_whom_the_worker_spoke_to(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.ways_to_stop(step="SAFE", stop="STOP_DANGER")
    person = left_at(talk.end(**UNABLE, **KEPT, **SPOKE))
    (need,) = talk.open(person).read(Compartment.CODED, "needs")["list"]
    (spoken,) = talk.open(person).read(Compartment.NARRATIVE, "spoken")["list"]
    assert need["spoke_to"]
    assert spoken["need"] == need["id"] == "urgent-STOP_DANGER"


def test_danger_is_a_need_beside_another_of_the_same_provider(
    talk: Conversation,
) -> None:
    talk.post("SAFE", **SAFE)
    threat = {"acted": "SPOKE", "who": "the watch of the village"}
    answer = {f"n-ND_THREAT-{name}": value for name, value in threat.items()}
    talk.post("NEEDS", **{"n-ND_THREAT": "YES"}, **answer, stop="STOP_DANGER")
    person = left_at(talk.end(**UNABLE, **KEPT, **TRIED))
    stored = talk.open(person).read(Compartment.CODED, "needs")["list"]
    assert {item["id"] for item in stored} == {"urgent-ND_THREAT", "urgent-STOP_DANGER"}
    assert due(person) == clock.today()
    contact = {"need": "urgent-STOP_DANGER", "whom": "the duty officer"}
    talk.client.post(reverse("record_contact", args=[person]), contact)
    assert due(person) > clock.today(), "the next step"


def test_a_person_for_whom_nobody_was_reached_is_due_until_somebody_is(talk: Conversation) -> None:
    person = left_at(child_alone(talk).end(**UNABLE, **KEPT, **TRIED))
    assert f'href="{reverse("person", args=[person])}"' in day_of(talk.player).split('"due"')[1]
    contact = {"need": "urgent-ND_CHILD_ALONE", "whom": "the child worker"}
    talk.client.post(reverse("record_contact", args=[person]), contact)
    assert is_task(person), "the lead owns the next step, because nobody here works in child protection"
    assert "What happens next" in text(talk.client.get(reverse("person", args=[person])))
    assert led_to(talk.client.post(reverse("finish_next_step", args=[person]))) == str(person)
    assert due(person) is None


def test_a_need_of_a_finished_talk_waits_as_well_and_after_a_tie_nothing_does(
    talk: Conversation,
) -> None:
    talk.walk(NEEDS=CALLED)
    assert due(left_at(talk.end(**UNABLE))) is not None
    tied = Conversation.begun_by(talk.player)
    tied.post("SAFE", **SAFE)
    tied.post("NEEDS", **CALLED, stop="STOP_TIE")
    assert due(left_at(tied.end(**UNABLE))) is None


def test_an_urgent_need_says_what_is_missing_if_nobody_was_named(talk: Conversation) -> None:
    talk.walk(NEEDS={"n-ND_BED": "YES", "n-ND_BED-acted": "SPOKE"})
    waiting = text(talk.sum_up()).split("I have no safe place to sleep tonight")[1].split("</p>")[0]
    assert "Enter who you spoke to." in waiting
    assert "I spoke with someone who will help" not in waiting


def bed_lines(page: str) -> list[str]:
    """Return the services that a page lists for a bed tonight."""
    return page.split('id="need-ND_BED"')[1].split('id="need-')[0].split("<li")[1:]


def test_where_people_of_any_age_may_be_children_have_a_number_before_an_age_is_typed(
    village: SimpleNamespace, services: None
) -> None:
    raid = Conversation.begun_by(village.ben, place="RAID")
    raid.post("SAFE", **SAFE)
    lines = bed_lines(text(raid.page("NEEDS")))
    assert "people of 18 and older" not in lines[0]
    assert any("from 4 to 17" in line for line in lines)
    assert any("people of 18 and older" in line for line in lines)
    raid.post("NEEDS", **{"needs-all-asked": "yes", "age-years": "31"})
    assert not any("from 4 to 17" in line for line in bed_lines(text(raid.page("NEEDS"))))


def test_a_need_with_which_the_person_wants_no_help_is_not_called_still_urgent(talk: Conversation) -> None:
    declined = {"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "NOT_WANTED"}
    talk.walk(NEEDS={**declined, "n-ND_BED": "YES", "n-ND_BED-acted": "TRIED"})
    left = left_at(talk.end(**UNABLE))
    page = talk.client.get(reverse("talk_ended", args=[left]))
    still_open = [line["code"] for line in page.context["services"] if line.get("is_open")]
    assert still_open == ["ND_BED"]
    assert "The person does not want it" in text(page)


def test_the_end_of_a_talk_without_a_name_names_the_line_of_the_sector_and_no_child_for_an_adult(
    village: SimpleNamespace, services: None
) -> None:
    fisher = Conversation.begun_by(village.ben, place="FISH_PORT")
    left = left_at(fisher.walk(NEEDS={"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "TRIED"}).end(**STRONG_END, keep="no"))
    page = text(fisher.client.get(reverse("talk_ended", args=[left])))
    assert "000-0000-0152" in page
    assert "Offer all help" in page
    assert "For a child" not in page


def test_a_call_agreed_for_later_is_due_now_once_the_person_is_a_child(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    later = {"n-ND_THREAT": "YES", "n-ND_THREAT-acted": "LATER", "needs-all-asked": "yes"}
    assert led_to(talk.post("NEEDS", **later)) == "AGE"
    child = {"age-years": "15", "age-band": "FROM_15_TO_17", "q-AG_GUARDIAN": "HERE"}
    assert led_to(talk.post("AGE", **child)) == "NEEDS"
    page = text(talk.page("NEEDS"))
    assert "You agreed to call later" in page
    assert 'value="LATER"' not in page
    talk.post("NEEDS", **{**later, "n-ND_THREAT-acted": "TRIED"})
    assert "You agreed to call later" not in text(talk.page("NEEDS"))


def test_an_untrained_worker_with_a_child_sees_no_empty_theme(
    village: SimpleNamespace,
) -> None:
    talk = Conversation.begun_by(village.ben, form="full", place="VILLAGE_HOME")
    full = {"q-TI_OUTSIDE": "NO", "q-LG_UNDERSTAND": "YES"}
    talk.post("SAFE", **SAFE, **full)
    talk.post("NEEDS", **{"needs-all-asked": "yes"})
    talk.post("AGE", **{"age-years": "15", "age-band": "FROM_15_TO_17", "q-AG_GUARDIAN": "HERE"})
    talk.post("CONSENT", **AGREED, **{"q-CN_GUARDIAN": "YES"})
    page = talk.page("SIGNS")
    assert page.status_code == 200, page["Location"]
    themes = [part for part in page.context["page"]["parts"] if part["kind"] == "theme"]
    assert all(any(not line["by_whom"] for line in part["lines"]) for part in themes)


def test_the_note_of_a_stopped_talk_leads_back_to_it(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.ways_to_stop(step="NEEDS", stop="STOP_STAFF")
    address = reverse("talk_note", args=[talk.record])
    version = talk.client.get(address).context["version"]
    assert led_to(talk.client.post(address, {"version": version, "go": "back"})) == "outcome"


def test_nobody_is_sent_to_an_interpreter_for_help_in_the_whole_country(services: None) -> None:
    assert directory.country_lines(most=9)
    assert all(set(card.types) != {"COO_INTERPRET"} for card in directory.country_lines(most=9))


def test_numbers_for_others_who_are_held_elsewhere_are_for_no_child_and_need_no_visit(
    talk: Conversation, services: None
) -> None:
    talk.walk(NEEDS={"n-ND_OTHERS_HELD": "YES", "n-ND_OTHERS_HELD-acted": "TRIED"})
    page = text(talk.client.get(reverse("talk_ended", args=[left_at(talk.end(**STRONG_END, keep="no"))])))
    others = page.split("Others are still held")[1].split("</section>")[0]
    assert "000-0000-0171" not in others
    assert "A ride to safety" not in others


def test_before_the_sex_is_known_a_shelter_for_men_comes_after_the_line_for_everybody(services: None) -> None:
    beds = instrument().needs["ND_BED"].services
    somebody = PersonFacts(age_status="AB_18", place="31")
    names = [str(card.name) for card in directory.likely_lines(beds, somebody)]
    assert names.index("Shelter for men") > names.index("Crisis line, day and night")
    man = replace(somebody, sex="MALE")
    assert "Shelter for men" in [str(card.name) for card in directory.likely_lines(beds, man)][:2]
