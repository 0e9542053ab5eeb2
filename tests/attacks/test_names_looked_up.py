"""A stolen account harvests names by searching.

Source: security.md T3, B8.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from suar.accounts import alarms
from suar.accounts.codes import AlarmKind
from suar.accounts.models import Alarm
from suar.accounts.roles import opening_limits
from suar.audit import queries as audit
from suar.cases.duplicates import MAX_LIKELY
from suar.core import clock
from suar.demo.cast import Cast, Player
from suar.records import budgets
from suar.records.keyring import OpenRecord
from suar.records.models import OpenedRecord, Record, ShownName
from suar.records.rules import Budget
from tests import cast as at_work
from tests.at_once import beside
from tests.people import client_of, person_of, viewer

world, cast, amina = at_work.world, at_work.cast, at_work.amina
LIMIT = 200


def shown_before(player: Player, number: int) -> None:
    at = clock.now() - timedelta(hours=20)
    ShownName.objects.bulk_create(ShownName(worker=player.id, record=uuid4(), at=at) for _ in range(number))


def test_searches_show_at_most_200_names_a_day_and_then_raise_an_alarm(cast: Cast, amina: OpenRecord) -> None:
    shown_before(cast.ben, LIMIT - 1)
    client = client_of(cast.ben)
    assert "Amina Rekaan" in client.post("/find", {"name": "Amina"}).content.decode(), "the 200th"
    person_of(cast.ben, cast, name="Bunga Rekaan")
    for name in ("Bunga", "Bunga", "Amina", "Zzyxq"):
        refused = client.post("/find", {"name": name})
        assert refused.status_code == 429 and "Rekaan" not in refused.content.decode()
        [listed] = audit.acts_by([cast.ben.id], verb="list", most=1)
        assert (listed.because, listed.shown) == ("find_person", 0)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.worker, alarm.record) == (AlarmKind.MANY_NAMES, cast.ben.id, None)
    assert list(alarms.list_alarms(viewer(cast.esi), at=clock.now())) == [alarm]
    with clock.shifted(timedelta(hours=5)):
        assert "Bunga Rekaan" in client_of(cast.ben).post("/find", {"name": "Bunga"}).content.decode()


def test_the_first_search_beyond_the_limit_spends_it(cast: Cast, amina: OpenRecord) -> None:
    """Else a search for nobody still answers otherwise than one for somebody, all day."""
    person_of(cast.ben, cast, name="Aminah Rekaan")
    shown_before(cast.ben, LIMIT - 1)
    client = client_of(cast.ben)
    assert client.post("/find", {"name": "Zzyxq"}).status_code == 200, "the control"
    assert client.post("/find", {"name": "Amina"}).status_code == 429, "two names, and one is left"
    answers = [client.post("/find", {"name": name}) for name in ("Zzyxq", "Amina")]
    assert [answer.status_code for answer in answers] == [429, 429]


@pytest.mark.db_contract
def test_parallel_searches_count_one_after_the_other(gathered_where_rows_lock: Cast) -> None:
    ben = gathered_where_rows_lock.ben
    shown_before(ben, LIMIT - 1)
    answers: list[bool] = []
    with transaction.atomic():
        assert budgets.count_names(viewer(ben), [uuid4()], at=clock.now())
        second = beside(lambda: answers.append(budgets.count_names(viewer(ben), [uuid4()], at=clock.now())))
        second.join(1)
        assert not answers, "it waits"
    second.join(60)
    assert answers == [False]


@pytest.mark.db_contract
def test_parallel_openings_count_one_after_the_other(gathered_where_rows_lock: Cast) -> None:
    ben, at = gathered_where_rows_lock.ben, clock.now()
    limit = opening_limits(ben.worker.role)[1]
    OpenedRecord.objects.bulk_create(OpenedRecord(worker=ben.id, record=uuid4(), at=at) for _ in range(limit - 1))
    answers: list[Budget] = []
    with transaction.atomic():
        assert budgets.count_openings(viewer(ben), [uuid4()], at=at) is Budget.LEFT
        second = beside(lambda: answers.append(budgets.count_openings(viewer(ben), [uuid4()], at=at)))
        second.join(1)
        assert not answers, "it waits"
    second.join(60)
    assert answers == [Budget.SPENT]


def check_rows(client: Client, *names: str) -> str:
    """Upload a sheet and return the address of the check of its rows."""
    file = SimpleUploadedFile("people.csv", "\n".join(["name", *names]).encode())
    columns = client.post("/people/import", {"file": file})["Location"]
    form = client.get(columns).context["form"]
    return client.post(columns, {field.html_name: field.value() or "" for field in form})["Location"]


def test_an_import_and_likely_duplicates_count_too(cast: Cast) -> None:
    """A sheet of 300 typed names shows up to five real matches a row."""
    client = client_of(cast.kartika)
    client.post(check_rows(client, "Amina Rekaan", "Amina Rekaan"), {"take": ["2", "3"]})
    twins = list(Record.objects.filter(assignee=cast.kartika.id).values_list("id", flat=True))
    assert not ShownName.objects.exists(), "names of the sheet itself are nobody's"
    rows = check_rows(client, "Amina Rekaan", "Wati Contoh")
    assert b"Perhaps here already" in client.get(rows).content
    assert set(ShownName.objects.values_list("record", flat=True)) == set(twins) and len(twins) == 2
    assert b"May be the same person" in client.get(f"/people/{twins[0]}/duplicates").content
    shown_before(cast.kartika, LIMIT)
    refused = client.get(rows)
    assert refused.status_code == 429
    assert b"Perhaps here already" not in refused.content and b"Wati Contoh" not in refused.content
    assert b"at most 40 rows, one part a day" in refused.content and 40 * MAX_LIKELY <= LIMIT
    page = client.get(f"/people/{twins[0]}/duplicates").content
    assert b"May be the same person" not in page and b"No other record" not in page


def test_a_name_counts_once_a_day_and_for_one_worker(cast: Cast, amina: OpenRecord) -> None:
    shown_before(cast.esi, LIMIT)
    client = client_of(cast.ben)
    for _ in range(3):
        assert "Amina Rekaan" in client.post("/find", {"name": "Amina"}).content.decode()
    assert ShownName.objects.get(worker=cast.ben.id).record == amina.id
    assert not Alarm.objects.exists() and not OpenedRecord.objects.exists()
    assert budgets.purge_openings(at=clock.now() + timedelta(hours=5)) == LIMIT
