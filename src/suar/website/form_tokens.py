"""Tokens of public forms: signed, valid for ten minutes and one use, tied to nobody.

The token of a form for a letter is valid for an hour. A used token is remembered for a day, so that a form that comes
too late returns its words once. Only for a letter the second of its use is stored: no row tells when somebody searched.

Issuing a token writes nothing, and neither does a forged one. The row of a form that stores nothing else is committed
without waiting for the disk: whoever sends many searches must not make the staff wait. Source: security.md T18.
"""

from datetime import UTC, datetime, timedelta

from django.core import signing
from django.utils.crypto import salted_hmac

from suar.core.decisions import Decision
from suar.core.single_use import use_once, without_waiting_for_disk
from suar.crypto.kdf import new_token, token_digest
from suar.website.rules import WRITING_KNOWN, form_comes_again, form_is_fresh

SALT = "suar.doors.form"
WRITING = "w"
IN_A_PAGE = ("ticket", "next_ticket", "new_ticket", "check_ticket", "read_ticket")


def hand_out(*, at: datetime, for_writing: bool = False) -> str:
    """Return the token that a public form carries."""
    kind = WRITING if for_writing else ""
    return signing.Signer(salt=SALT).sign(f"{int(at.timestamp())}.{kind}.{new_token()}")


def for_a_page(*, at: datetime, for_writing: bool = False) -> dict[str, str]:
    """Return a token for each of the forms that one page may hold."""
    return {name: hand_out(at=at, for_writing=for_writing) for name in IN_A_PAGE}


def spend(token: str, *, at: datetime) -> Decision:
    """Use a token up; refuse one that is forged, too old, used, or used `again` within a moment.

    A token that is too old is used up as well, so that the words of its form come back once, also if pressed twice.
    """
    try:
        made_s, kind, _ = signing.Signer(salt=SALT).unsign(token).split(".")
    except (signing.BadSignature, ValueError):
        return Decision.no("forged")
    made_at, now = datetime.fromtimestamp(int(made_s), UTC), at.replace(microsecond=0)
    fresh = form_is_fresh(made_at=made_at, at=now, for_writing=kind == WRITING)
    if not fresh and fresh.because != "too_old":
        return fresh
    expires_at = made_at + WRITING_KNOWN
    if kind == WRITING:
        first = use_once(token_digest(token), expires_at=expires_at, used_at=now)
    else:
        with without_waiting_for_disk():
            first = use_once(token_digest(token), expires_at=_next_day(expires_at))
    if first is None:
        return fresh
    again = form_comes_again(used_at=first.used_at, at=now) if first.used_at else Decision.no("used")
    return fresh if not fresh and again.because == "again" else again


def _next_day(at: datetime) -> datetime:
    """Return the midnight after a moment, so that a row does not show when somebody searched."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def mark(token: str) -> bytes:
    """Return a secret that every submission of one form shares.

    The code and the id of a letter come from it, so that a form pressed twice makes one letter.
    """
    return salted_hmac(f"{SALT}.mark", token, algorithm="sha256").digest()
