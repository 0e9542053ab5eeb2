"""Words for the codes that pages of case work show."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import formats, timezone
from django.utils.dates import MONTHS
from django.utils.functional import Promise, lazy
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from suar.accounts.terms import Permission
from suar.cases import rules
from suar.cases.terms import ClosureReason, Confirmed, DueKind, FollowUp, NeedEnd, Result
from suar.core import clock
from suar.records.terms import Kind
from suar.referrals import labels as referral_labels
from suar.referrals.terms import Verb

NO_NAME = gettext_lazy("No name kept")
SOMEBODY_BY_LINK = gettext_lazy("Somebody with the link")

THE_CLOCK = gettext_lazy("The clock")
A_PARTNER = gettext_lazy("A partner house")
OF_PARTNERS = ("answer_for_partner", "close_partner_reading")
OF_CLOCK = ("end_partner_reading",)
DUE: dict[DueKind, Promise] = {
    DueKind.FOLLOW_UP: gettext_lazy("Follow-up"),
    DueKind.REVIEW: gettext_lazy("Look at the plan again"),
    DueKind.STEP: gettext_lazy("A step of the plan"),
}
CLOSING_ASKED = gettext_lazy("A colleague asks to close the case")
NOBODY_REACHED = gettext_lazy("Nobody reached yet")
PLAN_GOAL = gettext_lazy("What the person wants, in their words")
PLAN_STEPS = gettext_lazy("Steps")
STEP_DONE = gettext_lazy("Done")
PLAN_REVIEW = gettext_lazy("Look at the plan again on")

OWN_WAYS = (
    (
        Permission.EDIT_DIRECTORY,
        "directory",
        gettext_lazy("Directory"),
        gettext_lazy("Keep the services right: confirm what is still so, close what is gone."),
    ),
    (
        Permission.EDIT_DIRECTORY,
        "import_directory",
        gettext_lazy("Take a file over"),
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
        gettext_lazy("See whether this house may hold a real person's record yet."),
    ),
    (
        Permission.SEE_OWN_DAY,
        "account",
        gettext_lazy("My account"),
        gettext_lazy("Your password, your second factor and your recovery sheet."),
    ),
)
"""Pages of roles without records: who may, the address, its name, and what is done there."""

VERBS = {
    "open": gettext_lazy("opened the record"),
    "new_person": gettext_lazy("made the record"),
    "new_case": gettext_lazy("made the case"),
    "open_case": gettext_lazy("opened the case"),
    "name_person": gettext_lazy("wrote down a name"),
    "give_consent": gettext_lazy("wrote down a yes"),
    "narrow_consent": gettext_lazy("told less, as the person wished"),
    "withdraw_consent": gettext_lazy("took a yes back for the person"),
    "keep_no": gettext_lazy("wrote down that the person said no"),
    "send_referral": gettext_lazy("sent a referral"),
    "renew_link": gettext_lazy("made a new link"),
    "follow_up": gettext_lazy("kept a follow-up"),
    "keep_plan": gettext_lazy("changed the plan"),
    "add_note": gettext_lazy("wrote a note"),
    "ask_closing": gettext_lazy("asked a colleague to close the case"),
    "close_case": gettext_lazy("closed the case"),
    "keep_open": gettext_lazy("left the case open"),
    "reopen_case": gettext_lazy("opened the case again"),
    "conclude_talk": gettext_lazy("ended a talk"),
    "call_somebody": gettext_lazy("wrote down whether somebody was reached"),
    "ask_second_reading": gettext_lazy("asked the team for a second reading"),
    "second_reading": gettext_lazy("read the outcome as a second person"),
    "ask_partner": gettext_lazy("asked a partner house to read the outcome"),
    "answer_for_partner": gettext_lazy("answered about the outcome"),
    "close_partner_reading": gettext_lazy("closed what a partner house was asked to read"),
    "end_partner_reading": gettext_lazy("destroyed what a partner house had not read in time"),
    "never_tell": gettext_lazy("wrote down who must never know"),
    "may_know_again": gettext_lazy("took somebody off the list of who must never know"),
    "hold_by_name": gettext_lazy("kept the record to those who are named"),
    "hand_to": gettext_lazy("gave the record to a colleague"),
}
REFERRAL_VERB = "referral_"
READ_TOLD = gettext_lazy("read what was told")
SAW_REQUEST = gettext_lazy("saw the request, without a name")


def say(code: str) -> str:
    """Say a code of case work in the language of the page."""
    found = rules.words(code)
    return found.get(language()) or found["en"]


def language() -> str:
    """Give the language of the page as data files know it."""
    return "id" if (get_language() or "en").startswith("id") else "en"


say_lazy = lazy(say, str)
RESULTS = [(each.value, say_lazy(each)) for each in Result]
CODES = [(each.value, say_lazy(each)) for each in FollowUp]
REASONS = [(each.value, say_lazy(each)) for each in ClosureReason]
CONFIRMED = [(each.value, say_lazy(each)) for each in Confirmed]
NEED_ENDS = [
    (NeedEnd.OPEN, gettext_lazy("Still open")),
    (NeedEnd.MET, gettext_lazy("Help came")),
    (NeedEnd.ELSEWHERE, gettext_lazy("Somebody else helps now")),
    (NeedEnd.NOT_WANTED, gettext_lazy("The person does not want it")),
]
CLOSED_MEANWHILE = gettext_lazy(
    "This case was closed in the meantime. What you typed stands below and is not kept yet."
)
ASKED_MEANWHILE = gettext_lazy(
    "Somebody asked to close this case in the meantime. What you typed stands below and is not kept yet."
)
OWN_WISH_WAITS = gettext_lazy(
    "You asked to close this case before, and a second person has not answered yet. What you typed"
    " stands below and is not kept yet."
)
TAKEN_BACK_MEANWHILE = gettext_lazy(
    "This was taken back in the meantime. What you typed stands below and is not kept: copy it if you need it."
)
ACCEPTED_ALREADY = gettext_lazy("This was accepted already. You cannot open the case.")
WITH_ANOTHER_TEAM = gettext_lazy("A colleague accepted this before you, for another team. The case is with them.")
NOTHING_PLANNED = gettext_lazy("Nothing is planned")
CHANGED = gettext_lazy("A colleague wrote here at the same time. Look again before you keep it.")


def refusal(code: str) -> str:
    """Say why something was not kept."""
    try:
        return say(code)
    except KeyError:
        return _("This cannot be kept as things stand now.")


def closing_refusal(code: str) -> str:
    """Say why a case was not closed; what was not confirmed is named."""
    if code in set(Confirmed):
        return _("Confirm this first: %(what)s.") % {"what": say(code)}
    return refusal(code)


def accepted_by(who: str) -> str:
    """Say that a colleague accepted before."""
    return _("%(who)s accepted this before you.") % {"who": who}


def verb(code: str) -> str:
    """Say what an act was."""
    if code.startswith(REFERRAL_VERB):
        done = referral_labels.DONE.get(code.removeprefix(REFERRAL_VERB))
        return f"{_('Referral')}: {done}" if done else _("changed a referral")
    return str(VERBS.get(code, code.replace("_", " ")))


def doer_without_account(code: str) -> str:
    """Say who did an act that no worker here did: the clock, a partner house, or by a link."""
    if code in OF_PARTNERS:
        return str(A_PARTNER)
    by_clock = code.removeprefix(REFERRAL_VERB) in (Verb.LAPSE, Verb.YES_ENDS, *OF_CLOCK)
    return str(THE_CLOCK if by_clock else SOMEBODY_BY_LINK)


def field(name: str) -> str:
    """Say a field that can be told."""
    return referral_labels.field(name)


def service_name(service: UUID) -> str:
    """Give the name of a service of the directory, empty when it is gone."""
    return referral_labels.service_name(service)


def date_in_words(day: date) -> str:
    """Write a date as people say it."""
    return formats.date_format(day, "j F Y")


def written_day(day: str) -> str:
    """Say a day as it is kept in a sealed value; empty stays empty."""
    return date_in_words(date.fromisoformat(day)) if day else ""


def from_to(first: datetime, last: datetime) -> str:
    """Say from when to when something was done on a day; one time when both are the same."""
    times = [formats.time_format(timezone.localtime(each), "H:i") for each in (first, last)]
    return "-".join(dict.fromkeys(times))


def begun_in(month: date) -> str:
    """Say in which month a record was begun."""
    # A page of a list says fifty months; to read a format anew for each takes five times as long.
    return _("since %(month)s") % {"month": f"{MONTHS[month.month]} {month.year:04}"}


def due_of(kind: Kind, sheet: Mapping[str, Any], *, today: date) -> str:
    """Say what is due by a day: of a case by its sheet, of a person that nobody was reached.

    A sheet from before plans were counted says nothing; then only follow-ups were due.
    """
    if kind is Kind.PERSON:
        return str(NOBODY_REACHED)
    if "due" not in sheet:
        return str(DUE[DueKind.FOLLOW_UP])
    days: Mapping[str, str] = sheet["due"]
    due = [DUE[DueKind(name)] for name, day in days.items() if day <= str(today)]
    return ", ".join(map(str, due or [CLOSING_ASKED]))


def day_in_words(day: date, *, today: date) -> str:
    """Say a day the way people do: today, tomorrow, yesterday, in 3 days, or its date."""
    days = (day - today).days
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}
    if days in near:
        return near[days]
    if 1 < days < 7:
        return ngettext("In %(days)d day", "In %(days)d days", days) % {"days": days}
    if -7 < days < -1:
        return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}
    return formats.date_format(day, "j F Y")


def moment_in_words(moment: datetime) -> str:
    """Say a moment: the time today, else the day and the time."""
    local = timezone.localtime(moment)
    day = clock.local_date(moment)
    time = formats.time_format(local, "H:i")
    if day == clock.today():
        return _("today at %(time)s") % {"time": time}
    return _("%(day)s at %(time)s") % {"day": formats.date_format(day, "j F"), "time": time}
