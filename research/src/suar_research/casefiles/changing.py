"""Change against an earlier period: counts, shares, and by how many percent a count moved."""

from __future__ import annotations

from suar_research.casefiles.counting import OWN, Layout, side, summed
from suar_research.casefiles.crossing import Cross, crosses
from suar_research.casefiles.frames import Frame
from suar_research.casefiles.shares import NONE, RULE, Printed, change, points, signed
from suar_research.casefiles.sheets import Sheet
from suar_research.reading import Unreadable

WHAT_CHANGED = (
    "A change may be one of people, of where somebody looked, of what counts as identified, or "
    "of who "
    "reported. The numbers alone do not say which."
)


def changed(frame: Frame, rows: str, periods: tuple[str, str, str], layout: Layout) -> Sheet:
    """Compare two values of a column of periods (its name, earlier, later); raises Unreadable."""
    name, earlier, later = periods
    cross = crosses(frame, rows, name, None)[0]
    values = cross.columns.values if cross.columns else ()
    for each in (earlier, later):
        if each not in values:
            raise Unreadable([f"column {name}: no row has the period that was asked for"])
    before, after = values.index(earlier), values.index(later)
    return _sheet(cross, layout, (before, after), (earlier, later))


def _sheet(cross: Cross, layout: Layout, places: tuple[int, int], words: tuple[str, str]) -> Sheet:
    lacks = int(cross.counts[-1, list(places)].sum())
    down = side(cross.rows.values, lacks, layout.missing)
    bases = [summed(cross.counts, down.base, [place]) for place in places]
    rows = []
    for line in down.lines:
        before, after = (summed(cross.counts, line.places, [place]) for place in places)
        if not before and not after:
            continue
        shares = [
            layout.printed(count, base) if line.based else Printed(NONE)
            for count, base in zip((before, after), bases, strict=True)
        ]
        move = points((before, bases[0]), (after, bases[1]), max(layout.digits, 1))
        rows.append(
            (
                line.name,
                before,
                shares[0],
                after,
                shares[1],
                Printed(signed(f"{abs(after - before):,}", after - before), after - before),
                change(before, after, layout.digits, layout.least),
                move if line.based else Printed(NONE),
            )
        )
    heads = (cross.rows.name, "people", "%", "people", "%", "change", "change %", "points")
    groups = ((words[0], 2), (words[1], 2), ("from the first to the second", 3))
    return Sheet(
        f"{cross.rows.name}, {words[0]} and {words[1]}",
        heads,
        tuple(rows),
        _notes(cross, layout, places, words),
        groups,
    )


def _notes(cross: Cross, layout: Layout, places: tuple[int, int], words: tuple[str, str]) -> tuple[str, ...]:
    lacks = [int(cross.counts[-1, place]) for place in places]
    others = cross.total - int(cross.counts[:, list(places)].sum())
    inside = "are a group of their own" if layout.missing == OWN else "are outside of percentages"
    said = [
        f"{cross.rows.name}: not recorded for {lack:,} people in {word}."
        for lack, word in zip(lacks, words, strict=True)
    ]
    said.append(f"People with nothing recorded {inside}.")
    if others:
        said.append(f"{others:,} people are of other periods, or of none, and are not in this table.")
    few = [f"No percentage is printed of fewer than {layout.least} people."] if layout.least else []
    return (*said, RULE, *few, WHAT_CHANGED)
