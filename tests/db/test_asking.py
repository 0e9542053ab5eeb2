"""A statement that goes straight to the database does what Django's cursor does with it."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.signals import post_init
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from suar.accounts.models import Organisation
from suar.core import clock
from suar.core.ids import new_id
from suar.db import kept
from suar.db.reading import new_row
from suar.records.models import Grant, Record, Value
from suar.records.terms import Kind

pytestmark = pytest.mark.django_db


@kept.rows
def houses(name: str) -> QuerySet:
    """Give houses by name."""
    return Organisation.objects.filter(name=name).order_by("id")


@kept.change
def called(house: Any, name: str) -> kept.Change:
    """Give a house another name."""
    return Organisation.objects.filter(id=house), {"name": name}


def house(name: str) -> Organisation:
    """Make the row of a house."""
    return new_row(Organisation, name=name, made_at=clock.now())


def test_whoever_listens_hears_it_and_gets_the_same():
    kept.add([house("SYN Satu")])
    straight = houses("SYN Satu")
    with CaptureQueriesContext(connection) as heard:
        assert houses("SYN Satu") == straight
        assert called(straight[0].id, "SYN Dua") == 1
    assert len(heard) == 2
    assert called(straight[0].id, "SYN Tiga") == 1
    assert called(new_id(), "SYN Tiga") == 0


def test_what_fails_lets_nothing_around_it_stand():
    first = house("SYN Satu")
    kept.add([first])
    twin = new_row(Organisation, id=first.id, name="SYN Dua", made_at=clock.now())
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            kept.add([twin])
        with pytest.raises(TransactionManagementError):
            houses("SYN Satu")
        transaction.set_rollback(True)
    assert not houses("SYN Dua")


def test_rows_as_they_are_stored_tell_a_change():
    kept.add([house("SYN Satu")])
    before = houses.as_stored("SYN Satu")
    assert before == houses.as_stored("SYN Satu")
    assert houses.as_stored("SYN Nol") == []
    Organisation.objects.update(ready_at=clock.now())
    assert houses.as_stored("SYN Satu") != before


def test_rows_made_ready_wait_for_their_own_database():
    ready = kept.made_ready([house("SYN Satu")])
    assert not houses("SYN Satu")
    kept.add_ready(ready)
    assert houses("SYN Satu")
    [piece] = ready
    other = kept.Ready(piece.rows, "another", piece.sql, piece.params, piece.numbered)
    with pytest.raises(TypeError):
        kept.add_ready([other])


def test_a_row_is_made_as_django_makes_it():
    told = {"organisation": new_id(), "team": new_id(), "opened_month": date(2026, 1, 1)}
    ours, theirs = new_row(Record, kind=Kind.PERSON, **told), Record(kind=Kind.PERSON, **told)
    assert ours.id != theirs.id
    theirs.id = ours.id
    assert {**vars(ours), "_state": None} == {**vars(theirs), "_state": None}
    assert (ours._state.adding, ours._state.db) == (True, None)
    value = new_row(Value, record_id=ours.id, compartment="coded", field="f", sealed=b"x", by=None, at=clock.now())
    kept.add([ours])
    kept.add([value])
    assert Value.objects.get(record=ours.id).id == value.id


def test_what_is_no_column_is_refused():
    with pytest.raises(TypeError, match="nme"):
        new_row(Organisation, nme="SYN")


def test_whoever_looks_on_sees_each_row_that_is_made_or_read():
    kept.add([house("SYN Satu")])
    seen = []

    def look(instance: Any, **_: Any) -> None:
        seen.append(instance.name)

    post_init.connect(look, sender=Organisation)
    try:
        houses("SYN Satu")
        house("SYN Dua")
    finally:
        post_init.disconnect(look, sender=Organisation)
    houses("SYN Satu")
    assert seen == ["SYN Satu", "SYN Dua"]


def test_only_what_a_worker_holds_by_name_is_looked_for_by_its_key_alone():
    """The index is partial: the database has to see that the query is within it."""
    own = Grant.objects.filter(holder="worker", key__in=[new_id(), new_id()]).values("record")
    if connection.vendor == "sqlite":
        assert "grant_of_worker" in own.explain()
