"""How fast one caller may ask or try codes: counted for an hour, then forgotten for good.

A caller is a neighbourhood of addresses, kept as a keyed digest in the name of a file whose
length is the count. The key is made anew each hour and lies beside the files: when the hour's
folder goes, nobody can tell any more who called. No address is written anywhere.

Whoever must wait gets a place in the line of this caller, so that nobody who shares the
connection can take every free moment. A try on a place counts like any other.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path

from django.conf import settings

from suar.accounts.throttle import neighbourhood
from suar.contact.public import places
from suar.contact.rules import door
from suar.contact.rules.files import PIECES_AN_HOUR
from suar.crypto import kdf

HOUR_S = int(door.COUNTED_FOR.total_seconds())
STAMP, HEAD = 20, 40


class Wait(Exception):
    """This caller came too often; `place` lets through once after `seconds`, if there is one."""

    def __init__(self, seconds: int, place: str = "") -> None:
        super().__init__()
        self.seconds, self.place = seconds, place


def step(what: str, address: str, *, at: datetime, place: str = "") -> int:
    """Count a try and give how many there were before it; raises Wait and counts nothing.

    A `place` that counts is let through, and used up.
    """
    with _counter(what, address, at=at) as handle:
        tries, last, line = _read(handle)
        wait = door.wait_after(tries, since=_whole(at) - last)
        if wait and not places.use(place, what, at=at):
            raise _waits(handle, what, place, wait, at=at)
        _write(handle, tries + 1, last=at, line=line)
    return tries


def step_back(what: str, address: str, *, at: datetime) -> None:
    """Take back a try that was right, so that a whole house behind one address can come back."""
    with _counter(what, address, at=at) as handle:
        tries, _last, line = _read(handle)
        if tries:
            _write(handle, tries - 1, last=at, line=line)


def has_room(address: str, pieces: int, *, at: datetime) -> bool:
    """Say whether pieces of files of this caller still fit into this hour; nothing is counted."""
    with _counter("files", address, at=at) as handle:
        return _read(handle)[0] + pieces <= PIECES_AN_HOUR


def take_room(address: str, pieces: int, *, at: datetime) -> bool:
    """Count pieces of files of this caller in this hour; False, and none, where they do not fit."""
    return fits("files", address, many=pieces, most=PIECES_AN_HOUR, at=at)


def fits(what: str, address: str, *, most: int, at: datetime, many: int = 1) -> bool:
    """Count what this caller does in this hour; False, and nothing counted, beyond `most`."""
    with _counter(what, address, at=at) as handle:
        taken, _last, line = _read(handle)
        if taken + many > most:
            return False
        _write(handle, taken + many, last=at, line=line)
    return True


def give_room(address: str, pieces: int, *, at: datetime) -> None:
    """Give back the room of files that were not kept after all."""
    with _counter("files", address, at=at) as handle:
        taken, _last, line = _read(handle)
        _write(handle, max(0, taken - pieces), last=at, line=line)


def busy(what: str, address: str, *, at: datetime, retry_after_s: int) -> Wait:
    """Take back a try that only we could not do, and give a place for the next one."""
    step_back(what, address, at=at)
    return Wait(retry_after_s, places.give(what, moment=at + timedelta(seconds=retry_after_s)))


def forget(*, at: datetime) -> None:
    """Forget the hours before this one, with the keys that could tell who called."""
    root, hour = _root(), _hour(at)
    for old in root.iterdir() if root.is_dir() else ():
        if old.name.isdigit() and int(old.name) < hour:
            shutil.rmtree(old, ignore_errors=True)
    places.forget(at=at)


def _waits(handle: int, what: str, place: str, wait: timedelta, *, at: datetime) -> Wait:
    """Make the wait of this try: for the place it has already, or for the next in the line."""
    now, own = _whole(at), places.moment_of(place, what)
    if own and own > now:
        return Wait(_seconds(own - at), place)
    tries, last, line = _read(handle)
    moment = door.place_after(line, wait=wait + timedelta(seconds=1), at=now)
    if moment is None:
        return Wait(_seconds(wait))
    _write(handle, tries, last=last, line=moment)
    return Wait(_seconds(moment - now), places.give(what, moment=moment))


def _read(handle: int) -> tuple[int, datetime, datetime]:
    """Read how many tries there were, when the last was, and when the line ends."""
    head = os.pread(handle, HEAD, 0)
    last, line = (int(head[start : start + STAMP] or 0) for start in (0, STAMP))
    tries = max(0, os.fstat(handle).st_size - HEAD)
    return tries, datetime.fromtimestamp(last, UTC), datetime.fromtimestamp(line, UTC)


def _write(handle: int, tries: int, *, last: datetime, line: datetime) -> None:
    """Write two seconds in 20 bytes each, and one byte for each try."""
    head = "".join(f"{int(each.timestamp()):<19d}\n" for each in (last, line))
    os.pwrite(handle, head.encode() + b"." * tries, 0)
    os.ftruncate(handle, HEAD + tries)


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _seconds(wait: timedelta) -> int:
    return ceil(wait.total_seconds())


@contextmanager
def _counter(what: str, address: str, *, at: datetime) -> Iterator[int]:
    caller = f"{what}|{neighbourhood(address)}".encode()
    try:
        handle = _open(_folder(at), caller)
    except FileNotFoundError:
        # The hour went by between two lines, and another process has forgotten it.
        handle = _open(_folder(at), caller)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _open(folder: Path, caller: bytes) -> int:
    name = kdf.mac(_key(folder), caller).hex()
    return os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)


def _key(folder: Path) -> bytes:
    """Give the key of an hour; whoever comes first makes it, in one step that is never half."""
    path = folder / "key"
    if not path.exists():
        own = folder / f"key-{os.getpid()}-{os.urandom(8).hex()}"
        own.touch(mode=0o600)
        own.write_bytes(kdf.random_key())
        with suppress(FileExistsError):
            os.link(own, path)
        own.unlink()
    return path.read_bytes()


def _folder(at: datetime) -> Path:
    """Give the folder of this hour, and forget the hours before it when it is new."""
    found = _root() / str(_hour(at))
    if not found.is_dir():
        found.mkdir(mode=0o700, parents=True, exist_ok=True)
        forget(at=at)
    return found


def _root() -> Path:
    return Path(settings.SUAR_DATA) / "pace"


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // HOUR_S
