"""A lead, or a thief with a lead's account, wants to carry off many people at once."""

from datetime import timedelta
from functools import partial
from hashlib import sha256
from uuid import uuid4

import pytest
from django.urls import reverse

from suar.accounts import access_reviews
from suar.accounts.codes import AlarmKind
from suar.accounts.models import Alarm, Membership
from suar.audit.models import Entry
from suar.cases import actions, export_limits
from suar.cases.documents import OtherPeople, OtherPerson
from suar.cases.htcds import exporting
from suar.cases.models import Case
from suar.core import clock
from suar.core.ids import short_code
from suar.core.refusals import NotYours, Refused
from suar.crypto.archives import new_password
from suar.records import keyring
from suar.records.models import Decoy
from suar.referrals import sending
from tests import cast as at_work
from tests.cases.test_archives import ASKED, opened, saved
from tests.people import acting_as, client_of, person_of

world, cast, amina, handover = at_work.world, at_work.cast, at_work.amina, at_work.handover

pytestmark = pytest.mark.django_db
FORM = {"purpose": "EX_SYSTEM", "content": "complete", "kind": "csv", "sure": "on"}


@pytest.fixture
def few(monkeypatch):
    """Let one person be too many for one lead."""
    monkeypatch.setattr(export_limits, "MAX_ALONE", 0)


def asked(player, path="", **changed):
    """Send both forms of an export, of all unless `path` is another; return the last answer."""
    client, path = client_of(player), path or reverse("export_htcds")
    first = client.post(path, FORM | changed)
    seed = (first.context or {}).get("seed") if first.status_code == 200 else ""
    return client.post(path, FORM | changed | {"seed": seed}) if seed else first


def is_file(answer):
    return answer.get("Content-Disposition", "").startswith("attachment")


def agree(player, decision="JUSTIFIED"):
    alarm = Alarm.objects.filter(kind=AlarmKind.EXPORT_ASKED, reviewed_at=None).get()
    access_reviews.review(alarm.id, decision=decision, words="I called her about it", by=acting_as(player))


@pytest.mark.db_contract
def test_nobody_exports_many_people_alone(cast, amina, few):
    assert not is_file(asked(cast.esi))
    assert not is_file(asked(cast.esi)), "asking again changes nothing"
    assert Alarm.objects.get().kind == AlarmKind.EXPORT_ASKED
    with pytest.raises(Refused):
        exporting.export_people(None, purpose="EX_SYSTEM", with_identity=True, by=acting_as(cast.esi))
    assert not Entry.objects.filter(verb="export_htcds").exists()
    with pytest.raises(NotYours):
        agree(cast.esi)
    agree(cast.indah)
    assert not is_file(asked(cast.esi, purpose="EX_AUTHORITY")), "another purpose was not agreed to"
    assert is_file(asked(cast.esi))
    assert not is_file(asked(cast.esi)), "agreed once"


@pytest.mark.parametrize("decision", ["MISTAKE", "NOT_JUSTIFIED"])
def test_what_somebody_else_finds_wrong_does_not_leave(cast, amina, few, decision):
    asked(cast.esi)
    agree(cast.indah, decision)
    assert not is_file(asked(cast.esi))


def test_agreement_ends_after_a_day(cast, amina, few, monkeypatch):
    asked(cast.esi)
    agree(cast.indah)
    Alarm.objects.update(at=clock.now() - access_reviews.AGREED_FOR)
    assert not is_file(asked(cast.esi))


def test_the_reviewer_reads_what_is_asked(cast, amina, few):
    asked(cast.esi)
    alarm = Alarm.objects.get()
    page = client_of(cast.indah).get(reverse("review_access", args=[alarm.id])).content.decode()
    assert "We move to another program or use two. With names" in page


def test_a_decoy_in_a_file_raises_its_alarm(cast, amina):
    Decoy.objects.create(record=amina.id, by=cast.indah.id, at=clock.now())
    assert is_file(asked(cast.esi))
    assert [alarm.kind for alarm in Alarm.objects.all()] == [AlarmKind.DECOY_OPENED]


def test_a_lead_exports_no_people_of_a_team_that_somebody_else_leads(cast, amina):
    assert len(exporting.list_people(acting_as(cast.esi))) == 1, "the control"
    Membership.objects.filter(worker=cast.esi.id).update(leads=False)
    assert exporting.list_people(acting_as(cast.esi)) == []


def test_the_log_names_the_very_file_that_left(cast, amina):
    """A file turns up outside: its digest tells who made it, and nothing of anybody in it."""
    answer = asked(cast.esi)
    digest = sha256(answer.content).hexdigest()
    [entry] = Entry.objects.filter(because__contains=digest)
    assert (entry.verb, entry.by, entry.about) == ("export_htcds", cast.esi.id, [str(amina.id)])
    content, _ = saved(client_of(cast.ben), amina.id)
    [entry] = Entry.objects.filter(because=sha256(content).hexdigest())
    assert (entry.verb, entry.by, entry.about) == ("save_archive", cast.ben.id, [str(amina.id)])


def test_nobody_goes_to_another_organisation_who_was_not_asked_who_must_never_know(cast, handover):
    case = keyring.open_record(Case.objects.get().record, keys=cast.kartika.keys)
    actions.add_note(case, "Her uncle works there.", by=acting_as(cast.kartika))
    export = partial(exporting.export_people, with_identity=True, by=acting_as(cast.kartika))
    assert export(None, purpose="EX_SYSTEM").people == 1, "the control"
    assert export(None, purpose="EX_ORGANISATION").people == 0
    with pytest.raises(Refused, match="ask_whom_first"):
        export(case, purpose="EX_ORGANISATION")
    sending.record_exclusions(case, [], by=acting_as(cast.kartika))
    assert export(None, purpose="EX_ORGANISATION").people == 1


def test_the_whole_file_of_a_person_says_of_nobody_else_that_they_are_known_here(cast, amina):
    other = uuid4()
    entry = OtherPerson(record=other, by=cast.ben.id, at=clock.now())
    amina.put(OtherPeople(entries=(entry,)), by=cast.ben.id, at=clock.now())
    files = opened(*saved(client_of(cast.ben), amina.id))
    assert str(amina.id) in files["record.json"].decode(), "the control"
    assert str(other) not in files["record.json"].decode()
    assert "OtherPeople" not in files["record.json"].decode()


@pytest.fixture
def three(cast, amina, monkeypatch):
    """Let a third person in a day be too many for one worker."""
    monkeypatch.setattr(export_limits, "MAX_ALONE", 2)
    return [amina, *(person_of(cast.ben, cast, name=f"Siti {number} Rekaan") for number in range(2))]


def one(player, record, **changed):
    """Export one person for another program; return the last answer."""
    return asked(player, reverse("export_person", args=[record.id]), sure=["EX_SYSTEM"], **changed)


def test_files_of_single_people_count_together_in_a_day(cast, three):
    first, second, third = three
    assert [is_file(one(cast.esi, record)) for record in (first, second, first)] == [True, True, True]
    assert not is_file(one(cast.esi, third)), "one by one as little as all at once"
    assert Alarm.objects.get().kind == AlarmKind.EXPORT_ASKED
    with pytest.raises(Refused):
        exporting.export_people(third, purpose="EX_SYSTEM", with_identity=True, by=acting_as(cast.esi))
    page = client_of(cast.indah).get(reverse("review_access", args=[Alarm.objects.get().id])).content.decode()
    assert "With names. One person, beyond 25 in a day" in page
    assert short_code(third.id) not in page, "the person may have excluded the reviewer"
    agree(cast.indah)
    fourth = person_of(cast.ben, cast, name="Rina Rekaan")
    assert not is_file(one(cast.esi, fourth)), "somebody agreed to another person"
    assert is_file(one(cast.esi, third))
    assert Alarm.objects.filter(kind=AlarmKind.MANY_EXPORTED).exists()


def test_whole_files_count_with_them(cast, three):
    first, second, third = three
    saved(client_of(cast.ben), first.id)
    saved(client_of(cast.ben), second.id)
    with pytest.raises(KeyError):
        saved(client_of(cast.ben), third.id)
    assert Alarm.objects.get().kind == AlarmKind.EXPORT_ASKED
    agree(cast.esi)
    saved(client_of(cast.ben), third.id)
    assert Alarm.objects.filter(kind=AlarmKind.MANY_EXPORTED).exists()


def test_a_day_later_single_people_are_exported_again(cast, three):
    assert [is_file(one(cast.esi, record)) for record in three] == [True, True, False]
    with clock.shifted(timedelta(days=1, hours=1)):
        assert is_file(one(cast.esi, three[2]))


def test_no_form_chooses_the_password_of_its_file(cast, amina):
    """The password comes from the worker's own key: another worker's seed gives another password."""
    path, chosen = reverse("export_person", args=[amina.id]), new_password(bytes(12))
    form = FORM | {"sure": ["EX_SYSTEM"]}
    answer = client_of(cast.esi).post(path, form | {"password": chosen})
    assert not is_file(answer)
    assert answer.context["password"] != chosen
    seed = answer.context["seed"]
    content = client_of(cast.esi).post(path, form | {"seed": seed}).content
    assert opened(content, answer.context["password"]), "positive control"
    other = client_of(cast.ben).post(reverse("archive", args=[amina.id]), ASKED | {"seed": seed}).content
    with pytest.raises(ValueError, match=r"wrong password|altered"):
        opened(other, answer.context["password"])
