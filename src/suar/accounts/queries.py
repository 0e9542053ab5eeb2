"""What other stages may know of accounts: ids, public keys, shown names."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from suar.accounts import certificates
from suar.accounts.codes import KeyKind, WorkerState
from suar.accounts.models import Backup, Membership, Organisation, PublicKey, Team, Worker
from suar.accounts.roles import Permission, Role, Viewer, permissions_of
from suar.accounts.rules import Readiness, WorkerFacts
from suar.crypto import kdf

SHEETS_NEEDED = 2

KIND_OF_HOLDER = {
    "team": KeyKind.TEAM,
    "worker": KeyKind.USER_READ,
    "break_glass": KeyKind.BREAK_GLASS,
    "escrow": KeyKind.ESCROW,
    "statistics": KeyKind.STATISTICS,
    "inbox": KeyKind.INBOX,
    "identity": KeyKind.IDENTITY,
    "sign": KeyKind.USER_SIGN,
}


@dataclass(frozen=True, slots=True)
class TeamFacts:
    """A team as other stages see it."""

    id: UUID
    organisation: UUID
    name: str
    own_cases_only: bool
    leads: frozenset[UUID]


def team_facts(team: UUID) -> TeamFacts:
    """Return a team with the workers who lead it."""
    row = Team.objects.get(id=team)
    leads = Membership.objects.filter(team=team, leads=True, until=None).values_list("worker", flat=True)
    return TeamFacts(row.id, row.organisation_id, row.name, row.own_cases_only, frozenset(leads))


def teams_of(organisation: UUID) -> list[TeamFacts]:
    """List the teams of an organisation by name."""
    rows = Team.objects.filter(organisation=organisation).order_by("name")
    return [team_facts(row.id) for row in rows]


def team_names(teams: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of teams, by name."""
    return dict(Team.objects.filter(id__in=teams).order_by("name").values_list("id", "name"))


def members_of(team: UUID) -> frozenset[UUID]:
    """Return the active workers of a team."""
    return frozenset(members_by_name(team))


def members_by_name(team: UUID) -> dict[UUID, str]:
    """Return the active workers of a team with the names under which colleagues see them."""
    rows = Membership.objects.filter(team=team, until=None, worker__state=WorkerState.ACTIVE)
    return dict(rows.values_list("worker", "worker__shown_name"))


def owners_of(keys: Iterable[UUID]) -> frozenset[UUID]:
    """Return the owners of keys."""
    rows = PublicKey.objects.filter(id__in=list(keys))
    return frozenset(rows.values_list("owner", flat=True))


def who_hears(organisation: UUID) -> list[UUID]:
    """List the complaint handlers of an organisation, in a fixed order.

    Only workers who were never in a team: somebody who works with people may be the one it is about. And only those
    whose own key a signatory confirmed.
    """
    roles = [role for role in Role if Permission.HEAR_FEEDBACK in permissions_of(role)]
    own = PublicKey.objects.filter(kind=KeyKind.USER_READ, retired_at=None, certificate__isnull=False)
    rows = Worker.objects.filter(
        organisation=organisation,
        state=WorkerState.ACTIVE,
        role__in=roles,
        id__in=own.values("owner"),
        membership=None,
    )
    return list(rows.order_by("id").values_list("id", flat=True))


def own_keys(worker: UUID) -> QuerySet[PublicKey, Any]:
    """Return the ids of a worker's own reading keys, for a query."""
    return PublicKey.objects.filter(owner=worker, kind=KeyKind.USER_READ).values("id")


def key_for_holder(holder: str, owner: UUID) -> tuple[UUID, bytes] | None:
    """Return the newest key (id, public half) of a kind of holder, or None when there is none."""
    rows = PublicKey.objects.filter(kind=KIND_OF_HOLDER[holder], owner=owner, retired_at=None)
    row = rows.order_by("-version").first()
    return (row.id, bytes(row.public)) if row else None


def backup_public() -> bytes | None:
    """Return the public half of the newest printed backup sheet, or None when there is none.

    Raises KeyNotTrusted when the organisation did not sign it.
    """
    rows = PublicKey.objects.filter(kind=KeyKind.BACKUP, retired_at=None)
    row = rows.order_by("-made_at").first()
    if row is not None:
        certificates.check(row, certificates.identity_of(row.owner))
    return bytes(row.public) if row else None


def keys_to_seal_to(wanted: Iterable[tuple[str, UUID]], *, organisation: UUID) -> list[tuple[UUID, bytes]]:
    """Return the newest key (id, public half) of each holder of an organisation, in their order.

    Raises KeyNotTrusted when one is missing or does not carry the organisation's signature.
    """
    holders = [(KIND_OF_HOLDER[holder], owner) for holder, owner in wanted]
    found = certificates.newest_trusted(holders, organisation=organisation)
    return [(found[each].id, bytes(found[each].public)) for each in holders]


def givers_as_stored(team: UUID, house: UUID, worker: UUID | None) -> list[Any]:
    """Return the rows that say who is given a record of a team and by which keys, as they stand.

    They are for nothing but to be compared with what stood before.
    """
    facts = team_facts(team)
    owners = {owner for owner in (team, house, worker, *facts.leads) if owner}
    keys = PublicKey.objects.filter(owner__in=owners, retired_at=None).order_by("version", "id")
    return [facts, list(keys.values_list("kind", "owner", "id"))]


def publics_of(keys: Collection[UUID], *, organisation: UUID) -> dict[UUID, bytes]:
    """Return public halves by id; raises KeyNotTrusted when the organisation did not sign one."""
    return certificates.trusted_by_id(keys, organisation=organisation)


def certificate_of(key: UUID) -> bytes | None:
    """Return the organisation's signature over a worker's key."""
    found = PublicKey.objects.values_list("certificate", flat=True).get(id=key)
    return bytes(found) if found else None


def shown_names(workers: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names under which workers are shown to colleagues."""
    wanted = {each for each in workers if each}
    return dict(Worker.objects.filter(id__in=wanted).values_list("id", "shown_name"))


def organisation_names(organisations: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of organisations."""
    wanted = {each for each in organisations if each}
    return dict(Organisation.objects.filter(id__in=wanted).values_list("id", "name"))


def identities(houses: Iterable[UUID] | None = None) -> dict[UUID, bytes]:
    """Return the newest public signing key of these houses, or of every house here that has one."""
    wanted = Organisation.objects.values_list("id", flat=True) if houses is None else houses
    found = {each: certificates.identity_of(each) for each in wanted}
    return {house: identity for house, identity in found.items() if identity}


def organisation_of(worker: UUID) -> UUID:
    """Return the organisation a worker belongs to."""
    return Worker.objects.values_list("organisation", flat=True).get(id=worker)


def ready(organisation: UUID) -> Readiness:
    """Return what is missing before an organisation may store a real record.

    A recovery sheet counts when it opens a team's key: only then does it save records.
    """
    already = Organisation.objects.values_list("ready_at", flat=True).get(id=organisation)
    if already:
        return Readiness(SHEETS_NEEDED, SHEETS_NEEDED, restored=True, already=True)
    members = Membership.objects.filter(until=None, team__organisation=organisation)
    proven = members.filter(worker__state=WorkerState.ACTIVE, worker__recovery_proven_at__isnull=False)
    restored = Backup.objects.filter(proven_at__isnull=False).exists()
    people = proven.values("worker").distinct().count()
    return Readiness(people, SHEETS_NEEDED, restored=restored)


def organisation(viewer: Viewer) -> Organisation:
    """Return the viewer's own organisation."""
    return Organisation.objects.get(id=viewer.organisation)


def worker_facts(row: Worker) -> WorkerFacts:
    """Return a worker as rules about workers see them."""
    teams = Membership.objects.filter(worker=row, until=None).values_list("team", flat=True)
    own = PublicKey.objects.filter(owner=row.id, kind=KeyKind.USER_READ, retired_at=None)
    return WorkerFacts(
        row.id,
        row.organisation_id,
        Role(row.role),
        WorkerState(row.state),
        frozenset(teams),
        own.filter(certificate__isnull=False).exists(),
    )


def worker(ident: UUID) -> Worker:
    """Return a worker's row, for the pages of this stage."""
    return Worker.objects.get(id=ident)


def recovery_proven(ident: UUID) -> bool:
    """Return True if a worker has typed their recovery sheet back."""
    return Worker.objects.filter(id=ident, recovery_proven_at__isnull=False).exists()


def colleagues(viewer: Viewer) -> list[Worker]:
    """List the workers of the viewer's organisation by the name they are shown under."""
    return list(Worker.objects.filter(organisation=viewer.organisation).order_by("shown_name"))


def own_words(worker: UUID) -> str:
    """Return six short groups by which two people compare a worker's own keys.

    Source: own design, docs/decisions/keys-and-sessions.md; security.md 3.6 (six words by voice).
    """
    rows = PublicKey.objects.filter(owner=worker, kind__in=(KeyKind.USER_READ, KeyKind.USER_SIGN), retired_at=None)
    keys = b"".join(bytes(row.public) for row in rows.order_by("kind", "version"))
    signs = kdf.digest(b"suar-worker-1|" + worker.bytes + keys).hex().upper()
    return " ".join(signs[start : start + 4] for start in range(0, 24, 4))
