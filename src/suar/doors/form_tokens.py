"""Tokens of public forms: signed, good for ten minutes and for one use, tied to nobody.

A used token is remembered as an empty file named by its digest, in a folder named by the minute
in which the token was made, so that two processes cannot both take it and whole minutes are
forgotten at once. Nothing is waited for on the disk, and no database row tells of a search.
"""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core import signing

from suar.doors.rules import FORM_LIVES, form_is_fresh
from suar.kernel.decisions import Decision
from suar.sealing.tokens import new_token, token_digest

SALT = "suar.doors.form"
KEPT_MINUTES = int(FORM_LIVES.total_seconds() // 60) + 1


def hand_out(*, at: datetime) -> str:
    """Make the token that a public form carries."""
    return signing.Signer(salt=SALT).sign(f"{int(at.timestamp())}.{new_token()}")


def spend(token: str, *, at: datetime) -> Decision:
    """Take a token once; refuse one that is forged, too old or used."""
    try:
        made_s, _, _ = signing.Signer(salt=SALT).unsign(token).partition(".")
    except signing.BadSignature:
        return Decision.no("forged")
    made_at = datetime.fromtimestamp(int(made_s), UTC)
    fresh = form_is_fresh(made_at=made_at, at=at.replace(microsecond=0))
    if not fresh:
        return fresh
    _forget_before(_minute(at) - KEPT_MINUTES)
    return _remember(token_digest(token).hex(), minute=_minute(made_at))


def _remember(digest: str, *, minute: int) -> Decision:
    folder = _folder() / str(minute)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(folder / digest, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return Decision.no("used")
    return Decision.yes()


def _forget_before(minute: int) -> None:
    folder = _folder()
    if not folder.is_dir():
        return
    for old in folder.iterdir():
        if old.name.isdigit() and int(old.name) < minute:
            shutil.rmtree(old, ignore_errors=True)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def _folder() -> Path:
    return Path(settings.SUAR_DATA) / "used-forms"
