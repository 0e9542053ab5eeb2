"""A statement that is kept is Django's own, whatever values it is asked with."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, QuerySet, When
from django.db.models.functions import Lower
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from suar.accounts.models import Membership, Organisation, PublicKey, Team, Worker
from suar.accounts.terms import KeyKind
from suar.core import clock
from suar.core.ids import new_id
from suar.db import kept
from suar.records.models import Record, Sheet, SheetWrap, Value
from suar.records.terms import Kind

pytestmark = pytest.mark.django_db


@kept.rows
def houses(names: list[str]) -> QuerySet:
    """Give houses by name."""
    return Organisation.objects.filter(name__in=names).order_by("name")


@kept.rows
def members(house: Any, role: str) -> QuerySet:
    """Give the workers of a house with their house, read from two tables."""
    rows = Worker.objects.select_related("organisation").filter(organisation=house)
    return rows.filter(membership__leads=True, role=role).order_by("name")


@kept.rows
def names(house: Any) -> QuerySet:
    """Give the names of workers alone."""
    return Worker.objects.filter(organisation=house).values_list("name", flat=True)


@kept.change
def called(house: Any, name: str) -> kept.Change:
    """Give a house another name."""
    return Organisation.objects.filter(id=house), {"name": name, "ready_at": None}


@kept.removal
def wraps_gone(record: Any) -> QuerySet:
    """Remove the wraps of a sheet."""
    return SheetWrap.objects.filter(record=record)


def house(name: str) -> Organisation:
    """Give a house that is not kept yet."""
    return Organisation(name=name, made_at=clock.now())


def record_row() -> Record:
    """Keep the row of a record."""
    row = Record(kind=Kind.PERSON, organisation=new_id(), team=new_id(), opened_month=date(2026, 1, 1))
    kept.add([row])
    return row


def worker(name: str) -> Worker:
    """Keep a worker of a new house."""
    own = house("SYN Satu")
    found = Worker(organisation=own, name=name, shown_name=name, role="SUPERVISOR", made_at=clock.now())
    kept.add([own])
    kept.add([found])
    return found


def test_rows_are_read_as_django_reads_them():
    kept.add([house("SYN Satu"), house("SYN Dua"), house("SYN Tiga")])
    for wanted in (["SYN Satu"], ["SYN Satu", "SYN Tiga"], [], ["SYN Nol"]):
        theirs = Organisation.objects.filter(name__in=wanted).order_by("name")
        ours = houses(wanted)
        assert ours == list(theirs)
        assert [vars(each) for each in ours] == [
            {**vars(each), "_state": ours[place]._state} for place, each in enumerate(theirs)
        ]
    assert houses.one(["SYN Dua"]).name == "SYN Dua"
    assert houses.one([]) is None


def test_a_row_brings_what_it_was_joined_with(django_assert_num_queries: Any):
    one = worker("syn-one")
    team = Team.objects.create(organisation=one.organisation, name="SYN")
    Membership.objects.create(worker=one, team=team, leads=True, since=clock.now())
    with django_assert_num_queries(1):
        [found] = members(one.organisation_id, "SUPERVISOR")
        assert found.organisation.name == one.organisation.name
    assert members(one.organisation_id, "OTHER") == []
    assert names(one.organisation_id) == ["syn-one"]


def test_it_is_put_together_once():
    houses(["a", "b", "c", "d"])
    held = dict(houses._statements)
    houses(["e", "f", "g", "h"])
    assert houses._statements == held


def test_a_change_says_how_many():
    first = house("SYN Satu")
    first.ready_at = clock.now()
    kept.add([first])
    assert called(first.id, "SYN Lain") == 1
    assert called(new_id(), "SYN Lain") == 0
    first.refresh_from_db()
    assert (first.name, first.ready_at) == ("SYN Lain", None)


def test_a_removal_says_how_many():
    first, other = new_id(), new_id()
    kept.add(SheetWrap(record=first, key=new_id(), team_wide=False, sealed=b"x") for _ in "ab")
    kept.add([SheetWrap(record=other, key=new_id(), team_wide=False, sealed=b"x")])
    assert wraps_gone(first) == 2
    assert wraps_gone(first) == 0
    assert SheetWrap.objects.get().record == other


def names_of_houses() -> list[str]:
    """Name the houses of this file."""
    rows = Organisation.objects.filter(name__startswith="SYN")
    return sorted(rows.values_list("name", flat=True))


@kept.change
def called_or_not(ready: Any, name: str | None) -> kept.Change:
    """Give houses another name by when they are ready."""
    return Organisation.objects.filter(ready_at=ready), {"name": name}


def test_none_is_a_statement_of_its_own():
    at = clock.now()
    ready = house("SYN Satu")
    ready.ready_at = at
    kept.add([ready])
    kept.add([house("SYN Dua")])
    assert called_or_not(None, "SYN Tiga") == called_or_not(at, "SYN Empat") == 1
    assert names_of_houses() == ["SYN Empat", "SYN Tiga"]


@kept.rows
def leaders(leads: bool) -> QuerySet:
    """Give who leads, or who does not."""
    return Membership.objects.filter(leads=leads).values_list("worker__name", flat=True)


def test_yes_and_no_are_statements_of_their_own():
    one, other = worker("syn-one"), worker("syn-two")
    team = Team.objects.create(organisation=one.organisation, name="SYN")
    for each in (one, other):
        Membership.objects.create(worker=each, team=team, leads=each is one, since=clock.now())
    assert (leaders(True), leaders(False)) == (["syn-one"], ["syn-two"])


def test_a_name_said_twice_is_one():
    kept.add([house("SYN Dua")])
    assert len(houses(["SYN Dua", "SYN Dua"])) == 1


@pytest.mark.parametrize("part", [lambda rows: rows[:1], lambda rows: rows.distinct()])
def test_a_part_of_a_query_is_not_changed_or_removed(part: Any):
    kept.add([house("SYN Satu"), house("SYN Satu")])
    with pytest.raises(TypeError, match="part of a query"):
        kept.change(lambda name: (part(Organisation.objects.filter(name=name)), {"name": "x"}))("SYN Satu")
    with pytest.raises(TypeError, match="part of a query"):
        kept.removal(lambda name: part(SheetWrap.objects.filter(record=name)))(new_id())
    assert names_of_houses() == ["SYN Satu", "SYN Satu"]


def test_what_others_refer_to_is_not_removed():
    with pytest.raises(TypeError, match="left behind"):
        kept.removal(lambda name: Organisation.objects.filter(name=name))("SYN Satu")


@kept.rows
def locked(name: str) -> QuerySet:
    """Give houses and keep others from changing them."""
    return Organisation.objects.select_for_update().filter(name=name)


def locked_elsewhere(name: str) -> list[Organisation]:
    """Ask for the lock on a connection of its own, where no transaction was begun."""
    try:
        return locked(name)
    finally:
        connection.close()


def test_a_lock_is_taken_in_a_transaction_only():
    kept.add([house("SYN Satu")])
    assert [each.name for each in locked("SYN Satu")] == ["SYN Satu"]
    if connection.features.has_select_for_update:
        with ThreadPoolExecutor(1) as other, pytest.raises(TransactionManagementError):
            other.submit(locked_elsewhere, "SYN Satu").result()


def test_a_value_that_nothing_says_how_to_write_is_refused():
    @kept.rows
    def lowered(name: str) -> QuerySet:
        return Organisation.objects.filter(name=Lower(name))

    with pytest.raises(TypeError, match="how it is written"):
        lowered("SYN Satu")


@kept.rows
def workers_of(names: list[str], kind: Any, since: Any) -> QuerySet:
    """Give workers by queries inside the query, ordered by a case that compares."""
    house = Organisation.objects.filter(name__in=names).values("id")
    own = PublicKey.objects.filter(kind=kind, retired_at=None).values("owner")
    rows = Worker.objects.filter(organisation__in=house).exclude(id__in=own)
    new = When(made_at__gte=since, organisation__name__in=names, then=1)
    return rows.annotate(rank=Case(new, default=0)).order_by("-rank", "name")


def test_queries_and_cases_inside_a_query_take_their_values():
    one, day = worker("syn-one"), timedelta(days=1)
    key = PublicKey(owner=one.id, kind=KeyKind.USER_READ, version=1, public=b"x", made_at=clock.now())
    kept.add([key])
    for names, kind, since, found in (
        (["SYN Satu"], KeyKind.TEAM, one.made_at - day, [("syn-one", 1)]),
        (["SYN Satu"], KeyKind.TEAM, one.made_at + day, [("syn-one", 0)]),
        (["SYN Satu"], KeyKind.USER_READ, one.made_at - day, []),
        (["SYN Dua"], KeyKind.TEAM, one.made_at - day, []),
        (["SYN Dua", "SYN Satu"], KeyKind.TEAM, one.made_at - day, [("syn-one", 1)]),
    ):
        assert [(each.name, each.rank) for each in workers_of(names, kind, since)] == found


def test_rows_of_two_kinds_are_not_added_together():
    record = record_row()
    wrap = SheetWrap(record=record.id, key=new_id(), team_wide=False, sealed=b"x")
    other = SheetWrap(id=77, record=record.id, key=new_id(), team_wide=False, sealed=b"x")
    for mixed in ([wrap, other], [wrap, house("SYN Satu")]):
        with pytest.raises(TypeError, match="one kind"):
            kept.add(mixed)
    assert not SheetWrap.objects.exists()


def test_what_is_replaced_is_what_was_said():
    record, at = record_row(), clock.now()
    later = at + timedelta(days=1)
    kept.add(
        [Sheet(record_id=record.id, sealed=b"one", at=at)],
        unless=["record"],
        then_set=["sealed", "at"],
    )
    kept.add([Sheet(record_id=record.id, sealed=b"two", at=later)], unless=["record"], then_set=["at"])
    found = Sheet.objects.get(record=record.id)
    assert (bytes(found.sealed), found.at) == (b"one", later)


def test_no_connection_is_kept():
    houses(["SYN Satu"])
    kept.add([house("SYN Satu")])
    held = [*houses._statements.values(), *kept._inserts.values()]
    assert held
    assert all(each.compiler.connection is None for each in held)


def test_a_row_added_is_the_row_that_is_read():
    record, at = record_row(), clock.now()
    new = [
        Value(record_id=record.id, compartment="coded", field=f"f{place}", sealed=b"\x00\xff", by=None, at=at)
        for place in range(3)
    ]
    kept.add(new)
    assert len({each.id for each in new}) == 3
    for each in new:
        found = Value.objects.get(id=each.id)
        assert (bytes(found.sealed), found.field, found.by, found.at) == (
            b"\x00\xff",
            each.field,
            None,
            at,
        )
        assert not each._state.adding


def test_nothing_is_added_without_a_statement(django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        kept.add([])


def test_more_rows_than_are_kept_are_added_all_the_same():
    kept.add(house(f"SYN {place}") for place in range(kept.MOST_AT_ONCE + 5))
    assert len(names_of_houses()) == kept.MOST_AT_ONCE + 5
    assert max(kind[2] for kind in kept._inserts) == kept.MOST_AT_ONCE


def test_a_row_that_stands_is_refused_or_replaced():
    record, at = record_row(), clock.now()
    kept.add([Sheet(record_id=record.id, sealed=b"one", at=at)])
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.add([Sheet(record_id=record.id, sealed=b"two", at=at)])
    kept.add(
        [Sheet(record_id=record.id, sealed=b"three", at=at)],
        unless=["record"],
        then_set=["sealed", "at"],
    )
    assert bytes(Sheet.objects.get(record=record.id).sealed) == b"three"


def test_a_failure_in_a_transaction_is_not_gone_on_from():
    record, wrap = record_row(), new_id()
    rows = [SheetWrap(record=record.id, key=wrap, team_wide=False, sealed=b"x") for _ in "ab"]
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            kept.add(rows)
        with pytest.raises(transaction.TransactionManagementError):
            Organisation.objects.exists()
        transaction.set_rollback(True)


def test_the_statement_is_the_one_django_writes():
    owner, wanted = new_id(), [new_id(), new_id()]

    @kept.rows
    def keys(owner: Any, ids: Any) -> QuerySet:
        return PublicKey.objects.filter(owner=owner, id__in=ids, kind=KeyKind.TEAM)

    with CaptureQueriesContext(connection) as asked:
        keys(owner, wanted)
        list(PublicKey.objects.filter(owner=owner, id__in=wanted, kind=KeyKind.TEAM))
    ours, theirs = (each["sql"] for each in asked)
    assert ours == theirs
