"""The file of pairs that somebody should look at, by organisation and code, and their answers.

It holds no name: each organisation looks its own code up in its own list.
"""

from collections.abc import Iterator, Mapping, Sequence

from suar_research.files import refuse, rows_of
from suar_research.linkage.matching import Matched, Record
from suar_research.linkage.probabilities import Answers, Chances
from suar_research.linkage.tokens import TokenFile

SAME = "same"
CODES = ("house", "code", "other_house", "other_code")
HEADER = (*CODES, "alike", "probability", SAME)
WORDS = {"yes": True, "no": False, "": None}
Row = Sequence[object]


def _codes(lists: Sequence[TokenFile], first: Record, second: Record) -> tuple[str, str, str, str]:
    (one, row), (other, other_row) = first, second
    return lists[one].organisation, lists[one].codes[row], lists[other].organisation, lists[other].codes[other_row]


def unsure_rows(lists: Sequence[TokenFile], matched: Matched) -> list[Row]:
    """Return the pairs that are similar but not enough, with their similarity."""
    rows = ((*_codes(lists, pair.first, pair.second), f"{pair.alike:.6f}") for pair in matched.unsure)
    return [(*CODES, "alike"), *rows]


def rows(lists: Sequence[TokenFile], known: Chances, possible: float, probable: float) -> list[Row]:
    """Return the pairs between two probabilities, likeliest first, with a cell for yes or no."""
    alike = known.alike()
    listed: list[Row] = [HEADER]
    for pair in known.listed(possible):
        if pair.alike < probable:
            similarity = alike[pair.first, pair.second]
            listed.append((*_codes(lists, pair.first, pair.second), f"{similarity:.4f}", f"{pair.alike:.4f}", ""))
    return listed


def read(text: str, lists: Sequence[TokenFile], known: Chances) -> Answers:
    """Read the answers; an empty cell is no answer. Raises Unreadable with row and column."""
    header, body = rows_of(text, [*CODES, SAME])
    records = {
        (file.organisation, code): (at, row) for at, file in enumerate(lists) for row, code in enumerate(file.codes)
    }
    problems: list[str] = []
    answers: dict[tuple[Record, Record], bool] = {}
    for number, cells in body:
        row = {name: cells[header.index(name)].strip() for name in (*CODES, SAME)}
        ends = [records.get((row["house"], row["code"])), records.get((row["other_house"], row["other_code"]))]
        pair = tuple(sorted(end for end in ends if end is not None))
        wrong = [f"row {number}{problem}" for problem in _problems(row, ends, answers, pair)]
        problems += wrong
        same = WORDS.get(row[SAME].lower())
        if not wrong and same is not None:
            answers[pair[0], pair[1]] = same
    refuse(problems + _twice(answers, lists) if problems or answers else ["no cell of `same` is filled"])
    compared = known.alike()
    unknown = (_codes(lists, *pair) for pair in answers if pair not in compared)
    refuse(
        f"codes {code} and {other}: they are not alike enough to be a pair of these lists"
        for _, code, _, other in unknown
    )
    return answers


def _problems(
    row: Mapping[str, str], ends: Sequence[Record | None], answers: Answers, pair: tuple[Record, ...]
) -> Iterator[str]:
    for end, column in zip(ends, ("code", "other_code"), strict=True):
        if end is None:
            yield f", column {column}: no code of the organisation beside it, or it was united"
    if row[SAME].lower() not in WORDS:
        yield f", column {SAME}: neither yes nor no"
    if len(pair) == len(ends) and pair[0][0] == pair[1][0]:
        yield ": both are of one organisation"
    elif pair in answers:
        yield ": this pair is answered in a row before"


def _twice(answers: Answers, lists: Sequence[TokenFile]) -> list[str]:
    """Return who was found to be two people of one other list."""
    met: dict[tuple[Record, int], Record] = {}
    problems = []
    for (one, other), same in answers.items():
        for record, match in ((one, other), (other, one)) if same else ():
            if met.setdefault((record, match[0]), match) != match:
                own, code, other_list, _ = _codes(lists, record, match)
                problems.append(
                    f"code {code} of {own}: one person with two codes of {other_list}; one of them must be no"
                )
    return problems
