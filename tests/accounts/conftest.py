"""The cast, signed in or not, for tests of accounts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from suar.accounts import factors, sessions
from suar.accounts import sign_in as signing_in
from suar.accounts.cookies import SESSION_COOKIE, WRAPPING_COOKIE
from suar.accounts.factors import FactorCheck
from suar.accounts.models import Worker
from suar.accounts.sessions import Cookies
from suar.accounts.sign_in import SignIn
from suar.core import clock
from suar.crypto import totp
from suar.demo.cast import Player
from tests.accounts.cast_fixtures import cast, gathered  # noqa: F401 - fixtures
from tests.accounts.live_server import site_url  # noqa: F401 - a fixture

AT = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.fixture
def own_keys_folder(tmp_path: Path, settings) -> Iterator[Path]:
    """Return the process a keys folder of its own."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"keys": tmp_path})
    return tmp_path


def code_of(player: Player, at: datetime) -> str:
    """Return what the player's authenticator shows."""
    return totp.code_at(player.totp_secret, totp.step_at(at))


def sign_in_attempt(player: Player, **changed: object) -> SignIn:
    """Return what the player types to sign in."""
    typed = {"name": player.worker.name, "password": player.password, "address": "10.0.0.7"}
    return SignIn(**{**typed, **changed})


def app_code_check(player: Player, at: datetime) -> FactorCheck:
    """Check by what the authenticator shows at a moment."""
    return factors.code_check(code_of(player, at))


def sign_in(player: Player, at: datetime, **changed: object) -> Cookies:
    """Sign the player in."""
    _, cookies = signing_in.sign_in(sign_in_attempt(player, **changed), check_factor=app_code_check(player, at), at=at)
    return cookies


def resume_session(cookies: Cookies, at: datetime) -> sessions.SignedIn | None:
    """Resume a session, and note it as seen as a page does."""
    resumed = sessions.resume(cookies, at=at)
    if resumed and resumed.to_note:
        sessions.note_seen(cookies.session, at=at)
    return resumed


def reload_worker(player: Player) -> Worker:
    """Read the worker anew."""
    return Worker.objects.get(id=player.id)


def anonymous_client() -> Client:
    """Open a browser that nobody signed in with."""
    return Client(HTTP_HOST="localhost")


def signed_in_client(player: Player, **changed: object) -> Client:
    """Open a browser in which the player has just signed in."""
    client = anonymous_client()
    set_session_cookies(client, sign_in(player, clock.now(), **changed))
    return client


def set_session_cookies(client: Client, cookies: Cookies) -> None:
    """Put both halves of a session into a browser."""
    client.cookies[SESSION_COOKIE], client.cookies[WRAPPING_COOKIE] = (
        cookies.session,
        cookies.wrapping,
    )


def sign_in_fields(player: Player, **changed: str) -> dict[str, str]:
    """Return what the player types into the sign-in page."""
    now = {"name": player.worker.name, "password": player.password}
    return {**now, "code": code_of(player, clock.now()), **changed}


def words(response) -> str:
    """Return the text of a page."""
    return response.content.decode()
