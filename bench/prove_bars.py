"""`./suar prove bars`: run the tests of every security bar, time quick exit, and write docs/security-bars.md.

Every test runs on both databases, those marked `long` too. The other figures are those that `./suar bench` has
stored. `--quick` runs nothing and only takes figures over.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from bench import figures
from bench.figures import DOCS, middle, run_facts
from tools import postgres
from tools.places import PYTHON, ROOT, environment
from tools.testing import NAMES, TWO_WORKERS

STORED, PAGE = DOCS / "security-bars.json", DOCS / "security-bars.md"
EXIT_MS, TIMES = 300, 12
PAGES = {"public": ("/", "/en/about", "/en/phone", "/en/others"), "staff": ("/", "/talk", "/team", "/account")}
HEAD = """# Security bars and the tests that check them

Written by `./suar prove bars` from [security-bars.json](security-bars.json).
A bar is a promise with a test; a promise without a test does not count.

- **holds**: its tests pass.
- **in part**: its tests pass; the list below says what is missing.
- **measured**: the last column has figures, with day and commit.
- **next**: nothing is built yet, and nothing is promised.

Every test that proves an absence also plants what it looks for and finds it.

| bar | asks | tests | state | figures |
|---|---|---|---|---|
"""


def main(words: list[str]) -> int:
    """Run the tests, take figures over, write the page, and return 1 when a test failed."""
    parser = argparse.ArgumentParser(prog="./suar prove bars", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(words)
    stored = read()
    taken = [*figures.read(), *([] if options.quick else quick_exit())]
    starts = tuple(start for bar in stored["bars"].values() for start in bar.get("figures", ()))
    for figure in taken:
        if figure["name"].startswith(starts):
            stored["measured"][f"{figure['name']} {figure['database']}".strip()] = figure
    if not options.quick:
        stored["ran"] = run_tests(sorted({test for bar in stored["bars"].values() for test in bar["tests"]}))
    STORED.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", "utf-8")
    PAGE.write_text(page(stored), "utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written.")
    return int(any(file["failed"] for file in stored["ran"].get("files", {}).values()))


def read() -> dict[str, Any]:
    """Read the bars, their figures and the last run."""
    stored: dict[str, Any] = json.loads(STORED.read_text("utf-8"))
    return stored


def run_tests(files: list[str]) -> dict[str, Any]:
    """Run test files on both databases and count passed and failed tests by file and by database."""
    counted = {name: {"passed": 0, "failed": 0} for name in files}
    runs = []
    for database in NAMES:
        began, total = time.monotonic(), Counter[str]()
        # Research has no database.
        for name, outcome in _outcomes(
            database, [name for name in files if database == "sqlite" or "research" not in name]
        ):
            counted[name][outcome] += 1
            total[outcome] += 1
        seconds = round(time.monotonic() - began)
        runs.append(
            {"database": NAMES[database], "passed": total["passed"], "failed": total["failed"], "seconds": seconds}
        )
    return {**run_facts(), "runs": runs, "files": counted}


def _outcomes(database: str, files: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the file of each test that was not skipped, with "passed" or "failed"."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = stack.enter_context(postgres.running(postgres.THROWN_AWAY)) if database == "postgres" else ""
        report = Path(folder) / "report.xml"
        options = [*TWO_WORKERS, "-q", "--long", "-o", "junit_family=xunit1", f"--junitxml={report}"]
        own = environment(DATABASE_URL=server, DJANGO_SETTINGS_MODULE="tests.settings", PYTHONHASHSEED="0")
        subprocess.call([str(PYTHON), "-m", "pytest", *options, *files], cwd=ROOT, env=own)
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - our own report
            wrong = case.find("failure") is not None or case.find("error") is not None
            if wrong or case.find("skipped") is None:
                yield str(case.get("file")), "failed" if wrong else "passed"


def quick_exit() -> Iterator[dict[str, Any]]:
    """B18: leave both sites by click and by key and yield the milliseconds until the neutral page is there."""
    from playwright.sync_api import sync_playwright

    from tests.browsing import launch_chromium
    from tests.standing import standing_in
    from tests.stories.walker import Walker

    with tempfile.TemporaryDirectory() as folder, standing_in(Path(folder)) as demo, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        for site, how in ((site, how) for site in PAGES for how in ("click", "key")):
            took = []
            for turn in range(TIMES):
                context = browser.new_context(locale="en", viewport={"width": 360, "height": 780})
                tab = context.new_page()
                if site == "staff":
                    Walker(tab, demo).sign_in("esi")
                tab.goto(f"{getattr(demo, site)}{PAGES[site][turn % len(PAGES[site])]}")
                took.append(_leave(tab, how))
                context.close()
            value = middle(took)
            goal = {"goal": f"median <= {EXIT_MS} ms", "holds": value <= EXIT_MS, "n": TIMES}
            about = {"database": "", **run_facts()}
            yield {"name": f"B18_{site}_{how}", "value": value, "unit": "ms", **goal, **about}


def _leave(tab: Any, how: str) -> float:
    box = tab.locator(".leave").bounding_box()
    if how == "key":
        tab.keyboard.press("Escape")
    began = time.perf_counter()
    if how == "key":
        tab.keyboard.press("Escape")
    else:
        tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.wait_for_url("**/weather", wait_until="commit")
    return (time.perf_counter() - began) * 1000


def page(stored: Mapping[str, Any]) -> str:
    """Return the page."""
    rows = "".join(_row(name, bar, stored) for name, bar in stored["bars"].items())
    missing = "".join(f"- **{name}**: {bar['lacks']}\n" for name, bar in stored["bars"].items() if "lacks" in bar)
    ran = stored["ran"]
    if not ran:
        return f"{HEAD}{rows}\n## Still missing\n\n{missing}\nNot run yet.\n"
    runs = "; ".join(
        f"{run['database']}: {run['passed']} tests passed, {run['failed']} failed, in {run['seconds']} s"
        for run in ran["runs"]
    )
    last = f"Last run on {ran['on']} at commit {ran['commit']}. {runs[0].upper()}{runs[1:]}."
    return f"{HEAD}{rows}\n## Still missing\n\n{missing}\n{last}\n"


def state(bar: Mapping[str, Any], stored: Mapping[str, Any]) -> str:
    """Return how far a bar holds."""
    if not bar["tests"]:
        return "next"
    files = stored["ran"].get("files", {})
    ran = [files.get(test, {"passed": 0, "failed": 0}) for test in bar["tests"]]
    if any(file["failed"] for file in ran):
        return "**does not hold**"
    measured = figures_of(bar, stored)
    if any(figure["holds"] is False for figure in measured):
        return "**figure missed**"
    if not all(file["passed"] for file in ran):
        return "not run"
    return ("in part" if "lacks" in bar else "holds") + (", measured" if measured else "")


def figures_of(bar: Mapping[str, Any], stored: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the figures that belong to a bar."""
    starts = tuple(bar.get("figures", ()))
    return [figure for name, figure in stored["measured"].items() if starts and name.startswith(starts)]


def _row(name: str, bar: Mapping[str, Any], stored: Mapping[str, Any]) -> str:
    tests = "<br>".join(f"[{Path(test).name}](../{test})" for test in bar["tests"]) or "-"
    passed = sum(stored["ran"].get("files", {}).get(test, {}).get("passed", 0) for test in bar["tests"])
    notes = [f"{passed} tests"] if passed else []
    for figure in figures_of(bar, stored):
        where = ", ".join(filter(None, (figure["database"], figure["on"], figure["commit"])))
        value = f"{figure['value']:.4g} {figure['unit']}"
        notes.append(f"{figure['name'].replace('_', ' ')}: {value} (asked: {figure['goal']}; {where})")
    return f"| {' | '.join([name, bar['asks'], tests, state(bar, stored), '<br>'.join(notes) or '-'])} |\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
