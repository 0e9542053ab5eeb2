"""HTCDS 2.0: every field has a row, what leaves, what an import makes of a file, and a round trip without loss."""

from datetime import date
from typing import Any

import pytest

from suar.cases import actions, contact_status, episodes
from suar.cases.documents.episodes import EpisodeFacts
from suar.cases.htcds import exporting, importing, mapping
from suar.cases.htcds.mapping import CASE, CONTACT_RULES, EXPORT
from suar.cases.rules.dates import PartialDate
from suar.consent.documents import Person, Profile, SafeContact
from suar.core import clock
from suar.core.files.sheets import read_sheet, write_csv, write_workbook
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.models import Record
from suar.records.terms import Kind, Status
from tests.people import acting_as

OURS = {"org_Name", CONTACT_RULES, EXPORT}
"""Columns that differ after a round trip: who exports, that a number is not safe yet, and the mark of the file."""
Rows = list[dict[str, str]]


def exported(player: Player, record: OpenRecord | None = None, *, with_identity: bool = True) -> Rows:
    by = acting_as(player)
    table = exporting.export_people(record, with_identity=with_identity, purpose="EX_SYSTEM", by=by).rows
    names, labels, *body = table
    assert labels[names.index("prs_FirstName")] == "First Name"
    return [{name: cell for name, cell in zip(names, cells, strict=True) if cell} for cells in body]


def comparable(rows: Rows) -> Rows:
    return sorted(({name: cell for name, cell in row.items() if name not in OURS} for row in rows), key=str)


def checked(player: Player, content: bytes) -> importing.Check:
    by = acting_as(player)
    return importing.check_sheet(read_sheet(content), known=importing.known_cases(by), today=clock.today())


def imported(player: Player, content: bytes) -> importing.Check:
    """Import a file into the team that somebody leads."""
    check, by = checked(player, content), acting_as(player)
    [team] = by.viewer.leads
    importing.import_people(check.new, team=team, by=by)
    return check


def table(player: Player, *, with_identity: bool = True) -> list[list[str]]:
    by = acting_as(player)
    return exporting.export_people(None, with_identity=with_identity, purpose="EX_SYSTEM", by=by).rows


def opened(player: Player, case: str) -> OpenRecord:
    """Open the record that was imported as a case."""
    for record in Record.objects.filter(kind=Kind.CASE):
        found = keyring.open_record(record.id, keys=player.keys)
        kept = found.get(importing.ImportedFrom)
        if kept and kept.case == case:
            return found
    raise AssertionError(case)


@pytest.fixture
def told(amina: OpenRecord, cast: Cast) -> OpenRecord:
    """Return Amina's record with two episodes, a note and her facts."""
    by = acting_as(cast.ben)
    amina.put(Person(name="Amina Rekaan", born=date(1999, 3, 4)), by=by.worker, at=by.at)
    amina.put(SafeContact(phone="+62 000 0000 7741", place="Kota Contoh", hours="evenings"), by=by.worker, at=by.at)
    amina.put(Profile(sex="FEMALE", language="id", formal="F_CON_POS"), by=by.worker, at=by.at)
    first = EpisodeFacts(
        start=PartialDate(2019, 5),
        country="MY",
        place="a flat",
        forms=("SERVITUDE", "SEXUAL_ONLINE"),
        sector="SEC_FISHING",
        exploiters=("RR_EMPLOYER",),
        means=("MC_DEBT", "MC_MOVEMENT"),
        words="=she was locked in",
    )
    second = EpisodeFacts(start=PartialDate(2021, about=True), country="SEA", forms=("CRIMINAL_SCAM",))
    for facts in (first, second):
        episodes.save_episode(amina, facts, by=by)
    actions.add_note(amina, "Wants to learn sewing,\nlater.", by=by)
    return keyring.open_record(amina.id, keys=cast.ben.keys)


# The table


def test_every_live_field_of_the_standard_has_a_row() -> None:
    live = [field for field in mapping.FIELDS.values() if not field.deprecated]
    assert (len(mapping.FIELDS), len(live), sum(field.core for field in live)) == (84, 81, 38)
    assert all(field.how for field in live)
    assert all(field.into or field.kept for field in mapping.FIELDS.values()), "a value without a place is lost"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("prs_First_Name", "prs_FirstName"),
        ("PRS_FIRSTNAME", "prs_FirstName"),
        ("about/prs_Gender", "prs_Gender"),
        ("First Name", "prs_FirstName"),
        ("vic_TraffickinStatusDecisionMakingOrg", "vic_TraffickingStatusDecisionMakingOrg"),
        ("_uuid", CASE),
        ("Longitude", "Longitude"),
        ("__version__", ""),
    ],
)
def test_columns_are_found_under_other_names(header: str, name: str) -> None:
    assert mapping.find_columns([header], []) == [name]


@pytest.mark.parametrize(
    ("name", "text", "codes"),
    [
        ("vic_MethodsOfControl", "DebtBondage ;Threats", ["DebtBondage", "PhysicalThreats"]),
        ("vic_MethodsOfControl", "DebtBondage FalsePromises", ["DebtBondage", "FalsePromises"]),
        ("vic_MethodsOfControl", "Debt bondage", ["DebtBondage"]),
        ("vic_MethodsOfControl", "RestrictsMovement", ["RestrictsMovement"]),
        ("vic_RelationshipToTrafficker", "Unacquainted", ["Unaquainted"]),
        ("cas_Status", "Closed/Referred", ["ClosedReferred"]),
    ],
)
def test_codes_are_found_in_other_spellings(name: str, text: str, codes: list[str]) -> None:
    assert mapping.read_codes(name, text) == (codes, [])


# A round trip


@pytest.mark.parametrize("write", [write_csv, write_workbook])
def test_people_come_back_equal_from_another_organisation(told: OpenRecord, cast: Cast, write: Any) -> None:
    before = comparable(exported(cast.esi))
    assert len(before) == 2
    content = write(table(cast.esi))
    check = imported(cast.kartika, content)
    assert (check.errors, len(check.new)) == ([], 1)
    assert comparable(exported(cast.kartika)) == before
    again = checked(cast.kartika, content)
    assert (again.new, again.already) == ([], 1)
    home = checked(cast.esi, write(table(cast.kartika)))
    assert (home.new, home.already) == ([], 1), "it is our own record"
