"""Change a question set, and put together the set that comes of it: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from uuid import UUID

from suar.law.terms import Path
from suar.screening.rules.changes import Added, Changes, Reworded, in_both
from suar.screening.rules.files import Raw
from suar.screening.rules.reading import maybe_text, text_of

AT = "@"
OWN_PREFIX = "OWN_"
SIGN, TOLD = ("sign", "SIGN"), ("told", "YES_NO_SKIP")
HOUSE = "HOUSE"
BECAUSE = {
    "en": "This organisation added a question about this sign.",
    "id": "Organisasi ini menambahkan pertanyaan tentang tanda ini.",
}


@dataclass(frozen=True, slots=True)
class Run:
    """Questions that stand together in a step and may change places with one another."""

    step: str
    key: str
    theme: str
    questions: tuple[str, ...]


def own_code(form: str, house: UUID) -> str:
    """Give the code of a house's own versions of a form.

    Source: own design, docs/decisions/0023.
    """
    return f"{form}{AT}{house.hex}"


def form_of(code: str) -> str:
    """Give the form of a question set, shipped or a house's own.

    Source: own design, docs/decisions/0023.
    """
    return code.partition(AT)[0]


def applied(base: Raw, changes: Changes, *, code: str = "", version: int = 0) -> dict[str, Any]:
    """Put together the whole question set: the base with the changes; the base is not touched.

    Source: own design, docs/decisions/0023.
    """
    orders = {run.key: run.questions for run in runs(base, changes)}
    steps = [_step(step, changes, orders) for step in base["steps"]]
    lines = [_line(each) for each in changes.added if each.sign]
    named = {"code": code or base["code"], "version": version or base["version"]}
    return {**base, **named, "steps": steps, "own_lines": lines}


def runs(base: Raw, changes: Changes) -> tuple[Run, ...]:
    """Give the runs of the base in the changed order, own questions at the end of their theme.

    A run is a theme, or questions of one kind that follow one another.

    Source: own design, docs/decisions/0023.
    """
    found = []
    for step in base["steps"]:
        for (theme, _), group in groupby(step["questions"], key=_together):
            codes = [each["code"] for each in group]
            codes += [each.code for each in changes.added if theme and each.theme == theme]
            key = theme or codes[0]
            found.append(Run(step["code"], key, theme, _sorted(codes, changes.order.get(key, ()))))
    return tuple(found)


def moved(base: Raw, changes: Changes, code: str, *, places: int) -> Changes:
    """Let a question change places with the neighbour before (-1) or after it (+1), if any.

    Questions that are left out are passed over.

    Source: own design, docs/decisions/0023.
    """
    run = next(each for each in runs(base, changes) if code in each.questions)
    shown = [each for each in run.questions if each not in changes.left_out]
    here = shown.index(code) if code in shown else -1
    there = here + places
    if here < 0 or not 0 <= there < len(shown):
        return changes
    codes, one, other = list(run.questions), code, shown[there]
    first, second = codes.index(one), codes.index(other)
    codes[first], codes[second] = other, one
    usual = _plain_order(base, changes, run.key)
    order = {key: value for key, value in changes.order.items() if key != run.key}
    return replace(changes, order=order if tuple(codes) == usual else {**order, run.key: tuple(codes)})


def reworded(base: Raw, changes: Changes, code: str, words: Reworded) -> Changes:
    """Word a question anew; the words of the base again are no change.

    Source: own design, docs/decisions/0023.
    """
    wording = {each: said for each, said in changes.wording.items() if each != code}
    same = words == usual_words(question_of(base, code))
    return replace(changes, wording=wording if same else {**wording, code: words})


def with_own(changes: Changes, own: Added) -> Changes:
    """Add a question of the house's own under a new number, or put it in the place of its code.

    Source: own design, docs/decisions/0023.
    """
    if own.code:
        added = tuple(own if each.code == own.code else each for each in changes.added)
        return replace(changes, added=added)
    number = changes.last + 1
    own = replace(own, code=f"{OWN_PREFIX}{number}")
    return replace(changes, added=(*changes.added, own), last=number)


def without(changes: Changes, code: str) -> Changes:
    """Leave a question out; one of the house's own is taken away altogether.

    Source: own design, docs/decisions/0023.
    """
    if changes.own(code) is None:
        return replace(changes, left_out=changes.left_out | {code})
    added = tuple(each for each in changes.added if each.code != code)
    order = {key: tuple(each for each in codes if each != code) for key, codes in changes.order.items()}
    return replace(changes, added=added, order=order)


def put_back(changes: Changes, code: str) -> Changes:
    """Ask a question again that was left out.

    Source: own design, docs/decisions/0023.
    """
    return replace(changes, left_out=changes.left_out - {code})


def question_of(base: Raw, code: str) -> Raw:
    """Give a question of the base; raises KeyError for one that it does not have.

    Source: own design, docs/decisions/0023.
    """
    for step in base["steps"]:
        for question in step["questions"]:
            if question["code"] == code:
                found: Raw = question
                return found
    raise KeyError(code)


def usual_words(question: Raw) -> Reworded:
    """Give the words of a question of the base.

    Source: own design, docs/decisions/0023.
    """
    return Reworded(text_of(question["text"]), maybe_text(question.get("child")))


def _together(question: Raw) -> tuple[str, str]:
    theme = question.get("theme") or ""
    return theme, "" if theme else question["kind"]


def _sorted(codes: Sequence[str], order: Iterable[str]) -> tuple[str, ...]:
    """Put codes in this order; one that it does not name comes after, as it stood."""
    place = {code: n for n, code in enumerate(order)}
    return tuple(sorted(codes, key=lambda code: place.get(code, len(place))))


def _plain_order(base: Raw, changes: Changes, key: str) -> tuple[str, ...]:
    plain = replace(changes, order={})
    return next(run.questions for run in runs(base, plain) if run.key == key)


def _step(step: Raw, changes: Changes, orders: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    there = {each["code"]: each for each in step["questions"]}
    there |= {each.code: _question(each) for each in changes.added}
    ordered: list[Raw] = []
    for (theme, _), group in groupby(step["questions"], key=_together):
        key = theme or next(group)["code"]
        ordered += [there[code] for code in orders[key] if code not in changes.left_out]
    return {**step, "questions": [_worded(each, changes.wording) for each in ordered]}


def _worded(question: Raw, wording: Mapping[str, Reworded]) -> Raw:
    said = wording.get(question["code"])
    return question if said is None else {**question, **_spoken(said)}


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
        "source": [HOUSE],
        **_spoken(own),
    }


def _line(own: Added) -> dict[str, Any]:
    return {"question": own.code, "sign": own.sign, "paths": _paths(own), "because": BECAUSE, "source": [HOUSE]}


def _paths(own: Added) -> list[str]:
    return [Path.ADULT.value] if own.child is None else [path.value for path in Path]


def _spoken(said: Reworded | Added) -> dict[str, Any]:
    child = {} if said.child is None else {"child": in_both(said.child)}
    return {"text": in_both(said.text), **child}
