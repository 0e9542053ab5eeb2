"""Who may do what with accounts, by tables."""

from dataclasses import replace
from uuid import UUID

import pytest

from suar.accounts import policy
from suar.accounts.codes import Factor, WorkerState
from suar.accounts.roles import Role, Viewer
from suar.accounts.rules import Readiness, WorkerFacts

HERE, ELSEWHERE, TEAM = UUID(int=1), UUID(int=2), UUID(int=3)
ESI = Viewer(UUID(int=10), HERE, Role.SUPERVISOR, frozenset(), leads=frozenset({TEAM}))
BEN = WorkerFacts(UUID(int=11), HERE, Role.VILLAGE_TEAM, WorkerState.ACTIVE)
GITA = replace(BEN, id=UUID(int=12), role=Role.ADMINISTRATOR)
INVITED, DISABLED = (replace(BEN, state=state) for state in (WorkerState.INVITED, WorkerState.DISABLED))
FARID = replace(BEN, organisation=ELSEWHERE)
APP, SHEET = Factor.APP, Factor.SHEET


def because(decision) -> str:
    return "" if decision else decision.because


@pytest.mark.parametrize(
    ("held", "factor", "answer"),
    [
        ({APP, SHEET}, APP, ""),
        ({APP}, APP, "last_factor"),
        ({APP}, SHEET, "factor_absent"),
        (set(), APP, "factor_absent"),
    ],
)
def test_the_last_factor_cannot_be_removed(held, factor, answer):
    assert because(policy.may_remove_factor(frozenset(held), factor)) == answer


@pytest.mark.parametrize(
    ("rule", "worker", "answer"),
    [
        (policy.may_disable, BEN, ""),
        (policy.may_disable, INVITED, ""),
        (policy.may_disable, DISABLED, "not_here"),
        (policy.may_disable, FARID, "not_here"),
        (policy.may_disable, replace(BEN, id=ESI.worker), "not_yourself"),
        (policy.may_enable, DISABLED, ""),
        (policy.may_enable, BEN, "not_here"),
        (policy.may_enable, replace(DISABLED, organisation=ELSEWHERE), "not_here"),
        (policy.may_invite_again, INVITED, ""),
        (policy.may_invite_again, BEN, "not_here"),
        (policy.may_invite_again, replace(INVITED, teams=frozenset({TEAM})), "not_here"),
        (policy.may_invite_again, replace(INVITED, certified=True), "not_here"),
        (policy.may_invite_again, replace(INVITED, organisation=ELSEWHERE), "not_here"),
        (policy.may_certify, GITA, ""),
        (policy.may_certify, INVITED, "not_here"),
        (policy.may_certify, FARID, "not_here"),
        (policy.may_certify, replace(GITA, certified=True), "not_here"),
    ],
)
def test_policies_on_workers(rule, worker, answer):
    assert because(rule(ESI, worker)) == answer


@pytest.mark.parametrize(
    ("viewer", "worker", "answer"),
    [
        (ESI, BEN, ""),
        (replace(ESI, leads=frozenset()), BEN, "not_here"),
        (ESI, FARID, "not_here"),
        (ESI, INVITED, "not_here"),
        (ESI, replace(BEN, teams=frozenset({TEAM})), "not_here"),
        (ESI, GITA, "role_without_records"),
    ],
)
def test_a_lead_admits_only_roles_that_open_records(viewer, worker, answer):
    told = policy.may_admit(viewer, worker, team=TEAM, own_cases_only=False)
    assert because(told) == answer


@pytest.mark.parametrize(("own", "answer"), [(True, ""), (False, "police_stay_apart")])
@pytest.mark.parametrize("role", [Role.VILLAGE_POLICE, Role.POLICE_UNIT])
def test_police_join_only_teams_whose_members_see_own_cases(role, own, answer):
    officer = replace(BEN, role=role)
    told = policy.may_admit(ESI, officer, team=TEAM, own_cases_only=own)
    assert because(told) == answer


@pytest.mark.parametrize(
    ("ready", "real", "answer"),
    [
        (Readiness(0, 2, restored=False), False, ""),
        (Readiness(0, 2, restored=False, already=True), True, ""),
        (Readiness(1, 2, restored=True), True, "sheets_not_proven"),
        (Readiness(2, 2, restored=False), True, "backup_not_restored"),
        (Readiness(2, 2, restored=True), True, ""),
    ],
)
def test_a_real_talk_needs_two_sheets_and_one_restored_backup(ready, real, answer):
    assert because(policy.may_begin_talks(ready, real=real)) == answer


def test_nobody_confirms_their_own_account():
    own = replace(BEN, id=ESI.worker)
    assert policy.may_certify(ESI, BEN)
    assert policy.may_certify(ESI, own).because == "same_person"
