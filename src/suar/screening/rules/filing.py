"""Write a house's own question set as a file, every question in order in both languages: pure."""

from collections.abc import Iterator
from typing import Any

from suar.screening.rules.changes import Added, Changes, Reworded, in_both
from suar.screening.rules.changing import question_of, runs, usual_words
from suar.screening.rules.files import Raw

KIND, FORMAT = "suar-questions", 1
HEAD = ("kind", "format", "form", "shipped", "questions")
WORDS = ("text", "child")
SHIPPED_KEYS = ("question", "asked", *WORDS)
OWN_KEYS = ("question", "theme", "sign", *WORDS)
NOT_EDITED = frozenset({"place"})
"""Kinds of question that no page and no file shows: they are asked before the talk begins."""


def written(base: Raw, changes: Changes) -> dict[str, Any]:
    """Write a form with changes as a question file, every question that may be worded, in order.

    Source: own design, docs/decisions/0027.
    """
    return {
        "kind": KIND,
        "format": FORMAT,
        "form": base["code"],
        "shipped": base["version"],
        "questions": list(_rows(base, changes)),
    }


def is_edited(question: Raw) -> bool:
    """Say whether a question of a form may be worded at all.

    Source: own design, docs/decisions/0023.
    """
    return question["kind"] not in NOT_EDITED


def _rows(base: Raw, changes: Changes) -> Iterator[dict[str, Any]]:
    for run in runs(base, changes):
        for code in run.questions:
            own = changes.own(code)
            if own is not None:
                yield {"question": code, "theme": own.theme, "sign": own.sign, **_said(own)}
            elif is_edited(question := question_of(base, code)):
                yield _shipped(question, changes)


def _shipped(question: Raw, changes: Changes) -> dict[str, Any]:
    code = question["code"]
    words = changes.wording.get(code) or usual_words(question)
    return {"question": code, "asked": code not in changes.left_out, **_said(words)}


def _said(words: Reworded | Added) -> dict[str, Any]:
    return {"text": in_both(words.text), "child": words.child and in_both(words.child)}
