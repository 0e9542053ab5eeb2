"""Opening in an emergency, reviews of accesses that stand out, budgets of different records, and decoys (B8)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from suar.accounts import access_reviews, alarms
from suar.accounts.codes import AlarmKind, KeyKind
from suar.accounts.models import Alarm, AlarmText, Notice, Session
from suar.accounts.roles import Role, opening_limits
from suar.cases import accesses, actions
from suar.cases.htcds import exporting
from suar.cases.models import TeamNotice
from suar.core import clock
from suar.core.ids import short_code
from suar.core.refusals import NotYours, Refused
from suar.demo import cast as casting
from suar.records import actions as records
from suar.records import budgets, keyring
from suar.records import queries as lists
from suar.records.models import Decoy, OpenedRecord
from tests.cases.test_attachments import add, newest
from tests.contact.uploads import a_telling_picture
from tests.people import acting_as, client_of, person_of, viewer

pytestmark = pytest.mark.django_db
WHY = "A man waits at her gate with a knife, her worker is not reachable"
EMERGENCY = {"code": "DANGER", "words": WHY}


@pytest.fixture
def oka(cast):
    """Hire a second supervisor of the village, who leads no team."""
    return casting.join(cast.village, "oka", "Oka", Role.SUPERVISOR, at=clock.now())


def test_a_duty_officer_reads_a_record_for_four_hours_and_all_are_told(cast, amina, oka):
    client, page = client_of(oka), f"/people/{amina.id}"
    assert client.get(page).status_code == 404, "the control"
    short = client.post("/emergency", {"number": short_code(amina.id), "code": "DANGER", "words": "urgent"})
    assert short.status_code == 400 and client.get(page).status_code == 404
    answer = client.post("/emergency", {"number": short_code(amina.id).lower(), **EMERGENCY})
    assert answer.url == page
    shown = client.get(page).content.decode()
    assert "Amina Rekaan" in shown and "data-emergency" in shown
    assert "data-emergency" not in client_of(cast.ben).get(page).content.decode()
    told = set(Notice.objects.values_list("worker", flat=True))
    assert {cast.esi.id, cast.indah.id} <= told and oka.id not in told
    assert TeamNotice.objects.filter(record=amina.id).exists()
    with clock.shifted(timedelta(hours=4)), pytest.raises(NotYours):
        keyring.open_record(amina.id, keys=oka.keys)


def test_nothing_is_written_or_granted_in_an_emergency(cast, amina, oka):
    accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(oka))
    record = keyring.open_record(amina.id, keys=oka.keys)
    client = client_of(oka)
    assert client.post(f"/people/{amina.id}/note", {"text": "a note"}).status_code == 400
    with pytest.raises(Refused, match="reads_only"):
        actions.add_note(record, "a note", by=acting_as(oka))
    with pytest.raises(Refused, match="reads_only"):
        records.assign_to(record, worker=oka.id, excluded=(), keys=oka.keys, at=clock.now())
    actions.add_note(keyring.open_record(amina.id, keys=cast.ben.keys), "the control", by=acting_as(cast.ben))


def test_a_record_opened_in_an_emergency_leaves_in_no_file(cast, amina, oka):
    accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(oka))
    options = {"with_identity": True, "purpose": "EX_SYSTEM"}
    with pytest.raises(Refused, match="reads_only"):
        exporting.export_people(keyring.open_record(amina.id, keys=oka.keys), **options, by=acting_as(oka))
    control = keyring.open_record(amina.id, keys=cast.esi.keys)
    assert exporting.export_people(control, **options, by=acting_as(cast.esi)).people == 1


def test_a_restricted_record_never_opens_in_an_emergency(cast, amina, oka):
    records.restrict(amina, excluded=[oka.id], keys=cast.ben.keys, at=clock.now())
    for typed in (short_code(amina.id), str(amina.id), "ABC"):
        with pytest.raises(Refused, match="no_such_record"):
            accesses.open_in_emergency(typed, **EMERGENCY, by=acting_as(oka))
    assert not Alarm.objects.exists()


def test_only_supervisors_of_the_organisation_open_in_an_emergency(cast, amina):
    for player in (cast.ben, cast.lia, cast.gita, cast.indah, cast.chioma):
        assert client_of(player).get("/emergency").status_code == 404
        with pytest.raises(NotYours):
            accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(player))
    with pytest.raises(Refused, match="no_such_record"):
        accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(cast.kartika))


def test_an_alarm_row_without_the_key_opens_nothing(cast, amina):
    """Somebody who writes rows notes an emergency for a colleague who is no duty officer."""
    facts = {"organisation": cast.village.organisation.id, "worker": cast.lia.id, "record": amina.id}
    Alarm.objects.create(kind=AlarmKind.BREAK_GLASS, at=clock.now(), **facts)
    assert not cast.lia.keys.list_keys(KeyKind.BREAK_GLASS)
    with pytest.raises(NotYours):
        keyring.open_record(amina.id, keys=cast.lia.keys)


def test_somebody_else_reviews_within_a_day_and_lateness_shows(cast, amina, oka):
    accesses.open_in_emergency(str(amina.id), **EMERGENCY, by=acting_as(oka))
    alarm = Alarm.objects.get()
    page = f"/accesses/{alarm.id}"
    own = client_of(oka)
    assert own.get(page).status_code == 404 and page not in own.get("/accesses").content.decode()
    esi, indah = client_of(cast.esi), client_of(cast.indah)
    assert page in esi.get("/").content.decode() and page in indah.get("/accesses").content.decode()
    assert "data-late" not in esi.get("/").content.decode()
    with clock.shifted(timedelta(hours=25)):
        late = client_of(cast.esi)
        assert "data-late" in late.get("/").content.decode() and "data-late" in late.get("/accesses").content.decode()
    assert WHY in indah.get(page).content.decode()
    assert not any(WHY.encode() in bytes(sealed) for sealed in AlarmText.objects.values_list("sealed", flat=True))
    assert indah.post(page, {"decision": "JUSTIFIED", "words": "short"}).status_code == 400
    assert indah.post(page, {"decision": "JUSTIFIED", "words": "Oka called Ben twice first"}).url == "/accesses"
    assert page not in esi.get("/").content.decode()
    read = esi.get(page).content.decode()
    assert "Oka called Ben twice first" in read and "It was needed for the work" in read
    with pytest.raises(Refused, match="reviewed_already"):
        access_reviews.review(alarm.id, decision="MISTAKE", words="x", by=acting_as(cast.esi))
    for player in (cast.ben, cast.gita, cast.kartika):
        assert client_of(player).get(page).status_code == 404


def test_what_waits_for_a_review_is_never_purged(cast):
    alarms.raise_access_alarm(AlarmKind.MANY_RECORDS, cast.ben.id, at=clock.now())
    later = clock.now() + timedelta(days=90)
    assert alarms.purge_alarms(at=later) == 0
    access_reviews.review(Alarm.objects.get().id, decision="MISTAKE", words="a new phone", by=acting_as(cast.esi))
    assert alarms.purge_alarms(at=clock.now()) == 0
    assert alarms.purge_alarms(at=later) == 1


def opened_before(player, number, *, ago=timedelta(minutes=5)):
    at = clock.now() - ago
    OpenedRecord.objects.bulk_create(OpenedRecord(worker=player.id, record=uuid4(), at=at) for _ in range(number))


def stale(player):
    """Return a browser in which the password was typed long ago."""
    client = client_of(player)
    Session.objects.filter(worker=player.id).update(stepped_up_at=clock.now() - timedelta(hours=1))
    return client


def test_the_26th_record_in_an_hour_asks_for_the_password(cast, amina):
    an_hour, _ = opening_limits(Role.VILLAGE_TEAM)
    assert an_hour == 25
    opened_before(cast.ben, an_hour - 1)
    client, page = stale(cast.ben), f"/people/{amina.id}"
    assert client.get(page).status_code == 200, "the 25th"
    other = person_of(cast.ben, cast, name="Bunga Rekaan")
    asked = client.get(f"/people/{other.id}")
    assert asked.status_code == 401 and "Bunga" not in asked.content.decode()
    assert client.get(page).status_code == 200, "what was opened before still opens"
    assert client_of(cast.ben).get(f"/people/{other.id}").status_code == 200, "after the password"


def test_the_61st_record_in_a_day_does_not_open_and_raises_an_alarm(cast, amina):
    _, a_day = opening_limits(Role.VILLAGE_TEAM)
    opened_before(cast.ben, a_day - 1, ago=timedelta(hours=20))
    client = client_of(cast.ben)
    assert client.get(f"/people/{amina.id}").status_code == 200, "the 60th"
    other = person_of(cast.ben, cast, name="Bunga Rekaan")
    refused = client.get(f"/people/{other.id}")
    assert refused.status_code == 429 and "Bunga" not in refused.content.decode()
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.worker) == (AlarmKind.MANY_RECORDS, cast.ben.id)
    assert "Ben" in client_of(cast.esi).get("/accesses").content.decode()
    client.get(f"/people/{other.id}")
    assert Alarm.objects.count() == 1, "once an hour"
    with clock.shifted(timedelta(hours=5)):
        assert client_of(cast.ben).get(f"/people/{other.id}").status_code == 200
        assert budgets.purge_openings(at=clock.now()) == a_day - 1


def test_a_change_that_was_saved_is_not_taken_for_refused(cast, amina):
    opened_before(cast.ben, 60)
    answer = client_of(cast.ben).post(f"/people/{amina.id}/note", {"text": "a note"})
    assert answer.status_code == 302


def test_pages_that_redirect_count_what_they_opened(cast, amina):
    """A thief who only posts opens every record, and the address of a file leads to what is in it."""
    an_hour, a_day = opening_limits(Role.VILLAGE_TEAM)
    client = stale(cast.ben)
    assert client.post(f"/people/{amina.id}/note", {"text": "a note"}).status_code == 302
    assert list(OpenedRecord.objects.values_list("worker", "record")) == [(cast.ben.id, amina.id)]
    other = person_of(cast.ben, cast, name="Bunga Rekaan")
    assert add(client, other, a_telling_picture()).status_code == 302
    file = reverse("attachment_saved", args=[other.id, newest(other, cast.ben)[0]])
    OpenedRecord.objects.filter(record=other.id).delete()
    opened_before(cast.ben, an_hour - 1)
    assert client.get(file).status_code == 401
    opened_before(cast.ben, a_day - an_hour, ago=timedelta(hours=20))
    refused = client_of(cast.ben).get(file)
    assert refused.status_code == 429 and not refused.has_header("Location")
    OpenedRecord.objects.all().delete()
    assert client_of(cast.ben).get(file).status_code == 302, "the control"


def test_a_decoy_that_only_a_post_opened_raises_its_alarm(cast):
    client_of(cast.kartika).post("/decoys", {"name": "Ratna Rekaan", "team": cast.pelita.team.id})
    decoy = Decoy.objects.get().record
    assert client_of(cast.jaya).post(f"/people/{decoy}/note", {"text": "a note"}).status_code == 302
    assert (Alarm.objects.get().kind, Alarm.objects.get().worker) == (AlarmKind.DECOY_OPENED, cast.jaya.id)


def test_a_decoy_looks_like_any_person_and_gives_away_who_opens_it(cast):
    kartika = client_of(cast.kartika)
    assert kartika.post("/decoys", {"name": "Ratna Rekaan", "team": cast.pelita.team.id}).url == "/decoys"
    assert "Ratna Rekaan" in kartika.get("/decoys").content.decode()
    decoy = Decoy.objects.get().record
    assert kartika.get(f"/people/{decoy}").status_code == 200 and not Alarm.objects.exists(), "its maker"
    jaya = client_of(cast.jaya)
    assert decoy in [row.id for row in lists.caseload(viewer(cast.jaya), keys=cast.jaya.keys)]
    assert not Alarm.objects.exists(), "a list is no opening"
    assert jaya.get(f"/people/{decoy}").status_code == 200
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.worker) == (AlarmKind.DECOY_OPENED, cast.jaya.id)
    assert "Ratna" not in alarm.detail
    other = casting.join(cast.pelita, "oka", "Oka", Role.SUPERVISOR, at=clock.now())
    access_reviews.review(alarm.id, decision="MISTAKE", words="He took the wrong row", by=acting_as(cast.kartika))
    assert "He took the wrong row" in client_of(other).get(f"/accesses/{alarm.id}").content.decode()


def test_only_a_lead_makes_decoys_in_the_own_team(cast):
    with pytest.raises(NotYours):
        accesses.make_decoy(cast.village.team.id, "Ratna", by=acting_as(cast.kartika))
    assert client_of(cast.kartika).post("/decoys", {"name": "R", "team": cast.village.team.id}).status_code == 400
    assert client_of(cast.chioma).get("/decoys").status_code == 404


def test_a_try_to_open_a_hidden_record_is_noticed_without_naming_it(cast, amina):
    records.restrict(amina, excluded=[cast.lia.id], keys=cast.ben.keys, at=clock.now())
    lia = client_of(cast.lia)
    hidden, absent = lia.get(f"/people/{amina.id}"), lia.get(f"/people/{cast.ben.id}")
    assert hidden.status_code == absent.status_code == 404
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.worker, alarm.record) == (AlarmKind.HIDDEN_TRIED, cast.lia.id, None)
