"""The file of pairs that somebody should look at, by house and code, and what they answer.

It holds no name: each house looks its own code up in its own list.
"""

from collections.abc import Iterator, Mapping, Sequence

from suar_research.files import refuse, rows_of
from suar_research.linkage.matching import Record
from suar_research.linkage.probabilities import Answers, Chances
from suar_research.linkage.tokens import TokenFile

SAME = "same"
HEADER = ("house", "code", "other_house", "other_code", "alike", "probability", SAME)
WORDS = {"yes": True, "no": False, "": None}
Said = dict[tuple[Record, Record], bool]


def rows(lists: Sequence[TokenFile], known: Chances, possible: float, probable: float) -> list[Sequence[object]]:
    """Name the pairs between two probabilities, likeliest first, with a cell for yes or no."""
    alike = known.alike()
    told: list[Sequence[object]] = [HEADER]
    for pair in known.listed(possible):
        if pair.alike < probable:
            (one, left), (other, right) = pair.first, pair.second
            told.append(
                (
                    lists[one].house,
                    lists[one].codes[left],
                    lists[other].house,
                    lists[other].codes[right],
                    f"{alike[pair.first, pair.second]:.4f}",
                    f"{pair.alike:.4f}",
                    "",
                )
            )
    return told


def read(text: str, lists: Sequence[TokenFile]) -> Said:
    """Read the answers; an empty cell is no answer. Raises Unreadable with row and column."""
    header, body = rows_of(text, [*HEADER[:4], SAME])
    at = {name: header.index(name) for name in (*HEADER[:4], SAME)}
    places = {
        each.house: {code: (place, row) for row, code in enumerate(each.codes)} for place, each in enumerate(lists)
    }
    problems: list[str] = []
    said: Said = {}
    for number, cells in body:
        row = {name: cells[place].strip() for name, place in at.items()}
        ends = [_record(row[house], row[code], places) for house, code in (HEADER[:2], HEADER[2:4])]
        wrong = list(_problems(row, ends, said))
        problems += [f"row {number}{each}" for each in wrong]
        same = WORDS.get(row[SAME].lower())
        if not wrong and same is not None:
            said[_ordered(ends)] = same
    refuse(problems + _twice(said, lists) if problems or said else ["no cell of `same` is filled"])
    return said


def _record(house: str, code: str, places: Mapping[str, Mapping[str, Record]]) -> Record | None:
    return places.get(house, {}).get(code)


def _ordered(ends: Sequence[Record | None]) -> tuple[Record, Record]:
    one, other = sorted(each for each in ends if each is not None)
    return one, other


def _problems(row: Mapping[str, str], ends: Sequence[Record | None], said: Answers) -> Iterator[str]:
    for end, column in zip(ends, (HEADER[1], HEADER[3]), strict=True):
        if end is None:
            yield f", column {column}: no code of the house beside it"
    if row[SAME].lower() not in WORDS:
        yield f", column {SAME}: neither yes nor no"
    if None not in ends:
        one, other = _ordered(ends)
        if one[0] == other[0]:
            yield ": both are of one house"
        elif (one, other) in said:
            yield ": this pair is answered in a row before"


def _twice(said: Said, lists: Sequence[TokenFile]) -> list[str]:
    """Say who was found to be two people of one other list."""
    met: dict[tuple[Record, int], Record] = {}
    problems = []
    for (one, other), same in said.items():
        for record, found in ((one, other), (other, one)) if same else ():
            if met.setdefault((record, found[0]), found) != found:
                problems.append(
                    f"code {lists[record[0]].codes[record[1]]} of {lists[record[0]].house}: one "
                    f"person with two codes of {lists[found[0]].house}; one of them must be no"
                )
    return problems


def unknown(said: Answers, known: Chances, lists: Sequence[TokenFile]) -> list[str]:
    """Name answers about pairs that were never looked at, as in a file of other lists."""
    looked_at = known.alike()
    return [
        f"codes {lists[one[0]].codes[one[1]]} and {lists[other[0]].codes[other[1]]}: they are not "
        "alike enough to be a pair of these lists"
        for one, other in said
        if (one, other) not in looked_at
    ]
