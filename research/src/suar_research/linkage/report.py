"""The answers of record linkage: numbers, never who."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from suar_research.coverage import texts
from suar_research.linkage.evaluation import Calibrated, Judged, Rate, Truth
from suar_research.linkage.matching import Matched, counted
from suar_research.linkage.probabilities import Answers, Chances
from suar_research.linkage.tokens import Encoded, TokenFile
from suar_research.report import Block, Cell, Report, Section, Table

Data = dict[str, Any]
FULL = 0.4
CROWD = 100
"""With this many people of one salt, tokens are read if some people are known; docs/linkage-attacks.md."""
ROWS_NAMED = 10
LEVELS = (0.99, 0.95, 0.9, 0.8, 0.5)
RATES = ("precision", "recall", "F1")
TEXTS = texts("linkage.report")
ALL_TRUE: str = TEXTS["all_true"]
CANNOT_KNOW: str = TEXTS["cannot_know"]
NOT_SALTED: str = TEXTS["not_salted"]
SALTED_MISSES: str = TEXTS["salted_misses"]
SALTED_FINDS_LESS: str = TEXTS["salted_finds_less"]
LEARNT: str = TEXTS["learnt"]
INSIDE: str = TEXTS["inside"]
ONLY_CANDIDATES: str = TEXTS["only_candidates"]
WORDS_SEEN: str = TEXTS["words_seen"]
BLOCKED = "Compared were pairs that agree on one of {number} rules: {rules}. Other pairs are not found."


def schema_note(*, salted: bool) -> str:
    """Return what a schema costs, so that organisations can choose."""
    return SALTED_FINDS_LESS if salted else NOT_SALTED


def encoding_report(encoded: Encoded, out: str, rows: str) -> Report:
    """Report what was encoded, and what must stay with the organisation."""
    return Report("Encoded", tuple(_encoding(encoded, out, rows)))


def _encoding(encoded: Encoded, out: str, rows: str) -> Iterator[str]:
    yield f"{len(encoded.file.codes)} people are in {out}."
    yield f"{rows} tells which code is which row: it stays with you."
    yield "Give the tokens only to whoever matches them, who must never have the key."
    if not encoded.file.salted:
        yield NOT_SALTED
    if encoded.left_out:
        yield f"Left out, for they hold too little: row {_named(encoded.left_out)}."
    for column, wrong in encoded.no_dates:
        people = "1 person has" if len(wrong) == 1 else f"{len(wrong):,} people have"
        yield (
            f"Column {column}: {people} a date that is no day of the calendar, or is written neither "
            f"as day, month, year nor as year, month, day (row {_named(wrong)}). It was encoded by "
            "its digits alone. Correct what you can, and encode again."
        )
    if encoded.without_salt:
        number = len(encoded.without_salt)
        yield (
            f"Without a salt, and so found only among others without one: {number} "
            f"{'person' if number == 1 else 'people'}, row {_named(encoded.without_salt)}."
        )
    if encoded.file.salted and encoded.most_of_a_salt >= CROWD:
        yield (
            f"Of one salt there are as many as {encoded.most_of_a_salt} people: from {CROWD} on, their "
            "tokens can be read much as if they were not salted."
        )
    full = float(counted(encoded.file.tokens).mean()) / encoded.file.length
    if full > FULL:
        yield f"Tokens are {full:.0%} full; above {FULL:.0%} they distinguish people badly."


def _named(rows: Sequence[int]) -> str:
    more = len(rows) - ROWS_NAMED
    return ", ".join(map(str, rows[:ROWS_NAMED])) + (f" and {more} more" if more > 0 else "")


def lists_json(lists: Sequence[TokenFile], digests: Sequence[str]) -> list[Data]:
    """Return the lists with their sizes and the digests of their files."""
    return [
        {"house": each.house, "people": len(each.codes), "sha256": digest}
        for each, digest in zip(lists, digests, strict=True)
    ]


def tokens_json(lists: Sequence[TokenFile], digests: Sequence[str]) -> Data:
    """Return which token files these were."""
    first = lists[0]
    return {
        "key": first.key,
        "schema": first.schema,
        "salted": first.salted,
        "lists": lists_json(lists, digests),
    }


def found_json(matched: Matched, counts: Mapping[tuple[int, ...], int]) -> Data:
    """Return how many people were found, and how many on several lists."""
    return {
        "people": len(matched.people),
        "on_several": sum(count for on, count in counts.items() if sum(on) > 1),
    }


def truth_json(lists: Sequence[TokenFile], truth: Truth, digest: str) -> Data:
    """Return which lists known pairs are about."""
    return {"houses": [lists[at].house for at in truth.lists], "pairs": len(truth.pairs), "sha256": digest}


def judged_json(row: Judged) -> Data:
    """Return what one threshold finds."""
    return {
        "sure": row.sure,
        "found": row.found,
        "right": row.right,
        "precision": rate_json(row.precision),
        "recall": rate_json(row.recall),
        "f1": rate_json(row.f1),
    }


def rate_json(rate: Rate | None) -> dict[str, float] | None:
    """Return a share with its interval, or None."""
    if rate is None:
        return None
    low, high = round(rate.limits.low, 6), round(rate.limits.high, 6)
    return {"value": round(rate.value, 6), "low": low, "high": high, "level": rate.limits.level}


def thresholds_json(rows: Sequence[Judged], sure: float) -> Data:
    """Return how right a match is at its threshold and at others."""
    thresholds = [judged_json(row) for row in rows]
    at_sure = next(row for row in thresholds if row["sure"] == sure)
    return {"at_sure": at_sure, "thresholds": thresholds, "notice": ALL_TRUE}


def model_json(chances: Chances, matched: Matched) -> Data:
    """Return the model of match probabilities, and how right the match is expected to be."""
    certain = sum(pair.alike for pair in matched.sure)
    alike = np.concatenate([each.between.alike for each in chances.pairs])
    chance = np.concatenate([each.chance for each in chances.pairs])
    levels = {str(level): np.sort(alike[chance >= level]) for level in (LEVELS if chances.floor else ())}
    return {
        "floor": chances.floor,
        "pairs": len(chance),
        "matches": len(matched.sure),
        "expected_matches": round(chances.expected, 2),
        "expected_precision": _ratio(certain, len(matched.sure)),
        "expected_recall": _ratio(certain, chances.expected),
        "alike_from": {
            level: round(float(reached[0]), 3) if len(reached) else None for level, reached in levels.items()
        },
        "alike_inside": chances.alike_inside,
    }


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def reviewed_json(chances: Chances, answers: Answers) -> Data:
    """Compare review answers with the probabilities of the same pairs before."""
    before = {(pair.first, pair.second): pair.alike for pair in chances.listed(0.0)}
    expected = round(sum(before[pair] for pair in answers), 2)
    return {"pairs": len(answers), "yes": sum(answers.values()), "expected_yes": expected}


def calibration_json(judged: Judged, fitted: Calibrated) -> Data:
    """Return how right the match is, and whether probabilities are calibrated."""
    return {
        "at_probable": judged_json(judged),
        "brier": round(fitted.brier, 6),
        "brier_of_none": round(fitted.brier_of_none, 6),
        "expected": round(fitted.expected, 2),
        "true": fitted.true,
        "unseen": fitted.unseen,
        "reliability": [
            {
                "low": band.low,
                "high": band.high,
                "pairs": band.pairs,
                "told": round(band.told, 4),
                "true": rate_json(band.true),
            }
            for band in fitted.bands
        ],
    }


def match_report(data: Data) -> Report:
    """Make the report of a match, by likeness or by probability."""
    return Report("Who is on several lists", tuple(_match(data)), data)


def _match(data: Data) -> Iterator[Block]:
    for each in data["lists"]:
        yield f"{each['house']}: {each['people']} people"
    yield f"Together: {data['people']} different people, {data['on_several']} on several lists."
    if "model" in data:
        yield from _probable(data)
    else:
        yield f"{data['unsure_pairs']} pairs are alike, but not enough."
    yield Section("Notices", data["notices"])
    if "truth" in data:
        one, other = data["truth"]["houses"]
        yield f"{data['truth']['pairs']} pairs of {one} and {other} are known to be one person."
        yield from _calibration(data) if "model" in data else _thresholds(data)


def _probable(data: Data) -> Iterator[Block]:
    model = data["model"]
    yield (
        f"{model['matches']} pairs are probable from {data['probable']:g} on; "
        f"{model['expected_matches']:,.1f} are expected among all pairs compared."
    )
    if model["expected_precision"] is not None:
        yield (
            f"Expected, without labels: {model['expected_precision']:.1%} of the pairs found are "
            f"right, {model['expected_recall']:.1%} of those to be seen are found."
        )
    yield f"{data['to_look_at']} pairs are possible but not probable: look at them."
    if "reviewed" in data:
        each = data["reviewed"]
        yield (
            f"Of {each['pairs']} reviewed pairs {each['yes']} are one person; {each['expected_yes']:.1f} were expected."
        )


def _thresholds(data: Data) -> Iterator[Block]:
    rows: list[tuple[Cell, ...]] = [
        (
            max(f"{row['sure']:.2f}", f"{row['sure']:g}", key=len) + (" *" if row["sure"] == data["sure"] else ""),
            row["found"],
            row["right"],
            *(_rate_words(row[name.lower()]) for name in RATES),
        )
        for row in data["truth"]["thresholds"]
    ]
    yield Table("", ("--sure", "found", "right", *RATES), tuple(rows), (data["truth"]["notice"],), left=3)


def _calibration(data: Data) -> Iterator[Block]:
    truth, floor = data["truth"], data["model"]["floor"]
    at = truth["at_probable"]
    rates = ", ".join(f"{name} {_rate_words(at[name.lower()])}" for name in RATES)
    yield f"{at['found']:,} found, {at['right']:,} right: {rates}"
    rows: list[tuple[Cell, ...]] = [
        (f"{band['low']:.2f} to {band['high']:.2f}", band["pairs"], f"{band['told']:.3f}", _rate_words(band["true"]))
        for band in truth["reliability"]
    ]
    where = f"alike from {floor:.2f} on" if floor else "that agree on a rule"
    notes = (
        f"Expected matches {truth['expected']:,.1f}, true ones {truth['true']:,}. Brier score {truth['brier']:.4f}",
        ONLY_CANDIDATES.format(where=where, unseen=truth["unseen"], none=truth["brier_of_none"]),
    )
    yield Table("", ("probability", "pairs", "mean", "truly one"), tuple(rows), notes, left=1)


def _rate_words(rate: Mapping[str, float] | None) -> str:
    return f"{rate['value']:.3f} ({rate['low']:.3f}-{rate['high']:.3f})" if rate else "-"
