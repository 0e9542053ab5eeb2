"""What administrators and leads do about workers: invite, disable, admit, confirm."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from suar.accounts import actions, factors, policy, queries, sessions
from suar.accounts.codes import WorkerState
from suar.accounts.keys import Keys
from suar.accounts.models import Worker
from suar.accounts.roles import Role, Viewer, roles
from suar.accounts.rules import WorkerFacts, account_name
from suar.audit import actions as audit
from suar.core.decisions import Decision
from suar.core.refusals import NotYours, Refused


@transaction.atomic
def invite(name: str, *, shown_name: str, role: Role, viewer: Viewer, at: datetime) -> tuple[Worker, str]:
    """Invite somebody to the administrator's own organisation; raises Refused("name_taken")."""
    if not roles()[role].assignable:
        raise NotYours
    if Worker.objects.filter(name=account_name(name)).exists():
        raise Refused("name_taken")
    organisation = queries.organisation(viewer)
    return actions.invite(name, shown_name=shown_name, role=role, organisation=organisation, by=viewer.worker, at=at)


@transaction.atomic
def invite_again(worker: UUID, *, viewer: Viewer, at: datetime) -> str:
    """Make a new code for somebody who has not come yet; the old one stops working."""
    row, facts = _locked(worker)
    _allow(policy.may_invite_again(viewer, facts))
    return actions.renew_invitation(row, by=viewer.worker, at=at)


@transaction.atomic
def disable(worker: UUID, *, viewer: Viewer, at: datetime) -> None:
    """Disable a worker: every session ends at once, an open invitation too.

    The keys sealed to them stay until the team's key is changed; without signing in they open
    nothing. Source: security.md 3.5 (leaver).
    """
    row, facts = _locked(worker)
    _allow(policy.may_disable(viewer, facts))
    row.state, row.invitation, row.invited_until = WorkerState.DISABLED, None, None
    row.save(update_fields=["state", "invitation", "invited_until"])
    sessions.end_all(worker)
    audit.record("disable", by=viewer.worker, at=at, about=[worker])


@transaction.atomic
def enable(worker: UUID, *, viewer: Viewer, at: datetime) -> None:
    """Enable a worker; one who never chose a second factor has to be invited again.

    A worker who was admitted to a team comes back as they were, also with no factor left: an invitation would give
    the place, and the grants that follow it, to whoever has its code.
    """
    row, facts = _locked(worker)
    _allow(policy.may_enable(viewer, facts))
    has_come = bool(factors.usable_factors(worker)) or policy.was_let_in(facts)
    row.state = WorkerState.ACTIVE if has_come else WorkerState.INVITED
    row.save(update_fields=["state"])
    audit.record("enable", by=viewer.worker, at=at, about=[worker])


@transaction.atomic
def admit(worker: UUID, *, team: UUID, viewer: Viewer, keys: Keys, at: datetime, leads: bool = False) -> None:
    """Seal the key of a team to a worker whose words were compared by voice."""
    _, facts = _locked(worker)
    own = team not in viewer.leads or queries.team_facts(team).own_cases_only
    _allow(policy.may_let_in(viewer, facts, team=team, own_cases_only=own))
    actions.admit(worker, team=team, keys=keys, at=at, leads=leads)


@transaction.atomic
def confirm(worker: UUID, *, viewer: Viewer, keys: Keys, at: datetime) -> None:
    """Confirm the own keys of a worker who joins no team; only a signatory can."""
    _, facts = _locked(worker)
    _allow(policy.may_certify(viewer, facts))
    actions.certify(worker, keys=keys, at=at)


def _locked(worker: UUID) -> tuple[Worker, WorkerFacts]:
    row = Worker.objects.select_for_update().filter(id=worker).first()
    if row is None:
        raise NotYours
    return row, queries.worker_facts(row)


def _allow(decision: Decision) -> None:
    """Another organisation's worker is answered like an absent one."""
    if decision.because == "not_here":
        raise NotYours
    if not decision:
        raise Refused(decision.because)
