"""An action is one transaction: permission, lock, fresh values, one form once, an audit entry."""

from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.roles import Permission
from suar.audit.models import Entry
from suar.core import clock
from suar.core.ids import new_id
from suar.core.models import UsedToken
from suar.core.refusals import Conflict, NotYours
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment
from tests.people import acting_as, write
from tests.records.conftest import begun

pytestmark = pytest.mark.django_db
NARRATIVE = Compartment.NARRATIVE


@act("add_line", needs=Permission.MANAGE_CASE)
def add_line(record: OpenRecord, text: str, *, by: Acting) -> str:
    name = f"line-{new_id()}"
    write(record, NARRATIVE, name, {"text": text}, by=by.worker, at=by.at)
    return name


@act("set_line", needs=Permission.MANAGE_CASE)
def set_line(record: OpenRecord, text: str, *, expected: int, by: Acting) -> None:
    write(record, NARRATIVE, "line", {"text": text}, by=by.worker, at=by.at, expected=expected)


@act("add_two", needs=Permission.MANAGE_CASE)
def add_two(record: OpenRecord, *, by: Acting) -> None:
    by.entry.because = "two"
    add_line(record, "one", by=by)
    set_line(record, "two", expected=0, by=by)
    assert record.version(NARRATIVE, "line") == 1, "both work on the record that was opened once"


@act("look", needs=Permission.MANAGE_CASE)
def look(record: OpenRecord, *, by: Acting) -> None:
    by.entry.skip = True


@act("tidy", needs=None)
def tidy(*, by: Anonymous) -> int:
    return 3


@act("forbidden", needs=Permission.MANAGE_CASE)
def forbidden(*, by: Anonymous) -> None:
    raise AssertionError("nobody may get here")


@pytest.fixture
def record(cast):
    return begun(cast.pelita, cast.chioma)


def lines(record, player):
    opened = keyring.open_record(record.id, keys=player.keys)
    return [opened.read(NARRATIVE, name)["text"] for name in opened.names(NARRATIVE) if name.startswith("line")]


def entries(record):
    rows = Entry.objects.filter(mentions__about=record.id).order_by("seq")
    return [(row.verb, row.because) for row in rows if not row.verb.startswith("new_")]


def test_an_action_writes_its_entry_with_the_openings(cast, record):
    late = keyring.open_record(record.id, keys=cast.chioma.keys)
    by = acting_as(cast.chioma, page="note")
    assert add_line(late, "she called", by=by).startswith("line-")
    assert entries(record) == [("add_line", ""), ("open", "note")]
    assert cast.chioma.keys.opened == []


def test_without_permission_an_action_does_nothing(cast, record):
    by = acting_as(cast.chioma)
    by.viewer = replace(by.viewer, permissions=frozenset())
    with pytest.raises(NotYours):
        add_line(record, "she called", by=by)
    assert entries(record) == []
    assert cast.chioma.keys.opened == []


def test_a_job_has_no_permission_and_needs_none(cast):
    by = Anonymous(at=clock.now())
    assert tidy(by=by) == 3
    assert Entry.objects.get(verb="tidy").by is None
    with pytest.raises(NotYours):
        forbidden(by=by)


def test_a_form_is_handled_once(cast, record):
    form = uuid4()
    assert add_line(record, "she called", by=acting_as(cast.chioma, form_id=form))
    assert add_line(record, "she called", by=acting_as(cast.chioma, form_id=form)) is None
    assert add_line(record, "she called", by=acting_as(cast.chioma, form_id=uuid4()))
    assert len(lines(record, cast.chioma)) == 2
    assert [verb for verb, _ in entries(record)].count("add_line") == 2


def test_two_actions_of_a_form_both_run(cast, record):
    by = acting_as(cast.chioma, form_id=uuid4())
    assert add_line(record, "one", by=by) is not None
    set_line(record, "two", expected=0, by=by)
    assert keyring.open_record(record.id, keys=by.keys).read(NARRATIVE, "line") == {"text": "two"}


def test_a_failed_action_can_be_repeated(cast, record):
    form = uuid4()
    with pytest.raises(Conflict):
        set_line(record, "mine", expected=7, by=acting_as(cast.chioma, form_id=form))
    assert not UsedToken.objects.exists()
    assert entries(record) == []
    set_line(record, "mine", expected=0, by=acting_as(cast.chioma, form_id=form))
    assert lines(record, cast.chioma) == ["mine"]


def test_an_action_reads_fresh_values(cast, record):
    late = keyring.open_record(record.id, keys=cast.chioma.keys)
    set_line(record, "theirs", expected=0, by=acting_as(cast.chioma))
    with pytest.raises(Conflict):
        set_line(late, "mine", expected=0, by=acting_as(cast.chioma))
    set_line(late, "mine", expected=1, by=acting_as(cast.chioma))
    assert lines(record, cast.chioma) == ["mine"]


def test_a_worker_who_lost_access_writes_nothing(cast, record):
    by = acting_as(cast.chioma)
    by.keys = cast.farid.keys
    with pytest.raises(NotYours):
        add_line(record, "she called", by=by)
    assert entries(record) == []


def test_nested_actions_are_atomic(cast, record):
    form = uuid4()
    add_two(record, by=acting_as(cast.chioma, form_id=form))
    add_two(record, by=acting_as(cast.chioma, form_id=form))
    assert sorted(lines(record, cast.chioma)) == ["one", "two"]
    assert entries(record) == [("add_line", ""), ("set_line", ""), ("add_two", "two"), ("open", "")]
    with pytest.raises(Conflict):
        add_two(record, by=acting_as(cast.chioma))
    assert sorted(lines(record, cast.chioma)) == ["one", "two"]


def test_an_action_that_changed_nothing_writes_no_entry_and_leaves_the_openings_to_the_page(cast, record):
    look(keyring.open_record(record.id, keys=cast.chioma.keys), by=acting_as(cast.chioma))
    assert entries(record) == []
    assert cast.chioma.keys.opened == [record.id, record.id]


def test_openings_of_a_callers_transaction_are_left_to_the_page(cast, record):
    late = keyring.open_record(record.id, keys=cast.chioma.keys)
    with suppress(LookupError), transaction.atomic():
        add_line(late, "she called", by=acting_as(cast.chioma))
        raise LookupError
    assert entries(record) == []
    assert record.id in cast.chioma.keys.opened


def test_an_action_without_its_entry_is_rolled_back(cast, record):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry RENAME TO audit_away")
    with pytest.raises(DatabaseError):
        add_line(record, "she called", by=acting_as(cast.chioma))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_away RENAME TO audit_entry")
    assert lines(record, cast.chioma) == []
    assert cast.chioma.keys.opened, "the page still has to write what was opened"
