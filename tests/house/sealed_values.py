"""Which sealed values a record may hold: compartment/name, `*` for an id.

Most are documents. Values that are still written by name are read from the calls in the source.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from suar.records.documents import Document, document_classes
from tests.house.reading import SUAR, files, tree


def every_value() -> set[str]:
    """Return the names of all sealed values."""
    return written_values() | documents().keys()


def documents() -> dict[str, type[Document]]:
    """Return the document classes of the package by the names of their values."""
    return {name: kind for name, kind in document_classes().items() if kind.__module__.startswith("suar.")}


def written_values() -> set[str]:
    """Return the names of the values that the source writes by name."""
    return {name for path in files(".py") if path.is_relative_to(SUAR) for name in _written(path)}


def _written(path: Path) -> Iterator[str]:
    """Find `write(Compartment.X, name, ...)`, `(Compartment.X, name, {...})` and keys."""
    for node in ast.walk(tree(path)):
        for first, second in _pairs(node):
            where, name = ast.unparse(first), _stated_text(second, path)
            if where.startswith("Compartment.") and name:
                yield f"{where.partition('.')[2].lower()}/{name}"


def _pairs(node: ast.AST) -> list[list[ast.expr]]:
    found = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        found = [node.args[:2]] if node.func.attr == "write" else []
    if isinstance(node, ast.Dict):
        found = [key.elts for key in node.keys if isinstance(key, ast.Tuple)]
    if isinstance(node, ast.Tuple) and len(node.elts) == 3 and isinstance(node.elts[2], ast.Dict):
        found = [node.elts[:2]]
    return [pair for pair in found if len(pair) == 2]


def _stated_text(node: ast.expr, path: Path) -> str:
    """Read a text, or the constant or function a name stands for; empty when it cannot be read."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_stated_text(part, path) or "*" for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _stated_text(node.value, path)
    if isinstance(node, ast.Name):
        texts = [item for item in _assigned(path).get(node.id, []) if _is_text(item)]
        return _stated_text(texts[0], path) if texts else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _returned(node.func.id, path.parent)
    return ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant | ast.JoinedStr)


@cache
def _assigned(path: Path) -> dict[str, list[ast.expr]]:
    """Return what each name of a file is set to, those of the module first."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Assign):
            left, right = node.targets[0], node.value
            names = left.elts if isinstance(left, ast.Tuple) else [left]
            values = right.elts if isinstance(right, ast.Tuple) else [right]
            for name, value in zip(names, values, strict=False):
                found.setdefault(ast.unparse(name), []).append(value)
    return found


def _returned(function: str, stage: Path) -> str:
    for path in sorted(stage.glob("*.py")):
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and node.name == function:
                last = node.body[-1]
                return _stated_text(last.value, path) if isinstance(last, ast.Return) else ""
    return ""
