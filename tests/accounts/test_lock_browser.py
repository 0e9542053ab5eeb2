"""A locked screen on a phone that others use too: opened again, and never by somebody else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from suar.accounts.models import Session
from suar.core import clock
from suar.core.models import Attempt
from suar.demo import cast as casting
from suar.demo.cast import Cast
from tests.accounts.conftest import code_of
from tests.website.watching import press

pytestmark = pytest.mark.story
INVITE, PANEL = "/workers/invite", "[data-lock]"
AT_THE_DOOR = "main form[data-passkey] button:not([data-ask])"
SHOWN = "Nadia of the harbour"


@pytest.fixture
def cast(site_url: str) -> Cast:
    return casting.gather(at=clock.now() - timedelta(hours=1))


@pytest.fixture
def left(site_url: str, page, cast: Cast) -> Iterator[None]:
    """Gita typed half a form on a phone that others use too, and laid it down for three minutes."""
    page.goto(f"{site_url}/sign-in?to={INVITE}")
    page.locator("[name=shared]").check()
    type_in(page, "main", name="gita", password=cast.gita.password, code=code_now(cast.gita))
    page.clock.install()
    press(page, page.locator(AT_THE_DOOR))
    type_in(page, "main", name="nadia", display_name=SHOWN)
    page.clock.run_for("03:02")
    assert page.locator(PANEL).is_visible()
    with clock.shifted(timedelta(minutes=3)):
        yield


def test_the_password_unlocks_the_page_in_a_live_session(left, page, cast):
    open_with(page, password=cast.gita.password)
    goes_on(page)
    assert Session.objects.count() == 1


def test_after_the_session_ended_only_a_full_sign_in_unlocks_the_page(left, page, cast):
    with clock.shifted(timedelta(minutes=3)):
        open_with(page, password=cast.gita.password)
        page.locator("[data-say=ended]").wait_for()
        typed = {"name": "gita", "password": cast.gita.password, "code": code_now(cast.gita)}
        open_with(page, **typed)
        goes_on(page)
    assert set(Session.objects.values_list("shared", flat=True)) == {True}


def test_another_worker_cannot_unlock_the_page(left, page, cast):
    with clock.shifted(timedelta(minutes=3)):
        open_with(page, password=cast.esi.password)
        page.locator("[data-say=ended]").wait_for()
        open_with(page, name="esi", password=cast.esi.password, code=code_now(cast.esi))
        page.locator("[data-say=wrong]").wait_for()
        assert page.locator(PANEL).is_visible()
        assert not Session.objects.filter(worker=cast.esi.id).exists()


def test_a_sign_in_of_another_worker_in_another_tab_does_not_unlock_the_page(left, page, site_url, cast):
    other = page.context.new_page()
    other.goto(f"{site_url}/sign-in")
    type_in(other, "main", name="esi", password=cast.esi.password, code=code_now(cast.esi))
    press(other, other.locator(AT_THE_DOOR))
    open_with(page, password=cast.esi.password)
    page.locator("[data-say=wrong]").wait_for()
    assert page.locator(PANEL).is_visible()


def test_a_rate_limited_unlock_does_not_say_wrong_password(left, page, cast):
    for _ in range(5):
        open_with(page, password="not the password")
        page.locator("[data-say=wrong]").wait_for()
    open_with(page, password=cast.gita.password)
    page.locator("[data-say=offline]").wait_for()
    Attempt.objects.all().delete()
    open_with(page, password=cast.gita.password)
    goes_on(page)


def test_signing_in_in_the_same_tab_shows_an_open_page(left, page, site_url, cast):
    with clock.shifted(timedelta(minutes=3)):
        page.goto(site_url + INVITE)
        type_in(page, "main", name="gita", password=cast.gita.password, code=code_now(cast.gita))
        press(page, page.locator(AT_THE_DOOR))
        assert page.url == site_url + INVITE
        assert not page.locator(PANEL).is_visible()


def test_a_locked_page_stays_locked_at_the_sign_in_url(left, page, site_url):
    page.goto(f"{site_url}/sign-in")
    assert page.locator(PANEL).is_visible()
    page.goto(site_url + INVITE)
    assert page.locator(PANEL).is_visible()


def goes_on(page) -> None:
    """See that what was typed is there, and that the page can still send it."""
    page.locator(PANEL).wait_for(state="hidden")
    assert page.locator("main [name=display_name]").input_value() == SHOWN
    page.locator("main select[name=role]").select_option("PROVIDER")
    press(page, page.locator("main form .act"))
    assert SHOWN in page.content()


def open_with(page, **typed: str) -> None:
    """Type into the panel and send it, and wait until the server has answered."""
    type_in(page, PANEL, **typed)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(f"{PANEL} form.form .act").click()


def type_in(page, where: str, **typed: str) -> None:
    for name, text in typed.items():
        page.locator(f"{where} [name={name}]:not([type=hidden])").fill(text)


def code_now(player) -> str:
    return code_of(player, clock.now())
