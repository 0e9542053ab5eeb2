"""`--on dask://HOST:PORT`: the same answer on a cluster, kept pieces, and what is refused."""

import json
import subprocess
import sys

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.mse.bootstrap import Block
from suar_research.mse.stepwise import Stepwise
from suar_research.running import NoCluster, Runner, Versions, _timed
from support import DOCS, RESEARCH, environment, published

CLUSTER = """
import sys
from distributed import LocalCluster
with LocalCluster(processes=False, n_workers=2, threads_per_worker=1, protocol="tcp",
                  host="127.0.0.1", dashboard_address=None) as made:
    print(made.scheduler_address.removeprefix("tcp://"), flush=True)
    sys.stdin.read()
"""
MSE = ["mse", str(published.PLACE / "korea_3.csv"), "--methods", "stepwise"]
RDS = ["rds", str(DOCS / "examples/boats.csv"), "--outcome", "papers"]


@pytest.fixture
def address(tmp_path):
    """Start a cluster of two workers, and return its address."""
    variables = environment(OPENBLAS_NUM_THREADS="1", DASK_TEMPORARY_DIRECTORY=str(tmp_path))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    program = [sys.executable, "-c", CLUSTER]
    with subprocess.Popen(program, cwd=RESEARCH, env=variables, text=True, **pipes) as process:
        yield "dask://" + process.stdout.readline().strip()
        process.kill()


def answer(words, capsys):
    assert main(["estimate", *words, "--replicates", "1000", "--json"]) == 0
    return without_cost(json.loads(capsys.readouterr().out))


def without_cost(data):
    if isinstance(data, dict):
        return {name: without_cost(each) for name, each in data.items() if name != "cpu_s"}
    return [without_cost(item) for item in data] if isinstance(data, list) else data


@pytest.mark.long
def test_a_cluster_gives_the_same_answer_and_its_pieces_are_kept(address, tmp_path, capsys):
    for words in (MSE, RDS):
        here = answer([*words, "--workers", "1"], capsys)
        assert answer([*words, "--workers", "2"], capsys) == here
        assert answer([*words, "--on", address], capsys) == here
    counts = published.counts("uk2013_6")[0]
    pieces = [Block(Stepwise(6), counts, seed, 500) for seed in np.random.SeedSequence(5).spawn(4)]
    with Runner(folder=tmp_path / "kept", cluster=address) as runner:
        found = [item.tolist() for item in runner.results(pieces, "")]
        assert runner.cpu_s() > 0
    assert len(list((tmp_path / "kept").glob("*.npy"))) == 4
    assert [item.tolist() for item in Runner(folder=tmp_path / "kept").results(pieces, "")] == found


def test_a_worker_with_other_versions_does_nothing():
    with pytest.raises(NoCluster, match="the same answer only with the same versions"):
        _timed(0, lambda: np.zeros(1), Versions("0.0", "0", "0", "0"))


def test_without_a_scheduler_the_command_ends_with_two(monkeypatch, capsys):
    monkeypatch.setattr("suar_research.running.CONNECT_S", 0.5)
    assert main(["estimate", *MSE, "--on", "dask://127.0.0.1:9"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "no Dask scheduler answered" in said.err


@pytest.mark.parametrize("wrong", ["dask://", "tcp://a:1", "dask://a", "a:1"])
def test_an_address_of_another_kind_is_refused(wrong):
    assert main(["estimate", *MSE, "--on", wrong]) == 2
