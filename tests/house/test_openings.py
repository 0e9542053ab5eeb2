"""Only named modules open records, hold a key's private half, or open what is sealed.

Source: house.md, contracts; security.md 3.3. A module is added here when somebody has seen that
whatever it opens is written to the audit.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.house.reading import SUAR, files, tree

MAY: dict[str, set[str]] = {
    "open_record": {
        "cases/actions.py",
        "cases/duplicates.py",
        "cases/erasure.py",
        # Each person of an absent worker goes to a colleague; nothing of them is shown.
        "cases/handover.py",
        "cases/views/case.py",
        "cases/views/day.py",
        # A draft of a talk or of a form about a person; only the worker's own draft is read or written.
        "cases/views/person.py",
        # New keys for records of an account whose keys may be stolen; nothing of them is shown.
        "cases/views/accesses.py",
        "consent/exclusions.py",
        "demo/people.py",
        "referrals/exclusions.py",
        "referrals/receiving.py",
        "referrals/views/person.py",
        "referrals/views/received.py",
        "screening/queries.py",
        "screening/views/ended.py",
        "screening/views/papers.py",
        "screening/views/talk.py",
    },
    "open_documents": {"cases/statistics.py", "cases/htcds/exporting.py"},
    "pair": {
        "referrals/packets.py",
        "referrals/receiving.py",
        "referrals/second_opinions.py",
        "screening/team_opinions.py",
        "records/keyring.py",
        "records/queries.py",
        "contact/opening.py",
        # What was done in the community, which is about nobody.
        "cases/community.py",
        # A paper that its holder typed, sealed to the worker who opens lost keys.
        "accounts/key_requests.py",
        # A sheet that the worker uploaded themselves, of people who have no record yet.
        "cases/imports.py",
        # Why a record was opened in an emergency, and what the review found: about workers.
        "accounts/access_reviews.py",
    },
    "private": {
        "accounts/key_changes.py",
        "accounts/key_requests.py",
        "accounts/keys.py",
        "accounts/sessions.py",
        "accounts/setup.py",
        "accounts/workers.py",
    },
    # The keys of records pass from an old key to a new one; nothing of the records is read.
    "open_grant": {"records/key_changes.py"},
    "opened_before": {"cases/drafts.py"},
    "search_key": {"records/actions.py", "records/key_changes.py", "records/queries.py"},
    "unseal": {
        "referrals/packets.py",
        "records/keyring.py",
        "records/queries.py",
        "contact/letters.py",
    },
    "unwrap": {
        "accounts/factors.py",
        "accounts/keys.py",
        "accounts/sessions.py",
        "referrals/links.py",
        "records/queries.py",
        "contact/public/resume.py",
        "records/file_links.py",
        "records/keyring.py",
    },
}
"""Each way to open something, and the modules that may go it."""


def named(found: ast.Module) -> set[str]:
    """Name the ways that a module goes: it calls them, hands them on, or imports them."""
    ways = {node.attr for node in ast.walk(found) if isinstance(node, ast.Attribute)}
    for node in ast.walk(found):
        if isinstance(node, ast.ImportFrom):
            ways |= {name.name for name in node.names}
    return ways & set(MAY)


@cache
def ways_of(path: Path) -> set[str]:
    """Name the ways that a file goes, read once for all of them."""
    return named(tree(path))


def going(way: str) -> set[str]:
    """Return the modules outside of sealing that go a way."""
    return {str(path.relative_to(SUAR)) for path in files(".py") if _is_ours(path) and way in ways_of(path)}


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(SUAR) and not path.is_relative_to(SUAR / "crypto")


@pytest.mark.parametrize("way", MAY)
def test_only_listed_modules_open_sealed_data(way: str) -> None:
    assert going(way) == MAY[way]


@pytest.mark.parametrize(
    "code",
    [
        "keyring.open_record(record, keys=keys)",
        "act = keyring.open_record",
        "from suar.records.keyring import open_record as peep",
    ],
)
def test_the_check_finds_another_module_that_opens_a_record(code: str) -> None:
    assert named(ast.parse(code)) == {"open_record"}
