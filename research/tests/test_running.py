"""Work in pieces: in order, with progress, kept, and how errors end the command."""

import contextlib
import os
from dataclasses import dataclass

import numpy as np
import pytest

from suar_research import running
from suar_research.answers import Answer, Limits
from suar_research.cli import estimate
from suar_research.cli.main import main
from suar_research.files import FileError
from suar_research.report import answer_json
from suar_research.running import Lost, NoCluster, Runner
from support import published


@dataclass(frozen=True)
class Number:
    """A piece of work that is a number."""

    value: float

    def __call__(self):
        return np.array([self.value])


@dataclass(frozen=True)
class Crash:
    """Ends the process that runs it."""

    def __call__(self):
        os._exit(3)


@contextlib.contextmanager
def terminal():
    """Send errors to a terminal for a while, and yield what reads it."""
    ours, theirs = os.openpty()
    os.set_blocking(ours, False)

    def seen():
        found = b""
        with contextlib.suppress(BlockingIOError):
            while True:
                found += os.read(ours, 4096)
        return found.decode()

    with os.fdopen(theirs, "w", encoding="utf-8") as screen, contextlib.redirect_stderr(screen):
        yield seen
    os.close(ours)


def test_a_progress_bar_grows_and_ends_with_its_line():
    with terminal() as screen:
        for done in (0, 1, 3):
            running.show_progress(done, 3, "x")
        assert screen() == f"\r{'.' * 30} x\r{'#' * 10}{'.' * 20} x\r{'#' * 30} x\r\n"


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_and_are_kept(tmp_path, workers):
    folder, pieces = tmp_path / "new" / "kept", [Number(float(at)) for at in range(3)]
    with Runner(workers=workers, folder=folder) as runner:
        assert [item.tolist() for item in runner.results(pieces, "x")] == [[0], [1], [2]]
    kept = sorted(folder.iterdir())
    assert [item.suffix for item in kept] == [".npy"] * 3
    kept[0].unlink()
    with terminal() as screen:
        again = Runner(folder=folder, progress=True)
        assert [item.tolist() for item in again.results(pieces, "x")] == [[0], [1], [2]]
        assert screen() == f"\r{'#' * 30} x\r\n"


def test_a_worker_that_ends_is_reported():
    with Runner(workers=2) as runner, pytest.raises(Lost, match="workers ended in the middle of it"):
        list(runner.results([Crash(), Number(1.0)], ""))


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (Lost("it went"), 1, "\nsuar: the work stopped: it went. What is done is kept in here.\n"),
        (NoCluster("nobody is there"), 2, "suar: the cluster cannot be used:\n  nobody is there\n"),
        (FileError("a.csv", ["one", "two"]), 2, "suar: a.csv cannot be used:\n  one\n  two\n"),
        (KeyboardInterrupt(), 130, "\nInterrupted. What is done is kept in here.\n"),
    ],
)
def test_an_error_ends_the_command_with_its_code(error, code, message, capsys, monkeypatch, tmp_path):
    def fail(*words, **options):
        raise error

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(estimate, "study", fail)
    words = ["mse", published.PLACE / "korea_3.csv", "--workers", "1", "--keep", "here"]
    assert main(["estimate", *words]) == code
    assert capsys.readouterr() == ("", message)


def test_an_answer_has_four_digits_unless_others_are_asked_for():
    limits = (Limits(0.95, 0.123456, 9.87654321), Limits(0.8, 1.0, float("inf")))
    answer = Answer("a", 5.000049, {"x": limits}, "m", 7, settled=True, cpu_s=0.00049)
    data = answer_json(answer)
    assert (data["estimate"], data["low"], data["high"], data["cpu_s"]) == (5.0, 0.1235, 9.8765, 0.0)
    assert data["intervals"]["x"][1] == {"level": 0.8, "low": 1.0, "high": None}
    assert answer_json(answer, 1)["intervals"]["x"][0]["high"] == 9.9
