"""The note after a stop: what was said unprompted is stored by code, and only when nobody is near."""

import re
from datetime import timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.urls import reverse

from suar.core import clock
from suar.records.models import Record
from suar.records.terms import Compartment
from suar.screening.codes import Answer, Outcome
from suar.screening.documents import Findings
from suar.screening.models import Talk
from suar.screening.rules.answers import AgeBand, AgeFacts, Answers, Doubt, NeedAnswer, Unreadable, path_of
from suar.screening.rules.draft import BY_WHO
from suar.screening.rules.instrument import instrument
from suar.screening.rules.note import may_write_note, note_themes, with_note
from suar.screening.rules.outcomes import element_values, rank
from tests.people import client_of, person_of
from tests.screening.conversing import AGREED, KEPT, NEAR, SAFE, UNABLE, YOUNG, Conversation, led_to, left_at, text
from tests.screening.talks import adult_talk, child_talk, retention_after, suggest

ADULT = {"age-band": "ADULT", "age-doubt": "NO"}
STRONG = ["I_A_RECRUIT", "I_A_TRANSPORT", "I_M_DEBT", "I_P_SEX"]


class Posted(dict):
    """A posted form whose values are lists where several may be ticked."""

    def getlist(self, name):
        return self.get(name, [])


def stopped(rule: str, **more) -> Answers:
    return Answers(stopped_by=rule, **more)


@pytest.mark.parametrize(
    ("answers", "in_talk", "because"),
    [
        (stopped("STOP_DISTRESS"), True, ""),
        (stopped("STOP_CHILD_ALONE"), True, ""),
        (stopped("STOP_LEGAL"), True, ""),
        (stopped("STOP_CONTROLLER"), True, "NOTE_LATER"),
        (stopped("STOP_DANGER"), True, "NOTE_LATER"),
        (stopped("STOP_NO_PRIVACY"), True, "NOTE_LATER"),
        (Answers(choices={"SF_NEAR": "YES"}), True, "NOTE_LATER"),
        (stopped("STOP_CONTROLLER"), False, ""),
        (stopped("STOP_TIE"), False, "KEEP_BARE"),
        (adult_talk(), False, "NOT_STOPPED"),
        (child_talk(), False, "NOT_STOPPED"),
        (child_talk(age=AgeFacts(band=AgeBand.FROM_12_TO_14)), False, ""),
        (child_talk(age=AgeFacts(years=9)), True, ""),
        (Answers(), True, "NOT_STOPPED"),
    ],
)
def test_a_note_is_written_after_a_stop_and_for_a_child_too_young_for_prompts(answers, in_talk, because):
    decision = may_write_note(answers, in_talk=in_talk)
    assert (bool(decision), decision.because) == (not because, because)


def test_each_kind_stands_under_the_theme_where_one_looks_for_it() -> None:
    answers = stopped("STOP_DISTRESS", instrument="full", version=instrument("full").version)
    themes = {sign.code: label["en"] for label, signs in note_themes(answers) for sign in signs}
    assert themes["I_M_DEBT"] == "Pay and debt"
    assert themes["I_M_CONFINE"] == "Freedom and contact"
    assert themes["I_M_THREAT"] == themes["I_M_FORCE"] == "Treatment and fear"


@pytest.mark.parametrize("form", ["short", "full"])
def test_each_kind_of_sign_stands_under_one_theme_and_there_is_no_question(form):
    answers = stopped("STOP_DISTRESS", instrument=form, version=instrument(form).version)
    signs = [sign.code for _, signs in note_themes(answers) for sign in signs]
    assert len(signs) == len(set(signs)) > 20
    assert {"I_O_AGE_DOUBT", *STRONG} <= set(signs)
    assert all(label["en"] and label["id"] for label, _ in note_themes(answers))


@pytest.mark.parametrize("form", ["short", "full", "signpost"])
def test_a_note_has_a_place_for_hiding_on_the_way_and_for_fraud_and_they_lower_nothing(form):
    answers = stopped("STOP_DISTRESS", instrument=form, version=instrument(form).version)
    themes = {label["en"]: {sign.code for sign in signs} for label, signs in note_themes(answers)}
    assert any({"I_N_JOURNEY", "I_M_PAPERS"} <= codes for codes in themes.values())
    assert any({"I_N_FRAUD", "I_M_DECEIVE_JOB"} <= codes for codes in themes.values())
    assert not any("I_N_RULES" in codes for codes in themes.values())
    for code in set().union(*themes.values()):
        assert ranked(answers, [code, "I_N_JOURNEY", "I_N_FRAUD"]) >= ranked(answers, [code])


def ranked(answers: Answers, said: list[str]) -> int:
    talk = instrument(answers.instrument)
    noted = with_note(answers, Posted({"said": said, **({"by": "THEM"} if BY_WHO in talk.questions else {}), **ADULT}))
    return rank(talk.tables, suggest(element_values(noted, path_of(noted)), path_of(noted), "STOP_DISTRESS").outcome)


@pytest.mark.parametrize("rule", ["STOP_LEGAL", "STOP_TIE"])
def test_where_answers_could_be_used_against_the_person_nothing_reported_can_be_noted(rule):
    assert all(sign.observed for _label, signs in note_themes(stopped(rule)) for sign in signs)
    with pytest.raises(Unreadable):
        with_note(stopped(rule), Posted(said=["I_P_SEX"]))
    assert note_themes(stopped("STOP_TIE")) == []


def test_where_answers_could_be_used_against_the_person_nobody_is_named_by_code():
    seen = Posted({"said": ["I_O_INJURY"], "by": "THEM"})
    assert BY_WHO not in with_note(stopped("STOP_LEGAL"), seen).choices
    assert with_note(stopped("STOP_DISTRESS"), seen).choices[BY_WHO] == "THEM"


def test_what_was_seen_of_an_accused_person_counts_for_the_suggestion_and_is_not_stored():
    noted = with_note(stopped("STOP_LEGAL", age=AgeFacts(years=30)), Posted(said=["I_O_INJURY"]))
    suggestion = suggest(element_values(noted, path_of(noted)), path_of(noted), "STOP_LEGAL")
    assert suggestion.outcome is Outcome.POSSIBLE_AT_RISK
    assert not retention_after(suggestion.outcome, None, "STOP_LEGAL").facts & {"SIGNS", "SEEN", "ELEMENTS"}


@pytest.mark.parametrize(
    ("said", "rule", "outcome"),
    [
        (STRONG, "STOP_DISTRESS", Outcome.PRESUMED_VICTIM),
        (STRONG, "STOP_NO_CONSENT", Outcome.DECLINED),
        ([], "STOP_DISTRESS", Outcome.UNABLE),
        ([], "STOP_NO_CONSENT", Outcome.DECLINED),
    ],
)
def test_the_suggestion_is_what_the_note_supports_or_the_end_of_the_stop(said, rule, outcome):
    noted = with_note(stopped(rule), Posted({"said": said, "by": "THEM", **ADULT}))
    assert suggest(element_values(noted, path_of(noted)), path_of(noted), rule).outcome is outcome


def test_a_note_adds_and_removes_signs_needs_and_the_age_and_keeps_other_answers():
    before = stopped(
        "STOP_DISTRESS",
        choices={"SG_PAID": "YES", "SG_LEAVE": "NO"},
        signs={"SG_PAID": frozenset({"I_P_NO_PAY"})},
        needs={"ND_BED": NeedAnswer(Answer.YES), "ND_FOOD": NeedAnswer(Answer.NO)},
        age=AgeFacts(years=16),
    )
    noted = with_note(before, Posted(said=["I_M_DEBT"], needs=["ND_MEDICAL"]))
    assert "SG_PAID" not in noted.choices
    assert noted.choices["SG_LEAVE"] == "NO"
    assert noted.signs == {"SG_DEBT": frozenset({"I_M_DEBT"})}
    assert {code for code, need in noted.needs.items() if need.answer is Answer.YES} == {"ND_MEDICAL"}
    assert noted.needs["ND_FOOD"].answer is Answer.NO
    assert noted.age.years == 16
    older = with_note(before, Posted(ADULT)).age
    assert (older.band, older.doubt, older.years) == (AgeBand.ADULT, Doubt.NO, None)


@pytest.mark.parametrize(
    "posted", [{"said": ["I_NOTHING"]}, {"needs": ["ND_NOTHING"]}, {"age-band": "OLD"}, {"by": "X"}]
)
def test_an_unknown_code_is_refused(posted):
    with pytest.raises(Unreadable):
        with_note(stopped("STOP_DISTRESS"), Posted(posted))


def test_a_likely_age_does_not_undo_the_stop():
    answers = child_talk({"AG_GUARDIAN": "NONE"})
    assert with_note(answers, Posted(ADULT)).stopped_by == "STOP_CHILD_ALONE"


def note(talk: Conversation, **typed):
    address = reverse("talk_note", args=[talk.record])
    return talk.client.post(address, typed) if typed else talk.client.get(address)


def test_after_a_note_the_page_names_the_suggestion_that_a_reason_is_asked_about(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"needs-all-asked": "yes"}, stop="STOP_STAFF")
    assert "From the answers:" not in text(talk.sum_up())
    version = note(talk).context["version"]
    assert led_to(note(talk, version=version, said=STRONG, **ADULT)) == "outcome"
    page = text(talk.sum_up()).split("How it ended")[-1]
    assert "Strong signs" in page.split("From the answers:")[1].split("</p>")[0]
    left = left_at(talk.end(outcome="POSSIBLE_AT_RISK", reason="RS_CAREFUL", keep="no"))
    assert talk.open(left).get(Findings).entries[0].outcome == "POSSIBLE_AT_RISK"


def test_what_was_said_before_a_stop_reaches_the_finding(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.ways_to_stop(step="SAFE", stop="STOP_WITHDRAWN")
    assert reverse("talk_note", args=[talk.record]) in text(talk.sum_up())
    page = note(talk)
    assert 'name="said"' in text(page)
    version = page.context["version"]
    assert note(talk, version=version, said=["I_NOTHING"]).status_code == 400
    assert note(talk, version=version - 1, said=STRONG).status_code == 409
    assert led_to(note(talk, version=version, said=STRONG[:1], go="back", **ADULT)) == "outcome"
    page = note(talk)
    assert STRONG[0] in page.context["ticked"], "Back stores what was ticked"
    version = page.context["version"]
    assert led_to(note(talk, version=version, said=STRONG, by="THEM", **ADULT)) == "outcome"
    left = left_at(talk.end(outcome="PRESUMED_VICTIM", reason="RS_SAME", next_step="NS_NONE_WISHED", keep="no"))
    (finding,) = talk.open(left).read(Compartment.CODED, "findings")["list"]
    assert finding["suggestion"] == "PRESUMED_VICTIM"
    assert {sign for signs in finding["signs"].values() for sign in signs} == set(STRONG)


def test_enter_in_a_note_saves_it_and_does_not_go_back(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.ways_to_stop(step="SAFE", stop="STOP_WITHDRAWN")
    form = text(note(talk)).split('id="talk"')[1].split("</form>")[0]
    default, *others = re.findall(r"<button[^>]*>", form)
    assert 'name="go"' not in default
    assert any('value="back"' in button for button in others), "positive control"


def test_with_somebody_near_the_note_waits_under_a_neutral_name_on_the_day(
    talk: Conversation, village: SimpleNamespace, strangers: SimpleNamespace
) -> None:
    talk.post("SAFE", **NEAR)
    page = text(talk.sum_up())
    assert "Finish later" in page
    assert '<details class="more" id="next-step">' in page, "folded: somebody may read it"
    assert 'name="said"' not in page
    assert led_to(note(talk)) == "outcome", "nothing is written down straight after the stop"
    assert talk.ways_to_stop(go="pause")["Location"] == reverse("day")
    day = text(talk.client.get(reverse("day"))).split("Unfinished talks")[1]
    assert f'href="{reverse("talk_note", args=[talk.record])}"' in day
    assert "Finish your note of" in day
    opened = note(talk)
    assert "<title>" in text(opened)
    assert led_to(note(talk, version=opened.context["version"], **YOUNG, needs=["ND_BED"])) == "outcome"
    left = left_at(talk.end(**UNABLE, **KEPT))
    assert Record.objects.get(id=left).assignee == strangers.lia.id, "the likely age makes it a child's"
    assert KEPT["name"] not in text(client_of(strangers.lia).get(reverse("talk_ended", args=[left])))


def test_a_talk_without_a_stop_goes_on_from_the_day(talk: Conversation) -> None:
    talk.client.get(reverse("day"))
    assert led_to(note(talk)) == str(talk.record)


def test_a_note_that_is_late_is_listed_for_the_lead(talk: Conversation, village: SimpleNamespace) -> None:
    address = reverse("talk_note", args=[talk.record])
    talk.post("SAFE", **NEAR)
    assert address not in text(client_of(village.esi).get(reverse("day")))
    Talk.objects.update(saved_at=clock.now() - timedelta(days=2))
    assert "1 day late" in text(talk.client.get(reverse("day"))).split("Unfinished talks")[1]
    lead = text(client_of(village.esi).get(reverse("day"))).split("Unfinished talks")[1]
    assert address in lead
    assert "of a colleague" in lead


def test_a_note_after_the_talk_ended_beside_somebody_waits_for_the_task_and_adds_to_what_was_left(
    talk: Conversation,
) -> None:
    talk.post("SAFE", **NEAR)
    left = left_at(talk.end(**UNABLE))
    ended, late = reverse("talk_ended", args=[left]), reverse("late_note", args=[left])
    assert late not in text(talk.client.get(ended)), "somebody may still look at the screen"
    day = text(talk.client.get(reverse("day")))
    assert f'href="{ended}?later=on"' in day
    alone = text(talk.client.get(f"{ended}?later=on"))
    assert late in alone
    assert "ordinary" in text(talk.client.get(ended))
    assert "ordinary" not in alone, "nobody is near any more"
    begun = talk.client.post(late)
    again = Conversation(talk.player, talk.client, UUID(begun["Location"].split("/")[2]))
    opened = note(again)
    assert led_to(note(again, version=opened.context["version"], said=STRONG, by="THEM", **ADULT)) == "outcome"
    assert "Finish later" not in text(again.sum_up())
    assert left_at(again.end(outcome="PRESUMED_VICTIM", reason="RS_SAME")) == left
    newest, first = again.open(left).get(Findings).entries
    assert (newest.outcome, newest.written, first.outcome) == ("PRESUMED_VICTIM", "LATER", "UNABLE")
    assert led_to(talk.client.post(late)) == str(left), "the note was written"


def test_a_late_note_of_a_known_person_is_offered_on_their_page(
    village: SimpleNamespace, strangers: SimpleNamespace
) -> None:
    person = person_of(village.ben, SimpleNamespace(village=village.house))
    talk = Conversation.begun_by(village.ben, again=str(person.id))
    talk.ways_to_stop(step="SAFE", stop="STOP_CONTROLLER")
    assert left_at(talk.end(**UNABLE)) == person.id
    page, late = reverse("person", args=[person.id]), reverse("late_note", args=[person.id])
    assert f'action="{late}"' in text(talk.client.get(page))
    assert f'action="{late}"' not in text(client_of(strangers.lia).get(page)), "a colleague held no talk"


def test_a_late_note_begins_with_what_was_ticked_before_the_stop(talk: Conversation) -> None:
    talk.walk(SIGNS={"q-SG_DEBT": "YES", "s-SG_DEBT": "I_M_DEBT", "q-BW_WHO": "UNKNOWN"})
    talk.ways_to_stop(step="SIGNS", stop="STOP_CONTROLLER")
    left = left_at(talk.end(**UNABLE))
    begun = talk.client.post(reverse("late_note", args=[left]))
    again = Conversation(talk.player, talk.client, UUID(begun["Location"].split("/")[2]))
    assert note(again).context["ticked"] == {"I_M_DEBT"}
    before = text(Conversation.begun_by(talk.player, again=str(left)).page("SAFE")).split("Recorded before")[1]
    assert "may control this person" in before.split("<details")[0], "it says more than that there was no room"


def test_after_another_end_no_note_is_begun(talk: Conversation) -> None:
    left = left_at(talk.walk().end(**UNABLE, keep="no"))
    assert led_to(talk.client.post(reverse("late_note", args=[left]))) == str(left)
    assert Talk.objects.filter(ended_at=None).count() == 0


def test_a_child_too_young_for_prompts_has_a_page_that_leads_to_the_note(talk: Conversation) -> None:
    young = {"age-years": "9", "q-AG_GUARDIAN": "HERE"}
    talk.walk(AGE=young, CONSENT={**AGREED, "q-CN_GUARDIAN": "YES"}, SIGNS={})
    assert 'value="note"' in text(talk.page("SIGNS"))
    assert led_to(talk.post("SIGNS", go="note")) == "note"
    assert 'name="said"' in text(note(talk))


def test_what_was_said_at_a_signpost_has_a_place_and_counts(village: SimpleNamespace) -> None:
    talk = Conversation.begun_by(village.ben, form="signpost")
    talk.post("SIGNPOST", **SAFE, **{"n-ND_BED": "YES"})
    assert led_to(note(talk)) == str(talk.record), "first what cannot wait"
    taps = {**SAFE, "needs-all-asked": "yes", "go": "note"}
    assert led_to(talk.post("SIGNPOST", **taps)) == "note"
    version = note(talk).context["version"]
    assert led_to(note(talk, version=version, said=STRONG, **ADULT)) == "outcome"
    left = left_at(talk.end(outcome="POSSIBLE_AT_RISK", reason="RS_OTHER_CAUSE", keep="no"))
    (finding,) = talk.open(left).get(Findings).entries
    assert {sign for signs in finding.signs.values() for sign in signs} == set(STRONG)


def test_after_a_danger_the_note_is_offered_where_the_talk_ended(talk: Conversation) -> None:
    talk.post("SAFE", **SAFE)
    talk.post("NEEDS", **{"n-ND_DANGER": "YES", "n-ND_DANGER-acted": "TRIED"}, stop="STOP_DANGER")
    left = left_at(talk.end(**UNABLE, acted="TRIED", next_step="NS_EXPECTED"))
    page = text(talk.client.get(reverse("talk_ended", args=[left])))
    assert f'action="{reverse("late_note", args=[left])}"' in page
