"""What `./suar estimate rds` is asked, and how its answer reaches the reader."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from suar.insight import paging
from suar.insight.asking import (
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
    size,
)
from suar.insight.rds import plots, telling
from suar.insight.rds.reading import Columns, read
from suar.insight.rds.study import Study, study


def add(kinds: Kinds) -> None:
    """Add the word `rds` with its options."""
    rds = kinds.add_parser("rds", help="respondent-driven sampling: people who recruited others")
    rds.set_defaults(ready=ready, parser=rds)
    rds.add_argument("sample", help="CSV: one row for each person")
    rds.add_argument("--outcome", metavar="COLUMN", required=True, help="whose shares are asked")
    rds.add_argument("--value", help="tell one value only (default: every value)")
    rds.add_argument(
        "--population", metavar="N[,N]", default="", help="how many people there may be in all"
    )
    rds.add_argument("--id", metavar="COLUMN", default="id", help="code of a person")
    rds.add_argument("--recruiter", metavar="COLUMN", default="recruiter", help="code, or empty")
    rds.add_argument("--degree", metavar="COLUMN", default="degree", help="people known")
    rds.add_argument("--coupons", type=size, help="coupons of each person, to check recruits")
    rds.add_argument("--plot", metavar="FILE", help="draw waves and trees as SVG")
    add_common(rds)


def ready(asked: argparse.Namespace) -> Work:
    """Read the file, and give the work that is then to be done; raises Unusable."""
    populations = _populations(asked)
    paging.check(asked)
    text, digest = content_of(asked.sample)
    columns = Columns(asked.outcome, asked.id, asked.recruiter, asked.degree, asked.coupons)
    with of_file(asked.sample):
        sample = read(text, columns)
    if asked.value is not None and asked.value not in sample.values:
        said = f"column {asked.outcome}: nobody has the value that was asked for"
        raise Unusable(asked.sample, [said])
    values = sample.values if asked.value is None else (asked.value,)

    def work() -> None:
        with runner_of(asked) as runner:
            found = study(sample, populations, plan_of(asked), runner)
        _tell(asked, found, values, digest)

    return work


def _populations(asked: argparse.Namespace) -> list[int]:
    words = [word.strip() for word in asked.population.split(",") if word.strip()]
    if not all(word.isascii() and word.isdigit() and int(word) for word in words):
        asked.parser.error("--population: whole numbers from 1, with commas between")
    return sorted({int(word) for word in words})


def _tell(asked: argparse.Namespace, found: Study, values: Sequence[str], digest: str) -> None:
    if asked.json:
        whole = {
            **about(asked, digest),
            "outcome": asked.outcome,
            **telling.as_json(found, values),
        }
        sys.stdout.write(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(headline(asked, digest) + telling.words(found, values))
    if asked.report:
        pictures = "".join(plots.settling(found, value) for value in values)
        parts = [(telling.words(found, values), pictures)]
        page = paging.page(f"Shares of {asked.outcome}", parts, headline(asked, digest).strip())
        Path(asked.report).write_text(page, "utf-8")
    if asked.plot:
        path = Path(asked.plot)
        for place, value in enumerate(values, 1):
            file = path if len(values) == 1 else path.with_stem(f"{path.stem}-{place}")
            file.write_text(plots.settling(found, value), "utf-8")
