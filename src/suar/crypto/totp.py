"""One-time codes of an authenticator app: six digits, 30 seconds, each used once."""

import base64
import hmac
import secrets
import unicodedata
from datetime import datetime

from pyotp import TOTP

STEP_SECONDS = 30


def new_secret() -> bytes:
    """Return a random secret of 20 bytes. Source: RFC 4226, section 4, R6"""
    return secrets.token_bytes(20)


def matches(secret: bytes, code: str, *, at: datetime, used_step: int | None) -> int | None:
    """Return the step whose code was typed, to be stored as `used_step`, or None if none matches.

    Accepts the step of `at` (aware) and one either side, if later than `used_step` (None: never
    used), so a code works once. Blanks are ignored. Raises ValueError for a naive time.
    Source: RFC 6238, sections 5.2 and 6
    """
    now, typed = step_at(at), "".join(unicodedata.normalize("NFKC", code).split()).encode("utf-8", "surrogatepass")
    steps = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(code_at(secret, step).encode(), typed)]
    return min((step for step in steps if used_step is None or step > used_step), default=None)


def step_at(moment: datetime) -> int:
    """Return the number of the 30 seconds that a moment lies in, counted from 1970."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return int(moment.timestamp() // STEP_SECONDS)


def code_at(secret: bytes, step: int) -> str:
    """Return the code of a step. Source: RFC 4226, 5.3"""
    return _totp(secret).generate_otp(step)


def uri(secret: bytes, *, account: str, issuer: str) -> str:
    """Return the address that an authenticator app reads from a QR code."""
    return _totp(secret).provisioning_uri(name=account, issuer_name=issuer)


def _totp(secret: bytes) -> TOTP:
    return TOTP(base64.b32encode(secret).decode("ascii"))
