"""A study in words and as JSON: always the whole panel, never one number alone."""

from __future__ import annotations

from typing import Any

from suar_research.answers import Answer
from suar_research.mse.notices import ASSUMPTIONS
from suar_research.mse.study import Study
from suar_research.telling import answer_json, finite, number, wrapped

METHODS = {
    "stepwise": "Adds pairs of lists that overlap more or less than by chance, until none stands "
    "out (Chan, Silverman & Vincent 2021). Its interval chooses anew in each resample.",
    "bic": "Takes the model that fits best for its size among all (Silverman, Chan & Vincent "
    "2024). Its interval chooses anew among the 60 best.",
    "aic": "Adds pairs by AIC and a test, as for the UK estimate of 2014. Its interval takes that "
    "one model for true, and is too narrow for that reason.",
    "main": "Takes the lists for independent. Shown for comparison; lists that refer people to each other are not.",
    "threshold": "Weighs all pairs and keeps the clear ones (Silverman 2020).",
    "graphs": "Averages over all ways in which lists may depend on each other "
    "(Madigan & York 1997), up to ten unseen people for each one seen.",
    "classes": "Lets kinds of people differ in how easily lists meet them (Manrique-Vallier 2016).",
    "links": "Draws who is the same person from the likely links, then resamples, and estimates by "
    "the stepwise choice each time: its interval holds the doubt about links as well.",
    "fixed": "Takes the model that was asked for.",
}
SMOOTHED = (
    "smoothed: the middle of the resamples, each with the model it chooses itself, so that it "
    "hangs less on one choice. It comes out too high where only some 25 people or fewer are on "
    "more than one list."
)


def words(study: Study) -> str:
    """Tell a study to somebody who reads it on a screen."""
    table = study.table
    sizes = ", ".join(f"{name} {table.on(1 << at):,}" for at, name in enumerate(table.lists))
    singles = sum(int(table.counts[1 << at]) for at in range(table.places))
    lines = [
        f"{table.seen:,} people were seen, on {table.places} lists: {sizes}.",
        f"{table.seen - singles:,} of them are on more than one list.",
        "",
        *_panel(study),
        "",
        "NOTICES",
        *(wrapped(f"- {each}") for each in study.notices),
        "",
        "WHAT EVERY METHOD TAKES FOR TRUE",
        *(wrapped(f"- {each}") for each in ASSUMPTIONS),
        "",
        "WHAT EACH METHOD DOES",
        *(wrapped(f"- {each.name}: {METHODS[each.name]}") for each in study.answers),
        "",
        *_diagnostics(study),
    ]
    return "\n".join(lines) + "\n"


def _panel(study: Study) -> list[str]:
    smoothed = any(each.smoothed is not None for each in study.answers)
    head = f"{'smoothed':>11}" if smoothed else ""
    lines = [f"{'method':<11}{'people':>11}{head}{'95% between':>25}   model"]
    for each in study.answers:
        middle = "" if each.smoothed is None else number(each.smoothed)
        between = f"{number(each.shown.low)} - {number(each.shown.high)}"
        lines.append(f"{each.name:<11}{number(each.estimate):>11}{middle:>{len(head)}}{between:>25}   {each.model}")
    return [*lines, "", wrapped(SMOOTHED)] if smoothed else lines


def _diagnostics(study: Study) -> list[str]:
    lines = []
    if study.known:
        lines += ["LISTS THAT ARE KNOWN, ESTIMATED FROM THE OTHERS"]
        lines += [f"  {each.name}: {each.known:,} people, estimated {number(each.estimate)}" for each in study.known]
    if study.left_out:
        lines += ["", "THE STEPWISE ANSWER WITHOUT ONE LIST, OR WITH TWO MADE ONE"]
        lines += [f"  {each.what}: {number(each.estimate)}" for each in (*study.left_out, *study.merged)]
    lines += [
        "",
        "THE STEPWISE ANSWER IF ONLY A PART OF THE PEOPLE HAD BEEN MET (half of the draws between)",
    ]
    lines += [
        f"  {each.share:.0%}: {number(each.middle)} ({number(each.low)} - {number(each.high)})" for each in study.steps
    ]
    return lines


def as_json(study: Study) -> dict[str, Any]:
    """Give a study in the shape of `--json`; what is infinite is null."""
    return {
        "lists": list(study.table.lists),
        "seen": study.table.seen,
        "methods": [_method_json(each) for each in study.answers],
        "notices": study.notices,
        "assumptions": list(ASSUMPTIONS),
        "diagnostics": _diagnostics_json(study),
    }


def _method_json(answer: Answer) -> dict[str, Any]:
    middle = None if answer.smoothed is None else finite(answer.smoothed)
    return answer_json(answer) | {"smoothed": middle, "unsettled": list(answer.unsettled)}


def _diagnostics_json(study: Study) -> dict[str, Any]:
    return {
        "changed": [
            {"what": each.what, "estimate": finite(each.estimate), "seen": each.seen}
            for each in (*study.left_out, *study.merged)
        ],
        "known_lists": [
            {"name": each.name, "known": each.known, "estimate": finite(each.estimate)} for each in study.known
        ],
        "trajectory": [
            {"share": each.share, "low": finite(each.low), "middle": finite(each.middle), "high": finite(each.high)}
            for each in study.steps
        ],
    }
