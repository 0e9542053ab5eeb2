"""Nothing grows past what a newcomer reads in one go."""

import pytest

from tests.house.reading import SUAR, files, functions, is_migration, is_test, name_of

LINES = {".html": 120, ".js": 150, ".css": 200}
MODULE_LINES, TEST_LINES = 300, 400
FUNCTION_LINES, VIEW_LINES = 30, 25


def longer(paths, most):
    counted = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in paths}
    return {name: lines for name, lines in counted.items() if lines > most}


@pytest.mark.parametrize(("ending", "most"), LINES.items())
def test_no_template_script_or_style_sheet_is_too_long(ending, most):
    assert longer(files(ending), most) == {}


def test_no_module_is_too_long():
    paths = [path for path in files(".py") if not is_test(path) and not is_migration(path)]
    assert len(paths) > 20
    assert longer([*paths, SUAR.parent.parent / "suar"], MODULE_LINES) == {}


def test_no_test_file_is_too_long():
    assert longer([path for path in files(".py") if is_test(path)], TEST_LINES) == {}


def test_no_function_is_too_long():
    paths = [path for path in files(".py") if not is_test(path) and not is_migration(path)]
    every = [function for path in paths for function in functions(path)]
    assert len(every) > 100
    assert [str(each) for each in every if each.lines > FUNCTION_LINES] == []


def test_no_view_is_too_long():
    views = [path for path in files(".py") if path.stem.startswith("views")]
    every = [function for path in views for function in functions(path)]
    assert [str(each) for each in every if each.lines > VIEW_LINES] == []


def test_no_function_takes_more_than_six_parameters_without_a_reason():
    """Ruff counts; this test only sees that its count is switched on."""
    settings = (SUAR.parent.parent / "pyproject.toml").read_text("utf-8")
    assert '"PLR0913"' in settings
    assert "max-args = 6" in settings
