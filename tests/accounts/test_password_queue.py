"""Only so many password hashes run at once, and concurrent attempts see each other."""

import pytest

from suar.accounts.sign_in import attempt_keys, begin_attempt
from suar.core import locks, ratelimit
from suar.core.models import Attempt
from suar.core.refusals import TooBusy
from tests.accounts.conftest import AT


def test_a_full_queue_raises_too_busy(monkeypatch, settings, tmp_path):
    settings.SUAR_DATA = tmp_path
    # One slot, whatever machine runs the test.
    monkeypatch.setattr(locks.os, "cpu_count", lambda: 1)
    with (
        locks.queue_slot(),
        pytest.raises(TooBusy),
        locks.queue_slot(longest_wait_s=0.1),
    ):
        pytest.fail("a second one was let in")
    with locks.queue_slot():
        assert (tmp_path / "queue-sign-in").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_concurrent_attempts_see_each_other(monkeypatch):
    """Others write their attempts between this one's check and its own write."""
    key, checked = attempt_keys("ben", address="a")[0], []
    check = ratelimit._check

    def slow(*args: object, **kwargs: object) -> None:
        check(*args, **kwargs)
        if not checked:
            checked.append(True)
            for _ in range(5):
                Attempt.objects.create(key=key, at=AT)

    monkeypatch.setattr(ratelimit, "_check", slow)
    with pytest.raises(TooBusy):
        begin_attempt("ben", address="a", at=AT)
    assert Attempt.objects.count() == 5
