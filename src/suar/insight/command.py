"""The command line of the estimates: `./suar estimate mse LISTS.csv`."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from suar import __version__
from suar.insight.mse import links, plots, telling
from suar.insight.mse.bootstrap import Plan
from suar.insight.mse.panel import METHODS
from suar.insight.mse.reading import LIST, PERSON, Unreadable, check, read, rows_of
from suar.insight.mse.study import Study, study
from suar.insight.mse.tables import CaptureTable
from suar.insight.running import Runner, cores

INTERRUPTED = 130


def main(words: Sequence[str]) -> int:
    """Read the command line, answer, and give 2 when the file cannot be used."""
    asked = _parser().parse_args(words)
    try:
        with _of_file(asked.lists):
            content = Path(asked.lists).read_bytes()
            text = content.decode("utf-8")
        linked = _linked(asked, text)
        with _of_file(asked.lists):
            tables = {"all": linked.likely} if linked else read(text, asked.by)
            for table in tables.values():
                check(table)
    except _Unusable as error:
        return _refused(error.name, error.problems)
    try:
        studies = _studies(asked, tables, linked)
    except KeyboardInterrupt:
        kept = f" What is done is kept in {asked.keep}." if asked.keep else ""
        sys.stderr.write(f"\nInterrupted.{kept}\n")
        return INTERRUPTED
    _tell(asked, studies, hashlib.sha256(content).hexdigest())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./suar estimate", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    mse = kinds.add_parser("mse", help="multiple systems estimation from overlapping lists")
    mse.add_argument("lists", help="CSV: 0 and 1 for each list and `count`; or `person` and `list`")
    mse.add_argument("--by", metavar="COLUMN", help="estimate apart for each value of a column")
    mse.add_argument("--links", metavar="PAIRS", help="CSV: `first`, `second`, `probability`")
    mse.add_argument("--methods", default=",".join(METHODS), help="names with commas between")
    mse.add_argument("--seed", type=int, default=1, help="the same seed gives the same answer")
    mse.add_argument("--replicates", type=_size, help="a fixed number instead of until settled")
    mse.add_argument("--workers", type=_size, default=cores(), help="processes (default: cores)")
    mse.add_argument("--keep", metavar="FOLDER", help="keep finished pieces there and go on later")
    mse.add_argument("--plot", metavar="FILE", help="draw all models as SVG")
    mse.add_argument("--json", action="store_true", help="answer as JSON")
    return parser


def _size(word: str) -> int:
    if not word.isdigit() or int(word) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return int(word)


def _linked(asked: argparse.Namespace, people: str) -> links.Linked | None:
    """Read the likely links, which are refused together with groups."""
    if asked.links is None:
        return None
    if asked.by:
        _parser().error("--links and --by cannot be used together")
    with _of_file(asked.lists):
        rows_of(people, [PERSON, LIST])
    with _of_file(asked.links):
        return links.read_links(people, Path(asked.links).read_text("utf-8"))


def _studies(
    asked: argparse.Namespace, tables: dict[str, CaptureTable], linked: links.Linked | None
) -> dict[str, Study]:
    names = [name.strip() for name in asked.methods.split(",") if name.strip()]
    if unknown := [name for name in names if name not in METHODS]:
        _parser().error(f"unknown methods: {', '.join(unknown)}; there are: {', '.join(METHODS)}")
    plan = Plan(seed=asked.seed)
    if asked.replicates:
        plan = Plan(seed=asked.seed, least=asked.replicates, most=asked.replicates)
    more = [links.estimate(linked, asked.seed)] if linked else []
    folder = Path(asked.keep) if asked.keep else None
    with Runner(workers=asked.workers, folder=folder, told=True) as runner:
        return {group: study(table, plan, runner, names, more) for group, table in tables.items()}


def _tell(asked: argparse.Namespace, studies: dict[str, Study], digest: str) -> None:
    about = {"version": __version__, "input_sha256": digest, "seed": asked.seed}
    if asked.json:
        told = {group: telling.as_json(each) for group, each in studies.items()}
        whole = {**about, "by": asked.by, "groups": told} if asked.by else {**about, **told["all"]}
        sys.stdout.write(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(
            f"Those who are never seen. Suar {__version__}, seed {asked.seed}, "
            f"file {digest[:16]}\n\n"
        )
        for group, each in studies.items():
            head = f"{asked.by}: {group}\n" if asked.by else ""
            sys.stdout.write(head + telling.words(each) + "\n")
    for group, each in studies.items():
        if asked.plot and each.compared is not None:
            path = Path(asked.plot)
            place = path.with_stem(f"{path.stem}-{group}") if asked.by else path
            place.write_text(plots.all_models(each.compared, each.table), "utf-8")


class _Unusable(ValueError):
    """A file cannot be used: which one, and sentences that say what and where."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        super().__init__(name)
        self.name, self.problems = name, problems


@contextmanager
def _of_file(name: str) -> Iterator[None]:
    """Say of what is refused in the block which file it is."""
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        said = f"it cannot be read as a text file in UTF-8 ({_why(error)})"
        raise _Unusable(name, [said]) from error
    except Unreadable as error:
        raise _Unusable(name, error.problems) from error


def _refused(name: str, problems: Sequence[str]) -> int:
    lines = "".join(f"  {each}\n" for each in problems)
    sys.stderr.write(f"suar: {name} cannot be used:\n{lines}")
    return 2


def _why(error: Exception) -> str:
    return error.strerror or "no file" if isinstance(error, OSError) else "other bytes"
