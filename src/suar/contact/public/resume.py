"""The resume token of a page that a return code opened: it lets the person write again for an hour.

It opens nothing. It contains the proof, which only the code yields and no row stores: an attacker with the secret key
of this server and its rows cannot forge one. It is encrypted, so that it does not reveal its request.
"""

import base64
from datetime import UTC, datetime

from django.conf import settings

from suar.contact.rules.letters import may_resume
from suar.core.refusals import NotYours
from suar.crypto import kdf, values
from suar.crypto.values import SealBroken

LABEL = "hold on a request"
LONGEST, PROOF_BYTES = 400, 32


def make_token(proof: bytes, *, at: datetime) -> str:
    """Return a token that contains the proof of a code."""
    content = proof + int(at.timestamp()).to_bytes(8, "big")
    return base64.urlsafe_b64encode(values.wrap(_key(), content, label=LABEL)).decode()


def read_token(token: str, *, at: datetime) -> bytes:
    """Return the proof in a token; raises NotYours if the token is forged or too old."""
    try:
        content = values.unwrap(_key(), base64.urlsafe_b64decode(token[:LONGEST].encode()), label=LABEL)
    except (SealBroken, ValueError):
        raise NotYours from None
    made_at = datetime.fromtimestamp(int.from_bytes(content[PROOF_BYTES:], "big"), UTC)
    if not may_resume(made_at, at=at):
        raise NotYours
    return content[:PROOF_BYTES]


def _key() -> bytes:
    return kdf.subkey(settings.SECRET_KEY.encode(), purpose=LABEL)
