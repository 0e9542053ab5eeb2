"""The recipes of docs/first-change.md work: each is applied to a copy of the code and checked."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.house.reading import ROOT

PAGE = (ROOT / "docs" / "first-change.md").read_text("utf-8")
RECIPES = dict(part.split("\n", 1) for part in PAGE.split("\n## ")[1:])
EDIT = re.compile(r"In `([^`]+)`, (after|before)\s`(.+?)`:\n\n```\w+\n(.*?)```\n", re.DOTALL)
COPY = re.compile(r"Copy `([^`]+)` to\s`([^`]+)`\.")
REPLACE = re.compile(r"In `([^`]+)`, replace\s`(.+?)`\swith\s`(.+?)`\.")
NEW_FILE = re.compile(r"New file `([^`]+)`:\n\n```\w+\n(.*?)```\n", re.DOTALL)
CHECK = re.compile(r"Check:\n\n```python\n(.*?)```", re.DOTALL)
MAX_FILES = 4
START = "import django\ndjango.setup()\n"
TRANSLATIONS = "tests/house/test_translations.py"
SUITES = {
    "Add a figure": [TRANSLATIONS],
    "Add a field to a record": [
        TRANSLATIONS,
        "tests/house/test_inventory.py",
        "tests/house/test_documents.py",
        "tests/cases/test_archives.py::test_every_field_of_a_document_has_a_label_and_every_document_a_place",
        "tests/cases/test_details_page.py::test_every_shareable_field_has_a_form",
    ],
}
"""Tests that fail if such a recipe leaves out a file."""


@pytest.fixture
def code(tmp_path):
    for folder in ("src", "tests", "tools", "docs"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("vendor"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def apply(recipe, code):
    """Apply the edits of a recipe and return the files it touched."""
    touched = []
    for source, name in COPY.findall(recipe):
        assert not (code / name).exists()
        shutil.copy(code / source, code / name)
    for name, old, new in REPLACE.findall(recipe):
        text = (code / name).read_text("utf-8")
        assert text.count(old) == 1, f"{name} has {text.count(old)} times {old}"
        (code / name).write_text(text.replace(old, new), "utf-8")
        touched.append(name)
    for name, side, marker, block in EDIT.findall(recipe):
        lines = (code / name).read_text("utf-8").splitlines(keepends=True)
        places = [at for at, line in enumerate(lines) if marker in line]
        assert len(places) == 1, f"{name} has {len(places)} lines with {marker}"
        lines.insert(places[0] + (side == "after"), block)
        (code / name).write_text("".join(lines), "utf-8")
        touched.append(name)
    for name, block in NEW_FILE.findall(recipe):
        (code / name).write_text(block, "utf-8")
        touched.append(name)
    return touched


def check_of(recipe):
    (check,) = CHECK.findall(recipe)
    return check


def run(code, *words):
    """Run Python on a copy of the code."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=code,
        env={"PYTHONPATH": f"{code / 'src'}:{code}", "DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works_as_described(name, code):
    check = check_of(RECIPES[name])
    with pytest.raises(Exception):  # noqa: B017, PT011 - the check must fail before the change, whatever it lacks
        exec(check, {})  # noqa: S102 - our own page
    touched = apply(RECIPES[name], code)
    assert 0 < len(set(touched)) <= MAX_FILES
    result = run(code, "-c", START + check)
    assert result.returncode == 0, result.stderr[-2000:]
    if suite := SUITES.get(name):
        result = run(code, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--noconftest", *suite)
        assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]


def test_the_suites_are_of_recipes():
    assert SUITES.keys() <= RECIPES.keys()


def test_there_are_five_recipes():
    assert len(RECIPES) == 5
