"""From a password to the two keys it gives, and back to nothing."""

import os
from dataclasses import asdict
from functools import lru_cache

from django.conf import settings
from django.contrib.auth import password_validation

from suar.accounts.models import Worker
from suar.accounts.rules import password_is_good
from suar.core import ratelimit
from suar.core.refusals import Refused
from suar.crypto import kdf
from suar.crypto.kdf import DerivedKeys, KdfParameters


def parameters() -> KdfParameters:
    """Return today's cost of a password; stored with each worker and raised at the next sign-in."""
    return KdfParameters(**settings.SUAR_KDF)


def keys_of(worker: Worker | None, password: str) -> DerivedKeys:
    """Derive both keys with one Argon2id; for an unknown worker the cost is the same."""
    known = worker if worker and worker.salt else None
    salt = bytes(known.salt) if known else _nobodys_salt()
    cost = KdfParameters(**known.kdf) if known else parameters()
    with ratelimit.hash_slot():
        return kdf.derive(password, salt, cost)


def fits(worker: Worker | None, derived: DerivedKeys) -> bool:
    """Compare in constant time, also for an unknown worker."""
    kept = bytes(worker.verifier) if worker is not None and worker.verifier else bytes(32)
    return kdf.equal(kdf.verifier(derived.authentication), kept)


def set_password(worker: Worker, password: str) -> DerivedKeys:
    """Set a new salt, cost and verifier of a worker (not saved), and return the derived keys."""
    worker.salt = os.urandom(16)
    worker.kdf = asdict(parameters())
    derived = keys_of(worker, password)
    worker.verifier = kdf.verifier(derived.authentication)
    return derived


def check_new(worker: Worker, password: str) -> None:
    """Raise Refused if a new password is too weak."""
    decision = password_is_good(password, name=worker.name, common=common_passwords())
    if not decision:
        raise Refused(decision.because)


def cost_is_today(worker: Worker) -> bool:
    """Return True if a worker's password costs what a new one would."""
    return bool(worker.kdf == asdict(parameters()))


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Read the list of 20,000 common passwords that Django ships."""
    return frozenset(password_validation.CommonPasswordValidator().passwords)


@lru_cache(maxsize=1)
def _nobodys_salt() -> bytes:
    return os.urandom(16)
