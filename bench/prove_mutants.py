"""`./suar prove mutants`: change the research part in small ways, and count what its tests notice.

Draws mutants of every module of insight, runs against each the quick tests that run its line, and
writes docs/research/mutants.md with what nobody noticed. `--module`, `--tests` and `--print` try a
part and write nothing.
"""

import argparse
import os
import random
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench import noticing, nursery, trying
from bench.keeping import ROOT, commit
from bench.mutating import Mutant, mutants_of
from bench.noticing import INSIGHT
from bench.trying import Tried

PAGE = ROOT / "docs" / "research" / "mutants.md"
EQUAL = ROOT / "bench" / "equal_mutants.toml"
TESTS = sorted(
    str(path.relative_to(ROOT))
    for path in (ROOT / "tests" / "insight").glob("test_*.py")
    if path.stem != "test_mutants"
)
WANTED = 0.85
HEAD = """# What the tests of the research part notice

Written by `./suar prove mutants` on {on} at commit {commit}: not by hand. A mutant is a module in which one small thing was changed: a
comparison, an operator, a constant, a condition, a word that is looked up, an argument left out, a statement removed, nothing returned.
The tests that run the changed line ran against each, without a database, the quickest first, up to {most:.0f} s of them; one that fails, or
needs far more time than otherwise, has noticed it. {drawn} of {all:,} mutants were drawn with seed {seed}, {each} of every module.
{equal} of them change nothing anybody could see and are left out: each has its reason in `bench/equal_mutants.toml`.

**{killed} of {tried} were noticed: {share:.1%}** (at least {wanted:.0%} is asked for); weighing each module by its size, {weighed:.1%}.

| module | mutants | drawn | noticed | not |
|---|---|---|---|---|
"""


def main() -> int:
    """Draw, try, and write the page; the exit code is 1 when too few were noticed."""
    asked = _asked()
    modules = [each for each in _modules() if not asked.module or _short(each) in asked.module]
    equal = _equal()
    there = {each: mutants_of(each) for each in modules}
    drawn = [one for each, found in there.items() for one in _drawn(found, asked, _short(each))]
    kept = [each for each in drawn if _key(each) not in equal]
    nursery.warm()
    seen = noticing.record(asked.tests or TESTS, asked.kept, asked.workers)
    began = time.monotonic()
    tried = [_told(*each) for each in trying.tried(kept, seen, asked.kept, asked.workers)]
    killed = sum(each.by is not None for each in tried)
    print(f"{killed} of {len(tried)} noticed in {time.monotonic() - began:.0f} s: {killed / max(len(tried), 1):.1%}")
    if not (asked.module or asked.tests or asked.print):
        PAGE.write_text(_page(there, tried, asked, len(drawn)), "utf-8")
        print(f"{PAGE.relative_to(ROOT)} is written.")
    return int(killed < WANTED * len(tried))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./suar prove mutants", description=__doc__)
    parser.add_argument("--each", type=int, default=5, help="mutants of each module")
    parser.add_argument("--all", action="store_true", help="every mutant of each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--module", nargs="+", help="only these, as mse/fitting")
    parser.add_argument("--tests", nargs="+", metavar="FILE", help="only the tests of these files")
    parser.add_argument(
        "--kept", type=Path, default=noticing.KEPT, metavar="FOLDER", help="where it is kept which test runs which line"
    )
    parser.add_argument("--print", action="store_true", help="write no page")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    return parser.parse_args()


def _modules() -> list[Path]:
    return sorted(each for each in INSIGHT.rglob("*.py") if not each.stem.startswith("__"))


def _short(module: Path) -> str:
    return str(module.relative_to(INSIGHT).with_suffix(""))


def _key(mutant: Mutant) -> tuple[str, str, str]:
    """Name a mutant by what stands on its line, which outlives lines before it."""
    line = mutant.module.read_text("utf-8").splitlines()[mutant.line - 1].strip()
    return _short(mutant.module), line, mutant.says


def _equal() -> set[tuple[str, str, str]]:
    told = tomllib.loads(EQUAL.read_text("utf-8"))["mutant"]
    assert all(each["because"] for each in told)
    return {(each["module"], each["line"], change) for each in told for change in each["changes"]}


def _drawn(found: Sequence[Mutant], asked: argparse.Namespace, name: str) -> list[Mutant]:
    if asked.all or len(found) <= asked.each:
        return list(found)
    drawn = random.Random(f"{asked.seed}/{name}").sample(range(len(found)), asked.each)
    return [found[at] for at in sorted(drawn)]


def _told(tried: Tried, seconds: float) -> Tried:
    mark = "lives " if tried.by is None else "killed"
    by = f" [{tried.by.rpartition('::')[2]}]" if tried.by else ""
    print(f"{mark} {seconds:5.1f} s {_place(tried.mutant)} {tried.mutant.kind}: {tried.mutant.says}{by}", flush=True)
    return tried


def _place(mutant: Mutant) -> str:
    return f"{_short(mutant.module)}.py:{mutant.line}"


def _page(there: dict[Path, list[Mutant]], tried: Sequence[Tried], asked: argparse.Namespace, drawn: int) -> str:
    by_module = {each: [one for one in tried if one.mutant.module == each] for each in there}
    killed = {each: sum(one.by is not None for one in found) for each, found in by_module.items()}
    whole = sum(map(len, there.values()))
    some = {each: found for each, found in there.items() if by_module[each]}
    weighed = sum(len(found) * killed[each] / len(by_module[each]) for each, found in some.items())
    head = HEAD.format(
        on=datetime.now(UTC).date(),
        commit=commit(),
        drawn=drawn,
        tried=len(tried),
        all=whole,
        seed=asked.seed,
        each="all" if asked.all else f"up to {asked.each}",
        equal=drawn - len(tried),
        wanted=WANTED,
        killed=sum(killed.values()),
        share=sum(killed.values()) / len(tried),
        weighed=weighed / sum(map(len, some.values())),
        most=noticing.MOST_S,
    )
    rows = [
        f"| {_short(each)} | {len(found)} | {len(by_module[each])} | {killed[each]} | "
        f"{len(by_module[each]) - killed[each]} |\n"
        for each, found in there.items()
        if found
    ]
    return head + "".join(rows) + "".join(_lived(tried))


def _lived(tried: Sequence[Tried]) -> Iterator[str]:
    yield "\n## Not noticed\n\n| where | what | change |\n|---|---|---|\n"
    lived = [each.mutant for each in tried if each.by is None]
    for mutant in sorted(lived, key=lambda each: (each.module, each.line)):
        says = mutant.says.replace("|", "\\|").replace("`", "'")
        yield f"| {_place(mutant)} | {mutant.kind} | `{says}` |\n"


if __name__ == "__main__":
    sys.exit(main())
