"""The fields of an entry in a form: words, numbers to call, hours, codes of the directory."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from suar.directory import catalogue, labels
from suar.directory.codes import Status
from suar.directory.diff import normalise_text
from suar.directory.documents import Problem
from suar.directory.rules import input_text
from suar.settings.environment import Mode

SPOKEN = ("en", "id")
LONGEST_NAME, LONGEST_TEXT = 200, 1000
LINES, CHOSEN = forms.Textarea({"rows": 3}), forms.CheckboxSelectMultiple
CLOCK_TIME = r"^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$"
MOST_SHOWN = 40
MOST_PLACES, OLDEST_YEARS, MOST_DAYS = 999, 120, 3650
NO_PHONE: Mapping[str, Any] = {"number": "", "words": {}}
NO_LINE: Mapping[str, Any] = {"number": "", "tested": None, "hours": {}}
NO_HOURS: Mapping[str, Any] = {"days": [], "opens": "", "closes": ""}
NOT_TOLD = ("", _("Not told"))
CODED = {"let_in.cost": "EL_COST", "let_in.opening": "EL_TIME", "let_in.papers": "EL_PAPERS"}
CODED_FOR_EDITORS = {
    "let_in.children_with": "EL_CHILDREN_WITH",
    "let_in.stay": "EL_STAY",
    "let_in.formal": "EL_FORMAL",
}
SEVERAL_FOR_EDITORS = {
    "let_in.nationality": "EL_NATIONALITY",
    "let_in.forms": "EL_FORM",
    "let_in.residential": "EL_RESIDENTIAL",
    "let_in.disability": "EL_DISABILITY",
    "let_in.exclusions": "EL_EXCLUSION",
    "let_in.family": "EL_FAMILY",
}
YES_NO = [("yes", _("Yes")), ("no", _("No")), NOT_TOLD]
NUMBERS = ("let_in.age_min", "let_in.age_max", "let_in.places_total", "let_in.places_free")
NUMBERS_FOR_EDITORS = ("let_in.children_age_limit", "let_in.stay_limit_days")
STATUS = [
    (Status.ACTIVE.value, _("It is open")),
    (Status.CLOSED_FOR_NOW.value, _("It is closed for now")),
    (Status.DEFUNCT.value, _("It is closed for ever")),
]


def fields_of(flat: Mapping[str, Any], *, whole: bool, spare: int = 1) -> dict[str, forms.Field]:
    """Make the fields of an entry by the way of each, filled with what it says.

    With `whole` those too that only editors change; `spare` rows are left empty for more numbers
    and hours.
    """
    found: dict[str, forms.Field] = {"status": _choice(_("Is it open?"), STATUS, flat["status"])}
    for way in _spoken("name", flat):
        found[way] = _text(way, flat, most=LONGEST_NAME)
    for way in _spoken("description", flat):
        found[way] = _text(way, flat, lines=True)
    found |= _phones(flat["phones"], spare) | _hours(flat["hours"], spare)
    found |= {way: _coded(way, attribute, flat) for way, attribute in CODED.items()}
    found |= {way: _number(way, flat) for way in NUMBERS}
    spoken = [*labels.language_choices(), ("INTERPRETER", labels.language_name("INTERPRETER"))]
    found["let_in.sex"] = _several("let_in.sex", _codes("EL_SEX"), flat)
    found["let_in.languages"] = _several("let_in.languages", spoken, flat)
    for code, row in catalogue.access_fields().items():
        if not row["made"]:
            ways = _spoken(f"access.{code}", flat)
            found |= {way: _text(way, flat, lines=True) for way in ways}
    return found | (_for_editors(flat) if whole else {})


def _spoken(way: str, flat: Mapping[str, Any]) -> list[str]:
    """Name a text in both languages, and in any other in which it is told."""
    own = [f"{way}.{tag}" for tag in SPOKEN]
    return [*own, *sorted(each for each in flat if each.startswith(f"{way}.") and each not in own)]


def _for_editors(flat: Mapping[str, Any]) -> dict[str, forms.Field]:
    types = [pair for _group, pairs in labels.service_type_choices() for pair in pairs]
    areas = [pair for _group, pairs in labels.place_choices() for pair in pairs]
    areas.append(("NATIONAL", labels.place_name("NATIONAL")))
    found = {"types": _several("types", types, flat), "areas": _several("areas", areas, flat)}
    found |= {way: _several(way, _codes(attribute), flat) for way, attribute in SEVERAL_FOR_EDITORS.items()}
    found |= {way: _coded(way, attribute, flat) for way, attribute in CODED_FOR_EDITORS.items()}
    found |= {way: _number(way, flat) for way in NUMBERS_FOR_EDITORS}
    told = {True: "yes", False: "no"}.get(flat["let_in.cooperation"], "")
    found["let_in.cooperation"] = forms.TypedChoiceField(
        label=labels.field_label("let_in.cooperation"),
        choices=YES_NO,
        required=False,
        initial=told,
        widget=forms.RadioSelect,
        coerce=lambda chosen: chosen == "yes",
        empty_value=None,
    )
    return found | _urgent(flat["urgent"] or NO_LINE)


def _urgent(told: Mapping[str, Any]) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {
        "urgent-number": _telephone(labels.field_label("urgent"), told["number"]),
        "urgent-tested": forms.DateField(
            label=_("Day on which somebody last tried this number"),
            required=False,
            initial=told["tested"],
            widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        ),
    }
    for tag in SPOKEN:
        found[f"urgent-{tag}"] = ToldField(
            label=labels.label_in_language(_("When somebody answers this number"), tag),
            required=False,
            max_length=LONGEST_NAME,
            initial=told["hours"].get(tag, ""),
        )
    return found


def _telephone(label: str, number: str) -> forms.Field:
    typed = forms.TextInput({"inputmode": "tel", "autocomplete": "off"})
    return TelephoneField(label=label, required=False, max_length=40, initial=number, widget=typed)


def _phones(told: list[Mapping[str, Any]], spare: int) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for at in range(1, len(told) + spare + 1):
        row: Mapping[str, Any] = told[at - 1] if at <= len(told) else NO_PHONE
        found[f"phone-{at}-number"] = _telephone(_numbered(_("Telephone"), at), row["number"])
        for tag in SPOKEN:
            found[f"phone-{at}-{tag}"] = ToldField(
                label=labels.label_in_language(_("What this number is for"), tag),
                required=False,
                max_length=LONGEST_NAME,
                initial=row["words"].get(tag, ""),
            )
    return found


def _numbered(label: Any, at: int) -> str:
    """Tell apart the rows of a form that are alike, also for who hears it read."""
    return f"{label} {at}"


def _hours(told: list[Mapping[str, Any]], spare: int) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for at in range(1, len(told) + spare + 1):
        row: Mapping[str, Any] = told[at - 1] if at <= len(told) else NO_HOURS
        found[f"hour-{at}-days"] = forms.MultipleChoiceField(
            label=_numbered(_("Days"), at),
            required=False,
            widget=CHOSEN,
            initial=[str(day) for day in row["days"]],
            choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        )
        for name, label in (("opens", _("Opens at")), ("closes", _("Closes at"))):
            found[f"hour-{at}-{name}"] = forms.RegexField(
                CLOCK_TIME,
                label=label,
                required=False,
                initial=row[name],
                help_text=_("Like 08:00"),
                strip=True,
            )
    return found


def _text(way: str, flat: Mapping[str, Any], *, most: int = LONGEST_TEXT, lines: bool = False) -> forms.Field:
    widget: dict[str, Any] = {"widget": LINES} if lines else {}
    return ToldField(
        label=labels.field_label(way), required=False, max_length=most, initial=flat.get(way, ""), **widget
    )


def _choice(label: Any, choices: Any, initial: Any) -> forms.Field:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, initial=initial or "", widget=forms.RadioSelect
    )


def _coded(way: str, attribute: str, flat: Mapping[str, Any]) -> forms.Field:
    return _choice(labels.field_label(way), [*_codes(attribute), NOT_TOLD], flat[way])


def _codes(attribute: str) -> list[tuple[str, str]]:
    return [(code, labels.value_label(code)) for code in catalogue.attributes()[attribute]["values"]]


def _several(way: str, choices: Any, flat: Mapping[str, Any]) -> forms.Field:
    """Offer codes; one that is told but that we have no name for stays to be chosen."""
    known = {code for code, _words in choices}
    others = [(code, code) for code in flat.get(way) or () if code not in known]
    return forms.MultipleChoiceField(
        label=labels.field_label(way),
        choices=[*choices, *others],
        required=False,
        widget=CHOSEN,
        initial=flat.get(way),
    )


def _number(way: str, flat: Mapping[str, Any]) -> forms.Field:
    return forms.IntegerField(
        label=labels.field_label(way),
        required=False,
        min_value=0,
        initial=flat.get(way),
        max_value=MOST_PLACES if "places" in way else MOST_DAYS if "days" in way else OLDEST_YEARS,
    )


def is_plain(text: str) -> None:
    """Refuse signs that cannot be seen, and what a spreadsheet would run."""
    if why := input_text.text_problem(text):
        raise ValidationError(labels.problem_text(Problem("", "", why, text[:MOST_SHOWN])))


def is_telephone(text: str) -> None:
    """Refuse what is no number to call; where people are helped, an invented one as well."""
    invented = settings.SUAR_MODE == Mode.RUN and input_text.is_example_number(text)
    if invented or not input_text.is_telephone(text):
        why = "invented_number" if invented else "not_telephone"
        raise ValidationError(labels.problem_text(Problem("", "", why, text[:MOST_SHOWN])))


class WrittenField(forms.CharField):
    """Words as they are kept: a browser ends lines as Windows does, and here they end alike."""

    def to_python(self, value: Any) -> str:
        """Give the words with plain ends of lines and without blanks around them."""
        return normalise_text(super().to_python(value) or "")


class ToldField(WrittenField):
    """Words that everybody may read, and that are written into files."""

    default_validators = (is_plain,)


class TelephoneField(ToldField):
    """A number to call."""

    default_validators = (is_plain, is_telephone)
