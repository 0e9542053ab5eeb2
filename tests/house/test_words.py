"""Words that must not be in the source: machines, promises for later, silenced checks."""

import ast
import re

import pytest

from tests.house.reading import ROOT, SUAR, files, functions, is_migration, name_of, tree

TEXT = (".py", ".html", ".js", ".css", ".md", ".toml", ".json", ".po", ".txt", ".in", ".lock")
# Written in halves, so that this file does not find itself.
FORBIDDEN = {
    "a machine's folder": re.compile(r"/(work|root|home)/\w|/tm" + r"p/\w"),
    "work put off": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b"),
    "a package index by name": re.compile(r"(py" + r"pi\.org|python" + r"hosted|npm" + r"js\.(org|com))"),
    "a merge left open": re.compile(r"^(<{7}|>{7}) ", re.MULTILINE),
}
SILENCED = re.compile(r"#\s*(noqa|type:\s*ignore|pragma: no cover|pyright)(?P<rest>.*)")
WITH_REASON = re.compile(r"\s*(:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[\w, -]+\])?\s+(-\s*\S+|\(\w+|#\s*\w+)")


def found(pattern, paths):
    return [
        f"{name_of(path)}: {match[0].strip()}" for path in paths for match in pattern.finditer(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_source_does_not_contain(what):
    paths = [path for path in files() if path.suffix in TEXT or path.name in ("suar", "run")]
    assert len(paths) > 50
    assert found(FORBIDDEN[what], paths) == []


@pytest.mark.parametrize(
    ("what", "example"),
    [
        ("a machine's folder", "open('/ho" + "me/x')"),
        ("work put off", "# TO" + "DO later"),
        ("a package index by name", "files.python" + "hosted.org"),
        ("a merge left open", "<<<<" + "<<< ours"),
    ],
)
def test_the_check_finds_a_planted_word(what, example):
    assert FORBIDDEN[what].search(example)


def test_a_silenced_check_has_a_reason():
    silent = [
        f"{name_of(path)}: {match[0]}"
        for path in files(".py")
        for match in SILENCED.finditer(path.read_text("utf-8"))
        if not WITH_REASON.match(match["rest"])
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("rest", "fine"),
    [
        (": S105 - a name, not a secret", True),
        ("[attr-defined] - the library has no types", True),
        (": S301  (our own bytes)", True),
        (": S105", False),
        ("", False),
    ],
)
def test_a_reason_is_recognised(rest, fine):
    assert bool(WITH_REASON.match(rest)) is fine


def is_rule(path):
    return path.is_relative_to(SUAR) and (path.stem == "rules" or path.parent.name == "rules")


def test_every_public_rule_names_its_source():
    rules = [path for path in files(".py") if is_rule(path)]
    assert rules
    top = {node for path in rules for node in tree(path).body}
    public = [
        function
        for path in rules
        for function in functions(path)
        if function.node in top and not function.node.name.startswith("_")
    ]
    assert len(public) > 10
    nameless = [item for item in public if "Source:" not in (ast.get_docstring(item.node) or "")]
    assert [str(item) for item in nameless] == []


def test_every_module_has_a_docstring():
    modules = [path for path in files(".py") if path.is_relative_to(SUAR)]
    said = {path: ast.get_docstring(tree(path)) for path in modules if tree(path).body}
    assert [name_of(path) for path in said if not said[path] and not is_migration(path)] == []


def test_no_sentence_of_a_docstring_has_a_question_word_as_its_subject():
    """docs: a noun says more than "What ...", "Who ..." or "How ..."; questions are allowed."""
    documented = (ast.AsyncFunctionDef, ast.ClassDef, ast.FunctionDef, ast.Module)
    found = [
        f"{name_of(path)}: {sentence[:60]}"
        for path in files(".py")
        if path.is_relative_to(SUAR)
        for node in ast.walk(tree(path))
        if isinstance(node, documented)
        for sentence in re.split(r"(?<=[.!?:])\s+", ast.get_docstring(node) or "")
        if re.match(r"(What|Who|Whoever|Whatever|How|Whether)\b[^?]*$", sentence)
    ]
    assert found == []


def test_there_is_one_licence_and_one_notice():
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    assert "axe-core" in (ROOT / "NOTICE").read_text("utf-8")
