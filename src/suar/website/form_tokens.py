"""Tokens of public forms: signed, valid for ten minutes and one use, without a link to a visitor.

The token of a letter is valid for an hour. A used token is stored for a day, so that an expired form shows its text
once. The exact time of use is stored for letters only, so that no row shows when somebody searched.

Issuing a token writes nothing, and neither does a forged one. The row of a form that stores nothing else is committed
without waiting for the disk: many searches of one visitor must not slow the staff site. Source: security.md T18.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.db import connection
from django.utils.crypto import salted_hmac

from suar.core.decisions import Decision
from suar.core.single_use import use_once
from suar.crypto.kdf import new_token, token_digest
from suar.website.rules import USED_TOKEN_RETENTION, form_is_fresh, repeated_form

SALT = "suar.doors.form"
LETTER = "w"
FORMS_OF_A_PAGE = ("ticket", "next_ticket", "new_ticket", "check_ticket", "read_ticket")


def issue_token(*, at: datetime, for_letter: bool = False) -> str:
    """Return the token that a public form carries."""
    kind = LETTER if for_letter else ""
    return signing.Signer(salt=SALT).sign(f"{int(at.timestamp())}.{kind}.{new_token()}")


def issue_tokens(*, at: datetime, for_letter: bool = False) -> dict[str, str]:
    """Return a token for each of the forms that one page may hold."""
    return {name: issue_token(at=at, for_letter=for_letter) for name in FORMS_OF_A_PAGE}


def use_token(token: str, *, at: datetime) -> Decision:
    """Use a token; refuse one that is forged, too old, used, or used `again` within seconds.

    An expired token is used too, so that the text of its form is shown once.
    """
    try:
        made_s, kind, _ = signing.Signer(salt=SALT).unsign(token).split(".")
    except (signing.BadSignature, ValueError):
        return Decision.refuse("forged")
    made_at, now = datetime.fromtimestamp(int(made_s), UTC), at.replace(microsecond=0)
    fresh = form_is_fresh(made_at=made_at, at=now, for_letter=kind == LETTER)
    if not fresh and fresh.because != "too_old":
        return fresh
    expires_at = made_at + USED_TOKEN_RETENTION
    if kind == LETTER:
        first = use_once(token_digest(token), expires_at=expires_at, used_at=now)
    else:
        # Midnight, so that a row does not show when somebody searched.
        midnight = expires_at.replace(hour=0, minute=0, second=0) + timedelta(days=1)
        with _without_waiting_for_disk():
            first = use_once(token_digest(token), expires_at=midnight)
    if first is None:
        return fresh
    repeated = repeated_form(used_at=first.used_at, at=now) if first.used_at else Decision.refuse("used")
    return fresh if not fresh and repeated.because == "again" else repeated


def form_secret(token: str) -> bytes:
    """Return a secret of a form, the same for each submission.

    Code and id of a letter are derived from it, so that a form sent twice makes one letter.
    """
    return salted_hmac(f"{SALT}.mark", token, algorithm="sha256").digest()


@contextmanager
def _without_waiting_for_disk() -> Iterator[None]:
    """Commit in this block without waiting until the disk has it; a power cut may undo the commit.

    For what is harmless to lose: many anonymous callers cannot make staff wait behind their disk writes.
    Inside of a transaction nothing changes.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            [value] = cursor.fetchone()
            setting, relaxed = "PRAGMA synchronous = {}", min(value, 1)
        else:
            setting, value, relaxed = "SET synchronous_commit = {}", "on", "off"
        cursor.execute(setting.format(relaxed))
        try:
            yield
        finally:
            cursor.execute(setting.format(value))
