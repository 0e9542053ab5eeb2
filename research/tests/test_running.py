"""Work in pieces: in which order it comes, how far it is, how it ends, and what is said then."""

import argparse
import contextlib
import os
import signal
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from suar_research import asking, command, running, telling
from suar_research.answers import Answer, Limits
from suar_research.cluster import NoCluster
from suar_research.running import Lost, Processes, Runner


@dataclass(frozen=True)
class Number:
    """A piece of work that is a number."""

    value: float

    def __call__(self):
        return np.array([self.value])


class Backwards:
    """A crew that does the last piece first and remembers what it did."""

    def __init__(self):
        self.did, self.ended = [], 0

    def done(self, pieces):
        for at in reversed(range(len(pieces))):
            self.did.append(pieces[at].value)
            yield at, (pieces[at](), 0.0)

    def end(self):
        self.ended += 1


@contextlib.contextmanager
def screened():
    """Let errors go to a screen for a while, and give what has come to stand on it."""
    ours, theirs = os.openpty()
    os.set_blocking(ours, False)

    def seen():
        found = b""
        with contextlib.suppress(BlockingIOError):
            while True:
                found += os.read(ours, 4096)
        return found.decode()

    with os.fdopen(theirs, "w", encoding="utf-8") as told, contextlib.redirect_stderr(told):
        yield seen
    os.close(ours)


def test_a_bar_grows_with_the_work_and_ends_with_its_line():
    with screened() as screen:
        for done in (0, 1, 3):
            running.on_screen(done, 3, "x")
        assert screen() == f"\r{'.' * 30} x\r{'#' * 10}{'.' * 20} x\r{'#' * 30} x\r\n"


def test_results_come_in_order_and_how_many_are_done_is_told_as_they_come(tmp_path):
    folder, pieces = tmp_path / "new" / "kept", [Number(float(at)) for at in range(3)]
    with screened() as screen:
        with Runner(folder=folder, told=True, crew=(crew := Backwards())) as runner:
            assert [each.tolist() for each in runner.each(pieces, "x")] == [[0], [1], [2]]
            assert not crew.ended
        assert (crew.did, crew.ended) == ([2, 1, 0], 1)
        assert [each.count("#") for each in screen().split("\r")[1:4]] == [10, 20, 30]
        kept = sorted(folder.iterdir())
        assert [each.suffix for each in kept] == [".npy"] * 3
        kept[0].unlink()
        again = Runner(folder=folder, told=True, crew=(crew := Backwards()))
        for what in ("x", "all is there already"):
            assert [each.tolist() for each in again.each(pieces, what)] == [[0], [1], [2]]
            assert len(crew.did) == 1 and screen() == f"\r{'#' * 30} {what}\r\n"


def test_nothing_is_told_or_kept_unless_it_was_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with screened() as screen:
        assert [each.tolist() for each in Runner().each([Number(4.0)], "x")] == [[4]]
        sys.stderr.write("end")
        sys.stderr.flush()
        assert screen() == "end" and list(tmp_path.iterdir()) == []


@dataclass(frozen=True)
class Heard:
    """Says in a helper what it does with an interruption."""

    def __call__(self):
        return np.array([float(signal.getsignal(signal.SIGINT) == signal.SIG_DFL)])


@dataclass(frozen=True)
class Gone:
    """Ends the helper that does it."""

    def __call__(self):
        os._exit(3)


def test_helpers_end_by_an_interruption_without_a_word_and_one_that_ended_is_told():
    with Runner(workers=2) as runner:
        assert [each.tolist() for each in runner.each([Heard(), Number(2.0)], "")] == [[1], [2]]
    crew = Processes(1)
    with pytest.raises(Lost, match="a process ended in the middle of it"):
        list(crew.done([Gone()]))
    crew.end()


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Lost("it went"), 1, "\nsuar: the work stopped: it went. Nothing is kept without --keep FOLDER.\n"),
        (NoCluster("nobody is there"), 2, "suar: dask://a:1 cannot be used:\n  nobody is there\n"),
        (asking.Unusable("a.csv", ["one", "two"]), 2, "suar: a.csv cannot be used:\n  one\n  two\n"),
    ],
)
def test_work_that_stopped_says_why_with_its_code(error, code, said, capsys):
    def ready(asked):
        def work():
            raise error

        return work

    reader = argparse.ArgumentParser()
    reader.set_defaults(ready=ready, on="dask://a:1")
    assert command.answered(reader, []) == code
    assert capsys.readouterr() == ("", said)
    reader.set_defaults(keep="here")
    assert command.answered(reader, []) == code
    kept = " Nothing is kept without --keep FOLDER.", " What is done is kept in here."
    assert capsys.readouterr().err == said.replace(*kept)
    reader.set_defaults(ready=lambda asked: lambda: None)
    assert (command.answered(reader, []), capsys.readouterr()) == (0, ("", ""))


def test_an_answer_is_told_to_four_digits_unless_others_are_asked_for():
    limits = (Limits(0.95, 0.123456, 9.87654321), Limits(0.8, 1.0, float("inf")))
    answer = Answer("a", 5.000049, {"x": limits}, "m", 7, settled=True, cpu_s=0.00049)
    told = telling.answer_json(answer)
    assert told == {
        "name": "a",
        "estimate": 5.0,
        "low": 0.1235,
        "high": 9.8765,
        "level": 0.95,
        "replicates": 7,
        "settled": True,
        "cpu_s": 0.0,
        "model": "m",
        "intervals": {"x": [{"level": 0.95, "low": 0.1235, "high": 9.8765}, {"level": 0.8, "low": 1.0, "high": None}]},
    }
    assert telling.answer_json(answer, 1)["intervals"]["x"][0]["high"] == 9.9
