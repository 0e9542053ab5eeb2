"""How a talk ends: by a stop rule, by an outcome with a reason, or by being left alone."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from suar.accounts.models import Session
from suar.audit import queries as chain
from suar.audit.models import Entry
from suar.consent.documents import Person, Profile
from suar.core import clock
from suar.core.refusals import Conflict, NotYours
from suar.records.models import Grant, Record, Value
from suar.records.rules import mask_of
from suar.records.terms import Compartment, HolderKind, Kind, Status
from suar.referrals import matching
from suar.referrals.codes import NeedStatus
from suar.screening import actions, queries
from suar.screening.actions import Conclusion, conclude_talk
from suar.screening.codes import Outcome
from suar.screening.models import Talk
from suar.screening.rules.answers import Reason
from suar.screening.rules.instrument import instrument
from suar.screening.rules.retention import codes_end
from suar.screening.tasks import destroy_abandoned_talks
from tests.people import acting_as, client_of, viewer
from tests.screening.conversing import (
    AGREED,
    DECLINED,
    GROWN,
    KEPT,
    NEAR,
    NOTHING_NEEDED,
    SAFE,
    STRONG_END,
    UNABLE,
    YOUNG,
    Conversation,
    left_at,
    text,
    whole_database,
)

CODED = [Compartment.CODED.value]
NAME = KEPT["name"].encode()


def finding(talk: Conversation, record: UUID) -> dict:
    """Read the one finding that a talk left."""
    (stored_finding,) = talk.open(record).read(Compartment.CODED, "findings")["list"]
    return stored_finding


def compartments(record: UUID) -> list[str]:
    """List the compartments in which a record has values."""
    return sorted(set(Value.objects.filter(record=record).values_list("compartment", flat=True)))


def test_a_finished_talk_makes_a_person_and_leads_to_the_options(talk: Conversation) -> None:
    answer = talk.walk().end(**STRONG_END, **KEPT, do_not="no village office", story="told")
    person = left_at(answer)
    assert answer["Location"] == reverse("options", args=[person])
    record = talk.open(person)
    assert record.facts.kind is Kind.PERSON
    assert record.get(Person) == Person(name="Amina Rekaan")
    assert record.read(Compartment.NARRATIVE, "do_not") == {"text": "no village office"}
    assert record.read(Compartment.CODED, "profile")["age_status"] == "AB_18"
    stored_finding = finding(talk, person)
    assert (stored_finding["outcome"], stored_finding["step"], stored_finding["path"]) == (
        "PRESUMED_VICTIM",
        "WRITE",
        "ADULT",
    )
    assert stored_finding["signs"]["SG_PAID"] == ["I_P_NO_PAY"]
    assert stored_finding["setting"] == "VILLAGE_OFFICE"
    assert queries.findings(record)[0].outcome is Outcome.PRESUMED_VICTIM


def test_a_talk_ends_with_a_bounded_number_of_statements(
    talk: Conversation, django_assert_max_num_queries: Any
) -> None:
    """Others wait to write meanwhile, so each statement more is paid for by them too.

    One more looks what was opened before, when the transaction is over.
    """
    talk.walk()
    with django_assert_max_num_queries(50):
        talk.end(**STRONG_END, **KEPT, do_not="no village office", story="told")


def test_the_entries_of_an_act_stand_in_the_chain_in_their_order(talk: Conversation) -> None:
    before = Entry.objects.count()
    left = left_at(talk.walk().end(**STRONG_END, **KEPT))
    verbs = [entry.verb for entry in Entry.objects.order_by("seq")[before:]]
    ending = verbs[verbs.index("new_person") :]
    assert ending[:4] == ["new_person", "forget", "never_tell", "conclude_talk"]
    assert Entry.objects.get(verb="conclude_talk").about == [str(left)]
    assert chain.chain_faults() == []


def test_what_a_talk_leaves_has_keys_of_its_own_and_the_talk_is_destroyed(
    talk: Conversation,
) -> None:
    talk.walk().end(**STRONG_END, **KEPT)
    assert not Grant.objects.filter(record=talk.record).exists()
    assert not Value.objects.filter(record=talk.record).exists()
    assert Record.objects.get(id=talk.record).status == Status.GONE


def test_a_person_without_a_name_gets_a_code(talk: Conversation) -> None:
    person = left_at(talk.walk().end(**STRONG_END, keep="on", exclude="no"))
    assert talk.open(person).read(Compartment.IDENTITY, "person") is None
    assert person in {record.id for record in Record.objects.filter(kind=Kind.PERSON)}


def test_urgent_needs_go_with_the_person(talk: Conversation) -> None:
    pain = {"n-ND_PAIN": "YES", "n-ND_PAIN-acted": "SPOKE", "n-ND_PAIN-who": "the nurse"}
    person = left_at(talk.walk(NEEDS={**pain, **NOTHING_NEEDED}).end(**STRONG_END, **KEPT))
    (need,) = talk.open(person).read(Compartment.CODED, "needs")["list"]
    assert (need["service_type"], need["urgency"]) == ("HEA_EMERGENCY", "U2")
    assert len(need["spoke_to"]) == 1
    (line,) = matching.need_lines(talk.open(person), ())
    assert list(line["contacts"]) == ["the nurse"]


WORDS = "her uncle Karta Contoh waits at Jalan Mawar"
OWN_WORDS = {"reason": "RS_WORDS", "words": WORDS}
CONTACTED = {"n-ND_PAIN": "YES", "n-ND_PAIN-acted": "SPOKE", "n-ND_PAIN-who": "Suster Contoh"}
NEED = {"NEEDS": {**CONTACTED, **NOTHING_NEEDED}}
QUIET = {**NEED, "SIGNS": {}}
"""A talk without reported signs, in which free text may be the reason for any outcome."""


def kept_in(talk: Conversation, record: UUID, compartment: Compartment) -> str:
    """Return all documents of a compartment as text."""
    opened = talk.open(record)
    if not opened.may(compartment):
        return ""
    return str([opened.read(compartment, name) for name in opened.names(compartment)])


@pytest.mark.parametrize(("ending", "steps"), [(UNABLE, QUIET), (DECLINED, QUIET), (STRONG_END, NEED)])
def test_free_words_do_not_survive_where_no_persons_record_is_made(
    talk: Conversation, ending: dict[str, str], steps: dict[str, dict]
) -> None:
    left = left_at(talk.walk(**steps).end(**{**ending, **OWN_WORDS, "keep": "no"}))
    assert finding(talk, left)["reason"] == "RS_WORDS"
    every = "".join(kept_in(talk, left, item) for item in Compartment)
    assert finding(talk, left)["needs"][0]["known"] is True
    assert "Karta" not in every
    assert "Suster" not in every


def test_free_words_do_not_survive_a_stop_rule(talk: Conversation) -> None:
    talk.post("SAFE", **NEAR)
    left = left_at(talk.end(outcome="UNABLE", **OWN_WORDS))
    assert "Karta" not in "".join(kept_in(talk, left, item) for item in Compartment)


def test_free_words_are_stored_with_the_story_only(
    talk: Conversation,
) -> None:
    person = left_at(talk.walk(**NEED).end(**{**STRONG_END, **OWN_WORDS, **KEPT}))
    coded = kept_in(talk, person, Compartment.CODED)
    assert "RS_WORDS" in coded
    assert "Karta" not in coded
    assert "Suster" not in coded
    free_text = kept_in(talk, person, Compartment.NARRATIVE)
    assert "Karta" in free_text
    assert "Suster" in free_text
    assert WORDS in text(talk.client.get(reverse("person", args=[person])))
    assert "Suster Contoh" in text(talk.client.get(reverse("options", args=[person])))


def test_without_the_story_free_words_are_dropped_and_the_need_stays_known(
    talk: Conversation,
) -> None:
    talk.walk(**QUIET)
    talk.ways_to_stop(step="SIGNS", stop="STOP_LEGAL")
    person = left_at(talk.end(**{**UNABLE, **OWN_WORDS, **KEPT}))
    every = "".join(kept_in(talk, person, item) for item in Compartment)
    assert "Amina Rekaan" in every
    assert "Karta" not in every
    assert "Suster" not in every
    pain, _ = matching.need_lines(talk.open(person), ())
    assert pain["status"] is NeedStatus.INFORMED


def test_the_person_hears_the_words_of_the_outcome(talk: Conversation) -> None:
    page = text(talk.walk().sum_up())
    assert "Tell the person:" in page
    assert "You have a right to help, and you choose which." in page


def test_nothing_is_chosen_for_the_worker_after_a_finished_talk(talk: Conversation) -> None:
    chosen = [item["chosen"] for item in talk.walk().sum_up().context["summary"]["outcomes"]]
    assert not any(chosen)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "GUILTY", "reason": "RS_SAME"}, "outcome"),
        ({"outcome": "PRESUMED_VICTIM", "reason": "RS_OTHER_CAUSE", "keep": "no"}, "reason"),
        ({"outcome": "PRESUMED_VICTIM", "reason": "RS_NONE", "keep": "no"}, "reason"),
        ({"outcome": "PRESUMED_VICTIM", "reason": "RS_WORDS", "keep": "no"}, "words"),
        ({"outcome": "PRESUMED_VICTIM", "reason": "RS_SAME"}, "keep"),
        ({**STRONG_END, "keep": "no", "name": "Amina Rekaan"}, "keep"),
        ({**UNABLE, "name": "Amina Rekaan"}, "keep"),
    ],
)
def test_a_missing_answer_does_not_end_the_talk(talk: Conversation, typed: dict[str, str], field: str) -> None:
    page = talk.walk().end(**typed)
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert Talk.objects.get(record=talk.record).ended_at is None


def test_a_name_typed_without_a_yes_can_be_left_behind_in_one_tap(talk: Conversation) -> None:
    typed = {**STRONG_END, "keep": "no", "name": "Amina Rekaan"}
    assert 'name="without"' in text(talk.walk().end(**typed))
    left = left_at(talk.end(**typed, without="on"))
    assert compartments(left) == CODED
    assert NAME not in whole_database()


def test_an_outcome_before_the_end_of_the_talk_is_refused_with_a_reason(talk: Conversation) -> None:
    page = talk.sum_up()
    assert "Three questions on safety come first" in text(page)
    outcomes = page.context["summary"]["outcomes"]
    assert {item["words"].code for item in outcomes if not item["why_not"]} == {"UNABLE", "DECLINED"}
    assert len(outcomes) == len(Outcome), "each other one says why"
    talk.post("SAFE", **SAFE)
    refused = talk.end(outcome="POSSIBLE_AT_RISK", reason="RS_KNOW_MORE", keep="no")
    assert "Ask first what is needed" in text(refused)
    assert Talk.objects.get(record=talk.record).ended_at is None


@pytest.mark.parametrize("ending", [UNABLE, DECLINED])
def test_unable_and_declined_leave_coded_facts_only(talk: Conversation, ending: dict[str, str]) -> None:
    talk.post("SAFE", **SAFE)
    answer = talk.end(**ending)
    left = left_at(answer)
    assert answer["Location"] == reverse("talk_ended", args=[left])
    assert compartments(left) == CODED
    record = talk.open(left)
    assert not record.may(Compartment.IDENTITY)
    assert record.facts.status is Status.CLOSED
    assert not Record.objects.filter(kind=Kind.PERSON).exists()
    page = text(talk.client.get(answer["Location"]))
    assert "No name was stored" in page


@pytest.mark.parametrize("ending", [UNABLE, DECLINED])
def test_coded_facts_have_a_retention_date(talk: Conversation, ending: dict[str, str]) -> None:
    talk.post("SAFE", **SAFE)
    left = Record.objects.get(id=left_at(talk.end(**ending)))
    grants = Grant.objects.filter(record=left.id)
    assert left.kind == Kind.CODES
    assert left.retention == codes_end(clock.today(), talk=instrument())
    assert set(grants.values_list("compartments", flat=True)) == {mask_of([Compartment.CODED])}
    assert set(grants.values_list("holder", flat=True)) == {
        HolderKind.WORKER,
        HolderKind.STATISTICS,
        HolderKind.ESCROW,
    }


@pytest.mark.parametrize("ending", [UNABLE, DECLINED])
def test_unable_and_declined_keep_what_the_person_wished(talk: Conversation, ending: dict[str, str]) -> None:
    talk.post("SAFE", **SAFE)
    person = left_at(talk.end(**ending, **KEPT))
    assert talk.open(person).read(Compartment.WHEREABOUTS, "contact")["hours"] == "08-10"


def test_a_lower_choice_is_read_by_a_second_person_who_sees_no_name(talk: Conversation) -> None:
    lower = {"outcome": "UNABLE", "reason": "RS_PERSON_CHOSE"}
    left = left_at(talk.walk().end(**lower))
    assert finding(talk, left)["second_reading"]
    assert "A second person will read" in text(talk.client.get(reverse("talk_ended", args=[left])))


def test_an_outcome_sent_twice_makes_one_record_and_answers_twice(talk: Conversation) -> None:
    talk.walk()
    first, second = (talk.end(**STRONG_END, **KEPT) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Record.objects.filter(kind=Kind.PERSON).count() == 1
    stale = talk.client.get(reverse("talk_step", args=[talk.record, "SIGNS"]))
    assert stale["Location"] == first["Location"]


def test_two_endings_at_the_same_moment_make_one_record(talk: Conversation) -> None:
    opened = talk.walk().open()
    ended = Conclusion(outcome=Outcome.UNABLE, reason=Reason("RS_NO_ROOM"))  # what came second is passed over whole
    first = left_at(talk.end(**STRONG_END, **KEPT))
    with pytest.raises(NotYours):
        conclude_talk(opened, ended, by=acting_as(talk.player))
    assert left_at(talk.end(**UNABLE)) == first
    assert Record.objects.filter(kind=Kind.PERSON).count() == 1


@pytest.mark.parametrize("erased", [False, True])
def test_answers_changed_in_the_meantime_are_a_conflict(talk: Conversation, erased: bool) -> None:
    opened, by = talk.walk().open(), acting_as(talk.player)
    ended = Conclusion(outcome=Outcome.UNABLE, reason=Reason("RS_NO_ROOM"))
    answers, seen = queries.answers_of(opened), queries.version_of(opened)
    if erased:
        Value.objects.filter(record=opened.id, field="answers").delete()
    actions.save_answers(talk.open(), answers, by=by)
    with pytest.raises(Conflict):
        conclude_talk(opened, ended, by=by, expected=seen)
    assert not Record.objects.filter(kind=Kind.CODES).exists()


def test_ending_a_talk_notes_the_session_as_seen_and_no_longer_in_a_talk(talk: Conversation) -> None:
    talk.walk()
    with clock.shifted(timedelta(minutes=3)):
        assert talk.end(**STRONG_END, **KEPT).status_code == 302
        now = clock.now()
    session = Session.objects.get(worker=talk.player.worker)
    assert now - session.seen_at < timedelta(minutes=1)
    assert not session.in_talk


def test_other_workers_get_404_for_what_a_talk_left(
    talk: Conversation, village: SimpleNamespace, strangers: SimpleNamespace
) -> None:
    left = left_at(talk.walk().end(**UNABLE))
    for stranger in (strangers.lia, strangers.farid):
        browser = client_of(stranger)
        for address in (reverse("talk_ended", args=[left]), reverse("talk", args=[talk.record])):
            assert browser.get(address).status_code == 404
    assert client_of(village.esi).get(reverse("talk_ended", args=[left])).status_code == 200


def test_the_page_of_an_ended_talk_is_404_for_a_person(talk: Conversation) -> None:
    person = left_at(talk.walk().end(**STRONG_END, **KEPT))
    assert talk.client.get(reverse("talk_ended", args=[person])).status_code == 404


def test_only_the_author_and_the_leads_open_a_talk(
    talk: Conversation, village: SimpleNamespace, strangers: SimpleNamespace
) -> None:
    grants = Grant.objects.filter(record=talk.record)
    assert set(grants.values_list("holder", flat=True)) == {HolderKind.WORKER}
    assert grants.count() == 2
    assert talk.seen_by(village.esi).page("SAFE").status_code == 200
    for stranger in (strangers.lia, strangers.farid):
        assert talk.seen_by(stranger).page("SAFE").status_code == 404


def test_an_unknown_step_or_talk_gets_404(talk: Conversation) -> None:
    assert talk.page("ELSEWHERE").status_code == 404
    assert talk.ways_to_stop(step="ELSEWHERE", stop="STOP_TIE").status_code == 404
    nobody = Conversation(talk.player, talk.client, UUID(int=7))
    assert nobody.page("SAFE").status_code == 404


def test_a_talk_left_alone_for_seven_days_is_destroyed(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    other = Conversation.begun_by(talk.player)
    with clock.shifted(timedelta(days=6, hours=23)):
        assert actions.destroy_abandoned(at=clock.now()) == 0
    Talk.objects.filter(record=other.record).update(saved_at=clock.now() + timedelta(days=1))
    with clock.shifted(timedelta(days=7)):
        destroy_abandoned_talks.call()
    assert not Grant.objects.filter(record=talk.record).exists()
    assert Grant.objects.filter(record=other.record).exists()
    assert talk.page("SAFE").status_code == 404
    assert queries.open_talks(viewer(talk.player)).exists()


def test_a_talk_saved_while_the_job_ran_is_not_destroyed(talk: Conversation) -> None:
    assert actions._destroy_if_abandoned(talk.record, at=clock.now()) is False


def test_a_child_is_stored_as_a_child(talk: Conversation) -> None:
    talk.walk(
        AGE={**YOUNG, "age-years": "16", "q-AG_GUARDIAN": "HERE"},
        CONSENT={**AGREED, "q-CN_GUARDIAN": "YES"},
    )
    person = left_at(talk.end(**STRONG_END, **KEPT))
    expected = Profile(age=16, age_band="FROM_15_TO_17", age_status="AB_U18")
    assert talk.open(person).get(Profile) == expected


@pytest.mark.parametrize(
    ("age", "band", "status"),
    [
        ({"age-years": "9"}, "UNDER_12", "AB_U18"),
        ({"age-years": "13"}, "FROM_12_TO_14", "AB_U18"),
        ({"age-years": "44"}, "ADULT", "AB_18"),
        ({"age-band": "UNKNOWN", "age-doubt": "YES"}, "", "AB_MAYBE"),
    ],
)
def test_an_age_is_stored_as_it_was_stated(talk: Conversation, age: dict[str, str], band: str, status: str) -> None:
    talk.walk(AGE={**age, "q-AG_GUARDIAN": "HERE"}, CONSENT={**AGREED, "q-CN_GUARDIAN": "YES"})
    profile = talk.open(left_at(talk.end(**UNABLE, **KEPT))).get(Profile)
    assert (profile.age_band, profile.age_status) == (band, status)


def test_the_session_lasts_longer_only_while_a_talk_is_open(talk: Conversation) -> None:
    later = timedelta(minutes=60)
    with clock.shifted(later):
        covered = talk.page("SAFE")
    assert covered.status_code == 401
    assert covered.context["ticket"], "it lives on, covered until the password opens it"
    talk.walk(AGE=GROWN).end(**UNABLE)
    with clock.shifted(later + timedelta(minutes=50)):
        assert talk.client.get(reverse("talk_start"))["Location"].startswith("/sign-in")


def test_with_somebody_near_no_name_is_stored(talk: Conversation) -> None:
    talk.post("SAFE", **NEAR)
    page = talk.sum_up()
    assert "name" not in page.context["form"].fields
    assert "We stop here" in text(page)
    left = left_at(talk.end(**UNABLE, **KEPT))
    assert compartments(left) == CODED
    assert finding(talk, left)["stopped_by"] == "STOP_CONTROLLER"
    assert NAME not in whole_database()


NOTHING_KEPT = {"keep": "no"}


def wanted_on(page: Any) -> list[list[str]]:
    """Return the codes of the needs and of the package on a page that offers help."""
    options = page.context["options"]
    return [[group["wanted"].code.removeprefix("urgent-") for group in options[part]] for part in ("needs", "package")]


def test_somebody_who_wants_no_name_kept_sees_the_same_help(village: Any, services: None) -> None:
    asked = {"n-ND_WAGES": "YES", **NOTHING_NEEDED}
    pages = []
    for kept, address in ((KEPT, "options"), (NOTHING_KEPT, "options_without_name")):
        talk = Conversation.begun_by(village.ben)
        left = left_at(talk.walk(NEEDS=asked).end(**STRONG_END, **kept))
        pages.append(talk.client.get(reverse(address, args=[left])))
    named, nameless = pages
    assert wanted_on(named) == wanted_on(nameless)
    assert wanted_on(named)[0] == ["ND_WAGES"]
    assert {"PK_SAFETY", "PK_SHELTER", "PK_HEALTH", "PK_LEGAL"} <= set(wanted_on(named)[1])
    assert "Ask the person about this" in text(named)
    assert "Ask the person about this" not in text(nameless), "nothing is sent without a record"


def test_what_is_entered_about_somebody_without_a_name_is_used_and_not_stored(
    talk: Conversation, services: None
) -> None:
    left = left_at(talk.walk().end(**STRONG_END, **NOTHING_KEPT))
    address, before = reverse("options_without_name", args=[left]), Value.objects.count()
    assert address in text(talk.client.get(reverse("talk_ended", args=[left])))
    stated = talk.client.post(address, {"district": "32.74", "sex": "FEMALE", "children": "NONE"})
    assert stated.context["about"].known_facts()[:2] == ["Cirebon City", "Woman"]
    assert "Serves West Java" in text(stated)
    assert "Cirebon City" not in "".join(talk.client.get(address).context["about"].known_facts())
    assert Value.objects.count() == before
    assert talk.client.post(address, {"sex": "BOTH"}).status_code == 400


def test_help_without_a_name_is_for_those_records_only(talk: Conversation, village: Any) -> None:
    person = left_at(talk.walk().end(**STRONG_END, **KEPT))
    assert talk.client.get(reverse("options_without_name", args=[person])).status_code == 404
    assert talk.client.get(reverse("options_without_name", args=[talk.record])).status_code == 404


def test_what_was_typed_on_the_last_page_comes_back_after_leave_now_and_goes_with_the_talk(talk, village):
    talk.walk()
    page = text(talk.sum_up())
    assert 'value="outcome"' in page.partition('name="draft"')[2].partition(">")[0]
    assert "data-not-typed" in page.partition('name="version"')[2].partition(">")[0]
    sent = {"draft": "outcome", "keep": "on", "name": "Amina Rekaan", "story": "half a sentence", "leaving": "yes"}
    assert talk.client.post(reverse("save_draft", args=[talk.record]), sent).status_code == 204
    assert talk.sum_up().status_code in (302, 401)
    again = talk.seen_by(village.ben)
    assert "half a sentence" in text(again.sum_up())
    assert "half a sentence" not in text(talk.seen_by(village.esi).sum_up())
    left = left_at(again.end(**STRONG_END, **KEPT, draft="outcome"))
    assert not Value.objects.filter(record__in=(talk.record, left), field__startswith="draft-").exists()


def test_saving_a_draft_does_not_count_as_leaving_the_talk(talk):
    talk.walk()
    talk.sum_up()
    talk.client.post(reverse("save_draft", args=[talk.record]), {"draft": "outcome", "words": "so far"})
    assert Session.objects.filter(in_talk=True).exists()


def test_what_the_person_wants_is_typed_at_the_end_and_stands_on_their_page(talk: Conversation) -> None:
    talk.walk()
    person = left_at(talk.end(**STRONG_END, **KEPT, wish="To write to her teacher"))
    page = text(talk.client.get(reverse("person", args=[person])))
    assert "To write to her teacher" in page
    assert "Not recorded yet" not in page.split("They want")[1].split("</dd>")[0]
