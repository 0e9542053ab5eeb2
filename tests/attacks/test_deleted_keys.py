"""A thief of the disk, with the key of the database file, looks for keys of what was erased (security.md 3.8, B17)."""

import secrets
import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import BinaryField, Model

from suar.accounts import setup, workers
from suar.accounts.acting import Anonymous
from suar.accounts.codes import AlarmKind, RequestKind
from suar.accounts.models import Alarm, KeyRequest, Wrap
from suar.accounts.roles import Role
from suar.contact.tasks import purge_deleted_keys
from suar.core import clock
from suar.demo.cast import Cast
from suar.records import erasure
from suar.records.backups.tables import every_model
from tests.at_once import beside
from tests.bars.purging import purge_within_some_rounds
from tests.bars.stored import stored
from tools.places import ROOT

SEALED_BY_KEYS_OF_OTHER_TABLES = {
    *("vault_value", "vault_sheet", "vault_filepiece", "voice_letter", "voice_piece"),
    *("referral_act", "referral_message"),
}
"""Their rows open with a key whose row is deleted too."""
STAYS = {"screening_reading", "cases_communitywork"}
"""Codes, and words about meetings: nothing about a person, and nothing of them is ever deleted."""
EXCEPT = {*SEALED_BY_KEYS_OF_OTHER_TABLES, *STAYS}
MARK_BYTES = 16
SECRETS = [
    model
    for model in every_model()
    if any(field.name == "sealed" for field in model._meta.concrete_fields) and model._meta.db_table not in EXCEPT
]


def parents(model: type[Model]) -> dict[str, object]:
    """Add the rows to which the rows of a table belong, and return their ids by column."""
    wanted = {field.attname for field in model._meta.concrete_fields if field.is_relation}
    if not wanted:
        return {}
    at, nobody = clock.now(), Anonymous(at=clock.now())
    organisation = setup.create_organisation("Contoh", by=nobody)
    worker, _ = workers.add_worker("wati", "Wati", Role.SUPERVISOR, organisation=organisation.id, by=nobody)
    asked = {"kind": RequestKind.REHEARSAL, "organisation": organisation.id, "worker": worker, "made_at": at}
    alarm = Alarm.objects.create(kind=AlarmKind.BREAK_GLASS, organisation=organisation.id, at=at)
    rows = {"worker_id": worker.id, "request_id": KeyRequest.objects.create(**asked).pk, "alarm_id": alarm.pk}
    return {name: pk for name, pk in rows.items() if name in wanted}


def needles(model: type[Model], number: int) -> list[bytes]:
    """Add rows with random keys to a table and return the middle of each: a row may be cut where a page ends.

    Each middle begins with the same mark, by which all are looked for at once.
    """
    at, above, mark = clock.now(), parents(model), secrets.token_bytes(MARK_BYTES)
    keys = [secrets.token_bytes(20) + mark + secrets.token_bytes(60 - MARK_BYTES) for _ in range(number)]
    fields = model._meta.concrete_fields
    for key in keys:
        values: dict[str, object] = {
            field.attname: secrets.token_bytes(32) if isinstance(field, BinaryField) else at
            for field in fields
            if isinstance(field, BinaryField) or (field.attname[-2:] == "at" and not field.null)
        }
        ids = [field.attname for field in fields if field.get_internal_type() == "UUIDField"]
        values |= {name: uuid4() for name in ids}
        small = {"part": "fields", "holder": uuid4() if "holder" in ids else "team", "compartments": 1, "way": "member"}
        names = {field.attname for field in fields}
        values |= {name: value for name, value in {**small, "team_wide": False, "sealed": key}.items() if name in names}
        model._default_manager.create(**values, **above)
    return [key[20:60] for key in keys]


def lie_somewhere(keys: list[bytes]) -> bool:
    """Return True if one of these is in a page of the file or of its log, or in a file of a table."""
    mark, wanted = keys[0][:MARK_BYTES], set(keys)
    for _, content in stored(server_log=False):
        place = content.find(mark)
        while place >= 0:
            if content[place : place + len(keys[0])] in wanted:
                return True
            place = content.find(mark, place + 1)
    return False


def count_deletions() -> None:
    """Let PostgreSQL count at once what this connection deleted."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")


@pytest.mark.db_contract
@pytest.mark.parametrize("model", SECRETS, ids=lambda model: model.__name__)
def test_deleted_keys_are_in_no_page(committed: None, model: type[Model]) -> None:
    keys = needles(model, 200)
    assert lie_somewhere(keys), "the control: before, they are found"
    rows = model._default_manager.order_by("pk").values_list("pk", "sealed")
    deleted = {pk: bytes(sealed)[20:60] for pk, sealed in list(rows)[::2]}
    connection.close()
    model._default_manager.filter(pk__in=deleted).delete()
    count_deletions()
    purge_within_some_rounds()
    assert not lie_somewhere(list(deleted.values()))
    assert lie_somewhere(sorted({*keys} - {*deleted.values()})), "others stay, beside them"


@pytest.mark.db_contract
def test_a_table_in_use_is_tried_again(gathered_where_rows_lock: Cast, caplog: pytest.LogCaptureFixture) -> None:
    keys, locked, done = needles(Wrap, 20), threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE accounts_wrap IN ROW EXCLUSIVE MODE")
            locked.set()
            done.wait(60)

    Wrap.objects.filter(key__in=Wrap.objects.order_by("-made_at").values("key")[:20]).delete()
    count_deletions()
    somebody = beside(work)
    assert locked.wait(60)
    purge_deleted_keys.func()
    assert "keeps deleted keys until the next round" in caplog.text
    done.set()
    somebody.join()
    purge_within_some_rounds()
    assert not lie_somewhere(keys)


@pytest.mark.db_contract
@pytest.mark.parametrize("statement", ["SELECT 1", "SELECT pg_current_xact_id()"], ids=["reader", "writer"])
def test_rows_that_an_older_transaction_sees_are_tried_again(gathered_where_rows_lock: Cast, statement: str) -> None:
    """Rewriting a table keeps each deleted row that is visible to a transaction, also to one that never read it."""
    keys, begun, done = needles(Wrap, 20), threading.Event(), threading.Event()

    def work() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(statement)
            begun.set()
            done.wait(60)

    somebody = beside(work)
    assert begun.wait(60)
    Wrap.objects.filter(key__in=Wrap.objects.order_by("-made_at").values("key")[:20]).delete()
    count_deletions()
    purged = erasure.purge_deleted_keys()
    remain = lie_somewhere(keys)
    done.set()
    somebody.join()
    assert (purged, remain) == (False, True)
    purge_within_some_rounds()
    assert not lie_somewhere(keys)


def test_the_page_for_operators_names_every_table_of_secrets() -> None:
    line = next(line for line in (ROOT / "docs" / "go-live.md").read_text("utf-8").splitlines() if "vacuumdb" in line)
    assert [model._meta.db_table for model in SECRETS if f"--table={model._meta.db_table} " not in line] == []
