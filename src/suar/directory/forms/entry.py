"""Forms for editors, and for a provider with a link: list filter, entry, note."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from suar.directory import labels, revisions
from suar.directory.diff import FlatEntry, changed_fields, flatten
from suar.directory.documents import Revision, ServiceDocument
from suar.directory.forms.fields import TEXT_AREA, TEXT_LANGUAGES, NormalisedField, entry_fields
from suar.directory.rules import locations

MAX_NOTE = 500
GROUPED_CHOICES = {"types": labels.service_type_choices, "areas": labels.place_choices}
WITHOUT_PREFIX = ("status", "types", "areas")
OWN_PREFIXES = ("name", "description", "access", "let_in")
DAYS_MISSING = _("Tick the days on which it is open at these times.")
NUMBER_MISSING = _("Enter the phone number.")
LISTS = [
    ("", _("Visible to the public")),
    ("ask", _("Ask soon or now, oldest first")),
    ("now", _("Ask now")),
    ("hidden", _("Too old for the public site")),
    ("closed", _("Closed or hidden by an editor")),
    ("drafts", _("With a draft to check")),
    ("wrong", _("Reported as wrong")),
]


class EntriesForm(forms.Form):
    """Words to search for in the directory."""

    text = forms.CharField(label=_("Words, a place or a kind of help"), required=False, max_length=100)
    show = forms.ChoiceField(label=_("Entries"), choices=LISTS, required=False)


class EntryForm(forms.Form):
    """An entry, a field for each path; a field name has `--` where a path has a dot.

    `over` is the revision it was made from. `meanwhile` lists what somebody else changed since,
    `problem` says why the entry as a whole was refused.
    """

    use_required_attribute = False
    over = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    meanwhile: Sequence[Mapping[str, str]] = ()
    problem = ""

    data: QueryDict

    def __init__(
        self, data: QueryDict | None, *, entry: FlatEntry, revision: int, editor: bool, spare_rows: int = 1
    ) -> None:
        super().__init__(data, label_suffix="", initial={"over": revision})
        self.entry, self.editor = entry, editor
        fields = entry_fields(entry, editor=editor, spare_rows=spare_rows)
        self.fields |= {field_name(path): field for path, field in fields.items()}

    @classmethod
    def over_current(cls, service: UUID, data: QueryDict | None, *, editor: bool) -> Self:
        """Return the form over the current revision of an entry. Raises NotYours."""
        current = revisions.current_revision(service)
        return cls(data, entry=_flatten(current), revision=current.number, editor=editor)

    def over_newer(self, current: Revision) -> Self:
        """Return the form over a newer revision: the input stays, and `meanwhile` shows what differs."""
        data, entry, values = self.data.copy(), _flatten(current), self.values()
        data["over"] = str(current.number)
        form = type(self)(data, entry=entry, revision=current.number, editor=self.editor)
        differing = changed_fields({path: entry.get(path) for path in values}, values)
        form.meanwhile = labels.change_rows(entry, {path: values[path] for path in differing})
        return form

    def add_refusal(self, code: str) -> None:
        """Show why the entry was refused, beside the fields to blame where there are any."""
        blamed = list(self.street_clues()) if code == revisions.NAMES_A_STREET else []
        blamed = [field_name("let_in.age_max")] if code == revisions.OUT_OF_ORDER else blamed
        for name in blamed:
            self.add_error(name, labels.refusal_text(code))
        self.problem = "" if blamed else labels.refusal_text(code)

    def street_clues(self) -> dict[str, str]:
        """Return the fields whose text names a street, each with the first clue."""
        texts = [(name, text) for name, text in self.cleaned_data.items() if isinstance(text, str)]
        return {name: clues[0] for name, text in texts if (clues := locations.find_street_clues(text))}

    def clean(self) -> dict[str, Any]:
        """Refuse what would be dropped silently: times without days, words without a number."""
        data = self.cleaned_data
        for name in [name for name in data if name.startswith("hour-") and name.endswith("-days")]:
            if not data[name] and self._has_new_times(name):
                self.add_error(name, DAYS_MISSING)
        for name in [name for name in data if name.endswith("-number") and not data[name]]:
            row = name.removesuffix("number")
            if any(data.get(f"{row}{column}") for column in (*TEXT_LANGUAGES, "tested")):
                self.add_error(name, NUMBER_MISSING)
        return data

    def values(self) -> dict[str, Any]:
        """Return the valid input by path."""
        data = self.cleaned_data
        paths = [name.replace("--", ".") for name in data if "--" in name or name in WITHOUT_PREFIX]
        own = [path for path in paths if path in WITHOUT_PREFIX or path.partition(".")[0] in OWN_PREFIXES]
        values = {path: _stored_value(data[field_name(path)], self.entry.get(path)) for path in own}
        values["phones"] = [row for number in self._row_numbers("phone") if (row := self._phone(number))]
        values["hours"] = [row for number in self._row_numbers("hour") if (row := self._hours(number))]
        if "urgent-number" in data:
            values["urgent"] = self._hotline()
        return values

    def groups(self) -> list[dict[str, Any]]:
        """Return the fields in groups, each with its heading."""
        return group_fields(self, labels.field_groups())

    def _row_numbers(self, kind: str) -> range:
        last = max(int(name.split("-")[1]) for name in self.cleaned_data if name.startswith(f"{kind}-"))
        return range(1, last + 1)

    def _has_new_times(self, days: str) -> bool:
        """Return True if times were typed in a row; stored times without days may stay."""
        rows, number = self.entry["hours"], int(days.split("-")[1])
        typed = [self.cleaned_data.get(days.replace("days", column)) for column in ("opens", "closes")]
        stored = [rows[number - 1][column] for column in ("opens", "closes")] if number <= len(rows) else []
        return any(typed) and typed != stored

    def _texts(self, prefix: str, stored: Mapping[str, str]) -> dict[str, str]:
        """Return the typed texts by language; stored texts in further languages stay."""
        others = {tag: text for tag, text in stored.items() if tag not in TEXT_LANGUAGES}
        typed = {tag: self.cleaned_data.get(f"{prefix}-{tag}") for tag in TEXT_LANGUAGES}
        return {**others, **{tag: text for tag, text in typed.items() if text}}

    def _hotline(self) -> dict[str, Any] | None:
        if not (number := self.cleaned_data["urgent-number"]):
            return None
        tested, stored = self.cleaned_data["urgent-tested"], (self.entry["urgent"] or {}).get("hours", {})
        day = tested.isoformat() if tested else None
        return {"number": number, "tested": day, "hours": self._texts("urgent", stored)}

    def _phone(self, row: int) -> dict[str, Any] | None:
        number = self.cleaned_data.get(f"phone-{row}-number")
        words = self._texts(f"phone-{row}", _stored_words(self.entry["phones"], row))
        return {"number": number, "words": words} if number else None

    def _hours(self, row: int) -> dict[str, Any] | None:
        data, rows = self.cleaned_data, self.entry["hours"]
        days = [int(day) for day in data.get(f"hour-{row}-days") or ()]
        if not days:
            only_words = row <= len(rows) and not rows[row - 1]["days"]
            return dict(rows[row - 1]) if only_words else None
        opens, closes = data.get(f"hour-{row}-opens") or "", data.get(f"hour-{row}-closes") or ""
        return {"days": days, "opens": opens, "closes": closes, "words": _stored_words(rows, row)}


class NoteForm(forms.Form):
    """A few words to the editor about the service."""

    note = NormalisedField(
        label=_("Anything else about the service?"),
        required=False,
        max_length=MAX_NOTE,
        widget=TEXT_AREA,
        help_text=_("For example: we moved. Please do not write about a person."),
    )


def group_fields(form: forms.Form, groups: Iterable[labels.FieldGroup]) -> list[dict[str, Any]]:
    """Put the fields of a form into groups; a group with an error is open."""
    grouped, remaining = [], [field for field in form if not field.is_hidden]
    for is_open, title, prefixes in groups:
        own = [field for field in remaining if field.name.startswith(prefixes)]
        remaining = [field for field in remaining if field not in own]
        parts = [{"field": field, "folds": _fold_checkboxes(field)} for field in own]
        grouped.append({"title": title, "parts": parts, "open": is_open or any(field.errors for field in own)})
    return [group for group in grouped if group["parts"]]


def field_name(path: str) -> str:
    """Return the name of the form field for a path."""
    return path.replace(".", "--")


def _fold_checkboxes(field: forms.BoundField) -> list[dict[str, Any]]:
    """Group a long list of checkboxes like its choices; a group is open if one is ticked."""
    if field.name not in GROUPED_CHOICES:
        return []
    remaining = {str(box.data["value"]): box for box in field}
    groups = [
        (title, [remaining.pop(code) for code, _label in pairs if code in remaining])
        for title, pairs in GROUPED_CHOICES[field.name]()
    ]
    groups.append((str(_("Others")), list(remaining.values())))
    return [
        {"title": title, "boxes": boxes, "open": any(box.data["selected"] for box in boxes)}
        for title, boxes in groups
        if boxes
    ]


def _flatten(revision: Revision) -> FlatEntry:
    return flatten(ServiceDocument(**revision.state))


def _stored_value(value: Any, before: Any) -> Any:
    """Return None for an empty value, and equal codes in their stored order."""
    if isinstance(value, list):
        return before if set(value) == set(before or ()) else sorted(value)
    return None if value == "" else value


def _stored_words(rows: Sequence[Mapping[str, Any]], number: int) -> dict[str, str]:
    return dict(rows[number - 1]["words"]) if number <= len(rows) else {}
