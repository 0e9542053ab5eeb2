"""The timeline of a person or a case: one list of what happened, newest first, from the documents of its record."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from suar.cases import calendars, closing, codes, ecomap, labels
from suar.cases.attachments import list_attachments
from suar.cases.documents import ENDINGS, Note, NoteVersion
from suar.cases.documents.follow_ups import Attempt
from suar.cases.documents.history import EncounterWords
from suar.cases.documents.papers import SavedArchive, SummaryLeft
from suar.cases.documents.parts import Recorded
from suar.cases.documents.plan import DomainReview, GivenSupport, Plan, PlanAgreement, SafetyPlan, ServiceReceived
from suar.cases.encounters import label_of, list_encounters
from suar.cases.episodes import list_episodes
from suar.cases.fields_in_words import FIELD_LABELS, label_in_words
from suar.cases.handover import list_handovers
from suar.cases.offers import list_offers
from suar.cases.rules import REACHED, Outcome
from suar.cases.rules.offers import TAKEN
from suar.consent.documents import LifeAct, LifeStatus, Tasks
from suar.consent.facts import list_changes
from suar.consent.queries import GivenConsent
from suar.core import clock
from suar.core.i18n import format_day
from suar.directory.labels import service_type_name
from suar.records.keyring import OpenRecord
from suar.referrals import messages
from suar.referrals.codes import REASONS
from suar.referrals.receiving import Referral
from suar.referrals.rules import CLOSED_STATES, HELPED, SENDING

UNSUCCESSFUL = CLOSED_STATES - HELPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `kind` is a code of codes/timeline_kinds.json; `finding` is the context of a talk.

    A note has a `key`, its `former` wordings, and the reason if it was `struck` out. `when` are the dates of an
    episode in words; it stands at its beginning.
    """

    at: datetime
    kind: str
    title: str
    text: str = ""
    by: UUID | None = None
    mark: str = "done"
    key: str = ""
    former: tuple[NoteVersion, ...] = ()
    struck: str = ""
    finding: Mapping[str, Any] | None = None
    when: str = ""


def list_events(
    record: OpenRecord,
    *,
    sent: Iterable[Referral],
    consents: Iterable[Mapping[str, Any]],
    findings: Iterable[Mapping[str, Any]] = (),
) -> list[Event]:
    """Return all events of a record; `consents` and `findings` are the contexts that pages print."""
    events = [event for source in SOURCES for event in source(record)]
    return [*events, *_referrals(sent), *_consents(consents), *_talks(findings)]


def _referrals(sent: Iterable[Referral]) -> Iterator[Event]:
    """Yield the acts of referrals that were sent for the person."""
    for referral in sent:
        for act in referral.history:
            if act.verb != "ready":
                yield Event(
                    at=act.at,
                    kind="referral",
                    title=messages.act_message(act.verb),
                    text="\n".join(filter(None, (referral.document.service_name, REASONS.label(act.reason)))),
                    by=act.by if act.actor in SENDING else None,
                    mark="declined" if act == referral.history[-1] and referral.state in UNSUCCESSFUL else "done",
                )


def _consents(consents: Iterable[Mapping[str, Any]]) -> Iterator[Event]:
    """Yield when consents were given and withdrawn, from their context with the name of each recipient."""
    for row in consents:
        consent: GivenConsent = row["consent"]
        who, title = row["recipient"], _("Consent given")
        yield Event(at=consent.facts.given_at, kind="consent", title=title, text=who, by=consent.document.by)
        if consent.withdrawn_at:
            text, by = "\n".join(filter(None, (who, consent.withdrawal_reason))), consent.withdrawn_by
            title = _("Consent withdrawn")
            yield Event(at=consent.withdrawn_at, kind="consent", title=title, text=text, by=by, mark="declined")


def _talks(findings: Iterable[Mapping[str, Any]]) -> Iterator[Event]:
    """Yield the talks of the person, from the context of each finding."""
    for finding in findings:
        title, reason = str(finding["outcome"]), finding["reason"]
        yield Event(at=finding["at"], kind="talk", title=title, text=reason, by=finding["by"], finding=finding)


def newest_first(events: Iterable[Event], *, kind: str = "") -> list[Event]:
    """Return the events of one kind, or all, newest first."""
    return sorted((event for event in events if kind in ("", event.kind)), key=lambda event: event.at, reverse=True)


def workers_in(events: Collection[Event]) -> set[UUID]:
    """Return the workers who did the events of a page."""
    return {event.by for event in events if event.by} | {version.by for event in events for version in event.former}


def _event(item: Recorded | LifeAct, kind: str, title: str, text: str = "", **fields: Any) -> Event:
    """Return the event of an item at the time when it was recorded; `fields` are other fields, also another time."""
    mark = "declined" if fields.get("struck") else "done"
    return Event(**{"at": item.at, "by": item.by, "kind": kind, "title": title, "text": text, "mark": mark, **fields})


def _notes(record: OpenRecord) -> Iterator[Event]:
    for key, note in record.get_all(Note).items():
        if not note.undone:
            title = codes.CONTACT_KINDS.label(note.way) if note.way else _("Note")
            yield _event(note, "note", title, note.text, key=key, former=note.former, struck=note.struck)


def _episodes(record: OpenRecord) -> Iterator[Event]:
    """Yield the times of exploitation, each at its beginning; one without a date when it was recorded."""
    for episode in list_episodes(record).values():
        facts = episode.facts
        first = facts.start or facts.end
        at = clock.start_of(first.first) if first else episode.at
        title = labels.codes_in_words(codes.EPISODE_FORMS, facts.forms) or _("Exploitation")
        when = labels.time_in_words(facts.start, facts.end)
        yield _event(episode, "episode", title, labels.place_in_words(facts), at=at, when=when)


def _safety_plans(record: OpenRecord) -> Iterator[Event]:
    """Yield when the safety plan was agreed and reviewed; its contents are on its own page."""
    for number, version in enumerate(record.get_or_empty(SafetyPlan).versions):
        title = _("Safety plan reviewed") if number else _("Safety plan made")
        yield _event(version, "safety", title)


def _facts(record: OpenRecord) -> Iterator[Event]:
    """Yield changed facts, grouped by save. Their values are on the page of facts."""
    groups: dict[tuple[datetime, UUID], list[str]] = {}
    for change in list_changes(record):
        changed = groups.setdefault((change.at, change.by), [])
        parts = [part.label for part in codes.FACT_PARTS.members if change.fact in part["facts"]]
        names = [label_in_words(change.fact)] if change.fact in FIELD_LABELS and parts else parts
        changed += [label for label in names if label not in changed]
    for (at, by), changed in groups.items():
        if changed:
            yield Event(at=at, kind="fact", title=_("Changed: %(what)s") % {"what": ", ".join(changed)}, by=by)


def _tasks(record: OpenRecord) -> Iterator[Event]:
    for task in record.get_or_empty(Tasks).entries:
        if task.done_at:
            title = _("Done: %(what)s") % {"what": codes.TASK_KINDS.label(task.kind)}
            yield Event(at=task.done_at, kind="task", title=title, text=task.text, by=task.done_by)


def _family(record: OpenRecord) -> Iterator[Event]:
    for tie in ecomap.list_ties(record).values():
        for state in tie.states:
            text = "\n".join((labels.partial_date(state.on), " · ".join(ecomap.in_words(state))))
            yield _event(state, "family", state.who, text)


def _offers(record: OpenRecord) -> Iterator[Event]:
    """Yield recorded offers, and services that the person declined; referrals have events of their own."""
    for line in list_offers(record, ()):
        offer, outcome = line.offer, codes.OFFER_OUTCOMES.label(line.outcome or "")
        if offer:
            parts = [outcome, *map(codes.DECLINE_REASONS.label, offer.reasons)]
            text = "\n".join(filter(None, ("; ".join(parts), line.words.words if line.words else "")))
            title = _("Offered: %(what)s") % {"what": service_type_name(offer.service_type)}
            mark = "done" if offer.outcome in TAKEN else "declined"
            yield _event(offer, "offer", title, text, at=_during(offer.on, offer.at), mark=mark)
        elif line.service:
            title = _("Offered: %(what)s") % {"what": messages.service_name(line.service)}
            yield Event(at=clock.start_of(line.on), kind="offer", title=title, text=outcome, mark="declined")


def _encounters(record: OpenRecord) -> Iterator[Event]:
    """Yield earlier encounters, each at its day; one without a date when it was recorded."""
    for key, encounter in list_encounters(record).items():
        words = record.get(EncounterWords, key)
        at = clock.start_of(encounter.when.first) if encounter.when else encounter.at
        title, text = label_of("missed", encounter.event), words.behaviour if words else ""
        when = labels.partial_date(encounter.when) or _("Date not known")
        yield _event(encounter, "encounter", title, text, at=at, mark="declined", when=when)


def _follow_ups(record: OpenRecord) -> Iterator[Event]:
    return follow_up_events(calendars.read_calendar(record)[1], calendars.list_attempts(record))


def follow_up_events(outcomes: Iterable[Outcome], attempts: Iterable[Attempt]) -> Iterator[Event]:
    """Yield the outcomes of follow-ups, each with the attempt that led to it, and the other attempts."""
    other_attempts, is_lost = list(attempts), False
    for outcome in outcomes:
        reached = outcome.result in REACHED
        title = f"{codes.FOLLOW_UPS.label(outcome.code)}: {codes.RESULTS.label(outcome.result)}"
        if reached and is_lost:
            title = _("%(what)s, in touch again") % {"what": title}
        is_lost = not reached and (is_lost or outcome.result is codes.Result.NOT_REACHED)
        attempt = next((item for item in other_attempts if _led_to(item, outcome)), None)
        other_attempts = [item for item in other_attempts if item is not attempt]
        yield Event(
            at=attempt.at if attempt else clock.start_of(outcome.on),
            kind="follow_up",
            title=title,
            text="\n".join(filter(None, (_outcome_in_words(outcome), _attempt_in_words(attempt) if attempt else ""))),
            by=attempt.by if attempt else None,
            mark="done" if reached else "declined",
        )
    for item in other_attempts:
        title = _("Contact") if item.answered is codes.Answered.PERSON else _("Tried to reach the person")
        mark = "done" if item.answered is codes.Answered.PERSON else "declined"
        yield _event(item, "follow_up", title, _attempt_in_words(item), mark=mark)


def _led_to(attempt: Attempt, outcome: Outcome) -> bool:
    return (attempt.code, attempt.result, clock.local_date(attempt.at)) == (outcome.code, outcome.result, outcome.on)


def _attempt_in_words(attempt: Attempt) -> str:
    """Return how somebody tried, who answered, whether the person is safe, what they said and what got harder."""
    how = [codes.CONTACT_KINDS.label(attempt.way)]
    how += [codes.ANSWERED.label(attempt.answered)] if attempt.answered is not codes.Answered.PERSON else []
    how += [codes.SAFETY.label(attempt.safe)] if attempt.safe else []
    harder = ", ".join(codes.SETBACKS.label(code) for code in attempt.setbacks)
    setbacks = _("What got harder: %(what)s") % {"what": harder} if harder else ""
    return "\n".join(filter(None, (" · ".join(how), attempt.text, setbacks, attempt.harder)))


def _life(record: OpenRecord) -> Iterator[Event]:
    for item in record.get_or_empty(LifeStatus).entries:
        since = format_day(item.on) if item.on else ""
        text = "\n".join(filter(None, (since, item.words)))
        yield _event(item, "life", codes.LIFE_ACTS.label(item.verb), text, mark="wait")


def _endings(record: OpenRecord) -> Iterator[Event]:
    """Yield acts about the retention of the record, its erasure and legal holds."""
    for kind in ENDINGS:
        for item in record.get_or_empty(kind).entries:
            yield _event(item, "ending", codes.ERASURE_ACTS.label(item.verb), item.words, mark="wait")


def _outcome_in_words(outcome: Outcome) -> str:
    again = _("Again on %(day)s") % {"day": format_day(outcome.again_on)} if outcome.again_on else ""
    return " · ".join(text for text in (again, outcome.reason) if text)


def _attachments(record: OpenRecord) -> Iterator[Event]:
    for attachment in list_attachments(record).values():
        title = _("Document: %(kind)s") % {"kind": codes.ATTACHMENT_KINDS.label(attachment.kind)}
        yield _event(attachment, "document", title, attachment.name, struck=attachment.struck)


def _progress(record: OpenRecord) -> Iterator[Event]:
    for document in record.get_all(DomainReview).values():
        ratings = document.current
        rated = [codes.DOMAINS.label(code) for code in codes.DOMAINS if code in ratings.domains]
        domains = _("All domains") if len(rated) == len(codes.DOMAINS) else ", ".join(rated)
        title = _("Needs and progress rated")
        yield _event(ratings, "progress", title, domains, at=_during(ratings.on, ratings.at))


def _plan(record: OpenRecord) -> Iterator[Event]:
    """Yield the person's answers to the plan, and the steps that are done or no longer needed."""
    for answer in record.get_all(PlanAgreement).values():
        title = _("Plan: %(answer)s") % {"answer": codes.PLAN_ANSWERS.label(answer.answer)}
        mark = "done" if codes.PLAN_ANSWERS[answer.answer]["agrees"] else "declined"
        yield _event(answer, "plan", title, answer.reason, at=_during(answer.on, answer.at), mark=mark)
    for step in record.get_or_empty(Plan).steps:
        if step.changed_at and not step.is_open:
            title = f"{codes.STEP_STATES.label(step.state)}: {step.what}"
            yield Event(at=step.changed_at, kind="plan", title=title, by=step.changed_by)


def _support(record: OpenRecord) -> Iterator[Event]:
    """Yield when services began and ended, and what was given."""
    for service in (document.current for document in record.get_all(ServiceReceived).values()):
        what = service_type_name(service.service_type)
        days = [(service.began_on, _("Service began: %(what)s"))]
        days += [(service.ended_on, _("Service ended: %(what)s"))] if service.ended_on else []
        for day, title in days:
            if day <= clock.today():
                what_happened = title % {"what": what}
                yield _event(service, "service", what_happened, service.provider, at=_during(day, service.at))
    for given in (document.current for document in record.get_all(GivenSupport).values()):
        amount = f"{given.currency} {number_format(given.amount, force_grouping=True)}" if given.amount else ""
        title = _("Given: %(what)s") % {"what": " ".join(filter(None, (amount, given.what)))}
        text = f"{given.purpose} ({codes.RHYTHMS.label(given.rhythm)})"
        yield _event(given, "service", title, text, at=_during(given.given_on, given.at))


def _during(day: date, at: datetime) -> datetime:
    """Return the time at which something was recorded if that was on its day, else the beginning of its day."""
    return at if clock.local_date(at) == day else clock.start_of(day)


def _summaries(record: OpenRecord) -> Iterator[Event]:
    for summary in record.get_all(SummaryLeft).values():
        title = _("Summary left under a code until %(day)s") % {"day": format_day(clock.local_date(summary.ends_at))}
        yield _event(summary, "document", title)
        if summary.taken_back_at:
            title, by = _("Summary taken back"), summary.taken_back_by
            yield Event(at=summary.taken_back_at, kind="document", title=title, by=by)


def _archives(record: OpenRecord) -> Iterator[Event]:
    for saved in record.get_all(SavedArchive).values():
        text = "\n".join((codes.ARCHIVE_PURPOSES.label(saved.purpose), saved.receiver, saved.reason))
        yield _event(saved, "document", _("Whole file saved as an archive"), text)


def _handovers(record: OpenRecord) -> Iterator[Event]:
    """Yield the hand-overs from one worker to another; the name is that of the worker who handed over."""
    for handover in list_handovers(record):
        title = _("Handed over to a colleague")
        if handover.team:
            title = _("Handed over to another team")
        if handover.until:
            title = _("Handed over as cover until %(day)s") % {"day": format_day(handover.until)}
        not_asked = _("The person was not asked: %(why)s") % {"why": handover.why}
        yield _event(handover, "handover", title, _("The person agreed.") if handover.agreed else not_asked)


def _closing(record: OpenRecord) -> Iterator[Event]:
    for request in closing.list_requests(record):
        steps = (
            (request.asked_at, request.asked_by, _("Asked to close the case")),
            (request.closed_at, request.agreed_by or request.asked_by, _("Closed the case")),
            (request.reopened_at, request.reopened_by, _("Opened the case again")),
        )
        yield from (Event(at=at, kind="closing", title=title, by=by) for at, by, title in steps if at)


SOURCES: tuple[Callable[[OpenRecord], Iterator[Event]], ...] = (
    *(_notes, _episodes, _encounters, _facts, _tasks, _attachments, _offers, _safety_plans, _progress, _plan),
    *(_support, _family, _life, _summaries, _endings, _archives, _follow_ups, _closing, _handovers),
)
"""Functions that yield the events of a record."""
