"""What is wrong in a house's own version of a question set, said by field, in both languages."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from suar.screening.rules.changes import Added, Changes, Reworded
from suar.screening.rules.changing import applied, question_of
from suar.screening.rules.files import Raw, data_file
from suar.screening.rules.linting import lint, lint_set
from suar.screening.rules.shapes import Text
from suar.screening.rules.staying import why_stays
from suar.screening.terms import Step

LONGEST = 240
"""Signs of a wording: a sentence that is heard once, in a language somebody learned late."""
MOST_OWN = 20
TEXT, CHILD = "text", "child"
LANGUAGES = ("en", "id")
SPACES, HIDDEN = "\t\n\r", frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Signs that nobody sees, or that turn the direction of reading, beside what ends a line."""
MARKS, FORMULA = frozenset("<>{}"), frozenset("=+-@")
"""What a browser may read as markup, and what a spreadsheet begins to reckon with."""


class Wrong(StrEnum):
    """Why a wording or a change may not be used, beside what the lint finds."""

    EMPTY = "WRONG_EMPTY"
    TOO_LONG = "WRONG_TOO_LONG"
    SAME_CODE = "WRONG_SAME_CODE"
    UNKNOWN = "WRONG_UNKNOWN"
    UNKNOWN_SIGN = "WRONG_UNKNOWN_SIGN"
    UNKNOWN_THEME = "WRONG_UNKNOWN_THEME"
    STAYS = "WRONG_STAYS"
    TOO_MANY = "WRONG_TOO_MANY"
    NOTHING_CHANGED = "WRONG_NOTHING_CHANGED"
    HIDDEN = "WRONG_HIDDEN"
    MARKS = "WRONG_MARKS"
    FORMULA = "WRONG_FORMULA"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: in which question, in which field of it ("text_en"), and the code of why."""

    question: str
    field: str
    code: str


def faults(base: Raw, changes: Changes) -> tuple[Fault, ...]:
    """Find all that keeps changes from being used; empty when they may be.

    Source: WHO 2003; data/never-ask-1.json; docs/decisions/0023.
    """
    found = [*_of_codes(base, changes), *_of_wording(base, changes), *_of_own(base, changes)]
    if replace(changes, last=0) == Changes():
        found.append(Fault("", "", Wrong.NOTHING_CHANGED))
    if found:
        return tuple(found)
    whole = lint_set(applied(base, changes)["steps"])
    return tuple(Fault("", "", each.code) for each in whole)


def faults_in_words(code: str, words: Reworded | Added, *, with_child: bool) -> tuple[Fault, ...]:
    """Find what is wrong in the words of one question, each named by its field.

    `with_child`: a wording for a child must stand; without, it may be missing altogether.

    Source: data/never-ask-1.json; docs/decisions/0023.
    """
    texts = _fields(TEXT, words.text)
    if words.child is not None or with_child:
        texts |= _fields(CHILD, words.child or Text("", ""))
    found = [Fault(code, name, Wrong.EMPTY) for name, said in texts.items() if not said.strip()]
    found += [Fault(code, name, Wrong.TOO_LONG) for name, said in texts.items() if len(said) > LONGEST]
    found += [Fault(code, name, why) for name, said in texts.items() for why in _signs(said)]
    return (*found, *(Fault(code, each.where, each.code) for each in lint(texts)))


def themes_of(base: Raw) -> tuple[str, ...]:
    """Name the themes in which a house may ask something of its own: those of the step on signs.

    Source: own design, docs/decisions/0023.
    """
    asked = [each for step in base["steps"] if step["code"] == Step.SIGNS for each in step["questions"]]
    return tuple(dict.fromkeys(each["theme"] for each in asked if each.get("theme")))


def signs_of(base: Raw) -> tuple[str, ...]:
    """Name the signs that a question of a house may point to: told ones, of an element.

    Source: own design, docs/decisions/0023.
    """
    return _told(base["uses"]["signs"])


@lru_cache(maxsize=4)
def _told(signs: str) -> tuple[str, ...]:
    rows = data_file(signs)["signs"]
    return tuple(each["code"] for each in rows if not each["observed"] and each["element"])


def _signs(said: str) -> Iterator[Wrong]:
    """Find signs that no sentence needs, in whatever width they are written."""
    plain = unicodedata.normalize("NFKC", said.strip())
    if any(unicodedata.category(sign) in HIDDEN and sign not in SPACES for sign in said):
        yield Wrong.HIDDEN
    if MARKS & set(plain):
        yield Wrong.MARKS
    if plain[:1] in FORMULA:
        yield Wrong.FORMULA


def _fields(name: str, text: Text) -> dict[str, str]:
    return {f"{name}_{language}": text.in_language(language) for language in LANGUAGES}


def _of_codes(base: Raw, changes: Changes) -> Iterator[Fault]:
    there = _codes(base)
    own = [each.code for each in changes.added]
    for code in sorted({each for each in own if own.count(each) > 1 or each in there}):
        yield Fault(code, "", Wrong.SAME_CODE)
    ordered = {each for codes in changes.order.values() for each in codes}
    for code in sorted({*changes.wording, *changes.left_out, *ordered} - there - set(own)):
        yield Fault(code, "", Wrong.UNKNOWN)
    for code in sorted(changes.left_out & there):
        if why_stays(base, code, changes.left_out - {code}):
            yield Fault(code, "", Wrong.STAYS)


def _of_wording(base: Raw, changes: Changes) -> Iterator[Fault]:
    there = _codes(base)
    for code, words in changes.wording.items():
        if code in there:
            with_child = "child" in question_of(base, code)
            yield from faults_in_words(code, words, with_child=with_child)


def _of_own(base: Raw, changes: Changes) -> Iterator[Fault]:
    themes, signs = themes_of(base), signs_of(base)
    if len(changes.added) > MOST_OWN:
        yield Fault("", "", Wrong.TOO_MANY)
    for own in changes.added:
        yield from faults_in_words(own.code, own, with_child=False)
        if own.theme not in themes:
            yield Fault(own.code, "theme", Wrong.UNKNOWN_THEME)
        if own.sign and own.sign not in signs:
            yield Fault(own.code, "sign", Wrong.UNKNOWN_SIGN)


def _codes(base: Raw) -> frozenset[str]:
    return frozenset(each["code"] for step in base["steps"] for each in step["questions"])
