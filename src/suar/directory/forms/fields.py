"""Form fields of an entry: texts, numbers to call, opening hours and codes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from suar.core.environment import Mode
from suar.core.i18n import staff_languages
from suar.directory import catalogue, labels
from suar.directory.codes import Status
from suar.directory.diff import FlatEntry, normalise_text
from suar.directory.documents import Problem
from suar.directory.rules import input_text

TEXT_LANGUAGES = tuple(language.code for language in staff_languages())
MAX_NAME, MAX_TEXT, MAX_SHOWN = 200, 1000, 40
MAX_PLACES, MAX_AGE_YEARS, MAX_STAY_DAYS = 999, 120, 3650
CLOCK_TIME = r"^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$"
TEXT_AREA, CHECKBOXES = forms.Textarea({"rows": 3}), forms.CheckboxSelectMultiple
NOT_STATED = ("", _("Not stated"))
YES_NO = [("yes", _("Yes")), ("no", _("No")), NOT_STATED]
STATUSES = [
    (Status.ACTIVE.value, _("It is open")),
    (Status.CLOSED_FOR_NOW.value, _("It is closed temporarily")),
    (Status.DEFUNCT.value, _("It is closed permanently")),
]
EMPTY_PHONE: Mapping[str, Any] = {"number": "", "words": {}}
EMPTY_HOTLINE: Mapping[str, Any] = {"number": "", "tested": None, "hours": {}}
EMPTY_HOURS: Mapping[str, Any] = {"days": [], "opens": "", "closes": ""}
ONE_CODE = {"let_in.cost": "EL_COST", "let_in.opening": "EL_TIME", "let_in.papers": "EL_PAPERS"}
NUMBERS = ("let_in.age_min", "let_in.age_max", "let_in.places_total", "let_in.places_free")
EDITORS_ONE_CODE = {"let_in.children_with": "EL_CHILDREN_WITH", "let_in.stay": "EL_STAY", "let_in.formal": "EL_FORMAL"}
EDITORS_SEVERAL_CODES = {
    "let_in.nationality": "EL_NATIONALITY",
    "let_in.forms": "EL_FORM",
    "let_in.residential": "EL_RESIDENTIAL",
    "let_in.disability": "EL_DISABILITY",
    "let_in.exclusions": "EL_EXCLUSION",
    "let_in.family": "EL_FAMILY",
}
EDITORS_NUMBERS = ("let_in.children_age_limit", "let_in.stay_limit_days")


class NormalisedField(forms.CharField):
    """A text with plain line ends and without spaces around it."""

    def to_python(self, value: Any) -> str:
        """Return the normalised text."""
        return normalise_text(super().to_python(value) or "")


def validate_text(text: str) -> None:
    """Refuse invisible characters, and text that a spreadsheet would run as a formula."""
    if code := input_text.text_problem(text):
        raise _invalid(code, text)


def validate_telephone(text: str) -> None:
    """Refuse what is not a telephone number; outside the demo also an example number."""
    if settings.SUAR_MODE == Mode.RUN and input_text.is_example_number(text):
        raise _invalid("invented_number", text)
    if not input_text.is_telephone(text):
        raise _invalid("not_telephone", text)


class PublicTextField(NormalisedField):
    """A text that everybody may read, and that is written into files."""

    default_validators = [validate_text]


class TelephoneField(PublicTextField):
    """A number to call."""

    default_validators = [validate_text, validate_telephone]


def entry_fields(entry: FlatEntry, *, editor: bool, spare_rows: int = 1) -> dict[str, forms.Field]:
    """Return the fields of an entry by path, with its values as initial values.

    With `editor`, fields that only editors may change are included. `spare_rows` empty rows are
    added for further numbers and hours.
    """
    fields: dict[str, forms.Field] = {"status": _radio(_("Is it open?"), STATUSES, entry["status"])}
    fields |= {path: _text(path, entry, max_length=MAX_NAME) for path in _text_paths("name", entry)}
    fields |= {path: _text(path, entry, widget=TEXT_AREA) for path in _text_paths("description", entry)}
    fields |= _phone_fields(entry["phones"], spare_rows) | _hour_fields(entry["hours"], spare_rows)
    fields |= {path: _one_code(path, attribute, entry) for path, attribute in ONE_CODE.items()}
    fields |= {path: _number(path, entry) for path in NUMBERS}
    languages = [*labels.language_choices(), (catalogue.INTERPRETER, labels.language_name(catalogue.INTERPRETER))]
    fields["let_in.sex"] = _several("let_in.sex", _codes("EL_SEX"), entry)
    fields["let_in.languages"] = _several("let_in.languages", languages, entry)
    for code, row in catalogue.access_fields().items():
        if not row["made"]:
            fields |= {path: _text(path, entry, widget=TEXT_AREA) for path in _text_paths(f"access.{code}", entry)}
    return fields | (_editor_fields(entry) if editor else {})


def _invalid(code: str, text: str) -> ValidationError:
    return ValidationError(labels.problem_text(Problem("", "", code, text[:MAX_SHOWN])))


def _text_paths(path: str, entry: FlatEntry) -> list[str]:
    """Return the paths of a text in the staff languages, and in any other that the entry has."""
    own = [f"{path}.{tag}" for tag in TEXT_LANGUAGES]
    return [*own, *sorted(other for other in entry if other.startswith(f"{path}.") and other not in own)]


def _editor_fields(entry: FlatEntry) -> dict[str, forms.Field]:
    types = [pair for _group, pairs in labels.service_type_choices() for pair in pairs]
    areas = [pair for _group, pairs in labels.place_choices() for pair in pairs]
    areas.append((catalogue.COUNTRY, labels.place_name(catalogue.COUNTRY)))
    fields = {"types": _several("types", types, entry), "areas": _several("areas", areas, entry)}
    fields |= {path: _several(path, _codes(attribute), entry) for path, attribute in EDITORS_SEVERAL_CODES.items()}
    fields |= {path: _one_code(path, attribute, entry) for path, attribute in EDITORS_ONE_CODE.items()}
    fields |= {path: _number(path, entry) for path in EDITORS_NUMBERS}
    fields["let_in.cooperation"] = forms.TypedChoiceField(
        label=labels.field_label("let_in.cooperation"),
        choices=YES_NO,
        required=False,
        initial={True: "yes", False: "no"}.get(entry["let_in.cooperation"], ""),
        widget=forms.RadioSelect,
        coerce=lambda chosen: chosen == "yes",
        empty_value=None,
    )
    return fields | _hotline_fields(entry["urgent"] or EMPTY_HOTLINE)


def _hotline_fields(hotline: Mapping[str, Any]) -> dict[str, forms.Field]:
    tested = forms.DateField(
        label=_("Day on which somebody last tried this number"),
        required=False,
        initial=hotline["tested"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    texts = _short_texts("urgent", _("Hours of this number"), hotline["hours"])
    return {
        "urgent-number": _telephone(labels.field_label("urgent"), hotline["number"]),
        "urgent-tested": tested,
        **texts,
    }


def _phone_fields(phones: Sequence[Mapping[str, Any]], spare_rows: int) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for number, phone in enumerate([*phones, *[EMPTY_PHONE] * spare_rows], 1):
        fields[f"phone-{number}-number"] = _telephone(_numbered(_("Telephone"), number), phone["number"])
        fields |= _short_texts(f"phone-{number}", _("Purpose of this number"), phone["words"])
    return fields


def _hour_fields(hours: Sequence[Mapping[str, Any]], spare_rows: int) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {}
    for number, row in enumerate([*hours, *[EMPTY_HOURS] * spare_rows], 1):
        fields[f"hour-{number}-days"] = forms.MultipleChoiceField(
            label=_numbered(_("Days"), number),
            required=False,
            widget=CHECKBOXES,
            initial=[str(day) for day in row["days"]],
            choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        )
        for name, label in (("opens", _("Opens at")), ("closes", _("Closes at"))):
            fields[f"hour-{number}-{name}"] = forms.RegexField(
                CLOCK_TIME, label=label, required=False, initial=row[name], help_text=_("Like 08:00"), strip=True
            )
    return fields


def _numbered(label: Any, number: int) -> str:
    """Return a label that tells similar rows apart, also for screen readers."""
    return f"{label} {number}"


def _short_texts(prefix: str, label: Any, texts: Mapping[str, str]) -> dict[str, forms.Field]:
    return {
        f"{prefix}-{tag}": PublicTextField(
            label=labels.label_in_language(label, tag),
            required=False,
            max_length=MAX_NAME,
            initial=texts.get(tag, ""),
        )
        for tag in TEXT_LANGUAGES
    }


def _telephone(label: str, number: str) -> forms.Field:
    widget = forms.TextInput({"inputmode": "tel", "autocomplete": "off"})
    return TelephoneField(label=label, required=False, max_length=40, initial=number, widget=widget)


def _text(path: str, entry: FlatEntry, *, max_length: int = MAX_TEXT, **options: Any) -> forms.Field:
    label, initial = labels.field_label(path), entry.get(path, "")
    return PublicTextField(label=label, required=False, max_length=max_length, initial=initial, **options)


def _radio(label: Any, choices: Any, initial: Any) -> forms.Field:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, initial=initial or "", widget=forms.RadioSelect
    )


def _one_code(path: str, attribute: str, entry: FlatEntry) -> forms.Field:
    return _radio(labels.field_label(path), [*_codes(attribute), NOT_STATED], entry[path])


def _codes(attribute: str) -> labels.Choices:
    return [(code, labels.value_label(code)) for code in catalogue.attributes()[attribute]["values"]]


def _several(path: str, choices: labels.Choices, entry: FlatEntry) -> forms.Field:
    """Offer codes; a stored code that is not in the list stays selectable."""
    known = {code for code, _label in choices}
    unknown = [(code, code) for code in entry.get(path) or () if code not in known]
    return forms.MultipleChoiceField(
        label=labels.field_label(path),
        choices=[*choices, *unknown],
        required=False,
        widget=CHECKBOXES,
        initial=entry.get(path),
    )


def _number(path: str, entry: FlatEntry) -> forms.Field:
    return forms.IntegerField(
        label=labels.field_label(path),
        required=False,
        min_value=0,
        initial=entry.get(path),
        max_value=MAX_PLACES if "places" in path else MAX_STAY_DAYS if "days" in path else MAX_AGE_YEARS,
    )
