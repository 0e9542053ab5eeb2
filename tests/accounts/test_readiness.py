"""What a real record waits for: two recovery sheets typed back, and one backup restored."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory

from suar.accounts import permissions, queries, recovery_sheets, setup
from suar.accounts.acting import Anonymous
from suar.accounts.models import Organisation
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.ids import spoken_code
from suar.core.refusals import NotYours
from tests.accounts.conftest import AT, anonymous_client, resume_session, sign_in, signed_in_client, words

pytestmark = pytest.mark.django_db
NEW = "empat kata yang lain"


def test_set_up_is_closed_once_a_worker_is_active(cast, own_keys_folder, settings):
    assert anonymous_client().get("/set-up").status_code == 404
    out = StringIO()
    call_command("setup_code", stdout=out)
    assert "set up" in out.getvalue()
    assert "code" not in out.getvalue()
    with pytest.raises(NotYours):
        setup.set_up_organisation({}, at=AT)


def test_a_restored_backup_is_proven_by_its_word(cast):
    ident, word = setup.note_backup(by=Anonymous(at=AT))
    client = signed_in_client(cast.gita)
    slip = word[:-1] + ("3" if word[-1] == "2" else "2")
    for wrong, says in ((slip, "mistake in the word"), (spoken_code(15), "No backup of this")):
        assert says in words(client.post("/set-up/state", {"proof": wrong}))
    assert client.post("/set-up/state", {"proof": word.lower()}).url == "/set-up/state"
    assert queries.readiness_of(cast.village.organisation.id).restored
    assert str(ident) not in word


def test_two_sheets_and_one_backup_make_an_organisation_ready(cast):
    organisation = cast.village.organisation.id
    _, word = setup.note_backup(by=Anonymous(at=AT))
    setup.prove_backup(word, by=cast.gita.acting(at=AT))
    assert not Organisation.objects.get(id=organisation).ready_at
    recovery_sheets.prove_sheet(cast.gita.recovery, by=cast.gita.acting(at=AT))
    recovery_sheets.prove_sheet(cast.esi.recovery, by=cast.esi.acting(at=AT))
    assert queries.readiness_of(organisation).proven == 1, "an administrator's sheet opens no record"
    recovery_sheets.prove_sheet(cast.ben.recovery, by=cast.ben.acting(at=AT))
    assert Organisation.objects.get(id=organisation).ready_at == AT
    assert queries.readiness_of(organisation).already
    assert "Everything is done" in words(signed_in_client(cast.ben).get("/set-up/state"))


def test_only_a_real_talk_waits_until_the_organisation_is_ready(cast, settings):
    organisation = cast.village.organisation.id
    assert setup.may_begin_talks(organisation)
    settings.SUAR_MODE = "run"
    assert setup.may_begin_talks(organisation).because == "sheets_not_proven"
    Organisation.objects.filter(id=organisation).update(ready_at=AT)
    assert setup.may_begin_talks(organisation)


@pytest.mark.parametrize(("mode", "status"), [("test", 200), ("run", 409)])
def test_a_page_for_real_records_lists_what_is_missing(cast, settings, mode: str, status: int):
    @permissions.permission_required(Permission.RUN_TALK, when_ready=True)
    def talk(request):
        return HttpResponse("a talk")

    settings.SUAR_MODE = mode
    request = RequestFactory().get("/talk")
    found = resume_session(sign_in(cast.ben, AT), AT)
    request.signed_in, request.viewer, request.keys = found, found.viewer, found.keys
    page = talk(request)
    assert page.status_code == status
    if status == 409:
        assert "0 of 2" in words(page)


def test_guesses_of_the_backup_word_are_rate_limited(cast):
    client = signed_in_client(cast.gita)
    for _ in range(5):
        assert client.post("/set-up/state", {"proof": spoken_code(15)}).status_code == 400
    assert client.post("/set-up/state", {"proof": spoken_code(15)}).status_code == 503
    with clock.shifted(timedelta(minutes=2)):
        assert client.post("/set-up/state", {"proof": spoken_code(15)}).status_code == 400
