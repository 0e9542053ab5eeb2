"""The wording is kind in both languages: words that never stand here, and what is never asked."""

import json
import re

import pytest

from suar.core.codes import code_list
from suar.screening.codes import Step
from suar.screening.rules.answers import Path
from suar.screening.rules.data_files import DATA
from suar.screening.rules.instrument import instrument
from suar.screening.rules.reference import country_lines
from tests.screening.talks import FILES, FULL, INSTRUMENTS, TALK, walk

NEVER = {
    "en": r"victim|suspect|illegal|rescue|client|beneficiar|prostitut|traffick",
    "id": r"korban|tersangka|terduga|ilegal|menyelamatkan|penyelamat|klien|penerima manfaat"
    r"|pelacur|\bpsk\b|perdagangan orang",
}
NEVER_ASKED = {
    "en": r"why did you|why didn|prove|virgin|testify|password|did you know it was",
    "id": r"(kenapa|mengapa) (anda|kamu)|buktikan|bukti|perawan|bersaksi|kata sandi",
}
FORMAL, FAMILIAR = r"\b(Anda|Saya|saya)\b", r"\b(kamu|[Aa]ku)\b"
LONGEST = 24


def wordings() -> list[tuple[str, str, str]]:
    """Return (file, language, words) for every wording; the list of sources is no wording."""
    return [
        (file.name, language, node[language])
        for file in FILES
        if not file.name.startswith("sources")
        for node in walk(json.loads((DATA / file.name).read_text("utf-8")))
        if "en" in node
        for language in ("en", "id")
    ]


WORDINGS = wordings()


@pytest.mark.parametrize("rule", [NEVER, NEVER_ASKED], ids=["never said", "never asked"])
def test_no_harmful_word_is_in_any_wording(rule: dict[str, str]) -> None:
    found = [(file, words) for file, language, words in WORDINGS if re.search(rule[language], words, re.IGNORECASE)]
    assert found == []


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Are you a victim?"), ("id", "Apakah Anda korban?"), ("id", "tidak ilegal")],
)
def test_the_lint_finds_a_word_that_harms(language: str, words: str) -> None:
    assert re.search(NEVER[language], words, re.IGNORECASE)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Why did you stay?"), ("id", "Mengapa Anda tidak pergi?"), ("en", "Can you prove it?")],
)
def test_the_lint_finds_a_question_never_asked(language: str, words: str) -> None:
    assert re.search(NEVER_ASKED[language], words, re.IGNORECASE)


def test_a_grown_person_is_anda_and_a_child_is_kamu() -> None:
    asked = [q for talk in INSTRUMENTS for q in talk.questions.values()]
    spoken = [(q.text, q.child) for q in asked if q.to == "person"]
    spoken += [(country_line.text, country_line.child) for country_line in country_lines("ID")]
    spoken += [(stop.say, stop.child) for stop in TALK.stops.values()]
    spoken += [(words.say, words.child) for words in TALK.tables.outcomes.values()]
    assert not [text["id"] for text, _ in spoken if re.search(FAMILIAR, text["id"])]
    assert not [child["id"] for _, child in spoken if child and re.search(FORMAL, child["id"])]


def test_sentences_said_to_the_person_are_short() -> None:
    asked = [q for talk in INSTRUMENTS for q in talk.questions.values()]
    said = [q.text for q in asked if q.to == "person"]
    said += [stop.say for stop in TALK.stops.values()]
    sentences = [
        sentence for text in said for words in (text["en"], text["id"]) for sentence in re.split(r"[.?!:]\s*", words)
    ]
    assert [s for s in sentences if len(s.split()) > LONGEST] == []


def test_every_code_a_rule_can_give_back_has_words() -> None:
    codes = [row.code for rows in TALK.tables.rows.values() for row in rows]
    codes += [lift.code for lift in TALK.tables.minimums] + [gate.code for gate in TALK.tables.preconditions]
    codes += list(TALK.stops) + list(TALK.signs) + list(TALK.needs) + list(TALK.tables.outcomes)
    codes += list(TALK.tables.notes) + list(TALK.tables.reasons)
    codes += [row.code for row in TALK.keeping]
    assert all(instrument().words_of(code)["en"] for code in codes)
    with pytest.raises(KeyError):
        instrument().words_of("NO_SUCH_CODE")


def test_the_fixed_codes_in_the_rules_have_words() -> None:
    source = "".join(file.read_text("utf-8") for file in (DATA.parent / "rules").glob("*.py"))
    codes = set(re.findall(r'"([A-Z]+_[A-Z_]+|DONE|STOPPED|NOTED)"', source))
    known = {*TALK.questions, *FULL.questions, *TALK.stops, "UNSCORED_SIGN", "UNDER_18"}
    rule_codes = codes - known - {"STAND_IN", "MAY_BE_INVOLVED", "NOT_ABLE"}
    rule_codes -= {"ALL_UNLESS_WISHED", "NOT_THE_STORY", "NOT_ASKED", "YES_NO"}
    rule_codes -= {
        "ELEMENTS_SUPPORTED",
        "NONE_NEEDED",
        "OWN_",
        "YES_NO_SKIP",
        "BY_SIGNS",
        "NO_LAWYER",
        "NOT_ACCUSED",
        "NO_SIGNS",
    }
    rule_codes -= {*code_list("screening", "next_steps"), *code_list("screening", "problems")}
    rule_codes -= {"CHILD_PROTECTION", "NOTE_LATER", "NOT_STOPPED"}  # an owner, and where a page leads
    rule_codes -= {
        "COULD_LEAVE",
        "NOT_HELD",
        "HURT_ONLY",
        "MEANS_TOLD",
        "PRESUMED_FORCED",
    }  # facts on which rows and minimums depend
    for name in ("required_questions", "file_faults"):
        assert set(code_list("screening", name)) <= codes
        rule_codes -= set(code_list("screening", name))
    assert rule_codes
    assert [code for code in sorted(rule_codes) if not instrument().words_of(code)["id"]] == []


@pytest.mark.parametrize("path", Path)
def test_what_is_said_before_a_short_talk_is_at_most_120_words_and_holds_what_a_consent_needs(path: Path) -> None:
    """Purpose, use, who will know, limits, and the right to stop, in each language that is not a draft."""
    kinds = ("read", "country", "say")
    questions = [question for question in TALK.step(Step.CONSENT).questions if question.kind in kinds]
    spoken = [question for question in questions if question.code != "CN_HELD"]
    assert spoken != questions, "one sentence only for somebody in custody"
    assert {"CN_PURPOSE", "CN_USE", "CN_WHO", "CN_LIMITS", "CN_STOP"} <= {question.code for question in spoken}
    for language in TALK.title:
        words = [word for question in spoken for word in question.wording(path)[language].split()]
        assert 40 < len(words) <= 120, f"{language}: {len(words)} words"
