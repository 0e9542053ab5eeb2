"""How a story walks: signs in, taps, types, and reads, by mouse or by keyboard alone."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from suar.core import clock
from tests.standing import Demonstration
from tests.stories import keys

PHONE_PX = 640
"""Up to this width others are taken to use the device too (shared.js)."""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Walker:
    """One worker at one browser; with `keys_only` nothing is clicked, nor focused by script."""

    page: Any
    demonstration: Demonstration
    keys_only: bool = False

    def sign_in(self, name: str, *, language: str = "en", pause_s: int = 60, on_page: bool = False) -> "Walker":
        """Sign in as a worker of the invented world and choose the language.

        A second-factor code is good once: without a pause they must not have signed in within a minute.
        By keys alone or `on_page` the form is typed into; otherwise the browser sends it without showing it.
        """
        travel(self.demonstration, seconds=pause_s)
        password = self.demonstration.worker(name)["password"]
        typed = {"name": name, "password": password, "code": self.demonstration.code(name)}
        if self.keys_only or on_page:
            self.page.goto(f"{self.demonstration.staff}/sign-in")
            for field_name, text in typed.items():
                self.type(field_name, text)
            self.press("main form button.act:not([data-quiet])")
            self.page.wait_for_url(f"{self.demonstration.staff}/")
        else:
            self._send("/sign-in", typed | ({"shared": "on"} if self.page.viewport_size["width"] <= PHONE_PX else {}))
            self.go("/")
            assert self.path() == "/", f"{name} is not signed in"
        if self.page.locator("html").get_attribute("lang") != language:
            self.press(f'.languages button[value="{language}"]')
        return self

    def _send(self, path: str, typed: dict[str, str]) -> None:
        """Send the form of a page, which leads on to another page, with the cookies of this browser."""
        address, request = f"{self.demonstration.staff}{path}", self.page.context.request
        [token] = set(TOKEN.findall(request.get(address).text()))
        answer = request.post(address, form={"csrfmiddlewaretoken": token, **typed}, max_redirects=0)
        assert answer.status == 302, f"{path}: {answer.status}"

    def go(self, path: str) -> None:
        """Open a path of the staff door."""
        self.page.goto(f"{self.demonstration.staff}{path}")

    def type(self, name: str, text: str) -> None:
        """Type into the field of this name."""
        field = self.page.locator(f'main [name="{name}"]:not([type="hidden"])').first
        self._open_around(field)
        if self.keys_only:
            keys.fill(self.page, field, text)
        else:
            field.fill(text)

    def type_day(self, name: str) -> None:
        """Type a day some weeks ahead, one that reads the same whichever of the two comes first."""
        day = today(self.demonstration) + timedelta(days=2)
        while day.day != day.month:
            day += timedelta(days=1)
        self.type(name, f"{day:%d%m%Y}" if self.keys_only else str(day))

    def tap(self, name: str, value: str = "") -> None:
        """Choose an answer or tick a box."""
        chosen = f'[value="{value}"]' if value else ""
        box = self.page.locator(f'main input[name="{name}"]{chosen}:not([type="hidden"])').first
        self._open_around(box)
        if box.is_checked():
            return
        if self.keys_only:
            keys.tick(self.page, box)
        else:
            # A bar that stays in place may lie over what is just in view.
            box.evaluate("box => box.scrollIntoView({block: 'center'})")
            box.check(force=True)
        assert box.is_checked(), f"{name}={value} did not take"

    def choose(self, name: str, value: str, *, within: str = "") -> None:
        """Choose from a list that drops down."""
        field = self.page.locator(f'main {within} select[name="{name}"]').first
        self._open_around(field)
        if self.keys_only:
            keys.pick(self.page, field, value)
        else:
            field.select_option(value)

    def press(self, selector: str) -> None:
        """Press a button or follow a link, and wait for the page it leads to."""
        target = self.page.locator(selector).first
        self._open_around(target)
        before = self.page.url
        with self.page.expect_event("load"):
            if self.keys_only:
                keys.enter(self.page, target)
            else:
                target.click()
        assert self.page.locator("h1").count() == 1, f"{before} -> {self.page.url}: one heading"

    def go_to_one_with(self, wanted: str, *, among: str) -> None:
        """Open what a list leads to, one after the other, until a page shows what is wanted.

        Stories share a demonstration: which of its rows stands first depends on who was here before.
        """
        listed = self.page.locator(among).all()
        for path in [str(item.get_attribute("href")) for item in listed]:
            self.go(path)
            if self.page.locator(wanted).count():
                return
        raise AssertionError(f"none of {len(listed)} pages shows {wanted}")

    def go_on(self) -> None:
        """Press the main act of the page."""
        self.press("main form button.act:not([data-quiet])")

    def text(self) -> str:
        """Read what the page shows."""
        return str(self.page.locator("main").inner_text())

    def path(self) -> str:
        """Return the path of the page."""
        return str(self.page.url).removeprefix(self.demonstration.staff)

    def _open_around(self, target: Any) -> None:
        """Open every folded part around a target, as a person would, from the outside in."""
        folded = target.locator("xpath=ancestor::details[not(@open)]")
        while folded.count():
            summary = folded.first.locator("summary").first
            if self.keys_only:
                keys.enter(self.page, summary)
            else:
                summary.click()
            assert folded.count() == 0 or folded.first.get_attribute("open") is None
            folded = target.locator("xpath=ancestor::details[not(@open)]")


def today(demonstration: Demonstration) -> date:
    """Return the day it is in the invented world, which may have travelled."""
    shift = demonstration.folder.data / "clock.shift"
    ahead = int(shift.read_text("ascii")) if shift.exists() else 0
    return clock.local_date(clock.now() + timedelta(seconds=ahead))


def travel(demonstration: Demonstration, *, days: int = 0, seconds: int = 0) -> None:
    """Move the clock of the invented world ahead, as `./suar demo travel` does."""
    shift = demonstration.folder.data / "clock.shift"
    before = int(shift.read_text("ascii")) if shift.exists() else 0
    shift.write_text(str(before + days * 86_400 + seconds), "ascii")
