"""`./suar prove access`: check the accessibility of every public page in every language, into docs/access.md.

It opens every kind of page of a served demonstration in each language, runs axe (WCAG 2.2 AA) at 320 px and
1280 px, and checks sideways scrolling and the size of targets at 320 px. One picture for each language goes to
docs/tour. The exit code is 1 if a fault was found.
"""

import argparse
import base64
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import sync_playwright

from bench.access_walk import walk
from bench.figures import DOCS, run_facts
from tests.browsing import launch_chromium
from tests.standing import Demonstration, standing_in
from tests.stories.walker import travel
from tests.website.watching import AXE, RULES, broken, is_too_wide
from tools import installing

PAGE, FOLDER = DOCS / "access.md", DOCS / "tour"
NARROW, WIDE, HEIGHT = 320, 1280, 780
MAX_FILE_BYTES = 150_000
PICTURED = ("front", "read/5", "check, two ticked", "found", "service", "ask")
SMALL = """() => {
  const own = "main :is(button, .act, summary, select, textarea, input:not([type=hidden])), "
    + ".bar :is(a, summary), .leave, a[href^='tel:']";
  const target = (each) => each.matches("input") ? each.closest("label") ?? each : each;
  return [...document.querySelectorAll(own)].map(target).flatMap((each) => {
    const {width, height} = each.getBoundingClientRect();
    const least = each.matches(".act, .leave, summary, select, label, a[href^='tel:']") ? 44 : 24;
    const seen = each.checkVisibility({visibilityProperty: true}) && width > 0;
    const words = each.textContent.trim().slice(0, 30);
    return seen && Math.min(width, height) < least - .5
      ? [`${Math.round(width)} x ${Math.round(height)} px: ${each.tagName} ${words}`] : [];
  });
}"""
OUT = """() => [...document.querySelectorAll("main :not(svg, svg *, .unseen, option), .bar *")]
  .filter((each) => each.clientWidth > 2 && each.scrollWidth > each.clientWidth + 1
    && getComputedStyle(each).overflowX === "visible" && !each.querySelector("[data-placed]"))
  .map((each) => `${each.tagName} ${each.textContent.trim().slice(0, 30)}`)"""
"""Words that leave their box; the tiles of places use the margin of the page on purpose."""
SHEET = (
    '<body style="margin:0;display:inline-grid;grid-template-columns:repeat(6,320px);gap:12px;'
    'padding:12px;background:#777">{}</body>'
)
HEAD = """# Every public page, in every language

Written by `./suar prove access` on {on} at commit {commit}, {machine}. A served demonstration with invented
people, {pages} kinds of pages in each language, with script. Each page is checked by axe-core (WCAG 2.0 to 2.2,
A and AA) at 320 px and at 1280 px. At 320 px nothing may scroll sideways or leave its box, and no target may be
smaller than 24 px; main actions, lists, choices and phone numbers need 44 px.
{verdict}

A program finds only some barriers. **Nobody who uses a screen reader every day has tried these pages yet, and
no native speaker has read most languages.**

| language | code | pages | axe | sideways | too small | picture |
|---|---|---|---|---|---|---|
"""


@dataclass
class Walked:
    """The faults of one language, each with its page."""

    code: str
    name: str
    pages: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)

    @property
    def all_faults(self) -> list[str]:
        """Return all faults."""
        return [*self.faults, *self.sideways, *self.small]

    @property
    def picture(self) -> Path:
        """Return the path of its picture."""
        return FOLDER / f"access-{self.code}.webp"

    @property
    def row(self) -> str:
        """Return its row of the table."""
        counts = (self.pages, self.faults, self.sideways, self.small)
        data = (self.name, f"`{self.code}`", *map(len, counts), f"[320 px](tour/{self.picture.name})")
        return f"| {' | '.join(map(str, data))} |\n"


def main(words: Sequence[str]) -> int:
    """Walk, print faults, take pictures, and write the page when every language was walked."""
    parser = argparse.ArgumentParser(prog="./suar prove access", description=__doc__)
    parser.add_argument("--languages", default="", help="only these, as en,km: no page is written")
    options = parser.parse_args(words)
    some = [code for code in options.languages.split(",") if code]
    known = dict(settings.LANGUAGES)
    if unknown := [code for code in some if code not in known]:
        parser.error(f"no language of this site: {', '.join(unknown)}")
    installing.debian_packages()
    facts = run_facts()
    walked = list(_walks({code: known[code] for code in some or known}))
    if not some:
        PAGE.write_text(_page(walked, facts), "utf-8")
        print(f"{PAGE.name} is written.")
    return int(any(item.all_faults for item in walked))


def _walks(languages: Mapping[str, str]) -> Iterator[Walked]:
    """Walk through one demonstration in one browser; the clock moves on so that no rate limit is reached."""
    with (
        tempfile.TemporaryDirectory(prefix="suar-access-") as folder,
        standing_in(Path(folder)) as demonstration,
        sync_playwright() as playwright,
    ):
        browser = launch_chromium(playwright)
        for code, name in languages.items():
            began, created = time.monotonic(), Walked(code, name)
            _walk(browser, demonstration, created)
            seconds = time.monotonic() - began
            print(f"{code}: {len(created.pages)} pages, {len(created.all_faults)} found, {seconds:.0f} s", flush=True)
            for line in created.all_faults:
                print(f"  {line}", flush=True)
            travel(demonstration, seconds=75 * 60)
            yield created


def _walk(browser: Any, demonstration: Demonstration, created: Walked) -> None:
    shots: dict[str, bytes] = {}
    context = browser.new_context(
        locale=created.code,
        viewport={"width": NARROW, "height": HEIGHT},
        reduced_motion="reduce",
        base_url=demonstration.public,
    )
    context.set_default_timeout(20_000)
    tab = context.new_page()
    for name in walk(tab, created.code):
        created.pages.append(name)
        _look(tab, name, created)
        if name in PICTURED:
            tab.evaluate("scrollTo(0, 0)")
            shots[name] = tab.screenshot()
    _keep(tab, [shots[name] for name in PICTURED], created.picture)
    context.close()


def _look(tab: Any, name: str, created: Walked) -> None:
    """Check a page at both widths, and leave it at the narrow one."""
    tab.evaluate(AXE.read_text("utf-8"))
    for width in (WIDE, NARROW):
        tab.set_viewport_size({"width": width, "height": HEIGHT})
        created.faults += [f"{name}, {width} px: {fault}" for fault in broken(tab, RULES)]
    created.sideways += [f"{name}: scrolls sideways"] if is_too_wide(tab) else []
    created.sideways += [f"{name}: runs out of {item}" for item in tab.evaluate(OUT)]
    created.small += [f"{name}: {item}" for item in tab.evaluate(SMALL)]


def _keep(tab: Any, shots: Sequence[bytes], file: Path) -> None:
    """Join the pictures into one small file."""
    sheet = tab.context.new_page()
    every = (f'<img src="data:image/png;base64,{base64.b64encode(s).decode()}">' for s in shots)
    sheet.set_viewport_size({"width": 2_004, "height": HEIGHT + 24})
    sheet.set_content(SHEET.format("".join(every)), wait_until="load")
    session = sheet.context.new_cdp_session(sheet)
    for quality in (60, 45, 30, 20):
        data = session.send("Page.captureScreenshot", {"format": "webp", "quality": quality})
        content = base64.b64decode(data["data"])
        if len(content) <= MAX_FILE_BYTES:
            break
    FOLDER.mkdir(exist_ok=True)
    file.write_bytes(content)


def _page(walked: Sequence[Walked], facts: Mapping[str, str]) -> str:
    result = [line for item in walked for line in item.all_faults]
    verdict = "**Nothing was found.**" if not result else f"**{len(result)} found, see below.**"
    head = HEAD.format(**facts, pages=len(walked[0].pages), verdict=verdict)
    rows = "".join(item.row for item in walked)
    kinds = f"\nThe pages: {'; '.join(walked[0].pages)}.\n"
    data = "".join(f"- {item.code}, {line}\n" for item in walked for line in item.all_faults)
    return head + rows + kinds + (f"\n## Found\n\n{data}" if data else "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
