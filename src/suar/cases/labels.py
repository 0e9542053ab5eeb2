"""Texts about cases that are put together in Python; codes have their labels in `codes`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from suar.accounts.roles import Permission
from suar.cases.codes import ACTIVITIES, ACTIVITY_KINDS, CLOSURE_BARS, CONFIRMATIONS, DUES, PLAN_FIELDS, REFUSALS
from suar.core.i18n import format_day, format_month
from suar.records.terms import Kind
from suar.referrals import messages as referrals

NO_NAME = gettext_lazy("No name stored")
CLOSING_ASKED = gettext_lazy("A colleague asks to close the case")
NOBODY_REACHED = gettext_lazy("Nobody reached yet")
CLOSED_MEANWHILE = gettext_lazy("This case was closed in the meantime. What you typed is below and is not saved yet.")
ASKED_MEANWHILE = gettext_lazy(
    "Somebody asked to close this case in the meantime. What you typed is below and is not saved yet."
)
OWN_REQUEST_WAITS = gettext_lazy(
    "You asked to close this case before, and a second person has not answered yet. What you typed is below and is"
    " not saved yet."
)
WITHDRAWN_MEANWHILE = gettext_lazy(
    "This was withdrawn in the meantime. What you typed is below and is not saved: copy it if you need it."
)
ACCEPTED_ALREADY = gettext_lazy("This was accepted already. You cannot open the case.")
WITH_ANOTHER_TEAM = gettext_lazy("A colleague accepted this before you, for another team. The case is with them.")
READ_SHARED = gettext_lazy("read what was shared")
SAW_REQUEST = gettext_lazy("saw the request, without a name")
CHANGED = gettext_lazy("A colleague wrote here at the same time. Look again before you save.")
BY_PARTNER = ("answer_for_partner", "close_partner_reading")
BY_CLOCK = ("end_partner_reading", "referral_lapse", "referral_yes_ends")

OWN_PAGES = (
    (
        Permission.EDIT_DIRECTORY,
        "directory",
        gettext_lazy("Directory"),
        gettext_lazy("Keep the services right: confirm what is still so, close what is gone."),
    ),
    (
        Permission.EDIT_DIRECTORY,
        "import_directory",
        gettext_lazy("Import a file"),
        gettext_lazy("Bring in a list of services; you see every change before it counts."),
    ),
    (
        Permission.HEAR_FEEDBACK,
        "heard",
        gettext_lazy("What people say"),
        gettext_lazy("Read how the help was and who complains, answer, and tell what changed."),
    ),
    (
        Permission.MANAGE_WORKERS,
        "workers",
        gettext_lazy("Workers"),
        gettext_lazy("Invite somebody, let them back in, or shut an account out at once."),
    ),
    (
        Permission.SEE_ACCESS_LOG,
        "access_log",
        gettext_lazy("What people here did"),
        gettext_lazy("Read who did what on which day, and who asked for what is not theirs."),
    ),
    (
        Permission.SEE_OWN_DAY,
        "set_up_state",
        gettext_lazy("What is missing before real records"),
        gettext_lazy("See whether this organisation may hold a real person's record yet."),
    ),
    (
        Permission.SEE_OWN_DAY,
        "account",
        gettext_lazy("My account"),
        gettext_lazy("Your password, your second factor and your recovery sheet."),
    ),
)
"""Pages of roles without records: permission, address, name, and what is done there."""


def refusal(code: str) -> str:
    """Return why something was not saved."""
    if code in CONFIRMATIONS:
        return _("Confirm this first: %(what)s.") % {"what": CONFIRMATIONS.label(code)}
    for codes in (REFUSALS, PLAN_FIELDS, CLOSURE_BARS):
        if code in codes:
            return codes.label(code)
    return _("This cannot be saved now.")


def activity(verb: str) -> str:
    """Return what was done, in the words of a lead."""
    if verb.startswith("referral_"):
        done = referrals.done(verb.removeprefix("referral_"))
        return f"{_('Referral')}: {done}" if done else _("changed a referral")
    return ACTIVITIES.label(verb) if verb in ACTIVITIES else verb.replace("_", " ")


def activity_kind(verb: str) -> str:
    """Return the kind of an act, in the words of a privacy officer; an unknown one is something else."""
    family = f"{verb.partition('_')[0]}_*"
    for wanted in (verb, family):
        for member in ACTIVITY_KINDS.members:
            if wanted in member["verbs"]:
                return member.label
    return ACTIVITY_KINDS.label("other")


def actor_without_account(verb: str) -> str:
    """Return who did an act that no worker here did: the clock, a partner, or by a link."""
    if verb in BY_PARTNER:
        return _("A partner organisation")
    return _("The clock") if verb in BY_CLOCK else _("Somebody with the link")


def since_month(month: date) -> str:
    """Return in which month a record was begun."""
    return _("since %(month)s") % {"month": format_month(month)}


def due_text(kind: Kind, entry: Mapping[str, Any], *, today: date) -> str:
    """Return what is due by a day: of a case by its index entry, of a person that nobody was reached.

    An entry from before plans were counted has no list; then only follow-ups were due.
    """
    if kind is Kind.PERSON:
        return str(NOBODY_REACHED)
    if "due" not in entry:
        return DUES.label("follow_up")
    due = [DUES.label(code) for code, day in entry["due"].items() if day <= str(today)]
    return ", ".join(due or [str(CLOSING_ASKED)])


def near_day(day: date, *, today: date) -> str:
    """Return a day the way people say it: today, tomorrow, yesterday, in 3 days, or its date."""
    days = (day - today).days
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}
    if days in near:
        return near[days]
    if 1 < days < 7:
        return ngettext("In %(days)d day", "In %(days)d days", days) % {"days": days}
    if -7 < days < -1:
        return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}
    return format_day(day)


def time_span(first: datetime, last: datetime) -> str:
    """Return from when to when something was done on a day; one time when both are the same."""
    times = [formats.time_format(timezone.localtime(each), "H:i") for each in (first, last)]
    return "-".join(dict.fromkeys(times))
