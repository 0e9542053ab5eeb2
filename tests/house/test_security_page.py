"""SECURITY.md says what to do after each kind of loss, by pages and commands that exist, and what can be forged."""

import re
import subprocess
import sys

import pytest
from django.urls import Resolver404, resolve

from tests.routes import STAFF
from tools.places import ROOT

PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
LOSSES = {
    *("A worker's phone", "A password", "A recovery sheet", "A sheet of codes or an authenticator", "The server"),
    *("A backup", "`secret.key` or `db.key`", "A share of the escrow", "A worker left"),
    "A worker's keys may be stolen",
}


def section(title: str) -> str:
    """Return the text under a heading."""
    return re.search(rf"^#+ {title}\n(.*?)(?=^#+ |\Z)", PAGE, re.DOTALL | re.MULTILINE)[1]


def test_each_kind_of_loss_has_its_steps():
    assert set(re.findall(r"^- \*\*(.+?)\.\*\*", section("After an incident"), re.MULTILINE)) == LOSSES


def test_steps_lead_to_pages_and_commands_that_exist():
    steps = section("After an incident")
    pages = re.findall(r"`(/[a-z/]+)`", steps)
    assert len(pages) > 8
    for path in pages:
        assert resolve(path, urlconf=STAFF), path
    with pytest.raises(Resolver404):
        resolve("/account/nowhere", urlconf=STAFF)
    commands = subprocess.run([sys.executable, "suar", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    named = set(re.findall(r"`\./suar ([a-z]+)", steps))
    assert {"audit", "restore"} <= named
    assert all(re.search(rf"\b{name}\b", commands.stdout) for name in named)


def test_what_an_administrator_can_still_forge_is_said():
    still = section("What an administrator of a running server can still forge")
    for words in ("false entries", "sign heads", "stop the daily job", "act as workers"):
        assert words in still
