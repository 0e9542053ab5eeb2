"""How private halves are stored: wrapped for their holder, never in clear.

A worker's own pairs are wrapped by their password and by their recovery sheet; everything else
is sealed to those pairs. What a password wraps is listed in `rewrap_all` and nowhere else.
"""

from datetime import datetime
from uuid import UUID

from suar.accounts import certificates, passwords
from suar.accounts.codes import KeyKind, Way
from suar.accounts.keys import UserPairs, newest_public
from suar.accounts.models import PublicKey, Worker, Wrap
from suar.crypto import boxes, values
from suar.crypto.kdf import DerivedKeys
from suar.crypto.signatures import SignPair

PASSWORD_WRAPS = ("totp", "sheet_key")
"""Columns of a worker whose content only the password opens."""


def give_key(key: PublicKey, private: bytes, *, to: PublicKey, at: datetime) -> None:
    """Seal a private half to a holder; giving it twice changes nothing."""
    sealed = boxes.seal_to(bytes(to.public), private)
    Wrap.objects.get_or_create(key=key.id, way=Way.MEMBER, holder=to.owner, defaults={"sealed": sealed, "made_at": at})


def rewrap(read: PublicKey, pairs: UserPairs, *, way: Way, key: bytes, at: datetime) -> None:
    """Wrap a worker's own pairs under a password key or a recovery key, replacing the old."""
    sealed = values.wrap(key, pairs.together(), label=f"{read.owner}|{way}")
    Wrap.objects.update_or_create(key=read.id, way=way, holder=read.owner, defaults={"sealed": sealed, "made_at": at})


def own_pairs(worker: UUID, *, way: Way, key: bytes) -> UserPairs:
    """Unwrap a worker's own pairs; raises SealBroken when the key is another one."""
    read = newest_public(KeyKind.USER_READ, worker)
    wrap = Wrap.objects.get(key=read.id, way=way, holder=worker)
    return UserPairs.apart(values.unwrap(key, bytes(wrap.sealed), label=f"{worker}|{way}"))


def seal_secret(worker: Worker, name: str, secret: bytes, derived: DerivedKeys) -> None:
    """Seal a secret of a worker under their password (not saved)."""
    setattr(worker, name, values.wrap(derived.wrapping, secret, label=f"{name}|{worker.id}"))


def open_secret(worker: Worker, name: str, derived: DerivedKeys) -> bytes | None:
    """Open what `seal_secret` sealed, or None."""
    sealed = getattr(worker, name)
    return sealed and values.unwrap(derived.wrapping, bytes(sealed), label=f"{name}|{worker.id}")


def rewrap_all(worker: Worker, password: str, pairs: UserPairs, *, old: DerivedKeys, at: datetime) -> DerivedKeys:
    """Wrap everything of a worker under a new password, or the same at a new cost.

    No value is touched. Source: security.md 3.5 (password change: rewrap only).
    """
    secrets = {name: open_secret(worker, name, old) for name in PASSWORD_WRAPS}
    derived = passwords.set_password(worker, password)
    for name, secret in secrets.items():
        if secret is not None:
            seal_secret(worker, name, secret, derived)
    read = newest_public(KeyKind.USER_READ, worker.id)
    rewrap(read, pairs, way=Way.PASSWORD, key=derived.wrapping, at=at)
    worker.save(update_fields=["salt", "kdf", "verifier", *PASSWORD_WRAPS])
    return derived


def certify_keys(worker: UUID, identity: SignPair) -> None:
    """Sign both of a worker's own keys with the organisation's key."""
    for kind in (KeyKind.USER_READ, KeyKind.USER_SIGN):
        certificates.sign_key(newest_public(kind, worker), identity)
