"""A place in the line of one connection: sealed, let through once after its moment, tied to nobody.

Whoever must wait takes it along in the page. After its moment it is honoured whatever others on
the same connection did meanwhile. It says what it is for and when, and nothing of who has it. One
that was used is remembered as an empty file named by its digest until nobody could use it again.
"""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core import signing

from suar.contact.rules import door
from suar.crypto.kdf import new_token, token_digest

SALT = "suar.voice.place"
LONGEST = 200
HOUR_S = 3600


def give(what: str, *, moment: datetime) -> str:
    """Make a place for one thing from a moment on."""
    return signing.Signer(salt=SALT).sign(f"{what}.{int(moment.timestamp())}.{new_token()}")


def moment_of(place: str, what: str) -> datetime | None:
    """Say from when on a place counts; None for one that is forged or for something else."""
    try:
        told, moment_s, _ = signing.Signer(salt=SALT).unsign(place[:LONGEST]).split(".")
    except (signing.BadSignature, ValueError):
        return None
    return datetime.fromtimestamp(int(moment_s), UTC) if told == what else None


def use(place: str, what: str, *, at: datetime) -> bool:
    """Use a place once; False where it does not count, not yet, or not any more."""
    moment = moment_of(place, what)
    if moment is None or not door.place_counts(moment, at=at):
        return False
    folder = _root() / str(int((moment + door.PLACE_LIVES).timestamp()) // HOUR_S)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(folder / token_digest(place).hex(), os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def forget(*, at: datetime) -> None:
    """Forget the used places of which even the last has no hour left in which it counts."""
    root, hour = _root(), int(at.timestamp()) // HOUR_S
    for old in root.iterdir() if root.is_dir() else ():
        if old.name.isdigit() and int(old.name) < hour:
            shutil.rmtree(old, ignore_errors=True)


def _root() -> Path:
    return Path(settings.SUAR_DATA) / "used-places"
