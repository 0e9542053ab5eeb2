"""B25, first part: every package is pinned to a version and to its content, and needs its hash."""

import re

import pytest

from tests.house.reading import ROOT

LOCKS = ["base", "clear", "dev", "research", "spark"]
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*(\[[a-z,-]+\])?==[^\s;]+")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")


def loose(text: str) -> list[str]:
    """List the entries of a lock that name no version, no content, or an address."""
    whole = text.replace("\\\n", " ")
    entries = [line for line in whole.splitlines() if line.strip() and not line.startswith("#")]
    entries = [line for line in entries if not line.lstrip().startswith("#")]
    return [line for line in entries if not (PINNED.match(line) and HASH.search(line))]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_to_a_version_and_to_its_content(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    assert len(HASH.findall(text)) > 10
    assert loose(text) == []


def test_packages_are_only_installed_with_their_hashes() -> None:
    assert '"--require-hashes"' in (ROOT / "tools" / "installing.py").read_text("utf-8")


@pytest.mark.parametrize("planted", ["django==5.2", "django>=5.2 --hash=sha256:" + 64 * "a", "git+https://x.example/y"])
def test_the_check_finds_an_unpinned_package(planted: str) -> None:
    assert loose(planted) == [planted]
