"""Properties that hold for any talk."""

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from suar.screening.codes import Answer, Value
from suar.screening.rules.answers import SEEN_AGE_DOUBT, AgeFacts, Answers, Doubt, Path, path_of
from suar.screening.rules.draft import read_draft, write_draft
from suar.screening.rules.instrument import Sign, instrument
from suar.screening.rules.outcomes import element_values, rank, what_would_change
from tests.screening.talks import AGREED, SAFE, SIGN_QUESTIONS, TALK, suggest, suggestion_of

KINDS = {
    question: sorted({line.sign for line in TALK.lines if line.question == question})
    for question in (*SIGN_QUESTIONS, "SN_SEEN")
}


def adds(sign: Sign) -> bool:
    """Return True if a sign can only add: neutral answers and poor conditions can also settle a doubt.

    A doubt of age changes the definition that applies; child protection is reached then, whatever is suggested.
    """
    return not sign.neutral and not sign.conditions and sign.code != SEEN_AGE_DOUBT


EVERY_SIGN = [(question, sign) for question, signs in KINDS.items() for sign in signs if adds(TALK.signs[sign])]
NO_SIGN = ("NO", "SKIPPED", "NOT_ASKED")
ADULT_AGE, CHILD_AGE = AgeFacts(years=30, doubt=Doubt.NO), AgeFacts(years=15)
quick = settings(max_examples=120, deadline=None)


@st.composite
def talks(draw) -> Answers:
    """Draw a talk: any prompt answered in any way, any sign ticked."""
    ticked = draw(st.sets(st.sampled_from(EVERY_SIGN), max_size=8))
    signs: dict[str, set[str]] = {}
    for question, sign in ticked:
        signs.setdefault(question, set()).add(sign)
    choices = {question: "YES" if question in signs else draw(st.sampled_from(NO_SIGN)) for question in SIGN_QUESTIONS}
    return Answers(
        choices={**SAFE, **AGREED, **choices},
        signs={question: frozenset(codes) for question, codes in signs.items()},
        age=draw(st.sampled_from([ADULT_AGE, CHILD_AGE])),
    )


def strength(answers: Answers) -> int:
    """Return how strong a suggestion is; 'no signs' and 'could not talk' both say nothing."""
    return max(rank(TALK.tables, suggestion_of(answers).outcome), 1)


HELD = {
    "SG_PAPERS": frozenset({"I_M_PAPERS"}),
    "SG_DEBT": frozenset({"I_M_DEBT"}),
    "SG_LEAVE": frozenset({"I_P_SERVE"}),
}
NOT_ASKED_WHO = Answers(
    choices={**SAFE, **AGREED, **dict.fromkeys(HELD, "YES"), "SG_ARRANGED": "SKIPPED"}, signs=HELD, age=ADULT_AGE
)


@quick
@given(answers=talks(), more=st.sampled_from(EVERY_SIGN))
@example(answers=NOT_ASKED_WHO, more=("SG_ARRANGED", "I_P_ADOPT")).via("a kind for children, ticked for an adult")
def test_more_signs_never_lower_a_suggestion(answers: Answers, more: tuple[str, str]) -> None:
    question, sign = more
    ticked = answers.signs.get(question, frozenset()) | {sign}
    with_more = replace(
        answers,
        choices={**answers.choices, question: "YES"},
        signs={**answers.signs, question: ticked},
    )
    assert strength(with_more) >= strength(answers)


@quick
@given(answers=talks(), question=st.sampled_from(SIGN_QUESTIONS))
def test_a_sign_without_its_kind_never_lowers_a_suggestion(answers: Answers, question: str) -> None:
    tapped = replace(answers, choices={**answers.choices, question: "YES"})
    assert strength(tapped) >= strength(answers)


@quick
@given(answers=talks())
def test_means_are_not_required_for_a_child(answers: Answers) -> None:
    child = replace(answers, age=CHILD_AGE)
    elements = element_values(child, Path.CHILD)
    without = replace(elements, means=replace(elements.means, value=Value.NOT_SUPPORTED))
    unknown = replace(elements, means=replace(elements.means, value=Value.UNKNOWN))
    assert suggest(without, Path.CHILD) == suggest(unknown, Path.CHILD)
    if elements.purpose.value is Value.SUPPORTED and elements.act.value is not Value.NOT_SUPPORTED:
        assert suggest(without, Path.CHILD).outcome == "PRESUMED_VICTIM"


@quick
@given(answers=talks(), seed=st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(answers: Answers, seed) -> None:
    choices, signs = list(answers.choices.items()), list(answers.signs.items())
    seed.shuffle(choices)
    seed.shuffle(signs)
    shuffled = replace(answers, choices=dict(choices), signs=dict(signs))
    path = path_of(answers)
    assert element_values(shuffled, path) == element_values(answers, path)
    assert what_would_change(shuffled, path) == what_would_change(answers, path)


@quick
@given(answers=talks())
def test_not_asked_does_not_count_as_no(answers: Answers) -> None:
    silent = {
        question: answer
        for question, answer in answers.choices.items()
        if question in SIGN_QUESTIONS and answer in ("SKIPPED", "NOT_ASKED")
    }
    elements = element_values(answers, path_of(answers))
    for item in (elements.act, elements.means, elements.purpose):
        if set(item.open_questions) & set(silent):
            assert item.value is not Value.NOT_SUPPORTED


@quick
@given(answers=talks())
def test_observations_alone_support_no_element(answers: Answers) -> None:
    seen_only = replace(
        answers,
        choices={**answers.choices, **dict.fromkeys(SIGN_QUESTIONS, Answer.NOT_ASKED)},
        signs={"SN_SEEN": answers.signs.get("SN_SEEN", frozenset())},
    )
    elements = element_values(seen_only, path_of(seen_only))
    for item in (elements.act, elements.means, elements.purpose):
        assert item.value is not Value.SUPPORTED


@quick
@given(answers=talks(), stop=st.sampled_from([None, *TALK.stops]))
def test_the_suggestion_is_always_offered_and_every_code_has_words(answers: Answers, stop: str | None) -> None:
    suggestion = suggestion_of(answers, stop)
    assert suggestion.outcome in suggestion.offered
    for code in (*suggestion.because, *suggestion.notes):
        assert instrument().words_of(code)["id"]
    elements = element_values(answers, path_of(answers))
    for item in (elements.act, elements.means, elements.purpose):
        assert instrument().words_of(item.because)["id"]


@quick
@given(answers=talks())
def test_a_draft_survives_being_written_and_read(answers: Answers) -> None:
    assert read_draft(write_draft(answers)) == answers


@quick
@given(answers=talks())
def test_each_change_named_is_a_real_one(answers: Answers) -> None:
    path = path_of(answers)
    now = suggestion_of(answers).outcome
    assert what_would_change(answers, path, "STOP_DANGER") == ()
    for change in what_would_change(answers, path):
        assert change.outcome is not now
        assert instrument().words_of(change.kind)["id"]
        assert answers.choices.get(change.question or "") != "NO"
