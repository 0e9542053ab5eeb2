"""Rules about who may manage accounts. Pure."""

from uuid import UUID

from suar.accounts.codes import Factor, WorkerState
from suar.accounts.roles import POLICE, ROLES, Viewer
from suar.accounts.rules import Readiness, WorkerFacts
from suar.core.decisions import NOT_HERE, Decision, second_person


def may_remove_factor(usable: frozenset[Factor], factor: Factor) -> Decision:
    """Allow removing a factor that the worker has, if another one remains.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    if factor not in usable:
        return Decision.refuse("factor_absent")
    return Decision.require(usable != {factor}, "last_factor")


def may_disable(viewer: Viewer, worker: WorkerFacts) -> Decision:
    """Allow an administrator to disable a worker of their own organisation, but not themselves.

    Source: own design, docs/decisions/keys-and-sessions.md; security.md 3.5 (leaver).
    """
    if worker.organisation != viewer.organisation or worker.state is WorkerState.DISABLED:
        return Decision.refuse(NOT_HERE)
    return Decision.require(worker.id != viewer.worker, "not_yourself")


def may_reset(viewer: Viewer, worker: WorkerFacts) -> Decision:
    """Allow vouching for another worker of one's own organisation who forgot the password.

    Also for a disabled one: after a theft the old password never opens again.
    Source: security.md 3.5 (forgotten, no recovery key; suspected theft of keys) and T17.
    """
    here = worker.organisation == viewer.organisation and worker.state is not WorkerState.INVITED
    return second_person(viewer.worker, [worker.id]) if here else Decision.refuse(NOT_HERE)


def may_enable(viewer: Viewer, worker: WorkerFacts) -> Decision:
    """Allow an administrator to enable a disabled worker.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    here = worker.organisation == viewer.organisation and worker.state is WorkerState.DISABLED
    return Decision.require(here, NOT_HERE)


def may_invite_again(viewer: Viewer, worker: WorkerFacts) -> Decision:
    """Allow a new code for a worker who was invited and has not come.

    Never for a worker whom a lead or a signatory has vouched for: the code would make new keys for them without
    anybody comparing fingerprints.
    Source: own design, docs/decisions/keys-and-sessions.md; security.md 3.2 (an administrator holds no key).
    """
    here = worker.organisation == viewer.organisation and worker.state is WorkerState.INVITED
    return Decision.require(here and not was_admitted(worker), NOT_HERE)


def was_admitted(worker: WorkerFacts) -> bool:
    """Return True if a lead admitted the worker to a team, or a signatory confirmed their keys.

    Source: own design, docs/decisions/keys-and-sessions.md.
    """
    return bool(worker.teams) or worker.certified


def may_admit(viewer: Viewer, worker: WorkerFacts, *, team: UUID, own_cases_only: bool) -> Decision:
    """Allow a lead to seal the key of a team to a worker.

    Only of the same organisation, only a role that opens records, and only once. Police never share a team's records:
    only a team whose members see their own cases admits them.
    Source: security.md 3.2 (an administrator holds no key to any record); docs/decisions/talk.md.
    """
    here = team in viewer.leads and worker.organisation == viewer.organisation
    if not here or worker.state is not WorkerState.ACTIVE or team in worker.teams:
        return Decision.refuse(NOT_HERE)
    if not opens_records(worker):
        return Decision.refuse("role_without_records")
    return Decision.require(own_cases_only or worker.role not in POLICE, "police_stay_apart")


def may_certify(viewer: Viewer, worker: WorkerFacts) -> Decision:
    """Allow a signatory to confirm the keys of another worker.

    Source: security.md 3.2 and T17 (one proposes, another confirms).
    """
    here = worker.organisation == viewer.organisation and worker.state is WorkerState.ACTIVE
    if not here or worker.certified:
        return Decision.refuse(NOT_HERE)
    return second_person(viewer.worker, [worker.id])


def opens_records(worker: WorkerFacts) -> bool:
    """Return True if a worker's role may hold keys to records at all.

    Source: codes/roles.json, column compartments.
    """
    return bool(ROLES[worker.role]["compartments"])


def may_begin_talks(readiness: Readiness, *, real: bool) -> Decision:
    """Allow a talk; one with a real person only if the loss of one person or one disk would lose no record.

    Source: issue of the thread, point 1 (two recovery sheets typed back, one backup restored).
    """
    if not real or readiness.already:
        return Decision.allow()
    if readiness.proven < readiness.needed:
        return Decision.refuse("sheets_not_proven")
    return Decision.require(readiness.restored, "backup_not_restored")
