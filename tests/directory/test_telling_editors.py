"""The job that tells editors: only that something waits, and not again to who has looked."""

from datetime import timedelta

import pytest

from suar.accounts import notices
from suar.accounts.models import Notice
from suar.accounts.roles import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.directory import actions, error_reports, freshness, tasks
from suar.directory.codes import ErrorKind
from tests.directory.entries import AT, editing, entry, found_id, load, propose, provider

pytestmark = pytest.mark.django_db
BED = found_id("bed")


@pytest.fixture
def hadi() -> casting.Player:
    """Let Hadi edit the directory, in which nothing waits."""
    assert load(provider(entry("bed", types=["HOU_MEN"], areas=["32.74"]))).applied
    house = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
    return casting.join(house, "hadi", "Hadi", Role.DIRECTORY_EDITOR, at=AT)


def told(*, days: int = 0, hours: float = 0) -> int:
    with clock.shifted(AT + timedelta(days=days, hours=hours) - clock.now()):
        return tasks.notify_editors.func()


def test_nobody_is_told_while_nothing_waits(hadi) -> None:
    assert told() == 0
    assert not Notice.objects.exists()


def test_editors_are_told_of_a_draft_once_and_nobody_else_is(hadi) -> None:
    propose(BED, {"name.en": "New"})
    assert (told(), told(hours=1)) == (1, 0)
    assert list(Notice.objects.values_list("worker", flat=True)) == [hadi.worker.id]
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(hours=2))
    assert told(hours=3) == 0


def test_of_a_report_one_is_told_again_next_morning_and_of_unsafe_until_it_is_settled(hadi) -> None:
    error_reports.record_report(BED, ErrorKind.NUMBER, at=AT)
    assert told() == 1
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(hours=1))
    assert (told(hours=2), told(days=1), told(days=1, hours=1)) == (0, 1, 0)
    error_reports.record_report(BED, ErrorKind.UNSAFE, at=AT + timedelta(days=1))
    for hour in (2, 4):
        notices.mark_seen(hadi.worker.id, at=AT + timedelta(days=1, hours=hour))
        assert told(days=1, hours=hour + 1) == 1
    actions.settle_reports(BED, by=hadi.acting(at=AT))
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(days=1, hours=6))
    assert told(days=1, hours=7) == 0


def test_of_old_entries_one_is_told_each_monday(hadi) -> None:
    assert told(days=130) == 1
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(days=130, hours=1))
    assert told(days=130, hours=2) == 0
    assert told(days=137) == 1
    freshness.confirm_entry(BED, by=editing(at=AT + timedelta(days=138)))
    notices.mark_seen(hadi.worker.id, at=AT + timedelta(days=138))
    assert told(days=145) == 0
