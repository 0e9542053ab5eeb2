"""What the pages of a new entry show: its form in parts, what it tells, what may be the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import QueryDict

from suar.directory import duplicates, labels, providers
from suar.directory.addition_forms import AdditionForm
from suar.directory.diff import FlatEntry
from suar.directory.documents import Problem, Revision
from suar.directory.duplicates import EntryMatch
from suar.directory.forms import grouped, naming_streets
from suar.directory.models import EntryDraft
from suar.directory.proposals import SITE_KIND, EntryRefused

ORDER = (
    "provider",
    "house",
    "name",
    "description",
    "types",
    "site",
    "areas",
    "phones",
    "urgent",
    "hours",
    "let_in",
    "access",
)
FIRST = ("over", "house", "provider")
FIELDS = {"schedules": "hours"}


@dataclass(frozen=True, slots=True)
class Adding:
    """The form of a new entry, and what is wrong with it as a whole."""

    form: AdditionForm
    because: Sequence[str] = ()
    meanwhile: Sequence[dict[str, str]] = ()
    looked: bool = False

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Give the fields in parts, each with its heading."""
        return grouped(self.form, labels.new_entry_groups())

    @property
    def likes(self) -> list[dict[str, Any]]:
        """Say what may be the same."""
        return like_rows(self.form.likes)


def adding(draft: EntryDraft | None, sent: QueryDict | None, *, house: UUID) -> Adding:
    """Make the form, empty or filled with what a draft tells; what was sent stays in it."""
    if draft is None:
        return Adding(_form(sent, {}, 1, house=house, draft=None))
    return Adding(_form(sent, draft.told, draft.edition, house=house, draft=draft.id))


def looked(page: Adding) -> Adding:
    """Show the organisations that were looked for; nothing is found fault with yet."""
    page.form.errors.clear()
    return replace(page, looked=True)


def stopped(page: Adding, why: EntryRefused) -> Adding:
    """Show the form again with what no entry may hold, beside the field where one holds it."""
    streets, left = naming_streets(page.form), []
    for each in why.problems:
        blamed = [name for name, piece in streets.items() if piece == each.detail]
        for name in blamed:
            if name not in page.form.errors:
                page.form.add_error(name, labels.problem_text(each))
        left += [] if blamed else [_words(each)]
    return replace(page, because=left)


def written_anew(page: Adding, now: Revision, *, house: UUID) -> Adding:
    """Show the form again where somebody else wrote the draft anew: both are there to be read."""
    sent = page.form.data.copy()
    sent["over"] = str(now.number)
    form = _form(sent, now.state, now.number, house=house, draft=page.form.draft)
    return replace(page, form=form, meanwhile=told_rows(now.state))


def told_rows(told: FlatEntry) -> list[dict[str, str]]:
    """Say what a new entry tells, field by field, in the order of its form."""
    ways = sorted(told, key=lambda way: ORDER.index(way.partition(".")[0]))
    return [{"question": labels.field_label(way), "answer": _held(way, told)} for way in ways]


def waiting_rows(drafts: Sequence[EntryDraft]) -> list[dict[str, Any]]:
    """List the new entries that wait to be checked or published."""
    return [
        {
            "id": row.id,
            "name": duplicates.entry_name_of(row.told),
            "house": duplicates.provider_name_of(row.told),
            "at": row.at,
            "state": labels.code_label("proposal_states", row.state),
        }
        for row in drafts
    ]


def is_new(draft: EntryDraft) -> bool:
    """Say whether a draft tells a whole entry, published by now or not."""
    return SITE_KIND in draft.told


def like_rows(likes: Sequence[EntryMatch]) -> list[dict[str, Any]]:
    """Say what may be the same as a new entry, each with where to read it."""
    return [
        {
            "id": each.id,
            "name": each.name,
            "house": each.house,
            "waits": each.waits,
            "where": ", ".join(map(labels.place_name, each.places)),
        }
        for each in likes
    ]


def _form(sent: QueryDict | None, told: FlatEntry, over: int, *, house: UUID, draft: UUID | None) -> AdditionForm:
    form = AdditionForm(sent, told=told, ours=house, draft=draft, initial={"over": over})
    form.order_fields(FIRST)
    return form


def _held(way: str, told: FlatEntry) -> str:
    if way == "provider":
        known = UUID(told[way])
        return providers.provider_names([known]).get(known, "")
    if way == "house.own":
        return duplicates.organisation_name(told[way])
    return labels.field_value(way, told[way])


def _words(one: Problem) -> str:
    field = FIELDS.get(one.field, one.field)
    known = f"access.{field}." if field.startswith("AC_") else field
    label = labels.field_label(known + "und") if field.startswith("AC_") else labels.field_label(known)
    return f"{label}: {labels.problem_text(one)}"
