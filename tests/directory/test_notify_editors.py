"""The job that notifies editors of waiting work."""

from datetime import timedelta

import pytest

from suar.accounts import notices
from suar.accounts.models import Notice
from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.directory import actions, error_reports, freshness, tasks
from tests.directory.entries import AT, editing, entry, entry_id, load, propose, provider

pytestmark = pytest.mark.django_db
BED = entry_id("bed")


@pytest.fixture
def hadi() -> casting.Player:
    """Create an editor of a directory without waiting work."""
    assert load(provider(entry("bed", types=["HOU_MEN"], areas=["32.74"]))).applied
    organisation = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
    return casting.join(organisation, "hadi", "Hadi", Role.DIRECTORY_EDITOR, at=AT)


def notified(*, days: int = 0, hours: float = 0) -> int:
    with clock.shifted(AT + timedelta(days=days, hours=hours) - clock.now()):
        return tasks.notify_editors.func()


def test_no_notice_while_nothing_waits(hadi) -> None:
    assert notified() == 0
    assert not Notice.objects.exists()


def test_draft_notifies_editors_once(hadi) -> None:
    propose(BED, {"name.en": "New"})
    assert (notified(), notified(hours=1)) == (1, 0)
    assert list(Notice.objects.values_list("worker", flat=True)) == [hadi.worker.id]
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(hours=2))
    assert notified(hours=3) == 0


def test_report_notifies_next_morning_and_unsafe_until_settled(hadi) -> None:
    error_reports.record_report(BED, "NUMBER", at=AT)
    assert notified() == 1
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(hours=1))
    assert (notified(hours=2), notified(days=1), notified(days=1, hours=1)) == (0, 1, 0)
    error_reports.record_report(BED, "UNSAFE", at=AT + timedelta(days=1))
    for hour in (2, 4):
        notices.mark_seen(hadi.worker.id, at=AT + timedelta(days=1, hours=hour))
        assert notified(days=1, hours=hour + 1) == 1
    actions.settle_reports(BED, by=hadi.acting(at=AT))
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(days=1, hours=6))
    assert notified(days=1, hours=7) == 0


def test_old_entries_notify_each_monday(hadi) -> None:
    assert notified(days=130) == 1
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(days=130, hours=1))
    assert notified(days=130, hours=2) == 0
    assert notified(days=137) == 1
    freshness.confirm_entry(BED, by=editing(at=AT + timedelta(days=138)))
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(days=138))
    assert notified(days=145) == 0
