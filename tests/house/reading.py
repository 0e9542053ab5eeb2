"""How the organisation tests read the source: files in order, functions with their parents, words."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SUAR = ROOT / "src" / "suar"
MADE = (".", "__pycache__", "node_modules", "htmlcov")
NOT_OURS = ("tests/vendor/", "LICENSE", "requirements/")


@dataclass(frozen=True)
class Function:
    """A function with the place a failure names."""

    path: Path
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def lines(self) -> int:
        """Count its lines from `def` to its end, without decorators and docstring."""
        first = self.node.body[0]
        said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        docstring = first.end_lineno - first.lineno + 1 if said else 0
        return self.node.end_lineno - self.node.lineno + 1 - docstring

    def __str__(self) -> str:
        """Name the place as an editor opens it."""
        return f"{self.path.relative_to(ROOT)}:{self.node.lineno} {self.node.name}"


@cache
def files(*endings: str) -> tuple[Path, ...]:
    """List the project's own files with these endings, without what machines make."""
    found = []
    for place, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name == ".ci" or not name.startswith(MADE)]
        found += [Path(place, name) for name in names if name.endswith(endings or ("",))]
    own = (path for path in found if not str(path.relative_to(ROOT)).startswith(NOT_OURS))
    return tuple(sorted(path for path in own if path.suffix not in (".mo", ".pyc")))


@cache
def tree(path: Path) -> ast.Module:
    """Parse a Python file once."""
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[Function]:
    """Return every function of a file, methods and inner ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(path, node)


def name_of(path: Path) -> str:
    """Name a file as a failure shows it."""
    return str(path.relative_to(ROOT))


def is_migration(path: Path) -> bool:
    """Return whether Django wrote the file."""
    return "migrations" in path.parts


def is_test(path: Path) -> bool:
    """Return whether the file belongs to the tests."""
    return "tests" in path.relative_to(ROOT).parts
