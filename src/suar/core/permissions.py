"""The engine of permission tables: a permission holds when one row of conditions holds."""

from collections.abc import Callable, Mapping, Sequence

from suar.core.decisions import Decision

type_of_condition = Callable[..., Decision]
Table = Mapping[str, Sequence[Sequence[type_of_condition]]]


def may(table: Table, permission: str, *facts: object) -> Decision:
    """Say whether any row of the permission has all its conditions met.

    Source: own design, docs/decisions/0002.
    """
    refusal = Decision.no("no_rule")
    for row in table.get(permission, ()):
        decision = Decision.first_refusal(*(condition(*facts) for condition in row))
        if decision:
            return decision
        refusal = decision
    return refusal
