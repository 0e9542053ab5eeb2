"""Reads a directory file from outside in a process of its own, so that it can harm nothing."""

import subprocess
import sys
from pathlib import Path

import suar
from suar.directory.documents import ParsedDirectory, Problem
from suar.hsds.files import MOST_BYTES
from suar.hsds.files.codec import from_json

SECONDS = 10
SOURCES = Path(suar.__file__).resolve().parent.parent
CHILD = "suar.hsds.files.child"


def read_upload(content: bytes) -> ParsedDirectory:
    """Read a JSON file or a zip of CSV files; whatever is wrong stands in `refused`."""
    if len(content) > MOST_BYTES:
        return _refused("too_big", str(MOST_BYTES))
    return _ask_child([], content)


def read_path(path: Path) -> ParsedDirectory:
    """Read a file or a folder of CSV files; its size is looked at before it is read."""
    if path.is_dir():
        return _ask_child([str(path.resolve())], b"")
    if path.stat().st_size > MOST_BYTES:
        return _refused("too_big", str(MOST_BYTES))
    return read_upload(path.read_bytes())


def _ask_child(arguments: list[str], content: bytes) -> ParsedDirectory:
    try:
        answer = subprocess.run(
            [sys.executable, "-s", "-B", "-m", CHILD, *arguments],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={"PYTHONPATH": str(SOURCES), "LC_ALL": "C.UTF-8"},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _refused("too_slow", str(SECONDS))
    if answer.returncode != 0:
        return _refused("child_failed")
    try:
        return from_json(answer.stdout.decode("ascii"))
    except (ValueError, TypeError, KeyError):
        return _refused("child_failed")


def _refused(why: str, detail: str = "") -> ParsedDirectory:
    return ParsedDirectory(refused=(Problem("", "", why, detail),))
