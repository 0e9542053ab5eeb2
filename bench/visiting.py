"""What visitors and workers do at our doors and at the yardstick's, as clients of the driver."""

import itertools
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from bench import people, synthetic, talk
from bench.load import Ask, Client
from bench.wire import Answer, Door, request

FORM_TOKEN = "benchbenchbenchbenchbenchbench32"  # noqa: S105 - one half of a form check
FORM_COOKIE = f"__Host-form={FORM_TOKEN}"
TICKET = re.compile(rb'name="ticket" value="([^"]+)"')
VERSION = re.compile(rb'name="version" value="(\d+)"')
FOUND = re.compile(rb'<li><a href="/people/([0-9a-f-]{36})">([^<]*)</a>')
MANY = 100_000
NEED_OF_GROUP = {
    "HOUSING": "bed",
    "HEALTH": "health",
    "MENTAL": "talk",
    "BASIC": "food",
    "ECONOMIC": "work",
    "EDUCATION": "work",
    "SAFETY": "safety",
    "STATUS": "papers",
    "JUSTICE": "rights",
    "FAMILY": "family",
    "RETURN": "way-home",
    "COORD": "unsure",
}
WHO = {"FEMALE": "woman", "MALE": "man"}
XML = "text/xml"


class Unexpected(RuntimeError):
    """A door answered otherwise than the workload needs, so its figures would mean nothing."""


def searching(door: Door, *, seed: int) -> Client:
    """Search at the public door without end; each form carries a ticket of the page before."""
    page = yield Ask(request(door, "GET", "/en/"), counts=False)
    for wanted in synthetic.searches(MANY, seed=seed):
        ticket = _first(TICKET, page)
        page = yield Ask(request(door, "POST", "/", body=_public_form(wanted, ticket)))
        _expect(page, 200)


def anchor_searching(door: Door, *, seed: int) -> Client:
    """Search at the yardstick without end."""
    for wanted in synthetic.searches(MANY, seed=seed):
        place = wanted.get("place", "")
        words = wanted.get("text") or (wanted.get("needs") or [""])[0].lower()
        asked = {
            "q": words,
            "district": place if len(place) == 5 and not words else "",
            "language": wanted.get("language", ""),
        }
        _expect((yield Ask(request(door, "GET", f"/services?{urlencode(asked)}"))), 200)


def reading(door: Door, path: str, cookies: str = "") -> Client:
    """Read one page without end."""
    raw = request(door, "GET", path, cookies=cookies)
    while True:
        _expect((yield Ask(raw)), 200)


class Saver:
    """Saves one step after the other of a few talks, and goes on where the last loop ended."""

    def __init__(self, door: Door, talks: Sequence[dict[str, Any]], cookies: dict[str, str]):
        """Take talks as they were made, with the version each draft stands at."""
        self._door, self._talks, self._cookies = door, talks, cookies
        self._versions = {each["id"]: int(each["version"]) for each in talks}
        self._steps = talk.STEPS_OF[talks[0]["form"]]
        self._turns = itertools.cycle(itertools.product(self._steps, talks))

    def client(self) -> Client:
        """Save without end; the version counts each save that was answered."""
        for step, each in self._turns:
            version = self._versions[each["id"]]
            body = talk.body(self._steps[step], version=str(version), **_token())
            raw = _post(self._door, f"/talk/{each['id']}/{step}", body, self._cookies[each["by"]])
            _expect((yield Ask(raw)), 302)
            self._versions[each["id"]] = version + 1


class OneByOne(Iterator[Any]):
    """An iterator that several clients may take from."""

    def __init__(self, things: Iterable[Any]) -> None:
        """Share out these things."""
        self._things, self._lock = iter(things), threading.Lock()

    def __next__(self) -> Any:
        with self._lock:
            return next(self._things)


def ending(door: Door, talks: Iterator[dict[str, Any]]) -> Client:
    """End talks that are shared with other clients until none is left."""
    for each in talks:
        person = people.person(each["number"])
        taps = talk.outcome(people.full_name(person), person["number"], version=each["version"])
        path = f"/talk/{each['id']}/outcome"
        raw = _post(door, path, talk.body(taps, **_token()), each["cookies"])
        answer = yield Ask(raw)
        if not each.get("twice"):
            _expect(answer, 302)


def anchor_submitting(door: Door, forms: Iterator[str]) -> Client:
    """Send forms that are shared with other clients until none is left."""
    for form in forms:
        _expect((yield Ask(request(door, "POST", "/submit", body=form, kind=XML))), 201)


def finding(door: Door, names: Sequence[str], cookies: str, found: dict[str, list[str]]) -> Client:
    """Look for people by names nearly right, once each; `found` is given the names shown."""
    for name in names:
        body = urlencode({"name": people.with_typos(name), **_token()})
        page = yield Ask(_post(door, "/find", body, cookies))
        _expect(page, 200)
        found[name] = [shown.decode() for _, shown in FOUND.findall(page.body)]


def _public_form(wanted: dict[str, Any], ticket: str) -> str:
    needs = [("needs", NEED_OF_GROUP[group]) for group in wanted.get("needs", ())]
    return urlencode(
        [
            *needs,
            ("lang", "en"),
            ("place", wanted.get("place", "")),
            ("who", WHO.get(wanted.get("sex", ""), "")),
            ("spoken", wanted.get("language", "")),
            ("ticket", ticket),
        ]
    )


def _post(door: Door, path: str, body: str, cookies: str) -> bytes:
    return request(door, "POST", path, body=body, cookies=f"{cookies}; {FORM_COOKIE}")


def _token() -> dict[str, str]:
    return {"csrfmiddlewaretoken": FORM_TOKEN}


def _first(pattern: re.Pattern[bytes], page: Answer) -> str:
    found = pattern.search(page.body)
    if found is None:
        raise Unexpected(f"status {page.status} without a form: {page.body[:300]!r}")
    return found[1].decode()


def _expect(answer: Answer, status: int) -> None:
    if answer.status != status:
        raise Unexpected(f"status {answer.status} instead of {status}: {answer.body[:300]!r}")
