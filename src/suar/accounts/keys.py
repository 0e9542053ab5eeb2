"""The keys a signed-in worker holds while one request runs. Never cached, logged or pickled."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.db.models import Q, QuerySet

from suar.accounts import certificates
from suar.accounts.models import PublicKey, Worker, Wrap
from suar.accounts.terms import KeyKind, Way
from suar.core.refusals import KeyNotTrusted, NotYours
from suar.crypto import kdf
from suar.crypto.boxes import BoxPair
from suar.crypto.signatures import SignPair
from suar.db import kept

DAILY = frozenset({KeyKind.USER_READ, KeyKind.TEAM, KeyKind.INBOX})
"""Kinds that open records in daily work; the others need a ceremony of their own."""


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key the worker can open: its row and where its private half comes from."""

    id: UUID
    kind: KeyKind
    owner: UUID
    version: int
    public: bytes
    row: PublicKey = field(repr=False)
    wrapped: bytes | None = field(default=None, repr=False)


class Keys:
    """The worker's own pairs, and on demand those of teams and inboxes.

    `house` is the organisation's public signing key as this worker remembers it.
    """

    def __init__(self, worker: UUID, *, read: BoxPair, sign: SignPair, house: bytes | None = None) -> None:
        self.worker = worker
        self._read, self._sign, self._house = read, sign, house
        self._held: dict[UUID, HeldKey] | None = None
        self._pairs: dict[UUID, BoxPair | SignPair] = {}
        self._search: dict[UUID, bytes] = {}
        self.opened: list[UUID] = []
        self.looked, self.shown = False, 0

    def __repr__(self) -> str:
        return f"Keys({self.worker})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    def held(self, *kinds: KeyKind) -> list[HeldKey]:
        """List the keys of these kinds (all daily ones when none is named), newest first.

        Of two that are as new the worker's own comes first.
        """
        wanted = frozenset(kinds) or DAILY
        found = [key for key in self._all().values() if key.kind in wanted]
        return sorted(found, key=lambda key: (-key.version, key.wrapped is not None))

    def private(self, key: UUID) -> bytes:
        """Give the private half; raises NotYours when the worker has no wrap of it.

        What is unwrapped must be the other half of a key that carries the house's signature:
        else somebody put it there, and it raises KeyNotTrusted.
        """
        return self._pair(key).private

    def pair(self, key: UUID) -> BoxPair:
        """Give the pair that opens what was sealed to `key`."""
        found = self._pair(key)
        if not isinstance(found, BoxPair):
            raise NotYours
        return found

    def search_key(self, team_key: UUID) -> bytes:
        """Give the symmetric key under which the sheets of a team are wrapped."""
        if team_key not in self._search:
            found = kdf.subkey(self.private(team_key), purpose="team search")
            self._search[team_key] = found
        return self._search[team_key]

    def identity(self, organisation: UUID) -> SignPair:
        """Give the organisation's signing pair; only signatories hold it."""
        for key in self.held(KeyKind.IDENTITY):
            found = self._pair(key.id)
            if key.owner == organisation and isinstance(found, SignPair):
                return found
        raise NotYours

    def sign(self, message: bytes) -> bytes:
        """Sign with the worker's own key."""
        return self._sign.sign(message)

    def mac(self, message: bytes, *, purpose: str) -> bytes:
        """Return a keyed digest of a message, 32 bytes, that only this worker can compute."""
        return kdf.mac(kdf.subkey(self._read.private, purpose=purpose), message)

    def remember(self, house: UUID, identity: bytes) -> None:
        """Keep the key of the house as the worker knows it from now on."""
        seal = self.sign(certificates.remembered_text(house, identity))
        Worker.objects.filter(id=self.worker, organisation=house).update(house_seal=seal)
        self.forget()

    @property
    def read_public(self) -> bytes:
        """The public half others seal to."""
        return self._read.public

    def _pair(self, key: UUID) -> BoxPair | SignPair:
        if key not in self._pairs:
            held = self._all().get(key)
            if held is None:
                raise NotYours
            self._pairs[key] = self._checked(held)
        return self._pairs[key]

    def _checked(self, held: HeldKey) -> BoxPair | SignPair:
        if held.wrapped is None:
            found: BoxPair | SignPair = self._read
        else:
            kind = SignPair if held.kind is KeyKind.IDENTITY else BoxPair
            found = kind.from_private(self._read.open(held.wrapped))
            self._check_house(held)
        if found.public != held.public:
            raise KeyNotTrusted
        return found

    def _check_house(self, held: HeldKey) -> None:
        if self._house is None:
            self._house = _remembered(self.worker, self._sign.public)
        if held.kind is not KeyKind.IDENTITY:
            certificates.check(held.row, self._house)
        elif held.public != self._house:
            raise KeyNotTrusted

    def _all(self) -> dict[UUID, HeldKey]:
        if self._held is None:
            wraps = {key: bytes(sealed) for key, sealed in _member_wraps(self.worker)}
            rows = _own_and_given(self.worker, self._read.public, [*wraps])
            self._held = {row.id: _held(row, wraps.get(row.id)) for row in rows}
        return self._held

    def forget(self) -> None:
        """Look the wraps up anew, after a membership changed in this request."""
        self._held, self._house = None, None
        self._pairs.clear()
        self._search.clear()


@kept.rows
def _member_wraps(worker: UUID) -> QuerySet:
    return Wrap.objects.filter(holder=worker, way=Way.MEMBER).values_list("key", "sealed")


@kept.rows
def _own_and_given(worker: UUID, read: bytes, given: Collection[UUID]) -> QuerySet:
    own = Q(owner=worker, kind=KeyKind.USER_READ, public=read)
    return PublicKey.objects.filter(own | Q(id__in=given))


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
    """Give the newest key of an owner; raises DoesNotExist when there is none."""
    return PublicKey.objects.filter(kind=kind, owner=owner, retired_at=None).latest("version")


def add_public(
    kind: KeyKind, owner: UUID, public: bytes, *, at: datetime, signed_by: SignPair | None = None
) -> PublicKey:
    """Add the next version of an owner's key, with the house's signature when there is one."""
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


def _held(row: PublicKey, wrapped: bytes | None) -> HeldKey:
    return HeldKey(row.id, KeyKind(row.kind), row.owner, row.version, bytes(row.public), row, wrapped)


def _remembered(worker: UUID, own_public: bytes) -> bytes:
    """Give the key of the house if it is the one the worker remembers."""
    row = Worker.objects.get(id=worker)
    identity = certificates.identity_of(row.organisation_id)
    if identity is None or not certificates.remembers(row, own_public, identity):
        raise KeyNotTrusted
    return identity
