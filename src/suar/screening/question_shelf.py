"""The questions of a house: what ships, its own versions, its drafts, and which are in use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from suar.core.ids import new_id
from suar.core.refusals import NotYours
from suar.screening import rules
from suar.screening.models import QuestionDraft, QuestionSet, QuestionUse
from suar.screening.rules.changes import Added, Changes, read_changes
from suar.screening.rules.changing import AT, own_code
from suar.screening.rules.files import Raw, raw_set
from suar.screening.rules.setting import LATEST
from suar.screening.rules.shapes import Instrument
from suar.screening.terms import Opens

SHIPPED, FIRST = 0, 1


class Changed(Protocol):
    """A form with changes, wherever they come from: a draft, a version, a file."""

    @property
    def raw(self) -> Raw:
        """Give the shipped set it comes from."""

    @property
    def changes(self) -> Changes:
        """Give all that differs from it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as pages see it; whoever saves names the edition they saw."""

    id: UUID
    form: str
    base: int
    changes: Changes
    edition: int
    by: UUID
    at: datetime

    @property
    def raw(self) -> Raw:
        """Give the shipped set it comes from."""
        return raw_set(self.form, self.base)


@dataclass(frozen=True, slots=True)
class OwnVersion:
    """A version that was taken into use once."""

    id: UUID
    form: str
    version: int
    base: int
    changes: Changes
    by: UUID
    at: datetime

    @property
    def raw(self) -> Raw:
        """Give the shipped set it comes from."""
        return raw_set(self.form, self.base)


@dataclass(frozen=True, slots=True)
class InUse:
    """Which version of a form new talks begin with; `at` None where nothing else ever was."""

    form: str
    version: int
    by: UUID | None = None
    at: datetime | None = None

    def code_in(self, house: UUID) -> str:
        """Give the code of its question set."""
        return self.form if self.version == SHIPPED else own_code(self.form, house)

    @property
    def number(self) -> int:
        """Give the version of its question set."""
        return self.version or LATEST[self.form]


def kept(code: str, version: int) -> Raw | None:
    """Give the questions of a house's own version, or None when there is none."""
    form, _, house = code.partition(AT)
    try:
        organisation = UUID(house)
    except ValueError:
        return None
    rows = QuestionSet.objects.filter(organisation=organisation, form=form, version=version)
    found: Mapping[str, Any] | None = rows.values_list("questions", flat=True).first()
    return found


def in_use(house: UUID) -> dict[str, InUse]:
    """Say for each form which version a house uses."""
    found = {form: InUse(form, SHIPPED) for form in LATEST}
    for use in QuestionUse.objects.filter(organisation=house).order_by("act"):
        found[use.form] = InUse(use.form, use.version, use.by, use.at)
    return found


def forms_in_use(house: UUID) -> list[Instrument]:
    """Give the forms as a house uses them, the shortest first."""
    used = in_use(house).values()
    talks = [rules.instrument(each.code_in(house), each.number) for each in used]
    return sorted(talks, key=lambda talk: (talk.minutes, talk.code))


def opens(form: str, place: str, *, house: UUID, later: bool = False) -> Opens:
    """Say how a talk of this form begins in a house: with the version in use there."""
    used = in_use(house)[form]
    return Opens(used.code_in(house), place, later=later, version=used.number)


def drafts(house: UUID) -> dict[str, Draft]:
    """Give the drafts of a house by form."""
    return {row.form: _draft(row) for row in QuestionDraft.objects.filter(organisation=house)}


def draft(ident: UUID, *, house: UUID) -> Draft:
    """Give one draft of a house; raises NotYours."""
    row = QuestionDraft.objects.filter(id=ident, organisation=house).first()
    if row is None:
        raise NotYours
    return _draft(row)


def draft_of_used(form: str, *, house: UUID, by: UUID, at: datetime) -> Draft:
    """Give a draft that stands nowhere: what new talks of a form begin with, changed by nobody."""
    used = in_use(house)[form].version
    own = next((each for each in own_versions(house) if (each.form, each.version) == (form, used)), None)
    base, changes = (own.base, own.changes) if own else (LATEST[form], Changes())
    return Draft(new_id(), form, base, changes, FIRST, by, at)


def own_versions(house: UUID) -> Sequence[OwnVersion]:
    """List the versions a house took into use, newest first."""
    rows = QuestionSet.objects.filter(organisation=house).order_by("form", "-version")
    return [_version(row) for row in rows.defer("questions")]


def own_version(ident: UUID, *, house: UUID) -> OwnVersion:
    """Give one version of a house; raises NotYours."""
    row = QuestionSet.objects.filter(id=ident, organisation=house).defer("questions").first()
    if row is None:
        raise NotYours
    return _version(row)


def own_questions(house: UUID, form: str) -> tuple[dict[str, Added], int]:
    """Give each question of its own that a house has had, and the highest number any ever had."""
    rows = QuestionSet.objects.filter(organisation=house, form=form).order_by("version")
    drafts = QuestionDraft.objects.filter(organisation=house, form=form)
    kept = [*rows.values_list("changes", flat=True), *drafts.values_list("changes", flat=True)]
    found = [read_changes(each) for each in kept]
    known = {own.code: own for each in found for own in each.added}
    return known, max((each.last for each in found), default=0)


def _draft(row: QuestionDraft) -> Draft:
    return Draft(
        row.id,
        row.form,
        row.base,
        read_changes(row.changes),
        row.edition,
        row.changed_by,
        row.changed_at,
    )


def _version(row: QuestionSet) -> OwnVersion:
    changes = read_changes(row.changes)
    return OwnVersion(row.id, row.form, row.version, row.base, changes, row.made_by, row.made_at)
