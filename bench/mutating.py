"""Makes mutants: copies of a module in which one small thing is changed, to see who notices.

Left alone is what no test should hold: docstrings, annotations, decorators, the words of messages
and of help, imports, `strict=`, `indent=` and guards of `__main__`.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType
from typing import Any

Step = tuple[str, int | None]
Change = tuple[str, ast.AST]
"""A kind of change, and what stands there instead."""
COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}
PAIRS = (
    ("min", "max"),
    ("any", "all"),
    ("floor", "ceil"),
    ("argmin", "argmax"),
    ("minimum", "maximum"),
    ("sorted", "list"),
    ("ndim", "size"),
)
SWAPPED = {one: other for pair in PAIRS for one, other in (pair, pair[::-1]) if one != "list"}
SAID_ONLY = {"help", "metavar", "description", "epilog", "prog", "strict", "indent"}
UNTOUCHED = (ast.Import, ast.ImportFrom, ast.Raise, ast.Assert, ast.Global, ast.Nonlocal)
LONGEST = 60
ROUNDING = 1e-6


@dataclass(frozen=True)
class Mutant:
    """One change: where it stands in the tree and in the file, and what it says in few words.

    `lines` are the first and last line of its statement, without what is indented under it.
    """

    module: Path
    line: int
    lines: tuple[int, int]
    kind: str
    says: str
    way: tuple[Step, ...] = field(repr=False)
    instead: ast.AST = field(repr=False, compare=False)

    def code(self) -> CodeType:
        """Compile the module with the change in it."""
        tree = ast.parse(self.module.read_text("utf-8"))
        holder: Any = tree
        for name, at in self.way[:-1]:
            holder = getattr(holder, name) if at is None else getattr(holder, name)[at]
        name, at = self.way[-1]
        if at is None:
            setattr(holder, name, copy.deepcopy(self.instead))
        else:
            getattr(holder, name)[at] = copy.deepcopy(self.instead)
        return compile(ast.fix_missing_locations(tree), str(self.module), "exec", dont_inherit=True)


def mutants_of(module: Path) -> list[Mutant]:
    """Give every mutant of a module, in the order of its source."""
    tree = ast.parse(module.read_text("utf-8"))
    return [
        Mutant(module, _line(was), _lines(statement), kind, _said(was, new), way, new)
        for way, statement, was in _walk(tree, (), tree)
        for kind, new in _changes(was)
    ]


def _walk(
    node: ast.AST, way: tuple[Step, ...], statement: ast.AST
) -> Iterator[tuple[tuple[Step, ...], ast.AST, ast.AST]]:
    """Go through what may be changed: the way to it by fields and places, its statement, itself."""
    for name, value in ast.iter_fields(node):
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not _left_alone(node, name, child):
                here, inside = (
                    (*way, (name, at)),
                    child if isinstance(child, ast.stmt) else statement,
                )
                yield here, inside, child
                if not isinstance(child, UNTOUCHED):
                    yield from _walk(child, here, inside)


def _lines(statement: Any) -> tuple[int, int]:
    under = [each[0].lineno - 1 for each in [getattr(statement, "body", None)] if each]
    return statement.lineno, max(statement.lineno, *under) if under else statement.end_lineno


def _left_alone(node: ast.AST, name: str, child: ast.AST) -> bool:
    if name in ("annotation", "returns", "decorator_list", "bases", "format_spec", "ctx"):
        return True
    if isinstance(child, ast.keyword):
        return child.arg in SAID_ONLY
    if isinstance(child, ast.If) and isinstance(node, ast.Module):
        return "__name__" in ast.unparse(child.test) or "TYPE_CHECKING" in ast.unparse(child.test)
    named = isinstance(node, ast.Module) and isinstance(child, ast.Assign)
    return named and _is_alias(child)


def _is_alias(child: ast.AST) -> bool:
    """Say whether a name is given to a kind of value: annotations know it, nothing else does."""
    name = ast.unparse(child).partition(" ")[0]
    return name[:1].isupper() and not name.isupper()


def _changes(node: ast.AST) -> list[Change]:
    """Give what could stand in the place of a node."""
    for kind, ways in WAYS.items():
        if isinstance(node, kind):
            return ways(node)
    return []


def _compared(node: ast.Compare) -> list[Change]:
    found: list[Change] = []
    for at, operator in enumerate(node.ops):
        for other in COMPARED[type(operator)]:
            new = copy.deepcopy(node)
            new.ops[at] = other()
            found.append(("comparison", new))
    for at, side in enumerate((node.left, *node.comparators)):
        if isinstance(side, ast.Constant) and isinstance(side.value, str):
            new = copy.deepcopy(node)
            other_word = ast.Constant(f"{side.value}?")
            if at:
                new.comparators[at - 1] = other_word
            else:
                new.left = other_word
            found.append(("word", new))
    return found


def _reckoned(node: ast.BinOp | ast.AugAssign) -> list[Change]:
    found: list[Change] = [("removed", ast.Pass())] if isinstance(node, ast.AugAssign) else []
    text = isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant | ast.JoinedStr)
    if type(node.op) not in RECKONED or (text and not _is_number(node.left)):
        return found
    new = copy.deepcopy(node)
    new.op = RECKONED[type(node.op)]()
    return [*found, ("operator", new)]


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _joined(node: ast.BoolOp) -> list[Change]:
    other = ast.Or if isinstance(node.op, ast.And) else ast.And
    return [("logic", ast.BoolOp(other(), node.values))]


def _signed(node: ast.UnaryOp) -> list[Change]:
    return [("logic" if isinstance(node.op, ast.Not) else "operator", node.operand)]


def _constant(node: ast.Constant) -> list[Change]:
    value = node.value
    if isinstance(value, bool):
        return [("constant", ast.Constant(not value))]
    if isinstance(value, int):
        return [("constant", ast.Constant(value + 1)), ("constant", ast.Constant(value - 1))]
    if isinstance(value, float):
        # Twice a tolerance against rounding is as good a tolerance: nobody could tell.
        near = () if abs(value) < ROUNDING else (value * 2, value / 2)
        others = dict.fromkeys((value + 1, *near))
        return [("constant", ast.Constant(other)) for other in others if other != value]
    return []


def _condition(node: ast.If | ast.While | ast.IfExp) -> list[Change]:
    if isinstance(node.test, ast.Compare | ast.UnaryOp | ast.BoolOp):
        return []
    new = copy.copy(node)
    new.test = ast.UnaryOp(ast.Not(), node.test)
    return [("condition", new)]


def _chosen(node: ast.comprehension) -> list[Change]:
    """Leave out what a comprehension asks of its values."""
    return [
        ("condition", ast.comprehension(node.target, node.iter, rest, node.is_async))
        for at in range(len(node.ifs))
        for rest in [[*node.ifs[:at], *node.ifs[at + 1 :]]]
    ]


def _called(node: ast.Call) -> list[Change]:
    found: list[Change] = []
    for at, given in enumerate(node.keywords):
        if given.arg and given.arg not in SAID_ONLY:
            new = copy.copy(node)
            new.keywords = [*node.keywords[:at], *node.keywords[at + 1 :]]
            found.append(("argument", new))
    for kind, name in ((ast.Name, "id"), (ast.Attribute, "attr")):
        if isinstance(node.func, kind) and getattr(node.func, name) in SWAPPED:
            new = copy.copy(node)
            new.func = copy.copy(node.func)
            setattr(new.func, name, SWAPPED[getattr(node.func, name)])
            found.append(("function", new))
    return found


def _looked_up(node: ast.Subscript) -> list[Change]:
    key = node.slice
    if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
        return []
    return [("word", ast.Subscript(node.value, ast.Constant(f"{key.value}?"), node.ctx))]


def _keyed(node: ast.Dict) -> list[Change]:
    found: list[Change] = []
    for at, key in enumerate(node.keys):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            other = ast.Constant(f"{key.value}?")
            new = ast.Dict([*node.keys[:at], other, *node.keys[at + 1 :]], node.values)
            found.append(("word", new))
    return found


def _returned(node: ast.Return) -> list[Change]:
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        return []
    return [("returned", ast.Return(ast.Constant(None)))]


def _said_alone(node: ast.Expr) -> list[Change]:
    return [("removed", ast.Pass())] if isinstance(node.value, ast.Call) else []


WAYS: dict[type[ast.AST] | tuple[type[ast.AST], ...], Any] = {
    ast.Compare: _compared,
    (ast.BinOp, ast.AugAssign): _reckoned,
    ast.BoolOp: _joined,
    ast.UnaryOp: _signed,
    ast.Constant: _constant,
    (ast.If, ast.While, ast.IfExp): _condition,
    ast.comprehension: _chosen,
    ast.Call: _called,
    ast.Subscript: _looked_up,
    ast.Dict: _keyed,
    ast.Return: _returned,
    ast.Expr: _said_alone,
    ast.Raise: lambda _: [("removed", ast.Pass())],
    ast.Break: lambda _: [("removed", ast.Continue())],
    ast.Continue: lambda _: [("removed", ast.Pass())],
}


def _line(node: ast.AST) -> int:
    if isinstance(node, ast.comprehension):
        return node.target.lineno
    return int(getattr(node, "lineno", 0))


def _said(was: ast.AST, new: ast.AST) -> str:
    """Say a change on one line: the parts in which both texts differ, with a little around."""
    one, other = _text(was), _text(new)
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    begin = max(0, start - LONGEST // 3)
    return f"{_cut(one, begin)} → {_cut(other, begin)}"


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.If | ast.While):
        return f"if {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())


def _cut(text: str, begin: int) -> str:
    shown = text[begin : begin + LONGEST]
    return f"{'…' if begin else ''}{shown}{'…' if len(text) > begin + LONGEST else ''}"
