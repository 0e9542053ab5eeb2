"""B5: what opening costs, counted and not timed: boxes, seals and queries. `./suar bench` times."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suar.accounts import queries as accounts
from suar.core import clock
from suar.crypto import values
from suar.crypto.pairs import BoxPair
from suar.demo.cast import Cast, Player, Workplace
from suar.records import actions as vault
from suar.records import keyring
from suar.records import queries as vault_queries
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Kind
from tests.bars.counting import calls_of
from tests.people import agreed, client_of, person_of, sent, viewer, write

FIELDS = 50
FEW, MANY = 10, 50
CRYPTO = {"boxes": BoxPair.open, "seals": values.unseal, "wraps": values.unwrap}


def case_of(player: Player, workplace: Workplace, *, name: str, fields: int = 1) -> OpenRecord:
    """Make a case with so many sealed fields, found by a name, due today."""
    at = clock.now()
    record = vault.new_record(
        Kind.CASE, organisation=workplace.organisation.id, team=workplace.team.id, by=player.id, at=at
    )
    for number in range(fields):
        told = {"text": f"what was told {number}"}
        write(record, Compartment.NARRATIVE, f"field-{number}", told, by=player.id, at=at)
    vault.set_index_entry(record, {"name": name}, keys=player.keys, at=at)
    vault.set_due(record.id, due=clock.today())
    return record


@pytest.mark.parametrize("name", ["ben", "esi", "chioma"])
def test_a_record_of_fifty_fields_opens_with_one_box_and_fifty_seals(cast: Cast, name: str) -> None:
    player, workplace = getattr(cast, name), cast.pelita if name == "chioma" else cast.village
    author = cast.chioma if name == "chioma" else cast.ben
    first, second = (case_of(author, workplace, name=item, fields=FIELDS) for item in "ab")
    player.keys.forget()
    keyring.open_record(first.id, keys=player.keys)  # opens the team's key, once a request
    with calls_of(**CRYPTO) as counted:
        opened = keyring.open_record(second.id, keys=player.keys)
        told = [opened.read(Compartment.NARRATIVE, name) for name in opened.names(Compartment.NARRATIVE)]
    assert len(told) == FIELDS and all(told)
    assert counted == {"boxes": 1, "seals": FIELDS}


def test_the_first_record_of_a_request_costs_one_box_more_for_the_key_of_the_team(
    cast: Cast,
) -> None:
    record = case_of(cast.chioma, cast.pelita, name="a", fields=FIELDS)
    client = client_of(cast.chioma)
    with calls_of(**CRYPTO) as counted:
        client.get(reverse("person", args=[record.id]))
    assert counted["boxes"] == 2


@pytest.mark.parametrize("rows", [FEW, MANY])
def test_a_list_opens_a_wrap_and_a_seal_for_each_name_and_one_box(cast: Cast, rows: int) -> None:
    for number in range(rows):
        case_of(cast.chioma, cast.pelita, name=f"name {number}")
    cast.jaya.keys.forget()
    with calls_of(**CRYPTO) as counted:
        found = list(vault_queries.iter_index_entries(viewer(cast.jaya), keys=cast.jaya.keys))
    assert len(found) == rows
    assert counted == {"boxes": 1, "seals": rows, "wraps": rows}


def test_the_count_finds_a_second_opening(cast: Cast) -> None:
    record = case_of(cast.ben, cast.village, name="a", fields=2)
    with calls_of(**CRYPTO) as counted:
        opened = keyring.open_record(record.id, keys=cast.ben.keys)
        for _ in range(3):
            opened.read(Compartment.NARRATIVE, "field-0")
    assert counted == {"boxes": 1, "seals": 3}


def queries(ask: Callable[[], int]) -> int:
    """Count the queries of a page that was asked once before."""
    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    return len(captured)


def grow(cast: Cast, number: int) -> None:
    """Add a person at Ben's with a referral sent to Chioma's and a case there, both due."""
    record = person_of(cast.ben, cast, name=f"Amina {number}")
    vault.set_due(record.id, due=clock.today() - timedelta(days=1))
    sent(record, agreed(record, cast.ben), cast.ben)
    case_of(cast.chioma, cast.pelita, name=f"Amina {number}")


Pages = dict[tuple[str, str], Callable[[], int]]
LISTS = {
    "ben": ["day", "caseload", "find_person"],
    "chioma": ["day", "caseload", "inbox", "find_person"],
    "esi": ["day", "team", "find_person"],
    "kartika": ["day", "team"],
}


def counts(pages: Pages) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Return for each list its queries and its lines."""
    asked_of = {place: queries(ask) for place, ask in pages.items()}
    return asked_of, {place: ask() for place, ask in pages.items()}


def list_request(client: Client, page: str) -> Callable[[], int]:
    """Ask for a list as its page does."""
    if page == "find_person":
        return lambda: shown(client.post(reverse(page), {"name": "Amina"}))
    return lambda: shown(client.get(reverse(page)))


def shown(answer: HttpResponse) -> int:
    """Return how many lines a page lists."""
    assert answer.status_code == 200
    return answer.content.count(b"<li") + answer.content.count(b"<tr")


def test_every_list_needs_the_same_queries_for_ten_and_fifty_rows(cast: Cast, services: None) -> None:
    pages = {
        (name, page): list_request(client_of(getattr(cast, name)), page)
        for name, each in LISTS.items()
        for page in each
    }
    for number in range(FEW):
        grow(cast, number)
    few, short = counts(pages)
    for number in range(FEW, MANY):
        grow(cast, number)
    many, long = counts(pages)
    assert few == many
    assert [place for place in pages if long[place] <= short[place]] == [], "a list did not grow"


def test_the_count_finds_a_query_per_row(cast: Cast) -> None:
    teams = [cast.pelita.team.id] * FEW
    once = queries(lambda: len(vault_queries.visible(viewer(cast.jaya), Kind.CASE)))
    each = queries(lambda: len([accounts.team_facts(team) for team in teams]))
    assert each >= FEW > once
