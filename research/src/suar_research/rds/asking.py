"""What `./suar estimate rds` is asked, and how its answer reaches the reader."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from suar_research import paging
from suar_research.asking import (
    Kinds,
    Unusable,
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
from suar_research.rds import plots, telling
from suar_research.rds.groups import Part, Parted, grouped, parted
from suar_research.rds.reading import Columns, read, read_by
from suar_research.rds.study import Study, study


def add(kinds: Kinds) -> None:
    """Add the word `rds` with its options."""
    rds = kinds.add_parser("rds", help="respondent-driven sampling: people who recruited others")
    rds.set_defaults(ready=ready, parser=rds)
    rds.add_argument("sample", help="CSV: one row for each person")
    rds.add_argument("--outcome", metavar="COLUMN", required=True, help="whose shares are asked")
    rds.add_argument("--by", metavar="COLUMN", help="shares within each group of a column, too")
    rds.add_argument("--value", help="tell one value only (default: every value)")
    rds.add_argument("--population", metavar="N[,N]", default="", help="how many people there may be in all")
    rds.add_argument("--id", metavar="COLUMN", default="id", help="code of a person")
    rds.add_argument("--recruiter", metavar="COLUMN", default="recruiter", help="code, or empty")
    rds.add_argument("--degree", metavar="COLUMN", default="degree", help="people known")
    rds.add_argument("--coupons", type=size, help="coupons of each person, to check recruits")
    rds.add_argument("--plot", metavar="FILE", help="draw waves and trees as SVG")
    add_common(rds)


@dataclass(frozen=True)
class _Told:
    """What is told: the whole sample, its groups where they were asked for, and which values."""

    whole: Study
    groups: Parted | None
    values: Sequence[str]


def ready(asked: argparse.Namespace) -> Work:
    """Read the file, and give the work that is then to be done; raises Unusable."""
    populations = _populations(asked)
    if asked.by == asked.outcome:
        asked.parser.error("--by: groups need another column than --outcome")
    paging.check(asked)
    text, digest = content_of(asked, asked.sample)
    columns = Columns(asked.outcome, asked.id, asked.recruiter, asked.degree, asked.coupons)
    with of_file(asked.sample):
        sample, named = read_by(text, columns, asked.by) if asked.by else (read(text, columns), [])
        groups = grouped(sample, named, asked.by) if asked.by else None
    if asked.value is not None and asked.value not in sample.values:
        said = f"column {asked.outcome}: nobody has the value that was asked for"
        raise Unusable(asked.sample, [said])
    values = sample.values if asked.value is None else (asked.value,)

    def work() -> None:
        with runner_of(asked) as runner:
            found = study(sample, populations, plan_of(asked), runner)
            parts = parted(groups, populations, plan_of(asked), runner) if groups else None
        _tell(asked, _Told(found, parts, values), digest)

    return work


def _populations(asked: argparse.Namespace) -> list[int]:
    words = [word.strip() for word in asked.population.split(",") if word.strip()]
    if not all(word.isascii() and word.isdigit() and int(word) for word in words):
        asked.parser.error("--population: whole numbers from 1, with commas between")
    return sorted({int(word) for word in words})


def _tell(asked: argparse.Namespace, told: _Told, digest: str) -> None:
    whole = {
        **about(asked, digest),
        "outcome": asked.outcome,
        **telling.as_json(told.whole, told.values),
        **(telling.groups_json(told.groups, told.values) if told.groups else {}),
    }
    say(asked, whole, headline(asked) + "\n".join(words for words, _ in _parts(told)))
    if asked.report:
        page = paging.page(f"Shares of {asked.outcome}", _parts(told), headline(asked).strip())
        Path(asked.report).write_text(page, "utf-8")
    if asked.plot:
        _plot(Path(asked.plot), told)


def _parts(told: _Told) -> list[tuple[str, str]]:
    """Give what is told in words with its pictures: of all, between groups, of each group.

    Groups that were left out come last, so that nobody looks for them in vain.
    """
    found = [(telling.words(told.whole, told.values), _pictures(told.whole, told.values))]
    if told.groups is None:
        return found
    found.append((telling.between_words(told.groups), ""))
    by, left_out = told.groups.groups.by, told.groups.groups.left_out
    found += [
        (telling.group_words(name, part, told.values, by), _pictures(part, told.values))
        for name, part in told.groups.parts.items()
    ]
    return found + [(telling.left_out_words(name, why, by), "") for name, why in left_out.items()]


def _pictures(told: Study | Part, values: Sequence[str]) -> str:
    return "".join(plots.settling(told, value) for value in values if value in told.sample.values)


def _plot(path: Path, told: _Told) -> None:
    """Write a picture for each value, numbered where there are several, and so for each group."""
    named = told.groups.parts.items() if told.groups else ()
    for group, each in [("", told.whole), *named]:
        for place, value in enumerate(told.values, 1):
            if value in each.sample.values:
                file = paging.of_group(path, group) if group else path
                file = file.with_stem(f"{file.stem}-{place}") if len(told.values) > 1 else file
                file.write_text(plots.settling(each, value), "utf-8")
