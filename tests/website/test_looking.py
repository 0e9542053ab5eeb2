"""Looking for a word and for what costs nothing: typing errors are forgiven, nothing is kept."""

import importlib
import logging
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import connection

from suar.directory import queries
from suar.directory.models import SearchEntry
from suar.directory.search import SearchQuery
from tests.directory.entries import entry, first_apps, load, provider
from tests.website.asking import ask

WORD = "Kucingberang"


@pytest.mark.parametrize("typed", ["wage", "wagse", "WAGE desk", "  wage  "])
def test_a_misspelt_word_matches(visitor, directory, typed):
    page = ask(visitor, text=typed).content.decode()
    answer = page.partition("This may help too")[0]
    assert "Wage desk" in answer
    assert "Night house" not in answer
    assert f'name="text" value="{typed.strip()}"' in page, "carried to the next page, in a post"


def test_what_was_looked_for_stays_out_of_rows_logs_and_addresses(visitor, directory, caplog):
    caplog.set_level(logging.DEBUG)
    answer = ask(visitor, text=WORD)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Nothing fits these words" in page
    assert "We found nobody" not in page, "people may help whose entry has other words"
    assert re.search(r'<details class="more" open>.*<input[^>]*name="needs"', page, re.DOTALL)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table of ours
            assert WORD.lower() not in str(cursor.fetchall()).lower(), table
    used = Path(settings.SUAR_DATA) / "used-forms"
    assert WORD not in str([*used.rglob("*")])
    assert WORD not in caplog.text
    assert not answer.headers.get("Location")


def test_a_word_that_is_too_long_is_refused_and_not_repeated_in_full(visitor, directory):
    answer = ask(visitor, text="x" * 100_000)
    assert answer.status_code == 400
    assert "Please write less." in answer.content.decode()


@pytest.mark.django_db
def test_free_services_match_and_those_without_a_stated_cost():
    told = {"a": "FREE", "b": "PARTLY", "c": "FULL", "d": "INSURANCE"}
    some = [entry(name, types=["HOU_MEN"], areas=["32"], cost=cost) for name, cost in told.items()]
    silent = entry("e", types=["HOU_MEN"], areas=["32"])
    del silent["suar"]["cost"]
    assert load(provider(*some, silent)).applied
    assert _names(free=True) == {"Invented a", "Invented e"}
    assert len(_names()) == 5


@pytest.mark.django_db
def test_an_older_index_is_rebuilt_with_costs():
    free = entry("a", types=["HOU_MEN"], areas=["32"], cost="FREE")
    assert load(provider(free)).applied
    [row] = SearchEntry.objects.all()
    terms = row.terms
    SearchEntry.objects.update(terms=terms.replace("qxcfree ", ""))
    assert SearchEntry.objects.get().terms != terms
    step = importlib.import_module("suar.directory.migrations.0008_found_by_cost")
    step.add_cost(first_apps(), SimpleNamespace(connection=connection))
    assert SearchEntry.objects.get().terms == terms
    assert _names(free=True) == {"Invented a"}
    SearchEntry.objects.update(shown_until="9999-12-31")
    step = importlib.import_module("suar.directory.migrations.0006_shown_until_by_kind")
    step.last_day(first_apps(), SimpleNamespace(connection=connection))
    assert SearchEntry.objects.get().shown_until == row.shown_until


def _names(**wanted: bool) -> set[str]:
    return {card.name for card in queries.search_services(SearchQuery(**wanted)).cards}
