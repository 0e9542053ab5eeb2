"""A worker of the invented world as the bench acts for them: viewer, keys, a session."""

from dataclasses import dataclass, field
from uuid import UUID

from suar.accounts import passwords, sessions
from suar.accounts.keys import Keys, UserPairs
from suar.accounts.middleware import SESSION_COOKIE, WRAPPING_COOKIE
from suar.accounts.models import Worker
from suar.accounts.sessions import viewer_of
from suar.accounts.terms import Viewer, Way
from suar.accounts.wrapping import own_pairs
from suar.demo.cast import PASSWORD
from suar.core import clock


@dataclass(frozen=True, slots=True)
class Acting:
    """A worker with their keys opened."""

    worker: Worker
    viewer: Viewer
    pairs: UserPairs = field(repr=False)
    keys: Keys = field(repr=False)

    @property
    def name(self) -> str:
        """The name they sign in with."""
        return str(self.worker.name)

    @property
    def team(self) -> UUID:
        """Their first team."""
        return min(self.viewer.teams)


def acting(name: str) -> Acting:
    """Open a worker's keys with the password that all of the invented world share."""
    worker = Worker.objects.get(name=name)
    derived = passwords.keys_of(worker, PASSWORD)
    pairs = own_pairs(worker.id, way=Way.PASSWORD, key=derived.wrapping)
    keys = Keys(worker.id, read=pairs.read, sign=pairs.sign)
    return Acting(worker, viewer_of(worker, fresh=True), pairs, keys)


def cookies_for(who: Acting, *, in_talk: bool = False) -> str:
    """Begin a session and write its two halves as a browser sends them."""
    halves = sessions.begin(who.worker, who.pairs, at=clock.now(), shared=False)
    if in_talk:
        sessions.set_in_talk(halves.session, in_talk=True)
    return f"{SESSION_COOKIE}={halves.session}; {WRAPPING_COOKIE}={halves.wrapping}"
