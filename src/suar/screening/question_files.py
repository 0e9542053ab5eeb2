"""Save a house's questions as a file, and put a file in place of a draft, whole or not at all."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from suar.accounts.terms import Permission, Viewer
from suar.audit import actions as audit
from suar.core.refusals import Conflict, NotYours, Refused
from suar.db.together import together
from suar.screening import question_shelf as shelf
from suar.screening.models import QuestionDraft
from suar.screening.question_editing import NOT_USABLE
from suar.screening.question_shelf import Draft, OwnVersion
from suar.screening.rules import filing
from suar.screening.rules.changes import Changes, write_changes
from suar.screening.rules.file_reading import FileRead, numbered, read_file
from suar.screening.rules.files import Raw, raw_set
from suar.screening.rules.setting import LATEST


@dataclass(frozen=True, slots=True)
class FromFile:
    """A form with the changes that a file told."""

    raw: Raw
    changes: Changes

    @property
    def told(self) -> str:
        """Write it down once more, as short as it goes."""
        told = filing.written(self.raw, self.changes)
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def base_of(form: str) -> Raw:
    """Give the shipped form that a new draft begins from; raises NotYours for one that is none."""
    if form not in LATEST:
        raise NotYours
    return raw_set(form, LATEST[form])


def tried(form: str, content: bytes) -> tuple[FromFile | None, FileRead]:
    """Read a file without changing anything; raises NotYours for a form that is none."""
    base = base_of(form)
    read = read_file(content, base)
    return (FromFile(base, read.changes) if read.changes else None), read


@together()
def as_file(found: Draft | OwnVersion, *, viewer: Viewer, at: datetime) -> str:
    """Write a draft or a version of the house as a file."""
    _may(viewer)
    audit.record("export_questions", by=viewer.worker, at=at, about=[found.id], because=found.form)
    return json.dumps(filing.written(found.raw, found.changes), ensure_ascii=False, indent=1)


@together()
def import_file(form: str, content: bytes, *, viewer: Viewer, at: datetime, over: int) -> UUID:
    """Make a file the draft of a form, in place of the edition `over` that was seen (0 is none).

    Nothing is taken into use. Raises Refused while something is wrong in the file, and Conflict
    when another draft stands there than the one that was seen.
    """
    _may(viewer)
    base = base_of(form)
    read = read_file(content, base)
    if read.changes is None:
        raise Refused(NOT_USABLE)
    known, last = shelf.own_questions(viewer.organisation, form)
    told = {
        "base": base["version"],
        "changed_by": viewer.worker,
        "changes": write_changes(numbered(read.changes, known, last=last)),
    }
    drafts = QuestionDraft.objects.filter(organisation=viewer.organisation, form=form)
    same = drafts.filter(base=told["base"], changed_by=viewer.worker).first()
    if same is not None and same.changes == told["changes"]:
        return same.id
    draft = _put(form, told, viewer=viewer, at=at, over=over)
    audit.record("import_questions", by=viewer.worker, at=at, about=[draft], because=form)
    return draft


def _put(form: str, told: dict[str, object], *, viewer: Viewer, at: datetime, over: int) -> UUID:
    house = {"organisation": viewer.organisation, "form": form}
    there = QuestionDraft.objects.filter(**house)
    if over:
        put = there.filter(edition=over).update(**told, changed_at=at, edition=F("edition") + 1)
        if not put:
            raise Conflict
        return there.values_list("id", flat=True).get()
    begun = {**told, "made_by": viewer.worker, "made_at": at, "changed_at": at}
    row, made = there.get_or_create(**house, defaults=begun)
    if not made:
        raise Conflict
    return row.id


def _may(viewer: Viewer) -> None:
    if not viewer.may(Permission.EDIT_QUESTIONS):
        raise NotYours
