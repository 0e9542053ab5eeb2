"""Many requests at once wait in queues of a bounded length, and a form that was sent again waits for nothing."""

import threading
import time
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection, transaction

from suar.contact.public import submission
from suar.core import locks
from suar.core.refusals import TooBusy
from suar.website.form_tokens import form_secret
from tests.cast import cast, world  # noqa: F401 - fixtures
from tests.contact.conftest import asker, desk, no_caller_keys  # noqa: F401 - fixtures
from tests.contact.writing import ASKED, press
from tests.website.conftest import public_site, visitor  # noqa: F401 - fixtures

MANY = 120


def at_once(number: int, act) -> float:
    """Run something in many threads and return the seconds until all have ended."""
    threads = [threading.Thread(target=act) for _ in range(number)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - begun


def test_of_many_concurrent_sign_ins_only_a_few_wait(settings, tmp_path, monkeypatch):
    settings.SUAR_DATA = tmp_path
    # One slot, whatever machine runs the test.
    monkeypatch.setattr(locks.os, "cpu_count", lambda: 1)
    waited, done = [], threading.Event()

    def sign_in() -> None:
        begun = time.monotonic()
        try:
            with locks.queue_slot(longest_wait_s=5):
                done.wait(10)
        except TooBusy:
            waited.append(time.monotonic() - begun)

    timer = threading.Timer(3, done.set)
    timer.start()
    at_once(MANY, sign_in)
    timer.join()
    refused_at_once = [seconds for seconds in waited if seconds < 1]
    assert len(refused_at_once) > MANY // 2, "one runs, and twelve wait"


@pytest.mark.usefixtures("committed")
def test_whoever_waits_leaves_the_connection_to_others_but_not_a_transaction(settings, tmp_path, monkeypatch):
    settings.SUAR_DATA = tmp_path
    connection.ensure_connection()
    with locks.queue_slot():
        assert connection.connection is not None, "without a pool it stays open"
    is_pooled = connection.vendor == "postgresql"
    if is_pooled:
        connection.close()
    with monkeypatch.context() as pooled:
        pooled.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
        pooled.setitem(connection.settings_dict["OPTIONS"], "pool", {"min_size": 1, "max_size": 1})
        with transaction.atomic(), locks.queue_slot():
            assert connection.connection is not None
        with locks.queue_slot():
            assert connection.connection is None
        if is_pooled:
            connection.close_pool()


@pytest.mark.django_db
def test_a_used_form_waits_only_for_its_running_first_request(asker):  # noqa: F811 - a fixture
    page = press(asker, "ask")
    refused = press(asker, "send", page=page, **{**ASKED, "words": ""})
    assert refused.status_code == 400
    begun = time.monotonic()
    assert press(asker, "send", page=page, **ASKED).status_code == 200
    assert time.monotonic() - begun < 2, "it waited 2.5 s for a letter that nobody was writing"


@pytest.mark.django_db
def test_only_a_few_requests_wait_for_a_running_one(asker):  # noqa: F811 - a fixture
    page = press(asker, "ask")
    secret = form_secret(page.context["ticket"])
    press(asker, "send", page=page, **{**ASKED, "words": ""})
    with locks.form_lock(secret):
        with every_place():
            begun = time.monotonic()
            assert press(asker, "send", page=page, **ASKED).status_code == 429
            assert time.monotonic() - begun < 2
        begun = time.monotonic()
        assert press(asker, "send", page=page, **ASKED).status_code == 200
        assert time.monotonic() - begun > 2, "positive control: it waits"


@contextmanager
def every_place():
    """Take all places in which a form that was sent again may wait."""
    with ExitStack() as stack:
        for _ in range(submission.MAX_WAITING):
            stack.enter_context(locks.queue_slot(submission.QUEUE, slots=submission.MAX_WAITING, longest_wait_s=1))
        yield
