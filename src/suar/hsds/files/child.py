"""The process that reads an uploaded file: little memory, little time, no writing.

Reads the file from its input, or the folder named as its argument, and prints entries as JSON.
"""

import sys
from pathlib import Path

from suar.core.sandbox import confine
from suar.directory.documents import ParsedDirectory, Problem
from suar.hsds.files import MOST_BYTES, parse, parse_folder
from suar.hsds.files.codec import to_json

MEMORY_BYTES = 300 * 1024 * 1024
SECONDS = 10


def main(arguments: list[str]) -> int:
    """Read within the limits; too much memory is an answer like any other."""
    confine(memory_bytes=MEMORY_BYTES, seconds=SECONDS)
    try:
        if arguments:
            parsed = parse_folder(Path(arguments[0]))
        else:
            parsed = parse(sys.stdin.buffer.read(MOST_BYTES + 1))
        answer = to_json(parsed)
    except MemoryError:
        answer = to_json(ParsedDirectory(refused=(Problem("", "", "too_much_memory"),)))
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
