"""Question files: how an organisation writes its own question set, and what keeps one from being used.

A file is read whole or not at all. Every fault names its row, question and field.
Source: WHO 2003; data/never-ask-1.json; docs/decisions/question-sets.md; docs/question-file.md.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, StringConstraints, Tag, TypeAdapter, ValidationError

from suar.screening.codes import Step
from suar.screening.rules.data_files import Raw, load_file
from suar.screening.rules.instrument import Wording
from suar.screening.rules.question_changes import (
    OWN_PREFIX,
    Added,
    Changes,
    Reworded,
    apply,
    questions_of,
    reword,
    runs,
    words_in,
)
from suar.screening.rules.required import why_required
from suar.screening.rules.wording_lint import lint, lint_set

KIND, FORMAT = "suar-questions", 1
HEAD = ("kind", "format", "form", "shipped", "questions")
MAX_BYTES = 150_000
"""The full form with every wording at its longest, and twenty questions more, is smaller."""
MAX_ROWS = 200
MAX_OWN = 20
MAX_CHARACTERS = 240
"""Characters of a wording: a sentence that is heard once, in a language somebody learned late."""
MAX_DETAIL = 40
NOT_EDITED = frozenset({"place"})
"""Kinds of question that no file contains: they are asked before the talk begins."""
LINE_ENDS, INVISIBLE = "\t\n\r", frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Characters that nobody sees or that turn the direction of reading, beside what ends a line."""
MARKUP, FORMULA = frozenset("<>{}"), frozenset("=+-@")
"""What a browser may read as markup, and what a spreadsheet reads as the start of a formula."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file: in which row (0 is the whole file), question and field, and why."""

    row: int
    question: str
    field: str
    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FileResult:
    """The changes in a file, or all that is wrong with it; never both."""

    changes: Changes | None
    faults: tuple[Fault, ...] = ()


class Strict(BaseModel):
    """A part of a file: every key is known, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ShippedRow(Strict):
    """A question that ships."""

    question: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,29}$")]
    asked: bool
    text: Wording
    child: Wording | None


class OwnRow(Strict):
    """A question of the organisation's own."""

    question: Annotated[str, StringConstraints(pattern=rf"^{OWN_PREFIX}[1-9][0-9]{{0,3}}$")]
    theme: str
    sign: str
    text: Wording
    child: Wording | None


class _Stopped(Exception):
    """The file cannot be read any further."""

    def __init__(self, code: str, detail: object = "") -> None:
        super().__init__(code)
        self.fault = Fault(0, "", "", code, shown(detail))


def _row_kind(row: object) -> str:
    code = row.get("question") if isinstance(row, Mapping) else ""
    return "own" if isinstance(code, str) and code.startswith(OWN_PREFIX) else "shipped"


FileRow = ShippedRow | OwnRow
ROW: TypeAdapter[FileRow] = TypeAdapter(
    Annotated[Annotated[ShippedRow, Tag("shipped")] | Annotated[OwnRow, Tag("own")], Discriminator(_row_kind)]
)


def read_file(content: bytes, base: Raw) -> FileResult:
    """Read a question file for this shipped form; nothing is taken from a file with a fault in it.

    Source: WHO 2003; data/never-ask-1.json; docs/decisions/question-sets.md.
    """
    languages = tuple(base["title"])
    try:
        raw_rows = _raw_rows(_parse(content), base)
    except _Stopped as stopped:
        return FileResult(None, (stopped.fault,))
    rows, faults = _read_rows(raw_rows, languages)
    faults = faults or [*_wrong_codes(rows, base), *_wrong_places(rows, base)]
    if faults:
        return FileResult(None, tuple(faults))
    changes = _changes(rows, base)
    numbers = {row.question: number for number, row in enumerate(rows, 1)}
    wrong = tuple(replace(fault, row=numbers.get(fault.question, 0)) for fault in check(base, changes))
    return FileResult(None, wrong) if wrong else FileResult(changes)


def write_file(base: Raw, changes: Changes) -> dict[str, Any]:
    """Return a form with changes as a question file: every question that may be worded, in order.

    Source: own design, docs/decisions/question-sets.md.
    """
    shipped = questions_of(base)
    rows: list[dict[str, Any]] = []
    for code in (code for run in runs(base, changes) for code in run.questions):
        own, words = changes.own(code), words_in(base, changes, code) or Reworded({})
        spoken = {"text": {**words.text}, "child": words.child and {**words.child}}
        if own is not None:
            rows.append({"question": code, "theme": own.theme, "sign": own.sign, **spoken})
        elif is_edited(shipped[code]):
            rows.append({"question": code, "asked": code not in changes.left_out, **spoken})
    return {"kind": KIND, "format": FORMAT, "form": base["code"], "shipped": base["version"], "questions": rows}


def number_own_questions(changes: Changes, known: Mapping[str, Added], *, last: int) -> Changes:
    """Return the changes with numbers of this organisation for its own questions.

    A question that is known under its number, with the same theme, sign and words in one language, keeps it. Every
    other one gets a new number, so that no number means two questions.

    Source: own design, docs/decisions/question-sets.md.
    """
    names: dict[str, str] = {}
    for own in changes.added:
        if _is_known(own, known.get(own.code)):
            names[own.code] = own.code
        else:
            last += 1
            names[own.code] = f"{OWN_PREFIX}{last}"
    return replace(
        changes,
        last=last,
        added=tuple(replace(own, code=names[own.code]) for own in changes.added),
        order={key: tuple(names.get(code, code) for code in codes) for key, codes in changes.order.items()},
    )


def check(base: Raw, changes: Changes) -> tuple[Fault, ...]:
    """Return all that keeps changes from being used; an empty tuple if they may be.

    Source: WHO 2003; data/never-ask-1.json; docs/decisions/question-sets.md.
    """
    faults = [*_left_out(base, changes), *_wording(base, changes), *_own(base, changes)]
    if replace(changes, last=0) == Changes():
        faults.append(Fault(0, "", "", "WRONG_NOTHING_CHANGED"))
    if faults:
        return tuple(faults)
    return tuple(Fault(0, "", "", each.code) for each in lint_set(apply(base, changes)["steps"]))


def themes_of(base: Raw) -> tuple[str, ...]:
    """Return the themes in which an organisation may ask something of its own: those of the step on signs.

    Source: own design, docs/decisions/question-sets.md.
    """
    asked = [each for step in base["steps"] if step["code"] == Step.SIGNS for each in step["questions"]]
    return tuple(dict.fromkeys(each["theme"] for each in asked if each.get("theme")))


def signs_of(base: Raw) -> tuple[str, ...]:
    """Return the signs that an own question may point to: told ones, of an element.

    Source: own design, docs/decisions/question-sets.md.
    """
    return _told_signs(base["uses"]["signs"])


def is_edited(question: Raw) -> bool:
    """Return True if a question may be worded at all.

    Source: own design, docs/decisions/question-sets.md.
    """
    return question["kind"] not in NOT_EDITED


def shown(detail: object) -> str:
    """Return a detail of a file short and in ASCII, so that no character in it can mislead a reader.

    Source: own design, docs/decisions/question-sets.md.
    """
    return str(detail)[:MAX_DETAIL].encode("ascii", "backslashreplace").decode()


def _parse(content: bytes) -> Any:
    """Parse JSON from outside. A key that is repeated is refused: two readers might take different values."""
    if len(content) > MAX_BYTES:
        raise _Stopped("FILE_TOO_BIG", MAX_BYTES // 1000)
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise _Stopped("FILE_NOT_TEXT") from None
    except RecursionError:
        raise _Stopped("FILE_TOO_DEEP") from None
    except ValueError as error:
        raise _Stopped("FILE_NOT_JSON", getattr(error, "lineno", "")) from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    repeated = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    if repeated:
        raise _Stopped("FILE_REPEATED_KEY", repeated[0])
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise _Stopped("FILE_NOT_JSON", name)


def _raw_rows(parsed: Any, base: Raw) -> list[Any]:
    """Return the rows of a file for this form; raise _Stopped if it is for something else."""
    if not isinstance(parsed, dict) or parsed.get("kind") != KIND:
        raise _Stopped("FILE_NOT_A_SET")
    _check_number(parsed.get("format", ""), FORMAT, "FILE_OTHER_FORMAT")
    if missing := [key for key in HEAD if key not in parsed]:
        raise _Stopped("FILE_MISSING_KEY", missing[0])
    if unknown := [key for key in parsed if key not in HEAD]:
        raise _Stopped("FILE_UNKNOWN_KEY", unknown[0])
    if parsed["form"] != base["code"]:
        raise _Stopped("FILE_OTHER_FORM", parsed["form"])
    _check_number(parsed["shipped"], base["version"], "FILE_OTHER_SHIPPED")
    rows = parsed["questions"]
    if not isinstance(rows, list):
        raise _Stopped("FILE_WRONG_KIND", "questions")
    if len(rows) > MAX_ROWS:
        raise _Stopped("FILE_TOO_MANY_ROWS", MAX_ROWS)
    return rows


def _check_number(value: object, wanted: int, otherwise: str) -> None:
    if type(value) is not int or value != wanted:
        raise _Stopped(otherwise, value)


def _read_rows(raw_rows: Sequence[Any], languages: Sequence[str]) -> tuple[list[FileRow], list[Fault]]:
    rows: list[FileRow] = []
    faults: list[Fault] = []
    for number, raw in enumerate(raw_rows, 1):
        try:
            row = ROW.validate_python(raw)
        except ValidationError as invalid:
            code = raw.get("question") if isinstance(raw, Mapping) else ""
            question = shown(code) if isinstance(code, str) else ""
            faults += [_as_fault(number, question, each["type"], each["loc"][1:]) for each in invalid.errors()]
        else:
            rows.append(row)
            faults += _languages(number, row, languages)
    return rows, faults


def _as_fault(number: int, question: str, error: str, loc: Sequence[int | str]) -> Fault:
    """Say in our codes what pydantic found in a row."""
    place = ".".join(map(str, loc))
    if error == "string_unicode":
        return Fault(number, question, place.replace(".", "_"), "WRONG_HIDDEN")
    if list(loc) == ["question"]:
        return Fault(number, "", "question", "FILE_WRONG_KIND", question)
    codes = {"missing": "FILE_MISSING_KEY", "extra_forbidden": "FILE_UNKNOWN_KEY"}
    return Fault(number, question, "", codes.get(error, "FILE_WRONG_KIND"), shown(place))


def _languages(number: int, row: FileRow, languages: Sequence[str]) -> Iterator[Fault]:
    for name, words in _spoken(row).items():
        for language in languages:
            if language not in words:
                yield Fault(number, row.question, "", "FILE_MISSING_KEY", f"{name}.{language}")
        for language in words:
            if language not in languages:
                yield Fault(number, row.question, "", "FILE_UNKNOWN_KEY", shown(f"{name}.{language}"))


def _wrong_codes(rows: Sequence[FileRow], base: Raw) -> Iterator[Fault]:
    """Find questions that occur twice, that the form does not have, or that are missing."""
    shipped = questions_of(base)
    wanted = [code for code, question in shipped.items() if is_edited(question)]
    times = Counter(row.question for row in rows)
    for number, row in enumerate(rows, 1):
        code = row.question
        if times[code] > 1:
            yield Fault(number, code, "", "FILE_DOUBLED")
        if isinstance(row, ShippedRow) and code not in wanted:
            yield Fault(number, code, "", "FILE_NO_SUCH_QUESTION")
        elif isinstance(row, ShippedRow) and row.child is not None and "child" not in shipped[code]:
            yield Fault(number, code, "", "FILE_NO_CHILD")
    missing = [code for code in wanted if code not in times]
    for code in missing:
        required = why_required(base, code, {each for each in missing if each != code})
        yield Fault(0, code, "", "FILE_PROTECTS" if required else "FILE_NOT_THERE", required or "")


def _wrong_places(rows: Sequence[FileRow], base: Raw) -> Iterator[Fault]:
    """Find the first row that stands where another step, theme or kind of question belongs."""
    places = {code: place for place, run in enumerate(runs(base, _added(rows))) for code in run.questions}
    in_file = [(number, places[row.question]) for number, row in enumerate(rows, 1) if row.question in places]
    for (number, place), belongs in zip_longest(in_file, sorted(place for _, place in in_file)):
        if place != belongs:
            yield Fault(number, rows[number - 1].question, "", "FILE_OUT_OF_PLACE")
            return


def _changes(rows: Sequence[FileRow], base: Raw) -> Changes:
    changes = _added(rows)
    places = {row.question: place for place, row in enumerate(rows)}
    order = {}
    for run in runs(base, changes):
        codes = tuple(sorted(run.questions, key=lambda code: places.get(code, -1)))
        if codes != run.questions:
            order[run.key] = codes
    left_out = frozenset(row.question for row in rows if isinstance(row, ShippedRow) and not row.asked)
    changes = replace(changes, left_out=left_out, order=order)
    for row in rows:
        if isinstance(row, ShippedRow):
            changes = reword(base, changes, row.question, _words(row))
    return changes


def _added(rows: Sequence[FileRow]) -> Changes:
    own = [(row, _words(row)) for row in rows if isinstance(row, OwnRow)]
    return Changes(added=tuple(Added(row.question, row.theme, said.text, said.child, row.sign) for row, said in own))


def _words(row: FileRow) -> Reworded:
    return Reworded(_strip(row.text), _strip(row.child) if row.child is not None else None)


def _strip(words: Wording) -> Wording:
    return {language: text.strip() for language, text in words.items()}


def _is_known(own: Added, known: Added | None) -> bool:
    return (
        known is not None
        and (known.theme, known.sign) == (own.theme, own.sign)
        and any(known.text.get(language) == text for language, text in own.text.items())
    )


def _left_out(base: Raw, changes: Changes) -> Iterator[Fault]:
    for code in sorted(changes.left_out):
        if required := why_required(base, code, changes.left_out - {code}):
            yield Fault(0, code, "", "WRONG_STAYS", required)


def _wording(base: Raw, changes: Changes) -> Iterator[Fault]:
    shipped = questions_of(base)
    for code, words in changes.wording.items():
        empty = dict.fromkeys(base["title"], "") if "child" in shipped[code] else None
        yield from _words_faults(code, Reworded(words.text, words.child or empty))


def _own(base: Raw, changes: Changes) -> Iterator[Fault]:
    themes, signs = themes_of(base), signs_of(base)
    if len(changes.added) > MAX_OWN:
        yield Fault(0, "", "", "WRONG_TOO_MANY")
    for own in changes.added:
        yield from _words_faults(own.code, own)
        if own.theme not in themes:
            yield Fault(0, own.code, "theme", "WRONG_UNKNOWN_THEME")
        if own.sign and own.sign not in signs:
            yield Fault(0, own.code, "sign", "WRONG_UNKNOWN_SIGN")


def _words_faults(code: str, words: Reworded | Added) -> Iterator[Fault]:
    for name, said in _spoken(words).items():
        for language, text in said.items():
            for why in _text_faults(text):
                yield Fault(0, code, f"{name}_{language}", why)


def _text_faults(text: str) -> Iterator[str]:
    """Find what is wrong in one wording. A long one is refused before anything reads it letter by letter.

    Its length is counted as it is read: one character of another script may stand for a whole phrase.
    """
    plain = unicodedata.normalize("NFKC", text.strip())
    if not plain:
        yield "WRONG_EMPTY"
    if len(plain) > MAX_CHARACTERS:
        yield "WRONG_TOO_LONG"
        return
    if any(unicodedata.category(sign) in INVISIBLE and sign not in LINE_ENDS for sign in text):
        yield "WRONG_HIDDEN"
    if MARKUP & set(plain):
        yield "WRONG_MARKS"
    if plain[:1] in FORMULA:
        yield "WRONG_FORMULA"
    yield from (each.code for each in lint({"": text}))


def _spoken(words: Reworded | Added | FileRow) -> dict[str, Wording]:
    return {"text": words.text} | ({} if words.child is None else {"child": words.child})


@lru_cache(maxsize=4)
def _told_signs(signs: str) -> tuple[str, ...]:
    rows = load_file(signs)["signs"]
    return tuple(each["code"] for each in rows if not each["observed"] and each["element"])
