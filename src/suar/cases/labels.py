"""Texts about cases that are put together in Python; codes have their labels in `codes`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from suar.cases import codes
from suar.cases.documents import CaseCode
from suar.cases.documents.history import EpisodeFacts
from suar.cases.documents.plan import Ratings
from suar.cases.rules import Due
from suar.cases.rules.dates import PartialDate
from suar.consent.documents import Person
from suar.core import clock
from suar.core.codes import CodeList
from suar.core.files.sheets import SheetRefused
from suar.core.i18n import format_day, format_month, localize
from suar.core.ids import short_code
from suar.core.refusals import Refused
from suar.records.keyring import OpenRecord
from suar.records.queries import ListedRecord
from suar.records.terms import TASK_PRIORITY, Kind
from suar.referrals import messages as referrals
from suar.screening.queries import entry_in_words

CLOSING_ASKED = gettext_lazy("Closing waits for a second person")
NOBODY_REACHED = gettext_lazy("Nobody reached yet")
NEXT_STEP = gettext_lazy("Next step")
CONSENT_WITHDRAWN = gettext_lazy("Consent withdrawn: see what remains")
READ_SHARED = gettext_lazy("read what was shared")
SAW_REQUEST = gettext_lazy("saw the request, without a name")
PARTNER_VERBS = ("answer_for_partner", "close_partner_reading")
JOB_VERBS = ("forget", "end_partner_reading", "referral_lapse", "referral_yes_ends")
KIND_OF_VERB = {verb: kind.code for kind in codes.ACTIVITY_KINDS.members for verb in kind["verbs"]}
"""The kind of an act by its verb, or by its first word as in `referral_*`."""


def refusal(code: str) -> str:
    """Return the reason for a refusal in words."""
    if code in codes.CONFIRMATIONS:
        return _("Confirm this first: %(what)s.") % {"what": codes.CONFIRMATIONS.label(code)}
    for listed in (codes.REFUSALS, codes.PLAN_FIELDS, codes.CLOSURE_BARS, codes.FILE_REFUSALS, codes.RETENTION_STOPS):
        if code in listed:
            return listed.label(code)
    return _("This cannot be saved now.")


def sheet_refusal(refused: Refused) -> str:
    """Return the reason why a spreadsheet cannot be read or taken, with the row if there is one."""
    if not isinstance(refused, SheetRefused):
        return refusal(refused.because)
    text = codes.SHEET_REFUSALS.label(refused.because)
    return _("Row %(row)s: %(problem)s") % {"row": refused.row, "problem": text} if refused.row else text


def activity(verb: str) -> str:
    """Return the label of an act, in the words of a lead."""
    if verb.startswith("referral_"):
        message = referrals.act_message(verb.removeprefix("referral_"))
        return f"{_('Referral')}: {message}" if message else _("changed a referral")
    return codes.ACTIVITIES.label(verb) if verb in codes.ACTIVITIES else verb.replace("_", " ")


def activity_kind(verb: str) -> str:
    """Return the kind of an act, in the words of a privacy officer; an unknown one is something else."""
    family = f"{verb.partition('_')[0]}_*"
    return codes.ACTIVITY_KINDS.label(KIND_OF_VERB.get(verb) or KIND_OF_VERB.get(family, "other"))


def actor_without_account(verb: str) -> str:
    """Return the actor of an act that no worker here did: a job, a partner, or somebody with a link."""
    if verb in PARTNER_VERBS:
        return _("A partner organisation")
    return _("Scheduled task") if verb in JOB_VERBS else _("A person with the link")


def due_text(record: ListedRecord, *, today: date) -> str:
    """Return the label of due work: for a case from its index entry, for a person "nobody reached" or the agreed step.

    An entry from before plans were counted has no list; then only follow-ups were due.
    """
    due = [due_label(record, code) for code in due_codes(record, today=today)]
    if record.kind == Kind.PERSON:
        step = entry_in_words(record.entry)[1] or str(NEXT_STEP)
        agreed = [step] if "" < record.entry.get("step_day", "") <= str(today) else []
        return ", ".join([*agreed, *due] or [step]) if record.priority == TASK_PRIORITY else str(NOBODY_REACHED)
    if "due" not in record.entry:
        return codes.DUES.label("follow_up")
    return ", ".join(due or [str(CLOSING_ASKED)])


def due_codes(record: ListedRecord, *, today: date) -> list[str]:
    """Return the codes of what is due on a day by the index entry."""
    return [code for code, day in record.entry.get("due", {}).items() if day <= str(today)]


def due_label(record: ListedRecord, code: str) -> str:
    """Return what is due by its code; a task by its kind."""
    return codes.TASK_KINDS.label(record.entry["task"]) if code == "task" else codes.DUES.label(code)


def next_kind(record: ListedRecord) -> str:
    """Return the kind of the next step for a person or a case: the task, or else what is due first."""
    if record.next_due is None:
        return _("Nothing planned")
    due = record.entry.get("due", {})
    first = next((code for code, day in due.items() if day == str(record.next_due)), "")
    is_step = record.entry.get("step_day") == str(record.next_due)
    if first == "" or is_step or (record.priority != TASK_PRIORITY and record.kind == Kind.PERSON):
        return due_text(record, today=record.next_due)
    return due_label(record, first)


def last_contact(record: ListedRecord) -> str:
    """Return when the person was last reached; of an older entry, since when the record exists."""
    if "last" not in record.entry:
        return _("since %(month)s") % {"month": format_month(record.opened_month)}
    return _("Last contact %(day)s") % {"day": format_day(date.fromisoformat(record.entry["last"]))}


def name_of_entry(record: UUID, kind: Kind, entry: Mapping[str, Any] | None) -> str:
    """Return a person or a case by the name of its index entry with its number; by its number without an entry."""
    number = short_code(record) if kind is Kind.PERSON else ""
    return " · ".join(filter(None, (entry["name"] if entry else "", number)))


def record_code(record: ListedRecord) -> str:
    """Return the short code of a person or a case, never the name."""
    return str(record.number or record.entry["name"])


def partial_date(when: PartialDate | None) -> str:
    """Return a date as the person remembers it: 2024, May 2024, 17 May 2024, perhaps with about; empty for None."""
    if when is None:
        return ""
    text = format_day(when.first) if when.day else format_month(when.first) if when.month else str(when.year)
    return _("about %(date)s") % {"date": text} if when.about else text


def time_in_words(start: PartialDate | None, end: PartialDate | None) -> str:
    """Return the beginning and end of something in words, as far as they are known."""
    if start and end and start != end:
        return _("%(start)s to %(end)s") % {"start": partial_date(start), "end": partial_date(end)}
    if start and not end:
        return _("since %(month)s") % {"month": partial_date(start)}
    if end and not start:
        return _("until %(date)s") % {"date": partial_date(end)}
    return partial_date(start) or _("Date not known")


def codes_in_words(listed: CodeList, chosen: Iterable[str]) -> str:
    """Return the labels of several codes in one line."""
    return ", ".join(map(listed.label, chosen))


def country_choices() -> list[tuple[str, str]]:
    """Return the countries by name, the one of this installation and the sea first."""
    first = [settings.SUAR_COUNTRY, "SEA"]
    others = sorted((country.label, country.code) for country in codes.COUNTRIES.members if country.code not in first)
    return [(code, codes.COUNTRIES.label(code)) for code in (*first, *(code for _label, code in others))]


def place_in_words(facts: EpisodeFacts) -> str:
    """Return the place of an episode, and the kind of work."""
    country = codes.COUNTRIES.label(facts.country) if facts.country else ""
    sector = codes.SECTORS.label(facts.sector) if facts.sector else ""
    return " · ".join(filter(None, (", ".join(filter(None, (facts.place, country))), sector)))


def responses_to(reasons: Iterable[str]) -> str:
    """Return the advice for some reasons, in one line."""
    known = (codes.DECLINE_REASONS[code] for code in reasons if code in codes.DECLINE_REASONS)
    return " ".join(localize(reason["response"]) for reason in known)


def near_day(day: date, *, today: date | None = None) -> str:
    """Return a day the way people say it: today, tomorrow, yesterday, in 3 days, or its date."""
    days = (day - (today or clock.today())).days
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}
    if days in near:
        return near[days]
    if 1 < days < 7:
        return ngettext("In %(days)d day", "In %(days)d days", days) % {"days": days}
    if -7 < days < -1:
        return ngettext("%(days)d day ago", "%(days)d days ago", -days) % {"days": -days}
    return format_day(day)


def follow_up_on(due: Due) -> str:
    """Return a follow-up with its day."""
    return f"{codes.FOLLOW_UPS.label(due.code)}, {format_day(due.due_on)}"


def long_ago(day: date, *, today: date | None = None) -> str:
    """Return how long ago a day was: in days, weeks, months or years, the largest that fits."""
    days = ((today or clock.today()) - day).days
    if days < 2:
        return near_day(day, today=today)
    if days < 14:
        return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    if days < 60:
        return ngettext("%(n)d week ago", "%(n)d weeks ago", days // 7) % {"n": days // 7}
    if days < 730:
        return ngettext("%(n)d month ago", "%(n)d months ago", days // 30) % {"n": days // 30}
    return ngettext("%(n)d year ago", "%(n)d years ago", days // 365) % {"n": days // 365}


def time_span(times: Sequence[datetime]) -> str:
    """Return the first and the last of times of one day, which come newest first."""
    ends = [formats.time_format(timezone.localtime(time), "H:i") for time in (times[-1], times[0])]
    return "-".join(dict.fromkeys(ends))


def rating_lines(ratings: Ratings) -> list[tuple[str, str, str]]:
    """Return a review by domain: its label, the person's rating and the worker's."""
    return [
        (domain.label, ratings.person.get(domain.code, ""), ratings.worker.get(domain.code, ""))
        for domain in codes.DOMAINS.members
        if domain.code in ratings.domains
    ]


def record_heading(record: OpenRecord) -> dict[str, Any]:
    """Return the context of a record's pages: its id and kind, and the name and the code of the person."""
    names, case_code = (record.get(Person) or Person()).names, record.get(CaseCode)
    whose = {"name": next(iter(names), ""), "number": case_code.code if case_code else short_code(record.id)}
    return {"record": record.id, "kind": record.facts.kind, "whose": whose}
