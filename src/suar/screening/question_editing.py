"""What whoever leads does with the questions of a house: draft, change, use, and go back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.db.models import F

from suar.accounts.terms import Permission, Viewer
from suar.audit import actions as audit
from suar.core.refusals import Conflict, NotYours, Refused
from suar.db.together import together
from suar.screening import question_shelf as shelf
from suar.screening.models import QuestionDraft, QuestionSet, QuestionUse
from suar.screening.question_shelf import SHIPPED
from suar.screening.rules.changes import Changes, write_changes
from suar.screening.rules.changing import applied, own_code
from suar.screening.rules.checking import faults
from suar.screening.rules.files import raw_set
from suar.screening.rules.setting import LATEST

NOT_USABLE, ALREADY_SHIPPED = "NOT_USABLE", "ALREADY_SHIPPED"


@together()
def draft_of(form: str, *, viewer: Viewer, at: datetime) -> UUID:
    """Begin a draft from a shipped form; where a draft of it stands already, give that one."""
    if form not in LATEST:
        raise NotYours
    return _begin(form, LATEST[form], Changes(), viewer=viewer, at=at)


@together()
def draft_from(version: UUID, *, viewer: Viewer, at: datetime) -> UUID:
    """Begin a draft from a version of the house, or give the one that stands already."""
    found = shelf.own_version(version, house=viewer.organisation)
    return _begin(found.form, found.base, found.changes, viewer=viewer, at=at)


@together()
def draft_of_used(form: str, *, viewer: Viewer, at: datetime) -> UUID:
    """Begin a draft from what new talks begin with now, or give the one that stands already."""
    if form not in LATEST:
        raise NotYours
    used = shelf.draft_of_used(form, house=viewer.organisation, by=viewer.worker, at=at)
    return _begin(form, used.base, used.changes, viewer=viewer, at=at)


@together()
def change(draft: UUID, changes: Changes, *, viewer: Viewer, at: datetime, expected: int) -> None:
    """Keep a draft as it is now, whatever is wrong in it.

    Raises Conflict when somebody saved since the edition that was expected.
    """
    _may(viewer)
    there = QuestionDraft.objects.filter(id=draft, organisation=viewer.organisation)
    saved = there.filter(edition=expected).update(
        changes=write_changes(changes),
        edition=F("edition") + 1,
        changed_by=viewer.worker,
        changed_at=at,
    )
    if not saved:
        raise Conflict if there.exists() else NotYours
    audit.record("change_questions", by=viewer.worker, at=at, about=[draft])


@together()
def throw_away(draft: UUID, *, viewer: Viewer, at: datetime, expected: int) -> None:
    """Throw a draft away; raises Conflict when somebody saved in between."""
    _take(draft, viewer=viewer, expected=expected)
    audit.record("discard_questions", by=viewer.worker, at=at, about=[draft])


@together()
def take_into_use(draft: UUID, *, viewer: Viewer, at: datetime, expected: int) -> UUID:
    """Write a draft down as the next version of the house and begin new talks with it.

    Raises Refused while something is wrong in it, Conflict when somebody saved in between.
    """
    found = _take(draft, viewer=viewer, expected=expected)
    base = raw_set(found.form, found.base)
    if faults(base, found.changes):
        raise Refused(NOT_USABLE)
    house, form = viewer.organisation, found.form
    version = 1 + QuestionSet.objects.filter(organisation=house, form=form).count()
    made = QuestionSet.objects.create(
        organisation=house,
        form=form,
        version=version,
        base=found.base,
        changes=write_changes(found.changes),
        made_by=viewer.worker,
        made_at=at,
        questions=applied(base, found.changes, code=own_code(form, house), version=version),
    )
    _use(form, version, viewer=viewer, at=at)
    audit.record("use_questions", by=viewer.worker, at=at, about=[made.id], because=form)
    return made.id


@together()
def back_to_shipped(form: str, *, viewer: Viewer, at: datetime) -> None:
    """Begin new talks with the shipped questions again; raises Refused when they do already."""
    _may(viewer)
    if form not in LATEST:
        raise NotYours
    if shelf.in_use(viewer.organisation)[form].version == SHIPPED:
        raise Refused(ALREADY_SHIPPED)
    _use(form, SHIPPED, viewer=viewer, at=at)
    audit.record("use_shipped_questions", by=viewer.worker, at=at, about=[viewer.organisation], because=form)


def _begin(form: str, base: int, changes: Changes, *, viewer: Viewer, at: datetime) -> UUID:
    _may(viewer)
    _, last = shelf.own_questions(viewer.organisation, form)
    changes = replace(changes, last=max(last, changes.last))
    row, made = QuestionDraft.objects.get_or_create(
        organisation=viewer.organisation,
        form=form,
        defaults={
            "base": base,
            "changes": write_changes(changes),
            "made_by": viewer.worker,
            "made_at": at,
            "changed_by": viewer.worker,
            "changed_at": at,
        },
    )
    if made:
        audit.record("draft_questions", by=viewer.worker, at=at, about=[row.id], because=form)
    return row.id


def _take(draft: UUID, *, viewer: Viewer, expected: int) -> shelf.Draft:
    """Take a draft off the shelf, as it stood at the expected edition."""
    _may(viewer)
    found = shelf.draft(draft, house=viewer.organisation)
    gone, _ = QuestionDraft.objects.filter(id=draft, edition=expected).delete()
    if not gone or found.edition != expected:
        raise Conflict
    return found


def _use(form: str, version: int, *, viewer: Viewer, at: datetime) -> None:
    house = viewer.organisation
    acts = QuestionUse.objects.filter(organisation=house, form=form).count()
    try:
        QuestionUse.objects.create(
            organisation=house, form=form, act=acts + 1, version=version, by=viewer.worker, at=at
        )
    except IntegrityError:
        # On PostgreSQL a colleague may do the same act in the same moment.
        raise Conflict from None


def _may(viewer: Viewer) -> None:
    if not viewer.may(Permission.EDIT_QUESTIONS):
        raise NotYours
