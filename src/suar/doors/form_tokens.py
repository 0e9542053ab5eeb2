"""Tokens of public forms: signed, good for ten minutes and for one use, tied to nobody.

A form for a letter has an hour: its token says so. Whether it was used is known for a day, so
that one which comes too late gives its words back once, and one which was sent gives none.

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

from suar.doors.rules import FORM_LIVES, WRITING_KNOWN, form_is_fresh
from suar.kernel.decisions import Decision
from suar.sealing.tokens import new_token, token_digest

SALT = "suar.doors.form"
WRITING = "w"
IN_A_PAGE = ("ticket", "next_ticket", "new_ticket", "check_ticket")
KEPT_MINUTES = {
    kind: int(lives.total_seconds() // 60) + 1
    for kind, lives in (("", FORM_LIVES), (WRITING, WRITING_KNOWN))
}


def hand_out(*, at: datetime, for_writing: bool = False) -> str:
    """Make the token that a public form carries."""
    kind = WRITING if for_writing else ""
    return signing.Signer(salt=SALT).sign(f"{int(at.timestamp())}.{kind}.{new_token()}")


def for_a_page(*, at: datetime, for_writing: bool = False) -> dict[str, str]:
    """Make a token for each of the forms that one page may hold."""
    return {name: hand_out(at=at, for_writing=for_writing) for name in IN_A_PAGE}


def spend(token: str, *, at: datetime) -> Decision:
    """Take a token once; refuse one that is forged, too old or used.

    One for a letter is used up also where it is too old.
    """
    try:
        made_s, kind, _ = signing.Signer(salt=SALT).unsign(token).split(".")
    except (signing.BadSignature, ValueError):
        return Decision.no("forged")
    made_at = datetime.fromtimestamp(int(made_s), UTC)
    fresh = form_is_fresh(
        made_at=made_at, at=at.replace(microsecond=0), for_writing=kind == WRITING
    )
    if not fresh and (kind, fresh.because) != (WRITING, "too_old"):
        return fresh
    _forget_before(_minute(at))
    first = _remember(token_digest(token).hex(), folder=f"{kind}{_minute(made_at)}")
    return fresh if first else first


def _remember(digest: str, *, folder: str) -> Decision:
    place = _folder() / folder
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(place / digest, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return Decision.no("used")
    return Decision.yes()


def _forget_before(minute: int) -> None:
    """Forget whole minutes whose tokens are too old by now, those of letters later."""
    folder = _folder()
    if not folder.is_dir():
        return
    for old in folder.iterdir():
        kind = WRITING if old.name.startswith(WRITING) else ""
        made = old.name.removeprefix(kind)
        if made.isdigit() and int(made) < minute - KEPT_MINUTES[kind]:
            shutil.rmtree(old, ignore_errors=True)


def _minute(moment: datetime) -> int:
    return int(moment.timestamp() // 60)


def _folder() -> Path:
    return Path(settings.SUAR_DATA) / "used-forms"
