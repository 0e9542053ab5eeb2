"""Writes docs/security-bars.md from docs/security-bars.json: each bar, what holds it, how far."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
TOLD = DOCS / "security-bars.json"
PAGE = DOCS / "security-bars.md"
HEAD = """# The bars of security, and what holds them

Written by `./suar prove bars` from [security-bars.json](security-bars.json): not by hand.
A bar is a promise with a test; a promise without a test does not count.

- **holds**: the tests named beside it pass.
- **in part**: they pass, and something, said below, is still missing.
- **measured**: figures stand in the last column, with the day and the commit.
- **next**: nothing is built yet, and nothing is promised.

Every test that proves an absence also plants what it looks for and finds it.

"""


def read() -> dict[str, Any]:
    """Read what is told of the bars."""
    told: dict[str, Any] = json.loads(TOLD.read_text("utf-8"))
    return told


def write(told: Mapping[str, Any], folder: Path = DOCS) -> Path:
    """Keep what is told, and write the page from it; gives where the page stands."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    (folder / TOLD.name).write_text(text, "utf-8")
    (folder / PAGE.name).write_text(page(told), "utf-8")
    return folder / PAGE.name


def page(told: Mapping[str, Any]) -> str:
    """Write the page."""
    lines = ["| bar | asks | held by | state | figures |", "|---|---|---|---|---|"]
    lines += [_line(name, bar, told) for name, bar in told["bars"].items()]
    return HEAD + "\n".join([*lines, "", *_lacking(told["bars"]), "", *_ran(told["ran"])]) + "\n"


def state(bar: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    """Say in a word or two how far a bar holds."""
    if not bar["tests"]:
        return "next"
    files = told["ran"].get("files", {})
    ran = [files.get(each, {"passed": 0, "failed": 0}) for each in bar["tests"]]
    if any(each["failed"] for each in ran):
        return "**does not hold**"
    figures = figures_of(bar, told["measured"])
    if any(each["holds"] is False for each in figures):
        return "**figure missed**"
    if not all(each["passed"] for each in ran):
        return "not run"
    return ("in part" if "lacks" in bar else "holds") + (", measured" if figures else "")


def figures_of(bar: Mapping[str, Any], measured: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the figures that belong to a bar."""
    starts = tuple(bar.get("figures", ()))
    return [each for name, each in measured.items() if starts and name.startswith(starts)]


def _line(name: str, bar: Mapping[str, Any], told: Mapping[str, Any]) -> str:
    tests = "<br>".join(f"[{Path(each).name}](../{each})" for each in bar["tests"]) or "-"
    ran = [told["ran"].get("files", {}).get(each, {}).get("passed", 0) for each in bar["tests"]]
    counted = [f"{sum(ran)} tests"] if sum(ran) else []
    figures = [*counted, *map(_figure, figures_of(bar, told["measured"]))]
    cells = [name, bar["asks"], tests, state(bar, told), "<br>".join(figures) or "-"]
    return f"| {' | '.join(cells)} |"


def _figure(each: Mapping[str, Any]) -> str:
    ratio = f", {each['ratio']:.2f} x the yardstick" if each.get("ratio") else ""
    return (
        f"{each['name'].replace('_', ' ')}: {each['value']:.4g} {each['unit']}{ratio} "
        f"(asked: {each['goal']}; {each['database']}, {each['on']}, {each['commit']})"
    )


def _lacking(bars: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    lacks = [f"- **{name}**: {bar['lacks']}" for name, bar in bars.items() if "lacks" in bar]
    return ["## Still missing", "", *lacks]


def _ran(ran: Mapping[str, Any]) -> Sequence[str]:
    if not ran:
        return ["Not run yet."]
    every = ran["files"].values()
    passed, failed = (sum(each[part] for each in every) for part in ("passed", "failed"))
    return [
        f"Last run on {ran['on']} at commit {ran['commit']}, {ran['database']}: {passed} tests "
        f"passed, {failed} failed, in {ran['seconds']:.0f} s. `./suar test` runs them too, "
        "and on both databases what a database has a say in."
    ]
