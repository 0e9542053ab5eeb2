"""The form of an entry over the edition that stands, and what to do when that one is newer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import QueryDict

from suar.directory import diff, labels, revisions
from suar.directory.documents import Revision, ServiceDocument
from suar.directory.forms import EntryForm, grouped, named, naming_streets
from suar.directory.revisions import EditConflict
from suar.directory.upkeep_pages import Row, rows_of


@dataclass(frozen=True, slots=True)
class Written:
    """A form of an entry, and the fields that somebody else changed while it was filled in."""

    form: EntryForm
    over: int
    meanwhile: Sequence[Row] = ()
    because: str = ""

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Give the fields in groups, each with its heading."""
        return grouped(self.form, labels.field_groups())


def form_over(service: UUID, sent: QueryDict | None, *, whole: bool) -> Written:
    """Make the form over the edition that stands; what was sent keeps the number it was over."""
    now = revisions.current_revision(service)
    form = EntryForm(sent, flat=_flat(now), whole=whole, initial={"over": now.number})
    typed = sent.get("over", "") if sent is not None else ""
    return Written(form, int(typed) if typed.isdecimal() and len(typed) < 9 else now.number)


def asked_again(written: Written, newer: EditConflict, *, whole: bool) -> Written:
    """Show the form again over the newer edition: what was typed stays, what changed is shown."""
    sent = written.form.data.copy()
    sent["over"] = str(newer.now.number)
    flat_now = _flat(newer.now)
    form = EntryForm(sent, flat=flat_now, whole=whole)
    told = written.form.told()
    differ = {way: told[way] for way in diff.changed_fields({w: flat_now.get(w) for w in told}, told)}
    return Written(form, newer.now.number, rows_of(flat_now, differ))


def refused(written: Written, because: str) -> Written:
    """Show the form again with why it was not taken, beside the fields that it is about.

    It stands above the form only where no field of it is to blame.
    """
    words = labels.refusal_text(because)
    blamed = _blamed(written.form, because)
    for name in blamed:
        written.form.add_error(name, words)
    return written if blamed else replace(written, because=words)


def _blamed(form: EntryForm, because: str) -> list[str]:
    if because == revisions.OUT_OF_ORDER:
        return [named("let_in.age_max")]
    return list(naming_streets(form)) if because == revisions.NAMES_A_STREET else []


def _flat(now: Revision) -> Mapping[str, Any]:
    return diff.flatten(ServiceDocument(**now.state))
