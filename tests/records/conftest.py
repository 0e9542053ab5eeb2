"""The cast, and a record about Amina."""

from collections.abc import Iterable
from datetime import UTC, datetime

from suar.accounts.roles import Viewer
from suar.accounts.sessions import viewer_of
from suar.demo.cast import Player, Workplace
from suar.records import actions, queries
from suar.records.keyring import OpenRecord
from suar.records.models import Record
from suar.records.terms import Compartment, Kind
from tests.accounts.cast_fixtures import cast, gathered  # noqa: F401 - fixtures
from tests.people import write

AT = datetime(2026, 11, 25, 8, tzinfo=UTC)


def begun(house: Workplace, by: Player, *, kind: Kind = Kind.PERSON, restricted: bool = False) -> OpenRecord:
    """Begin a record about Amina with something in each compartment but files."""
    record = actions.new_record(
        kind,
        organisation=house.organisation.id,
        team=house.team.id,
        by=by.id,
        at=AT,
        restricted=restricted,
    )
    written = {
        Compartment.IDENTITY: ("person", {"name": "Amina"}),
        Compartment.WHEREABOUTS: ("contact", {"number": "000-0000-0812"}),
        Compartment.NARRATIVE: ("words", {"text": "they kept my papers"}),
        Compartment.CODED: ("profile", {"age": 24}),
    }
    for compartment, (name, value) in written.items():
        write(record, compartment, name, value, by=by.id, at=AT)
    return record


def viewer(player: Player) -> Viewer:
    """Say who a player is."""
    return viewer_of(player.worker, fresh=True)


def listed(rows: Iterable[Record], player: Player) -> list[Record]:
    """Return the records whose index entry a player opens."""
    rows = list(rows)
    return queries.with_entries(rows, queries.index_entries([row.id for row in rows], keys=player.keys))
