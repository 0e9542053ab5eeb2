"""Every reason of a refusal about consent, cases and referrals has words, and none of them is without a use."""

import ast
from collections.abc import Iterator

import pytest

from suar.accounts import codes as accounts
from suar.cases import codes as cases
from suar.consent import codes as consent
from suar.referrals import codes as referrals
from tests.house.reading import SUAR, files, tree

OF_CONSENT = {*consent.REFUSALS, *consent.REQUIRED}
OF_REFERRALS = OF_CONSENT | {*referrals.REFUSALS}
OF_CASES = {*cases.REFUSALS, *cases.FILE_REFUSALS, *cases.RETENTION_STOPS, *accounts.REFUSALS}
OF_CASES |= {*cases.PLAN_FIELDS, *cases.CLOSURE_BARS, *cases.CONFIRMATIONS}
KNOWN = {"consent": OF_CONSENT, "referrals": OF_REFERRALS, "cases": OF_CASES | OF_REFERRALS}
REFUSING = ("refuse", "Refused", "refusal")
NEVER_SHOWN = {"", "not_here"}
"""Reasons that lead to the page of an absent address."""


def reasons_in(code: ast.AST) -> Iterator[str]:
    """Yield the reasons that are written in code: given to a refusal, compared with one, or placed on a form."""
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and node.args and name_of(node.func) in REFUSING:
            yield from texts_in(node.args[0])
        if isinstance(node, ast.Call) and name_of(node.func) == "require":
            yield from texts_in(*node.args[1:])
        if isinstance(node, ast.Compare) and name_of(node.left) == "because":
            yield from texts_in(*node.comparators)
        if isinstance(node, ast.Assign) and name_of(node.targets[0]) == "problem_fields":
            yield from texts_in(*getattr(node.value, "keys", ()))


def name_of(node: ast.AST) -> str:
    return getattr(node, "attr", getattr(node, "id", ""))


def texts_in(*nodes: ast.AST) -> Iterator[str]:
    """Yield the texts that an expression may be."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from texts_in(node.body, node.orelse)
        elif isinstance(node, ast.Tuple | ast.Set | ast.List):
            yield from texts_in(*node.elts)


@pytest.mark.parametrize("app", KNOWN)
def test_every_reason_has_words(app: str) -> None:
    written = {reason for path in files(".py") if SUAR / app in path.parents for reason in reasons_in(tree(path))}
    assert len(written) > 20
    assert written - KNOWN[app] - NEVER_SHOWN == set()


def test_no_words_of_a_refusal_are_without_a_use() -> None:
    written = {text for path in files(".py") if SUAR in path.parents for text in texts_in(*ast.walk(tree(path)))}
    assert {*cases.REFUSALS, *referrals.REFUSALS, *consent.REFUSALS} - written == set()


@pytest.mark.parametrize(
    "planted",
    [
        'Decision.refuse("no_such_reason")',
        'raise Refused("no_such_reason")',
        'Decision.require(day <= today, "no_such_reason")',
        'decision.because == "no_such_reason"',
        'problem_fields = {"no_such_reason": "on"}',
    ],
)
def test_a_planted_reason_is_noticed(planted: str) -> None:
    assert list(reasons_in(ast.parse(planted))) == ["no_such_reason"]
