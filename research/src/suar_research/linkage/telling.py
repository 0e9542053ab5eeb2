"""What is said of an encoding and of a match: numbers, never who."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from suar_research import __version__
from suar_research.linkage.encoding import Encoded
from suar_research.linkage.files import TokenFile
from suar_research.linkage.judging import Judged, Rate, Truth
from suar_research.linkage.matching import Matched
from suar_research.linkage.similarity import counted
from suar_research.telling import wrapped

FULL = 0.4
CROWD = 100
"""So many people of one salt are read where some are known; research/docs/linkage-attacks.md."""
ROWS_NAMED = 10
RATES = ("Precision", "Recall", "F1")
ALL_TRUE = (
    "* is the threshold of this match. In brackets 95% intervals (Wilson; for F1 by F*), as if "
    "pairs came one by one. Any two that are not in the file of known pairs were held to be two "
    "people, and what is best on known pairs may not be best elsewhere."
)
CANNOT_KNOW = (
    "Nothing here knows who anybody is. Two people with nearly the same words may have been taken "
    "for one, and one person written very differently for two: look at the pairs of --review."
)
NOT_SALTED = (
    "Not salted: whoever has such tokens can read many of the names without the key, and most "
    "names if some of the people are known to them. Keep them as you keep names."
)
SALTED_MISSES = (
    "Salted: who is written with two salts, as two years of birth, counts as two people. Judge on "
    "known pairs (--truth) how many are lost before you estimate."
)
SALTED_FINDS_LESS = (
    "The schema is salted by year of birth: two rows of one person with two years are not found, "
    "and the estimate is then too high. `--unsalted` finds through such slips, and can be read."
)


def agreed(*, salted: bool) -> str:
    """Say what a schema costs, so that houses choose."""
    return wrapped(SALTED_FINDS_LESS if salted else NOT_SALTED) + "\n"


def encoded(made: Encoded, out: str, rows: str) -> str:
    """Say what was written, and what must stay in the house."""
    lines = [
        f"{len(made.file.codes)} people are in {out}.",
        f"{rows} tells which code is which row: it stays in your house.",
        "Give the tokens only to whoever matches them, who must never have the key.",
    ]
    lines += [] if made.file.salted else [NOT_SALTED]
    if made.left_out:
        lines.append(f"Left out, for they hold too little: row {_named(made.left_out)}.")
    lines += [_of_dates(*each) for each in made.no_dates] + _of_salts(made)
    full = float(counted(made.file.tokens).mean()) / made.file.length
    if full > FULL:
        lines.append(f"Tokens are {full:.0%} full; above {FULL:.0%} they tell people apart badly.")
    return "".join(f"{wrapped(line)}\n" for line in lines)


def _of_dates(column: str, rows: Sequence[int]) -> str:
    """Say whose date is none: it is encoded nevertheless, for it may be one slip from the right."""
    people = "1 person has" if len(rows) == 1 else f"{len(rows):,} people have"
    return (
        f"Column {column}: {people} a date that is no day of the calendar, or is written neither "
        f"as day, month, year nor as year, month, day (row {_named(rows)}). It was encoded by "
        "its digits alone. Mend what you can, and encode again."
    )


def _of_salts(made: Encoded) -> list[str]:
    """Say who has no salt, and where a salt hides little, for many have it."""
    lines, number, most = [], len(made.without_salt), made.most_of_a_salt
    if number:
        people = "person" if number == 1 else "people"
        lines.append(
            f"Without a salt, and so found only among others without one: {number} {people}, row "
            f"{_named(made.without_salt)}."
        )
    if made.file.salted and most >= CROWD:
        lines.append(
            f"Of one salt there are as many as {most} people: from {CROWD} on, their tokens can be "
            "read much as if they were not salted."
        )
    return lines


def _named(rows: Sequence[int]) -> str:
    more = len(rows) - ROWS_NAMED
    first = ", ".join(map(str, rows[:ROWS_NAMED]))
    return first + (f" and {more} more" if more > 0 else "")


def matched(
    lists: Sequence[TokenFile],
    found: Matched,
    counts: Mapping[tuple[int, ...], int],
    asked: argparse.Namespace,
    digests: Sequence[str],
) -> dict[str, Any]:
    """Give the numbers of a match."""
    return {
        "version": __version__,
        "key": lists[0].key,
        "schema": lists[0].schema,
        "sure": asked.sure,
        "unsure": asked.unsure,
        "lists": [
            {"house": each.house, "people": len(each.codes), "sha256": digest}
            for each, digest in zip(lists, digests, strict=True)
        ],
        "people": len(found.people),
        "on_several": sum(count for on, count in counts.items() if sum(on) > 1),
        "unsure_pairs": len(found.unsure),
        "salted": lists[0].salted,
        "notices": [CANNOT_KNOW, SALTED_MISSES if lists[0].salted else NOT_SALTED],
    }


def judged(lists: Sequence[TokenFile], truth: Truth, rows: Sequence[Judged], sure: float) -> dict[str, Any]:
    """Give how right the match was at its threshold, and at others to choose from."""
    told = [judged_row(each) for each in rows]
    return {
        "houses": [lists[at].house for at in truth.lists],
        "pairs": len(truth.pairs),
        "at_sure": next(each for each in told if each["sure"] == sure),
        "thresholds": told,
        "notice": ALL_TRUE,
    }


def judged_row(row: Judged) -> dict[str, Any]:
    """Give what one threshold finds."""
    return {
        "sure": row.sure,
        "found": row.found,
        "right": row.right,
        "precision": rate(row.precision),
        "recall": rate(row.recall),
        "f1": rate(row.f1),
    }


def rate(found: Rate | None) -> dict[str, float] | None:
    """Give a share with its interval; None stays None."""
    if found is None:
        return None
    low, high = round(found.limits.low, 6), round(found.limits.high, 6)
    return {"value": round(found.value, 6), "low": low, "high": high, "level": found.limits.level}


def words(said: Mapping[str, Any]) -> str:
    """Say the same in words."""
    lines = [f"{each['house']}: {each['people']} people" for each in said["lists"]]
    lines += [
        f"Together: {said['people']} different people, {said['on_several']} on several lists.",
        f"{said['unsure_pairs']} pairs are alike, and not enough.",
        *said["notices"],
    ]
    told = "".join(f"{wrapped(line)}\n" for line in lines)
    return told + (_table(said["truth"], said["sure"]) if "truth" in said else "")


def _table(truth: Mapping[str, Any], sure: float) -> str:
    one, other = truth["houses"]
    about = wrapped(f"{truth['pairs']} pairs of {one} and {other} are known to be one person.")
    heads = "".join(f"{name:<23}" for name in RATES).rstrip()
    lines = [
        f"{_threshold(each['sure']):<8}{'*' if each['sure'] == sure else ' '}"
        f"{each['found']:>8,}{each['right']:>8,}   "
        + "".join(f"{rate_words(each[name.lower()]):<23}" for name in RATES).rstrip()
        for each in truth["thresholds"]
    ]
    head = f"{'--sure':<9}{'found':>8}{'right':>8}   {heads}"
    return "\n".join(["", about, head, *lines, wrapped(truth["notice"]), ""])


def rate_words(rate: Mapping[str, float] | None) -> str:
    """Write a share with its interval, or a dash."""
    return f"{rate['value']:.3f} ({rate['low']:.3f}-{rate['high']:.3f})" if rate else "-"


def _threshold(sure: float) -> str:
    return max(f"{sure:.2f}", f"{sure:g}", key=len)
