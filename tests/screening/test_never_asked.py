"""The lint of what is never asked: every code, in both languages, also when it hides."""

import json

import pytest

from suar.screening import rules
from suar.screening.reasons import Because
from suar.screening.rules.files import DATA

NEVER = rules.never_asked()
EXAMPLES = [
    (each.code, language, words)
    for each in NEVER
    for language, every in each.examples.items()
    for words in every
]


def test_there_are_twenty_codes_with_a_reason_and_examples_in_both_languages() -> None:
    assert len(NEVER) == 20
    for each in NEVER:
        assert each.because.en
        assert each.because.id
        assert set(each.examples) == {"en", "id"}
        assert all(each.examples.values())


@pytest.mark.parametrize(("code", "language", "words"), EXAMPLES)
def test_each_code_is_caught_in_each_language(code: str, language: str, words: str) -> None:
    assert code in {found.code for found in rules.lint({"here": words})}
    assert code in {found.code for found in rules.lint({"here": f"So tell me. {words.upper()}"})}


@pytest.mark.parametrize(
    "hidden",
    [
        "Why d\u0456d you stay?", "W h y  d i d you not leave?", "Why\u200b did you not leave?",
        "\uff37hy did you not leave?", "WHY  DID\u00a0YOU not leave?", "Why didn\u2019t you run?",
    ],
)  # fmt: skip
def test_a_wording_that_hides_is_found(hidden: str) -> None:
    assert rules.lint({"here": hidden})


def test_letters_of_another_alphabet_are_a_finding_of_their_own() -> None:
    assert [f.code for f in rules.lint({"here": "\u0430 question"})] == [Because.STRANGE_LETTERS]


@pytest.mark.parametrize(
    "kind",
    ["Could you go out alone when you wanted?", "Bisakah Anda keluar sendiri saat ingin?",
     "What did you think would happen if you left?"],
)  # fmt: skip
def test_a_kind_question_passes(kind: str) -> None:
    assert rules.lint({"here": kind}) == ()


def test_a_question_set_is_read_however_deep_and_named_by_its_place() -> None:
    edited = {"steps": [{"questions": [{"code": "X1", "text": {"en": "Can you prove it?"}}]}]}
    [found] = rules.lint_set(edited)
    assert (found.where, found.code) == (".steps[0].questions[0].text.en", "NA_PROVE")


def test_a_prompt_that_names_a_code_of_the_list_is_refused() -> None:
    assert "NA_HIV" in {found.code for found in rules.lint_set({"link": "NA_HIV"})}


def test_something_deeper_than_a_question_set_ever_is_is_a_finding() -> None:
    deep: object = "x"
    for _ in range(5000):
        deep = [deep]
    assert [found.code for found in rules.lint_set(deep)] == [Because.NEVER_ASKED]


@pytest.mark.parametrize("file", sorted(DATA.glob("instrument-*.json")), ids=lambda f: f.name)
def test_our_own_questions_pass(file) -> None:
    raw = json.loads(file.read_text("utf-8"))
    assert rules.lint_set(raw["steps"]) == ()
    assert rules.lint_set(raw.get("closing", [])) == ()
