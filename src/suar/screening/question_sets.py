"""An organisation's own question sets: uploaded as a draft, put in use by a second person, never changed afterwards.

A draft without changes goes back to the shipped questions. Source: docs/decisions/question-sets.md.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from suar.accounts import notices
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.core.decisions import second_person
from suar.core.refusals import Conflict, NotYours, Refused, get_or_refuse
from suar.screening.models import QuestionDraft, QuestionSet, QuestionUse
from suar.screening.rules.answers import LATEST, Answers
from suar.screening.rules.data_files import Raw, load_set
from suar.screening.rules.instrument import Instrument, instrument
from suar.screening.rules.question_changes import AT, Changes, apply, own_code, read_changes, write_changes
from suar.screening.rules.question_file import number_own_questions, read_file, write_file
from suar.screening.rules.setting import LONGEST_FIRST, initial_answers

SHIPPED = 0
ALREADY_SHIPPED = "ALREADY_SHIPPED"


def load_own_set(code: str, version: int) -> Raw | None:
    """Return the questions of an organisation's own version, or None if there is no such version."""
    form, _, organisation = code.partition(AT)
    try:
        owner = UUID(organisation)
    except ValueError:
        return None
    rows = QuestionSet.objects.filter(organisation=owner, form=form, version=version)
    questions: dict[str, Any] | None = rows.values_list("questions", flat=True).first()
    return questions


def shipped_set(form: str) -> Raw:
    """Return the shipped version that a file starts from; raise NotYours for an unknown form."""
    if form not in LONGEST_FIRST:
        raise NotYours
    return load_set(form, LATEST[form])


def versions_in_use(organisation: UUID) -> dict[str, QuestionUse]:
    """Return the version of each form that new talks use; `at` is None if the organisation never chose one."""
    latest = {form: QuestionUse(organisation=organisation, form=form, version=SHIPPED, act=0) for form in LATEST}
    return latest | {use.form: use for use in QuestionUse.objects.filter(organisation=organisation).order_by("act")}


def forms_in_use(organisation: UUID) -> list[Instrument]:
    """Return the forms as an organisation uses them, the shortest first."""
    talks = [instrument(*_code_and_version(use)) for use in versions_in_use(organisation).values()]
    return sorted(talks, key=lambda talk: (talk.minutes, talk.code))


def answers_to_begin(form: str, place: str, *, organisation: UUID, later: bool = False) -> Answers:
    """Return the initial answers of a talk in the version of the form that the organisation uses."""
    code, version = _code_and_version(versions_in_use(organisation)[form])
    return initial_answers(code, place, later=later, version=version)


def list_versions(organisation: UUID) -> Sequence[QuestionSet]:
    """Return the versions of an organisation, newest first, without their questions."""
    return list(QuestionSet.objects.filter(organisation=organisation).order_by("form", "-version").defer("questions"))


def get_version(ident: UUID, *, organisation: UUID) -> QuestionSet:
    """Return one version of an organisation; raise NotYours."""
    return get_or_refuse(QuestionSet.objects.filter(id=ident, organisation=organisation).defer("questions"))


def drafts_by_form(organisation: UUID) -> dict[str, QuestionDraft]:
    """Return the drafts that wait for a second person, by form."""
    return {row.form: row for row in QuestionDraft.objects.filter(organisation=organisation)}


def get_draft(ident: UUID, *, organisation: UUID) -> QuestionDraft:
    """Return a draft of an organisation; raise NotYours."""
    return get_or_refuse(QuestionDraft.objects.filter(id=ident, organisation=organisation))


def second_persons(draft: QuestionDraft) -> set[UUID]:
    """Return the confirmed workers of the organisation who may put a draft in use."""
    editors = notices.workers_with(Permission.EDIT_QUESTIONS, organisation=draft.organisation, certified=True)
    return {worker for worker in editors if second_person(worker, _authors(draft))}


@act("export_questions", needs=Permission.EDIT_QUESTIONS)
def export_file(form: str, source: QuestionSet | QuestionDraft | None, *, by: Acting) -> str:
    """Return a version or a draft as a file; without one, the shipped questions of the form."""
    base = load_set(form, source.base) if source else shipped_set(form)
    by.entry.about, by.entry.because = [source.id if source else by.viewer.organisation], form
    changes = read_changes(source.changes) if source else Changes()
    return json.dumps(write_file(base, changes), ensure_ascii=False, indent=1)


@act("draft_questions", needs=Permission.EDIT_QUESTIONS)
def draft_file(form: str, content: bytes, *, by: Acting) -> UUID:
    """Store a file as a draft that waits for a second person; raise InvalidFile."""
    return _store_draft(form, read_file(content, shipped_set(form)), by=by)


@act("draft_questions", needs=Permission.EDIT_QUESTIONS)
def draft_shipped(form: str, *, by: Acting) -> UUID:
    """Store a draft that goes back to the shipped questions; raise Refused if they are in use already."""
    shipped_set(form)
    if versions_in_use(by.viewer.organisation)[form].version == SHIPPED:
        raise Refused(ALREADY_SHIPPED)
    return _store_draft(form, Changes(), by=by)


@act("discard_questions", needs=Permission.EDIT_QUESTIONS)
def discard_draft(ident: UUID, *, by: Acting) -> None:
    """Delete a draft."""
    draft = get_draft(ident, organisation=by.viewer.organisation)
    by.entry.about, by.entry.because = [ident], draft.form
    draft.delete()


@act("use_questions", needs=Permission.EDIT_QUESTIONS)
def use_draft(ident: UUID, *, by: Acting) -> None:
    """Put a draft of another worker in use for new talks; it becomes the next version.

    Raise Refused for the author, and InvalidFile if a draft of an earlier release is no longer valid.
    """
    QuestionDraft.objects.select_for_update().filter(id=ident).first()
    draft = get_draft(ident, organisation=by.viewer.organisation)
    second_person(by.worker, _authors(draft)).enforce()
    version, about = SHIPPED, draft.organisation
    if not is_back_to_shipped(draft):
        row = _store_version(draft, by=by)
        version, about = row.version, row.id
    used = versions_in_use(draft.organisation)[draft.form]
    QuestionUse.objects.create(
        organisation=draft.organisation, form=draft.form, act=used.act + 1, version=version, by=by.worker, at=by.at
    )
    draft.delete()
    by.entry.about, by.entry.because = [about], draft.form


def is_back_to_shipped(draft: QuestionDraft) -> bool:
    """Return True if a draft has no changes and so goes back to the shipped questions."""
    return replace(read_changes(draft.changes), last=0) == Changes()


def _authors(draft: QuestionDraft) -> set[UUID]:
    return {draft.made_by, draft.changed_by}


def _store_draft(form: str, changes: Changes, *, by: Acting) -> UUID:
    organisation = by.viewer.organisation
    draft = QuestionDraft(organisation=organisation, form=form, base=LATEST[form], changes=write_changes(changes))
    draft.made_by = draft.changed_by = by.worker
    draft.made_at = draft.changed_at = by.at
    try:
        draft.save(force_insert=True)
    except IntegrityError:
        # Another draft of this form is waiting.
        raise Conflict from None
    notices.notify(second_persons(draft), at=by.at)
    by.entry.about, by.entry.because = [draft.id], form
    return draft.id


def _store_version(draft: QuestionDraft, *, by: Acting) -> QuestionSet:
    """Store a draft as the next version, and number its own questions."""
    base, organisation, form = shipped_set(draft.form), draft.organisation, draft.form
    stored = write_file(load_set(form, draft.base), read_changes(draft.changes))
    changes = read_file(json.dumps(stored).encode(), base)
    earlier = QuestionSet.objects.filter(organisation=organisation, form=form).order_by("version")
    former = [read_changes(row) for row in earlier.values_list("changes", flat=True)]
    known = {own.code: own for version in former for own in version.added}
    changes = number_own_questions(changes, known, last=max((version.last for version in former), default=0))
    version = 1 + len(former)
    return QuestionSet.objects.create(
        organisation=organisation,
        form=form,
        version=version,
        base=base["version"],
        changes=write_changes(changes),
        made_by=draft.made_by,
        made_at=draft.made_at,
        questions=apply(base, changes, code=own_code(form, organisation), version=version),
    )


def _code_and_version(use: QuestionUse) -> tuple[str, int]:
    """Return code and version of the question set that is in use."""
    if use.version == SHIPPED:
        return use.form, LATEST[use.form]
    return own_code(use.form, use.organisation), use.version
