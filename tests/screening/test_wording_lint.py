"""The lint of what is never asked: every code, in both languages, also when it hides."""

import json
import random

import pytest

from suar.screening.rules.data_files import DATA
from suar.screening.rules.reference import forbidden_questions
from suar.screening.rules.wording_lint import lint
from tests.screening.editing import lint_all

NEVER = forbidden_questions()
EXAMPLES = [
    (item.code, language, words) for item in NEVER for language, every in item.examples.items() for words in every
]


def test_there_are_twenty_codes_with_a_reason_and_examples_in_both_languages() -> None:
    assert len(NEVER) == 20
    for item in NEVER:
        assert item.because["en"]
        assert item.because["id"]
        assert set(item.examples) == {"en", "id"}
        assert all(item.examples.values())


@pytest.mark.parametrize(("code", "language", "words"), EXAMPLES)
def test_each_code_is_caught_in_each_language(code: str, language: str, words: str) -> None:
    assert code in lint(words)
    assert code in lint(f"So tell me. {words.upper()}")


@pytest.mark.parametrize(
    "hidden",
    [
        "Why d\u0456d you stay?",
        "W h y  d i d you not leave?",
        "Why\u200b did you not leave?",
        "\uff37hy did you not leave?",
        "WHY  DID\u00a0YOU not leave?",
        "Why didn\u2019t you run?",
    ],
)
def test_a_disguised_wording_is_detected(hidden: str) -> None:
    assert lint(hidden)


def test_letters_of_another_alphabet_are_a_finding_of_their_own() -> None:
    assert lint("\u0430 question") == ("STRANGE_LETTERS",)


STRANGE = (
    "\u0251\u0259\u00f8\u0131\u0142\u026a\u1d00\u0430\u03bf\u2800\u3164\u115f\u1160\uffa0\u00ad\u034f\u180e\u200b"
    "\u2060\ufe0f\u0336\u0335\u0303\u1680\u2028\u00b7\u2044\u2215\u01c0\u00b4\u2022\U000e0061\U0001d173|*$@~^+="
)
BETWEEN = ".,;:?!'\"()/_-\u2013\u2019"


@pytest.mark.parametrize(("code", "words"), [(code, words) for code, _, words in EXAMPLES])
def test_a_strange_sign_put_in_or_in_the_place_of_a_letter_is_found(code: str, words: str) -> None:
    chance = random.Random(f"{code} {words}")
    for sign in STRANGE:
        place = chance.randrange(len(words))
        for after in (place, place + 1):
            changed = words[:place] + sign + words[after:]
            found = lint(changed)
            assert "STRANGE_LETTERS" in found, ascii(changed)


@pytest.mark.parametrize(("code", "words"), [(code, words) for code, _, words in EXAMPLES])
def test_inserted_punctuation_is_ignored(code: str, words: str) -> None:
    chance = random.Random(f"{code} {words}")
    for sign in sorted(set(BETWEEN) - set(words)):
        place = chance.randrange(len(words))
        changed = words[:place] + sign + words[place:]
        assert code in lint(changed), changed


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Is there any ev1dence?", "NA_PROVE"),
        ("Are you a v1ct1m?", "NA_LABEL"),
        ("Apakah kamu k0rban?", "NA_LABEL"),
        ("Are you here i11egally?", "NA_STATUS"),
        ("Why_did_you_stay?", "NA_WHY_STAY"),
        ("Show pro-of.", "NA_PROVE"),
        ("Kamu-yakin?", "NA_CHILD_LEAD"),
    ],
)
def test_digits_and_signs_in_the_place_of_letters_and_spaces_hide_nothing(words, code) -> None:
    assert code in lint(words)


def test_more_kinds_of_signs_than_a_sentence_has_are_a_finding() -> None:
    assert lint("A; b: c, d. (e) / f?") == ("STRANGE_LETTERS",)


@pytest.mark.parametrize(
    "words",
    [
        "Did you eat at the caf\u00e9, or \u201cat home\u201d?",
        "\u00c0 No\u00ebl, \u00e7a va\u2026?",
        "Kamu umur 12 \u2013 14 tahun?\n",
        "Apa\u00a0yang \uff21nda perlukan (hari ini)?",
    ],
)
def test_ordinary_accents_quotes_and_widths_pass(words: str) -> None:
    assert lint(words) == ()


@pytest.mark.parametrize(
    "kind",
    [
        "Could you go out alone when you wanted?",
        "Bisakah Anda keluar sendiri saat ingin?",
        "What did you think would happen if you left?",
    ],
)
def test_allowed_questions_pass(kind: str) -> None:
    assert lint(kind) == ()


@pytest.mark.parametrize("file", sorted(DATA.glob("instrument-*.json")), ids=lambda f: f.name)
def test_our_own_questions_pass(file) -> None:
    raw = json.loads(file.read_text("utf-8"))
    assert lint_all([raw["steps"], raw.get("closing", [])]) == ()
