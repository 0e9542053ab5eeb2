"""An organisation's changes to a shipped question set, the resulting set, and its required questions.

Source: docs/decisions/question-sets.md.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from suar.screening.codes import Step
from suar.screening.rules.answers import Path
from suar.screening.rules.data_files import Raw, load_file
from suar.screening.rules.instrument import Wording

AT = "@"
OWN_PREFIX = "OWN_"
ORGANISATION = "HOUSE"
BECAUSE = {
    "en": "This organisation added a question about this sign.",
    "id": "Organisasi ini menambahkan pertanyaan tentang tanda ini.",
}
REQUIRED_STEPS = {
    Step.SAFE: "STAYS_SAFETY",
    Step.NEEDS: "STAYS_NEEDS",
    Step.AGE: "STAYS_AGE",
    Step.CONSENT: "STAYS_CONSENT",
    Step.SIGNPOST: "STAYS_SIGNPOST",
}
EXCLUSION_QUESTIONS = frozenset({"Q33"})
SUMMED_KINDS = frozenset({"seen", "outcome", "place"})


@dataclass(frozen=True, slots=True)
class RewordedQuestion:
    """The new wording of a question; `child` None means one wording for all."""

    text: Wording
    child: Wording | None = None


@dataclass(frozen=True, slots=True)
class AddedQuestion:
    """A question that the organisation added; `sign` is "" if it is not scored.

    Without a wording for a child it is not asked of a child.
    """

    code: str
    theme: str
    text: Wording
    child: Wording | None = None
    sign: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """All differences from the base. `order`: theme or first question of a run -> its questions in order.

    `last`: the highest number that an own question had, so that no number is reused.
    """

    wording: Mapping[str, RewordedQuestion] = field(default_factory=dict)
    order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    added: tuple[AddedQuestion, ...] = ()
    last: int = 0


STORED: TypeAdapter[Changes] = TypeAdapter(Changes)


def read_changes(raw: Mapping[str, Any]) -> Changes:
    """Return changes from their stored form.

    Source: own design, docs/decisions/question-sets.md.
    """
    return STORED.validate_python(raw)


def write_changes(changes: Changes) -> dict[str, Any]:
    """Return changes in their stored form.

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
    return {
        **base,
        "code": code or base["code"],
        "version": version or base["version"],
        "steps": [_changed_step(step, changes) for step in base["steps"]],
        "own_lines": [
            {"question": own.code, "sign": own.sign, "paths": _paths(own), "because": BECAUSE, "source": [ORGANISATION]}
            for own in changes.added
            if own.sign
        ],
    }


def runs(base: Raw, changes: Changes) -> dict[str, tuple[str, ...]]:
    """Return the runs of questions in the changed order, by key. Questions may be reordered within a run only.

    A run is a theme, or consecutive questions of one kind. Own questions come last in their theme.

    Source: own design, docs/decisions/question-sets.md.
    """
    return {key: codes for step in base["steps"] for key, codes in _runs_of(step, changes)}


def questions_of(base: Raw) -> dict[str, Raw]:
    """Return the questions of a base by code.

    Source: own design, docs/decisions/question-sets.md.
    """
    return {question["code"]: question for step in base["steps"] for question in step["questions"]}


def shipped_words(question: Raw) -> RewordedQuestion:
    """Return the shipped wording of a question.

    Source: own design, docs/decisions/question-sets.md.
    """
    return RewordedQuestion(question["text"], question.get("child"))


def why_required(base: Raw, code: str, left_out: Collection[str] = ()) -> str | None:
    """Return why a question is required, given those already left out; None if it may be left out.

    Questions before consent are required, and so are those that a stop rule or an immediate need depends on, the
    exclusion list, and the last question about an element or for "no signs".

    Source: WHO 2003, principles 1, 2, 6 and 9; docs/decisions/question-sets.md.
    """
    pairs = [(step, question) for step in base["steps"] for question in step["questions"]]
    step, question = next(pair for pair in pairs if pair[1]["code"] == code)
    if step["code"] in REQUIRED_STEPS:
        return REQUIRED_STEPS[step["code"]]
    reasons = {
        "STAYS_STOP": code in _triggering(base["uses"]["stops"]),
        "STAYS_NEEDS": bool(question.get("raises")),
        "STAYS_NEVER_TELL": code in EXCLUSION_QUESTIONS,
        "STAYS_SUM_UP": question["kind"] in SUMMED_KINDS,
        "STAYS_LAST_ONE": any(code in group and group <= {*left_out, code} for group in _required_groups(base)),
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def _runs_of(step: Raw, changes: Changes) -> Iterator[tuple[str, tuple[str, ...]]]:
    for (theme, _), group in groupby(step["questions"], key=_run_key):
        codes = [question["code"] for question in group]
        codes += [own.code for own in changes.added if theme and own.theme == theme]
        key = theme or codes[0]
        yield key, _in_order(codes, changes.order.get(key, ()))


def _in_order(codes: Sequence[str], order: Sequence[str]) -> tuple[str, ...]:
    """Return the codes sorted by `order`; other codes come last."""
    places = {code: place for place, code in enumerate(order)}
    return tuple(sorted(codes, key=lambda code: places.get(code, len(places))))


def _run_key(question: Raw) -> tuple[str, str]:
    theme = question.get("theme") or ""
    return theme, "" if theme else question["kind"]


def _changed_step(step: Raw, changes: Changes) -> dict[str, Any]:
    questions = {question["code"]: question for question in step["questions"]}
    questions |= {own.code: _own_question(own) for own in changes.added}
    for code, words in changes.wording.items():
        if code in questions:
            questions[code] = {**questions[code], **wording_keys(words)}
    codes = [code for _, run in _runs_of(step, changes) for code in run if code not in changes.left_out]
    return {**step, "questions": [questions[code] for code in codes]}


def _own_question(own: AddedQuestion) -> dict[str, Any]:
    kind, options = ("sign", "SIGN") if own.sign else ("told", "YES_NO_SKIP")
    return {
        "code": own.code,
        "kind": kind,
        "to": "person",
        "theme": own.theme,
        "options": options,
        "asks": [],
        "paths": _paths(own),
        "source": [ORGANISATION],
        **wording_keys(own),
    }


def _paths(own: AddedQuestion) -> list[str]:
    return [Path.ADULT.value] if own.child is None else [path.value for path in Path]


def wording_keys(words: RewordedQuestion | AddedQuestion) -> dict[str, Wording]:
    """Return the wording as raw keys: `text`, and `child` if there is one.

    Source: own design, docs/decisions/question-sets.md.
    """
    return {"text": words.text} | ({} if words.child is None else {"child": words.child})


@lru_cache(maxsize=4)
def _triggering(stops: str) -> frozenset[str]:
    """Return the questions whose answers trigger a stop rule."""
    rows = load_file(stops)["stops"]
    return frozenset(trigger.get("question") for stop in rows for trigger in stop["pressed_by"])


def _required_groups(base: Raw) -> Iterator[frozenset[str]]:
    """Return groups of questions of which at least one must stay: for each element, and for "no signs"."""
    prompts = [question for step in base["steps"] for question in step["questions"] if question["kind"] == "sign"]
    elements = {element for prompt in prompts for element in prompt.get("asks", ())}
    gates = [gate["any_answered"] for gate in load_file(base["uses"]["outcomes"])["gates"] if "any_answered" in gate]
    for path in Path:
        on_path = {prompt["code"]: prompt for prompt in prompts if path in prompt.get("paths", Path)}
        for element in elements:
            yield frozenset(code for code, prompt in on_path.items() if element in prompt["asks"])
        for codes in gates:
            yield frozenset(codes) & on_path.keys()
