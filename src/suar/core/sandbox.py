"""A child process that parses a file from outside: how it is started, and its limits."""

import resource
import sys
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).resolve().parents[2]


def python_process(module: str, *arguments: str) -> dict[str, Any]:
    """Return the options of `subprocess` for a process that runs a module, without any of our environment variables."""
    return {
        "args": [sys.executable, "-s", "-B", "-m", module, *arguments],
        "env": {"PYTHONPATH": str(SOURCES), "LC_ALL": "C.UTF-8"},
        "cwd": "/",
    }


def confine(*, memory_bytes: int, seconds: int, may_open: bool = False) -> None:
    """Limit this process for good to some memory and CPU time.

    It can write no file, start no process and leave no core dump. Unless it `may_open`, it opens no file and no
    connection either. Code that takes over the parser has no more than that. Source: security.md B23.
    """
    for limit, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        *([] if may_open else [(resource.RLIMIT_NOFILE, 0)]),
    ):
        resource.setrlimit(limit, (most, most))
