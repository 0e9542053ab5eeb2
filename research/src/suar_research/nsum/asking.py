"""What `./suar estimate nsum` is asked, and how its answer reaches the reader."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from suar_research import paging
from suar_research.answers import Answer
from suar_research.asking import (
    Kinds,
    Work,
    about,
    add_common,
    content_of,
    headline,
    of_file,
    plan_of,
    runner_of,
    say,
    size,
)
from suar_research.nsum.panel import ASSUMPTIONS, Known, known_groups, notices, panel
from suar_research.nsum.survey import Survey, read, read_sizes
from suar_research.telling import answer_json, finite, number, wrapped

METHODS = {
    "ratio": "All of the group whom respondents know, over all people whom they know.",
    "means": "The mean of that ratio over respondents; few with few contacts can decide it.",
}


def add(kinds: Kinds) -> None:
    """Add the word `nsum` with its options."""
    nsum = kinds.add_parser("nsum", help="network scale-up: whom people of a survey know")
    nsum.set_defaults(ready=ready)
    nsum.add_argument("survey", help="CSV: a row for each respondent, a column for each group")
    nsum.add_argument("--sizes", metavar="FILE", required=True, help="CSV: `group`, `size`")
    nsum.add_argument("--target", metavar="COLUMN", required=True, help="the group asked for")
    nsum.add_argument("--population", type=size, required=True, help="how many people in all")
    add_common(nsum)


def ready(asked: argparse.Namespace) -> Work:
    """Read both files, and give the work that is then to be done; raises Unusable."""
    paging.check(asked)
    text, digest = content_of(asked, asked.survey)
    sizes, _ = content_of(asked, asked.sizes)
    with of_file(asked.sizes):
        read_sizes(sizes, asked.population)
    with of_file(asked.survey):
        survey = read(text, sizes, asked.target, asked.population)

    def work() -> None:
        with runner_of(asked) as runner:
            answers = panel(survey, plan_of(asked), runner)
        known = known_groups(survey)
        told = notices(survey, answers, known)
        text = "\n".join(words(survey, answers, known, told))
        if asked.report:
            page = paging.page("How many there may be", [(text, "")], headline(asked).strip())
            Path(asked.report).write_text(page, "utf-8")
        whole = {**about(asked, digest), **as_json(survey, answers, known, told)}
        say(asked, whole, f"{headline(asked)}{text}\n")

    return work


def words(survey: Survey, answers: Sequence[Answer], known: Sequence[Known], told: Sequence[str]) -> Iterator[str]:
    """Tell an answer to somebody who reads it on a screen."""
    yield f"{len(survey.target):,} respondents, {len(survey.groups)} groups of known size."
    yield ""
    yield f"{'method':<11}{'people':>11}{'95% between':>25}   model"
    for each in answers:
        between = f"{number(each.shown.low)} - {number(each.shown.high)}"
        yield f"{each.name:<11}{number(each.estimate):>11}{between:>25}   {each.model}"
    for head, sentences in (
        ("NOTICES", told),
        ("WHAT THE METHODS TAKE FOR TRUE", ASSUMPTIONS),
        ("WHAT EACH METHOD DOES", [f"{name}: {says}" for name, says in METHODS.items()]),
    ):
        yield f"\n{head}"
        yield from (wrapped(f"- {each}") for each in sentences)
    yield "\nGROUPS THAT ARE KNOWN, ESTIMATED FROM THE OTHERS"
    yield from (f"  {each.name}: {each.known:,.0f}, {number(each.estimate)}" for each in known)


def as_json(survey: Survey, answers: Sequence[Answer], known: Sequence[Known], told: Sequence[str]) -> dict[str, Any]:
    """Give an answer in the shape of `--json`; what is infinite is null."""
    return {
        "respondents": len(survey.target),
        "methods": [answer_json(each) for each in answers],
        "notices": list(told),
        "assumptions": list(ASSUMPTIONS),
        "known_groups": [{"name": each.name, "known": each.known, "estimate": finite(each.estimate)} for each in known],
    }
