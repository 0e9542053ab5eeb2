"""Take a house's changes from a question file, all of them or none: pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from suar.screening.rules.changes import Added, Changes, Reworded
from suar.screening.rules.changing import OWN_PREFIX, reworded, runs
from suar.screening.rules.checking import LANGUAGES, Fault, faults
from suar.screening.rules.file_rows import (
    FileFault,
    Row,
    is_own,
    long_ones,
    rows_of,
    shape_faults,
)
from suar.screening.rules.file_text import Stop, Unusable, loaded
from suar.screening.rules.files import Raw
from suar.screening.rules.filing import is_edited
from suar.screening.rules.shapes import Text
from suar.screening.rules.staying import why_stays

Known = Mapping[str, Added]


@dataclass(frozen=True, slots=True)
class FileRead:
    """What a dry reading found: the changes, or all that is wrong; never both."""

    changes: Changes | None
    faults: tuple[FileFault, ...] = ()


def read_file(content: bytes, base: Raw) -> FileRead:
    """Read a question file for this shipped form; nothing is taken from one with a fault in it.

    Source: WHO 2003; data/never-ask-1.json; docs/decisions/0027.
    """
    try:
        rows = rows_of(loaded(content), base)
    except Stop as stop:
        return FileRead(None, (FileFault(0, "", "", stop.code, stop.detail),))
    found = shape_faults(rows) or long_ones(rows) or (*_codes(rows, base), *_places(rows, base))
    if found:
        return FileRead(None, tuple(found))
    changes = _changes(rows, base)
    wrong = tuple(_in_row(rows, each) for each in faults(base, changes))
    return FileRead(None, wrong) if wrong else FileRead(changes)


def numbered(changes: Changes, known: Known, *, last: int) -> Changes:
    """Give the own questions of a file numbers of this house.

    One that the house knows under its number, with the theme, the sign and the words of one
    language, keeps it. Every other one gets a new number, so that none means two questions.

    Source: own design, docs/decisions/0023 and 0027.
    """
    names: dict[str, str] = {}
    for own in changes.added:
        if _is_known(own, known):
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


def _is_known(own: Added, known: Known) -> bool:
    before = known.get(own.code)
    return (
        before is not None
        and (before.theme, before.sign) == (own.theme, own.sign)
        and any(before.text.in_language(each) == own.text.in_language(each) for each in LANGUAGES)
    )


def _codes(rows: Sequence[Row], base: Raw) -> Iterator[FileFault]:
    """Find questions that stand twice, that the form does not have, or that are missing."""
    there = {each["code"]: each for step in base["steps"] for each in step["questions"]}
    wanted = [code for code, question in there.items() if is_edited(question)]
    told = Counter(row["question"] for row in rows)
    for number, row in enumerate(rows, 1):
        code = row["question"]
        if told[code] > 1:
            yield FileFault(number, code, "", Unusable.DOUBLED)
        if not is_own(row) and code not in wanted:
            yield FileFault(number, code, "", Unusable.NO_SUCH_QUESTION)
        elif not is_own(row) and row["child"] is not None and "child" not in there[code]:
            yield FileFault(number, code, "", Unusable.NO_CHILD)
    missing = [code for code in wanted if code not in told]
    for code in missing:
        stays = why_stays(base, code, {each for each in missing if each != code})
        yield FileFault(0, code, "", Unusable.PROTECTS if stays else Unusable.NOT_THERE)


def _places(rows: Sequence[Row], base: Raw) -> Iterator[FileFault]:
    """Find the first row that stands where another step, theme or kind of question belongs."""
    places = {code: place for place, run in enumerate(runs(base, _added_only(rows))) for code in run.questions}
    told = [(number, places[row["question"]]) for number, row in enumerate(rows, 1) if row["question"] in places]
    for (number, place), belongs in zip_longest(told, sorted(place for _, place in told)):
        if place != belongs:
            yield FileFault(number, rows[number - 1]["question"], "", Unusable.OUT_OF_PLACE)
            return


def _changes(rows: Sequence[Row], base: Raw) -> Changes:
    found = _added_only(rows)
    left_out = frozenset(row["question"] for row in rows if not row.get("asked", True))
    told = {row["question"]: place for place, row in enumerate(rows)}
    order = {}
    for run in runs(base, found):
        codes = tuple(sorted(run.questions, key=lambda code: told.get(code, -1)))
        if codes != run.questions:
            order[run.key] = codes
    found = replace(found, left_out=left_out, order=order)
    for row in rows:
        if not is_own(row):
            found = reworded(base, found, row["question"], _words(row))
    return found


def _added_only(rows: Sequence[Row]) -> Changes:
    own = [row for row in rows if is_own(row)]
    return Changes(
        added=tuple(
            Added(row["question"], row["theme"], _text(row["text"]), _words(row).child, row["sign"]) for row in own
        )
    )


def _words(row: Row) -> Reworded:
    return Reworded(_text(row["text"]), row["child"] and _text(row["child"]))


def _text(said: Mapping[str, Any]) -> Text:
    return Text(said["en"].strip(), said["id"].strip())


def _in_row(rows: Sequence[Row], fault: Fault) -> FileFault:
    codes = [row["question"] for row in rows]
    row = codes.index(fault.question) + 1 if fault.question in codes else 0
    return FileFault(row, fault.question, fault.field, fault.code)
