"""Tokens of public forms: signed, good for ten minutes and for one use, tied to nobody.

A form for a letter has an hour: its token says so. Whether one was used is known for a day, so
that a form which comes too late gives its words or ticks back once, words also when pressed twice,
and one which was sent gives none.

A used token is remembered by its digest, one for a letter with the second of its use as well, in a
file named by the minute in which it was made. Whoever looks there holds the file's lock, so that
two cannot both take a token, and whole minutes are forgotten at once. Nothing is waited for on the
disk, and no database row tells of a search. A file for each digest took longer than the search
among 10,000 services.
"""

import fcntl
import os
import shutil
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from suar.core.decisions import Decision
from suar.crypto.kdf import new_token, token_digest
from suar.website.rules import WRITING_KNOWN, form_comes_again, form_is_fresh

SALT = "suar.doors.form"
WRITING, ENDING, SECONDS = "w", ".spent", 4
IN_A_PAGE = ("ticket", "next_ticket", "new_ticket", "check_ticket", "read_ticket")
KEPT_MINUTES = int(WRITING_KNOWN.total_seconds() // 60) + 1


def hand_out(*, at: datetime, for_writing: bool = False) -> str:
    """Make the token that a public form carries."""
    return _signed(signing.Signer(salt=SALT), at, for_writing=for_writing)


def for_a_page(*, at: datetime, for_writing: bool = False) -> dict[str, str]:
    """Make a token for each of the forms that one page may hold."""
    signer = signing.Signer(salt=SALT)
    return {name: _signed(signer, at, for_writing=for_writing) for name in IN_A_PAGE}


def _signed(signer: signing.Signer, at: datetime, *, for_writing: bool) -> str:
    kind = WRITING if for_writing else ""
    return signer.sign(f"{int(at.timestamp())}.{kind}.{new_token()}")


def spend(token: str, *, at: datetime) -> Decision:
    """Take a token once; refuse one that is forged, too old or used.

    It is used up also where it is too old, and pressed twice it is too old twice: its words or
    ticks come back. One that was used is refused as `again` where that was a moment ago.
    """
    try:
        made_s, kind, _ = signing.Signer(salt=SALT).unsign(token).split(".")
    except (signing.BadSignature, ValueError):
        return Decision.no("forged")
    made_at = datetime.fromtimestamp(int(made_s), UTC)
    fresh = form_is_fresh(made_at=made_at, at=at.replace(microsecond=0), for_writing=kind == WRITING)
    if not fresh and fresh.because != "too_old":
        return fresh
    first = _remember(token_digest(token), minute=f"{kind}{_minute(made_at)}", kind=kind, at=at)
    if fresh:
        return first
    return fresh if first or first.because == "again" else Decision.no("used")


def mark(token: str) -> bytes:
    """Give what each coming of one form shares: of use only with the key of this house.

    From it come the code and the id of a letter, so that a form pressed twice makes one letter.
    """
    return salted_hmac(f"{SALT}.mark", token, algorithm="sha256").digest()


def _remember(digest: bytes, *, minute: str, kind: str, at: datetime) -> Decision:
    with _opened(f"{minute}{ENDING}") as spent:
        fcntl.flock(spent, fcntl.LOCK_EX)
        spent.seek(0)
        known = spent.read()
        _, used, after = known.partition(digest)
        if used:
            return form_comes_again(used_at=_moment(after[:SECONDS]), at=at.replace(microsecond=0))
        second = int(at.timestamp()) if kind == WRITING else 0
        spent.write(digest + second.to_bytes(SECONDS))
    if not known:
        _forget_before(_minute(at))
    return Decision.yes()


def _moment(written: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(written), UTC)


def _opened(name: str) -> FileIO:
    """Open a file to be read and added to; closing it gives its lock back."""
    folder = _folder()
    try:
        return FileIO(folder / name, "a+", opener=_private)
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FileIO(folder / name, "a+", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _forget_before(minute: int) -> None:
    """Forget whole minutes whose tokens are long ago by now.

    A folder was kept for each minute by an earlier version.
    """
    for old in _folder().iterdir():
        made = old.name.removeprefix(WRITING).removesuffix(ENDING)
        if made.isdigit() and int(made) < minute - KEPT_MINUTES:
            shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def _folder() -> Path:
    return Path(settings.SUAR_DATA) / "used-forms"
