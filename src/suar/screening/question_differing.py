"""What differs between a house's own version and the shipped form, in plain words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from suar.screening import labels
from suar.screening.question_pages import theme_label, words_of
from suar.screening.question_shelf import Changed
from suar.screening.rules import changing
from suar.screening.rules.changes import Changes
from suar.screening.rules.changing import Run
from suar.screening.rules.checking import LANGUAGES
from suar.screening.rules.files import Raw
from suar.screening.rules.reading import instrument, text_of
from suar.screening.rules.shapes import Text
from suar.screening.speaking import say


@dataclass(frozen=True, slots=True)
class Said:
    """A wording in one language, before and now; `before` is empty for a new one."""

    language: str
    to_a_child: bool
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: what was done, to which words, and how it reads now."""

    what: str | Promise
    words: str
    said: Sequence[Said] = ()
    order: Sequence[str] = ()
    beside: str = ""


def differences(found: Changed) -> list[Difference]:
    """List what differs from the shipped form: added, reworded, left out, moved."""
    base, changes = found.raw, found.changes
    return [
        *_added(base, changes),
        *_reworded(base, changes),
        *(Difference(labels.LEFT_OUT, _usual(base, code)) for code in sorted(changes.left_out)),
        *_moved(found, base),
    ]


def _added(base: Raw, changes: Changes) -> Iterator[Difference]:
    signs = instrument(base["code"], base["version"]).signs
    for own in changes.added:
        said = [*_said(None, own.text), *_said(None, own.child, to_a_child=True)]
        sign = say(signs[own.sign].text) if own.sign in signs else ""
        yield Difference(labels.ADDED, theme_label(base, own.theme), said, beside=sign)


def _reworded(base: Raw, changes: Changes) -> Iterator[Difference]:
    for step in base["steps"]:
        for question in step["questions"]:
            now = changes.wording.get(question["code"])
            if now is not None:
                usual = changing.usual_words(question)
                said = [*_said(usual.text, now.text), *_said(usual.child, now.child, to_a_child=True)]
                heading = theme_label(base, question.get("theme", ""))
                yield Difference(labels.REWORDED, heading or say(text_of(step["title"])), said)


def _moved(found: Changed, base: Raw) -> Iterator[Difference]:
    for run in changing.runs(base, found.changes):
        if found.changes.order.get(run.key):
            shown = [code for code in run.questions if code not in found.changes.left_out]
            words = [say(there.text) for code in shown if (there := words_of(found, code))]
            yield Difference(labels.MOVED, _heading(base, run), order=words)


def _heading(base: Raw, run: Run) -> str:
    titles = {step["code"]: say(text_of(step["title"])) for step in base["steps"]}
    return theme_label(base, run.theme) or titles[run.step]


def _said(before: Text | None, now: Text | None, *, to_a_child: bool = False) -> Iterator[Said]:
    """Give both languages of a wording, those that are the same left away."""
    for language in LANGUAGES if now else ():
        old = before.in_language(language) if before else ""
        new = now.in_language(language) if now else ""
        if old != new:
            yield Said(language, to_a_child, old, new)


def _usual(base: Raw, code: str) -> str:
    try:
        return say(changing.usual_words(changing.question_of(base, code)).text)
    except KeyError:
        return code
