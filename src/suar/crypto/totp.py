"""One-time codes of an authenticator app: six digits, 30 seconds, each used once."""

import base64
import hmac
import secrets
import unicodedata
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
_SECRET_BYTES = 20


def new_secret() -> bytes:
    """Make a random secret of 20 bytes. Source: RFC 4226, section 4, R6"""
    return secrets.token_bytes(_SECRET_BYTES)


def matches(secret: bytes, code: str, *, at: datetime, used_step: int | None) -> int | None:
    """Give the step whose code was typed, to be kept as `used_step`, or None when none fits.

    Fits the step of `at` (aware) and one either side, if later than `used_step` (None: never
    used), so a code works once. Blanks are forgiven. Raises ValueError for a naive time.
    Source: RFC 6238, sections 5.2 and 6
    """
    now, typed = step_at(at), "".join(unicodedata.normalize("NFKC", code).split())
    fitting = [step for step in (now - 1, now, now + 1) if _same(code_at(secret, step), typed)]
    unused = [step for step in fitting if used_step is None or step > used_step]
    return min(unused, default=None)


def step_at(moment: datetime) -> int:
    """Tell the number of the 30 seconds a moment lies in, counted from 1970."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return int(moment.timestamp() // STEP_SECONDS)


def code_at(secret: bytes, step: int) -> str:
    """Give the code of a step: HMAC-SHA-1, for apps know no other. Source: RFC 4226, 5.3"""
    mac = hmac.digest(secret, step.to_bytes(8), "sha1")
    start = mac[-1] & 15
    number = int.from_bytes(mac[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def uri(secret: bytes, *, account: str, issuer: str) -> str:
    """Give the address that an authenticator app reads from a square code.

    Source: Google Authenticator, Key URI Format
    """
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    letters = base64.b32encode(secret).decode("ascii").rstrip("=")
    return f"otpauth://totp/{label}?secret={letters}&issuer={quote(issuer, safe='')}"


def _same(right: str, typed: str) -> bool:
    return hmac.compare_digest(right.encode(), typed.encode("utf-8", "surrogatepass"))
