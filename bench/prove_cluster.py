"""`./suar prove cluster`: the page about clusters is followed, with a process for each worker.

Begins a scheduler and workers as research/docs/cluster.md writes it, at a free port, asks for the
same answer on one core, on two and on the cluster, and ends a worker in the middle of it.
"""

import argparse
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from bench.keeping import ROOT

PAGE = ROOT / "research" / "docs" / "cluster.md"
PORT = "8786"
MORE = ["research/tests/fixtures/mse/uk2013_5.csv", "--replicates", "8000", "--methods", "stepwise"]


def main() -> int:
    """Follow the page; 1 when any answer differs."""
    argparse.ArgumentParser(prog="./suar prove cluster", description=__doc__).parse_args()
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        stack.callback(ended, begun(words_of("scheduler", port), folder))
        workers = begun([*words_of("workers", port), "--local-directory", folder], folder)
        stack.callback(ended, workers)
        page = words_of("sh", port)[3:]
        at = page.index("--keep") + 1
        page[at] = str(Path(folder) / "kept")
        on = ["--on", f"dask://127.0.0.1:{port}"]
        afresh = [each for each in page if each not in [*on, *page[at - 1 : at + 1]]]
        answers = [
            [answered(page), answered(afresh)],
            [
                answered(MORE),
                answered([*MORE, "--workers", "2"]),
                answered([*MORE, *on]),
                answered([*MORE, *on], ends=workers),
            ],
        ]
    same = all(each == first for first, *others in answers for each in others)
    print("The same answers everywhere." if same else f"Answers differ: {answers}")
    return int(not same)


def words_of(kind: str, port: str) -> list[str]:
    """Read a block of the page, at another port."""
    found = re.search(f"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return shlex.split(found[1].replace(PORT, port)) if found else []


def begun(words: list[str], folder: str) -> subprocess.Popen[str]:
    """Begin a program that goes on."""
    with (Path(folder) / "said.txt").open("a", encoding="utf-8") as said:
        return subprocess.Popen(words, cwd=ROOT, text=True, stdout=said, stderr=said, start_new_session=True)


def ended(program: subprocess.Popen[str]) -> None:
    """End a program with all that it began."""
    os.killpg(program.pid, signal.SIGTERM)
    program.wait()


def answered(words: list[str], ends: subprocess.Popen[str] | None = None) -> object:
    """Ask, and give all but the cost; a worker of `ends` is ended in the middle of it."""
    program = [sys.executable, "-m", "suar_research", "mse", *words, "--json"]
    began = time.monotonic()
    with subprocess.Popen(program, cwd=ROOT, text=True, stdout=subprocess.PIPE) as asked:
        if ends is not None:
            time.sleep(4)
            os.kill(children(ends.pid)[-1], signal.SIGKILL)
        out, _ = asked.communicate()
    told = json.loads(out)
    for each in told["methods"]:
        del each["cpu_s"]
    print(f"{time.monotonic() - began:6.1f} s  {' '.join(words[1:])}", file=sys.stderr)
    return told


def children(process: int) -> list[int]:
    """List the processes that one began and that work."""
    said = Path("/proc").glob(f"{process}/task/*/children")
    every = [int(each) for file in said for each in file.read_text("ascii").split()]
    return [each for each in every if b"spawn_main" in _line(each)]


def _line(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


if __name__ == "__main__":
    sys.exit(main())
