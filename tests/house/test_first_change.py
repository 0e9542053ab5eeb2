"""The recipes of docs/first-change.md work: each is applied to a copy of the code and checked."""

import re
import shutil
import subprocess
import sys

import pytest

from tests.house.reading import ROOT

PAGE = (ROOT / "docs" / "first-change.md").read_text("utf-8")
RECIPES = dict(part.split("\n", 1) for part in PAGE.split("\n## ")[1:])
EDIT = re.compile(r"In `([^`]+)`, after\s`(.+?)`:\n\n```\w+\n(.*?)```\n", re.DOTALL)
COPY = re.compile(r"Copy `([^`]+)` to\s`([^`]+)`\.")
REPLACE = re.compile(r"In `([^`]+)`, replace\s`(.+?)`\swith\s`(.+?)`\.")
NEW_FILE = re.compile(r"New file `([^`]+)`:\n\n```\w+\n(.*?)```\n", re.DOTALL)
CHECK = re.compile(r"Check:\n\n```python\n(.*?)```", re.DOTALL)
MAX_FILES = 4
START = "import django\ndjango.setup()\n"


@pytest.fixture
def code(tmp_path):
    for folder in ("src", "tests/settings.py"):
        source, copy = ROOT / folder, tmp_path / folder
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, copy) if source.is_dir() else shutil.copy(source, copy)
    (tmp_path / "tests" / "openings.py").write_text((ROOT / "tests" / "openings.py").read_text("utf-8"), "utf-8")
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
    for name, marker, block in EDIT.findall(recipe):
        lines = (code / name).read_text("utf-8").splitlines(keepends=True)
        places = [at for at, line in enumerate(lines) if marker in line]
        assert len(places) == 1, f"{name} has {len(places)} lines with {marker}"
        lines.insert(places[0] + 1, block)
        (code / name).write_text("".join(lines), "utf-8")
        touched.append(name)
    for name, block in NEW_FILE.findall(recipe):
        (code / name).write_text(block, "utf-8")
        touched.append(name)
    return touched


def run_check(recipe, code):
    (check,) = CHECK.findall(recipe)
    return subprocess.run(
        [sys.executable, "-c", START + check],
        cwd=code,
        env={"PYTHONPATH": f"{code / 'src'}:{code}", "DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works_as_described(name, code):
    assert run_check(RECIPES[name], code).returncode != 0, "the check must fail before the change"
    touched = apply(RECIPES[name], code)
    assert 0 < len(set(touched)) <= MAX_FILES
    result = run_check(RECIPES[name], code)
    assert result.returncode == 0, result.stderr[-2000:]


def test_there_are_five_recipes():
    assert len(RECIPES) == 5
