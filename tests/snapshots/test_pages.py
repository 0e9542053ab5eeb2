"""What every page offers to every role: status, headings, form fields, links and data attributes.

The stored snapshot shows what a change of code changed on pages. After a deliberate change write it anew:
`WRITE_SNAPSHOTS=1 ./suar test tests/snapshots`, and look at the difference before you commit it.
"""

import json
import os
import re
from calendar import month_name
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from suar.accounts.roles import Permission
from suar.demo.cast import Cast
from tests import cast as at_work
from tests.bars import matrix
from tests.people import LEGAL_AID, client_of, viewer
from tests.routes import STAFF, ids_of, policy_of, staff_routes

world, cast = at_work.world, at_work.cast
STORED = Path(__file__).parent / "pages.json"
ROLES = ("ben", "esi", "gita", "hadi", "indah", "chioma", "jaya", "kartika", "nur", "farid")
PUBLIC = {"ROOT_URLCONF": "suar.website.public_urls", "MIDDLEWARE": settings.MIDDLEWARE_PUBLIC}
PUBLIC_PAGES = ("", "about", "read/1", "read/2", "others", "changed", "phone", "booklets", f"s/{LEGAL_AID}")
CHANGING = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}|[\w-]{22,}"
    r"|\d{4}-\d\d-\d\d|\b[0-9A-Z]{3} [0-9A-Z]{2,3}\b|0\.\d{4,}"
    rf"|\b\d\d? (?:{'|'.join(month_name[1:])})(?: \d{{4}})?"
)
"""Ids, digests, tokens, dates and spoken codes, which differ in every run."""
HEADINGS = ("h1", "h2")


class Outline(HTMLParser):
    """Collects what a page offers, without its prose."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[str] = []
        self.fields: set[str] = set()
        self.links: set[str] = set()
        self.data: set[str] = set()
        self._in_heading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag's attributes."""
        given = {name: value or "" for name, value in attrs}
        if tag in HEADINGS:
            self._in_heading = True
            self.headings.append("")
        if tag in ("input", "select", "textarea", "button") and given.get("name"):
            chosen = given.get("type") in ("radio", "submit") or tag == "button"
            value = f"={given.get('value', '')}" if chosen else ""
            self.fields.add(CHANGING.sub("*", given["name"] + value))
        for name in ("href", "action"):
            if name in given and tag in ("a", "form") and not given[name].startswith(("#", "tel:")):
                self.links.add(CHANGING.sub("*", given[name]).split("#")[0])
        self.data |= {CHANGING.sub("*", name) for name in given if name.startswith("data-")}

    def handle_endtag(self, tag: str) -> None:
        """Leave a heading."""
        self._in_heading = self._in_heading and tag not in HEADINGS

    def handle_data(self, data: str) -> None:
        """Take the words of headings only."""
        if self._in_heading:
            self.headings[-1] += data


def outline(answer: Any) -> dict[str, Any]:
    """Return what a page offers; of an answer that is no page only the status."""
    if not answer.get("Content-Type", "").startswith("text/html"):
        return {"status": answer.status_code}
    page = Outline()
    page.feed(answer.content.decode())
    return {
        "status": answer.status_code,
        "headings": [CHANGING.sub("*", " ".join(heading.split())) for heading in page.headings],
        "fields": sorted(page.fields),
        "links": sorted(page.links),
        "data": sorted(page.data),
    }


@pytest.fixture
def seen(cast: Cast) -> dict[str, Any]:
    """Look at every page with every role: by route, then by role; roles that see the same share an entry."""
    everyone = {**matrix.everybody(cast)}
    with_ids = matrix.pages(cast)
    plain = [r for r in staff_routes() if r.name and not ids_of(r) and isinstance(policy_of(r), Permission)]
    found: dict[str, Any] = {}
    for name in ROLES:
        player, client = everyone[name], client_of(everyone[name])
        for page in with_ids:
            if page.is_for(name, player):
                note(found, page.name, name, client.get(page.real))
        for route in plain:
            if policy_of(route) in viewer(player).permissions:
                note(found, str(route.name), name, client.get(reverse(str(route.name), urlconf=STAFF)))
    with override_settings(**PUBLIC):
        for path in PUBLIC_PAGES:
            answer = Client(headers={"host": "localhost"}).get(f"/en/{path}")
            note(found, f"public {CHANGING.sub('*', path)}", "anybody", answer)
    return found


def note(found: dict[str, Any], page: str, who: str, answer: Any) -> None:
    """Add what somebody sees of a page."""
    seen = outline(answer)
    for others, same in list(found.setdefault(page, {}).items()):
        if same == seen:
            del found[page][others]
            who = f"{others} {who}"
    found[page][who] = seen


def test_every_page_offers_what_it_offered(seen: dict[str, Any]) -> None:
    if os.environ.get("WRITE_SNAPSHOTS"):
        STORED.write_text(json.dumps(seen, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
    stored = json.loads(STORED.read_text("utf-8"))
    assert len(seen) > 100
    assert differences(stored, seen) == []


def differences(stored: dict[str, Any], seen: dict[str, Any]) -> list[str]:
    """Name each page and part that differs, with what went and what came."""
    found = [
        f"{page}: only in {'the snapshot' if page in stored else 'the code'}" for page in stored.keys() ^ seen.keys()
    ]
    for page in sorted(stored.keys() & seen.keys()):
        before, after = stored[page], seen[page]
        if before.keys() != after.keys():
            found.append(f"{page}: seen by {sorted(after)}, before by {sorted(before)}")
        for who in before.keys() & after.keys():
            for part in before[who].keys() | after[who].keys():
                old, new = before[who].get(part), after[who].get(part)
                if old != new:
                    found.append(f"{page} ({who}) {part}: {_change(old, new)}")
    return found


def _change(old: Any, new: Any) -> str:
    if isinstance(old, list) and isinstance(new, list):
        return f"gone {[item for item in old if item not in new]}, new {[item for item in new if item not in old]}"
    return f"{old} is now {new}"


def test_a_changed_page_would_be_found() -> None:
    seen, changed = (json.loads(STORED.read_text("utf-8")) for _ in range(2))
    page = next(iter(changed["person"].values()))
    page["fields"] = page["fields"][1:]
    assert len(differences(seen, changed)) == 1
