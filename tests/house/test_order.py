"""The order of the organisation that import-linter cannot say in a line: see also pyproject.toml."""

import json
import os
import subprocess
import sys

import grimp
import pytest

from tests.house.reading import ROOT, SUAR, files, is_migration

PRIVATE = ("models", "views", "forms", "urls")
# What the public site may never reach: it can put in and never take out.
TAKES_OUT = (
    "suar.records.keyring",
    "suar.cases",
    "suar.referrals",
    "suar.reintegration",
    "suar.accounts.sessions",
    "suar.accounts.keys",
)
ROUTES = """
import json
import django
django.setup()
from django.conf import settings
from django.urls import get_resolver
def views(resolver):
    for each in resolver.url_patterns:
        if hasattr(each, "url_patterns"):
            yield from views(each)
        else:
            yield getattr(each.callback, "view_class", each.callback).__module__
handlers = {get_resolver().resolve_error_handler(code).__module__ for code in (400, 403, 404, 500)}
around = {name.rpartition(".")[0] for name in settings.MIDDLEWARE}
print(json.dumps(sorted({*views(get_resolver()), *handlers, *around})))
"""


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("suar", cache_dir=None)


def test_every_folder_with_python_is_a_package():
    packages = {path.parent for path in files(".py") if path.is_relative_to(SUAR)}
    assert len(packages) > 10
    assert [str(package) for package in packages if not (package / "__init__.py").exists()] == []


def test_models_views_forms_and_urls_are_private_to_their_app(graph):
    intruders = []
    for importer in graph.modules:
        stage = importer.split(".")[1:2]
        for imported in graph.find_modules_directly_imported_by(importer):
            parts = imported.split(".")
            if len(parts) > 2 and parts[2].startswith(PRIVATE) and parts[1:2] != stage:
                intruders.append(f"{importer} -> {imported}")
    # The invented world is made from the rows up; it is no part of a real Suar's work.
    assert [intruder for intruder in intruders if not intruder.startswith("suar.demo")] == []


def test_the_public_site_imports_nothing_that_reads_records(graph):
    modules = public_modules()
    assert {"suar.website.views.public", "suar.website.error_pages", "suar.website.middleware"} <= set(modules)
    chains = [
        " -> ".join(chain)
        for taker in graph.modules & set(TAKES_OUT)
        for view in graph.modules & set(modules)
        for chain in [graph.find_shortest_chain(view, taker, as_packages=True)]
        if chain
    ]
    assert chains == []


def test_the_check_finds_a_public_view_that_opens_records(graph):
    assert graph.find_shortest_chain("suar.cases", "suar.records.keyring", as_packages=True)


def public_modules():
    """Ask a process of the public site where its views, error pages and middleware live."""
    surroundings = {
        **os.environ,
        "SUAR_SITE": "public",
        "PYTHONPATH": "src",
        "DATABASE_URL": "",
        "DJANGO_SETTINGS_MODULE": "suar.settings",
    }
    asked = subprocess.run([sys.executable, "-c", ROUTES], cwd=ROOT, env=surroundings, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stderr[-2000:]
    return json.loads(asked.stdout)


def test_every_migration_is_named_for_its_meaning():
    nameless = ("_initial", "_auto_")
    migrations = [path for path in files(".py") if is_migration(path) and path.stem[0].isdigit()]
    assert migrations
    assert [path.stem for path in migrations if any(word in path.stem for word in nameless)] == []
