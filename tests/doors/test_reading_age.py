"""Sentences a child of eleven can read: short ones, of short words, measured in each language."""

import re

import pytest
from django.conf import settings

from suar.doors.wordings import wording

SENTENCE = re.compile(r"(?<=[.?!:])\s+")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - a typographic mark in words
# By language: most words in a sentence, on average, letters from which a word is long, and how
# many of a hundred words may be so long. docs/translate.md says how a language gets its row.
LIMITS = {"en": (20, 12, 8, 5), "id": (18, 11, 11, 4)}


def sentences(texts):
    every = (WORD.findall(each) for text in texts for each in SENTENCE.split(text))
    return [words for words in every if words]


def measured(texts, letters):
    """Give the longest sentence, the average, and how many of a hundred words are long."""
    said = sentences(texts)
    words = [word for each in said for word in each]
    long = sum(len(word) >= letters for word in words)
    return max(map(len, said)), len(words) / len(said), 100 * long / len(words)


def too_hard(texts, language):
    longest, average, letters, long = LIMITS[language]
    found = measured(texts, letters)
    return [each for each in zip(found, (longest, average, long), strict=True) if each[0] > each[1]]


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_what_is_read_is_easy_to_read(language):
    assert too_hard(wording(language).words.values(), language) == []


@pytest.mark.parametrize(
    "text",
    [
        "It is in the sense of the aforementioned provisions that entitlements may be claimed.",
        "You may go and you may stay and you may call and you may ask and you may wait and you "
        "may come back to us.",
    ],
)
def test_a_hard_sentence_would_be_found(text):
    assert too_hard([text], "en")


def test_the_signs_and_the_boxes_are_shorter_still():
    for language, (_, average, letters, _) in LIMITS.items():
        words = wording(language).words
        signs = [text for key, text in words.items() if ".looks." in key or "check." in key]
        assert measured(signs, letters)[1] <= average - 2
