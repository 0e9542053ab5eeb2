"""What a suggestion says can be said: in one breath, in whole words, as a colleague would."""

import re
from collections.abc import Iterator

import pytest

from suar.screening.rules.instrument import Instrument, Wording
from tests.screening.talks import FULL, TALK

A_BREATH = 20
SENTENCE = re.compile(r"(?<=[.?!])\s+")
UNSPEAKABLE = re.compile(r"[^\w\s.,?!'-]|_|\b[A-Z]{2,}\b|\b\w\.\w|\b(eg|ie|etc|dll|dst|yg|utk)\b")
OF_THE_LAW = {
    "en": re.compile(r"\b(means|purpose|elements?|exploit\w*|indicat\w*)\b", re.IGNORECASE),
    "id": re.compile(r"\b(proses|tujuan|unsur|eksploitasi|indikator)\b", re.IGNORECASE),
}
ELEMENTS = (
    "ENOUGH_SIGNS",
    "BELOW_THRESHOLD",
    "CONDITIONS_ONLY",
    "SEEN_ONLY",
    "UNSCORED_ONLY",
    "KIND_MISSING",
    "ASKED_AND_DENIED",
    "NOT_ALL_ASKED",
    "BY_WORKER",
    "ACT",
    "MEANS",
    "PURPOSE",
    "DONE",
    "STOPPED",
    "ENDS_HERE",
    "SECOND_READING",
    "NOTED",
    "NOT_ASKED_ENOUGH",
    "NOT_OFFERED",
)


def suggested(talk: Instrument) -> Iterator[Wording]:
    """Yield all that the sum-up, the outcomes and the stop rules of a talk say."""
    tables = talk.tables
    yield from (row.because for rows in tables.rows.values() for row in rows)
    yield from (lift.because for lift in tables.minimums)
    yield from (gate.text for gate in tables.preconditions)
    yield from tables.notes.values()
    yield from (reason.text for reason in tables.reasons.values())
    for outcome in tables.outcomes.values():
        yield from (outcome.label, outcome.say, outcome.child, outcome.next)
    for stop in (*talk.stops.values(), *talk.early_ends.values()):
        yield from (stop.label, stop.what, stop.say, stop.child, *stop.now)
    yield from (talk.words[code] for code in ELEMENTS)


def sentences(language: str) -> list[str]:
    """Return each sentence of both longer talks in one language, once."""
    texts = [item[language] for talk in (TALK, FULL) for item in suggested(talk)]
    return sorted({one for text in texts for one in SENTENCE.split(text)})


@pytest.mark.parametrize("language", ["en", "id"])
def test_each_sentence_of_a_suggestion_fits_in_one_breath(language: str) -> None:
    assert len(sentences(language)) > 150
    assert [sentence for sentence in sentences(language) if len(sentence.split()) > A_BREATH] == []


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_suggestion_holds_nothing_that_cannot_be_said(language: str) -> None:
    assert [sentence for sentence in sentences(language) if UNSPEAKABLE.search(sentence)] == []


@pytest.mark.parametrize("language", ["en", "id"])
def test_words_of_the_law_stand_on_papers_and_not_in_a_suggestion(language: str) -> None:
    assert [sentence for sentence in sentences(language) if OF_THE_LAW[language].search(sentence)] == []


@pytest.mark.parametrize(
    "written", ["Means: supported", "pay and/or work", "a sign (weak)", "see UU 21", "AD_01", "dll"]
)
def test_the_lint_finds_words_that_cannot_be_spoken(written: str) -> None:
    assert UNSPEAKABLE.search(written)
