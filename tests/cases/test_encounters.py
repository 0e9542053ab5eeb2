"""Earlier encounters are recorded at any time, counted once, and counted without the person."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from suar.cases import duplicates, encounters, statistics
from suar.cases.codes import ENCOUNTER_HARMS, ENCOUNTER_ROLES
from suar.cases.documents.history import Encounter, EncounterWords
from suar.cases.rules import history as rules
from suar.cases.rules.dates import PartialDate
from suar.core import clock
from suar.core.codes import code_list
from suar.core.ids import short_code
from suar.core.refusals import Conflict, NotYours
from suar.core.small_counts import past_year
from suar.demo.cast import Cast
from suar.records import actions as records
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.models import Record
from suar.records.terms import Compartment
from suar.screening.codes import Outcome
from suar.screening.documents import Finding, Findings
from tests.people import acting_as, client_of, person_of, refresh

RAID = {"event": "ARRESTED", "when": "17 May 2024", "setting": "RAID", "role": "POLICE_UNIT", "district": "32.74"}


def add(client: Client, person: OpenRecord, **typed: Any) -> Any:
    return client.post(reverse("add_encounter", args=[person.id]), {"event": "ARRESTED", **typed})


def of(cast: Cast, person: OpenRecord) -> list[Encounter]:
    refresh(person, cast.ben)
    return list(encounters.list_encounters(person).values())


def met(cast: Cast, **facts: Any) -> Encounter:
    return Encounter(**{"event": "ARRESTED", "by": cast.ben.id, "at": clock.now(), **facts})


def store(cast: Cast, person: OpenRecord, times: int, **facts: Any) -> None:
    for _ in range(times):
        encounters.record_encounter(person, met(cast, **facts), EncounterWords(), by=acting_as(cast.ben))


def people(cast: Cast, count: int) -> list[OpenRecord]:
    return [person_of(cast.ben, cast, name=f"Rekaan {number}") for number in range(count)]


def in_an_earlier_quarter() -> AbstractContextManager[None]:
    return clock.shifted(past_year(clock.today())[1] - clock.today() - timedelta(days=3))


def counted(cast: Cast, part: str) -> list[tuple[str, int]]:
    rows = statistics.count_encounters(by=acting_as(cast.esi), today=clock.today())[part]
    return [(row.label, row.often) for row in rows]


# Recording


def test_an_encounter_needs_only_its_kind_and_stands_on_the_timeline(
    cast: Cast, ben: Client, amina: OpenRecord
) -> None:
    assert add(ben, amina).status_code == 302
    typed = {**RAID, "event": "HEALTH_ONLY", "setting": "HEALTH_FACILITY", "behaviour": "a burnt hand", "months": "7"}
    chosen = {"barriers_PERSON": ["P_SHAME"], "harms": ["INJURED"], "sources": ["PERSON"]}
    assert add(ben, amina, **typed, **chosen).status_code == 302
    page = ben.get(reverse("encounters", args=[amina.id])).content.decode()
    for words in ("a burnt hand", "17 May 2024", "Keep it secret, and show how."):
        assert words in page
    line = ben.get(reverse("person", args=[amina.id])).context["events"]
    events = [event for event in line if event.kind == "encounter"]
    assert [event.when for event in events if event.text] == ["17 May 2024"]
    assert len(events) == 2


def test_a_rough_date_is_kept_as_it_was_said(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    assert add(ben, amina, when="about May 2024").status_code == 302
    assert add(ben, amina, event="DISBELIEVED", when="2023").status_code == 302
    assert [str(one.when) for one in of(cast, amina)] == ["2023", "2024-05~"], "in order of time"


@pytest.mark.parametrize("typed", [{"when": "soon"}, {"when": "2190"}, {"months": "-1"}, {"event": "NONSENSE"}])
def test_what_is_impossible_is_refused_and_stays_in_the_form(
    cast: Cast, ben: Client, amina: OpenRecord, typed: dict[str, str]
) -> None:
    page = add(ben, amina, behaviour="typed before", **typed)
    assert page.status_code == 400
    assert list(page.context["form"].errors) == list(typed)
    assert page.context["form"]["behaviour"].value() == "typed before"
    assert of(cast, amina) == []


def test_words_are_not_among_the_codes_and_nothing_is_shared(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina, behaviour="she cried", lesson="ask alone", lesson_owner="the clinic")
    refresh(amina, cast.ben)
    [key] = encounters.list_encounters(amina)
    coded = amina.read(Compartment.CODED, f"encounter-{key}")
    assert coded
    assert not {"behaviour", "lesson", "lesson_owner"} & coded.keys()
    assert not Encounter.storage.shareable
    assert not EncounterWords.storage.shareable


def test_an_encounter_is_added_also_after_the_record_was_closed(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    records.close(amina.id)
    assert add(ben, amina).status_code == 302
    assert len(of(cast, amina)) == 1


# Counted once


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {}, True),
        ({"when": PartialDate(2024, 5)}, {"when": PartialDate(2024, 5, 17)}, True),
        ({"when": PartialDate(2024, 5)}, {"when": PartialDate(2024, 7)}, False),
        ({"when": PartialDate(2024, 5, about=True)}, {"when": PartialDate(2024, 6)}, True),
        ({"setting": "RAID"}, {}, True),
        ({"setting": "RAID"}, {"setting": "AIRPORT"}, False),
        ({"role": "IMMIGRATION"}, {"role": "POLICE_UNIT"}, False),
        ({"country": "MY"}, {"country": "ID"}, False),
        ({}, {"event": "DISBELIEVED"}, False),
    ],
)
def test_two_accounts_may_be_of_the_same_encounter(
    cast: Cast, one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    assert rules.may_be_same(met(cast, **one), met(cast, **other)) is same
    assert rules.may_be_same(met(cast, **other), met(cast, **one)) is same


def test_an_event_that_is_told_twice_is_offered_as_the_same(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina, when="May 2024", sources=["PERSON"], behaviour="she was silent")
    again = {"when": "2024", "setting": "RAID", "sources": ["FILE_REVIEW"], "behaviour": "no interpreter came"}
    page = add(ben, amina, **again)
    assert page.status_code == 400
    [(key, label), (other, _)] = page.context["form"].fields["same"].choices
    assert "May 2024" in label
    assert add(ben, amina, **again, same=key).status_code == 302
    [one] = of(cast, amina)
    assert (str(one.when), one.setting, one.sources) == ("2024-05", "RAID", ("PERSON", "FILE_REVIEW"))
    [newest] = encounters.list_encounters(amina)
    assert encounters.get_encounter(amina, newest)[1].behaviour == "she was silent\nno interpreter came"
    assert add(ben, amina, **again, same=other).status_code == 302
    assert len(of(cast, amina)) == 2


def test_one_raid_on_several_people_is_one_event(cast: Cast) -> None:
    raid = {"when": PartialDate(2024, 5, 17), "setting": "RAID", "district": "32.74", "role": "POLICE_UNIT"}
    rough = {**raid, "when": PartialDate(2024, 5)}
    told = enumerate([met(cast, **raid), met(cast, **raid), met(cast, **rough), met(cast, **rough)])
    events = [(people, str(row.when)) for people, row in rules.count_once(told)]
    assert events == [({0, 1}, "2024-05-17"), ({2}, "2024-05"), ({3}, "2024-05")], "a rough date is never sure"


def test_what_a_talk_recorded_is_offered_to_be_completed(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    finding = Finding(at=clock.now(), by=cast.ben.id, outcome=Outcome("PRESUMED_VICTIM"), missed=("SENT_BACK",))
    amina.put(Findings(entries=(finding,)), by=cast.ben.id, at=clock.now())
    [item] = ben.get(reverse("encounters", args=[amina.id])).context["mentions"]
    assert item["event"] == "SENT_BACK"
    form = ben.get(reverse("add_encounter", args=[amina.id]), {"event": "SENT_BACK"}).context["form"]
    assert form["event"].value() == "SENT_BACK"
    add(ben, amina, event="SENT_BACK")
    assert ben.get(reverse("encounters", args=[amina.id])).context["mentions"] == []


# Correcting


def test_a_correction_keeps_both_versions_and_is_undone(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina, when="2024", behaviour="first")
    refresh(amina, cast.ben)
    [key] = encounters.list_encounters(amina)
    path = reverse("encounter", args=[amina.id, key])
    assert ben.get(path).context["form"]["when"].value() == "2024"
    assert ben.post(path, {"event": "DISBELIEVED", "when": "2023"}).status_code == 302
    [item] = ben.get(reverse("encounters", args=[amina.id])).context["encounters"]
    assert len(item["former"]) == 1
    assert ben.get(path).status_code == 302, "an old address leads to the newest version"
    late = client_of(cast.esi).post(path, {"event": "ARRESTED", "when": "2022", "behaviour": "mine"})
    assert late.status_code == 409
    assert late.context["form"]["behaviour"].value() == "mine"
    with pytest.raises(Conflict):
        encounters.correct_encounter(amina, key, met(cast), EncounterWords(), by=acting_as(cast.ben))
    undone = ben.post(reverse("undo", args=[amina.id]), {"what": "encounter", "key": item["key"]}, follow=True)
    assert undone.redirect_chain == [(reverse("encounters", args=[amina.id]), 302)]
    assert "Undone." in undone.content.decode()
    [one] = of(cast, amina)
    assert (one.event, str(one.when)) == ("ARRESTED", "2024")
    with pytest.raises(NotYours):
        encounters.get_encounter(amina, item["key"])


def test_nobody_else_sees_it(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    add(ben, amina)
    refresh(amina, cast.ben)
    [key] = encounters.list_encounters(amina)
    other = client_of(cast.chioma)
    for path in (
        reverse("encounters", args=[amina.id]),
        reverse("add_encounter", args=[amina.id]),
        reverse("encounter", args=[amina.id, key]),
    ):
        assert other.get(path).status_code == 404
    assert other.get(reverse("encounter_statistics")).status_code == 404


# Learning without the person


def test_agencies_learn_from_counts_without_the_person(cast: Cast, esi: Client, amina: OpenRecord) -> None:
    facts = {"setting": "AIRPORT", "role": "IMMIGRATION", "harms": ("REMOVED",)}
    five = [amina, *people(cast, 4)]
    with in_an_earlier_quarter():
        store(cast, amina, 1, **facts, barriers=("P_SHAME",))
        for number, person in enumerate(five):
            store(cast, person, 1, **facts, barriers=("P_SHAME",))
            store(cast, person, min(number, 1), event="DISBELIEVED", setting="SCHOOL", role="TEACHER")
    for person in five:
        store(cast, person, 1, setting="EMBASSY", role="CONSULAR")
    page = esi.get(reverse("encounter_statistics"))
    parts = {title: [(row.label, row.often) for row in rows] for title, rows in page.context["parts"]}
    assert parts["By what happened"] == [("Was arrested or charged", 5)], "not those of this quarter"
    assert parts["By place"] == [("Airport", 5)]
    assert parts["By who met the person"] == [(ENCOUNTER_ROLES.label("IMMIGRATION"), 5)]
    assert parts["By place and who met the person"] == [("Airport · Immigration officer", 5)]
    assert parts["What stood in the way"] == [("Ashamed, or afraid of talk", 5)]
    assert parts["What followed"] == [(ENCOUNTER_HARMS.label("REMOVED"), 5)]
    text = page.content.decode()
    for identity in ("Amina", short_code(amina.id), str(amina.id), "Ben"):
        assert identity not in text
    assert "Keep it secret, and show how." in text, "what can help"


def test_what_one_person_told_often_is_never_a_count(cast: Cast, amina: OpenRecord) -> None:
    with in_an_earlier_quarter():
        store(cast, amina, 7, setting="AIRPORT")
        for person in people(cast, 3):
            store(cast, person, 2, setting="AIRPORT")
    assert counted(cast, "setting") == []


def test_two_records_of_one_person_are_one_person(cast: Cast, amina: OpenRecord) -> None:
    others = people(cast, 4)
    with in_an_earlier_quarter():
        for person in (amina, *others):
            store(cast, person, 2, setting="AIRPORT")
    assert counted(cast, "setting") == [("Airport", 10)], "positive control"
    pair = duplicates.Pair(*(keyring.open_record(person.id, keys=cast.ben.keys) for person in (amina, others[0])))
    for person in (pair.stays, pair.goes):
        records.set_due(person.id, due=None)
    pair = pair.lock(acting_as(cast.ben))
    duplicates.merge(pair, chosen=(), seen=pair.version, by=acting_as(cast.ben))
    assert counted(cast, "setting") == []


def test_the_same_raid_of_several_people_counts_once(cast: Cast) -> None:
    raid = {"setting": "RAID", "district": "32.74", "role": "POLICE_UNIT"}
    five = people(cast, 5)
    with in_an_earlier_quarter():
        for person in five:
            store(cast, person, 1, when=PartialDate(2024, 5, 17), **raid)
    assert counted(cast, "event") == []
    with in_an_earlier_quarter():
        for day in range(1, 5):
            for person in five:
                store(cast, person, 1, when=PartialDate(2024, 6, day), **raid)
    assert counted(cast, "event") == [("Was arrested or charged", 5)], "five raids, and five people were in them"


def test_a_restricted_record_is_not_counted(cast: Cast, amina: OpenRecord) -> None:
    with in_an_earlier_quarter():
        for person in (amina, *people(cast, 4)):
            store(cast, person, 2, setting="AIRPORT")
    assert counted(cast, "setting"), "positive control"
    Record.objects.filter(id=amina.id).update(restricted=True)
    assert counted(cast, "setting") == []


def test_the_code_lists_are_whole() -> None:
    assert len(encounters.codes_of("missed")) == 17
    assert len(encounters.codes_of("barriers")) == 69
    assert (len(ENCOUNTER_HARMS), len(code_list("cases", "encounter_sources"))) == (8, 3)
    for barrier in encounters.codes_of("barriers").values():
        assert barrier.response
