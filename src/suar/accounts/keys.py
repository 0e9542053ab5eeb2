"""The keys a signed-in worker holds while one request runs. Never cached, logged or pickled."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from suar.accounts.models import PublicKey, Wrap
from suar.accounts.terms import KeyKind, Way
from suar.kernel.refusals import NotYours
from suar.sealing.boxes import BoxPair
from suar.sealing.signatures import SignPair

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
    wrapped: bytes | None = field(default=None, repr=False)


class Keys:
    """The worker's own pairs, and on demand those of teams and inboxes."""

    def __init__(self, worker: UUID, *, read: BoxPair, sign: SignPair) -> None:
        self.worker = worker
        self._read, self._sign = read, sign
        self._held: dict[UUID, HeldKey] | None = None
        self._private: dict[UUID, bytes] = {}
        self.opened: list[UUID] = []
        self.shown = 0

    def __repr__(self) -> str:
        return f"Keys({self.worker})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    def held(self, *kinds: KeyKind) -> list[HeldKey]:
        """List the keys of these kinds (all daily ones when none is named), newest first."""
        wanted = frozenset(kinds) or DAILY
        found = [key for key in self._all().values() if key.kind in wanted]
        return sorted(found, key=lambda key: -key.version)

    def private(self, key: UUID) -> bytes:
        """Give the private half; raises NotYours when the worker has no wrap of it."""
        if key not in self._private:
            held = self._all().get(key)
            if held is None:
                raise NotYours
            self._private[key] = (
                self._read.private if held.wrapped is None else self._read.open(held.wrapped)
            )
        return self._private[key]

    def pair(self, key: UUID) -> BoxPair:
        """Give the pair that opens what was sealed to `key`."""
        return BoxPair.from_private(self.private(key)[:32])

    def search_key(self, team_key: UUID) -> bytes:
        """Give the symmetric key under which the sheets of a team are wrapped."""
        return self.private(team_key)[32:64]

    def identity(self, organisation: UUID) -> SignPair:
        """Give the organisation's signing pair; only signatories hold it."""
        for key in self.held(KeyKind.IDENTITY):
            if key.owner == organisation:
                return SignPair.from_private(self.private(key.id))
        raise NotYours

    def sign(self, message: bytes) -> bytes:
        """Sign with the worker's own key."""
        return self._sign.sign(message)

    @property
    def read_public(self) -> bytes:
        """The public half others seal to."""
        return self._read.public

    def _all(self) -> dict[UUID, HeldKey]:
        if self._held is None:
            wraps = {
                wrap["key"]: bytes(wrap["sealed"])
                for wrap in Wrap.objects.filter(holder=self.worker, way=Way.MEMBER).values()
            }
            rows = PublicKey.objects.filter(id__in=wraps).values() if wraps else []
            own = PublicKey.objects.filter(owner=self.worker, kind=KeyKind.USER_READ).values()
            self._held = {row["id"]: _held(row, wraps.get(row["id"])) for row in [*own, *rows]}
        return self._held

    def forget(self) -> None:
        """Look the wraps up anew, after a membership changed in this request."""
        self._held = None


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


def certified_text(kind: KeyKind, owner: UUID, public: bytes) -> bytes:
    """Give the text an organisation signs to say that a key is its worker's.

    Source: own design, docs/decisions/0002.
    """
    return b"suar-key-1|" + kind.value.encode() + b"|" + owner.bytes + public


def newest_public(kind: KeyKind, owner: UUID) -> PublicKey:
    """Give the newest key of an owner; raises DoesNotExist when there is none."""
    return PublicKey.objects.filter(kind=kind, owner=owner, retired_at=None).latest("version")


def add_public(kind: KeyKind, owner: UUID, public: bytes, *, at: datetime) -> PublicKey:
    """Add the next version of an owner's key."""
    last = PublicKey.objects.filter(kind=kind, owner=owner).order_by("-version").first()
    version = last.version + 1 if last else 1
    return PublicKey.objects.create(
        kind=kind, owner=owner, public=public, version=version, made_at=at
    )


def _held(row: dict, wrapped: bytes | None) -> HeldKey:
    return HeldKey(
        row["id"], KeyKind(row["kind"]), row["owner"], row["version"], bytes(row["public"]), wrapped
    )
