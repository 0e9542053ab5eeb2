"""Looks at every page that a walk comes to: stumbling blocks, width, policy, what it asks for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.stories.walker import Walker, travel
from tests.website.watching import WATCH, broken, faults, is_too_wide

NARROW_PX = 320
NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LINK = re.compile(r"^/(l|e)/[\w-]+")
GUARDS = (
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cache-control",
)
OPENED = "for (const part of document.querySelectorAll('main details:not([open])')) "
OPEN, CLOSE = (
    OPENED + "{part.open = true; part.dataset.looked = ''}",
    ("for (const part of document.querySelectorAll('[data-looked]')) {part.open = false; delete part.dataset.looked}"),
)
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
PARTS = """() => {
  const parts = [...document.querySelectorAll("main, main *")];
  const named = parts.map((part) => [part.tagName, part.className, part.dataset.kind].join());
  return [...new Set(named)].sort().join();
}"""
REACH = """() => {
  const act = document.querySelector("form[data-leave] button, a[data-leave]");
  const box = act?.getBoundingClientRect();
  const seen = box && box.width >= 44 && box.height >= 44 && box.top >= 0
    && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth
    && act.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
  return seen ? act.closest("form")?.getAttribute("action") ?? act.getAttribute("href") : null;
}"""
FACTS = f"""() => ({{
  title: document.title,
  heading: document.querySelector("h1")?.innerText ?? "",
  leave: ({REACH})(),
  headings: document.querySelectorAll("h1").length,
  language: document.documentElement.lang,
}})"""


@dataclass
class Seen:
    """One page: where, what it is called, and what is wrong with it."""

    path: str
    address: str
    title: str
    heading: str
    faults: list[str]
    too_wide: list[int]
    leave: str | None
    headings: int
    language: str

    def __str__(self) -> str:
        return f"{self.path} {self.heading}"


@dataclass
class Look:
    """All that was seen on a walk through one door."""

    own: str
    files: str = "data:"
    """The origin of sent files, if pages may show pictures of it."""
    pages: dict[tuple[str, str], Seen] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    unguarded: list[str] = field(default_factory=list)
    answers: int = 0
    checks_every: int = 1
    """Axe checks one page in this many."""
    checked: int = 0

    def watch(self, page: Any) -> None:
        """Listen to what a tab asks for, is answered, and is refused by its policy."""
        page.add_init_script(WATCH)
        page.on("console", lambda message: self._heard(message.text))
        page.on("request", lambda request: self._asked(request.url))
        page.on("response", self._answered)

    def at(self, page: Any) -> None:
        """Look at the page that is open, unless the same one was looked at before."""
        path = plain_path(page.url.removeprefix(self.own))
        parts = page.evaluate(PARTS)
        if (path, parts) not in self.pages:
            self.pages[path, parts] = self._seen(page, path)

    def _seen(self, page: Any, path: str) -> Seen:
        facts = page.evaluate(FACTS)
        page.evaluate(OPEN)
        found = []
        if len(self.pages) % self.checks_every == 0:
            self.checked += 1
            with _tall(page):
                found = [*faults(page), *_dim_faults(page)]
        wide = [width for width in dict.fromkeys((_width(page), NARROW_PX)) if _is_too_wide(page, width)]
        page.evaluate(CLOSE)
        address = page.url.removeprefix(self.own).split("#")[0]
        return Seen(path, address, faults=found, too_wide=wide, **facts)

    def _heard(self, words: str) -> None:
        if "stopped by the policy" in words or "Content Security Policy" in words:
            self.stopped.append(words)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.own + "/", self.files, "data:")):
            self.elsewhere.append(url)

    def _answered(self, answer: Any) -> None:
        self.answers += 1
        bare = [name for name in GUARDS if not answer.headers.get(name)]
        if bare and answer.url.startswith((self.own, self.files)) and not answer.url.startswith("data:"):
            self.unguarded.append(f"{answer.status} {plain_path(answer.url)}: {bare}")


@dataclass
class Looker(Walker):
    """A worker with an inspector beside them, who looks at each page they come to."""

    look: Look = field(default_factory=lambda: Look(""))

    def go(self, path: str) -> None:
        """Open a path and look at it."""
        super().go(path)
        self.look.at(self.page)

    def press(self, selector: str) -> None:
        """Press, and look at the page it leads to."""
        super().press(selector)
        self.look.at(self.page)

    def unguard(self) -> None:
        """Let the browser send forms with nothing in them, so that the server says what lacks."""
        self.page.evaluate("for (const form of document.forms) form.noValidate = true")

    def go_on_without_a_word(self) -> None:
        """Press the main act with nothing filled in, and look at what the page says to it."""
        self.unguard()
        self.go_on()

    def prove(self, name: str) -> None:
        """Sign in on the page that asks for it, to go on with what was typed."""
        travel(self.demonstration, seconds=60)
        self.type("name", name)
        self.type("password", self.demonstration.worker(name)["password"])
        self.type("code", self.demonstration.code(name))
        self.go_on()


def plain_path(path: str) -> str:
    """Return a path without what changes with every walk."""
    return LINK.sub(r"/\1/TOKEN", NUMBER.sub("ID", path)).split("#")[0].split("?")[0]


def _dim_faults(page: Any) -> list[str]:
    page.emulate_media(color_scheme="dark")
    found = broken(page, CONTRAST)
    page.emulate_media(color_scheme="light")
    return [f"dark: {fault}" for fault in found]


@contextmanager
def _tall(page: Any) -> Iterator[None]:
    """Show the whole page at once, so that no bar that stays in place lies over anything."""
    size = page.viewport_size
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({**size, "height": height + size["height"]})
    yield
    page.set_viewport_size(size)


def _width(page: Any) -> int:
    return int(page.viewport_size["width"])


def _is_too_wide(page: Any, width: int) -> bool:
    size = page.viewport_size
    if size["width"] == width:
        return is_too_wide(page)
    page.set_viewport_size({**size, "width": width})
    found = is_too_wide(page)
    page.set_viewport_size(size)
    return found
