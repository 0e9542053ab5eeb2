"""A stolen account harvests names by searching.

Source: security.md T3, B8.
"""

from datetime import timedelta
from uuid import uuid4

from suar.accounts import alarms
from suar.accounts.codes import AlarmKind
from suar.accounts.models import Alarm
from suar.audit import queries as audit
from suar.core import clock
from suar.demo.cast import Cast, Player
from suar.records import budgets
from suar.records.keyring import OpenRecord
from suar.records.models import OpenedRecord, ShownName
from tests import cast as at_work
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
    for _ in range(2):
        refused = client.post("/find", {"name": "Bunga"})
        assert refused.status_code == 429 and "Rekaan" not in refused.content.decode()
        [listed] = audit.acts_by([cast.ben.id], verb="list", most=1)
        assert (listed.because, listed.shown) == ("find_person", 0)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.worker, alarm.record) == (AlarmKind.MANY_NAMES, cast.ben.id, None)
    assert list(alarms.list_alarms(viewer(cast.esi), at=clock.now())) == [alarm]
    assert "Amina Rekaan" in client.post("/find", {"name": "Amina"}).content.decode(), "shown before"
    with clock.shifted(timedelta(hours=5)):
        assert "Bunga Rekaan" in client_of(cast.ben).post("/find", {"name": "Bunga"}).content.decode()


def test_a_name_counts_once_a_day_and_for_one_worker(cast: Cast, amina: OpenRecord) -> None:
    shown_before(cast.esi, LIMIT)
    client = client_of(cast.ben)
    for _ in range(3):
        assert "Amina Rekaan" in client.post("/find", {"name": "Amina"}).content.decode()
    assert ShownName.objects.get(worker=cast.ben.id).record == amina.id
    assert not Alarm.objects.exists() and not OpenedRecord.objects.exists()
    assert budgets.purge_openings(at=clock.now() + timedelta(hours=5)) == LIMIT
