"""B1: nothing that was typed about a person lies anywhere in clear; the pages still show it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command

from suar.accounts.models import Team
from suar.core import clock
from suar.demo import cast as casting
from suar.demo import directory
from suar.demo.cast import Cast
from suar.records import keyring
from suar.records.models import Record
from suar.records.terms import ALL, Compartment, Status
from suar.website.tasks import start_periodic_jobs
from tests import at_once
from tests.bars import leaks, places
from tests.bars.canaries import Journey, unseen
from tests.bars.free_fields import (
    HAND_WRITTEN,
    NOT_ABOUT_A_PERSON,
    free_fields,
    hand_written,
    typed,
)
from tests.bars.journey import walk
from tests.bars.places import Places
from tests.bars.stored import stored
from tests.people import client_of, thread

# Refused, removed from a file, inside a locked original, never sent by somebody signed in, or about a need not there.
REFUSED = {"long", "carried", "village", "wish", "forged", "nobody", "paper", "enclosure", "unwished"}
REFUSED |= {"broken", "inside", "no_sheet"}


@pytest.fixture
def cast(committed: None, now: datetime) -> Cast:
    """Gather the cast in a database that commits: what was not committed is not on the disk."""
    gathered = at_once.committed_cast()
    casting.make_partners(gathered, at=now)
    return gathered


@pytest.fixture
def services(cast: Cast, now: datetime) -> None:
    """Load the invented directory."""
    directory.load(at=now)


@pytest.fixture
def looked_at(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Iterator[Places]:
    """Watch every kind of place."""
    with places.watched(tmp_path, capfd.readouterr) as watched:
        yield watched


@pytest.mark.db_contract
def test_no_typed_text_of_a_journey_is_stored_unencrypted(
    cast: Cast, services: None, looked_at: Places, pytestconfig: pytest.Config
) -> None:
    """Also no free field is left out of the journey, and the key for statistics opens none; --long takes two."""
    with typed() as values:
        journeys = [walk(cast, number) for number in range(1 + pytestconfig.option.long)]
    for way in journeys:
        assert len(way.canaries) >= 60
        assert_every_free_field_is_typed(way, values)
        assert_the_statistics_key_opens_no_typed_text(way, cast)
    later_on()
    canaries = [canary for way in journeys for canary in way.canaries]
    found = {kind: leaks.leaks(canaries, blobs) for kind, blobs in looked_at.kinds()}
    assert [item for kind in found.values() for item in kind] == []
    for way in journeys:
        assert unseen(way) == REFUSED, "a page must show what was sealed"


def assert_every_free_field_is_typed(way: Journey, values: dict[str, set[str]]) -> None:
    carried = {name for name, seen in values.items() if seen & set(way.canaries)}
    assert "cases.NoteForm.text" in carried
    assert free_fields() - carried == set(NOT_ABOUT_A_PERSON)


def assert_the_statistics_key_opens_no_typed_text(way: Journey, cast: Cast) -> None:
    found: dict[Compartment, set[str]] = {}
    there = Record.objects.exclude(status=Status.GONE)
    for ident, organisation in there.values_list("id", "organisation"):
        player = cast.esi if organisation == cast.village.organisation.id else cast.chioma
        record = keyring.open_record(ident, keys=player.keys)
        for part in filter(record.may, ALL):
            said = json.dumps([record.read(part, name) for name in record.names(part)])
            found.setdefault(part, set()).update(canary for canary in way.canaries if canary in said)
    assert found[Compartment.CODED] == set()
    assert all(found[part] for part in (Compartment.IDENTITY, Compartment.NARRATIVE))


def later_on() -> None:
    """Let the jobs of a day come that is past every date of the journey."""
    with clock.shifted(timedelta(days=100)):
        start_periodic_jobs()
        call_command("db_worker", queue_name="*", reload=False, batch=True)


@pytest.mark.db_contract
def test_the_search_finds_a_canary_in_every_kind_of_place(cast: Cast, services: None, looked_at: Places) -> None:
    thread(cast)
    client_of(cast.ben)
    places.plant(looked_at, "canaryofcontrol")
    for kind, blobs in looked_at.kinds():
        planted = [name for name, kinds in places.PLANTED.items() if kind in kinds]
        assert planted, kind
        found = " ".join(leaks.leaks([f"canaryofcontrol{name}" for name in planted], blobs))
        assert [name for name in planted if f"canaryofcontrol{name} in " not in found] == [], kind


def test_the_page_of_a_step_writes_no_other_free_field_by_hand() -> None:
    assert hand_written() == set(HAND_WRITTEN)


@pytest.mark.db_contract
def test_the_search_covers_the_log_of_the_database(cast: Cast) -> None:
    Team.objects.update(name="canaryofcontrol")
    found = leaks.leaks(["canaryofcontrol"], stored())
    assert any("in log" in item or "pg_wal" in item for item in found)


def test_the_search_finds_every_encoding() -> None:
    for form in leaks.disguises("canaryofcontrol"):
        assert leaks.leaks(["canaryofcontrol"], [("control", b"before" + form + b"after")])
