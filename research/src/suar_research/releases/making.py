"""Making a release: counting, and choosing what is hidden so that it stays hidden.

Earlier releases are part of the choice: cells that were shown stay known, cells that were
hidden have to stay hidden, and what changed since by less than the threshold must not show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from suar_research.coverage import texts
from suar_research.files import Unreadable, refuse
from suar_research.releases.attack import Attack
from suar_research.releases.attack import Impossible as NoSolution
from suar_research.releases.auditing import CHANGE, PUBLISHED, REST, Ground, ground
from suar_research.releases.cells import (
    MOST_CODES,
    Design,
    Flags,
    Impossible,
    Key,
    Numbers,
    People,
    Published,
    Rules,
    Whole,
    checked,
    says,
)
from suar_research.releases.dependencies import Possible, find_impossible
from suar_research.releases.suppression import Task, Unprotected, protect_from_alone, suppress
from suar_research.running import Progress, no_progress

TEXTS = texts("releases.report")

CELLS, PEOPLE = "cells", "people"
Times = Sequence[Sequence[Published]]


@dataclass(frozen=True, slots=True)
class Made:
    """A release, how many cells were hidden for being small and how many for others' sake.

    `bound`: the least number of others that is known to be needed; the choice is the best where
    both are equal. Where `people` was to be spared, cost and bound are people and not cells.
    """

    published: Published
    small: int
    others: int
    cost: float
    bound: float
    notices: tuple[str, ...]


def design_of(people: People, tables: Sequence[Sequence[str]], where: dict[str, str]) -> Design:
    """Return the design of tables; raises Unreadable."""
    refuse(
        f"column {name}: --where keeps one code of it, so it cannot be in a table (--by) as well"
        for name in where
        if any(name in table for table in tables)
    )
    chosen = checked(tables, [name for name in people.names if name not in where])
    codes = people.codes_of(Design(chosen, {}).variables)
    refuse(
        f"column {name}: more than {MOST_CODES} different codes; code it more coarsely first"
        for name, values in codes.items()
        if len(values) > MOST_CODES
    )
    return Design(chosen, codes, tuple(sorted(where.items())))


def make(
    people: People,
    design: Design,
    rules: Rules,
    *,
    before: Times = ((),),
    weigh: str = CELLS,
    progress: Progress = no_progress,
) -> Made:
    """Make a release of these people, who are all of `design.where`.

    `before`: earlier releases by time; the last entry holds those of the same people. Raises
    Unreadable when nothing may be published, and says which cells cannot be protected.
    """
    if people.number < rules.threshold:
        raise Unreadable([f"fewer than {rules.threshold} people: nothing of them can be published"])
    refuse(_unlinked_tables(people, design, before[:-1]))
    counted = people.counted(design)
    impossible = _impossible(people, design, before)
    laid, values = _laid(before, Published(design, counted, rules, impossible=impossible))
    task = _task(laid, values, counted, rules, before, weigh)
    known_empty = ~np.array([Possible(impossible)(column.key) for column in laid.columns])
    task = replace(task, must=task.must & ~known_empty, may=task.may & ~known_empty)
    try:
        chosen = suppress(task, progress=progress)
        chosen = protect_from_alone(task, chosen, _alone(people, laid, counted, len(before) - 1))
    except Unprotected as error:
        raise Unreadable(_unprotected(laid, error.cells)) from error
    newest = len(before) - 1
    # Empty cells that are hidden stay so, though the attack takes those of dependent columns as known.
    hidden = {
        key
        for key, count in counted.items()
        if chosen.hidden[laid.place[newest, key]] or (rules.hides(count) and known_empty[laid.place[newest, key]])
    }
    counts = {key: None if key in hidden else count for key, count in counted.items()}
    small = sum(rules.hides(counted[key]) for key in hidden)
    published = Published(design, counts, rules, impossible=impossible)
    return Made(published, small, len(hidden) - small, chosen.cost, chosen.bound, _notices(laid, design, impossible))


def _unlinked_tables(people: People, design: Design, earlier: Times) -> list[str]:
    """Return what is wrong with tables whose columns depend on those of another table of an earlier time.

    Where nobody or few came since, a province less its districts of last month tells what was hidden then. The same
    table again ties both times together, and is protected.
    """
    then = [[item for release in releases for item in _column_sets(release.design)] for releases in earlier]
    now = _column_sets(design)
    columns = {name for table in [*now, *(table for tables in then for table in tables)] for name in table}
    if missing := sorted(columns - set(people.names)):
        return [TEXTS["column_missing"].format(column=name) for name in missing]
    if not then:
        return []
    groups = {frozenset(dict(key)) for key in people.impossible | find_impossible(people, sorted(columns))}
    return [
        TEXTS["unlinked"].format(columns=" and ".join(sorted(group)), number=number, table=",".join(sorted(table)))
        for number, tables in enumerate(then, 1)
        for table in tables
        for new in now
        for group in sorted(groups, key=sorted)
        if group & new - table
        and group & table - new
        and not any(table <= other for other in now)
        and not any(new <= other for other in tables)
    ]


def _column_sets(design: Design) -> list[frozenset[str]]:
    """Return the columns of each table, with those of `where`."""
    return [frozenset(table) | frozenset(dict(design.where)) for table in design.tables]


def _impossible(people: People, design: Design, before: Times) -> Impossible:
    """Return the codes that nobody has together, of all columns that are published of these people."""
    columns = {name for item in (*(release.design for release in before[-1]), design) for name in item.variables}
    return people.impossible | find_impossible(people, [name for name in people.names if name in columns], design.where)


def _alone(people: People, laid: Ground, counted: Mapping[Key, int], time: int) -> Whole:
    """Return the row of the only person of each newest cell, shape (cells,); -1 for other cells."""
    rows = np.full(len(laid.columns), -1)
    for key in (key for key, count in counted.items() if count == 1):
        rows[laid.place[time, key]] = people.rows_of(dict(key)).argmax()
    return rows


def _notices(laid: Ground, design: Design, impossible: Impossible) -> tuple[str, ...]:
    """Return what was not attacked as one, and which columns depend on each other."""
    pairs = sorted({" and ".join(name for name, code in key if (name, code) not in design.where) for key in impossible})
    return (*laid.notices, *([TEXTS["nested"].format(pairs=", ".join(pairs))] if pairs else []))


def _laid(before: Times, true: Published) -> tuple[Ground, Numbers]:
    """Lay everything out with the true counts, and fill in what is hidden since earlier."""
    times = [*before[:-1], [*before[-1], true]]
    for grown in (True, False):
        laid = ground(times, grown=grown)
        published = laid.values()
        hidden = np.isnan(published)
        try:
            attack = Attack(laid.sums(), np.nan_to_num(published), laid.lows(), hidden)
            published[hidden] = attack.possible() if hidden.any() else ()
        except NoSolution:
            continue
        return laid, published
    raise Unreadable(["what was released before of these people contradicts them"])


def _task(laid: Ground, values: Numbers, counted: Mapping[Key, int], rules: Rules, before: Times, weigh: str) -> Task:
    earlier = [pair for release in before[-1] for pair in release.counts.items()]
    was_published = {key for key, count in earlier if count is not None}
    was_hidden = {key for key, _ in earlier} - was_published
    whole = min(counted, key=len)
    must, may = np.isnan(laid.values()), np.zeros(len(values), dtype=bool)
    for key, count in counted.items():
        at = laid.place[len(before) - 1, key]
        must[at] = key in was_hidden or (rules.hides(count) and key not in was_published)
        may[at] = count >= rules.least and key not in was_published and key != whole
    published = laid.of_kind(PUBLISHED)
    demand = np.where(published | _small(laid, values, rules), float(rules.width), 0.0)
    weight = np.where(published, np.maximum(values, 1.0) if weigh == PEOPLE else 1.0, 0.0)
    return Task(laid.sums(), values, laid.lows(), must, may, demand, weight)


def _small(laid: Ground, values: Numbers, rules: Rules) -> Flags:
    """Return which changes and remainders would tell of a few people."""
    known = np.zeros(len(values), dtype=bool)
    for at, column in enumerate(laid.columns):
        if column.kind == CHANGE:
            known[at] = not np.isnan(laid.counts[laid.place[column.time, column.key]])
        known[at] |= column.kind == REST
    size = np.abs(values)
    return np.asarray(known & (size > 0) & (size < rules.threshold))


def _unprotected(laid: Ground, cells: list[int]) -> list[str]:
    problems = []
    for column in sorted((laid.columns[at] for at in cells), key=lambda column: -column.kind):
        since = f"what changed since release {column.time + 1}"
        what = {CHANGE: since, REST: "who is left without these"}.get(column.kind, "its count")
        problems.append(
            f"{says(column.key)}: {what} could be worked out whatever else is hidden; merge codes, "
            "leave a column out, or publish later"
        )
    return problems
