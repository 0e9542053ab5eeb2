"""The chain in the database: written with the act, refused to change, and telling what changed."""

import json
import random
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from suar.audit import actions, queries
from suar.audit.models import Entry, Mention
from suar.core import clock
from tests.audit.wiping import triggers_off

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
AMINA, BEN = uuid4(), uuid4()
COLUMNS = ["at", "by", "verb", "about", "because", "shown", "previous", "digest", "seq"]


def written(count: int) -> None:
    for number in range(count):
        about = [uuid4(), AMINA] if number % 2 else [uuid4()]
        actions.record("open", by=BEN, at=clock.now(), about=about, because="person")


def run(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_an_entry_stores_actor_time_verb_and_subjects():
    at = clock.now()
    actions.record("open", by=BEN, at=at, about=[AMINA, AMINA], because="person")
    actions.record("list", by=BEN, at=at, listed=12)
    [act] = queries.acts_about(AMINA)
    assert (act.at, act.by, act.verb, act.because) == (at, BEN, "open", "person")
    assert queries.acts_about(AMINA, before=act.seq) == []
    assert queries.count() == 2
    assert queries.head().seq == 2
    assert queries.chain_faults() == []


def test_an_empty_chain_is_valid_and_has_no_head():
    assert queries.head() is None
    assert queries.chain_faults() == []


def test_a_failed_action_leaves_no_entry():
    with transaction.atomic():
        actions.record("open", by=BEN, at=clock.now(), about=[AMINA])
        transaction.set_rollback(True)
    assert queries.count() == 0


def test_a_rolled_back_savepoint_leaves_no_entry():
    with transaction.atomic():
        actions.record("open", by=BEN, at=clock.now(), about=[AMINA])
        with suppress(LookupError), transaction.atomic():
            actions.record("list", by=BEN, at=clock.now())
            raise LookupError
        with transaction.atomic():
            actions.record("sign_out", by=BEN, at=clock.now())
    assert list(Entry.objects.order_by("seq").values_list("seq", "verb")) == [(1, "open"), (2, "sign_out")]
    assert queries.chain_faults() == []


@pytest.mark.parametrize("table", ["audit_entry", "audit_mention"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET about = about", "DELETE FROM {}"])
def test_the_database_refuses_to_change_an_entry(table: str, statement: str):
    written(2)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        run(statement.format(table))
    assert queries.chain_faults() == []


def test_two_hundred_random_changes_are_all_reported():
    written(12)
    head, chance, seen = queries.head(), random.Random(25), 0
    with triggers_off():
        for _ in range(200):
            with transaction.atomic():
                change_something(chance)
                seen += bool(queries.chain_faults(heads=[head]))
                transaction.set_rollback(True)
    assert seen == 200
    assert queries.chain_faults(heads=[head]) == []


def change_something(chance: random.Random) -> None:
    seq = chance.randint(1, 12)
    kind = chance.choice([*COLUMNS, "remove", "cut", "name", "unname"])
    if kind in ("remove", "cut"):
        gone = [seq] if kind == "remove" else list(range(seq, 13))
        Mention.objects.filter(entry__in=gone).delete()
        Entry.objects.filter(seq__in=gone).delete()
    elif kind == "name":
        Mention.objects.create(entry_id=seq, about=UUID(int=chance.getrandbits(128)))
    elif kind == "unname":
        Mention.objects.filter(entry=seq).delete()
    else:
        set_column(seq, kind, chance)


def set_column(seq: int, name: str, chance: random.Random) -> None:
    new = {
        "at": clock.now(),
        "by": uuid4(),
        "verb": chance.choice(["list", "opens"]),
        "about": [str(uuid4())],
        "because": chance.choice(["other", " "]),
        "shown": 3,
        "previous": chance.randbytes(32),
        "digest": chance.randbytes(chance.choice([31, 32])),
        "seq": chance.randint(13, 99),
    }[name]
    if name == "seq":
        Mention.objects.filter(entry=seq).delete()
    Entry.objects.filter(seq=seq).update(**{name: new})


def test_a_cut_tail_is_detected_by_an_external_head():
    written(5)
    head = queries.head()
    with triggers_off():
        Mention.objects.filter(entry__gt=3).delete()
        Entry.objects.filter(seq__gt=3).delete()
    assert queries.chain_faults() == []
    assert [fault.why for fault in queries.chain_faults(heads=[head])] == ["cut_tail"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET at = 'soon' WHERE seq = 2",
        "UPDATE audit_entry SET by = 'nobody' WHERE seq = 2",
        "UPDATE audit_entry SET about = '7' WHERE seq = 2",
        "UPDATE audit_entry SET about = '[{}]' WHERE seq = 2",
        "UPDATE audit_entry SET verb = x'00ff' WHERE seq = 2",
    ],
)
def test_unreadable_columns_are_reported(statement: str):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL refuses such values by itself")
    written(3)
    with triggers_off():
        run(statement)
        assert {fault.seq for fault in queries.chain_faults()} >= {2}


def test_chains_longer_than_a_batch_are_verified(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "BATCH", 4)
    written(11)
    assert queries.chain_faults() == []
    assert list(Entry.objects.values_list("seq", flat=True).order_by("seq")) == list(range(1, 12))


def test_an_entry_contains_ids_and_codes_only():
    written(1)
    row = Entry.objects.values().get()
    texts = json.dumps([row["verb"], row["because"], row["about"]])
    assert UUID(row["about"][0])
    assert "Amina" not in texts
