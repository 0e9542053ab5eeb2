"""The record in plain words for the person: what it says, and what the person asks to be corrected.

It contains no note of a worker, no exclusion, no warning, and on paper no place and no number.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import override

from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases import actions, calendars, queries
from suar.cases.attachments import list_attachments
from suar.cases.codes import ATTACHMENT_KINDS, FOLLOW_UPS, RELATIONS, STEP_OWNERS, STEP_STATES
from suar.cases.documents.papers import CorrectionRequest, SummaryLeft
from suar.cases.documents.plan import Plan
from suar.cases.ecomap import list_ties
from suar.cases.rules.plan import SHORTEST_NAME
from suar.consent import queries as consents
from suar.consent.codes import CONTACT_RULES, FIELDS, Field
from suar.consent.documents import Account, Person, Profile, SafeContact, Tasks, Wish
from suar.core import clock
from suar.core.i18n import active_language, format_day, staff_languages
from suar.core.refusals import Refused
from suar.directory.labels import language_choices
from suar.records import search
from suar.records.keyring import OpenRecord
from suar.records.search import split_name
from suar.records.terms import Status
from suar.referrals import messages
from suar.referrals import queries as referrals
from suar.referrals.codes import PAPERS, SEXES

ANSWER_WITHIN = timedelta(days=7)
CORRECTION_TASK = "CORRECT"
NEVER_ON_PAPER = frozenset({Field.SAFE_CONTACT, Field.PLACE, Field.RISK, Field.NARRATIVE})
NO_NAMES = frozenset({"the", "her", "his", "their", "our", "your", "and", "yang", "dan"})
"""Words that begin a role, such as "Her aunt"."""
Lines = Iterator[str]


class Section(NamedTuple):
    """One part of the copy: a title and sentences; some only for the screen beside the worker."""

    title: str
    lines: list[str]
    on_paper: bool = True


def compose(
    record: OpenRecord, *, language: str, shared: Mapping[str, str] | None = None, with_readers: bool = False
) -> list[Section]:
    """Return the record as the person may read it, in a language; parts without content are left out.

    `shared` is what another organisation shared with this case.
    Source: own design; no notes of workers, and nothing that could endanger the person.
    """
    with override(language):
        sections = [
            Section(_("About you"), [*_facts(record), *_shared(record, shared or {})]),
            Section(_("How we reach you"), list(_contact(record)), on_paper=False),
            Section(_("What you told us"), _text(record.get(Account)), on_paper=False),
            Section(_("What you want"), _text(record.get(Wish))),
            Section(_("Our plan with you"), list(_plan(record))),
            Section(_("Who we asked to help you"), list(_referrals(record))),
            Section(_("What you agreed to"), list(_consents(record))),
            Section(_("When we talk again"), list(_follow_ups(record))),
            Section(_("Papers and pictures that we keep"), list(_attachments(record))),
            Section(_("Who opened your record"), list(_readers(record)) if with_readers else []),
        ]
        return [section for section in sections if section.lines]


def summarise(record: OpenRecord, *, language: str, with_names: bool = False) -> str:
    """Return a short summary in a language: what is planned, how far help is, and when we talk again.

    Without `with_names` it names no person, no organisation and no place.
    """
    with override(language):
        plan = record.get_or_empty(Plan)
        lines = [_("What we do next:"), *(f"- {step.what}" for step in plan.steps if step.is_open)]
        lines = lines if len(lines) > 1 else []
        for sent in referrals.sent_for(record):
            who = sent.document.service_name if with_names else _("A service that we asked")
            lines.append(f"{who}: {messages.state_label(sent.state)}")
        dues = calendars.read_calendar(record)[0]
        if dues:
            lines.append(_("We talk again about %(day)s, if you want.") % {"day": format_day(dues[0].due_on)})
        return "\n".join(lines)


def names_in(record: OpenRecord, text: str) -> list[str]:
    """Return the names, numbers and places of this record that a summary without names would reveal."""
    person, contact = record.known_or_empty(Person), record.known_or_empty(SafeContact)
    whole = [contact.phone, contact.place, *(sent.document.service_name for sent in referrals.sent_for(record))]
    exact = [words for words in whole if words and words.casefold() in text.casefold()]
    names = {word for name in (*person.names, person.legal_name) for word in split_name(name)} | _names_around(record)
    named = search.names_in(names, text, shortest=SHORTEST_NAME)
    return list(dict.fromkeys((*exact, *sorted(named))))


def language_for(record: OpenRecord) -> str:
    """Return the person's language if the staff site has it, else the language of the worker."""
    language = record.known_or_empty(Profile).language
    return language if language in {item.code for item in staff_languages()} else active_language()


def list_corrections(record: OpenRecord) -> dict[str, CorrectionRequest]:
    """Return the corrections that the person asked for by key, newest first."""
    listed = record.get_all(CorrectionRequest).items()
    return dict(sorted(listed, key=lambda item: item[1].at, reverse=True))


def waiting_summaries(record: OpenRecord, *, at: datetime) -> dict[str, SummaryLeft]:
    """Return the summaries under a code that can be taken back, by key."""
    listed = record.get_all(SummaryLeft).items()
    return {key: item for key, item in listed if item.request and not item.taken_back_at and item.ends_at > at}


@act("ask_correction", needs=Permission.SEE_RECORD)
def ask_correction(record: OpenRecord, text: str, *, by: Acting) -> None:
    """Store a correction that the person asks for; while the record is open, the answer is a task due in seven days."""
    due, task = by.today + ANSWER_WITHIN, None
    if record.facts.status is Status.OPEN:
        task = actions.plan_task(record, CORRECTION_TASK, due, by=by)
    request = CorrectionRequest(text=text, due=due, task=task, by=by.worker, at=by.at)
    record.add(request, by=by.worker, at=by.at)


@act("answer_correction", needs=Permission.SEE_RECORD)
def answer_correction(record: OpenRecord, key: str, outcome: str, answer: str, *, by: Acting) -> None:
    """Store the answer to a correction and finish its task; raises Refused if it was answered before."""
    request = queries.get_document(record, CorrectionRequest, key)
    if request.outcome:
        raise Refused("already_kept")
    answered = {"outcome": outcome, "answer": answer, "answered_by": by.worker, "answered_at": by.at}
    record.put(request.model_copy(update=answered), key=key, by=by.worker, at=by.at)
    if request.task in {task.id for task in record.get_or_empty(Tasks).open}:
        actions.finish_task(record, request.task, by=by)


def _names_around(record: OpenRecord) -> set[str]:
    """Return the words of names of people around the person and of owners of steps, without words of roles.

    Both fields contain a role or a name: a word in small letters is a role.
    """
    ties = [state.who for tie in list_ties(record).values() for state in tie.states]
    written = [*ties, *(step.who for step in record.get_or_empty(Plan).steps)]
    members = (*RELATIONS.members, *STEP_OWNERS.members)
    roles = {word for member in members for label in member.labels.values() for word in split_name(label)}
    words = {word for name in written for part in name.split() if not part[0].islower() for word in split_name(part)}
    return words - roles - NO_NAMES


def _text(document: Account | Wish | None) -> list[str]:
    return [document.text] if document and document.text else []


def _facts(record: OpenRecord) -> Lines:
    person, profile = record.known_or_empty(Person), record.known_or_empty(Profile)
    languages = dict(language_choices())
    facts: Sequence[tuple[str, Any]] = (
        (_("Your name in our records"), ", ".join(person.names)),
        (_("Your age"), profile.age),
        (_("Sex or gender"), SEXES.label(profile.sex) if profile.sex else ""),
        (_("Your language"), languages.get(profile.language, profile.language)),
        (_("Your papers"), PAPERS.label(profile.papers) if profile.papers else ""),
    )
    for label, value in facts:
        if value:
            yield f"{label}: {value}"


def _shared(record: OpenRecord, shared: Mapping[str, str]) -> Lines:
    person, profile = record.known_or_empty(Person), record.known_or_empty(Profile)
    stored = {Field.CALLED_NAME: person.names, Field.SEX: profile.sex, Field.LANGUAGE: profile.language}
    for field in Field:
        if field in NEVER_ON_PAPER or stored.get(field) or not isinstance(shared.get(field), str) or not shared[field]:
            continue
        label = _("Help you need") if field is Field.NEEDS else FIELDS.label(field)
        yield f"{label}: {messages.field_value(field, shared[field])}"


def _contact(record: OpenRecord) -> Lines:
    contact = record.known_or_empty(SafeContact)
    facts = (
        (_("Your safe number"), contact.phone),
        (_("Hours that are safe for you"), contact.hours),
        *(("", CONTACT_RULES.label(rule)) for rule in contact.rules),
        (_("If somebody else answers"), contact.if_answered),
        (_("Where you are now"), contact.place),
    )
    yield from (f"{label}: {value}" if label else str(value) for label, value in facts if value)


def _plan(record: OpenRecord) -> Lines:
    plan = record.get_or_empty(Plan)
    yield from (goal.text for goal in plan.open_goals)
    for step in plan.steps:
        state = "" if step.is_open else STEP_STATES.label(step.state)
        until = _("by %(day)s") % {"day": format_day(step.by)} if step.by else ""
        yield " · ".join(filter(None, (step.what, step.who, state or until)))


def _referrals(record: OpenRecord) -> Lines:
    for sent in referrals.sent_for(record):
        day = format_day(clock.local_date(sent.made_at))
        yield f"{sent.document.service_name}: {messages.state_label(sent.state)}, {day}"


def _consents(record: OpenRecord) -> Lines:
    for consent in consents.list_consents(record):
        who = referrals.name_of_recipient(record, consent.id)
        fields = ", ".join(FIELDS.label(field) for field in Field if field in consent.facts.fields)
        state = _("until %(day)s") % {"day": format_day(consent.facts.ends_on)}
        if consent.withdrawn_at:
            state = _("you withdrew it on %(day)s") % {"day": format_day(clock.local_date(consent.withdrawn_at))}
        yield f"{who}: {fields}, {state}"


def _follow_ups(record: OpenRecord) -> Lines:
    for due in calendars.read_calendar(record)[0]:
        yield f"{format_day(due.due_on)}: {FOLLOW_UPS.label(due.code)}"


def _attachments(record: OpenRecord) -> Lines:
    for attachment in list_attachments(record).values():
        if not attachment.struck and attachment.keep_until >= clock.today():
            kind, day = ATTACHMENT_KINDS.label(attachment.kind), format_day(attachment.keep_until)
            yield _("%(kind)s. It is removed after %(day)s.") % {"kind": kind, "day": day}


def _readers(record: OpenRecord) -> Lines:
    """Yield each worker who opened or changed the record, with the last day."""
    last_days: dict[str, str] = {}
    for day, workers in queries.record_activity(record.id)[0]:
        for worker in workers:
            last_days.setdefault(worker, format_day(day))
    yield from (_("%(who)s, last on %(day)s") % {"who": who, "day": day} for who, day in last_days.items())
