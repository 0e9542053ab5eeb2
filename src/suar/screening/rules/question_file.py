"""Read, write and validate question files, with which organisations change their question sets.

A file is accepted as a whole or not at all. Every fault names its row, question and field.
Source: WHO 2003; data/never-ask-1.json; docs/decisions/question-sets.md; docs/question-file.md.
"""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, ValidationError
from pydantic_core import ErrorDetails

from suar.screening.codes import Step
from suar.screening.rules.data_files import SHIPPED, Raw, load_file, load_set
from suar.screening.rules.question_changes import (
    OWN_PREFIX,
    AddedQuestion,
    Changes,
    RewordedQuestion,
    questions_of,
    runs,
    shipped_words,
    why_required,
    wording_keys,
)
from suar.screening.rules.wording_lint import lint

KIND, FORMAT = "suar-questions", 1
MAX_BYTES = 150_000
"""Larger than the full form with the longest wordings and twenty own questions."""
MAX_ROWS = 200
MAX_OWN = 20
MAX_CHARACTERS = 240
"""The longest wording in characters: it is heard once, often in a second language."""
MAX_DETAIL = 40
LINE_ENDS, INVISIBLE = "\t\n\r", frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of invisible and direction-changing characters; line ends are allowed."""
MARKUP, FORMULA = frozenset("<>{}"), frozenset("=+-@")
"""Characters of markup, and characters that start a formula in a spreadsheet."""
HEAD_FAULTS = {"kind": "FILE_NOT_A_SET", "format": "FILE_OTHER_FORMAT", "form": "FILE_OTHER_FORM"}
HEAD_FAULTS |= {"shipped": "FILE_OTHER_SHIPPED"}
ERROR_FAULTS = {"missing": "FILE_MISSING_KEY", "extra_forbidden": "FILE_UNKNOWN_KEY"}

StrippedWording = dict[str, Annotated[str, StringConstraints(strip_whitespace=True)]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault in a file: its row (0 is the whole file), question, field and code."""

    row: int
    question: str
    field: str
    code: str
    detail: str = ""


class InvalidFile(Exception):
    """A question file with faults."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].code)
        self.faults = faults

    @classmethod
    def whole(cls, code: str, detail: object = "") -> "InvalidFile":
        """Return the exception for a file that cannot be read at all."""
        return cls(Fault(0, "", "", code, as_detail(detail)))


class Strict(BaseModel):
    """A part of a file: every key is known, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ShippedRow(Strict):
    """A question that ships."""

    question: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,29}$")]
    asked: bool
    text: StrippedWording
    child: StrippedWording | None


class OwnRow(Strict):
    """A question of the organisation's own."""

    question: Annotated[str, StringConstraints(pattern=rf"^{OWN_PREFIX}[1-9][0-9]{{0,3}}$")]
    theme: str
    sign: str
    text: StrippedWording
    child: StrippedWording | None


def _row_kind(row: object) -> str:
    code = row.get("question") if isinstance(row, Mapping) else ""
    return "own" if isinstance(code, str) and code.startswith(OWN_PREFIX) else "shipped"


Row = ShippedRow | OwnRow


class QuestionFile(Strict):
    """A whole file."""

    kind: Literal["suar-questions"]
    format: Annotated[int, Field(ge=FORMAT, le=FORMAT)]
    form: str
    shipped: int
    questions: list[
        Annotated[Annotated[ShippedRow, Tag("shipped")] | Annotated[OwnRow, Tag("own")], Discriminator(_row_kind)]
    ]


def read_file(content: bytes, base: Raw) -> Changes:
    """Return the changes in a question file for this shipped form; raise InvalidFile with all faults.

    The changes of a file for an earlier shipped version are taken over.

    Source: WHO 2003; data/never-ask-1.json; docs/decisions/question-sets.md.
    """
    rows, made_from = _rows(_parse(content), base)
    faults = [*_wrong_languages(rows, tuple(base["title"]))]
    faults = faults or [*_wrong_codes(rows, made_from), *_wrong_places(rows, made_from)]
    if not faults:
        changes = _changes(rows, made_from)
        numbers = {row.question: number for number, row in enumerate(rows, 1)}
        faults = [replace(fault, row=numbers.get(fault.question, 0)) for fault in check(base, changes)]
    if faults:
        raise InvalidFile(*faults)
    return changes


def write_file(base: Raw, changes: Changes) -> dict[str, Any]:
    """Return a form with changes as a question file that holds every editable question in order.

    Source: own design, docs/decisions/question-sets.md.
    """
    shipped, added = questions_of(base), {own.code: own for own in changes.added}
    rows: list[dict[str, Any]] = []
    for code in (code for codes in runs(base, changes).values() for code in codes):
        words = added.get(code) or changes.wording.get(code) or shipped_words(shipped[code])
        texts = {"text": {**words.text}, "child": words.child and {**words.child}}
        if isinstance(words, AddedQuestion):
            rows.append({"question": code, "theme": words.theme, "sign": words.sign, **texts})
        elif is_editable(shipped[code]):
            rows.append({"question": code, "asked": code not in changes.left_out, **texts})
    return {"kind": KIND, "format": FORMAT, "form": base["code"], "shipped": base["version"], "questions": rows}


def number_own_questions(changes: Changes, known: Mapping[str, AddedQuestion], *, last: int) -> Changes:
    """Return the changes with the final numbers of own questions.

    A known question (same number, theme, sign, and wording in one language) keeps its number. Every other one gets a
    new number, so that no number means two questions.

    Source: own design, docs/decisions/question-sets.md.
    """
    numbers: dict[str, str] = {}
    for own in changes.added:
        numbers[own.code] = own.code
        if not _is_known(own, known.get(own.code)):
            last += 1
            numbers[own.code] = f"{OWN_PREFIX}{last}"
    return replace(
        changes,
        last=last,
        added=tuple(replace(own, code=numbers[own.code]) for own in changes.added),
        order={key: tuple(numbers.get(code, code) for code in codes) for key, codes in changes.order.items()},
    )


def check(base: Raw, changes: Changes) -> tuple[Fault, ...]:
    """Return the faults of changes; an empty tuple if they are valid.

    Source: WHO 2003; data/never-ask-1.json; docs/decisions/question-sets.md.
    """
    faults = [*_wrong_omissions(base, changes), *_wrong_wordings(base, changes), *_wrong_additions(base, changes)]
    if replace(changes, last=0) == Changes():
        faults.append(Fault(0, "", "", "WRONG_NOTHING_CHANGED"))
    return tuple(faults)


def themes_of(base: Raw) -> tuple[str, ...]:
    """Return the themes in which an organisation may add questions: those of the step on signs.

    Source: own design, docs/decisions/question-sets.md.
    """
    prompts = [question for step in base["steps"] if step["code"] == Step.SIGNS for question in step["questions"]]
    return tuple(dict.fromkeys(prompt["theme"] for prompt in prompts if prompt.get("theme")))


def signs_of(base: Raw) -> tuple[str, ...]:
    """Return the signs that an own question may point to: reported signs of an element.

    Source: own design, docs/decisions/question-sets.md.
    """
    rows = load_file(base["uses"]["signs"])["signs"]
    return tuple(row["code"] for row in rows if not row["observed"] and row["element"])


def is_editable(question: Raw) -> bool:
    """Return True if a question is part of question files; the question about the place is not.

    Source: own design, docs/decisions/question-sets.md.
    """
    return bool(question["kind"] != "place")


def as_detail(value: object) -> str:
    """Return a value as short ASCII text, so that it cannot mislead a reader.

    Source: own design, docs/decisions/question-sets.md.
    """
    return str(value)[:MAX_DETAIL].encode("ascii", "backslashreplace").decode()


def _parse(content: bytes) -> Any:
    """Parse JSON from outside. A repeated key is refused: two readers might take different values."""
    if len(content) > MAX_BYTES:
        raise InvalidFile.whole("FILE_TOO_BIG", MAX_BYTES // 1000)
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise InvalidFile.whole("FILE_NOT_TEXT") from None
    except RecursionError:
        raise InvalidFile.whole("FILE_TOO_DEEP") from None
    except ValueError as error:
        raise InvalidFile.whole("FILE_NOT_JSON", getattr(error, "lineno", "")) from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    repeated = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    if repeated:
        raise InvalidFile.whole("FILE_REPEATED_KEY", repeated[0])
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise InvalidFile.whole("FILE_NOT_JSON", name)


def _rows(parsed: Any, base: Raw) -> tuple[Sequence[Row], Raw]:
    """Return the rows of a file for this form, and the shipped set that it was made from."""
    raw_rows = parsed.get("questions") if isinstance(parsed, dict) else None
    try:
        if isinstance(raw_rows, list) and len(raw_rows) > MAX_ROWS:
            QuestionFile.model_validate({**parsed, "questions": []})
            raise InvalidFile.whole("FILE_TOO_MANY_ROWS", MAX_ROWS)
        file = QuestionFile.model_validate(parsed)
    except ValidationError as invalid:
        errors = invalid.errors()
        if errors[0]["loc"][:1] == ("questions",) and len(errors[0]["loc"]) > 1:
            raise InvalidFile(*(_row_fault(raw_rows or [], error) for error in errors)) from None
        raise _head_fault(errors[0]) from None
    if file.form != base["code"]:
        raise InvalidFile.whole("FILE_OTHER_FORM", file.form)
    if file.shipped == base["version"]:
        return file.questions, base
    if file.shipped > base["version"] or (file.form, file.shipped) not in SHIPPED:
        raise InvalidFile.whole("FILE_OTHER_SHIPPED", file.shipped)
    return file.questions, load_set(file.form, file.shipped)


def _head_fault(error: ErrorDetails) -> InvalidFile:
    """Convert an error of pydantic outside the rows."""
    key = str(error["loc"][0]) if error["loc"] else "kind"
    if error["type"] in ERROR_FAULTS and key not in ("kind", "format"):
        return InvalidFile.whole(ERROR_FAULTS[error["type"]], key)
    if key not in HEAD_FAULTS:
        return InvalidFile.whole("FILE_WRONG_KIND", key)
    return InvalidFile.whole(HEAD_FAULTS[key], "" if error["type"] == "missing" or key == "kind" else error["input"])


def _row_fault(raw_rows: Sequence[Any], error: ErrorDetails) -> Fault:
    """Convert an error of pydantic in a row."""
    index, place = int(error["loc"][1]), ".".join(map(str, error["loc"][3:]))
    code = raw_rows[index].get("question") if isinstance(raw_rows[index], Mapping) else ""
    question = as_detail(code) if isinstance(code, str) else ""
    if error["type"] == "string_unicode":
        return Fault(index + 1, question, place.replace(".", "_"), "WRONG_HIDDEN")
    if place == "question":
        return Fault(index + 1, "", "question", "FILE_WRONG_KIND", question)
    return Fault(index + 1, question, "", ERROR_FAULTS.get(error["type"], "FILE_WRONG_KIND"), as_detail(place))


def _wrong_languages(rows: Sequence[Row], languages: Sequence[str]) -> Iterator[Fault]:
    for number, row in enumerate(rows, 1):
        for name, words in (("text", row.text), ("child", row.child)):
            for language in () if words is None else dict.fromkeys((*languages, *words)):
                if words is not None and language not in words:
                    yield Fault(number, row.question, "", "FILE_MISSING_KEY", f"{name}.{language}")
                if language not in languages:
                    yield Fault(number, row.question, "", "FILE_UNKNOWN_KEY", as_detail(f"{name}.{language}"))


def _wrong_codes(rows: Sequence[Row], base: Raw) -> Iterator[Fault]:
    """Return questions that occur twice, that the form does not have, or that are missing."""
    shipped = {code: question for code, question in questions_of(base).items() if is_editable(question)}
    times = Counter(row.question for row in rows)
    for number, row in enumerate(rows, 1):
        code = row.question
        if times[code] > 1:
            yield Fault(number, code, "", "FILE_DOUBLED")
        if isinstance(row, ShippedRow) and code not in shipped:
            yield Fault(number, code, "", "FILE_NO_SUCH_QUESTION")
        elif isinstance(row, ShippedRow) and row.child is not None and "child" not in shipped[code]:
            yield Fault(number, code, "", "FILE_NO_CHILD")
    missing = [code for code in shipped if code not in times]
    for code in missing:
        required = why_required(base, code, set(missing) - {code})
        yield Fault(0, code, "", "FILE_PROTECTS" if required else "FILE_NOT_THERE", required or "")


def _wrong_places(rows: Sequence[Row], base: Raw) -> Iterator[Fault]:
    """Return a fault for the first row that left its step, theme or kind of question."""
    all_runs = runs(base, Changes(added=_added(rows))).values()
    places = {code: place for place, codes in enumerate(all_runs) for code in codes}
    in_file = [(number, row.question) for number, row in enumerate(rows, 1) if row.question in places]
    in_order = sorted(places[code] for _, code in in_file)
    wrong = ((number, code) for (number, code), place in zip(in_file, in_order, strict=True) if places[code] != place)
    for number, code in list(wrong)[:1]:
        yield Fault(number, code, "", "FILE_OUT_OF_PLACE")


def _changes(rows: Sequence[Row], base: Raw) -> Changes:
    shipped, added = questions_of(base), _added(rows)
    places = {row.question: place for place, row in enumerate(rows)}
    order = {}
    for key, codes in runs(base, Changes(added=added)).items():
        in_file = tuple(sorted(codes, key=lambda code: places.get(code, -1)))
        if in_file != codes:
            order[key] = in_file
    shipped_rows = [row for row in rows if isinstance(row, ShippedRow)]
    wording = {row.question: RewordedQuestion(row.text, row.child) for row in shipped_rows}
    return Changes(
        wording={code: words for code, words in wording.items() if words != shipped_words(shipped[code])},
        order=order,
        left_out=frozenset(row.question for row in shipped_rows if not row.asked),
        added=added,
    )


def _added(rows: Sequence[Row]) -> tuple[AddedQuestion, ...]:
    own_rows = [row for row in rows if isinstance(row, OwnRow)]
    return tuple(AddedQuestion(row.question, row.theme, row.text, row.child, row.sign) for row in own_rows)


def _is_known(own: AddedQuestion, known: AddedQuestion | None) -> bool:
    return (
        known is not None
        and (known.theme, known.sign) == (own.theme, own.sign)
        and any(known.text.get(language) == text for language, text in own.text.items())
    )


def _wrong_omissions(base: Raw, changes: Changes) -> Iterator[Fault]:
    for code in sorted(changes.left_out):
        if required := why_required(base, code, changes.left_out - {code}):
            yield Fault(0, code, "", "WRONG_STAYS", required)


def _wrong_wordings(base: Raw, changes: Changes) -> Iterator[Fault]:
    shipped = questions_of(base)
    for code, words in changes.wording.items():
        empty = dict.fromkeys(base["title"], "") if "child" in shipped[code] else None
        yield from _words_faults(code, RewordedQuestion(words.text, words.child or empty))


def _wrong_additions(base: Raw, changes: Changes) -> Iterator[Fault]:
    themes, signs = themes_of(base), signs_of(base)
    if len(changes.added) > MAX_OWN:
        yield Fault(0, "", "", "WRONG_TOO_MANY")
    for own in changes.added:
        yield from _words_faults(own.code, own)
        if own.theme not in themes:
            yield Fault(0, own.code, "theme", "WRONG_UNKNOWN_THEME")
        if own.sign and own.sign not in signs:
            yield Fault(0, own.code, "sign", "WRONG_UNKNOWN_SIGN")


def _words_faults(code: str, words: RewordedQuestion | AddedQuestion) -> Iterator[Fault]:
    for name, wording in wording_keys(words).items():
        for language, text in wording.items():
            for fault in _text_faults(text):
                yield Fault(0, code, f"{name}_{language}", fault)


def _text_faults(text: str) -> Iterator[str]:
    """Return the faults of one wording. One that is too long is not checked further.

    The length is measured after NFKC normalisation, because one character can stand for a whole phrase.
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
    yield from lint(text)
