"""A house's own question set: what changes, what may not be left out, and what is wrong in it."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.law.terms import Element, Path
from suar.screening import rules
from suar.screening.rules import changes as kept
from suar.screening.rules import changing, checking, staying
from suar.screening.rules.changes import Added, Changes, Reworded
from suar.screening.rules.checking import Fault, Wrong
from suar.screening.rules.linting import lint_set
from suar.screening.rules.reading import instrument_from
from suar.screening.rules.shapes import Text
from suar.screening.rules.staying import Stays
from tests.screening.editing import (
    BASES,
    FULL,
    NO_CHANGES,
    OWN,
    OWN_OF_BOTH,
    PAY,
    SHORT,
    SIGNPOST,
    WATER,
    changed,
    codes_of,
    may_go,
)

few = settings(max_examples=40, deadline=None)


@pytest.mark.parametrize("form", BASES)
def test_without_changes_the_set_is_the_shipped_one(form):
    base = BASES[form]
    shipped = rules.instrument(base["code"], base["version"])
    assert instrument_from(changing.applied(base, NO_CHANGES)) == shipped


@few
@given(changed())
def test_changes_keep_every_step_and_its_place_and_lose_or_double_no_question(drawn):
    base, changes = BASES[drawn[0]], drawn[1]
    talk = instrument_from(changing.applied(base, changes, code="x", version=7))
    assert (talk.code, talk.version) == ("x", 7)
    assert [step.code for step in talk.steps] == [step["code"] for step in base["steps"]]
    wanted = {*codes_of(base), *(own.code for own in changes.added)} - changes.left_out
    assert sorted(q.code for step in talk.steps for q in step.questions) == sorted(wanted)
    for step, before in zip(talk.steps, base["steps"], strict=True):
        own = {each.code for each in changes.added}
        assert {q.code for q in step.questions} - own <= {q["code"] for q in before["questions"]}


@few
@given(changed())
def test_questions_of_a_theme_stay_together_in_the_order_of_the_themes(drawn):
    base, changes = BASES[drawn[0]], drawn[1]
    for step, before in zip(changing.applied(base, changes)["steps"], base["steps"], strict=True):
        themes = [q.get("theme") for q in step["questions"]]
        usual = list(dict.fromkeys(q.get("theme") for q in before["questions"]))
        assert themes == sorted(themes, key=usual.index)


@few
@given(changed())
def test_changes_made_by_pages_may_be_used_and_touch_no_base(drawn):
    base, changes = BASES[drawn[0]], drawn[1]
    before = json.dumps(base)
    wrong = {each.code for each in checking.faults(base, changes)}
    assert wrong <= {Wrong.NOTHING_CHANGED}
    assert json.dumps(base) == before
    assert lint_set(changing.applied(base, changes)["steps"]) == ()


@few
@given(changed())
def test_every_element_and_gate_of_the_base_can_still_be_asked_about(drawn):
    base, changes = BASES[drawn[0]], drawn[1]
    shipped = rules.instrument(base["code"], base["version"])
    talk = instrument_from(changing.applied(base, changes))
    for path in Path:
        for element in Element:
            usual = [q for q in shipped.questions.values() if element in q.asks and path in q.paths]
            now = [q for q in talk.questions.values() if element in q.asks and path in q.paths]
            assert bool(usual) == bool(now)
    for gate in talk.tables.gates:
        asked = set(gate.any_answered) & set(shipped.questions)
        assert not asked or asked & set(talk.questions)


@few
@given(changed())
def test_changes_are_kept_and_read_back_as_they_were(drawn):
    _, changes = drawn
    assert kept.read_changes(json.loads(json.dumps(kept.write_changes(changes)))) == changes


@few
@given(changed(), st.data())
def test_moving_there_and_back_changes_nothing(drawn, data):
    base, changes = BASES[drawn[0]], drawn[1]
    code = data.draw(st.sampled_from(codes_of(base)))
    there = changing.moved(base, changes, code, places=1)
    if there != changes:
        back = changing.moved(base, there, code, places=-1)
        assert changing.applied(base, back) == changing.applied(base, changes)


@few
@given(changed(), st.data())
def test_what_is_left_out_and_put_back_stands_where_it_stood(drawn, data):
    base, changes = BASES[drawn[0]], drawn[1]
    code = data.draw(st.sampled_from([c for c in codes_of(base) if c not in changes.left_out]))
    assert changing.put_back(changing.without(changes, code), code) == changes


def test_a_wording_of_the_base_again_is_no_change():
    once = changing.reworded(SHORT, NO_CHANGES, "SG_PAID", PAY)
    usual = changing.usual_words(changing.question_of(SHORT, "SG_PAID"))
    assert once.wording == {"SG_PAID": PAY}
    assert changing.reworded(SHORT, once, "SG_PAID", usual) == NO_CHANGES
    assert instrument_from(changing.applied(SHORT, once)).questions["SG_PAID"].text == PAY.text


def test_an_own_question_counts_by_its_sign_and_without_one_is_only_noted():
    both = changing.with_own(changing.with_own(NO_CHANGES, OWN_OF_BOTH), replace(OWN, sign=""))
    talk = instrument_from(changing.applied(SHORT, both))
    assert [each.code for each in both.added] == ["OWN_1", "OWN_2"]
    assert (talk.questions["OWN_1"].kind, talk.questions["OWN_2"].kind) == ("sign", "told")
    assert [(line.question, line.sign) for line in talk.lines[-1:]] == [("OWN_1", "I_P_LIVING")]
    assert {option.code for option in talk.questions["OWN_2"].options} >= {"YES", "NO", "SKIPPED"}


def test_an_own_question_without_words_for_a_child_is_not_put_to_one():
    talk = instrument_from(changing.applied(SHORT, changing.with_own(NO_CHANGES, OWN)))
    assert talk.questions["OWN_1"].paths == {Path.ADULT}
    assert talk.lines[-1].paths == {Path.ADULT}


def test_the_number_of_an_own_question_is_never_used_again():
    gone = changing.without(changing.with_own(NO_CHANGES, OWN), "OWN_1")
    assert [each.code for each in changing.with_own(gone, OWN).added] == ["OWN_2"]
    assert Wrong.NOTHING_CHANGED in {each.code for each in checking.faults(SHORT, gone)}


def test_an_own_question_moves_among_those_of_its_theme_only():
    own = changing.with_own(NO_CHANGES, OWN)
    up = changing.moved(SHORT, own, "OWN_1", places=-1)
    top = changing.moved(SHORT, up, "OWN_1", places=-1)
    assert up.order == {"FREEDOM": ("SG_LEAVE", "OWN_1", "SG_WORK")}
    assert changing.moved(SHORT, top, "OWN_1", places=-1) == top
    assert changing.without(top, "OWN_1").order == {"FREEDOM": ("SG_LEAVE", "SG_WORK")}


def test_a_question_that_is_left_out_does_not_move():
    gone = changing.without(NO_CHANGES, "SG_PROMISE")
    assert changing.moved(SHORT, gone, "SG_PROMISE", places=1) == gone


@pytest.mark.parametrize(
    ("base", "code", "why"),
    [
        (SHORT, "SF_NEAR", Stays.SAFETY),
        (SHORT, "TI_KNOWS", Stays.SAFETY),
        (FULL, "LG_INTERPRETER", Stays.SAFETY),
        (SHORT, "ND_LIST", Stays.NEEDS),
        (SHORT, "AG_DOUBT", Stays.AGE),
        (SHORT, "CN_BACK", Stays.CONSENT),
        (FULL, "AT_TOLD", Stays.CONSENT),
        (SHORT, "SG_AFRAID", Stays.NEEDS),
        (FULL, "Q28", Stays.NEEDS),
        (FULL, "Q32", Stays.NEEDS),
        (FULL, "Q33", Stays.NEVER_TELL),
        (SHORT, "SN_SEEN", Stays.SUM_UP),
        (SHORT, "OT_OUTCOME", Stays.SUM_UP),
        (SHORT, "SG_ARRANGED", Stays.LAST_ONE),
        (SHORT, "SG_LEAVE", Stays.LAST_ONE),
        (SIGNPOST, "SP_CALM", Stays.SIGNPOST),
        (SHORT, "SG_PROMISE", None),
        (FULL, "Q07", None),
        (FULL, "RP_CALM", None),
        (SHORT, "BR_BARRIERS", None),
    ],
)
def test_what_may_be_left_out_and_why_not(base, code, why):
    assert staying.why_stays(base, code) is why


def test_of_two_that_ask_about_the_purpose_one_stays():
    assert {"SG_PAID", "SG_WORK"} <= set(may_go(SHORT))
    assert staying.why_stays(SHORT, "SG_PAID", {"SG_WORK"}) is Stays.LAST_ONE
    both = Changes(left_out=frozenset({"SG_PAID", "SG_WORK"}))
    assert {each.code for each in checking.faults(SHORT, both)} == {Wrong.STAYS}


def test_a_stop_rule_holds_its_question_wherever_it_stands():
    step = next(each for each in SHORT["steps"] if each["code"] == "SIGNS")
    pressing = {"code": "CN_ANSWER", "kind": "one", "asks": []}
    moved = {**SHORT, "steps": [{**step, "questions": [pressing]}]}
    assert staying.why_stays(moved, "CN_ANSWER") is Stays.STOP


def worded(en="Was the pay fair?", id="Apakah upahnya adil?"):
    return Changes(wording={"SG_PAID": Reworded(Text(en, id), PAY.child)})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (worded(id=""), Fault("SG_PAID", "text_id", Wrong.EMPTY)),
        (worded(en=" "), Fault("SG_PAID", "text_en", Wrong.EMPTY)),
        (worded(en="x" * 241), Fault("SG_PAID", "text_en", Wrong.TOO_LONG)),
        (worded(en="Can you prove it?"), Fault("SG_PAID", "text_en", "NA_PROVE")),
        (worded(id="Apa buktinya?"), Fault("SG_PAID", "text_id", "NA_PROVE")),
        (worded(en="Apa buktinya?"), Fault("SG_PAID", "text_en", "NA_PROVE")),
        (worded(en="P\u0430y?"), Fault("SG_PAID", "text_en", "STRANGE_LETTERS")),
        (Changes(wording={"SG_PAID": Reworded(WATER)}), Fault("SG_PAID", "child_en", Wrong.EMPTY)),
        (Changes(wording={"NONE": PAY}), Fault("NONE", "", Wrong.UNKNOWN)),
        (Changes(order={"x": ("NONE",)}), Fault("NONE", "", Wrong.UNKNOWN)),
        (Changes(left_out=frozenset({"SF_NEAR"})), Fault("SF_NEAR", "", Wrong.STAYS)),
        (Changes(added=(OWN, OWN)), Fault("", "", Wrong.SAME_CODE)),
        (Changes(added=(replace(OWN, code="SG_PAID"),)), Fault("SG_PAID", "", Wrong.SAME_CODE)),
        (Changes(added=(replace(OWN, sign="I_NONE"),)), Fault("", "sign", Wrong.UNKNOWN_SIGN)),
        (Changes(added=(replace(OWN, sign="I_O_FEAR"),)), Fault("", "sign", Wrong.UNKNOWN_SIGN)),
        (Changes(added=(replace(OWN, theme="SEEN"),)), Fault("", "theme", Wrong.UNKNOWN_THEME)),
        (Changes(added=(replace(OWN, text=Text("", "")),)), Fault("", "text_en", Wrong.EMPTY)),
        (Changes(added=(replace(OWN, child=Text("x", "")),)), Fault("", "child_id", Wrong.EMPTY)),
        (Changes(added=tuple(replace(OWN, code=f"OWN_{n}") for n in range(21))), Fault("", "", Wrong.TOO_MANY)),
        (NO_CHANGES, Fault("", "", Wrong.NOTHING_CHANGED)),
    ],
)
def test_what_is_wrong_is_said_by_question_and_field(changes, fault):
    assert fault in checking.faults(SHORT, changes)


def test_a_code_that_hides_a_wording_is_found_in_the_whole_set():
    hidden = Changes(added=(Added("NA_PROVE", "FREEDOM", WATER),))
    assert checking.faults(SHORT, hidden) == (Fault("", "", "NA_PROVE"),)


@pytest.mark.parametrize("never", rules.never_asked(), ids=lambda each: each.code)
def test_each_code_of_the_list_is_found_in_each_language_field(never):
    for words in (example for every in never.examples.values() for example in every):
        for changes in (worded(en=words), worded(id=words)):
            assert never.code in {each.code for each in checking.faults(SHORT, changes)}


def test_a_house_has_own_codes_and_their_form_is_known():
    house = UUID(int=7)
    code = changing.own_code("short", house)
    assert changing.form_of(code) == changing.form_of("short") == "short"
    assert house.hex in code
    assert changing.own_code("full", house) != code
