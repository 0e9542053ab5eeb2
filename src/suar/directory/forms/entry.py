"""Forms of an entry for editors and for a provider with a link; `data/entry_form.json` is the table of fields."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from suar.core.codes import code_list, read_data
from suar.core.environment import Mode
from suar.core.i18n import localize, staff_languages
from suar.directory import catalogue, labels, public_proposals, revisions
from suar.directory.diff import FlatEntry, changed_fields, normalise_text
from suar.directory.documents import Problem
from suar.directory.rules import input_text, locations

TEXT_LANGUAGES = tuple(language.code for language in staff_languages())
ROW_PREFIXES = ("phone-", "hour-", "urgent-")
MAX_LINE, MAX_IN_ERROR = 200, 40
CLOCK_TIME = r"^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$"
NOT_STATED = ("", _("Not stated"))
YES_NO = [("yes", _("Yes")), ("no", _("No")), NOT_STATED]
Row = Mapping[str, Any]
Fields = dict[str, forms.Field]


class EntriesForm(forms.Form):
    """Words to search for in the directory."""

    text = forms.CharField(label=_("Words, a place or a kind of help"), required=False, max_length=100)
    show = forms.ChoiceField(label=_("Entries"), choices=code_list("directory", "entry_lists").choices, required=False)


class PublicTextField(forms.CharField):
    """A text that everybody may read, and that is written into files."""

    def to_python(self, value: Any) -> str:
        """Return the text with plain line ends and without spaces around it."""
        return normalise_text(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Refuse invisible characters, and text that a spreadsheet would run as a formula."""
        super().validate(value)
        if code := input_text.text_problem(value):
            raise _invalid(code, value)


class TelephoneField(PublicTextField):
    """A number to call; outside the demo not one of the examples."""

    widget = forms.TextInput({"inputmode": "tel", "autocomplete": "off"})

    def validate(self, value: str) -> None:
        """Refuse what is not a telephone number."""
        super().validate(value)
        if value and settings.SUAR_MODE == Mode.RUN and input_text.is_example_number(value):
            raise _invalid("invented_number", value)
        if value and not input_text.is_telephone(value):
            raise _invalid("not_telephone", value)


class EntryForm(forms.Form):
    """An entry, a field for each path; a field name has `--` where a path has a dot.

    `over` is the revision that is changed; `meanwhile` lists what somebody else changed since.
    """

    kind = "edit"
    spare_rows = 1
    use_required_attribute = False
    over = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    meanwhile: Sequence[Mapping[str, str]] = ()
    data: QueryDict

    def __init__(self, data: QueryDict | None, *, entry: FlatEntry, revision: int) -> None:
        super().__init__(data, label_suffix="", initial={"over": revision})
        self.entry = entry
        self.layout: list[tuple[dict[str, Any], list[str]]] = []
        for group in form_groups(self.kind):
            fields = {name: field for row in group["fields"] for name, field in self.build(row).items()}
            self.fields |= fields
            self.layout.append((group, list(fields)))

    def build(self, row: Row) -> Fields:
        """Return the form fields of a row of the table, with the entry as initial values."""
        builder = {"phones": self._phones, "hours": self._hours, "hotline": self._hotline, "texts": self._texts}
        if row["kind"] in builder:
            return builder[row["kind"]](row)
        return {field_name(row["path"]): SINGLE[row["kind"]](row, self.entry.get(row["path"]))}

    def over_newer(self, entry: FlatEntry, revision: int) -> "EntryForm":
        """Return the form over a newer revision: the input stays, and `meanwhile` shows what differs."""
        data, values = self.data.copy(), self.values()
        data["over"] = str(revision)
        form = type(self)(data, entry=entry, revision=revision)
        differing = changed_fields({path: entry.get(path) for path in values}, values)
        form.meanwhile = labels.change_rows(entry, {path: values[path] for path in differing})
        return form

    def add_refusal(self, code: str) -> None:
        """Add the error of a refused entry to the fields with the cause, or to the form."""
        fields = {revisions.NAMES_A_STREET: self.street_clues(), revisions.OUT_OF_ORDER: ["let_in--age_max"]}
        names: Iterable[str | None] = fields.get(code) or [None]
        for name in names:
            self.add_error(name, labels.refusal_text(code))

    def street_clues(self) -> dict[str, str]:
        """Return the fields whose text names a street, each with the first clue."""
        texts = [(name, text) for name, text in self.cleaned_data.items() if isinstance(text, str) and name != "note"]
        return {name: clues[0] for name, text in texts if (clues := locations.find_street_clues(text))}

    def refuse(self, name: str, code: str) -> None:
        """Show an error beside a field that has none yet."""
        if name not in self.errors:
            self.add_error(name, code_list("directory", "entry_errors").label(code))

    def clean(self) -> dict[str, Any]:
        """Refuse what would be dropped silently: times without days, words without a number."""
        data = self.cleaned_data
        for name in [name for name in data if name.startswith("hour-") and name.endswith("-days")]:
            if not data[name] and self._has_new_times(name):
                self.refuse(name, "days")
        for name in [name for name in data if name.endswith("-number") and not data[name]]:
            row = name.removesuffix("number")
            if any(data.get(f"{row}{column}") for column in (*TEXT_LANGUAGES, "tested")):
                self.refuse(name, "number")
        return data

    def values(self) -> dict[str, Any]:
        """Return the valid input by path."""
        data = self.cleaned_data
        names = [name for _group, names in self.layout for name in names if not name.startswith(ROW_PREFIXES)]
        paths = {name.replace("--", "."): data[name] for name in names if name in data}
        values = {path: _stored_value(value, self.entry.get(path)) for path, value in paths.items()}
        values["phones"] = [row for number in self._row_numbers("phone") if (row := self._phone_value(number))]
        values["hours"] = [row for number in self._row_numbers("hour") if (row := self._hours_value(number))]
        if "urgent-number" in data:
            values["urgent"] = self._hotline_value()
        return values

    def groups(self) -> list[dict[str, Any]]:
        """Return the fields in groups, each with its heading; a group with an error is open."""
        groups = []
        for group, names in self.layout:
            parts: list[dict[str, Any]] = [
                {"field": self[name], "folds": _fold_checkboxes(self[name])} for name in names
            ]
            is_open = group["open"] or any(part["field"].errors for part in parts)
            groups.append({"title": localize(group["title"]), "parts": parts, "open": is_open})
        return groups

    def _texts(self, row: Row) -> Fields:
        """Return a field for each staff language, and for any other that the entry has."""
        own = [f"{row['path']}.{tag}" for tag in TEXT_LANGUAGES]
        others = sorted(item for item in self.entry if item.startswith(f"{row['path']}.") and item not in own)
        return {field_name(item): _line({**row, "path": item}, self.entry.get(item)) for item in (*own, *others)}

    def _phones(self, row: Row) -> Fields:
        fields: Fields = {}
        for number, phone in enumerate([*self.entry["phones"], *[{}] * self.spare_rows], 1):
            fields[f"phone-{number}-number"] = _telephone(f"{_('Telephone')} {number}", phone.get("number"))
            fields[f"phone-{number}-type"] = _phone_type(phone.get("type", ""))
            fields |= _short_texts(f"phone-{number}", _("Purpose of this number"), phone.get("words", {}))
        return fields

    def _hours(self, row: Row) -> Fields:
        fields: Fields = {}
        for number, hours in enumerate([*self.entry["hours"], *[{}] * self.spare_rows], 1):
            fields[f"hour-{number}-days"] = forms.MultipleChoiceField(
                label=f"{_('Days')} {number}",
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=[str(day) for day in hours.get("days", ())],
                choices=[(str(day), name) for day, name in WEEKDAYS.items()],
            )
            for name, label in (("opens", _("Opens at")), ("closes", _("Closes at"))):
                fields[f"hour-{number}-{name}"] = forms.RegexField(
                    CLOCK_TIME,
                    label=label,
                    required=False,
                    initial=hours.get(name, ""),
                    help_text=_("For example 08:00"),
                )
        return fields

    def _hotline(self, row: Row) -> Fields:
        hotline = self.entry["urgent"] or {}
        tested = forms.DateField(
            label=_("Day on which somebody last tried this number"),
            required=False,
            initial=hotline.get("tested"),
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        )
        number = _telephone(labels.field_label("urgent"), hotline.get("number"))
        texts = _short_texts("urgent", _("Hours of this number"), hotline.get("hours", {}))
        return {"urgent-number": number, "urgent-tested": tested, **texts}

    def _row_numbers(self, kind: str) -> range:
        numbers = [int(name.split("-")[1]) for name in self.cleaned_data if name.startswith(f"{kind}-")]
        return range(1, max(numbers, default=0) + 1)

    def _has_new_times(self, days: str) -> bool:
        """Return True if times were typed in a row; stored times without days may stay."""
        rows, number = self.entry["hours"], int(days.split("-")[1])
        typed = [self.cleaned_data.get(days.replace("days", column)) for column in ("opens", "closes")]
        stored = [rows[number - 1][column] for column in ("opens", "closes")] if number <= len(rows) else []
        return any(typed) and typed != stored

    def _typed_texts(self, prefix: str, stored: Mapping[str, str]) -> dict[str, str]:
        """Return the typed texts by language; stored texts in further languages stay."""
        others = {tag: text for tag, text in stored.items() if tag not in TEXT_LANGUAGES}
        typed = {tag: self.cleaned_data.get(f"{prefix}-{tag}") for tag in TEXT_LANGUAGES}
        return {**others, **{tag: text for tag, text in typed.items() if text}}

    def _hotline_value(self) -> dict[str, Any] | None:
        number, tested = self.cleaned_data["urgent-number"], self.cleaned_data["urgent-tested"]
        texts = self._typed_texts("urgent", (self.entry["urgent"] or {}).get("hours", {}))
        return {"number": number, "tested": tested.isoformat() if tested else None, "hours": texts} if number else None

    def _phone_value(self, row: int) -> dict[str, Any] | None:
        number = self.cleaned_data.get(f"phone-{row}-number")
        words = self._typed_texts(f"phone-{row}", _stored_words(self.entry["phones"], row))
        type_ = {"type": chosen} if (chosen := self.cleaned_data.get(f"phone-{row}-type")) else {}
        return {"number": number, "words": words, **type_} if number else None

    def _hours_value(self, row: int) -> dict[str, Any] | None:
        data, rows = self.cleaned_data, self.entry["hours"]
        days = [int(day) for day in data.get(f"hour-{row}-days") or ()]
        if not days:
            has_only_words = row <= len(rows) and not rows[row - 1]["days"]
            return dict(rows[row - 1]) if has_only_words else None
        opens, closes = data.get(f"hour-{row}-opens") or "", data.get(f"hour-{row}-closes") or ""
        return {"days": days, "opens": opens, "closes": closes, "words": _stored_words(rows, row)}


class LinkForm(EntryForm):
    """The form of a provider with a link: an entry, and a note to the editor."""

    kind = "link"
    note = PublicTextField(
        label=_("Anything else about the service?"),
        required=False,
        max_length=public_proposals.MAX_NOTE,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For example: we moved. Please do not write about a person."),
    )


@cache
def form_groups(kind: str) -> list[dict[str, Any]]:
    """Return the groups of fields of a form: "link", "edit" or "new"."""
    groups = [group for group in read_data("directory", "entry_form")["groups"] if kind in group["forms"]]
    return [
        {**group, "fields": [row for row in group["fields"] if kind in row.get("forms", group["forms"])]}
        for group in groups
    ]


def field_name(path: str) -> str:
    """Return the name of the form field for a path."""
    return path.replace(".", "--")


def _invalid(code: str, text: str) -> ValidationError:
    return ValidationError(labels.problem_text(Problem("", "", code, text[:MAX_IN_ERROR])))


def _options(row: Row, initial: Any, **options: Any) -> dict[str, Any]:
    label = localize(row["label"]) if "label" in row else labels.field_label(row["path"])
    return {
        "label": label,
        "required": False,
        "initial": initial,
        "help_text": localize(row["help"]) if "help" in row else "",
        **options,
    }


def _line(row: Row, value: Any) -> forms.Field:
    widget = forms.Textarea({"rows": 3}) if row.get("long") else None
    return PublicTextField(**_options(row, value or "", max_length=row["max"], widget=widget))


def _code(row: Row, value: Any) -> forms.Field:
    """Offer one of some codes."""
    choices = _choices(row)
    if "attribute" in row:
        choices.append(NOT_STATED)
    return forms.ChoiceField(**_options(row, value or "", choices=choices, widget=forms.RadioSelect))


def _codes(row: Row, value: Any) -> forms.Field:
    """Offer several codes; a stored code that is not in the list stays selectable."""
    choices = _choices(row)
    known = {code for code, _label in choices}
    choices += [(code, code) for code in value or () if code not in known]
    return forms.MultipleChoiceField(**_options(row, value, choices=choices, widget=forms.CheckboxSelectMultiple))


def _yes_no(row: Row, value: Any) -> forms.Field:
    initial = {True: "yes", False: "no"}.get(value, "")
    options = _options(row, initial, choices=YES_NO, widget=forms.RadioSelect)
    return forms.TypedChoiceField(**options, coerce=lambda chosen: chosen == "yes", empty_value=None)


def _district(row: Row, value: Any) -> forms.Field:
    provinces = [(title, [pair for pair in pairs if "." in pair[0]]) for title, pairs in labels.place_choices()]
    return forms.ChoiceField(**_options(row, value or "", choices=[NOT_STATED, *filter(itemgetter(1), provinces)]))


SINGLE: dict[str, Callable[[Row, Any], forms.Field]] = {
    "line": _line,
    "number": lambda row, value: forms.IntegerField(**_options(row, value, min_value=0, max_value=row["max"])),
    "code": _code,
    "codes": _codes,
    "yes_no": _yes_no,
    "district": _district,
    "url": lambda row, value: forms.URLField(
        **_options(row, value or "", max_length=row["max"], assume_scheme="https")
    ),
    "email": lambda row, value: forms.EmailField(**_options(row, value or "", max_length=row["max"])),
}


def _choices(row: Row) -> list[Any]:
    if "list" in row:
        pairs = code_list("directory", row["list"]).choices
        return [pair for pair in pairs if pair[0] in row.get("codes", [code for code, _label in pairs])]
    if "attribute" in row:
        return [(code, labels.value_label(code)) for code in catalogue.attributes()[row["attribute"]]["values"]]
    if row["path"] == "let_in.languages":
        return [*labels.language_choices(), (catalogue.INTERPRETER, labels.language_name(catalogue.INTERPRETER))]
    pairs = [pair for _group, group in GROUPED_CHOICES[row["path"]]() for pair in group]
    return pairs if row["path"] == "types" else [*pairs, (catalogue.COUNTRY, labels.place_name(catalogue.COUNTRY))]


def _telephone(label: Any, number: str | None) -> forms.Field:
    return TelephoneField(label=label, required=False, max_length=40, initial=number or "")


def _phone_type(stored: str) -> forms.Field:
    """Return a choice between calls and messages; another type that a file stated stays."""
    others = [(stored, stored)] if stored not in ("", "text") else []
    choices = [("", _("Calls")), ("text", _("Messages only")), *others]
    return forms.ChoiceField(label=_("Use of this number"), required=False, initial=stored, choices=choices)


def _short_texts(prefix: str, label: Any, texts: Mapping[str, str]) -> Fields:
    return {
        f"{prefix}-{tag}": PublicTextField(
            label=labels.label_in_language(label, tag),
            required=False,
            max_length=MAX_LINE,
            initial=texts.get(tag, ""),
        )
        for tag in TEXT_LANGUAGES
    }


GROUPED_CHOICES = {"types": labels.service_type_choices, "areas": labels.place_choices}


def _fold_checkboxes(field: forms.BoundField) -> list[dict[str, Any]]:
    """Group a long list of checkboxes like its choices; a group is open if one is ticked."""
    if field.name not in GROUPED_CHOICES:
        return []
    boxes_left = {str(box.data["value"]): box for box in field}
    groups: list[tuple[str, Iterable[Any]]] = [
        (title, [boxes_left.pop(code) for code, _label in pairs if code in boxes_left])
        for title, pairs in GROUPED_CHOICES[field.name]()
    ]
    groups.append((str(_("Others")), boxes_left.values()))
    return [
        {"title": title, "boxes": boxes, "open": any(box.data["selected"] for box in boxes)}
        for title, boxes in groups
        if boxes
    ]


def _stored_value(value: Any, before: Any) -> Any:
    """Return None for an empty value, and equal codes in their stored order."""
    if isinstance(value, list):
        return before if set(value) == set(before or ()) else sorted(value)
    return None if value == "" else value


def _stored_words(rows: Sequence[Mapping[str, Any]], number: int) -> dict[str, str]:
    return dict(rows[number - 1]["words"]) if number <= len(rows) else {}
