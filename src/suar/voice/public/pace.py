"""How fast one caller may ask or try codes: counted for an hour, then forgotten for good.

A caller is a neighbourhood of addresses, kept as a keyed digest in the name of a file whose
length is the count. The key is made anew each hour and lies beside the files: when the hour's
folder goes, nobody can tell any more who called. No address is written anywhere.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from suar.accounts.throttle import neighbourhood
from suar.sealing import derivation
from suar.voice.rules import door

HOUR_S = int(door.COUNTED_FOR.total_seconds())


class Wait(Exception):
    """This caller came too often; the next form is taken after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


def step(what: str, address: str, *, at: datetime) -> int:
    """Count a try and give how many there were before it; raises Wait and counts nothing."""
    with _counter(what, address, at=at) as handle:
        tries = os.fstat(handle).st_size
        last = int(os.pread(handle, 20, 0).split(b"\n")[0] or 0) if tries else 0
        tries = max(0, tries - 20)
        since = timedelta(seconds=int(at.timestamp()) - last)
        wait = door.wait_after(tries, since=since)
        if wait:
            raise Wait(int(wait.total_seconds()) + 1)
        _write(handle, tries + 1, at=at)
    return tries


def step_back(what: str, address: str, *, at: datetime) -> None:
    """Take back a try that was right, so that a whole house behind one address can come back."""
    with _counter(what, address, at=at) as handle:
        tries = max(0, os.fstat(handle).st_size - 20)
        if tries:
            _write(handle, tries - 1, at=at)


def forget(*, at: datetime) -> None:
    """Forget the hours before this one, with the keys that could tell who called."""
    root, hour = _root(), _hour(at)
    for old in root.iterdir() if root.is_dir() else ():
        if old.name.isdigit() and int(old.name) < hour:
            shutil.rmtree(old, ignore_errors=True)


def _write(handle: int, tries: int, *, at: datetime) -> None:
    """Write the second of the last try in 20 bytes, and one byte for each try."""
    os.pwrite(handle, f"{int(at.timestamp()):<19d}\n".encode() + b"." * tries, 0)
    os.ftruncate(handle, 20 + tries)


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
    name = derivation.mac(_key(folder), caller).hex()
    return os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)


def _key(folder: Path) -> bytes:
    """Give the key of an hour; whoever comes first makes it, in one step that is never half."""
    path = folder / "key"
    if not path.exists():
        own = folder / f"key-{os.getpid()}-{os.urandom(8).hex()}"
        own.touch(mode=0o600)
        own.write_bytes(derivation.random_key())
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
