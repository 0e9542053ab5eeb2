"""Attacks on return codes: callers with many addresses must not stop a person who comes back, or who writes first.

Source: security.md B6, B7 and T18.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from suar.contact import return_codes
from suar.core import ratelimit
from suar.core.refusals import TooBusy
from tests.cast import cast, world  # noqa: F401 - fixtures
from tests.contact.conftest import asker, desk  # noqa: F401 - fixtures
from tests.contact.writing import ask_for_help
from tests.website.conftest import public_site, visitor  # noqa: F401 - fixtures

CALLERS, COMES_BACK, HASH_S = 6, 10, 0.2


def wait_for_slot(*, hash_s: float) -> bool:
    """Hash one code as `derive_keys` does; return False if the queue refused it."""
    wait_s = return_codes.MAX_WAIT_S
    try:
        with ratelimit.hash_slot(return_codes.QUEUE, slots=1, longest_wait_s=wait_s):
            time.sleep(hash_s)
    except TooBusy:
        return False
    return True


@contextmanager
def six_callers(take_turn: Callable[[str], None]) -> Iterator[None]:
    """Let six callers take turns again and again until the block ends."""
    over = threading.Event()

    def attack() -> None:
        while not over.is_set():
            take_turn("caller")

    attackers = [threading.Thread(target=attack) for _ in range(CALLERS)]
    for attacker in attackers:
        attacker.start()
    try:
        yield
    finally:
        over.set()
        for attacker in attackers:
            attacker.join(60)


def wait_until_queued(folder: Path, number: int) -> None:
    """Wait until so many callers wait for a slot."""
    until = time.monotonic() + 60
    while len(list(folder.rglob("waits-*"))) < number:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_six_concurrent_callers_do_not_overtake_a_returning_person(settings: Any, tmp_path: Path) -> None:
    """Who comes back waits at most for the six hashes that were asked for before."""
    settings.SUAR_DATA, turns = tmp_path, []

    def take_turn(name: str) -> None:
        with ratelimit.hash_slot(return_codes.QUEUE, slots=1, longest_wait_s=60):
            turns.append(name)

    with six_callers(take_turn):
        for number in range(COMES_BACK):
            person = threading.Thread(target=take_turn, args=[f"person {number}"])
            with ratelimit.hash_slot(return_codes.QUEUE, slots=1, longest_wait_s=60):
                wait_until_queued(tmp_path, CALLERS)
                before = len(turns)
                person.start()
                wait_until_queued(tmp_path, CALLERS + 1)
            person.join(60)
            assert turns.index(f"person {number}") <= before + CALLERS


@pytest.mark.django_db
def test_guessing_codes_does_not_block_new_letters(asker: Any) -> None:  # noqa: F811 - a fixture
    with ExitStack() as guesses:
        for _slot in range(return_codes.slots()):
            guesses.enter_context(ratelimit.hash_slot(return_codes.QUEUE, slots=return_codes.slots()))
        assert ask_for_help(asker)[1]


def test_a_crowd_is_refused_at_once(settings: Any, tmp_path: Path) -> None:
    settings.SUAR_DATA = tmp_path
    waits_s = []

    def come_in() -> None:
        begin = time.monotonic()
        wait_for_slot(hash_s=HASH_S)
        waits_s.append(time.monotonic() - begin)

    crowd = [threading.Thread(target=come_in) for _ in range(60)]
    for caller in crowd:
        caller.start()
    for caller in crowd:
        caller.join(30)
    assert sum(wait < 1 for wait in waits_s) >= 40
