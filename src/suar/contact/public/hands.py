"""A short-lived hold on a request that was opened: what a page carries instead of the code.

It opens nothing. It lets whoever has just come back write again, or take everything away, for
an hour. Inside stands what only the code gives and no row holds: who has the secret of this server
and its rows forges none. It is sealed, so that nobody reads from it which request it is about.
"""

import base64
from datetime import UTC, datetime

from django.conf import settings

from suar.contact.rules import door
from suar.core.refusals import NotYours
from suar.crypto import kdf, values
from suar.crypto.secret import SealBroken

LABEL = "hold on a request"
PROOF = 32


def give(proof: bytes, *, at: datetime) -> str:
    """Make the hold that a page carries from what the code gave."""
    told = proof + int(at.timestamp()).to_bytes(8, "big")
    return base64.urlsafe_b64encode(values.wrap(_key(), told, label=LABEL)).decode()


def take(carried: str, *, at: datetime) -> bytes:
    """Give what the code gave; raises NotYours for a hold that is forged or too old."""
    try:
        told = values.unwrap(_key(), base64.urlsafe_b64decode(carried.encode()), label=LABEL)
    except (SealBroken, ValueError):
        raise NotYours from None
    made_at = datetime.fromtimestamp(int.from_bytes(told[PROOF:], "big"), UTC)
    if not door.holds(made_at, at=at):
        raise NotYours
    return told[:PROOF]


def _key() -> bytes:
    return kdf.subkey(settings.SECRET_KEY.encode(), purpose=LABEL)
