"""What the pages of case work show, put together once, so that templates only print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Permission, Viewer
from suar.audit import queries as audit
from suar.cases import calendars, labels
from suar.cases.models import Case
from suar.cases.terms import Due, Outcome
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.queries import Given
from suar.consent.terms import Opening
from suar.kernel import clock
from suar.referral import answering, telling
from suar.referral import labels as referral_labels
from suar.referral import pages as referral_pages
from suar.referral import queries as referrals
from suar.referral.pages import Line, NeedLine, SentLine
from suar.referral.queries import SentOne
from suar.referral.terms import State, Urgency
from suar.screening import pages as talk_pages
from suar.screening import queries as talks
from suar.vault import queries as vault
from suar.vault.keyring import OpenRecord
from suar.vault.queries import Listed
from suar.vault.terms import Compartment


@dataclass(frozen=True, slots=True)
class DueLine:
    """A record on which something is due: its name and when, in words."""

    id: UUID
    name: str
    due: date
    when: str
    late: bool


@dataclass(frozen=True, slots=True)
class Day:
    """My day: what is due, what came in, what was sent, which talks are open."""

    due: Sequence[DueLine]
    inbox: Sequence[Line]
    sent: Sequence[Line]
    talks: Sequence[talks.OpenTalk]
    people: Sequence[Listed]
    may_talk: bool
    may_answer: bool


def day(viewer: Viewer, *, keys: Keys, now: datetime) -> Day:
    """Put together a worker's day."""
    today = clock.local_date(now)
    may_talk, may_answer = (
        viewer.may(each) for each in (Permission.RUN_TALK, Permission.ANSWER_REFERRAL)
    )
    sees_records = viewer.may(Permission.SEE_RECORD)
    return Day(
        due=due_lines(viewer, keys=keys, today=today) if sees_records else (),
        inbox=referral_pages.lines(referrals.waiting(viewer)) if may_answer else (),
        sent=referral_pages.lines(referrals.sent_by(viewer)) if may_talk else (),
        talks=talks.open_talks(viewer) if may_talk else (),
        people=newest(viewer, keys=keys) if sees_records else (),
        may_talk=may_talk,
        may_answer=may_answer,
    )


def due_lines(viewer: Viewer, *, keys: Keys, today: date, most: int = 50) -> list[DueLine]:
    """List what is due today or was due before, soonest first."""
    rows = vault.listed(list(vault.due_by(viewer, today)[:most]), keys=keys)
    return [
        DueLine(
            row.id,
            row.sheet["name"],
            row.next_due,
            labels.day_in_words(row.next_due, today=today),
            row.next_due < today,
        )
        for row in rows
        if row.next_due
    ]


def newest(viewer: Viewer, *, keys: Keys, most: int = 10) -> list[Listed]:
    """List some records the viewer works with."""
    return vault.page(vault.visible(viewer, *vault.PEOPLE), keys=keys, most=most)[0]


@dataclass(frozen=True, slots=True)
class Reader:
    """One act about a record: who did what, when."""

    at: datetime
    who: str
    what: str


def readers(record: UUID) -> list[Reader]:
    """List who opened or changed a record, newest first, in words."""
    acts = audit.acts_about(record)
    names = accounts.shown_names(act.by for act in acts)
    return [
        Reader(act.at, names.get(act.by, labels.SOMEBODY_BY_LINK), labels.verb(act.verb))
        for act in acts
    ]


@dataclass(frozen=True, slots=True)
class FindingLine:
    """What a talk found, as the action it asks for."""

    when: datetime
    outcome: str
    reason: str
    second_reading: bool


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent in words: who, what, until when; who already read; what a withdrawal does."""

    id: UUID
    recipient: str
    fields: Sequence[str]
    ends_on: date
    withdrawn_at: datetime | None
    is_open: bool
    warning: Sequence[str]


@dataclass(frozen=True, slots=True)
class Person:
    """A person's page at the organisation that met them."""

    record: OpenRecord
    name: str
    contact: dict
    do_not: str
    findings: Sequence[FindingLine]
    needs: Sequence[NeedLine]
    consents: Sequence[ConsentLine]
    sent: Sequence[SentLine]
    sees_readers: bool


def person(record: OpenRecord, viewer: Viewer) -> Person:
    """Put together the page of a person."""
    sent = referrals.sent_for(record)
    called = record.read(Compartment.IDENTITY, "person") or {}
    return Person(
        record=record,
        name=called.get("name") or str(labels.NO_NAME),
        contact=record.read(Compartment.WHEREABOUTS, "contact") or {},
        do_not=(record.read(Compartment.NARRATIVE, "do_not") or {}).get("text", ""),
        findings=[_finding(each) for each in talks.findings(record)],
        needs=[referral_pages.need_line(each, sent) for each in telling.needs_of(record)],
        consents=[_consent_line(each, sent) for each in consents.of_record(record)],
        sent=referral_pages.sent_lines(sent),
        sees_readers=viewer.may(Permission.SEE_READERS),
    )


def consent_line(record: OpenRecord, consent: UUID) -> ConsentLine:
    """Put together one consent of a person, for the page that takes it back."""
    return _consent_line(consents.one(record, consent), referrals.sent_for(record))


def _finding(found: talks.Finding) -> FindingLine:
    reason = found.reason.get("words") or talk_pages.reason_words(found.reason.get("code", ""))
    return FindingLine(
        found.at, talk_pages.outcome_words(found.outcome), reason, found.second_reading
    )


def _consent_line(given: Given, sent: Sequence[SentOne]) -> ConsentLine:
    mine = [each for each in sent if each.consent == given.id]
    names = accounts.shown_names(each.opened_by for each in mine)
    readings = [
        Opening(
            names.get(each.opened_by) or str(labels.SOMEBODY_BY_LINK),
            clock.local_date(each.opened_at),
        )
        for each in mine
        if each.opened_at
    ]
    return ConsentLine(
        given.id,
        mine[0].service_name if mine else labels.service_name(given.facts.recipient),
        [labels.field(name) for name in given.content["fields"]],
        given.facts.ends_on,
        given.withdrawn_at,
        given.withdrawn_at is None and given.facts.ends_at > clock.now(),
        consent_rules.withdrawal(readings, language=labels.language()),
    )


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
class CasePage:
    """A case's page at the provider: what was told, needs, plan, calendar, notes."""

    record: OpenRecord
    code: str
    called: str
    told: Sequence[dict]
    withdrawn: bool
    may_confirm_arrival: bool
    needs: Sequence[CaseNeed]
    plan: dict
    plan_version: int
    dues: Sequence[Due]
    next_words: str
    calendar: Sequence[CalendarLine]
    notes: Sequence[NoteLine]
    sees_readers: bool


def case(record: OpenRecord, viewer: Viewer, *, keys: Keys, now: datetime) -> CasePage:
    """Put together the page of a case; what was told is read from the packet, never copied."""
    referral = referral_of(record.id)
    got = answering.receive(referral, viewer=viewer, keys=keys, at=now) if referral else None
    dues, outcomes = calendars.read(record)
    today = clock.local_date(now)
    told = (got.told or {}) if got else {}
    needs = (record.read(Compartment.CODED, "needs") or {"list": []})["list"]
    return CasePage(
        record=record,
        code=vault.sheets([record.id], keys=keys).get(record.id, {}).get("name", ""),
        called=told.get("called_name", ""),
        told=referral_pages.rows(told),
        withdrawn=got is not None and got.withdrawn,
        may_confirm_arrival=got is not None and got.state is State.ACCEPTED and not got.withdrawn,
        needs=[_case_need(each) for each in needs],
        plan=record.read(Compartment.NARRATIVE, "plan") or {},
        plan_version=record.version(Compartment.NARRATIVE, "plan"),
        dues=dues,
        next_words=_next_words(dues, today),
        calendar=_calendar(dues, outcomes, today),
        notes=_notes(record),
        sees_readers=viewer.may(Permission.SEE_READERS),
    )


def referral_of(record: UUID) -> UUID | None:
    """Give the referral a case came from."""
    return Case.objects.filter(record=record).values_list("referral", flat=True).first()


@dataclass(frozen=True, slots=True)
class Team:
    """A lead's page: the clocks of what the team sent, and its open records."""

    sent: Sequence[Line]
    people: Sequence[Listed]
    further: UUID | None


def team(viewer: Viewer, *, keys: Keys, after: UUID | None = None) -> Team:
    """Put together the page of the teams that a viewer leads."""
    rows = vault.visible(viewer, *vault.PEOPLE).filter(team__in=viewer.leads)
    people, further = vault.page(rows, keys=keys, after=after)
    return Team(referral_pages.lines(referrals.team_clocks(viewer.leads)), people, further)


def _case_need(need: dict) -> CaseNeed:
    urgency = Urgency(need["urgency"])
    return CaseNeed(
        referral_labels.service_type(need["service_type"]),
        referral_labels.say(urgency),
        referral_labels.TONES.get(urgency, ""),
    )


def _next_words(dues: Sequence[Due], today: date) -> str:
    if not dues:
        return str(labels.NOTHING_PLANNED)
    return f"{labels.say(dues[0].code)}: {labels.day_in_words(dues[0].due_on, today=today)}"


def _calendar(dues: Sequence[Due], outcomes: Sequence[Outcome], today: date) -> list[CalendarLine]:
    kept = [
        CalendarLine(
            labels.date_in_words(each.on),
            f"{labels.say(each.code)}: {labels.say(each.result)}",
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
    kept = (record.read(Compartment.NARRATIVE, "notes") or {"list": []})["list"]
    names = accounts.shown_names(UUID(each["by"]) for each in kept)
    return [
        NoteLine(
            labels.moment_in_words(datetime.fromisoformat(each["at"])),
            names.get(UUID(each["by"]), ""),
            each["text"],
        )
        for each in kept
    ]
