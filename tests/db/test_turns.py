"""Threads of one process write in the order in which they came."""

import subprocess
import sys
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


def test_threads_hand_the_lock_on_among_themselves(tmp_path):
    path, locked = tmp_path / "file", []
    first, second = (Turn(path=str(path), within_seconds=LONG_S) for _ in range(2))
    first.take()
    descriptor = first._descriptor

    def write() -> None:
        second.take()
        locked.append(second._descriptor)
        second.give_back()

    thread = threading.Thread(target=write)
    thread.start()
    wait_for(1, path)
    first.give_back()
    thread.join(LONG_S)
    assert locked == [descriptor]


def test_another_process_comes_between_threads_that_write_without_end(tmp_path):
    path, came = tmp_path / "file", tmp_path / "came"
    until = time.monotonic() + LONG_S
    begun = threading.Event()

    def write() -> None:
        while not came.exists() and time.monotonic() < until:
            turn = Turn(path=str(path), within_seconds=LONG_S)
            turn.take()
            begun.set()
            time.sleep(0.002)
            turn.give_back()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    begun.wait(LONG_S)
    program = (
        "import sys; from pathlib import Path; from suar.db.sqlcipher.turns import Turn\n"
        f"turn = Turn(path=sys.argv[1], within_seconds={LONG_S}); turn.take()\n"
        "Path(sys.argv[2]).touch(); turn.give_back()"
    )
    command = [sys.executable, "-c", program, str(path), str(came)]
    assert subprocess.run(command, env={"PYTHONPATH": "src"}, check=False).returncode == 0
    for thread in threads:
        thread.join(LONG_S)
    assert time.monotonic() < until
