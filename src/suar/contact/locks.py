"""From a code to where its request lies and what opens it; neither the code nor a key is kept.

Source: docs/decisions/0029; RFC 9106; security.md 3.1.
"""

import os
from dataclasses import asdict, dataclass, field

from django.conf import settings

from suar.accounts import turnstile
from suar.contact.models import CodeSalt
from suar.crypto import kdf
from suar.crypto.boxes import BoxPair
from suar.crypto.kdf import KdfParameters

QUEUE = "codes"
LONGEST_WAIT_S = 1.0


@dataclass(frozen=True, slots=True)
class Lock:
    """What one code gives: the digest its request is found by, and its key pair.

    `proof` is what was digested: no row holds it, so who shows it had the code. It opens nothing.
    """

    proof: bytes = field(repr=False)
    address: bytes = field(repr=False)
    box: BoxPair = field(repr=False)


def lock_of(code: str) -> Lock:
    """Work out the lock of a code that was read; raises TooBusy when too many ask at once.

    Codes have a queue of their own: whoever guesses here keeps no worker from signing in.
    """
    row = _salt()
    with turnstile.one_of_few(QUEUE, places=places(), longest_wait_s=LONGEST_WAIT_S):
        root = kdf.derive(code, bytes(row.salt), KdfParameters(**row.kdf))
    found = kdf.subkey(root.authentication, purpose="address of a request")
    own = kdf.subkey(root.wrapping, purpose="key of a request")
    return Lock(found, address_of(found), BoxPair.from_private(own))


def address_of(proof: bytes) -> bytes:
    """Give the digest by which a request is found."""
    return kdf.digest(proof)


def places() -> int:
    """Give how many codes are worked out at once: half the cores, at least one."""
    return max(1, (os.cpu_count() or 1) // 2)


def _salt() -> CodeSalt:
    """Give the salt of this Suar, and make it when the first code is made."""
    made = {"salt": kdf.new_salt(), "kdf": asdict(KdfParameters(**settings.SUAR_KDF))}
    return CodeSalt.objects.get_or_create(number=1, defaults=made)[0]
