"""A case's page at the provider: what was told, needs, plan, calendar, notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Permission, Viewer
from suar.cases import actions, calendars, closing, labels, policy, rules
from suar.cases.actions import Begun
from suar.cases.documents import Note
from suar.cases.models import Case
from suar.cases.pages.closing import Wished, wished
from suar.cases.terms import Due, Need, Outcome
from suar.core import clock
from suar.core.refusals import NotYours
from suar.core.urgency import Urgency
from suar.records import queries as records
from suar.records.keyring import OpenRecord
from suar.records.terms import Compartment, Status
from suar.referrals import answering
from suar.referrals import labels as referral_labels
from suar.referrals import pages as referral_pages
from suar.referrals.answering import Received
from suar.referrals.pages import ActChoice
from suar.referrals.pages.parts import RECEIVER_VERBS
from suar.referrals.terms import Actor, Verb


@dataclass(frozen=True, slots=True)
class CaseNeed:
    """A need of a case in words."""

    words: str
    urgency: str
    tone: str


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A follow-up, planned or kept, in words."""

    when: str
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note with its author and time."""

    when: str
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The referral a case came from: where it stands, what was told, what can be done.

    `closed` says in words why nothing of it opens; empty otherwise. One that goes on can still
    be told of. `until` says how long what was told stays open.
    """

    state_words: str
    told: Sequence[dict]
    closed: str
    goes_on: bool
    until: str
    may_confirm_arrival: bool
    acts: Sequence[ActChoice]


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case's page at the provider."""

    record: OpenRecord
    code: str
    called: str
    own_name: str
    asked: Asked | None
    needs: Sequence[CaseNeed]
    plan: Mapping
    plan_lines: Sequence[str]
    review_on: str
    plan_version: int
    dues: Sequence[Due]
    next_words: str
    calendar: Sequence[CalendarLine]
    notes: Sequence[NoteLine]
    sees_readers: bool
    wished: Wished | None
    is_closed: bool
    may_close: bool


def case(record: OpenRecord, viewer: Viewer, *, keys: Keys, now: datetime) -> CasePage:
    """Put together the page of a case; what was told is read from the packet, never copied."""
    referral, today = referral_of(record.id), clock.local_date(now)
    got = answering.receive(referral, viewer=viewer, keys=keys, at=now) if referral else None
    dues, outcomes = calendars.read(record)
    plan = record.read(Compartment.NARRATIVE, actions.PLAN) or {}
    own = (record.read(Compartment.IDENTITY, actions.PERSON) or {}).get("name", "")
    ending = closing.ended(record) or closing.waiting(record)
    return CasePage(
        record=record,
        code=actions.code_of(record),
        called=own or ((got.told or {}).get("called_name", "") if got else ""),
        own_name=own,
        asked=_asked(got) if got else None,
        needs=_needs(got) if got else (),
        plan=plan,
        plan_lines=_step_lines(plan),
        review_on=labels.written_day(plan.get("review_on", "")),
        plan_version=record.version(Compartment.NARRATIVE, actions.PLAN),
        dues=dues,
        next_words=_next_words(dues, today),
        calendar=_calendar(dues, outcomes, today),
        notes=_notes(record),
        sees_readers=viewer.may(Permission.SEE_READERS),
        wished=wished(record, viewer, ending) if ending else None,
        is_closed=record.facts.status is Status.CLOSED,
        may_close=bool(policy.may_ask_closing(viewer, record.facts)),
    )


def referral_of(record: UUID) -> UUID | None:
    """Give the referral a case came from."""
    return Case.objects.filter(record=record).values_list("referral", flat=True).first()


def accepted_by(worker: UUID) -> str:
    """Say that a colleague accepted a referral before."""
    return labels.accepted_by(accounts.shown_names([worker]).get(worker, ""))


def accepted_already(there: Begun, viewer: Viewer) -> str:
    """Say to whom a case stays closed that it was accepted; of another team only where it is so.

    A case that is kept to those who are named tells nothing of itself, nor does one that is gone.
    """
    try:
        facts = records.facts(there.record)
    except NotYours:
        return str(labels.ACCEPTED_ALREADY)
    elsewhere = facts.team not in viewer.teams and not facts.restricted
    by_colleague = there.by != viewer.worker
    return str(labels.WITH_ANOTHER_TEAM if elsewhere and by_colleague else labels.ACCEPTED_ALREADY)


def steps_of(record: OpenRecord) -> list[dict]:
    """Give the steps of the plan as they are kept."""
    return (record.read(Compartment.NARRATIVE, actions.PLAN) or {}).get("steps", [])


def plan_rows(plan: Mapping) -> list[dict]:
    """Say a plan as questions and answers, for showing a colleague's beside one's own."""
    return [
        {"question": labels.PLAN_GOAL, "answer": plan.get("goal", "")},
        {"question": labels.PLAN_STEPS, "answer": "\n".join(_step_lines(plan))},
        {"question": labels.PLAN_REVIEW, "answer": labels.written_day(plan.get("review_on", ""))},
    ]


def _step_lines(plan: Mapping) -> list[str]:
    """Say each step: what, who, by when."""
    return [
        " · ".join(
            filter(
                None,
                (
                    step["what"],
                    step["who"],
                    labels.written_day(step["by"]),
                    str(labels.STEP_DONE) if step.get("done") else "",
                ),
            )
        )
        for step in plan.get("steps", [])
    ]


def _asked(got: Received) -> Asked:
    shown = referral_pages.item(got, Actor.RECEIVER)
    acts = [each for each in shown.acts if each.verb in RECEIVER_VERBS - {Verb.START}]
    return Asked(
        shown.state_words,
        shown.told_rows,
        shown.closed,
        shown.goes_on,
        shown.until,
        any(each.verb == Verb.START for each in shown.acts),
        acts,
    )


def told_needs(record: UUID, viewer: Viewer, *, keys: Keys, at: datetime) -> tuple[Need, ...]:
    """Give the needs that a case was told, from the packet; none once it is closed."""
    referral = referral_of(record)
    return _told(answering.receive(referral, viewer=viewer, keys=keys, at=at)) if referral else ()


def _told(got: Received) -> tuple[Need, ...]:
    return rules.first_needs((each["service_type"], Urgency(each["urgency"])) for each in got.preview.get("needs", []))


def _needs(got: Received) -> list[CaseNeed]:
    """Say the needs that were told, most urgent first; none once the packet is closed."""
    return [
        CaseNeed(
            referral_labels.service_type(need.service_type),
            referral_labels.say(need.urgency),
            referral_labels.TONES.get(need.urgency, ""),
        )
        for need in _told(got)
    ]


def _next_words(dues: Sequence[Due], today: date) -> str:
    if not dues:
        return str(labels.NOTHING_PLANNED)
    return f"{labels.say(dues[0].code)}: {labels.day_in_words(dues[0].due_on, today=today)}"


def _calendar(dues: Sequence[Due], outcomes: Sequence[Outcome], today: date) -> list[CalendarLine]:
    kept = [
        CalendarLine(
            labels.date_in_words(each.on),
            ": ".join(filter(None, (labels.say(each.code), labels.say(each.result), each.reason))),
            "done",
        )
        for each in outcomes
    ]
    planned = [
        CalendarLine(
            labels.date_in_words(each.due_on),
            labels.say(each.code),
            "wait" if each.due_on <= today else "planned",
        )
        for each in dues
    ]
    return [*kept, *planned]


def _notes(record: OpenRecord) -> list[NoteLine]:
    """Give the notes, newest first."""
    notes = sorted(record.get_all(Note).values(), key=lambda note: note.at, reverse=True)
    authors = accounts.shown_names(note.by for note in notes)
    return [NoteLine(labels.moment_in_words(note.at), authors.get(note.by, ""), note.text) for note in notes]
