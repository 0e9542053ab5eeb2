"""Nothing grows past what a newcomer reads in one go."""

from tests.house.reading import SUAR, files, functions, is_migration, is_test, name_of

MODULE_LINES, FUNCTION_LINES = 500, 40
LONGER_FOR_NOW = {"fifty_at_once", "asked"}


def modules():
    return [path for path in files(".py") if not is_migration(path)]


def test_no_module_is_too_long():
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert len(lengths) > 20
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES} == {}


def test_no_function_is_too_long():
    every = [function for path in modules() if not is_test(path) for function in functions(path)]
    assert len(every) > 100
    assert [str(each) for each in every if each.lines > FUNCTION_LINES and each.node.name not in LONGER_FOR_NOW] == []


def test_no_function_takes_more_than_six_parameters_without_a_reason():
    """Ruff counts; this test only sees that its count is switched on."""
    settings = (SUAR.parent.parent / "pyproject.toml").read_text("utf-8")
    assert '"PLR0913"' in settings
    assert "max-args = 6" in settings
