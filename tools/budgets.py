"""Budgets of size and form in pyproject.toml: `[tool.suar.budgets]` and `[tool.suar.limits]`.

A code line is a line with code: no blank line, comment, docstring or migration. Numbers only go down, unless a
decision says why one rises.
"""

import ast
import io
import re
import subprocess
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.places import ROOT

SUAR, RESEARCH = ROOT / "src" / "suar", ROOT / "research" / "src"
NO_CODE = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
NO_FORMAT = re.compile(r"# fmt: (skip|off)")
TRANSLATION = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{%\s*trans(?:late)?\b[^%]*%}", re.DOTALL
)
SUBJECT = re.compile(r"(?P<area>[a-z][\w.-]*(, [a-z][\w.-]*)*): [A-Z][\w-]* [^;]+\Z")
MAX_SUBJECT_CHARACTERS = 72


def settings() -> dict[str, Any]:
    """Read the table `tool.suar` of pyproject.toml."""
    read: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["suar"]
    return read


def check_budgets() -> tuple[str, list[str]]:
    """Return the table of code lines, and what exceeds a budget or has none."""
    budgets = settings()["budgets"]
    rows = [(part, lines, budgets.get(part, 0)) for part, lines in count_parts().items()]
    table = "\n".join(
        f"{part:<18}{lines:>8}{budget:>8}" for part, lines, budget in [("code lines", "now", "budget"), *rows]
    )
    return table, [f"{part}: {lines} code lines, budget {budget}" for part, lines, budget in rows if lines > budget]


def count_parts() -> dict[str, int]:
    """Count the code lines of each app and of the three totals."""
    counted = {folder.name: count(folder) for folder in sorted(SUAR.iterdir()) if (folder / "__init__.py").exists()}
    counted["application"] = sum(counted.values()) + sum(code_lines(path) for path in SUAR.glob("*.py"))
    counted["research"] = count(RESEARCH)
    folders = (ROOT / "bench", ROOT / "tools", ROOT / "research" / "bench")
    counted["bench and tools"] = sum(map(count, folders)) + code_lines(ROOT / "suar")
    return counted


def count(folder: Path) -> int:
    """Count the code lines of a folder without migrations; 0 when there is no such folder."""
    return sum(code_lines(path) for path in folder.rglob("*.py") if "migrations" not in path.parts)


def code_lines(path: Path) -> int:
    """Count the lines of a Python file that hold code."""
    source = path.read_text("utf-8")
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    return len(lines - set(_docstring_lines(ast.parse(source))))


def _docstring_lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield from range(first.lineno, (first.end_lineno or first.lineno) + 1)


def check_sizes() -> list[str]:
    """Return the modules and functions that are too long, skipped formatting, and too wide template lines."""
    limits = settings()["limits"]
    result = []
    for path in python_files():
        source, name = path.read_text("utf-8"), str(path.relative_to(ROOT))
        lines = source.count("\n")
        if lines > limits["module_lines"]:
            result.append(f"{name}: {lines} lines, at most {limits['module_lines']}")
        result += [f"{name}: `{match[0]}` is not allowed" for match in NO_FORMAT.finditer(source)]
        if "tests" not in path.relative_to(ROOT).parts:
            result += [f"{name}: {item}" for item in _long_functions(ast.parse(source), limits)]
    return result + _wide_templates(limits) + _rejected_names(limits)


def python_files() -> list[Path]:
    """List our Python files, without migrations and without this module, which names what it forbids."""
    folders = [ROOT / name for name in ("src", "research", "tests", "bench", "tools")]
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]
    return [*(path for path in paths if path != Path(__file__)), ROOT / "suar"]


def _long_functions(tree: ast.Module, limits: dict[str, Any]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in limits["long_functions"]:
            # Parameters do not count: a command of typer has one for each option.
            lines = (node.end_lineno or 0) - node.body[0].lineno + 1 - len(set(_docstring_lines(_module(node))))
            if lines > limits["function_lines"]:
                yield f"{node.name} has {lines} lines, at most {limits['function_lines']}"


def _module(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.Module:
    return ast.Module([node], [])


def _wide_templates(limits: dict[str, Any]) -> list[str]:
    """Count template lines that are too wide, outside translations; the number only goes down."""
    wide = [
        f"{path.relative_to(ROOT)}: {line[:60]}..."
        for path in sorted(SUAR.rglob("templates/**/*.html"))
        for line in TRANSLATION.sub("", path.read_text("utf-8")).splitlines()
        if len(line) > limits["template_columns"]
    ]
    allowed = limits["wide_template_lines"]
    return [f"{len(wide)} template lines are too wide, {allowed} allowed: {wide[0]}"] if len(wide) > allowed else []


def _rejected_names(limits: dict[str, Any]) -> list[str]:
    """Return an error if more names contain a rejected word than allowed; the number only goes down."""
    words, places = set(limits["rejected_names"]), []
    for path in python_files():
        if "tests" not in path.relative_to(ROOT).parts:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                name = getattr(node, "name", None) or getattr(node, "arg", None)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    name = node.id
                if isinstance(name, str) and not isinstance(node, ast.alias) and words & set(name.lower().split("_")):
                    places.append(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}: {name}")
    allowed = limits["rejected_names_left"]
    return [f"{len(places)} rejected names, {allowed} allowed: {places[-1]}"] if len(places) > allowed else []


def check_commits() -> list[str]:
    """Return the subjects of commits that break the form; all since `commits_since`, or the last in a short clone."""
    since = settings()["limits"]["commits_since"]
    for span in (f"{since}..HEAD", "-1"):
        log = ["git", "log", "--no-merges", "--format=%s", span]
        done = subprocess.run(log, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return [f"{subject}: {fault}" for subject in done.stdout.splitlines() if (fault := subject_fault(subject))]
    return []


def subject_fault(subject: str) -> str:
    """Return what is wrong with a commit's subject, or an empty text."""
    if len(subject) > MAX_SUBJECT_CHARACTERS:
        return f"{len(subject)} characters, at most {MAX_SUBJECT_CHARACTERS}"
    return "" if SUBJECT.match(subject) else "write `area: Verb what`, one idea, without a semicolon"


def write_budgets() -> None:
    """Set each budget in pyproject.toml to the present number of code lines; review the difference: none may rise."""
    path = ROOT / "pyproject.toml"
    before, _, rest = path.read_text("utf-8").partition("[tool.suar.budgets]\n")
    comment, _, after = rest.partition("\n")
    lines = [f'"{part}" = {lines}' if " " in part else f"{part} = {lines}" for part, lines in count_parts().items()]
    after = after[after.index("\n[") :]
    path.write_text("\n".join([f"{before}[tool.suar.budgets]", comment, *lines, after]), "utf-8")


if __name__ == "__main__":
    write_budgets()
