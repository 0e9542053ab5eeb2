"""Who recruited whom, whom each knows, and what each said: the sample that estimates start from.

Reading a sample in which people recruited each other, from CSV, and checking its trees.

Who recruited whom is said by the recruiter's code, or by numbered coupons: `coupon` is the one a
person came with and `coupon1`, `coupon2`, ... are those the person was given.
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
        return {each.name: getattr(self, each.name) for each in fields(self)}

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
        """Give the places of the seeds."""
        return np.flatnonzero(self.recruiter == SEED)

    @cached_property
    def recruits(self) -> Places:
        """Count the recruits of each person, shape (people,)."""
        return np.bincount(self.recruiter[self.recruiter >= 0], minlength=self.people)

    @cached_property
    def degrees(self) -> Places:
        """Give the numbers of contacts that occur, in order, shape (classes,)."""
        # np.unique would bring all of numpy.ma along.
        return np.array(sorted(set(self.degree.tolist())), dtype=np.int64)

    @cached_property
    def degree_class(self) -> Places:
        """Give the place in `degrees` of each person, shape (people,)."""
        return np.searchsorted(self.degrees, self.degree)

    @cached_property
    def wave(self) -> Places:
        """Count the steps from the seed, 0 for a seed, shape (people,)."""
        return self._down(np.zeros(self.people, dtype=np.int64), 1)

    @cached_property
    def tree(self) -> Places:
        """Give the place in `seeds` of the seed that each person comes from, shape (people,)."""
        first = np.zeros(self.people, dtype=np.int64)
        first[self.seeds] = np.arange(len(self.seeds))
        return self._down(first, 0)

    def _down(self, found: Places, step: int) -> Places:
        for place, recruiter in enumerate(self.recruiter):
            if recruiter >= 0:
                found[place] = found[recruiter] + step
        return found


def in_waves(recruiter: Places) -> Places:
    """Give an order in which every recruiter comes before the recruited, by waves.

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
    """Read a sample; raises Unreadable, which says what is wrong and where."""
    return _read(text, columns)[0]


def read_grouped_sample(text: str, columns: Columns, by: str) -> tuple[Sample, list[str]]:
    """Read a sample, and beside it what stands in a column of groups for each of its people.

    An empty cell is a person of no group. Raises Unreadable.
    """
    sample, rows = _read(text, columns, [by])
    return sample, [row[by] for row in rows]


def _read(text: str, columns: Columns, more: Sequence[str] = ()) -> tuple[Sample, list[dict[str, str]]]:
    """Read a sample and its rows, both in the order of waves."""
    header, body = rows_of(text, [columns.id, columns.degree, columns.outcome, *more])
    rows = [(at, dict(zip(header, map(str.strip, row), strict=True))) for at, row in body]
    if len(rows) < FEWEST_PEOPLE:
        raise Unreadable([f"{len(rows)} people; at least {FEWEST_PEOPLE} are needed"])
    refuse([*_ids(rows, columns), *_degrees(rows, columns)])
    by_coupon = columns.recruiter not in header and COUPON in header
    if not by_coupon and columns.recruiter not in header:
        raise Unreadable([needed(columns.recruiter, header)])
    recruiter = _by_coupon(rows, header) if by_coupon else _by_code(rows, columns)
    refuse(_trees(rows, recruiter, columns))
    values = tuple(sorted({row[columns.outcome] for _, row in rows if row[columns.outcome]}))
    refuse(_outcomes(values, columns))
    whole = np.array(recruiter)
    order = in_waves(whole)
    return _sample(rows, whole, order, values, columns), [rows[at][1] for at in order]


def _ids(rows: Sequence[Row], columns: Columns) -> Iterator[str]:
    """Find people without a code, twice the same, or under two recruiters."""
    first: dict[str, Row] = {}
    for at, row in rows:
        code = row[columns.id]
        if not code or code.lower() in SEED_WORDS:
            yield f"row {at}, column {columns.id}: a person needs a code, and not the word of seeds"
            continue
        before, earlier = first.setdefault(code, (at, row))
        if before == at:
            continue
        if row.get(columns.recruiter) != earlier.get(columns.recruiter):
            yield (
                f"row {at}, column {columns.recruiter}: another recruiter than in row {before}, "
                "of the same person; a person has one"
            )
        else:
            yield f"row {at}, column {columns.id}: the same person as in row {before}"


def _degrees(rows: Sequence[Row], columns: Columns) -> Iterator[str]:
    for at, row in rows:
        cell = row[columns.degree]
        where = f"row {at}, column {columns.degree}: "
        if not cell:
            yield f"{where}how many this person knows is missing; without it there is no weight"
        elif not (cell.isascii() and cell.isdigit() and int(cell) <= LARGEST):
            yield f"{where}not a whole number from 1"
        elif not int(cell):
            yield f"{where}0; who was recruited, or recruits, knows at least one other"


def _by_code(rows: Sequence[Row], columns: Columns) -> list[int]:
    """Find each recruiter by the code."""
    place = {row[columns.id]: at for at, (_, row) in enumerate(rows)}
    named = [row[columns.recruiter] for _, row in rows]
    refuse(
        f"row {at}, column {columns.recruiter}: {_why(name, own[columns.id])}"
        for (at, own), name in zip(rows, named, strict=True)
        if name.lower() not in SEED_WORDS and (name not in place or name == own[columns.id])
    )
    return [SEED if name.lower() in SEED_WORDS else place[name] for name in named]


def _why(name: str, own: str) -> str:
    if name == own:
        return "a person cannot recruit themselves"
    return "nobody in the file has this code; a seed has an empty cell or the word seed"


def _by_coupon(rows: Sequence[Row], header: Sequence[str]) -> list[int]:
    """Find each recruiter by the coupon that a person came with."""
    given = [name for name in header if GIVEN.fullmatch(name)]
    giver: dict[str, int] = {}
    refuse(
        f"row {at}, column {name}: this coupon was given in row {rows[giver[row[name]]][0]}"
        for place, (at, row) in enumerate(rows)
        for name in given
        if row[name] and giver.setdefault(row[name], place) != place
    )
    first: dict[str, int] = {}
    for place, (_, row) in enumerate(rows):
        first.setdefault(row[COUPON], place)
    brought = [(place, at, row[COUPON]) for place, (at, row) in enumerate(rows)]
    refuse(
        f"row {at}, column {COUPON}: {said}"
        for place, at, coupon in brought
        for said in _coupon_problems(place, giver.get(coupon), again=first[coupon] != place)
        if coupon.lower() not in SEED_WORDS
    )
    return [giver.get(coupon, SEED) for _, _, coupon in brought]


def _coupon_problems(place: int, giver: int | None, *, again: bool) -> Iterator[str]:
    if giver is None:
        yield "nobody in the file was given this coupon"
    elif giver == place:
        yield "a person cannot come with their own coupon"
    elif again:
        yield "somebody in an earlier row came with the same coupon"


def _trees(rows: Sequence[Row], recruiter: Sequence[int], columns: Columns) -> list[str]:
    """Find circles, people with more recruits than coupons, and samples without any recruit."""
    whole = np.array(recruiter)
    reached = set(in_waves(whole).tolist())
    problems = [
        f"row {at}: no seed leads to this person; following recruiters back goes in a circle"
        for place, (at, _) in enumerate(rows)
        if place not in reached
    ]
    recruits = np.bincount(whole[whole >= 0], minlength=len(rows))
    most = columns.coupons
    problems += [
        f"row {at}: {count} people came from this one, who had {most} coupons"
        for (at, _), count in zip(rows, recruits.tolist(), strict=True)
        if count > (most or len(rows))
    ]
    if not problems and not recruits.any():
        problems.append(f"column {columns.recruiter}: nobody was recruited; all are seeds")
    return problems


def _outcomes(values: Sequence[str], columns: Columns) -> list[str]:
    if len(values) < FEWEST_VALUES:
        return [f"column {columns.outcome}: fewer than two different values, so every share is 1"]
    if len(values) > MOST_VALUES:
        return [
            f"column {columns.outcome}: {len(values)} different values; at most {MOST_VALUES} can "
            "be told apart, put them into groups"
        ]
    return []


def _sample(rows: Sequence[Row], whole: Places, order: Places, values: tuple[str, ...], columns: Columns) -> Sample:
    """Put people into the order of waves."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    before = whole[order]
    group = {value: at for at, value in enumerate(values)}
    said = [group.get(row[columns.outcome], len(values)) for _, row in rows]
    return Sample(
        values,
        np.where(before == SEED, SEED, place[before]),
        np.array([int(row[columns.degree]) for _, row in rows])[order],
        np.array(said)[order],
    )
