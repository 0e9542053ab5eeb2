"""What all estimates are asked alike: seed, replicates, processes, files that may be refused."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from suar_research import __version__
from suar_research.cluster import SCHEME, Cluster, NoCluster
from suar_research.reading import Unreadable, first_of
from suar_research.resampling import LEFT_OUT, Plan
from suar_research.running import Runner, cores

# Does the work that was asked for and tells it; made once every file has been read.
Work = Callable[[], None]
Kinds = Any
# How a file of XLSX or ODS begins, and one of XLS.
WORKBOOK = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
# Names of files and of what is written or drawn: the input is known by its digest.
DECIDES_NOTHING = frozenset(
    {"ready", "parser", "inputs", "json", "out", "plot", "report", "chart", "title", "workers"}
    | {"keep", "on", "files", "lists", "sample", "survey", "links", "drawn", "sizes"}
)


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that every estimate has."""
    parser.add_argument("--seed", type=seed, default=1, help="the same seed gives the same answer")
    parser.add_argument("--replicates", type=many, help="a fixed number instead of until settled")
    parser.add_argument("--workers", type=size, default=cores(), help="processes (default: cores)")
    parser.add_argument("--on", type=scheduler, metavar="dask://HOST:PORT", help="work on a Dask cluster instead")
    parser.add_argument("--keep", metavar="FOLDER", help="keep finished pieces and go on later")
    parser.add_argument("--report", metavar="FILE.html", help="write the answer as one page")
    parser.add_argument("--json", action="store_true", help="answer as JSON")


def size(word: str) -> int:
    """Read a whole number from 1; raises ArgumentTypeError."""
    if not (word.isascii() and word.isdigit()) or int(word) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return int(word)


def seed(word: str) -> int:
    """Read a whole number from 0; raises ArgumentTypeError."""
    if not (word.isascii() and word.isdigit()):
        raise argparse.ArgumentTypeError("a whole number from 0")
    return int(word)


def many(word: str) -> int:
    """Read a number of replicates of which blocks can be left out; raises ArgumentTypeError."""
    if size(word) < LEFT_OUT:
        raise argparse.ArgumentTypeError(f"a whole number from {LEFT_OUT}")
    return int(word)


def scheduler(word: str) -> str:
    """Read the address of a cluster; raises ArgumentTypeError."""
    if not re.fullmatch(SCHEME + r"[A-Za-z0-9.-]+:[0-9]{1,5}", word):
        raise argparse.ArgumentTypeError("dask://HOST:PORT is needed")
    return word


def plan_of(asked: argparse.Namespace) -> Plan:
    """Give the plan: a fixed number of replicates, or until the limits settle."""
    if asked.replicates:
        return Plan(seed=asked.seed, least=asked.replicates, most=asked.replicates)
    return Plan(seed=asked.seed)


def runner_of(asked: argparse.Namespace) -> Runner:
    """Give the runner that tells its progress and keeps what is done; raises Unusable."""
    folder = Path(asked.keep) if asked.keep else None
    try:
        if not asked.on:
            return Runner(workers=asked.workers, folder=folder, told=True)
        return Runner(folder=folder, told=True, crew=Cluster(asked.on))
    except NoCluster as error:
        raise Unusable(asked.on, [str(error)]) from error
    except OSError as error:
        raise Unusable(asked.keep, [f"nothing can be kept there ({_why(error)})"]) from error


def about(asked: argparse.Namespace, digest: str) -> dict[str, Any]:
    """Say which version answered, about which file, with which seed, and what was asked."""
    words = words_of(asked, "estimate")
    return {"version": __version__, "input_sha256": digest, "seed": asked.seed, "asked": words}


def words_of(asked: argparse.Namespace, command: str) -> dict[str, Any]:
    """Give what decides an answer, in one form however it was said: for the record of a study."""
    return {
        "command": command,
        **{
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in sorted(vars(asked).items())
            if name not in DECIDES_NOTHING
        },
    }


def headline(asked: argparse.Namespace) -> str:
    """Say which version answers with which seed, and name every file that was read."""
    number = getattr(asked, "seed", None)
    seed = "" if number is None else f", seed {number}"
    return f"Suar {__version__}{seed}\n{asked.inputs.words()}\n"


def say(asked: argparse.Namespace, told: Mapping[str, Any], words: str) -> None:
    """Print an answer as JSON with every file that was read, or the same in words."""
    whole = {**told, "inputs": asked.inputs.as_json()}
    text = json.dumps(whole, indent=1, ensure_ascii=False) + "\n" if asked.json else words
    sys.stdout.write(text)


class Unusable(ValueError):
    """A file cannot be used: which one, and sentences that say what and where."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        super().__init__(name)
        self.name, self.problems = name, problems


@contextmanager
def of_file(name: str) -> Iterator[None]:
    """Say of what is refused in the block which file it is, and the first problems where many."""
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(name, [_unread(error)]) from error
    except Unreadable as error:
        raise Unusable(name, first_of(error.problems)) from error


def content_of(asked: argparse.Namespace, name: str) -> tuple[str, str]:
    """Read a file for this answer: its text and the digest of its bytes; raises Unusable."""
    with of_file(name):
        text, digest = asked.inputs.text(name)
        return text, digest


def _unread(error: Exception) -> str:
    """Say why a file was not read, the common reasons in words of their own."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    if isinstance(error, UnicodeDecodeError) and error.object.startswith(WORKBOOK):
        return "it is a workbook of a sheet program; save the sheet as CSV, with commas, in UTF-8"
    return f"it cannot be read as a text file in UTF-8 ({_why(error)})"


def _why(error: Exception) -> str:
    return error.strerror or "no file" if isinstance(error, OSError) else "other bytes"
