"""Rules of the plan: relatives, agreement, services received, money and items given; and of the safety plan."""

from collections.abc import Collection, Iterable
from datetime import date

from suar.cases.codes import PLAN_ANSWERS, RELATIVES
from suar.cases.documents.plan import GivenVersion, PlanAgreement, ServiceVersion
from suar.cases.rules import is_complete, may_have_happened
from suar.core.decisions import Decision

MONEY = "MONEY"
SHORTEST_NAME = 3
"""Shorter words are in too many others to be a name."""


def may_plan_for_relative(group: str, *, wished: bool) -> Decision:
    """Return whether needs of a relative may be planned: a partner and parents only if wished and safe.

    Source: case management code lists, secondary beneficiaries.
    """
    return Decision.require(wished or not RELATIVES[group]["if_wished"], "wish_needed")


def may_record_answer(filled: Collection[str], answer: PlanAgreement, *, child: bool, today: date) -> Decision:
    """Return whether the person's answer to the plan may be stored; signing is never required.

    A plan that is agreed to has the fields of a first plan. For a child the part of the guardian is recorded.
    Source: case management code lists, plan fields; the person's answer and the guardian's part are own design.
    """
    return Decision.first_refusal(
        is_complete(filled) if PLAN_ANSWERS[answer.answer]["agrees"] else Decision.allow(),
        may_have_happened(answer.on, today=today),
        Decision.require(answer.guardian or not child, "guardian_needed"),
    )


def may_record_service(service: ServiceVersion, *, today: date) -> Decision:
    """Return whether a service may be recorded: it has begun, and its end is not before that. An end may be planned.

    Source: own design.
    """
    if service.ended_on and service.ended_on < service.began_on:
        return Decision.refuse("end_before_begin")
    return may_have_happened(service.began_on, today=today)


def may_record_given(given: GivenVersion, *, today: date) -> Decision:
    """Return whether money or an item may be recorded: money with amount and currency, an item by its name.

    Source: own design.
    """
    if given.kind == MONEY and not (given.amount and given.amount > 0 and given.currency):
        return Decision.refuse("amount_needed")
    if given.kind != MONEY and not given.what:
        return Decision.refuse("item_needed")
    return may_have_happened(given.given_on, today=today)


# The safety plan


def may_carry(pocket: Collection[str], names: Iterable[Collection[str]]) -> Decision:
    """Return whether a pocket copy may say this: no word of a known name; both are split into words already.

    Source: own design; somebody who finds the paper must not learn whose it is.
    """
    name_words = {word for name in names for word in name if len(word) >= SHORTEST_NAME}
    return Decision.require(name_words.isdisjoint(pocket), "name_on_pocket_copy")
