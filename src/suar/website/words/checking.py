"""What a file of words would change, and what of it cannot be taken."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from suar.website.words.catalogue import Key, Word
from suar.website.words.files import Told

FILLED_IN = re.compile(r"%(?:\(\w+\))?[sd%]|\{\w*\}")
TAG = re.compile(r"<[^>]*>?")
WRITTEN = re.compile(r"\w")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
TWICE = gettext_noop("It stands here twice.")
UNKNOWN = gettext_noop("Suar has no such text in English, or not any more.")
ONE_FORM = gettext_noop("It has one form only.")
LONGEST = 3
"""A text may have this many times the letters of the English one, and a line besides."""


@dataclass(slots=True)
class Report:
    """Counts of texts that stay, are not written yet, or not sure; what changes, and refusals."""

    same: int = 0
    empty: int = 0
    unsure: int = 0
    changed: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)


def compare(told: Sequence[Told], with_words: Mapping[Key, Word]) -> Report:
    """Compare a file with the words that ship; refusals name the line of the file."""
    report, seen = Report(), set()
    for one in told:
        word = with_words.get(one.key)
        if one.key in seen:
            report.refused.append((one.line, TWICE))
        elif word is None and any(one.said):
            report.refused.append((one.line, UNKNOWN))
        elif word is None:
            report.empty += 1
        else:
            _judge(one, word, report)
        seen.add(one.key)
    return report


def _judge(one: Told, word: Word, report: Report) -> None:
    if one.unsure:
        report.unsure += 1
    elif not any(one.said):
        report.empty += 1
    elif because := wrong(one, word):
        report.refused.append((one.line, because))
    elif one.said == word.said:
        report.same += 1
    else:
        report.changed[one.key] = one.said


def wrong(one: Told, word: Word) -> str:
    """Say in English what is wrong with a text, or ""."""
    if len(one.said) > 1 and not word.plural:
        return ONE_FORM
    found = (because for said in one.said for because, has in FAULTS if has(said, word))
    return next(found, "")


def _may_fill_in(said: str, word: Word) -> bool:
    """Say whether a text fills in what the English one does; one of many forms may leave it out."""
    found = _parts(FILLED_IN, said)
    if not word.plural:
        return found == _parts(FILLED_IN, word.english)
    return found <= _parts(FILLED_IN, word.plural)


def _parts(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(pattern.findall(text))


def _blank(said: str, word: Word) -> bool:
    return not said.strip() and bool(WRITTEN.search(word.english))


FAULTS: tuple[tuple[str, Callable[[str, Word], object]], ...] = (
    (gettext_noop("One of its forms is missing."), lambda said, _: not said),
    (gettext_noop("Nothing is written there but spaces."), _blank),
    (gettext_noop("It holds a sign that cannot be seen."), lambda said, _: UNSEEN.search(said)),
    (
        gettext_noop("What stands in < > has to be the same as in English."),
        lambda said, word: _parts(TAG, said) != _parts(TAG, word.english),
    ),
    (
        gettext_noop("What is filled in, such as %(day)s, has to be the same as in English."),
        lambda said, word: not _may_fill_in(said, word),
    ),
    (
        gettext_noop("It is much longer than in English."),
        lambda said, word: len(said) > LONGEST * len(word.english) + 80,
    ),
)
