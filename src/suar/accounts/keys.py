"""Key pairs of workers, teams and organisations, and how their private halves are stored.

A worker's own pairs are wrapped by their password and by their recovery sheet. Every other private half is sealed to
those pairs.
Source: security.md 3.2; docs/decisions/keys-and-sessions.md.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery

from suar.accounts import pins
from suar.accounts.codes import KeyKind, Way
from suar.accounts.models import PublicKey, Worker, Wrap
from suar.accounts.pins import certified_text, check_certificate, identity_of, remembered_text, remembers
from suar.accounts.roles import reads_records
from suar.audit import actions as audit
from suar.core import clock
from suar.core.refusals import KeyNotTrusted, NotYours, value_or_refuse
from suar.crypto import kdf, values
from suar.crypto.pairs import BoxPair, SignPair, seal_to
from suar.crypto.values import SealBroken

DAILY = frozenset({KeyKind.USER_READ, KeyKind.TEAM, KeyKind.INBOX})
"""Kinds that open records in daily work; the others need a ceremony of their own."""
TALK_PLACE, PLACE_BYTES = "talk place", 32


class Keys:
    """The keys of a signed-in worker while one request runs: never cached, logged or pickled.

    The worker's own pairs, and on demand those of teams and inboxes. `organisation_key` is the organisation's public
    signing key as this worker remembers it. `rows` are what `keys_of` returns, if the caller has read them already.
    """

    def __init__(
        self,
        worker: UUID,
        *,
        read: BoxPair,
        sign: SignPair,
        organisation_key: bytes | None = None,
        rows: Iterable[PublicKey] | None = None,
    ) -> None:
        self.worker = worker
        self._read, self._sign, self._organisation_key = read, sign, organisation_key
        self._rows = None if rows is None else self._openable(rows)
        self._pairs: dict[UUID, BoxPair | SignPair] = {}
        self._search: dict[UUID, bytes] = {}
        self.opened: list[UUID] = []
        self.records: dict[UUID, object] = {}
        """The records that this request has opened, for parts of its page."""
        self.has_listed, self.listed = False, 0

    def __repr__(self) -> str:
        return f"Keys({self.worker})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are never pickled")

    def list_keys(self, *kinds: KeyKind) -> list[PublicKey]:
        """List the keys of these kinds (all daily ones by default) that the worker can open, newest first.

        Of two with the same version the worker's own comes first.
        """
        wanted = frozenset(kinds) or DAILY
        keys = [key for key in self._read_rows().values() if key.kind in wanted]
        return sorted(keys, key=lambda key: (-key.version, key.wrap is not None))

    def private(self, key: UUID) -> bytes:
        """Return the private half; raises NotYours if the worker has no wrap of it.

        It must be the other half of a key with the organisation's signature; else it raises KeyNotTrusted.
        """
        return self._open(key).private

    def pair(self, key: UUID) -> BoxPair:
        """Return the pair that opens what was sealed to `key`."""
        pair = self._open(key)
        if not isinstance(pair, BoxPair):
            raise NotYours
        return pair

    def search_key(self, team_key: UUID) -> bytes:
        """Return the symmetric key under which the search entries of a team are wrapped."""
        if team_key not in self._search:
            self._search[team_key] = kdf.subkey(self.private(team_key), purpose="team search")
        return self._search[team_key]

    def identity(self, organisation: UUID) -> SignPair:
        """Return the organisation's signing pair; only signatories hold it."""
        for key in self.list_keys(KeyKind.IDENTITY):
            pair = self._open(key.id)
            if key.owner == organisation and isinstance(pair, SignPair):
                return pair
        raise NotYours

    def sign(self, message: bytes) -> bytes:
        """Sign with the worker's own key."""
        return self._sign.sign(message)

    def form_digest(self, content: bytes) -> bytes:
        """Return a keyed digest of a submitted form, 32 bytes, that only this worker can compute."""
        return kdf.mac(kdf.subkey(self._read.private, purpose="submitted form"), content)

    def remember_place(self, place: str) -> None:
        """Store the kind of place of the worker's last talk, for their eyes only and padded."""
        sealed = values.wrap(self._place_key(), place.ljust(PLACE_BYTES).encode(), label=TALK_PLACE)
        Worker.objects.filter(id=self.worker).update(talk_place=sealed)

    def remembered_place(self) -> str:
        """Return the kind of place of the worker's last talk, or "" if there is none or their keys are new."""
        sealed = Worker.objects.values_list("talk_place", flat=True).get(id=self.worker)
        with suppress(SealBroken):
            return values.unwrap(self._place_key(), sealed, label=TALK_PLACE).decode().strip() if sealed else ""
        return ""

    def _place_key(self) -> bytes:
        return kdf.subkey(self._read.private, purpose="talk place")

    def remember(self, organisation: UUID, identity: bytes) -> None:
        """Store the key of the organisation as the worker trusts it from now on."""
        seal = self.sign(remembered_text(organisation, identity))
        Worker.objects.filter(id=self.worker, organisation=organisation).update(organisation_seal=seal)
        self.forget()

    def forget(self) -> None:
        """Read the keys again, after a membership changed in this request."""
        self._rows, self._organisation_key = None, None
        self._pairs.clear()
        self._search.clear()

    def write_openings(self, *, page: str, noted: Collection[UUID] = ()) -> None:
        """Write what was opened since the last call in one transaction; `page` is the route's name."""
        with transaction.atomic(), audit.one_batch():
            self.note_openings(page=page, at=clock.now(), noted=noted)
        self.forget_openings()

    def note_openings(self, *, page: str, at: datetime, noted: Collection[UUID] = ()) -> None:
        """Add one audit entry for all records opened and one for all list entries shown.

        Records that an entry of this request names already (`noted`) are left out.
        Runs in the caller's transaction; call `forget_openings` when it is committed. A search that
        opened list entries and showed none is noted as well: somebody was looked for.
        """
        opened = [record for record in dict.fromkeys(self.opened) if record not in noted]
        if opened:
            audit.record("open", by=self.worker, at=at, about=opened, because=page)
        if self.has_listed:
            audit.record("list", by=self.worker, at=at, because=page, listed=self.listed)

    def forget_openings(self) -> None:
        """Begin anew after the entries were committed, so that each opening stands in one entry."""
        self.opened, self.has_listed, self.listed = [], False, 0

    def _open(self, key: UUID) -> BoxPair | SignPair:
        if key not in self._pairs:
            self._pairs[key] = self._unwrap(value_or_refuse(self._read_rows().get(key)))
        return self._pairs[key]

    def _unwrap(self, key: PublicKey) -> BoxPair | SignPair:
        pair: BoxPair | SignPair = self._read
        if key.wrap is not None:
            kind = SignPair if key.kind == KeyKind.IDENTITY else BoxPair
            pair = kind.from_private(self._read.open(bytes(key.wrap)))
            self._check_organisation(key)
        if pair.public != bytes(key.public):
            raise KeyNotTrusted
        return pair

    def _check_organisation(self, key: PublicKey) -> None:
        if self._organisation_key is None:
            worker = Worker.objects.get(id=self.worker)
            identity = identity_of(worker.organisation_id)
            if identity is None or not remembers(worker, self._sign.public, identity):
                raise KeyNotTrusted
            self._organisation_key = identity
        if key.kind != KeyKind.IDENTITY:
            check_certificate(key, self._organisation_key)
        elif bytes(key.public) != self._organisation_key:
            raise KeyNotTrusted

    def _read_rows(self) -> dict[UUID, PublicKey]:
        if self._rows is None:
            self._rows = self._openable(keys_of(self.worker))
        return self._rows

    def _openable(self, rows: Iterable[PublicKey]) -> dict[UUID, PublicKey]:
        """Return the keys of which the worker has a wrap, and the key of their own pair."""
        own = (KeyKind.USER_READ, self.worker, self._read.public)
        return {row.id: row for row in rows if row.wrap is not None or (row.kind, row.owner, bytes(row.public)) == own}


def keys_of(worker: UUID) -> list[PublicKey]:
    """Return a worker's own reading keys, those of the organisation, and those wrapped for the worker, with `wrap`."""
    wraps = Wrap.objects.filter(holder=worker, way=Way.MEMBER)
    organisation = Worker.objects.filter(id=worker).values("organisation")
    wanted = Q(kind=KeyKind.USER_READ, owner=worker) | Q(kind=KeyKind.IDENTITY, owner__in=organisation)
    rows = PublicKey.objects.filter(wanted | Q(id__in=wraps.values("key")))
    sealed = Subquery(wraps.filter(key=OuterRef("id")).values("sealed"))
    return list(rows.annotate(wrap=sealed))  # type: ignore[no-redef]  # declared by the model


def newest(rows: Iterable[PublicKey], kind: KeyKind, owner: UUID) -> PublicKey | None:
    """Return the newest of some keys of this kind and owner that is not retired, or None."""
    matching = [row for row in rows if row.kind == kind and row.owner == owner and row.retired_at is None]
    return max(matching, key=lambda row: row.version, default=None)


@dataclass(frozen=True, slots=True)
class UserPairs:
    """A worker's two own pairs as one value that can be wrapped."""

    read: BoxPair
    sign: SignPair

    @classmethod
    def new(cls) -> "UserPairs":
        """Make both pairs."""
        return cls(BoxPair.new(), SignPair.new())

    def to_bytes(self) -> bytes:
        """Join the private halves: 64 bytes."""
        return self.read.private + self.sign.private

    @classmethod
    def from_bytes(cls, joined: bytes) -> "UserPairs":
        """Read what `to_bytes` wrote."""
        return cls(BoxPair.from_private(joined[:32]), SignPair.from_private(joined[32:64]))


def newest_public(kind: KeyKind, owner: UUID) -> PublicKey:
    """Return the newest key of an owner; raises DoesNotExist if there is none, or it was replaced before."""
    row = PublicKey.objects.filter(kind=kind, owner=owner, retired_at=None).latest("version")
    if bytes(row.public) in pins.retired_keys():
        raise PublicKey.DoesNotExist
    return row


def retire(rows: QuerySet[PublicKey], *, at: datetime) -> None:
    """Retire keys; once this is committed nothing is sealed to them, even if their rows say otherwise."""
    publics = [bytes(public) for public in rows.values_list("public", flat=True)]
    rows.update(retired_at=at)
    transaction.on_commit(lambda: pins.pin_retired(publics))


def add_public(
    kind: KeyKind, owner: UUID, public: bytes, *, at: datetime, signed_by: SignPair | None = None
) -> PublicKey:
    """Add the next version of an owner's key, signed by the organisation's pair if given."""
    last = PublicKey.objects.filter(kind=kind, owner=owner).order_by("-version").first()
    version = last.version + 1 if last else 1
    certificate = signed_by.sign(certified_text(kind, owner, public)) if signed_by else None
    return PublicKey.objects.create(
        kind=kind, owner=owner, public=public, version=version, made_at=at, certificate=certificate
    )


def certify_keys(worker: UUID, identity: SignPair) -> None:
    """Sign both of a worker's own keys with the organisation's pair, and whether their role reads records."""
    reads = reads_records(Worker.objects.values_list("role", flat=True).get(id=worker))
    for kind in (KeyKind.USER_READ, KeyKind.USER_SIGN):
        key, may_read = newest_public(kind, worker), reads or kind is not KeyKind.USER_READ
        key.certificate = identity.sign(certified_text(kind, worker, bytes(key.public), reads_records=may_read))
        key.save(update_fields=["certificate"])


def give_key(key: PublicKey, private: bytes, *, to: PublicKey, at: datetime) -> None:
    """Seal a private half to a holder; giving it twice changes nothing."""
    sealed = seal_to(bytes(to.public), private)
    Wrap.objects.get_or_create(key=key.id, way=Way.MEMBER, holder=to.owner, defaults={"sealed": sealed, "made_at": at})


def wrap_pairs(worker: UUID, pairs: UserPairs, *, way: Way, key: bytes, at: datetime) -> None:
    """Wrap a worker's own pairs under a password key or a recovery key, replacing the old wrap."""
    read = newest_public(KeyKind.USER_READ, worker)
    sealed = values.wrap(key, pairs.to_bytes(), label=f"{worker}|{way}")
    Wrap.objects.update_or_create(key=read.id, way=way, holder=worker, defaults={"sealed": sealed, "made_at": at})


def unwrap_pairs(worker: UUID, *, way: Way, key: bytes) -> UserPairs:
    """Unwrap a worker's own pairs; raises SealBroken when the key is another one."""
    read = newest_public(KeyKind.USER_READ, worker)
    wrap = Wrap.objects.get(key=read.id, way=way, holder=worker)
    return UserPairs.from_bytes(values.unwrap(key, bytes(wrap.sealed), label=f"{worker}|{way}"))
