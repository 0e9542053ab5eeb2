"""Where a worker may go from any page: each way needs a permission and an address that exists."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from suar.accounts.roles import Permission


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the bar."""

    name: str
    permission: Permission
    label: str | Promise


ANY = str(UUID(int=0))
WAYS = (
    Way("day", Permission.SEE_OWN_DAY, _("My day")),
    Way("talk_start", Permission.RUN_TALK, _("New talk")),
    Way("find_person", Permission.FIND_PERSON, _("Find a person")),
    Way("inbox", Permission.ANSWER_REFERRAL, _("Inbox")),
    Way("requests", Permission.ANSWER_REQUESTS, _("Letters")),
    Way("heard", Permission.HEAR_FEEDBACK, _("What people say")),
    Way("team", Permission.SEE_TEAM, _("Team")),
    Way("directory", Permission.EDIT_DIRECTORY, _("Directory")),
    Way("access_log", Permission.SEE_ACCESS_LOG, _("Log")),
    Way("workers", Permission.MANAGE_WORKERS, _("Workers")),
)


def ways_of(viewer: Any, path: str, *, waits: bool = False) -> list[dict[str, Any]]:
    """List the ways open to a viewer, with the one they stand on marked.

    When something waits, the way to the day says so from every other page.
    """
    ways = [] if viewer is None else [way for way in WAYS if viewer.may(way.permission)]
    placed = [(way, address_of(way.name)) for way in ways]
    return [
        {
            "href": href,
            "label": way.label,
            "current": _stands_on(path, href),
            "waits": waits and way.name == "day" and not _stands_on(path, href),
        }
        for way, href in placed
        if href
    ]


def address_of(name: str) -> str:
    """Return the address of a page without arguments, or an empty string if no app has it."""
    return _address_of(name, settings.ROOT_URLCONF)


@cache
def _address_of(name: str, among: str) -> str:
    try:
        return reverse(name, urlconf=among)
    except NoReverseMatch:
        return ""


@cache
def way_to(name: str) -> str:
    """Return the address of a page about one record, with ANY in place of the id."""
    return reverse(name, args=[ANY])


def _stands_on(path: str, href: str) -> bool:
    return path == href or (href != "/" and path.startswith(f"{href}/"))
