"""Challenges for passkeys: made without a row, good for five minutes, answered once.

A challenge carries its own end and a keyed digest, so that asking for one writes nothing and
says nothing about who exists. Only an answered one leaves a row, until it would have run out.
"""

import os
from datetime import UTC, datetime, timedelta

from django.conf import settings

from suar.core.single_use import use_once
from suar.crypto import kdf

GOOD_FOR = timedelta(minutes=5)
STAMP_BYTES, RANDOM_BYTES = 8, 24


def new_challenge(purpose: str, *, at: datetime) -> bytes:
    """Make a challenge of 64 bytes for one purpose."""
    ends = int((at + GOOD_FOR).timestamp())
    body = ends.to_bytes(STAMP_BYTES, "big") + os.urandom(RANDOM_BYTES)
    return body + _mark(purpose, body)


def is_good(challenge: bytes, purpose: str, *, at: datetime) -> bool:
    """Say whether we made this challenge for this purpose and it has not run out."""
    body, mark = challenge[: STAMP_BYTES + RANDOM_BYTES], challenge[STAMP_BYTES + RANDOM_BYTES :]
    return kdf.equal(mark, _mark(purpose, body)) and at < _ends(challenge)


def spend(challenge: bytes) -> bool:
    """Use a challenge up; False when it was used before."""
    return use_once(kdf.digest(challenge), expires_at=_ends(challenge)) is None


def _ends(challenge: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(challenge[:STAMP_BYTES], "big"), UTC)


def _mark(purpose: str, body: bytes) -> bytes:
    key = kdf.subkey(kdf.digest(settings.SECRET_KEY.encode()), purpose="challenge")
    return kdf.mac(key, purpose.encode() + b"|" + body)
