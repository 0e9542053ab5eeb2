"""From taps to act, means and purpose: thresholds, poor conditions, signs seen."""

from dataclasses import replace

import pytest

from suar.screening.codes import Answer, Outcome, Value
from suar.screening.rules.answers import Answers, Element, Path
from suar.screening.rules.draft import BY_WHICH, BY_WHO, clashes
from suar.screening.rules.outcomes import element_lines, element_values
from tests.screening.talks import TALK, adult_talk, child_talk, sign_answers, suggestion_of


def summed_up(signs, others=Answer.NO, path=Path.ADULT, **more):
    """Sum up a talk in which these signs were told and the other prompts have one answer."""
    choices, signs = sign_answers(signs, others)
    return element_values(adult_talk(choices, signs, **more), path)


def test_elements_of_an_empty_talk_are_unknown() -> None:
    elements = element_values(Answers(), Path.ADULT)
    assert {item.value for item in (elements.act, elements.means, elements.purpose)} == {Value.UNKNOWN}
    assert elements.means.open_questions == (
        "SG_PROMISE",
        "SG_PAPERS",
        "SG_DEBT",
        "SG_LEAVE",
        "SG_HURT",
    )
    assert set(elements.missing) == {gate.code for gate in TALK.tables.preconditions}


@pytest.mark.parametrize(
    ("signs", "value"),
    [
        ({"SG_HURT": ["I_M_FORCE"]}, Value.SUPPORTED),
        ({"SG_PROMISE": ["I_M_DECEIVE_COND"], "SG_PAPERS": ["I_M_PAPERS"]}, Value.SUPPORTED),
        ({"SG_PAPERS": ["I_M_PAPERS"]}, Value.SOME_SIGNS),
        (
            {"SG_PAPERS": ["I_M_PAPERS"], "SN_SEEN": ["I_O_FEAR", "I_O_CONTROLLED"]},
            Value.SUPPORTED,
        ),
        ({"SG_PAPERS": ["I_M_PAPERS"], "SN_SEEN": ["I_O_FEAR"]}, Value.SOME_SIGNS),
        ({"SG_PAPERS": ["I_M_PAPERS"], "SN_SEEN": ["I_O_INJURY"]}, Value.SUPPORTED),
        ({}, Value.NOT_SUPPORTED),
    ],
)
def test_one_strong_two_medium_or_one_medium_and_two_weak_support_means(signs, value) -> None:
    assert summed_up(signs).means.value is value


def test_observed_signs_alone_do_not_support_an_element() -> None:
    seen = [sign.code for sign in TALK.signs.values() if sign.observed]
    elements = summed_up({"SN_SEEN": seen})
    for item in (elements.act, elements.means):
        assert item.value is Value.SOME_SIGNS
        assert item.because == "SEEN_ONLY"
    assert elements.purpose.value is Value.NOT_SUPPORTED


POOR = {"SG_PAID": ["I_P_NO_PAY"], "SG_WORK": ["I_P_HOURS", "I_P_DANGER", "I_P_LIVING"]}


def test_poor_conditions_in_a_job_one_could_leave_do_not_support_purpose() -> None:
    elements = summed_up(POOR)
    assert elements.purpose.value is Value.NOT_SUPPORTED
    assert elements.purpose.because == "FREE_TO_LEAVE"
    assert elements.means.value is Value.NOT_SUPPORTED
    choices, signs = sign_answers(POOR)
    suggestion = suggestion_of(adult_talk(choices, signs))
    assert suggestion.outcome is Outcome.NOT_INDICATED
    assert suggestion.notes == ("LABOUR_HELP",)


def test_poor_conditions_are_not_called_no_sign() -> None:
    answers = adult_talk(*sign_answers(POOR))
    _act, _means, purpose = element_lines(answers, element_values(answers, Path.ADULT))
    assert purpose["signs"]
    assert purpose["value"] == "POOR_CONDITIONS"
    assert "Poor conditions" in TALK.words_of(purpose["value"])["en"]


def test_poor_conditions_count_beside_a_sign_that_holds() -> None:
    elements = summed_up({**POOR, "SG_PAPERS": ["I_M_PAPERS"]})
    assert elements.purpose.value is Value.SUPPORTED


def test_a_sign_seen_does_not_make_poor_conditions_count() -> None:
    assert summed_up({**POOR, "SN_SEEN": ["I_O_CONTROLLED"]}).purpose.value is Value.NOT_SUPPORTED


def test_only_strong_signs_hold_somebody_who_could_leave_for_good() -> None:
    unpaid = {"SG_PAID": ["I_P_NO_PAY", "I_M_WAGES"], "SG_HURT": ["I_M_LAW_THREAT"]}
    assert summed_up(unpaid).purpose.value is Value.SOME_SIGNS
    free = summed_up({**unpaid, "SG_LEAVE": ["I_N_RULES"]})
    assert (free.purpose.value, free.purpose.because) == (Value.NOT_SUPPORTED, "FREE_TO_LEAVE")
    assert summed_up({**unpaid, "SG_LEAVE": ["I_N_RULES", "I_M_CONFINE"]}).purpose.value is Value.SOME_SIGNS
    assert summed_up({**unpaid, "SG_LEAVE": ["I_N_RULES"]}, path=Path.CHILD).purpose.value is Value.SOME_SIGNS


@pytest.mark.parametrize(
    ("answer", "kinds", "facts"),
    [
        ("NO", [], {"NOT_HELD"}),
        ("YES", ["I_N_RULES"], {"COULD_LEAVE", "NOT_HELD"}),
        ("YES", ["I_M_NO_WAY"], set()),
        ("YES", ["I_N_JOURNEY"], set()),
        ("SKIPPED", [], set()),
        ("NOT_ASKED", [], set()),
    ],
)
def test_who_was_asked_about_leaving_and_gave_no_sign_was_not_held(answer, kinds, facts) -> None:
    assert element_values(adult_talk({"SG_LEAVE": answer}, {"SG_LEAVE": kinds}), Path.ADULT).facts == facts


def test_the_same_is_suggested_for_a_child_who_was_hit_if_the_worker_taps_no_sign_or_could_leave() -> None:
    for more in ({}, {"SG_LEAVE": ["I_N_RULES"]}):
        choices, signs = sign_answers({"SG_HURT": ["I_M_FORCE"], **more})
        assert suggestion_of(child_talk(choices, signs)).because == ("CH07",)


def test_a_sign_by_nobody_known_raises_what_no_sign_about_leaving_leaves_open() -> None:
    planned = {"SG_PROMISE": ["I_P_INTENT"], "SG_HURT": ["I_M_FORCE"]}
    for more in ({}, {"SG_AFRAID": ["I_M_THREAT"]}):
        choices, signs = sign_answers({**planned, **more})
        assert suggestion_of(adult_talk({**choices, BY_WHO: "UNKNOWN"}, signs)).outcome is Outcome.POSSIBLE_AT_RISK


def test_money_for_handing_somebody_over_does_not_say_that_they_could_not_leave() -> None:
    matched = {"SG_ARRANGED": ["I_M_PAID_CONTROL"], "SG_WORK": ["I_P_HOURS"]}
    elements = summed_up(matched)
    assert (elements.means.value, elements.purpose.value) == (Value.SUPPORTED, Value.NOT_SUPPORTED)
    assert summed_up({**matched, "SG_LEAVE": ["I_M_CONFINE"]}).purpose.value is Value.SUPPORTED


@pytest.mark.parametrize(
    ("holding", "path", "value"),
    [
        ({"SG_DEBT": ["I_M_DEBT"]}, Path.ADULT, Value.SUPPORTED),
        ({"SG_PAPERS": ["I_M_PAPERS"]}, Path.ADULT, Value.SOME_SIGNS),
        ({"SG_DEBT": ["I_M_DEBT"], "SG_LEAVE": ["I_N_RULES"]}, Path.ADULT, Value.SOME_SIGNS),
        ({"SG_DEBT": ["I_M_DEBT"]}, Path.CHILD, Value.SOME_SIGNS),
        ({}, Path.ADULT, Value.NOT_SUPPORTED),
    ],
)
def test_very_long_hours_are_strong_for_an_adult_whom_a_strong_sign_holds(holding, path, value) -> None:
    assert summed_up({"SG_WORK": ["I_P_HOURS"], **holding}, path=path).purpose.value is value


def test_fraud_and_work_in_the_own_family_are_no_signs() -> None:
    elements = summed_up({"SG_PROMISE": ["I_N_FRAUD"], "SG_PAID": ["I_N_FAMILY"], "SG_WORK": ["I_N_FAMILY"]})
    assert {item.value for item in elements.results} == {Value.NOT_SUPPORTED}


def test_work_of_a_child_at_home_counts_only_if_somebody_took_gave_or_keeps_the_child() -> None:
    home = {"SG_WORK": ["I_P_HOURS", "I_N_FAMILY"]}
    assert summed_up(home, path=Path.CHILD).purpose.value is Value.NOT_SUPPORTED
    assert summed_up({"SG_WORK": ["I_P_HOURS"]}, path=Path.CHILD).purpose.value is Value.SOME_SIGNS
    given = {**home, "SG_ARRANGED": ["I_A_FAMILY_GAVE"]}
    assert summed_up(given, path=Path.CHILD).purpose.value is Value.SOME_SIGNS


@pytest.mark.parametrize(
    ("kind", "outcome"), [("I_M_PAPERS_KEPT", "NOT_INDICATED"), ("I_M_PAPERS", "POSSIBLE_AT_RISK")]
)
def test_papers_that_others_keep_are_no_force_against_a_child(kind, outcome) -> None:
    choices, signs = sign_answers({"SG_PAPERS": [kind]})
    assert suggestion_of(child_talk(choices, signs)).outcome == outcome


def test_poor_conditions_are_some_signs_while_freedom_to_leave_was_not_asked() -> None:
    choices, signs = sign_answers(POOR)
    purpose = element_values(adult_talk({**choices, "SG_LEAVE": "NOT_ASKED"}, signs), Path.ADULT).purpose
    assert (purpose.value, purpose.because) == (Value.SOME_SIGNS, "CONDITIONS_ONLY")


def test_poor_conditions_count_for_a_child_without_any_means() -> None:
    assert summed_up(POOR, path=Path.CHILD).purpose.value is Value.SUPPORTED


def test_sexual_exploitation_of_an_adult_supports_purpose_and_sex_work_by_choice_does_not() -> None:
    assert summed_up({"SG_WORK": ["I_P_SEX"]}).purpose.value is Value.SUPPORTED
    assert summed_up({"SG_WORK": ["I_N_OWN_SEX_WORK"]}).purpose.value is Value.NOT_SUPPORTED


OTHERS = ("PARTNER", "STRANGER", "AUTHORITY", "OTHERS")
HURT = {"SG_HURT": ["I_M_FORCE"], "SG_PAPERS": ["I_M_PAPERS"]}


@pytest.mark.parametrize(
    ("who", "which", "value", "others"),
    [
        ("THEM", (), Value.SUPPORTED, ()),
        ("UNKNOWN", (), Value.SOME_SIGNS, ()),
        (None, (), Value.SOME_SIGNS, ()),
        ("SOME", (), Value.SOME_SIGNS, ()),
        ("SOME", ("I_M_FORCE",), Value.SUPPORTED, ("I_M_PAPERS",)),
        ("SOME", ("I_M_PAPERS",), Value.SOME_SIGNS, ("I_M_FORCE",)),
        *((who, (), Value.NOT_SUPPORTED, ("I_M_FORCE", "I_M_PAPERS")) for who in OTHERS),
    ],
)
def test_harm_is_a_means_only_if_done_by_those_who_recruit_move_hire_house_or_profit(who, which, value, others):
    choices, signs = sign_answers(HURT)
    answers = adult_talk({**choices, BY_WHO: who}, signs, picked={BY_WHICH: frozenset(which)})
    if who is None:
        answers = replace(answers, choices={code: given for code, given in answers.choices.items() if given})
    elements = element_values(answers, Path.ADULT)
    assert elements.means.value is value
    assert elements.by_others == others


@pytest.mark.parametrize(("who", "words"), [("PARTNER", ("ONLY_SEEN", "SEEN_BY_OTHERS")), ("THEM", None)])
def test_seen_signs_beside_harm_that_does_not_count_are_named_as_only_seen(who, words):
    seen = next(sign for sign in TALK.signs_of("SN_SEEN", Path.ADULT) if sign.element is Element.MEANS)
    choices, signs = sign_answers({"SG_HURT": ["I_M_FORCE"], "SN_SEEN": [seen.code]})
    answers = adult_talk({**choices, BY_WHO: who}, signs)
    line = element_lines(answers, element_values(answers, Path.ADULT))[1]
    assert ((line["value"], line["because"]) == words) is bool(words)


def test_what_began_before_the_age_of_18_needs_no_means() -> None:
    choices, signs = sign_answers({"SG_ARRANGED": ["I_A_TRANSFER"], "SG_WORK": ["I_P_SEX"]})
    assert suggestion_of(adult_talk(choices, signs)).outcome is Outcome.POSSIBLE_AT_RISK
    assert suggestion_of(adult_talk({**choices, "BG_AGE": "UNDER_18"}, signs)).outcome is Outcome.PRESUMED_VICTIM


def test_sexual_exploitation_of_a_child_supports_purpose() -> None:
    choices, signs = sign_answers({"SG_WORK": ["I_P_SEX"]}, Answer.NOT_ASKED)
    assert suggestion_of(child_talk(choices, signs)).outcome is Outcome.PRESUMED_VICTIM


def test_a_sign_without_its_kind_counts_as_some_sign() -> None:
    elements = element_values(adult_talk({"SG_PAID": "YES", "SG_AFRAID": "YES"}), Path.ADULT)
    assert elements.purpose.because == "KIND_MISSING"
    assert elements.means.because == "KIND_MISSING"
    assert elements.act.value is Value.UNKNOWN


def test_a_yes_that_speaks_of_another_element_is_not_a_no() -> None:
    elements = summed_up({"SG_PAID": ["I_M_WAGES"]})
    assert elements.purpose.value is Value.NO_SIGN
    assert elements.means.value is Value.SOME_SIGNS


@pytest.mark.parametrize("other", [Answer.NOT_ASKED, Answer.SKIPPED])
def test_not_asked_and_skipped_do_not_count_as_no(other: Answer) -> None:
    elements = summed_up({}, others=other)
    for item in (elements.act, elements.means, elements.purpose):
        assert item.value is Value.UNKNOWN
        assert item.because == "NOT_ALL_ASKED"
        assert item.open_questions


def test_one_prompt_left_open_keeps_the_element_unknown() -> None:
    choices, _ = sign_answers({})
    elements = element_values(adult_talk({**choices, "SG_DEBT": Answer.SKIPPED}), Path.ADULT)
    assert elements.means.value is Value.UNKNOWN
    assert elements.means.open_questions == ("SG_DEBT",)
    assert elements.purpose.because == "ASKED_AND_DENIED"


def test_a_ticked_sign_counts_even_beside_no_sign_until_it_is_settled() -> None:
    answers = adult_talk({"SG_HURT": "NO"}, {"SG_HURT": ["I_M_FORCE"]})
    assert clashes(answers) == ("SG_HURT",)
    assert element_values(answers, Path.ADULT).means.value is Value.SUPPORTED


def test_signs_only_for_children_do_not_count_once_the_person_is_grown() -> None:
    signs = {"SG_ARRANGED": ["I_P_ADOPT"]}
    choices, _ = sign_answers(signs)
    child = element_values(child_talk(choices, signs), Path.CHILD)
    grown = element_values(adult_talk(choices, signs), Path.ADULT)
    assert child.purpose.signs == ("I_P_ADOPT",)
    assert grown.purpose.signs == ()


def test_a_child_who_works_where_an_adult_was_is_left_to_the_worker_to_weigh() -> None:
    choices, signs = sign_answers({"SG_WORK": ["I_P_CHILD_WORK"]})
    assert suggestion_of(adult_talk(choices, signs)).outcome is Outcome.POSSIBLE_AT_RISK


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"SG_PAID": "SKIPPED", "SG_WORK": "NOT_ASKED"}, "PURPOSE_NOT_ASKED"),
        ({"SG_LEAVE": "SKIPPED"}, "FREEDOM_NOT_ASKED"),
        ({"SF_NEAR": "UNKNOWN"}, "PRIVACY_NOT_FAIR"),
        ({"CN_BACK": "NO"}, "NOT_UNDERSTOOD"),
    ],
)
def test_each_unmet_precondition_bars_no_signs(change, missing: str) -> None:
    choices, _ = sign_answers({})
    clean, barred = adult_talk(choices), adult_talk({**choices, **change})
    assert element_values(clean, Path.ADULT).missing == ()
    assert element_values(barred, Path.ADULT).missing == (missing,)
    assert suggestion_of(clean).outcome is Outcome.NOT_INDICATED
    assert suggestion_of(barred).outcome is Outcome.UNABLE


def test_nobody_who_writes_up_a_talk_must_claim_that_the_person_said_it_back() -> None:
    choices, _ = sign_answers({})
    later = adult_talk({**choices, "CN_BACK": "NO", "WR_HOW": "LATER"})
    assert suggestion_of(later).outcome is Outcome.NOT_INDICATED


def test_what_was_asked_in_full_is_not_called_open() -> None:
    plan = {"SG_PROMISE": ["I_P_INTENT"]}
    assert (summed_up(plan).means.value, summed_up(plan).means.because) == (Value.NO_SIGN, "ALL_ASKED")
    assert summed_up(plan, others=Answer.NOT_ASKED).means.because == "NOTHING_POINTS_TO_IT"
    assert "All of it was asked" in TALK.words_of("ALL_ASKED")["en"]
