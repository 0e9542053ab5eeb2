"""The locks: two that hold a package hold the same version of it."""

import re

from tests.house.reading import ROOT
from tools.installing import HOLDS

PINNED = re.compile(r"^([a-z0-9._-]+)(?:\[[a-z,-]+\])?==([^\s;]+)", re.MULTILINE)


def pinned(lock):
    return dict(PINNED.findall((ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")))


def test_the_lock_of_the_tests_holds_the_others_as_they_are():
    apart = {"client"}
    """The generator of `./suar prove client` needs other versions; its lock is installed beside."""
    assert set(HOLDS) | apart == {path.stem for path in (ROOT / "requirements").glob("*.lock")}
    for name in HOLDS["dev"]:
        assert len(pinned(name)) >= 1
        assert pinned(name).items() <= pinned("dev").items()


def test_research_needs_nothing_of_a_server():
    assert not {"django", "pynacl", "sqlcipher3"} & set(pinned("research"))
