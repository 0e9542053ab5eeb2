"""The keys a signed-in worker holds while one request runs. Never cached, logged or pickled."""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.db.models import Q

from suar.accounts import certificates
from suar.accounts.codes import KeyKind, Way
from suar.accounts.models import PublicKey, Worker, Wrap
from suar.core.refusals import KeyNotTrusted, NotYours
from suar.crypto import kdf
from suar.crypto.boxes import BoxPair
from suar.crypto.signatures import SignPair

DAILY = frozenset({KeyKind.USER_READ, KeyKind.TEAM, KeyKind.INBOX})
"""Kinds that open records in daily work; the others need a ceremony of their own."""


class Keys:
    """The worker's own pairs, and on demand those of teams and inboxes.

    `house` is the organisation's public signing key as this worker remembers it.
    """

    def __init__(self, worker: UUID, *, read: BoxPair, sign: SignPair, house: bytes | None = None) -> None:
        self.worker = worker
        self._read, self._sign, self._house = read, sign, house
        self._held: dict[UUID, PublicKey] | None = None
        self._wraps: dict[UUID, bytes] = {}
        self._pairs: dict[UUID, BoxPair | SignPair] = {}
        self._search: dict[UUID, bytes] = {}
        self.opened: list[UUID] = []
        self.looked, self.shown = False, 0

    def __repr__(self) -> str:
        return f"Keys({self.worker})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    def list_keys(self, *kinds: KeyKind) -> list[PublicKey]:
        """List the keys of these kinds (all daily ones by default) that the worker can open, newest first.

        Of two with the same version the worker's own comes first.
        """
        wanted = frozenset(kinds) or DAILY
        held = [key for key in self._rows().values() if key.kind in wanted]
        return sorted(held, key=lambda key: (-key.version, key.id in self._wraps))

    def private(self, key: UUID) -> bytes:
        """Return the private half; raises NotYours if the worker has no wrap of it.

        It must be the other half of a key with the organisation's signature; else it raises KeyNotTrusted.
        """
        return self._pair(key).private

    def pair(self, key: UUID) -> BoxPair:
        """Return the pair that opens what was sealed to `key`."""
        found = self._pair(key)
        if not isinstance(found, BoxPair):
            raise NotYours
        return found

    def search_key(self, team_key: UUID) -> bytes:
        """Return the symmetric key under which the search entries of a team are wrapped."""
        if team_key not in self._search:
            self._search[team_key] = kdf.subkey(self.private(team_key), purpose="team search")
        return self._search[team_key]

    def identity(self, organisation: UUID) -> SignPair:
        """Return the organisation's signing pair; only signatories hold it."""
        for key in self.list_keys(KeyKind.IDENTITY):
            found = self._pair(key.id)
            if key.owner == organisation and isinstance(found, SignPair):
                return found
        raise NotYours

    def sign(self, message: bytes) -> bytes:
        """Sign with the worker's own key."""
        return self._sign.sign(message)

    def form_digest(self, content: bytes) -> bytes:
        """Return a keyed digest of a submitted form, 32 bytes, that only this worker can compute."""
        return kdf.mac(kdf.subkey(self._read.private, purpose="submitted form"), content)

    def remember(self, house: UUID, identity: bytes) -> None:
        """Store the key of the organisation as the worker trusts it from now on."""
        seal = self.sign(certificates.remembered_text(house, identity))
        Worker.objects.filter(id=self.worker, organisation=house).update(house_seal=seal)
        self.forget()

    @property
    def read_public(self) -> bytes:
        """The public half others seal to."""
        return self._read.public

    def _pair(self, key: UUID) -> BoxPair | SignPair:
        if key not in self._pairs:
            held = self._rows().get(key)
            if held is None:
                raise NotYours
            self._pairs[key] = self._checked(held)
        return self._pairs[key]

    def _checked(self, key: PublicKey) -> BoxPair | SignPair:
        pair: BoxPair | SignPair = self._read
        if key.id in self._wraps:
            kind = SignPair if key.kind == KeyKind.IDENTITY else BoxPair
            pair = kind.from_private(self._read.open(self._wraps[key.id]))
            self._check_organisation(key)
        if pair.public != bytes(key.public):
            raise KeyNotTrusted
        return pair

    def _check_organisation(self, key: PublicKey) -> None:
        if self._house is None:
            self._house = _remembered(self.worker, self._sign.public)
        if key.kind != KeyKind.IDENTITY:
            certificates.check(key, self._house)
        elif bytes(key.public) != self._house:
            raise KeyNotTrusted

    def _rows(self) -> dict[UUID, PublicKey]:
        if self._held is None:
            wraps = Wrap.objects.filter(holder=self.worker, way=Way.MEMBER)
            self._wraps = {wrap.key: bytes(wrap.sealed) for wrap in wraps}
            own = Q(owner=self.worker, kind=KeyKind.USER_READ, public=self._read.public)
            self._held = {row.id: row for row in PublicKey.objects.filter(own | Q(id__in=list(self._wraps)))}
        return self._held

    def forget(self) -> None:
        """Read the keys again, after a membership changed in this request."""
        self._held, self._house = None, None
        self._pairs.clear()
        self._search.clear()


@dataclass(frozen=True, slots=True)
class UserPairs:
    """A worker's two own pairs as one value that can be wrapped."""

    read: BoxPair
    sign: SignPair

    @classmethod
    def new(cls) -> "UserPairs":
        """Make both pairs."""
        return cls(BoxPair.new(), SignPair.new())

    def together(self) -> bytes:
        """Join the private halves: 64 bytes."""
        return self.read.private + self.sign.private

    @classmethod
    def apart(cls, joined: bytes) -> "UserPairs":
        """Take apart what `together` joined."""
        return cls(BoxPair.from_private(joined[:32]), SignPair.from_private(joined[32:64]))


def newest_public(kind: KeyKind, owner: UUID) -> PublicKey:
    """Return the newest key of an owner; raises DoesNotExist if there is none."""
    return PublicKey.objects.filter(kind=kind, owner=owner, retired_at=None).latest("version")


def add_public(
    kind: KeyKind, owner: UUID, public: bytes, *, at: datetime, signed_by: SignPair | None = None
) -> PublicKey:
    """Add the next version of an owner's key, signed by the organisation's pair if given."""
    last = PublicKey.objects.filter(kind=kind, owner=owner).order_by("-version").first()
    version = last.version + 1 if last else 1
    text = certificates.certified_text(kind, owner, public)
    return PublicKey.objects.create(
        kind=kind,
        owner=owner,
        public=public,
        version=version,
        made_at=at,
        certificate=signed_by.sign(text) if signed_by else None,
    )


def _remembered(worker: UUID, own_public: bytes) -> bytes:
    """Return the key of the organisation if it is the one the worker trusts."""
    row = Worker.objects.get(id=worker)
    identity = certificates.identity_of(row.organisation_id)
    if identity is None or not certificates.remembers(row, own_public, identity):
        raise KeyNotTrusted
    return identity
