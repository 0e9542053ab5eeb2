"""Attacks on return codes: callers with many addresses must not stop a person who comes back, or who writes first.

A thief of the database must not try all codes. Source: security.md B6, B7, T18 and 3.4.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from suar.contact import return_codes
from suar.contact.documents import CodeKind
from suar.contact.models import CodeSalt
from suar.contact.public.actions import create_request
from suar.contact.return_codes import parse_code
from suar.core import clock, locks
from suar.core.refusals import TooBusy
from tests.cast import cast, world  # noqa: F401 - fixtures
from tests.contact.conftest import asker, desk  # noqa: F401 - fixtures
from tests.contact.writing import ask_for_help, came_back, press, request_to
from tests.website.conftest import public_site, visitor  # noqa: F401 - fixtures

CALLERS, COMES_BACK, HASH_S = 6, 10, 0.2


def wait_for_slot(*, hash_s: float) -> bool:
    """Hash one code as `derive_keys` does; return False if the queue refused it."""
    wait_s = return_codes.MAX_WAIT_S
    try:
        with locks.queue_slot(return_codes.QUEUE, slots=1, longest_wait_s=wait_s):
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
        with locks.queue_slot(return_codes.QUEUE, slots=1, longest_wait_s=60):
            turns.append(name)

    with six_callers(take_turn):
        for number in range(COMES_BACK):
            person = threading.Thread(target=take_turn, args=[f"person {number}"])
            with locks.queue_slot(return_codes.QUEUE, slots=1, longest_wait_s=60):
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
            guesses.enter_context(locks.queue_slot(return_codes.QUEUE, slots=return_codes.slots()))
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


DRAWN = {
    CodeKind.DIGITS: return_codes.DIGITS * math.log2(10),
    CodeKind.WORDS: return_codes.WORDS * math.log2(return_codes.WORDS_IN_LIST),
    CodeKind.PICTURES: return_codes.PICTURES * math.log2(len(return_codes.things()) * return_codes.MAX_OF_ONE_THING),
}
SEED = bytes(range(16))
OLD = ["digits|123456789012", "words|0|1 2 3 4 5", "pictures|" + " ".join(["1fish"] * 6)]


@pytest.mark.parametrize("kind", DRAWN)
def test_a_thief_has_more_than_fifty_bits_to_try(kind: CodeKind) -> None:
    drawn: list[int] = []

    def draw(limit: int) -> int:
        drawn.append(limit)
        return limit - 1

    code = return_codes.new_code(kind, language="en", draw=draw)
    assert math.log2(math.prod(drawn)) == pytest.approx(DRAWN[kind])
    assert DRAWN[kind] >= 50
    typed = f"  {code.text.upper().replace(' ', ' - ')} "
    assert kind is CodeKind.PICTURES or return_codes.read_code(typed) == code.plain


def test_a_hash_fits_the_codes_of_one_salt_in_a_thousand_only() -> None:
    codes = [return_codes.new_code(CodeKind.DIGITS, language="en").plain for _ in range(4000)]
    salts = {return_codes.salt_of(code, SEED) for code in codes}
    assert len(salts) > 900, "of 1,024"
    assert all(return_codes.salt_of(code, SEED) == return_codes.salt_of(code, SEED) for code in codes[:9])
    assert {return_codes.salt_of(code, SEED) for code in OLD} == {SEED}, "codes of version 0.1 keep theirs"


@pytest.mark.django_db
def test_the_database_does_not_say_which_salt_a_code_has(asker: Any) -> None:  # noqa: F811 - a fixture
    before = [(row.number, bytes(row.salt)) for row in CodeSalt.objects.all()]
    assert ask_for_help(asker)[1]
    assert ask_for_help(asker)[1]
    after = [(row.number, bytes(row.salt)) for row in CodeSalt.objects.all()]
    assert len(after) == 1
    assert before in ([], after)


@pytest.mark.django_db
@pytest.mark.parametrize("plain", OLD)
def test_an_old_code_opens_its_letters_with_forms_of_today(asker: Any, desk: Any, plain: str) -> None:  # noqa: F811 - a fixture
    create_request(request_to(desk, "An old letter"), code=plain, at=clock.now())
    page = came_back(asker, parse_code(plain).text)
    if plain.startswith("pictures"):
        tapped = {f"{name}{n}": value for n in range(1, 7) for name, value in (("thing", "fish"), ("many", "1"))}
        page = press(asker, "read", page=press(asker, "enter_code"), kind="pictures", **tapped)
        seven = {**tapped, "thing7": "fish"}
        assert press(asker, "read", page=press(asker, "enter_code"), kind="pictures", **seven).status_code == 400
    assert "An old letter" in page.content.decode()
