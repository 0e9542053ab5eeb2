"""Read a directory file from outside in a process of its own, with limits of memory and time, and without write access.

As a program it reads the file from its input, or the folder named as its argument, and prints entries as JSON.
"""

import signal
import subprocess
import sys
from pathlib import Path

from suar.core.sandbox import confine, python_process
from suar.directory.documents import ParsedDirectory, Problem
from suar.hsds import files
from suar.hsds.files import MAX_BYTES

SECONDS, MAX_WAIT_SECONDS = 10, 30
"""The limit of computing time, and how long to wait for it on a busy machine."""
MEMORY_BYTES = 300 * 1024 * 1024
PROGRAM = "suar.hsds.reading"
NO_MEMORY = 3
ENDINGS = {
    -signal.SIGXCPU: "too_slow",
    -signal.SIGKILL: "too_slow",
    -signal.SIGABRT: "too_much_memory",
    NO_MEMORY: "too_much_memory",
}
"""Exit codes of the child at a limit: pydantic aborts if it gets no memory."""


def read_upload(content: bytes) -> ParsedDirectory:
    """Read a JSON file or a zip of CSV files; `refused` has all problems."""
    return _refused("too_big") if len(content) > MAX_BYTES else _run([], content)


def read_path(path: Path) -> ParsedDirectory:
    """Read a file or a folder of CSV files; its size is checked before it is read."""
    if path.is_dir():
        return _run([str(path.resolve())], b"")
    return _refused("too_big") if path.stat().st_size > MAX_BYTES else read_upload(path.read_bytes())


def _run(arguments: list[str], content: bytes) -> ParsedDirectory:
    try:
        process = subprocess.run(
            **python_process(PROGRAM, *arguments),
            input=content,
            capture_output=True,
            timeout=MAX_WAIT_SECONDS,
            check=True,
        )
        return files.from_json(process.stdout.decode("ascii"))
    except subprocess.TimeoutExpired:
        return _refused("too_slow", str(SECONDS))
    except subprocess.CalledProcessError as failed:
        why = ENDINGS.get(failed.returncode, "child_failed")
        return _refused(why, str(SECONDS) if why == "too_slow" else "")
    except ValueError:
        return _refused("child_failed")


def _refused(why: str, detail: str = "") -> ParsedDirectory:
    return ParsedDirectory(refused=(Problem("", "", why, detail),))


def main(arguments: list[str]) -> int:
    """Read within the limits; too much memory is a refusal like any other."""
    confine(memory_bytes=MEMORY_BYTES, seconds=SECONDS, may_open=True)
    try:
        if arguments:
            parsed = files.parse_folder(Path(arguments[0]))
        else:
            parsed = files.parse(sys.stdin.buffer.read(MAX_BYTES + 1))
        files.write_json(parsed, sys.stdout)
    except MemoryError:
        return NO_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
