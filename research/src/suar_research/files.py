"""Files of the user: CSV input with its digests, and output files that never overwrite.

An error names the row and the column and never repeats what stood there: it may be a name.
"""

import codecs
import csv
import hashlib
import io
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

MOST_PROBLEMS = 10
OWNER_ONLY, FOR_ALL = 0o600, 0o644
XLSX, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SIGNS = {";": "semicolons", "\t": "tabs"}
"""Separators that spreadsheet programs write instead of commas."""
EXISTS = "it exists already; nothing was overwritten"
T = TypeVar("T")


class Unreadable(ValueError):
    """The content of a file cannot be used; `problems` are sentences that name row and column."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(first_of(problems)))
        self.problems = tuple(problems)


class FileError(ValueError):
    """A file cannot be used: its name, and sentences that say what is wrong and where."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        super().__init__(f"{name}: {'; '.join(problems)}")
        self.name, self.problems = name, problems


def first_of(problems: Sequence[str]) -> list[str]:
    """Return as many problems as somebody mends at a time, and how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], *([f"and {more:,} more"] if more > 0 else [])]


def refuse(problems: Iterable[str]) -> None:
    """Raise Unreadable if there is any problem."""
    if listed := list(problems):
        raise Unreadable(listed)


def rows_of(text: str, wanted: Sequence[str] = ()) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Split CSV into the names of its columns and its numbered rows; raises Unreadable."""
    rows: list[list[str]] = []
    try:
        text = text.removeprefix("\ufeff")
        rows.extend(csv.reader(io.StringIO(text, newline=None), delimiter=delimiter_of(text), strict=True))
    except csv.Error as error:
        problem = f"row {len(rows) + 1}: its cells cannot be told apart; is a quote left open?"
        raise Unreadable([problem]) from error
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise Unreadable(["row 1: a line with the names of the columns is missing"])
    header = [cell.strip() for cell in rows[0]]
    body = [(number, row) for number, row in enumerate(rows[1:], 2) if any(map(str.strip, row))]
    twice = sorted({name for name in header if name and header.count(name) > 1})
    refuse(
        [f"column {at}: it has no name" for at, name in enumerate(header, 1) if not name]
        + [f"column {name}: the name stands twice" for name in twice]
    )
    refuse(needed(name, header) for name in wanted if name not in header)
    refuse(
        f"row {number}: {len(row)} cells under {len(header)} names of columns"
        for number, row in body
        if len(row) != len(header)
    )
    return header, body


def delimiter_of(text: str) -> str:
    """Return the sign between cells: that of the first line, if it has no comma."""
    first = text.partition("\n")[0]
    return next((sign for sign in SIGNS if sign in first and "," not in first), ",")


def needed(name: str, header: Sequence[str]) -> str:
    """Return the problem of a column that is missing, or has other capitals."""
    capitals = name.casefold() in {other.casefold() for other in header}
    return f"column {name}: it is needed and is not there" + (", but in other capitals" if capitals else "")


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn an error in the block into a FileError for the file `name`."""
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(name, [_read_problem(error)]) from error
    except Unreadable as error:
        raise FileError(name, first_of(error.problems)) from error


def _read_problem(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    if isinstance(error, UnicodeDecodeError):
        if error.object.startswith(OLD_WORKBOOK):
            return "it is an old spreadsheet workbook; save it as XLSX or CSV"
        return "it is not a text file in UTF-8"
    return f"it cannot be read ({error.strerror or 'no reason given'})"


def decoded(content: bytes) -> tuple[str, list[str]]:
    """Return the text of a file and what was assumed to read it; raises Unreadable, UnicodeDecodeError."""
    # Imported here: workbooks are rare, and their module needs this one.
    from suar_research.workbooks import first_sheet

    if content.startswith(XLSX):
        return first_sheet(content), ["the first visible sheet of a workbook"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16"), ["text in UTF-16"]
    return content.decode("utf-8"), []


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that was read: its name without folders, its length in bytes, its SHA-256, and what was assumed."""

    name: str
    bytes: int
    sha256: str
    assumed: str = ""


class InputFiles:
    """All files that were read for one answer, in order, each once."""

    def __init__(self) -> None:
        self._files: dict[InputFile, None] = {}
        self._digests: dict[str, str] = {}

    def read(self, name: str) -> tuple[str, str]:
        """Return the text of a file and the SHA-256 of its bytes; raises FileError.

        The folder is not recorded: its name may say who works there.
        """
        with reading(name):
            content = Path(name).read_bytes()
            text, assumed = decoded(content)
            digest = hashlib.sha256(content).hexdigest()
        sign = delimiter_of(text)
        if Path(name).suffix == ".csv" and sign != ",":
            assumed = [*assumed, f"{SIGNS[sign]} between cells"]
        printable = "".join(letter if letter.isprintable() else "?" for letter in Path(name).name)
        self._files[InputFile(printable, len(content), digest, ", ".join(assumed))] = None
        self._digests[name] = digest
        return text, digest

    def parse(self, name: str, parser: Callable[[str], T]) -> T:
        """Return what a parser makes of the text of a file; raises FileError."""
        text, _ = self.read(name)
        with reading(name):
            return parser(text)

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file that was read."""
        return self._digests[name]

    def as_json(self) -> list[dict[str, Any]]:
        """Return all files for `--json`; `assumed` only where something was."""
        return [{name: value for name, value in asdict(file).items() if value != ""} for file in self._files]

    def lines(self) -> list[str]:
        """Return one line for each file."""
        return [
            f"Read {file.name}: {file.bytes:,} bytes, SHA-256 {file.sha256}"
            + (f" ({file.assumed})" if file.assumed else "")
            for file in self._files
        ]


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file to write: its name, its content, and its permissions."""

    name: str
    content: str | bytes
    mode: int = OWNER_ONLY


def write_new(*files: OutputFile) -> None:
    """Write all files or none; raises FileError if one exists already or cannot be written."""
    created: list[Path] = []
    try:
        for file in files:
            with _writing(file.name):
                os.close(os.open(file.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file.mode))
            created.append(Path(file.name))
        for file in files:
            content = file.content.encode() if isinstance(file.content, str) else file.content
            replace_content(file.name, content, file.mode)
    except BaseException:
        # Half of a set of files would mislead: rows of one run beside tokens of another.
        for path in created:
            path.unlink(missing_ok=True)
        raise


def replace_content(name: str, content: bytes, mode: int) -> None:
    """Write a file in one step, so that an interruption leaves the old content; raises FileError."""
    path = Path(name)
    beside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        with _writing(name):
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _writing(name: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise FileError(name, [EXISTS]) from error
    except OSError as error:
        raise FileError(name, [f"it cannot be written ({error.strerror})"]) from error


def check_output(name: str | None, suffix: str) -> None:
    """Refuse an output file before long work: wrong suffix, existing file, missing folder."""
    if name is None:
        return
    path = Path(name)
    if path.suffix != suffix:
        raise FileError(name, [f"its name must end with {suffix}"])
    if path.exists():
        raise FileError(name, [EXISTS])
    if not path.parent.is_dir():
        raise FileError(name, ["there is no such folder"])


def name_for_group(name: str, group: str) -> str:
    """Return the name of a group's file beside `name`; letters that no file name may hold become %XX."""
    escaped = re.sub(r"[/\\\0%]", lambda letter: f"%{ord(letter[0]):02X}", group)
    path = Path(name)
    return str(path.with_stem(f"{path.stem}-{escaped}"))


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Return rows as comma-separated values."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
