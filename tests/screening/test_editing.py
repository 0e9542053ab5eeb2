"""A house's own question set: what changes, what may not be left out, and what is wrong in it."""

import json
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings

from suar.screening.rules import question_changes as changing
from suar.screening.rules import question_file
from suar.screening.rules.answers import Element, Path
from suar.screening.rules.instrument import build_instrument, instrument
from suar.screening.rules.question_changes import Changes, RewordedQuestion
from suar.screening.rules.question_file import Fault
from suar.screening.rules.reference import forbidden_questions
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
    lint_all,
    may_go,
    reword,
    with_own,
    words,
)

few = settings(max_examples=40, deadline=None)


@pytest.mark.parametrize("form", BASES)
def test_without_changes_the_set_is_the_shipped_one(form):
    base = BASES[form]
    shipped = instrument(base["code"], base["version"])
    assert build_instrument(changing.apply(base, NO_CHANGES)) == shipped


@few
@given(changed())
def test_changes_keep_every_step_and_its_place_and_lose_or_double_no_question(form_and_changes):
    base, changes = BASES[form_and_changes[0]], form_and_changes[1]
    talk = build_instrument(changing.apply(base, changes, code="x", version=7))
    assert (talk.code, talk.version) == ("x", 7)
    assert [step.code for step in talk.steps] == [step["code"] for step in base["steps"]]
    wanted = {*codes_of(base), *(own.code for own in changes.added)} - changes.left_out
    assert sorted(q.code for step in talk.steps for q in step.questions) == sorted(wanted)
    for step, before in zip(talk.steps, base["steps"], strict=True):
        own = {item.code for item in changes.added}
        assert {q.code for q in step.questions} - own <= {q["code"] for q in before["questions"]}


@few
@given(changed())
def test_questions_of_a_theme_stay_together_in_the_order_of_the_themes(form_and_changes):
    base, changes = BASES[form_and_changes[0]], form_and_changes[1]
    for step, before in zip(changing.apply(base, changes)["steps"], base["steps"], strict=True):
        themes = [q.get("theme") for q in step["questions"]]
        usual = list(dict.fromkeys(q.get("theme") for q in before["questions"]))
        assert themes == sorted(themes, key=usual.index)


@few
@given(changed())
def test_valid_changes_have_no_fault_and_leave_the_base_unchanged(form_and_changes):
    base, changes = BASES[form_and_changes[0]], form_and_changes[1]
    before = json.dumps(base)
    wrong = {item.code for item in question_file.check(base, changes)}
    assert wrong <= {"WRONG_NOTHING_CHANGED"}
    assert json.dumps(base) == before
    assert lint_all(changing.apply(base, changes)["steps"]) == ()


@few
@given(changed())
def test_every_element_and_gate_of_the_base_can_still_be_asked_about(form_and_changes):
    base, changes = BASES[form_and_changes[0]], form_and_changes[1]
    shipped = instrument(base["code"], base["version"])
    talk = build_instrument(changing.apply(base, changes))
    for path in Path:
        for element in Element:
            usual = [q for q in shipped.questions.values() if element in q.asks and path in q.paths]
            now = [q for q in talk.questions.values() if element in q.asks and path in q.paths]
            assert bool(usual) == bool(now)
    for gate in talk.tables.preconditions:
        asked = set(gate.any_answered) & set(shipped.questions)
        assert not asked or asked & set(talk.questions)


@few
@given(changed())
def test_stored_changes_read_back_the_same(form_and_changes):
    _, changes = form_and_changes
    assert changing.read_changes(json.loads(json.dumps(changing.write_changes(changes)))) == changes


def test_a_wording_of_the_base_again_is_no_change():
    once = reword(SHORT, NO_CHANGES, "SG_PAID", PAY)
    usual = changing.shipped_words(changing.questions_of(SHORT)["SG_PAID"])
    assert once.wording == {"SG_PAID": PAY}
    assert reword(SHORT, once, "SG_PAID", usual) == NO_CHANGES
    assert build_instrument(changing.apply(SHORT, once)).questions["SG_PAID"].text == PAY.text


def test_an_own_question_counts_by_its_sign_and_without_one_is_only_noted():
    both = with_own(with_own(NO_CHANGES, OWN_OF_BOTH), replace(OWN, sign=""))
    talk = build_instrument(changing.apply(SHORT, both))
    assert [item.code for item in both.added] == ["OWN_1", "OWN_2"]
    assert (talk.questions["OWN_1"].kind, talk.questions["OWN_2"].kind) == ("sign", "told")
    assert [(line.question, line.sign) for line in talk.lines[-1:]] == [("OWN_1", "I_P_LIVING")]
    assert {option.code for option in talk.questions["OWN_2"].options} >= {"YES", "NO", "SKIPPED"}


def test_an_own_question_without_words_for_a_child_is_not_put_to_one():
    talk = build_instrument(changing.apply(SHORT, with_own(NO_CHANGES, OWN)))
    assert talk.questions["OWN_1"].paths == {Path.ADULT}
    assert talk.lines[-1].paths == {Path.ADULT}


@pytest.mark.parametrize(
    ("base", "code", "why"),
    [
        (SHORT, "SF_NEAR", "STAYS_SAFETY"),
        (SHORT, "TI_KNOWS", "STAYS_SAFETY"),
        (FULL, "LG_INTERPRETER", "STAYS_SAFETY"),
        (SHORT, "ND_LIST", "STAYS_NEEDS"),
        (SHORT, "AG_DOUBT", "STAYS_AGE"),
        (SHORT, "CN_BACK", "STAYS_CONSENT"),
        (FULL, "AT_TOLD", "STAYS_CONSENT"),
        (SHORT, "SG_AFRAID", "STAYS_NEEDS"),
        (FULL, "Q28", "STAYS_NEEDS"),
        (FULL, "Q32", "STAYS_NEEDS"),
        (FULL, "Q33", "STAYS_NEVER_TELL"),
        (SHORT, "SN_SEEN", "STAYS_SUM_UP"),
        (SHORT, "OT_OUTCOME", "STAYS_SUM_UP"),
        (SHORT, "SG_ARRANGED", "STAYS_LAST_ONE"),
        (SHORT, "SG_LEAVE", "STAYS_LAST_ONE"),
        (SIGNPOST, "SP_CALM", "STAYS_SIGNPOST"),
        (SHORT, "SG_PROMISE", None),
        (FULL, "Q07", None),
        (FULL, "RP_CALM", None),
        (SHORT, "BR_BARRIERS", None),
    ],
)
def test_what_may_be_left_out_and_why_not(base, code, why):
    assert changing.why_required(base, code) is why


def test_of_two_that_ask_about_the_purpose_one_stays():
    assert {"SG_PAID", "SG_WORK"} <= set(may_go(SHORT))
    assert changing.why_required(SHORT, "SG_PAID", {"SG_WORK"}) == "STAYS_LAST_ONE"
    both = Changes(left_out=frozenset({"SG_PAID", "SG_WORK"}))
    assert {item.code for item in question_file.check(SHORT, both)} == {"WRONG_STAYS"}


def test_a_stop_rule_holds_its_question_wherever_it_stands():
    step = next(item for item in SHORT["steps"] if item["code"] == "SIGNS")
    pressing = {"code": "CN_ANSWER", "kind": "one", "asks": []}
    moved = {**SHORT, "steps": [{**step, "questions": [pressing]}]}
    assert changing.why_required(moved, "CN_ANSWER") == "STAYS_STOP"


def worded(en="Was the pay fair?", id="Apakah upahnya adil?"):
    return Changes(wording={"SG_PAID": RewordedQuestion(words(en, id), PAY.child)})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (worded(id=""), Fault(0, "SG_PAID", "text_id", "WRONG_EMPTY")),
        (worded(en=" "), Fault(0, "SG_PAID", "text_en", "WRONG_EMPTY")),
        (worded(en="x" * 241), Fault(0, "SG_PAID", "text_en", "WRONG_TOO_LONG")),
        (worded(en="Can you prove it?"), Fault(0, "SG_PAID", "text_en", "NA_PROVE")),
        (worded(id="Apa buktinya?"), Fault(0, "SG_PAID", "text_id", "NA_PROVE")),
        (worded(en="Apa buktinya?"), Fault(0, "SG_PAID", "text_en", "NA_PROVE")),
        (worded(en="P\u0430y?"), Fault(0, "SG_PAID", "text_en", "STRANGE_LETTERS")),
        (Changes(wording={"SG_PAID": RewordedQuestion(WATER)}), Fault(0, "SG_PAID", "child_en", "WRONG_EMPTY")),
        (Changes(left_out=frozenset({"SF_NEAR"})), Fault(0, "SF_NEAR", "", "WRONG_STAYS")),
        (Changes(added=(replace(OWN, sign="I_NONE"),)), Fault(0, "", "sign", "WRONG_UNKNOWN_SIGN")),
        (Changes(added=(replace(OWN, sign="I_O_FEAR"),)), Fault(0, "", "sign", "WRONG_UNKNOWN_SIGN")),
        (Changes(added=(replace(OWN, theme="SEEN"),)), Fault(0, "", "theme", "WRONG_UNKNOWN_THEME")),
        (Changes(added=(replace(OWN, text=words("", "")),)), Fault(0, "", "text_en", "WRONG_EMPTY")),
        (Changes(added=(replace(OWN, child=words("x", "")),)), Fault(0, "", "child_id", "WRONG_EMPTY")),
        (Changes(added=tuple(replace(OWN, code=f"OWN_{n}") for n in range(21))), Fault(0, "", "", "WRONG_TOO_MANY")),
        (NO_CHANGES, Fault(0, "", "", "WRONG_NOTHING_CHANGED")),
    ],
)
def test_faults_name_question_and_field(changes, fault):
    assert fault in [replace(item, detail="") for item in question_file.check(SHORT, changes)]


@pytest.mark.parametrize("forbidden", forbidden_questions(), ids=lambda each: each.code)
def test_each_forbidden_question_is_a_fault_in_each_language(forbidden):
    for example in (example for every in forbidden.examples.values() for example in every):
        for changes in (worded(en=example), worded(id=example)):
            assert forbidden.code in {item.code for item in question_file.check(SHORT, changes)}


def test_own_versions_have_own_codes_and_their_form_is_known():
    house = UUID(int=7)
    code = changing.own_code("short", house)
    assert changing.form_of(code) == changing.form_of("short") == "short"
    assert house.hex in code
    assert changing.own_code("full", house) != code
