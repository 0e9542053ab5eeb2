"""What is said of a match by probability: numbers, never who."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from suar_research import __version__
from suar_research.linkage import telling
from suar_research.linkage.calibration import Calibrated
from suar_research.linkage.chances import Answers, Chances
from suar_research.linkage.files import TokenFile
from suar_research.linkage.judging import Judged, Truth
from suar_research.linkage.matching import Matched
from suar_research.telling import wrapped

Told = dict[str, Any]
SAID = (0.99, 0.95, 0.9, 0.8, 0.5)
LEARNT = (
    "Nobody said who is whom: how alike strangers are was learnt inside each list, taking each "
    "list to hold a person once. Brothers and sisters of two lists, where none stand on one list "
    "together, and people who are written very differently are not known to this."
)
INSIDE = (
    "{number} pairs inside one list are so alike that, on two lists, they would be taken for one "
    "person. If a list holds somebody twice, take it out first: it makes true pairs look doubtful."
)
ONLY_LOOKED_AT = (
    "Probabilities are of pairs {where}. {unseen} true pairs are not among them, and no threshold "
    "finds them. A Brier score is the mean squared distance from what is true: the "
    "less the better; {none:.4f} is that of one probability for all pairs."
)


WORDS_SEEN = (
    "Words of several houses are read together here: only where all of them and the law allow it. "
    "splink learnt without labels how often matches and strangers agree on each column."
)
BLOCKED = (
    "Looked at were pairs that agree on one of {number} rules: {rules}. Who agrees on none, "
    "for words have slips, is not found."
)


def of_words(rules: Sequence[Sequence[str]]) -> list[str]:
    """Give the notices of a match of words that may be seen."""
    named = "; ".join(" and ".join(each) for each in rules)
    return [WORDS_SEEN, BLOCKED.format(number=len(rules), rules=named)]


def of_lists(lists: Sequence[TokenFile], digests: Sequence[str]) -> Told:
    """Say which files of tokens these were."""
    return {
        "key": lists[0].key,
        "schema": lists[0].schema,
        "salted": lists[0].salted,
        "lists": [
            {"house": each.house, "people": len(each.codes), "sha256": digest}
            for each, digest in zip(lists, digests, strict=True)
        ],
    }


def matched(
    known: Chances,
    found: Matched,
    counts: Mapping[tuple[int, ...], int],
    asked: argparse.Namespace,
    to_look_at: int,
) -> Told:
    """Give the numbers of a match, and how right it is expected to be."""
    taken = sum(pair.alike for pair in found.sure)
    return {
        "version": __version__,
        "seed": asked.seed,
        "probable": asked.probable,
        "possible": asked.possible,
        "people": len(found.people),
        "on_several": sum(count for on, count in counts.items() if sum(on) > 1),
        "to_look_at": to_look_at,
        "draws": asked.draws if asked.drawn else 0,
        "model": {
            "floor": known.floor,
            "pairs": sum(len(each.chance) for each in known.pairs),
            "matches": len(found.sure),
            "expected_matches": round(known.expected, 2),
            "expected_precision": _share(taken, len(found.sure)),
            "expected_recall": _share(taken, known.expected),
            "alike_from": {str(level): _alike_from(known, level) for level in _levels(known)},
            "alike_inside": known.alike_inside,
        },
    }


def _levels(known: Chances) -> Sequence[float]:
    """Give the probabilities of which a likeness can be told: none where there is no likeness."""
    return SAID if known.floor else ()


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _alike_from(known: Chances, level: float) -> float | None:
    """Give the likeness from which half of the pairs at it are as probable as that."""
    alike = np.concatenate([each.between.alike for each in known.pairs])
    chance = np.concatenate([each.chance for each in known.pairs])
    reached = np.sort(alike[chance >= level])
    return round(float(reached[0]), 3) if len(reached) else None


def add_notices(told: Told, *, salted: bool) -> None:
    """Add the sentences that go with a match of tokens."""
    told["notices"] = [LEARNT]
    if inside := told["model"]["alike_inside"]:
        told["notices"].append(INSIDE.format(number=inside))
    told["notices"].append(telling.SALTED_MISSES if salted else telling.NOT_SALTED)


def reviewed(known: Chances, said: Answers) -> Told:
    """Compare answers with what was thought of the same pairs before: a check without labels."""
    thought = {(pair.first, pair.second): pair.alike for pair in known.listed(0.0)}
    return {
        "pairs": len(said),
        "yes": sum(said.values()),
        "expected_yes": round(sum(thought[pair] for pair in said), 2),
    }


def judged(lists: Sequence[TokenFile], truth: Truth, right: Judged, fitted: Calibrated) -> Told:
    """Give how right the match is, and whether probabilities mean what they say."""
    return {
        "houses": [lists[at].house for at in truth.lists],
        "pairs": len(truth.pairs),
        "at_probable": telling.judged_row(right),
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
                "true": telling.rate(band.true),
            }
            for band in fitted.bands
        ],
    }


def words(told: Told) -> str:
    """Say the same in words."""
    model = told["model"]
    lines = [f"{each['house']}: {each['people']} people" for each in told["lists"]]
    lines += [
        f"Together: {told['people']} different people, {told['on_several']} on several lists.",
        f"{model['matches']} pairs are probable from {told['probable']:g} on; "
        f"{model['expected_matches']:,.1f} are expected among all pairs looked at.",
    ]
    if model["expected_precision"] is not None:
        lines.append(
            f"Expected, nobody having said who is whom: {model['expected_precision']:.1%} of the "
            f"pairs found are right, {model['expected_recall']:.1%} of those to be seen are found."
        )
    lines.append(f"{told['to_look_at']} pairs are possible and not probable: look at them.")
    if "reviewed" in told:
        each = told["reviewed"]
        lines.append(
            f"Of {each['pairs']} pairs that were looked at {each['yes']} are one person; "
            f"{each['expected_yes']:.1f} were expected."
        )
    text = "".join(f"{wrapped(line)}\n" for line in [*lines, *told["notices"]])
    return text + (_reliability(told) if "truth" in told else "")


def _reliability(told: Told) -> str:
    truth = told["truth"]
    one, other = truth["houses"]
    at = truth["at_probable"]
    lines = [
        "",
        wrapped(f"{truth['pairs']} pairs of {one} and {other} are known to be one person."),
        f"{at['found']:,} found, {at['right']:,} right: precision "
        f"{telling.rate_words(at['precision'])}, recall {telling.rate_words(at['recall'])}, F1 "
        f"{telling.rate_words(at['f1'])}",
        f"{'told as likely':<16}{'pairs':>8}{'mean':>8}   {'truly one'}",
    ]
    lines += [
        f"{each['low']:.2f} to {each['high']:.2f}    {each['pairs']:>8,}{each['told']:>8.3f}   "
        f"{telling.rate_words(each['true'])}"
        for each in truth["reliability"]
    ]
    lines.append(
        f"Expected matches {truth['expected']:,.1f}, true ones {truth['true']:,}. Brier score {truth['brier']:.4f}"
    )
    floor = told["model"]["floor"]
    where = f"alike from {floor:.2f} on" if floor else "that agree on a rule"
    notice = ONLY_LOOKED_AT.format(where=where, unseen=truth["unseen"], none=truth["brier_of_none"])
    return "\n".join([*lines, wrapped(notice), ""])
