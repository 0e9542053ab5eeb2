"""The sample that estimates start from: who recruited whom, whom each knows, and each answer.

A recruiter is named in CSV by their code, or by numbered coupons: `coupon` is the one a person came
with and `coupon1`, `coupon2`, ... are those the person was given. Trees are checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from suar_research.answers import Numbers
from suar_research.files import Unreadable, needed, refuse, rows_of

Places = NDArray[np.int64]
SEED = -1
MOST_VALUES = 12


@dataclass(frozen=True)
class Sample:
    """People in the order of waves: nobody stands before the one who recruited them.

    `recruiter`, shape (people,): the place of the recruiter, or -1 for a seed. `degree`, shape
    (people,): how many of the population a person knows, from 1. `group`, shape (people,): the
    place in `values` of what a person said, or `len(values)` where it is not known.
    """

    values: tuple[str, ...]
    recruiter: Places
    degree: Places
    group: Places

    def __getstate__(self) -> dict[str, object]:
        """Travel without what was worked out: the same sample is the same bytes."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @property
    def people(self) -> int:
        """Count the people."""
        return len(self.recruiter)

    @property
    def groups(self) -> int:
        """Count the groups: one for each value and one for what is not known."""
        return len(self.values) + 1

    @property
    def not_known(self) -> int:
        """Count those of whom the answer is not known."""
        return int((self.group == len(self.values)).sum())

    @cached_property
    def seeds(self) -> Places:
        """Return the places of the seeds."""
        return np.flatnonzero(self.recruiter == SEED)

    @cached_property
    def recruits(self) -> Places:
        """Count the recruits of each person, shape (people,)."""
        return np.bincount(self.recruiter[self.recruiter >= 0], minlength=self.people)

    @cached_property
    def degrees(self) -> Places:
        """Return the numbers of contacts that occur, in order, shape (classes,)."""
        # np.unique would bring all of numpy.ma along.
        return np.array(sorted(set(self.degree.tolist())), dtype=np.int64)

    @cached_property
    def degree_class(self) -> Places:
        """Return the place in `degrees` of each person, shape (people,)."""
        return np.searchsorted(self.degrees, self.degree)

    @cached_property
    def wave(self) -> Places:
        """Count the steps from the seed, 0 for a seed, shape (people,)."""
        return self._down(np.zeros(self.people, dtype=np.int64), 1)

    @cached_property
    def tree(self) -> Places:
        """Return the place in `seeds` of the seed that each person comes from, shape (people,)."""
        first = np.zeros(self.people, dtype=np.int64)
        first[self.seeds] = np.arange(len(self.seeds))
        return self._down(first, 0)

    def _down(self, result: Places, step: int) -> Places:
        for place, recruiter in enumerate(self.recruiter):
            if recruiter >= 0:
                result[place] = result[recruiter] + step
        return result


def in_waves(recruiter: Places) -> Places:
    """Return an order in which every recruiter comes before the recruited, by waves.

    People whom no seed leads to, who recruited each other in a circle, are left out.
    """
    order = [np.flatnonzero(recruiter == SEED)]
    by_recruiter = np.argsort(recruiter, kind="stable")
    known = recruiter[by_recruiter]
    while len(order[-1]):
        low = np.searchsorted(known, order[-1], "left")
        high = np.searchsorted(known, order[-1], "right")
        spans = [by_recruiter[a:b] for a, b in zip(low, high, strict=True)]
        order.append(np.concatenate(spans))
    return np.concatenate(order)


@dataclass(frozen=True)
class Tallies:
    """Counts of one sample, or of many replicates of it: all that an estimate needs.

    `degrees`, shape (classes,), are numbers of contacts. `people` and `seeds`, shape (replicates,
    groups, classes), count everybody and the seeds alone; `ties`, shape (replicates, groups,
    groups), counts recruitments from a group (second axis) into a group (third). The last group
    holds those whose answer is not known.
    """

    degrees: Numbers
    people: Numbers
    seeds: Numbers
    ties: Numbers

    @property
    def without_seeds(self) -> Tallies:
        """Leave the seeds out; recruitments by them stay."""
        return Tallies(self.degrees, self.people - self.seeds, self.seeds * 0, self.ties)


def tallied(sample: Sample) -> Tallies:
    """Count the sample as it is: one replicate."""
    own = np.arange(sample.people)
    once = np.zeros(sample.people, dtype=np.int64)
    return tally(sample, 1, once, own, sample.recruiter)


def tally(sample: Sample, replicates: int, replicate: Places, person: Places, recruiter: Places) -> Tallies:
    """Count drawn people, each in a replicate and with the person who recruited them there.

    `replicate`, `person`, `recruiter`, shape (draws,): the recruiter is -1 for a seed.
    """
    shape = (replicates, sample.groups, len(sample.degrees))
    cell = (replicate * shape[1] + sample.group[person]) * shape[2] + sample.degree_class[person]
    whole = np.prod(shape)
    seed = recruiter == SEED
    from_, into = sample.group[recruiter[~seed]], sample.group[person[~seed]]
    tie = (replicate[~seed] * shape[1] + from_) * shape[1] + into
    return Tallies(
        sample.degrees.astype(np.float64),
        np.bincount(cell, minlength=whole).reshape(shape).astype(np.float64),
        np.bincount(cell[seed], minlength=whole).reshape(shape).astype(np.float64),
        np.bincount(tie, minlength=replicates * shape[1] ** 2)
        .reshape(replicates, shape[1], shape[1])
        .astype(np.float64),
    )


COUPON = "coupon"
GIVEN = re.compile(r"coupon[ _.-]?\d+")
# What a cell holds that names no recruiter: this person was a seed.
SEED_WORDS = ("", "seed")
LARGEST = 10**6
FEWEST_PEOPLE, FEWEST_VALUES = 10, 2
Row = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Columns:
    """The names of the columns, and how many coupons a person had, None when that is not said."""

    outcome: str
    id: str = "id"
    recruiter: str = "recruiter"
    degree: str = "degree"
    coupons: int | None = None


def read_sample(text: str, columns: Columns) -> Sample:
    """Read a sample; raises Unreadable with what is wrong and where."""
    return _read(text, columns)[0]


def read_grouped_sample(text: str, columns: Columns, by: str) -> tuple[Sample, list[str]]:
    """Read a sample, and the cell in a column of groups of each of its people.

    An empty cell is a person of no group. Raises Unreadable.
    """
    sample, rows = _read(text, columns, [by])
    return sample, [row[by] for row in rows]


def _read(text: str, columns: Columns, more: Sequence[str] = ()) -> tuple[Sample, list[dict[str, str]]]:
    """Read a sample and its rows, both in the order of waves."""
    header, body = rows_of(text, [columns.id, columns.degree, columns.outcome, *more])
    rows = [(number, dict(zip(header, map(str.strip, row), strict=True))) for number, row in body]
    if len(rows) < FEWEST_PEOPLE:
        raise Unreadable([f"{len(rows)} people; at least {FEWEST_PEOPLE} are needed"])
    refuse([*_id_problems(rows, columns), *_degree_problems(rows, columns.degree)])
    if columns.recruiter in header:
        recruiter = _by_code(rows, columns)
    elif COUPON in header:
        recruiter = _by_coupon(rows, [name for name in header if GIVEN.fullmatch(name)])
    else:
        raise Unreadable([needed(columns.recruiter, header)])
    order = in_waves(recruiter)
    refuse(_tree_problems(rows, recruiter, order, columns))
    outcomes = [row[columns.outcome] for _, row in rows]
    values = tuple(sorted(set(outcomes) - {""}))
    refuse(_outcome_problems(values, columns.outcome))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    before = recruiter[order]
    degrees = np.array([int(row[columns.degree]) for _, row in rows])
    group = np.array([values.index(outcome) if outcome else len(values) for outcome in outcomes])
    sample = Sample(values, np.where(before == SEED, SEED, place[before]), degrees[order], group[order])
    return sample, [rows[at][1] for at in order]


def _id_problems(rows: Sequence[Row], columns: Columns) -> Iterator[str]:
    """Find people without a code, twice the same, or under two recruiters."""
    first: dict[str, Row] = {}
    for number, row in rows:
        code = row[columns.id]
        if code.lower() in SEED_WORDS:
            yield f"row {number}, column {columns.id}: a person needs a code, and not the word of seeds"
            continue
        before, earlier = first.setdefault(code, (number, row))
        if before != number and row.get(columns.recruiter) != earlier.get(columns.recruiter):
            problem = f"another recruiter than in row {before}, of the same person; a person has one"
            yield f"row {number}, column {columns.recruiter}: {problem}"
        elif before != number:
            yield f"row {number}, column {columns.id}: the same person as in row {before}"


def _degree_problems(rows: Sequence[Row], column: str) -> Iterator[str]:
    for number, row in rows:
        where, cell = f"row {number}, column {column}: ", row[column]
        if not cell:
            yield f"{where}how many this person knows is missing; without it there is no weight"
        elif not (cell.isascii() and cell.isdigit() and int(cell) <= LARGEST):
            yield f"{where}not a whole number from 1"
        elif not int(cell):
            yield f"{where}0; who was recruited, or recruits, knows at least one other"


def _by_code(rows: Sequence[Row], columns: Columns) -> Places:
    """Find each recruiter by the code."""
    place = {row[columns.id]: at for at, (_, row) in enumerate(rows)}
    recruiter, problems = [], []
    for number, row in rows:
        name = row[columns.recruiter]
        if name.lower() in SEED_WORDS:
            recruiter.append(SEED)
            continue
        recruiter.append(place.get(name, SEED))
        if name == row[columns.id]:
            problems.append(f"row {number}, column {columns.recruiter}: a person cannot recruit themselves")
        elif name not in place:
            why = "nobody in the file has this code; a seed has an empty cell or the word seed"
            problems.append(f"row {number}, column {columns.recruiter}: {why}")
    refuse(problems)
    return np.array(recruiter)


def _by_coupon(rows: Sequence[Row], given: Sequence[str]) -> Places:
    """Find each recruiter by the coupon that a person came with."""
    giver: dict[str, int] = {}
    refuse(
        f"row {number}, column {name}: this coupon was given in row {rows[giver[row[name]]][0]}"
        for place, (number, row) in enumerate(rows)
        for name in given
        if row[name] and giver.setdefault(row[name], place) != place
    )
    first: dict[str, int] = {}
    recruiter, problems = [], []
    for place, (number, row) in enumerate(rows):
        coupon = row[COUPON]
        recruiter.append(giver.get(coupon, SEED))
        if coupon.lower() in SEED_WORDS:
            continue
        where, earlier = f"row {number}, column {COUPON}: ", first.setdefault(coupon, place)
        if coupon not in giver:
            problems.append(f"{where}nobody in the file was given this coupon")
        elif giver[coupon] == place:
            problems.append(f"{where}a person cannot come with their own coupon")
        elif earlier != place:
            problems.append(f"{where}somebody in an earlier row came with the same coupon")
    refuse(problems)
    return np.array(recruiter)


def _tree_problems(rows: Sequence[Row], recruiter: Places, order: Places, columns: Columns) -> list[str]:
    """Find circles, people with more recruits than coupons, and samples without any recruit."""
    unreached = sorted(set(range(len(rows))) - set(order.tolist()))
    why = "no seed leads to this person; following recruiters back goes in a circle"
    problems = [f"row {rows[place][0]}: {why}" for place in unreached]
    recruits = np.bincount(recruiter[recruiter >= 0], minlength=len(rows))
    most = columns.coupons
    problems += [
        f"row {number}: {count} people came from this one, who had {most} coupons"
        for (number, _), count in zip(rows, recruits.tolist(), strict=True)
        if count > (most or len(rows))
    ]
    if not problems and not recruits.any():
        problems.append(f"column {columns.recruiter}: nobody was recruited; all are seeds")
    return problems


def _outcome_problems(values: Sequence[str], column: str) -> Iterator[str]:
    if len(values) < FEWEST_VALUES:
        yield f"column {column}: fewer than two different values, so every share is 1"
    if len(values) > MOST_VALUES:
        how = f"at most {MOST_VALUES} can be told apart, put them into groups"
        yield f"column {column}: {len(values)} different values; {how}"
