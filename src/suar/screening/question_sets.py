"""An organisation's own question sets: taken from a file, in use for new talks, never changed afterwards."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from suar.accounts.roles import Permission, Viewer
from suar.audit import actions as audit
from suar.core.refusals import Conflict, NotYours, Refused
from suar.screening import rules
from suar.screening.models import QuestionDraft, QuestionSet, QuestionUse
from suar.screening.rules.data_files import Raw, load_set
from suar.screening.rules.instrument import Instrument
from suar.screening.rules.question_changes import AT, Added, Changes, apply, own_code, read_changes, write_changes
from suar.screening.rules.question_file import FileResult, number_own_questions, read_file, write_file
from suar.screening.rules.setting import LATEST, Opens

SHIPPED = 0
NOT_USABLE, ALREADY_SHIPPED = "NOT_USABLE", "ALREADY_SHIPPED"


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
    talks = [rules.instrument(*_named(use)) for use in in_use(organisation).values()]
    return sorted(talks, key=lambda talk: (talk.minutes, talk.code))


def opens(form: str, place: str, *, organisation: UUID, later: bool = False) -> Opens:
    """Return how a talk of this form begins in an organisation: with the version in use there."""
    code, version = _named(in_use(organisation)[form])
    return Opens(code, place, later=later, version=version)


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


@transaction.atomic
def export_file(form: str, found: QuestionSet | QuestionDraft | None, *, viewer: Viewer, at: datetime) -> str:
    """Return a version or a draft as a file; None exports the shipped questions of the form."""
    _require_editor(viewer)
    base, changes = (load_set(form, found.base), read_changes(found.changes)) if found else _shipped(form)
    about = [found.id] if found else [viewer.organisation]
    audit.record("export_questions", by=viewer.worker, at=at, about=about, because=form)
    return json.dumps(write_file(base, changes), ensure_ascii=False, indent=1)


def read_upload(form: str, content: bytes) -> FileResult:
    """Read a file without storing anything; raise NotYours for an unknown form."""
    return read_file(content, shipped_set(form))


@transaction.atomic
def use_file(form: str, content: bytes, *, viewer: Viewer, at: datetime, seen: int) -> None:
    """Store a file as the next version of the organisation and begin new talks with it.

    Sent twice, it acts once. `seen` is the act of the version that was in use when the file was previewed. Raise
    Refused if the file has a fault, and Conflict if a colleague changed what is in use in the meantime.
    """
    _require_editor(viewer)
    base = shipped_set(form)
    result = read_file(content, base)
    if result.changes is None:
        raise Refused(NOT_USABLE)
    organisation, used = viewer.organisation, in_use(viewer.organisation)[form]
    known, last = _own_questions(organisation, form)
    changes = number_own_questions(result.changes, known, last=last)
    stored = write_changes(changes)
    versions = QuestionSet.objects.filter(organisation=organisation, form=form)
    if used.by == viewer.worker and versions.filter(version=used.version, changes=stored).exists():
        return
    if used.act != seen:
        raise Conflict
    version = 1 + versions.count()
    made = QuestionSet.objects.create(
        organisation=organisation,
        form=form,
        version=version,
        base=base["version"],
        changes=stored,
        made_by=viewer.worker,
        made_at=at,
        questions=apply(base, changes, code=own_code(form, organisation), version=version),
    )
    _use(used, version, viewer=viewer, at=at)
    audit.record("use_questions", by=viewer.worker, at=at, about=[made.id], because=form)


@transaction.atomic
def use_shipped(form: str, *, viewer: Viewer, at: datetime) -> None:
    """Begin new talks with the shipped questions again; raise Refused if they do already."""
    _require_editor(viewer)
    shipped_set(form)
    used = in_use(viewer.organisation)[form]
    if used.version == SHIPPED:
        raise Refused(ALREADY_SHIPPED)
    _use(used, SHIPPED, viewer=viewer, at=at)
    audit.record("use_shipped_questions", by=viewer.worker, at=at, about=[viewer.organisation], because=form)


def _shipped(form: str) -> tuple[Raw, Changes]:
    return shipped_set(form), Changes()


def _named(use: QuestionUse) -> tuple[str, int]:
    """Return code and version of the question set that is in use."""
    if use.version == SHIPPED:
        return use.form, LATEST[use.form]
    return own_code(use.form, use.organisation), use.version


def _own_questions(organisation: UUID, form: str) -> tuple[dict[str, Added], int]:
    """Return each question of its own that an organisation has had, and the highest number any ever had."""
    rows = QuestionSet.objects.filter(organisation=organisation, form=form).order_by("version")
    drafts = QuestionDraft.objects.filter(organisation=organisation, form=form)
    stored = [*rows.values_list("changes", flat=True), *drafts.values_list("changes", flat=True)]
    changes = [read_changes(each) for each in stored]
    return {own.code: own for each in changes for own in each.added}, max((each.last for each in changes), default=0)


def _use(used: QuestionUse, version: int, *, viewer: Viewer, at: datetime) -> None:
    try:
        QuestionUse.objects.create(
            organisation=used.organisation, form=used.form, act=used.act + 1, version=version, by=viewer.worker, at=at
        )
    except IntegrityError:
        # On PostgreSQL a colleague may do the same act in the same moment.
        raise Conflict from None


def _require_editor(viewer: Viewer) -> None:
    if not viewer.may(Permission.EDIT_QUESTIONS):
        raise NotYours
