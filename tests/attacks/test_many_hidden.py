"""A stolen account of one editor hides the directory, all telephone numbers included (security.md T17)."""

from datetime import timedelta

from django.urls import reverse

from suar.accounts import alarms, notices
from suar.accounts.codes import AlarmKind
from suar.accounts.models import Alarm
from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.demo.cast import Cast
from suar.directory.codes import Status
from suar.directory.models import Service
from tests import cast as at_work
from tests.people import client_of, viewer

world, cast = at_work.world, at_work.cast


def hide_some(editor: casting.Player, number: int) -> int:
    """Hide public entries one after the other; return the status of the last answer."""
    client, status = client_of(editor), 0
    for service in Service.objects.filter(status=Status.ACTIVE).values_list("id", flat=True)[:number]:
        status = client.post(reverse("hide_entry", args=[service])).status_code
    return status


def test_an_editor_hides_five_entries_quietly_and_twenty_at_most(cast: Cast) -> None:
    rani = casting.join(cast.village, "rani", "Rani", Role.DIRECTORY_EDITOR, at=clock.now())
    active = Service.objects.filter(status=Status.ACTIVE)
    before = active.count()
    assert hide_some(cast.hadi, 5) == 302 and not Alarm.objects.exists()
    notices.mark_seen(rani.id, at=clock.now())
    assert hide_some(cast.hadi, 1) == 302
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.worker) == (AlarmKind.MANY_HIDDEN, cast.hadi.id)
    assert list(alarms.list_alarms(viewer(cast.esi), at=clock.now())) == [alarm]
    assert notices.unseen_of(rani.id).exists(), "another editor"
    hide_some(cast.hadi, 14)
    assert active.count() == before - 20
    assert hide_some(cast.hadi, 1) == 409 and active.count() == before - 20
    assert hide_some(rani, 1) == 302, "the limit is of one editor"
    with clock.shifted(timedelta(days=1, minutes=1)):
        assert hide_some(cast.hadi, 1) == 302
