"""Mutants of the research part: what is changed, and that a weak test is told from a strong one."""

import marshal
import os
import subprocess
import tomllib

import pytest

from bench.mutating import mutants_of
from tools.places import PYTHON, ROOT, environment

WEAK = """
from suar.insight import paging

def test_a_page_is_made():
    assert paging.page("A title", [("Some words\\n\\nHEAD\\nmore", "")], "foot")
"""


def changes(tmp_path, text):
    module = tmp_path / "module.py"
    module.write_text(text, "utf-8")
    return [(each.line, each.kind, each.says) for each in mutants_of(module)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a < b", ["a < b → a <= b", "a < b → a >= b"]),
        ("x = a + b", ["a + b → a - b"]),
        ("x = a and b", ["a and b → a or b"]),
        ("x = not a", ["not a → a"]),
        ("x = [3]", ["3 → 4", "3 → 2"]),
        ("x = 0.5", ["0.5 → 1.5", "0.5 → 1.0", "0.5 → 0.25"]),
        ("x = min(a)", ["min(a) → max(a)"]),
        ("f(a, b=c)", ["f(a, b=c) → pass", "f(a, b=c) → f(a)"]),
        ("if a:\n    b", ["if a → if not a"]),
        ("x = a['b']", ["a['b'] → a['b?']"]),
        ("def f(a=1):\n    return a", ["1 → 2", "1 → 0", "return a → return None"]),
        ("def f():\n    raise E('text', 1)", ["raise E('text', 1) → pass"]),
        ("x = [a for a in b if a]", ["for a in b if a → for a in b"]),
        ("x += a", ["x += a → pass", "x += a → x -= a"]),
    ],
)
def test_each_kind_of_change_is_made(tmp_path, text, wanted):
    assert [says for _, _, says in changes(tmp_path, text)] == wanted


@pytest.mark.parametrize(
    "text",
    [
        '"""Says 1 < 2."""',
        "def f(a: 'x[1]') -> 'y[2]': 'A docstring.'",
        "@g(1)\ndef f(): ...",
        "add('--a', help='x' + 'y').b",
        "zip(a, b, strict=True).c",
        "Alias = Callable[[int], 1]",
        "if __name__ == '__main__':\n    f(1)",
        "x = f'{a:>3}'",
        "from a import b",
    ],
)
def test_what_no_test_should_hold_is_left_alone(tmp_path, text):
    assert changes(tmp_path, text) == []


def test_every_mutant_is_another_program(tmp_path):
    module = tmp_path / "module.py"
    module.write_text("def f(a, *, b=2):\n    return [a < b, a + b][b - 1]\n", "utf-8")
    codes = [compile(module.read_text("utf-8"), str(module), "exec")]
    codes += [each.code() for each in mutants_of(module)]
    assert len({marshal.dumps(each) for each in codes}) == len(codes) > 9


def test_a_weak_test_lets_mutants_live_and_a_strong_one_does_not(tmp_path):
    weak = tmp_path / "test_weak.py"
    weak.write_text(WEAK, "utf-8")
    words = [
        "--module",
        "linkage/cleaning",
        "paging",
        "--each",
        "15",
        "--seed",
        "3",
        "--workers",
        "1",
    ]
    tests = ["tests/insight/test_linkage_worked.py", os.path.relpath(weak, ROOT)]
    done = subprocess.run(
        [str(PYTHON), "bench/prove_mutants.py", *words, "--kept", str(tmp_path), "--tests", *tests],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    told = [each.split()[0::3][:2] for each in done.stdout.splitlines() if " s " in each]
    assert done.returncode == 1, done.stderr
    assert [mark for mark, where in told if where.startswith("linkage/cleaning.py")] == ["killed"] * 15
    assert [mark for mark, where in told if where.startswith("paging.py")].count("lives") >= 5


def test_what_changes_nothing_is_still_there_each_with_its_reason():
    """A line that was written anew is judged anew."""
    told = tomllib.loads((ROOT / "bench" / "equal_mutants.toml").read_text("utf-8"))["mutant"]
    assert len(told) > 50
    for each in told:
        module = ROOT / "src" / "suar" / "insight" / f"{each['module']}.py"
        lines = map(str.strip, module.read_text("utf-8").splitlines())
        assert each["line"] in lines, each
        assert each["because"] and each["changes"]
