"""Replicates on a Dask cluster: the same answer, and what becomes of it when the cluster goes away.

The cluster is a process of its own with two workers; `./suar prove cluster` begins one as the page
says, with a process for each worker.
"""

import argparse
import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, replace

import numpy as np
import pytest
from distributed import LocalCluster

from suar_research import asking, cluster, command
from suar_research.cluster import Cluster, NoCluster, there
from suar_research.mse.bootstrap import Block
from suar_research.mse.stepwise import Stepwise
from suar_research.running import Lost, Runner
from suar_research.versions import Versions, versions
from support import DOCS, RESEARCH, environment, published
from test_running import screened

# Each line that it reads says how many workers it has from then on.
BEGUN = """
import sys
from distributed import LocalCluster
with LocalCluster(processes=False, n_workers=2, threads_per_worker=1, protocol="tcp",
                  host="127.0.0.1", dashboard_address=None) as made:
    print(made.scheduler_address.removeprefix("tcp://"), flush=True)
    for line in sys.stdin:
        made.scale(int(line))
"""
MSE = ["mse", str(published.PLACE / "korea_3.csv"), "--methods", "stepwise"]
RDS = ["rds", str(DOCS / "examples/boats.csv"), "--outcome", "papers"]


@pytest.fixture
def two(tmp_path):
    """Give a cluster of two workers, and where it listens."""
    there = environment(OPENBLAS_NUM_THREADS="1", DASK_TEMPORARY_DIRECTORY=str(tmp_path))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    program = [sys.executable, "-c", BEGUN]
    with subprocess.Popen(program, cwd=RESEARCH, env=there, text=True, **pipes) as made:
        yield made, "dask://" + made.stdout.readline().strip()
        made.kill()


def numbers(words, capsys):
    """Answer, and give all but what it cost."""
    assert command.main([*words, "--replicates", "1000", "--json"]) == 0
    return without_cost(json.loads(capsys.readouterr().out))


def without_cost(told):
    if isinstance(told, dict):
        return {name: without_cost(each) for name, each in told.items() if name != "cpu_s"}
    return [without_cost(each) for each in told] if isinstance(told, list) else told


def pieces(number, replicates=500):
    counts = published.counts("uk2013_6")[0]
    seeds = np.random.SeedSequence(5).spawn(number)
    return [Block(Stepwise(6), counts, seed, replicates) for seed in seeds]


def test_a_cluster_gives_the_same_answer_and_what_it_did_outlives_it(two, tmp_path, monkeypatch, capsys):
    """One cluster for all of it: to begin one takes seconds."""
    made, at = two
    for words in (MSE, RDS):
        here = numbers([*words, "--workers", "1"], capsys)
        assert numbers([*words, "--workers", "2"], capsys) == here
        assert numbers([*words, "--on", at], capsys) == here
    _counts_what_it_cost(at)
    _stops_without_workers(made, at, monkeypatch, capsys)
    _keeps_what_was_done(made, at, tmp_path / "kept")


def _counts_what_it_cost(at):
    wanted = pieces(4, replicates=2_000)
    alone = sum(there(versions(), each)[1] for each in wanted)
    with Runner(crew=Cluster(at)) as runner:
        began = runner.cpu_s()
        own = time.process_time()
        assert len(list(runner.each(wanted, ""))) == 4
        elsewhere = runner.cpu_s() - began - (time.process_time() - own)
    assert alone > 0.1 and alone / 3 < elsewhere < alone * 3


def _stops_without_workers(made, at, monkeypatch, capsys):
    monkeypatch.setattr(cluster, "LOOKED_S", 0.1)
    monkeypatch.setattr(cluster, "ALONE_S", 0.3)
    print(0, file=made.stdin, flush=True)
    assert command.main([*MSE, "--replicates", "100000", "--on", at]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "the cluster has no workers. Nothing is kept without --keep" in said.err
    monkeypatch.undo()
    print(2, file=made.stdin, flush=True)


def _keeps_what_was_done(made, at, folder):
    wanted = pieces(24)
    with Runner(folder=folder, crew=Cluster(at)) as runner:
        coming = runner.each(wanted, "")
        first = next(coming)
        made.kill()
        with pytest.raises(Lost, match="scheduler of the cluster went away"):
            list(coming)
    kept = {each: each.stat().st_mtime_ns for each in folder.glob("*.npy")}
    assert 1 <= len(kept) < len(wanted)
    assert (next(Runner(folder=folder).each(wanted, "")) == first).all()
    assert (first == wanted[0]()).all()
    assert {each: each.stat().st_mtime_ns for each in folder.glob("*.npy")} == kept


def test_a_worker_that_is_made_otherwise_is_refused():
    piece = pieces(1, replicates=10)[0]
    assert (there(versions(), piece)[0] == piece()).all()
    with pytest.raises(NoCluster, match="numpy 0"):
        there(Versions("0", "0", "0", "3"), piece)
    with pytest.raises(NoCluster, match=r"here are Suar 0\.\S+ \(other\)"):
        there(replace(versions(), code="other"), piece)


@pytest.fixture
def threads():
    """Give a cluster of threads of this process, without workers yet, and where it listens."""
    with LocalCluster(
        processes=False,
        n_workers=0,
        threads_per_worker=1,
        protocol="tcp",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as made:
        yield made, "dask://" + made.scheduler_address.removeprefix("tcp://")


@dataclass(frozen=True)
class Slow:
    """A piece that takes its time."""

    seconds: float

    def __call__(self):
        time.sleep(self.seconds)
        return np.array([self.seconds])


class Absent:
    """A piece that stands on a package that is not there."""

    def __call__(self):
        raise ModuleNotFoundError("No module named 'suar'", name="suar")


def test_each_piece_comes_once_with_its_place_and_a_slow_one_is_waited_for(threads):
    made, at = threads
    made.scale(1)
    crew = Cluster(at, looked_s=0.05, alone_s=0.1)
    found = list(crew.done([Slow(0.4), Slow(0.0), Slow(0.0)]))
    assert sorted((place, each[0].tolist()) for place, each in found) == [
        (0, [0.4]),
        (1, [0.0]),
        (2, [0.0]),
    ]
    with pytest.raises(NoCluster, match="a worker cannot import suar: give it suar-research"):
        list(crew.done([Absent()]))
    with pytest.raises(ZeroDivisionError):
        list(crew.done([lambda: 1 // 0]))
    before = set(made.scheduler.clients)
    crew.end()
    assert len(before - set(made.scheduler.clients)) == 1, "it has left"


def test_a_cluster_without_workers_is_waited_for_a_while_and_no_longer(threads):
    made, at = threads
    crew, began = Cluster(at, looked_s=0.05, alone_s=0.3), time.monotonic()
    with pytest.raises(Lost, match="the cluster has no workers"):
        list(crew.done([Slow(0.0)]))
    assert time.monotonic() - began > 0.3
    made.scale(1)
    assert [place for place, _ in crew.done([Slow(0.0)])] == [0]
    crew.end()


def test_how_far_a_cluster_is_is_told_on_a_screen_and_that_it_went_away(threads):
    made, at = threads
    made.scale(1)
    asked = argparse.Namespace(keep=None, on=at, workers=1)
    with screened() as screen, asking.runner_of(asked) as runner:
        coming = runner.each([Slow(0.0), Slow(0.5)], "pieces")
        assert next(coming).tolist() == [0]
        assert screen() == f"\r{'#' * 15}{'.' * 15} pieces"
        made.close()
        with pytest.raises(Lost, match="scheduler of the cluster went away"):
            list(coming)


def test_without_the_package_it_ends_with_two(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert command.main([*RDS, "--on", "dask://127.0.0.1:8786"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "`distributed` is not installed" in said.err


def test_where_nothing_answers_it_ends_with_two(monkeypatch, capsys):
    monkeypatch.setattr(cluster, "REACHED_S", 0.2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"dask://127.0.0.1:{taken.getsockname()[1]}"
        assert command.main([*RDS, "--on", nobody]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "no Dask scheduler answered" in said.err


@pytest.mark.parametrize("word", ["tcp://a:1", "dask://a", "dask://a:x", "dask://a:1/b"])
def test_an_address_that_is_none_is_refused(word):
    with pytest.raises(SystemExit) as stopped:
        command.main([*RDS, "--on", word])
    assert stopped.value.code == 2
