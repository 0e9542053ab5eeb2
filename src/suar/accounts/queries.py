"""Queries for other apps: ids, public keys and display names."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from suar.accounts import notices, pins
from suar.accounts.codes import KeyKind, Way, WorkerState
from suar.accounts.models import Backup, Membership, Organisation, PublicKey, Team, Worker, Wrap
from suar.accounts.pins import check_certificate, identity_of
from suar.accounts.roles import Permission, Role, Viewer
from suar.accounts.rules import Readiness, WorkerFacts
from suar.core.refusals import KeyNotTrusted
from suar.crypto import kdf

SHEETS_NEEDED = 2


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """A team as other apps see it."""

    id: UUID
    organisation: UUID
    name: str
    own_cases_only: bool
    leads: frozenset[UUID]


# Teams, workers and organisations


def team_facts(team: UUID) -> TeamFacts:
    """Return a team with the workers who lead it."""
    row = Team.objects.get(id=team)
    leads = Membership.objects.filter(team=team, leads=True, until=None).values_list("worker", flat=True)
    return TeamFacts(row.id, row.organisation_id, row.name, row.own_cases_only, frozenset(leads))


def lock_team(team: UUID) -> None:
    """Lock a team until the transaction ends."""
    Team.objects.select_for_update(no_key=True).get(id=team)


def teams_of(organisation: UUID) -> list[TeamFacts]:
    """List the teams of an organisation by name."""
    return [team_facts(row.id) for row in Team.objects.filter(organisation=organisation).order_by("name")]


def team_names(teams: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of teams, by name."""
    return dict(Team.objects.filter(id__in=teams).order_by("name").values_list("id", "name"))


def members_of(team: UUID) -> frozenset[UUID]:
    """Return the active workers of a team."""
    return frozenset(members_by_name(team))


def members_by_name(team: UUID) -> dict[UUID, str]:
    """Return the active workers of a team with the names under which colleagues see them."""
    rows = Membership.objects.filter(team=team, until=None, worker__state=WorkerState.ACTIVE)
    return dict(rows.values_list("worker", "worker__display_name"))


def complaint_handlers_of(organisation: UUID) -> list[UUID]:
    """List the complaint handlers of an organisation, in a fixed order.

    Only workers who have been in no team, because a complaint may be about a case worker. Their own key must be
    confirmed by a signatory.
    """
    certified = notices.workers_with(Permission.HEAR_FEEDBACK, organisation=organisation, certified=True)
    rows = Worker.objects.filter(id__in=certified, membership=None)
    return list(rows.order_by("id").values_list("id", flat=True))


def lock_organisation(organisation: UUID) -> None:
    """Lock an organisation until the transaction ends."""
    Organisation.objects.select_for_update(no_key=True).filter(id=organisation).first()


def lock_worker(worker: UUID) -> None:
    """Lock a worker until the transaction ends."""
    Worker.objects.select_for_update(no_key=True).filter(id=worker).first()


def display_names(workers: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names under which workers are shown to colleagues."""
    rows = Worker.objects.filter(id__in={worker for worker in workers if worker})
    return dict(rows.values_list("id", "display_name"))


def organisation_names(organisations: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of organisations."""
    rows = Organisation.objects.filter(id__in={organisation for organisation in organisations if organisation})
    return dict(rows.values_list("id", "name"))


def list_receivers() -> list[tuple[UUID, UUID | None]]:
    """Return every organisation with each of its teams, and with None for all its complaint handlers."""
    teams = Team.objects.values_list("organisation", "id")
    return [*teams, *((organisation, None) for organisation in Organisation.objects.values_list("id", flat=True))]


def readiness_of(organisation: UUID) -> Readiness:
    """Return the conditions that an organisation must still meet before it may store a real record.

    A recovery sheet counts when it opens a team's key: only then does it save records.
    """
    if Organisation.objects.filter(id=organisation, ready_at__isnull=False).exists():
        return Readiness(SHEETS_NEEDED, SHEETS_NEEDED, restored=True, already=True)
    members = Membership.objects.filter(until=None, team__organisation=organisation)
    proven = members.filter(worker__state=WorkerState.ACTIVE, worker__recovery_proven_at__isnull=False)
    restored = Backup.objects.filter(proven_at__isnull=False).exists()
    return Readiness(proven.values("worker").distinct().count(), SHEETS_NEEDED, restored=restored)


def worker_facts(row: Worker) -> WorkerFacts:
    """Return a worker as rules about workers see them."""
    teams = Membership.objects.filter(worker=row, until=None).values_list("team", flat=True)
    own = PublicKey.objects.filter(owner=row.id, kind=KeyKind.USER_READ, retired_at=None)
    certified = own.filter(certificate__isnull=False).exists()
    return WorkerFacts(row.id, row.organisation_id, Role(row.role), WorkerState(row.state), frozenset(teams), certified)


def worker(ident: UUID) -> Worker:
    """Return a worker's row, for the pages of this app."""
    return Worker.objects.get(id=ident)


def colleagues(viewer: Viewer) -> list[Worker]:
    """List the workers of the viewer's organisation by the name they are shown under."""
    return list(Worker.objects.filter(organisation=viewer.organisation).order_by("display_name"))


def colleague_names(viewer: Viewer) -> dict[UUID, str]:
    """Return the names under which the workers of the viewer's organisation are shown."""
    return dict(Worker.objects.filter(organisation=viewer.organisation).values_list("id", "display_name"))


def workers_of(organisation: UUID | None) -> frozenset[UUID]:
    """Return the ids of everybody who has or had an account of an organisation."""
    return frozenset(Worker.objects.filter(organisation=organisation).values_list("id", flat=True))


def with_namesakes(workers: Collection[UUID]) -> frozenset[UUID]:
    """Return workers with all of their organisations who are shown under the same names: nobody can tell them apart."""
    rows = Worker.objects.filter(organisation__in=organisations_of(workers)).exclude(display_name="")
    named = {row.id: (row.organisation_id, " ".join(row.display_name.casefold().split())) for row in rows}
    alike = {named[worker] for worker in workers if worker in named}
    return frozenset(workers).union(worker for worker, name in named.items() if name in alike)


def active(workers: Iterable[UUID]) -> frozenset[UUID]:
    """Return those of some workers who can sign in."""
    rows = Worker.objects.filter(id__in=list(workers), state=WorkerState.ACTIVE)
    return frozenset(rows.values_list("id", flat=True))


def active_of(organisation: UUID) -> QuerySet[Worker, Any]:
    """Return the ids of the workers of an organisation who can sign in, for a query."""
    return Worker.objects.filter(organisation=organisation, state=WorkerState.ACTIVE).values("id")


def organisations_of(workers: Iterable[UUID]) -> frozenset[UUID]:
    """Return the organisations of workers."""
    return frozenset(Worker.objects.filter(id__in=list(workers)).values_list("organisation", flat=True))


# Public keys


def owners_of(keys: Iterable[UUID]) -> frozenset[UUID]:
    """Return the owners of keys."""
    return frozenset(PublicKey.objects.filter(id__in=list(keys)).values_list("owner", flat=True))


def own_keys(worker: UUID) -> QuerySet[PublicKey, Any]:
    """Return the ids of a worker's own reading keys, for a query."""
    return PublicKey.objects.filter(owner=worker, kind=KeyKind.USER_READ).values("id")


def usable_keys() -> QuerySet[PublicKey, Any]:
    """Return the ids of the keys that an active worker can open, for a query."""
    active = Worker.objects.filter(state=WorkerState.ACTIVE).values("id")
    wrapped = Wrap.objects.filter(way=Way.MEMBER, holder__in=active).values("key")
    own = Q(kind=KeyKind.USER_READ, owner__in=active, retired_at=None)
    return PublicKey.objects.filter(own | Q(id__in=wrapped)).values("id")


def key_for_holder(holder: str, owner: UUID) -> tuple[UUID, bytes] | None:
    """Return the newest key (id, public half) of a kind of holder, or None when there is none."""
    row = newest_keys([owner]).get((_kind_of(holder), owner))
    return (row.id, bytes(row.public)) if row else None


def newest_keys(owners: Iterable[UUID]) -> dict[tuple[KeyKind, UUID], PublicKey]:
    """Return the newest keys of these owners, by kind and owner, unless they are retired.

    An older key is not returned in place of a retired one: that row could be written by an attacker. One that was
    replaced before is not returned either, if the newer one is gone.
    """
    rows, replaced = PublicKey.objects.filter(owner__in=set(owners)).order_by("version"), pins.retired_keys()
    newest = {(KeyKind(row.kind), row.owner): row for row in rows}
    usable = (row for row in newest.values() if row.retired_at is None and bytes(row.public) not in replaced)
    return {(KeyKind(row.kind), row.owner): row for row in usable}


def keys_to_seal_to(wanted: Iterable[tuple[str, UUID]], *, organisation: UUID) -> list[tuple[UUID, bytes]]:
    """Return the newest key (id, public half) of each holder of an organisation, in their order.

    A "worker" gets what belongs to records, any "reader" what does not. Raises KeyNotTrusted when a key is missing or
    does not carry the organisation's signature for that.
    """
    wanted = list(wanted)
    holders = [(_kind_of(holder), owner) for holder, owner in wanted]
    newest = newest_keys([organisation, *(owner for _, owner in holders)])
    if not newest.keys() >= set(holders):
        raise KeyNotTrusted
    row = newest.get((KeyKind.IDENTITY, organisation))
    identity = pins.trusted_key(organisation, bytes(row.public) if row else None)
    for (name, _), holder in zip(wanted, holders, strict=True):
        check_certificate(newest[holder], identity, for_records=name == "worker")
    return [(newest[holder].id, bytes(newest[holder].public)) for holder in holders]


def publics_of(keys: Collection[UUID], *, organisation: UUID) -> dict[UUID, bytes]:
    """Return public halves by id, for records; raises KeyNotTrusted if the organisation did not sign one for that."""
    rows, identity = PublicKey.objects.filter(id__in=keys), identity_of(organisation)
    for row in rows:
        check_certificate(row, identity, for_records=True)
    if len(rows) < len(set(keys)):
        raise KeyNotTrusted
    return {row.id: bytes(row.public) for row in rows}


def backup_public() -> bytes | None:
    """Return the public half of the newest printed backup sheet, or None when there is none.

    Raises KeyNotTrusted when the organisation did not sign it.
    """
    row = PublicKey.objects.filter(kind=KeyKind.BACKUP, retired_at=None).order_by("-made_at").first()
    if row is None:
        return None
    if bytes(row.public) in pins.retired_keys():
        raise KeyNotTrusted
    check_certificate(row, identity_of(row.owner))
    return bytes(row.public)


def identities(organisations: Iterable[UUID] | None = None) -> dict[UUID, bytes]:
    """Return the newest public signing key of these organisations, or of every one here that has one."""
    wanted = Organisation.objects.values_list("id", flat=True) if organisations is None else organisations
    keys = {organisation: identity_of(organisation) for organisation in wanted}
    return {organisation: identity for organisation, identity in keys.items() if identity}


def worker_fingerprint(worker: UUID) -> str:
    """Return six short groups by which two people compare a worker's own keys.

    Source: own design, docs/decisions/keys-and-sessions.md; security.md 3.6 (compared by voice).
    """
    rows = PublicKey.objects.filter(owner=worker, kind__in=(KeyKind.USER_READ, KeyKind.USER_SIGN), retired_at=None)
    keys = b"".join(bytes(row.public) for row in rows.order_by("kind", "version"))
    return kdf.fingerprint(b"suar-worker-1|" + worker.bytes + keys)


def _kind_of(holder: str) -> KeyKind:
    """Return the kind of key for a kind of holder; most have the same name."""
    return {"worker": KeyKind.USER_READ, "reader": KeyKind.USER_READ, "sign": KeyKind.USER_SIGN}.get(holder) or KeyKind(
        holder
    )
