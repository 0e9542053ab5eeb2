"""What is said of an encoding and of a match: numbers, never who."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from suar import __version__
from suar.insight.linkage.encoding import Encoded
from suar.insight.linkage.files import TokenFile
from suar.insight.linkage.matching import Matched
from suar.insight.linkage.similarity import counted
from suar.insight.telling import wrapped

FULL = 0.4
ROWS_NAMED = 10
CANNOT_KNOW = (
    "Nothing here knows who anybody is. Two people with nearly the same words may have been taken "
    "for one, and one person written very differently for two: look at the pairs of --review."
)


def encoded(made: Encoded, out: str, rows: str) -> str:
    """Say what was written, and what must stay in the house."""
    lines = [
        f"{len(made.file.codes)} people are in {out}.",
        f"{rows} tells which code is which row: it stays in your house.",
        "Give the tokens only to whoever matches them, who must never have the key.",
    ]
    if made.left_out:
        named = ", ".join(map(str, made.left_out[:ROWS_NAMED]))
        more = len(made.left_out) - ROWS_NAMED
        rest = f" and {more} more" if more > 0 else ""
        lines.append(f"Left out, for they hold too little: row {named}{rest}.")
    full = float(counted(made.file.tokens).mean()) / made.file.length
    if full > FULL:
        lines.append(f"Tokens are {full:.0%} full; above {FULL:.0%} they tell people apart badly.")
    return "".join(f"{wrapped(line)}\n" for line in lines)


def matched(
    lists: Sequence[TokenFile], found: Matched, counts: Mapping[tuple[int, ...], int],
    asked: argparse.Namespace, digests: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """Give the numbers of a match."""
    return {
        "version": __version__,
        "key": lists[0].key, "schema": lists[0].schema,
        "sure": asked.sure, "unsure": asked.unsure,
        "lists": [
            {"house": each.house, "people": len(each.codes), "sha256": digest}
            for each, digest in zip(lists, digests, strict=True)
        ],
        "people": len(found.people),
        "on_several": sum(count for on, count in counts.items() if sum(on) > 1),
        "unsure_pairs": len(found.unsure),
        "notices": [CANNOT_KNOW],
    }  # fmt: skip


def words(said: Mapping[str, Any]) -> str:
    """Say the same in words."""
    lines = [f"{each['house']}: {each['people']} people" for each in said["lists"]]
    lines += [
        f"Together: {said['people']} different people, {said['on_several']} on several lists.",
        f"{said['unsure_pairs']} pairs are alike, and not enough.",
        *said["notices"],
    ]
    return "".join(f"{wrapped(line)}\n" for line in lines)
