"""What an organisation changed in a shipped question set, and the set that results.

Source: docs/decisions/question-sets.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from suar.screening.rules.data_files import Raw
from suar.screening.rules.instrument import Wording
from suar.screening.rules.law import Path

AT = "@"
OWN_PREFIX = "OWN_"
SIGN, TOLD = ("sign", "SIGN"), ("told", "YES_NO_SKIP")
ORGANISATION = "HOUSE"
BECAUSE = {
    "en": "This organisation added a question about this sign.",
    "id": "Organisasi ini menambahkan pertanyaan tentang tanda ini.",
}


@dataclass(frozen=True, slots=True)
class Reworded:
    """The words of a question in an organisation's version; `child` None means one wording for all."""

    text: Wording
    child: Wording | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A question of the organisation's own; `sign` is "" if it does not count in the sum-up.

    Without a wording for a child it is not put to a child.
    """

    code: str
    theme: str
    text: Wording
    child: Wording | None = None
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs from the base. `order`: theme or first question of a run -> its questions.

    `last` is the highest number an own question ever had here, so that none is used again.
    """

    wording: Mapping[str, Reworded] = field(default_factory=dict)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    added: tuple[Added, ...] = ()
    last: int = 0

    def own(self, code: str) -> Added | None:
        """Return a question of the organisation's own, or None."""
        return next((each for each in self.added if each.code == code), None)


STORED: TypeAdapter[Changes] = TypeAdapter(Changes)


@dataclass(frozen=True, slots=True)
class Run:
    """Questions that stand together in a step and may change places with one another."""

    step: str
    key: str
    theme: str
    questions: tuple[str, ...]


def read_changes(raw: Mapping[str, Any]) -> Changes:
    """Read changes as `write_changes` stores them.

    Source: own design, docs/decisions/question-sets.md.
    """
    return STORED.validate_python(raw)


def write_changes(changes: Changes) -> dict[str, Any]:
    """Return changes in their stored form; reading them back gives the same.

    Source: own design, docs/decisions/question-sets.md.
    """
    return {**STORED.dump_python(changes, mode="json"), "left_out": sorted(changes.left_out)}


def own_code(form: str, organisation: UUID) -> str:
    """Return the code of an organisation's own versions of a form.

    Source: own design, docs/decisions/question-sets.md.
    """
    return f"{form}{AT}{organisation.hex}"


def form_of(code: str) -> str:
    """Return the form of a question set, shipped or an organisation's own.

    Source: own design, docs/decisions/question-sets.md.
    """
    return code.partition(AT)[0]


def apply(base: Raw, changes: Changes, *, code: str = "", version: int = 0) -> dict[str, Any]:
    """Return the whole question set: the base with the changes. The base is not modified.

    Source: own design, docs/decisions/question-sets.md.
    """
    orders = {run.key: run.questions for run in runs(base, changes)}
    return {
        **base,
        "code": code or base["code"],
        "version": version or base["version"],
        "steps": [_step(step, changes, orders) for step in base["steps"]],
        "own_lines": [_line(own) for own in changes.added if own.sign],
    }


def runs(base: Raw, changes: Changes) -> tuple[Run, ...]:
    """Return the runs of the base in the changed order, own questions at the end of their theme.

    A run is a theme, or questions of one kind that follow one another.

    Source: own design, docs/decisions/question-sets.md.
    """
    found = []
    for step in base["steps"]:
        for (theme, _), group in groupby(step["questions"], key=_run_key):
            codes = [question["code"] for question in group]
            codes += [own.code for own in changes.added if theme and own.theme == theme]
            key = theme or codes[0]
            found.append(Run(step["code"], key, theme, sort_codes(codes, changes.order.get(key, ()))))
    return tuple(found)


def questions_of(base: Raw) -> dict[str, Raw]:
    """Return the questions of a base by code.

    Source: own design, docs/decisions/question-sets.md.
    """
    return {question["code"]: question for step in base["steps"] for question in step["questions"]}


def words_in(base: Raw, changes: Changes, code: str) -> Reworded | None:
    """Return the words of a question with the changes applied; None if there is no such question.

    Source: own design, docs/decisions/question-sets.md.
    """
    own, question = changes.own(code), questions_of(base).get(code)
    if own is not None:
        return Reworded(own.text, own.child)
    return changes.wording.get(code) or (shipped_words(question) if question else None)


def shipped_words(question: Raw) -> Reworded:
    """Return the words of a question of the base.

    Source: own design, docs/decisions/question-sets.md.
    """
    return Reworded(question["text"], question.get("child"))


def reword(base: Raw, changes: Changes, code: str, words: Reworded) -> Changes:
    """Return the changes with other words for a question; the words of the base again are no change.

    Source: own design, docs/decisions/question-sets.md.
    """
    wording = {each: said for each, said in changes.wording.items() if each != code}
    same = words == shipped_words(questions_of(base)[code])
    return replace(changes, wording=wording if same else {**wording, code: words})


def sort_codes(codes: Iterable[str], order: Iterable[str]) -> tuple[str, ...]:
    """Return codes in this order; a code that it does not name comes last, as it stood.

    Source: own design, docs/decisions/question-sets.md.
    """
    place = {code: n for n, code in enumerate(order)}
    return tuple(sorted(codes, key=lambda code: place.get(code, len(place))))


def _run_key(question: Raw) -> tuple[str, str]:
    theme = question.get("theme") or ""
    return theme, "" if theme else question["kind"]


def _step(step: Raw, changes: Changes, orders: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    questions = {question["code"]: question for question in step["questions"]}
    questions |= {own.code: _question(own) for own in changes.added}
    ordered: list[Raw] = []
    for (theme, _), group in groupby(step["questions"], key=_run_key):
        key = theme or next(group)["code"]
        ordered += [questions[code] for code in orders[key] if code not in changes.left_out]
    return {**step, "questions": [_with_words(question, changes.wording) for question in ordered]}


def _with_words(question: Raw, wording: Mapping[str, Reworded]) -> Raw:
    words = wording.get(question["code"])
    return question if words is None else {**question, **_words(words)}


def _question(own: Added) -> dict[str, Any]:
    kind, options = SIGN if own.sign else TOLD
    return {
        "code": own.code,
        "kind": kind,
        "to": "person",
        "theme": own.theme,
        "options": options,
        "asks": [],
        "paths": _paths(own),
        "source": [ORGANISATION],
        **_words(own),
    }


def _line(own: Added) -> dict[str, Any]:
    return {
        "question": own.code,
        "sign": own.sign,
        "paths": _paths(own),
        "because": BECAUSE,
        "source": [ORGANISATION],
    }


def _paths(own: Added) -> list[str]:
    return [Path.ADULT.value] if own.child is None else [path.value for path in Path]


def _words(words: Reworded | Added) -> dict[str, Any]:
    return {"text": words.text} | ({} if words.child is None else {"child": words.child})
