"""No part of research reads a user's file past the one place that names it in the answer."""

import ast

from tests.house.reading import SUAR, name_of, tree

INSIGHT = SUAR / "insight"
READS = {"read_text", "read_bytes", "open", "fdopen", "load", "loadtxt", "genfromtxt", "fromfile"}
NO_INPUT = {
    "coverage.py:AVENUES.read_text": "comes with Suar",
    "releases/ctdc.py:SHAPE.read_text": "comes with Suar",
    "studies/asking.py:protocol.TEMPLATE.read_text": "comes with Suar",
    "studies/ethics.py:RULES.read_text": "comes with Suar",
    "inputs.py:Path(name).read_bytes": "the one place",
    "linkage/writing.py:os.open": "writes",
    "linkage/writing.py:os.fdopen": "writes",
    "releases/ledger.py:os.open": "adds to a ledger that was read and named before",
    "releases/ledger.py:os.fdopen": "adds to a ledger that was read and named before",
    "studies/record.py:beside.open": "writes",
    "versions.py:path.read_bytes": "our own modules",
    "running.py:np.load": "pieces of the same work, kept under the digest of what they are of",
}


def reading(path):
    """Name every call in a module that may read a file."""
    calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    return {
        f"{path.relative_to(INSIGHT)}:{ast.unparse(each)}"
        for each in calls
        if (each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "")) in READS
    }


def test_every_call_that_may_read_a_file_is_known():
    paths = sorted(INSIGHT.rglob("*.py"))
    assert len(paths) > 100, name_of(INSIGHT)
    assert set().union(*map(reading, paths)) == set(NO_INPUT)
