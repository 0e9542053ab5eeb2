"""Threads of one process write in the order in which they came."""

import threading
import time
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as Database

from suar.db.sqlcipher import turns
from suar.db.sqlcipher.turns import Turn

LONG_S = 30


def in_line(path: Path) -> int:
    """Count the threads that wait behind the one whose turn it is."""
    return len(turns._lines[f"{path}.lock"]._waiting)


def wait_for(count: int, path: Path) -> None:
    """Wait until so many threads stand in the line."""
    until = time.monotonic() + LONG_S
    while in_line(path) != count:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_threads_have_their_turns_in_the_order_in_which_they_came(tmp_path):
    path, came = tmp_path / "file", []
    first = Turn(path=str(path), within_seconds=LONG_S)
    first.take()

    def write(number: int) -> None:
        turn = Turn(path=str(path), within_seconds=LONG_S)
        turn.take()
        came.append(number)
        turn.give_back()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for number, thread in enumerate(threads):
        thread.start()
        wait_for(number + 1, path)
    first.give_back()
    for thread in threads:
        thread.join(LONG_S)
    assert came == [0, 1, 2, 3, 4, 5]


def test_who_gives_up_is_called_no_more(tmp_path):
    path = tmp_path / "file"
    first = Turn(path=str(path), within_seconds=LONG_S)
    first.take()
    with pytest.raises(Database.OperationalError, match="locked"):
        Turn(path=str(path), within_seconds=0.01).take()
    assert in_line(path) == 0
    first.give_back()
    last = Turn(path=str(path), within_seconds=LONG_S)
    last.take()
    assert last.held
    last.give_back()
    assert not last.held
