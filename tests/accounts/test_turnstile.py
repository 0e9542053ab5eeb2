"""Only so many password hashes run at once, and tries that come together see each other."""

import pytest

from suar.accounts import throttle, turnstile
from suar.accounts.models import Attempt
from suar.core.refusals import TooBusy
from tests.accounts.conftest import AT


def test_a_full_turnstile_lets_nobody_in_for_long(monkeypatch, settings, tmp_path):
    settings.SUAR_DATA = tmp_path
    monkeypatch.setattr(turnstile.os, "cpu_count", lambda: 1)
    monkeypatch.setattr(turnstile, "LONGEST_WAIT_S", 0.1)
    with (
        turnstile.one_of_few(),
        turnstile.one_of_few(),
        pytest.raises(TooBusy),
        turnstile.one_of_few(),
    ):
        pytest.fail("a third one was let in")
    with turnstile.one_of_few():
        assert (tmp_path / "turnstile").stat().st_mode & 0o077 == 0


@pytest.mark.django_db
def test_a_try_that_was_overtaken_while_it_was_written_waits_too(monkeypatch):
    """Others write their tries between this one's look and its own write."""
    who, looked = throttle.trier("ben", address="a"), []
    look = throttle._wait

    def slow(*args: object, **kwargs: object) -> None:
        look(*args, **kwargs)
        if not looked:
            looked.append(True)
            for _ in range(5):
                Attempt.objects.create(account=who.account, address=who.address, at=AT)

    monkeypatch.setattr(throttle, "_wait", slow)
    with pytest.raises(TooBusy):
        throttle.begin_try(who, at=AT)
    assert Attempt.objects.count() == 5
