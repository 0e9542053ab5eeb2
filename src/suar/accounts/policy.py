"""Who may do what with accounts: pure."""

from uuid import UUID

from suar.accounts.rules import roles
from suar.accounts.terms import POLICE, Factor, Readiness, Viewer, WorkerFacts, WorkerState
from suar.core.decisions import Decision


def may_remove_factor(held: frozenset[Factor], factor: Factor) -> Decision:
    """Say whether a factor may go: it is there, and another one remains.

    Source: own design, docs/decisions/0002.
    """
    if factor not in held:
        return Decision.no("factor_absent")
    return Decision.no("last_factor") if held == {factor} else Decision.yes()


def may_disable(viewer: Viewer, worker: WorkerFacts) -> Decision:
    """Say whether an administrator may shut a worker out: their own organisation, not themselves.

    Source: own design, docs/decisions/0002; security.md 3.5 (leaver).
    """
    if worker.organisation != viewer.organisation or worker.state is WorkerState.DISABLED:
        return Decision.no("not_here")
    return Decision.no("not_yourself") if worker.id == viewer.worker else Decision.yes()


def may_enable(viewer: Viewer, worker: WorkerFacts) -> Decision:
    """Say whether an administrator may let a worker back in whom one shut out.

    Source: own design, docs/decisions/0002.
    """
    here = worker.organisation == viewer.organisation and worker.state is WorkerState.DISABLED
    return Decision.yes() if here else Decision.no("not_here")


def may_invite_again(viewer: Viewer, worker: WorkerFacts) -> Decision:
    """Say whether a new code may be made: for somebody who was invited and has not come.

    Never for somebody a lead or a signatory has vouched for: the code would make new keys for
    them without anybody comparing words.
    Source: own design, docs/decisions/0002; security.md 3.2 (an administrator holds no key).
    """
    here = worker.organisation == viewer.organisation and worker.state is WorkerState.INVITED
    return Decision.yes() if here and not was_let_in(worker) else Decision.no("not_here")


def was_let_in(worker: WorkerFacts) -> bool:
    """Say whether a lead let the worker into a team, or a signatory confirmed their keys.

    Source: own design, docs/decisions/0002.
    """
    return bool(worker.teams) or worker.certified


def may_let_in(viewer: Viewer, worker: WorkerFacts, *, team: UUID, own_cases_only: bool) -> Decision:
    """Say whether a lead may seal the key of a team to a worker.

    Only of the same organisation, only somebody whose role opens records, and only once. Police
    never share a team's records: only a team in which each sees their own lets them in.
    Source: security.md 3.2 (an administrator holds no key to any record); docs/decisions/0019.
    """
    if team not in viewer.leads or worker.organisation != viewer.organisation:
        return Decision.no("not_here")
    if worker.state is not WorkerState.ACTIVE or team in worker.teams:
        return Decision.no("not_here")
    if not opens_records(worker):
        return Decision.no("role_without_records")
    apart = worker.role in POLICE and not own_cases_only
    return Decision.no("police_stay_apart") if apart else Decision.yes()


def may_certify(viewer: Viewer, worker: WorkerFacts) -> Decision:
    """Say whether a signatory may confirm the own keys of a worker.

    Source: security.md 3.2.
    """
    here = worker.organisation == viewer.organisation and worker.state is WorkerState.ACTIVE
    return Decision.yes() if here and not worker.certified else Decision.no("not_here")


def opens_records(worker: WorkerFacts) -> bool:
    """Say whether a worker's role may hold keys to records at all.

    Source: data/roles.json, column compartments.
    """
    return bool(roles()[worker.role].compartments)


def may_begin_talks(readiness: Readiness, *, real: bool) -> Decision:
    """Say whether a talk may begin: a real one only when losing one person or disk loses nothing.

    Source: issue of the thread, point 1 (two recovery sheets typed back, one backup restored).
    """
    if not real or readiness.already:
        return Decision.yes()
    if readiness.proven < readiness.needed:
        return Decision.no("sheets_not_proven")
    return Decision.yes() if readiness.restored else Decision.no("backup_not_restored")
