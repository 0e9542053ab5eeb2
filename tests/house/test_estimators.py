"""Every estimator says its shapes, what it raises, and the paper that it follows."""

import ast
import re

import pytest

from tests.house.reading import SUAR, tree

ESTIMATORS = {
    "answers": "percentile quantiles",
    "mse/stepwise": "Stepwise.choose Stepwise.totals",
    "mse/akaike": "choose",
    "mse/multinomial": "profile",
    "mse/threshold": "estimate",
    "mse/graphs": "posterior quantile",
    "mse/classes": "estimate disagreement",
    "mse/hierarchy": "models compare ByBic.totals",
    "mse/panel": "best_bic",
    "mse/intervals": "bca acceleration wander percentile_wander",
    "mse/bootstrap": "resample leave_one_out bootstrap",
    "mse/links": "estimate",
    "mse/draws": "pooled",
    "mse/diagnostics": "leave_one_list_out merge_two_lists internal_consistency trajectory",
    "rds/estimators": "sample_mean rds1 rds2 successive_sampling",
    "rds/successive": "inclusion",
    "rds/bootstraps": "trees chains",
    "rds/made_up": "populations",
    "rds/diagnostics": "waves_needed",
    "nsum/panel": "contacts scale_up",
    "linkage/chances": "of_tokens candidates",
    "linkage/likenesses": "gathered alike_inside",
    "linkage/mixture": "fitted",
    "linkage/judging": "rate judged",
    "linkage/calibration": "calibrated",
    "linkage/similarity": "pairs_above",
    "casefiles/fisher": "fisher",
    "casefiles/exact": "exact_test",
    "casefiles/intervals": "clopper_pearson wilson newcombe",
    "casefiles/durations": "kaplan_meier median log_rank",
    "casefiles/comparing": "pearson",
    "releases/noise": "gaussian epsilon",
    "releases/noisy": "tables_of consistent",
    "releases/synthetic": "invent",
    "releases/anonymity": "report",
    "releases/suppression": "suppress",
}
# Steps that estimators take, ways to write, and rules of studies.
NO_ESTIMATOR = {
    "casefiles/tails",
    "casefiles/workbook",
    "linkage/blocking",
    "linkage/clear",
    "linkage/drawing",
    "linkage/pairing",
    "linkage/tokens",
    "mse/existence",
    "mse/fitting",
    "mse/nonnegative",
    "rds/drawing",
    "releases/attack",
    "releases/cuts",
    "releases/programmes",
    "releases/repair",
    "studies/gate",
    "studies/outputs",
    "studies/record",
}
NAMED = [(module, name) for module, names in ESTIMATORS.items() for name in names.split()]
ARRAYS = re.compile(r"\b(Numbers|Counts|Flags|NDArray|ndarray|Tokens|Tallies)\b")
RAISED = re.compile(r"\b[Rr]aises?\b|\w+Error\b")


def functions(module):
    """Give the functions of a module by name, methods as `Class.method`."""
    found = {}
    for node in tree(SUAR / "insight" / f"{module}.py").body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        front = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        found |= {f"{front}{each.name}": each for each in inner if isinstance(each, ast.FunctionDef)}
    return found


@pytest.mark.parametrize(("module", "name"), NAMED)
def test_an_estimator_says_what_it_takes_raises_and_follows(module, name):
    node = functions(module)[name]
    said = ast.get_docstring(node) or ""
    types = ast.unparse(node.args) + (ast.unparse(node.returns) if node.returns else "")
    lacks = [
        what
        for what, there in {
            "Source:": "Source:" in said,
            "what is raised": RAISED.search(said),
            "shapes": not ARRAYS.search(types) or "hape" in said,
        }.items()
        if not there
    ]
    assert lacks == []


def test_a_module_that_names_a_source_has_an_estimator_or_is_known_to_have_none():
    heads = {
        str(path.relative_to(SUAR / "insight").with_suffix(""))
        for path in (SUAR / "insight").glob("*/*.py")
        if "Source:" in (ast.get_docstring(tree(path)) or "")
    }
    assert heads - set(ESTIMATORS) == NO_ESTIMATOR
