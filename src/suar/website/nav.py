"""Main navigation of the staff site: each entry needs a permission and an address that exists."""

from functools import cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from suar.accounts.roles import Permission

NAVIGATION = (
    ("day", Permission.SEE_OWN_DAY, _("My day")),
    ("talk_start", Permission.RUN_TALK, _("New talk")),
    ("find_person", Permission.FIND_PERSON, _("Find a person")),
    ("inbox", Permission.ANSWER_REFERRAL, _("Inbox")),
    ("requests", Permission.ANSWER_REQUESTS, _("Letters")),
    ("heard", Permission.HEAR_FEEDBACK, _("Feedback and complaints")),
    ("team", Permission.SEE_TEAM, _("Team")),
    ("directory", Permission.EDIT_DIRECTORY, _("Directory")),
    ("access_log", Permission.SEE_ACCESS_LOG, _("Log")),
    ("workers", Permission.MANAGE_WORKERS, _("Workers")),
)


def nav_items(viewer: Any, path: str, *, waits: bool = False) -> list[dict[str, Any]]:
    """Return the entries open to a viewer, with the current one marked.

    If something waits, every other page marks the entry of the day.
    """
    items = []
    for name, permission, label in NAVIGATION:
        href = address_of(name)
        if viewer is not None and href and viewer.may(permission):
            current = path == href or (href != "/" and path.startswith(f"{href}/"))
            marked = waits and name == "day" and not current
            items.append({"href": href, "label": label, "current": current, "waits": marked})
    return items


def address_of(name: str) -> str:
    """Return the address of a page without arguments, or an empty string if this site does not have it."""
    return _reverse(name, settings.ROOT_URLCONF)


@cache
def _reverse(name: str, urlconf: str) -> str:
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return ""
