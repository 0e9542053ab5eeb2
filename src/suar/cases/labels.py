"""Words for the codes that pages of case work show."""

from datetime import date, datetime
from uuid import UUID

from django.utils import formats, timezone
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from suar.cases import rules
from suar.cases.terms import Result
from suar.kernel import clock
from suar.referral import labels as referral_labels

NO_NAME = gettext_lazy("No name kept")
SOMEBODY_BY_LINK = gettext_lazy("Somebody with the link")

VERBS = {
    "open": gettext_lazy("opened the record"),
    "new_person": gettext_lazy("made the record"),
    "new_case": gettext_lazy("made the case"),
    "open_case": gettext_lazy("opened the case"),
    "give_consent": gettext_lazy("wrote down a yes"),
    "withdraw_consent": gettext_lazy("took a yes back for the person"),
    "send_referral": gettext_lazy("sent a referral"),
    "follow_up": gettext_lazy("kept a follow-up"),
    "keep_plan": gettext_lazy("changed the plan"),
    "add_note": gettext_lazy("wrote a note"),
    "close_case": gettext_lazy("closed the case"),
    "conclude_talk": gettext_lazy("ended a talk"),
    "hand_to": gettext_lazy("gave the record to a colleague"),
}


def say(code: str) -> str:
    """Say a code of case work in the language of the page."""
    found = rules.words(code)
    return found.get(language()) or found["en"]


def language() -> str:
    """Give the language of the page as data files know it."""
    return "id" if (get_language() or "en").startswith("id") else "en"


say_lazy = lazy(say, str)
RESULTS = [(each.value, say_lazy(each)) for each in Result]
NOTHING_PLANNED = gettext_lazy("Nothing is planned")
DATES_WRONG = gettext_lazy("Write each day as 2026-12-31, with a blank between.")


def refusal(code: str) -> str:
    """Say why something was not kept."""
    try:
        return say(code)
    except KeyError:
        return _("This cannot be kept as things stand now.")


def verb(code: str) -> str:
    """Say what an act was."""
    if code.startswith("referral_"):
        return _("answered or changed a referral")
    return str(VERBS.get(code, code.replace("_", " ")))


def field(name: str) -> str:
    """Say a field that can be told."""
    return referral_labels.field(name)


def service_name(service: UUID) -> str:
    """Give the name of a service of the directory, empty when it is gone."""
    return referral_labels.service_name(service)


def date_in_words(day: date) -> str:
    """Write a date as people say it."""
    return formats.date_format(day, "j F Y")


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
