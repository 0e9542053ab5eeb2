"""An organisation's own question sets: imported from a file, in use for new talks, never changed afterwards."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from suar.accounts.acting import Acting
from suar.accounts.roles import Permission
from suar.core.acts import act
from suar.core.refusals import Conflict, NotYours, Refused
from suar.screening.models import QuestionDraft, QuestionSet, QuestionUse
from suar.screening.rules.data_files import Raw, load_set
from suar.screening.rules.instrument import Instrument, instrument
from suar.screening.rules.question_changes import AT, Added, Changes, apply, own_code, read_changes, write_changes
from suar.screening.rules.question_file import number_own_questions, read_file, write_file
from suar.screening.rules.setting import LATEST, Opening

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
    if form not in LATEST:
        raise NotYours
    return load_set(form, LATEST[form])


def in_use(organisation: UUID) -> dict[str, QuestionUse]:
    """Return for each form which version new talks use; `at` is None if the organisation never changed it."""
    latest = {form: QuestionUse(organisation=organisation, form=form, version=SHIPPED, act=0) for form in LATEST}
    return latest | {use.form: use for use in QuestionUse.objects.filter(organisation=organisation).order_by("act")}


def forms_in_use(organisation: UUID) -> list[Instrument]:
    """Return the forms as an organisation uses them, the shortest first."""
    talks = [instrument(*_code_and_version(use)) for use in in_use(organisation).values()]
    return sorted(talks, key=lambda talk: (talk.minutes, talk.code))


def opening_of(form: str, place: str, *, organisation: UUID, later: bool = False) -> Opening:
    """Return how a talk of this form begins in an organisation: with the version in use there."""
    code, version = _code_and_version(in_use(organisation)[form])
    return Opening(code, place, later=later, version=version)


def own_versions(organisation: UUID) -> Sequence[QuestionSet]:
    """Return the versions an organisation put in use, newest first, without their questions."""
    return list(QuestionSet.objects.filter(organisation=organisation).order_by("form", "-version").defer("questions"))


def own_version(ident: UUID, *, organisation: UUID) -> QuestionSet:
    """Return one version of an organisation; raise NotYours."""
    row = QuestionSet.objects.filter(id=ident, organisation=organisation).defer("questions").first()
    if row is None:
        raise NotYours
    return row


def drafts(organisation: UUID) -> dict[str, QuestionDraft]:
    """Return drafts by form that were begun before question sets came as files; they can only be exported."""
    return {row.form: row for row in QuestionDraft.objects.filter(organisation=organisation)}


@act("export_questions", needs=Permission.EDIT_QUESTIONS)
def export_file(form: str, source: QuestionSet | QuestionDraft | None, *, by: Acting) -> str:
    """Return a version or a draft as a file; without one, the shipped questions of the form."""
    base = load_set(form, source.base) if source else shipped_set(form)
    by.entry.about, by.entry.because = [source.id if source else by.viewer.organisation], form
    changes = read_changes(source.changes) if source else Changes()
    return json.dumps(write_file(base, changes), ensure_ascii=False, indent=1)


@act("use_questions", needs=Permission.EDIT_QUESTIONS)
def use_file(form: str, content: bytes, *, by: Acting, seen: int) -> None:
    """Store a file as the next version of the organisation and begin new talks with it.

    `seen` is the act of the version that was in use when the file was previewed. Raise InvalidFile if the file has a
    fault, and Conflict if a colleague changed what is in use in the meantime.
    """
    base, organisation = shipped_set(form), by.viewer.organisation
    changes, used = read_file(content, base), in_use(organisation)[form]
    if used.act != seen:
        raise Conflict
    known, last = _own_questions(organisation, form)
    changes = number_own_questions(changes, known, last=last)
    version = 1 + QuestionSet.objects.filter(organisation=organisation, form=form).count()
    row = QuestionSet(
        organisation=organisation,
        form=form,
        version=version,
        base=base["version"],
        changes=write_changes(changes),
        made_by=by.worker,
        made_at=by.at,
        questions=apply(base, changes, code=own_code(form, organisation), version=version),
    )
    _use(used, version, by=by)
    row.save(force_insert=True)
    by.entry.about, by.entry.because = [row.id], form


@act("use_shipped_questions", needs=Permission.EDIT_QUESTIONS)
def use_shipped(form: str, *, by: Acting) -> None:
    """Begin new talks with the shipped questions again; raise Refused if they do already."""
    shipped_set(form)
    used = in_use(by.viewer.organisation)[form]
    if used.version == SHIPPED:
        raise Refused(ALREADY_SHIPPED)
    _use(used, SHIPPED, by=by)
    by.entry.about, by.entry.because = [by.viewer.organisation], form


def _code_and_version(use: QuestionUse) -> tuple[str, int]:
    """Return code and version of the question set that is in use."""
    if use.version == SHIPPED:
        return use.form, LATEST[use.form]
    return own_code(use.form, use.organisation), use.version


def _own_questions(organisation: UUID, form: str) -> tuple[dict[str, Added], int]:
    """Return each question of its own that an organisation has had, and the highest number any ever had."""
    versions = QuestionSet.objects.filter(organisation=organisation, form=form).order_by("version")
    drafts = QuestionDraft.objects.filter(organisation=organisation, form=form)
    stored = [*versions.values_list("changes", flat=True), *drafts.values_list("changes", flat=True)]
    changes = [read_changes(row) for row in stored]
    known = {own.code: own for change in changes for own in change.added}
    return known, max((change.last for change in changes), default=0)


def _use(used: QuestionUse, version: int, *, by: Acting) -> None:
    use = QuestionUse(organisation=used.organisation, form=used.form, act=used.act + 1, version=version)
    use.by, use.at = by.worker, by.at
    try:
        use.save(force_insert=True)
    except IntegrityError:
        # A colleague did the same act in the same moment.
        raise Conflict from None
