"""What `./suar estimate mse` is asked, and how its answer reaches the reader."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from suar_research import paging
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
)
from suar_research.mse import draws, links, plots, telling
from suar_research.mse.draws import Pooled
from suar_research.mse.intervals import KINDS
from suar_research.mse.panel import METHODS
from suar_research.mse.reading import LIST, PERSON, check, read
from suar_research.mse.study import Study, study
from suar_research.mse.tables import CaptureTable
from suar_research.reading import rows_of


def add(kinds: Kinds) -> None:
    """Add the word `mse` with its options."""
    mse = kinds.add_parser("mse", help="multiple systems estimation from overlapping lists")
    mse.set_defaults(ready=ready, parser=mse)
    mse.add_argument("lists", help="CSV: 0 and 1 for each list and `count`; or `person` and `list`")
    mse.add_argument("--by", metavar="COLUMN", help="estimate apart for each value of a column")
    mse.add_argument("--links", metavar="PAIRS", help="CSV: `first`, `second`, `probability`")
    mse.add_argument("--drawn", metavar="DRAWS", help="counts of many draws, from `link match`")
    mse.add_argument("--methods", default=",".join(METHODS), help="names with commas between")
    mse.add_argument("--interval", choices=KINDS, default=KINDS[0], help="which one is shown first")
    mse.add_argument("--plot", metavar="FILE", help="draw all models as SVG")
    add_common(mse)


def ready(asked: argparse.Namespace) -> Work:
    """Read all files, and give the work that is then to be done; raises Unusable."""
    names = [name.strip() for name in asked.methods.split(",") if name.strip()]
    if not names:
        asked.parser.error("--methods: none is named")
    if unknown := [name for name in names if name not in METHODS]:
        known = ", ".join(METHODS)
        asked.parser.error(f"unknown methods: {', '.join(unknown)}; there are: {known}")
    if asked.drawn and (asked.by or asked.links):
        asked.parser.error("--drawn can be used neither with --by nor with --links")
    paging.check(asked)
    text, digest = content_of(asked, asked.lists)
    linked = _linked(asked, text)
    with of_file(asked.lists):
        tables = {"all": linked.likely} if linked else read(text, asked.by)
        for table in tables.values():
            check(table)
    if asked.by and asked.plot:
        for group in tables:
            paging.check_picture(str(paging.of_group(Path(asked.plot), group)))
    drawn = _drawn(asked, tables)
    return lambda: _tell(asked, _studies(asked, names, tables, _pooling(asked, linked, drawn)), digest)


def _drawn(asked: argparse.Namespace, tables: dict[str, CaptureTable]) -> list[CaptureTable] | None:
    """Read the draws."""
    if asked.drawn is None:
        return None
    with of_file(asked.drawn):
        return draws.read(content_of(asked, asked.drawn)[0], tables["all"])


def _pooling(
    asked: argparse.Namespace, linked: links.Linked | None, drawn: list[CaptureTable] | None
) -> Callable[[], Pooled] | None:
    """Give what pools draws once the work begins, or None where links are taken as they are."""
    if linked:
        return lambda: links.estimate(linked, asked.seed)
    if drawn:
        return lambda: draws.pooled(drawn, asked.seed, f"stepwise, over {len(drawn):,} draws of links")
    return None


def _linked(asked: argparse.Namespace, people: str) -> links.Linked | None:
    """Read the likely links, which are refused together with groups."""
    if asked.links is None:
        return None
    if asked.by:
        asked.parser.error("--links and --by cannot be used together")
    with of_file(asked.lists):
        rows_of(people, [PERSON, LIST])
    with of_file(asked.links):
        return links.read_links(people, content_of(asked, asked.links)[0])


def _studies(
    asked: argparse.Namespace,
    names: list[str],
    tables: dict[str, CaptureTable],
    pooling: Callable[[], Pooled] | None,
) -> dict[str, Study]:
    plan = replace(plan_of(asked), interval=asked.interval)
    with runner_of(asked) as runner:
        began = runner.cpu_s()
        pool = pooling() if pooling else None
        more = [replace(pool.answer, cpu_s=runner.cpu_s() - began)] if pool else []
        found = {group: study(table, plan, runner, names, more) for group, table in tables.items()}
    said = [pool.notice] if pool else []
    return {group: replace(each, notices=[*each.notices, *said]) for group, each in found.items()}


def _tell(asked: argparse.Namespace, studies: dict[str, Study], digest: str) -> None:
    first = about(asked, digest)
    told = {group: telling.as_json(each) for group, each in studies.items()}
    whole = {**first, "by": asked.by, "groups": told} if asked.by else {**first, **told["all"]}
    heads = {group: f"{asked.by}: {group}\n" if asked.by else "" for group in studies}
    words = "".join(heads[group] + telling.words(each) + "\n" for group, each in studies.items())
    say(asked, whole, headline(asked) + words)
    if asked.report:
        _report(asked, studies)
    for group, each in studies.items():
        if asked.plot and each.compared is not None:
            path = Path(asked.plot)
            place = paging.of_group(path, group) if asked.by else path
            place.write_text(plots.all_models(each.compared, each.table), "utf-8")


def _report(asked: argparse.Namespace, studies: dict[str, Study]) -> None:
    """Write the page, with the picture of all models where one was made."""
    parts = []
    for group, each in studies.items():
        head = f"{asked.by}: {group}\n\n" if asked.by else ""
        picture = plots.all_models(each.compared, each.table) if each.compared else ""
        parts.append((head + telling.words(each), picture))
    page = paging.page("Those who are never seen", parts, headline(asked).strip())
    Path(asked.report).write_text(page, "utf-8")
