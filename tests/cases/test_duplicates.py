"""Two records of one person: found with reasons, compared, told apart, merged, taken apart; nothing is lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from suar.cases import actions, calendars, duplicates
from suar.cases.rules.duplicates import conflicting_facts, reasons, united_facts
from suar.consent import exclusions
from suar.consent.codes import ContactRule, ExclusionKind
from suar.consent.documents import Person, SafeContact, Warnings
from suar.consent.exclusions import NewExclusion
from suar.consent.facts import read_facts
from suar.core import clock
from suar.demo.cast import Cast, Player
from suar.records import actions as records
from suar.records import keyring
from suar.records import queries as lists
from suar.records.keyring import OpenRecord
from suar.records.models import Record, Value
from suar.records.search import end_of_number, similarity
from suar.records.terms import Kind, Status
from suar.referrals import sending
from tests.people import acting_as, agreed, client_of, sent

# Rules


@pytest.mark.parametrize(
    ("one", "other", "whole", "part", "why"),
    [
        ({}, {}, 0.9, 1, ("NAME",)),
        ({"number": "12345678"}, {"number": "12345678"}, 0, 0, ("NUMBER",)),
        ({"age": 20, "place": "x"}, {"age": 20, "place": "x"}, 0.5, 0.95, ("AGE_PLACE",)),
        ({"age": 20, "place": "x"}, {"age": 21, "place": "x"}, 0.5, 0.95, ()),
        ({"age": 20, "place": "x"}, {"age": 20, "place": "x"}, 0.5, 0.6, ()),
        ({"number": ""}, {"number": ""}, 0.5, 0.5, ()),
    ],
)
def test_two_records_look_alike_for_a_reason(
    one: dict[str, Any], other: dict[str, Any], whole: float, part: float, why: tuple[str, ...]
) -> None:
    assert reasons(one, other, whole=whole, part=part) == why


def test_names_are_compared_in_other_spellings_and_numbers_by_their_end() -> None:
    assert similarity(["Soekarti Djaja"], ["Sukarti Jaya"]) > 0.85
    assert similarity(["Amina"], ["Amina Rekaan"]) < 0.85
    assert similarity(["Amina"], ["Amina Rekaan"], part=True) == 1
    assert similarity([""], ["Amina"]) == 0
    assert end_of_number("+62 812-0000-5101") == end_of_number("0812 00005101")
    assert end_of_number("110") == ""


TEXTS = ("name", "aliases", "phone", "do_not", "if_answered", "age_band")
FLAGS = tuple(rule.lower() for rule in ContactRule)
FACTS: dict[str, Any] = {**dict.fromkeys(TEXTS, ""), **dict.fromkeys(FLAGS, False), "age": None, "age_status": None}


def test_the_stricter_rule_wins_and_no_name_is_lost() -> None:
    ours = FACTS | {"name": "Amina", "phone": "1", "no_calls": True, "do_not": "never her uncle", "age": 20}
    theirs = FACTS | {"name": "Aminah", "aliases": "Mina", "phone": "2", "no_visits": True, "do_not": "no police"}
    assert conflicting_facts(ours, theirs) == ["name", "phone"]
    united = united_facts(ours, theirs, chosen={"name"})
    assert (united["no_calls"], united["no_messages"], united["no_visits"]) == (True, False, True)
    assert united["do_not"] == "never her uncle\nno police"
    assert (united["name"], united["aliases"]) == ("Aminah", "Amina, Mina")
    assert "phone" not in united


def test_an_age_comes_with_what_follows_from_it() -> None:
    ours = FACTS | {"age": 20, "age_band": "ADULT", "age_status": "ADULT"}
    theirs = FACTS | {"age": 16, "age_band": "TEEN", "age_status": "CHILD"}
    united = united_facts(ours, theirs, chosen={"age"})
    assert (united["age"], united["age_band"], united["age_status"]) == (16, "TEEN", "CHILD")


# Pages


def met(player: Player, name: str, phone: str = "", **contact: Any) -> UUID:
    """Make a record of a person of a player."""
    by = acting_as(player)
    team = min(by.viewer.teams)
    record = records.new_record(Kind.PERSON, organisation=by.viewer.organisation, team=team, by=by.worker, at=by.at)
    record.put(Person(name=name), by=by.worker, at=by.at)
    record.put(SafeContact(phone=phone, **contact), by=by.worker, at=by.at)
    calendars.update_due(record, by=by)
    return record.id


@pytest.fixture
def twice(cast: Cast, amina: OpenRecord) -> UUID:
    """Record Amina a second time, in another spelling."""
    calendars.update_due(amina, by=acting_as(cast.ben))
    return met(cast.ben, "Aminah Rekaan", "000-0000-9999", no_calls=True)


def opened(player: Player, record: UUID) -> OpenRecord:
    return keyring.open_record(record, keys=player.keys)


def likely(client: Client, record: UUID) -> Any:
    return client.get(reverse("duplicate_records", args=[record])).context["likely"]


def compare(client: Client, record: UUID, other: UUID, **typed: Any) -> Any:
    path = reverse("compare_records", args=[record, other])
    if not typed:
        return client.get(path)
    page = client.get(path)
    form = page.context["form"]
    chosen = {field.name: "stays" for field in form.choices}
    return client.post(path, {"seen": form["seen"].value(), **chosen, **typed})


def test_another_spelling_is_shown_with_its_reason_and_a_stranger_is_not(
    cast: Cast, ben: Client, amina: OpenRecord, twice: UUID
) -> None:
    stranger = met(cast.ben, "Bambang Sungai")
    [line] = likely(ben, amina.id)
    assert (line["record"], line["reasons"]) == (twice, "The same name, perhaps in another spelling")
    assert likely(ben, stranger) == []
    assert reverse("duplicate_records", args=[amina.id]) in ben.get(reverse("person", args=[amina.id])).content.decode()


def test_the_same_number_is_a_reason(cast: Cast, ben: Client) -> None:
    one, other = met(cast.ben, "Wulan", "+62 812-0000-5101"), met(cast.ben, "Ratih", "0812 00005101")
    assert [(line["record"], line["reasons"]) for line in likely(ben, one)] == [(other, "The same number")]


def test_nobody_learns_of_a_record_that_their_keys_do_not_open(
    cast: Cast, amina: OpenRecord, twice: UUID, chioma: Client
) -> None:
    theirs = met(cast.chioma, "Amina Rekaan")
    assert likely(chioma, theirs) == []
    assert chioma.get(reverse("compare_records", args=[theirs, twice])).status_code == 404
    assert chioma.get(reverse("duplicate_records", args=[amina.id])).status_code == 404


def test_not_the_same_is_remembered_on_both(ben: Client, amina: OpenRecord, twice: UUID) -> None:
    assert compare(ben, amina.id, twice, apart="yes").status_code == 302
    assert likely(ben, amina.id) == likely(ben, twice) == []


@pytest.mark.db_contract
def test_a_merge_unites_facts_closes_one_and_deletes_nothing(
    cast: Cast, ben: Client, amina: OpenRecord, twice: UUID
) -> None:
    actions.plan_task(opened(cast.ben, twice), "MEET", clock.today() + timedelta(days=3), by=acting_as(cast.ben))
    actions.add_note(opened(cast.ben, twice), "she likes mangoes", by=acting_as(cast.ben))
    before = Value.objects.filter(record=twice).count()
    assert compare(ben, amina.id, twice, name="goes").status_code == 302
    stays, goes = opened(cast.ben, amina.id), opened(cast.ben, twice)
    facts = read_facts(stays)
    assert (facts["name"], facts["aliases"], facts["no_calls"]) == ("Aminah Rekaan", "Amina Rekaan", True)
    assert (stays.facts.status, goes.facts.status) == (Status.OPEN, Status.CLOSED)
    assert Value.objects.filter(record=twice).count() >= before
    assert lists.due_on(amina.id) == clock.today() + timedelta(days=3)
    page = ben.get(reverse("person", args=[twice])).content.decode()
    assert "she likes mangoes" in page
    assert reverse("person", args=[amina.id]) in page
    assert reverse("person", args=[twice]) in ben.get(reverse("person", args=[amina.id])).content.decode()
    assert likely(ben, amina.id) == []
    assert [row.id for row in ben.get(reverse("caseload")).context["people"]] == [amina.id]


def test_every_fact_that_differs_is_chosen_by_the_worker(ben: Client, amina: OpenRecord, twice: UUID) -> None:
    path = reverse("compare_records", args=[amina.id, twice])
    seen = ben.get(path).context["form"]["seen"].value()
    answer = ben.post(path, {"seen": seen})
    assert answer.status_code == 400
    assert "name" in answer.context["form"].errors


def test_consents_and_referrals_stay_and_work(cast: Cast, ben: Client, amina: OpenRecord, twice: UUID) -> None:
    consent = agreed(amina, cast.ben)
    referral = sent(opened(cast.ben, amina.id), consent, cast.ben).referral
    assert compare(ben, twice, amina.id).status_code == 200
    assert compare(ben, twice, amina.id, name="stays").status_code == 302
    page = ben.get(reverse("person", args=[amina.id]))
    assert [row.id for row in page.context["sent"]] == [referral]
    assert ben.get(reverse("referral_sent", args=[amina.id, referral])).status_code == 200
    assert len(page.context["consents"]) == 1
    assert client_of(cast.chioma).post(reverse("accept_referral", args=[referral])).status_code == 302
    withdraw = reverse("withdraw", args=[amina.id, consent])
    assert ben.post(withdraw, {"reason": "enough"}).status_code == 302


@pytest.mark.db_contract
def test_who_must_never_know_counts_for_both(cast: Cast, ben: Client, amina: OpenRecord, twice: UUID) -> None:
    uncle = [NewExclusion(ExclusionKind.WORDS, words="her uncle")]
    sending.record_exclusions(opened(cast.ben, twice), uncle, by=acting_as(cast.ben))
    esi = [NewExclusion(ExclusionKind.WORKER, ref=cast.esi.id)]
    sending.record_exclusions(opened(cast.ben, amina.id), esi, by=acting_as(cast.ben))
    assert compare(ben, amina.id, twice, name="stays").status_code == 302
    for record in (amina.id, twice):
        listed = exclusions.list_exclusions(opened(cast.ben, record))
        assert {entry.words or entry.ref for entry in listed} == {"her uncle", cast.esi.id}
        assert Record.objects.get(id=record).restricted
        assert client_of(cast.esi).get(reverse("person", args=[record])).status_code == 404
    undo(ben, amina.id, twice)
    assert client_of(cast.esi).get(reverse("person", args=[twice])).status_code == 404


def undo(client: Client, record: UUID, other: UUID) -> Any:
    return client.post(reverse("undo_merge", args=[record, other]))


@pytest.mark.db_contract
def test_an_undo_puts_everything_back_but_what_was_changed_since(
    cast: Cast, ben: Client, amina: OpenRecord, twice: UUID
) -> None:
    by = acting_as(cast.ben)
    actions.change_details(amina, {"do_not": "no police"}, seen={"do_not": read_facts(amina)["do_not"]}, by=by)
    before = read_facts(opened(cast.ben, amina.id))
    compare(ben, amina.id, twice, name="goes")
    merged = opened(cast.ben, amina.id)
    with clock.shifted(timedelta(days=2)):
        later = client_of(cast.ben)
        change = {"do_not": "no police, no village head"}
        actions.change_details(merged, change, seen={"do_not": read_facts(merged)["do_not"]}, by=acting_as(cast.ben))
        assert undo(later, amina.id, twice).status_code == 302
    stays, goes = opened(cast.ben, amina.id), opened(cast.ben, twice)
    assert read_facts(stays) == before | change
    assert goes.facts.status is Status.OPEN
    assert (duplicates.merges_of(stays), duplicates.merged_into(goes)) == ([], None)
    assert (stays.get(Warnings) or Warnings()).text == "no police, no village head"
    assert undo(ben, amina.id, twice).status_code == 409


def test_an_undo_after_thirty_days_is_refused_in_plain_words(
    cast: Cast, ben: Client, amina: OpenRecord, twice: UUID
) -> None:
    compare(ben, amina.id, twice, name="stays")
    with clock.shifted(timedelta(days=31)):
        answer = undo(client_of(cast.ben), amina.id, twice)
    assert answer.status_code == 409
    assert "More than 30 days have passed" in answer.content.decode()


def test_two_workers_at_once_see_that_something_changed(
    cast: Cast, ben: Client, amina: OpenRecord, twice: UUID
) -> None:
    path = reverse("compare_records", args=[amina.id, twice])
    form = ben.get(path).context["form"]
    seen, chosen = form["seen"].value(), {field.name: "goes" for field in form.choices}
    by = acting_as(cast.ben)
    facts = read_facts(amina)
    actions.change_details(amina, {"wish": "to study"}, seen={"wish": facts["wish"]}, by=by)
    answer = ben.post(path, {"seen": seen, **chosen})
    assert answer.status_code == 409
    assert answer.context["form"]["name"].value() == "goes"
    assert opened(cast.ben, twice).facts.status is Status.OPEN


def test_a_merged_record_is_not_merged_again(cast: Cast, ben: Client, amina: OpenRecord, twice: UUID) -> None:
    third = met(cast.ben, "Amina Rekaan")
    compare(ben, amina.id, twice, name="stays")
    answer = compare(ben, third, twice, name="stays")
    assert answer.status_code == 409
    assert "Take those apart first" in answer.content.decode()


def test_an_urgent_need_comes_before_a_merge(cast: Cast, ben: Client, amina: OpenRecord, twice: UUID) -> None:
    records.set_due(twice, due=clock.today())
    assert compare(ben, amina.id, twice, name="stays").status_code == 409
    assert compare(ben, twice, amina.id, name="stays").status_code == 302
