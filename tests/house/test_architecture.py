"""docs/architecture.md names the apps that import-linter puts in order, and no other."""

import re
import tomllib

from tests.house.reading import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
APP = re.compile(r"`([a-z]+)`")


def apps_in_order():
    layers = next(contract for contract in CONTRACTS if contract["id"] == "order")["layers"]
    return [name for layer in layers for name in re.findall(r"[a-z_]+", layer)]


def apps_on_the_page():
    rows = re.findall(r"^\| (`[^|]+`) +\|", PAGE.partition("## Inside an app")[0], re.MULTILINE)
    return [name for row in rows for name in APP.findall(row)]


def test_the_page_describes_every_app_once():
    assert len(apps_in_order()) > 10
    assert sorted(apps_on_the_page()) == sorted(apps_in_order())


def test_every_app_has_a_folder():
    assert [name for name in apps_in_order() if not (ROOT / "src" / "suar" / name).is_dir()] == []
