"""Forms of the directory for its editors, and for a provider with a link."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from suar.directory import catalogue, labels, rules
from suar.directory.flat import as_written
from suar.directory.terms import Problem, Status

SPOKEN = ("en", "id")
LONGEST_NAME, LONGEST_TEXT, LONGEST_NOTE = 200, 1000, 500
LINES, CHOSEN = forms.Textarea({"rows": 3}), forms.CheckboxSelectMultiple
CLOCK_TIME = r"^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$"
MOST_SHOWN = 40
MOST_PLACES, OLDEST_YEARS = 999, 120
SINGLE = ("status", "types", "areas")
NO_PHONE: Mapping[str, Any] = {"number": "", "words": {}}
NO_HOURS: Mapping[str, Any] = {"days": [], "opens": "", "closes": ""}
NOT_TOLD = ("", _("Not told"))
CODED = {"let_in.cost": "EL_COST", "let_in.opening": "EL_TIME", "let_in.papers": "EL_PAPERS"}
NUMBERS = ("let_in.age_min", "let_in.age_max", "let_in.places_total", "let_in.places_free")
STATUS = [
    (Status.ACTIVE.value, _("It is open")),
    (Status.CLOSED_FOR_NOW.value, _("It is closed for now")),
    (Status.DEFUNCT.value, _("It is closed for ever")),
]


SHOWN = [
    ("", _("Those that the public finds")),
    ("ask", _("Ask soon or now, the oldest first")),
    ("now", _("Ask now")),
    ("hidden", _("Too old for the public")),
    ("closed", _("Closed or hidden by an editor")),
    ("drafts", _("With a draft that waits")),
    ("wrong", _("Said to be wrong")),
]


def is_plain(text: str) -> None:
    """Refuse signs that cannot be seen, and what a spreadsheet would run."""
    if why := rules.why_not_plain(text):
        raise ValidationError(labels.problem(Problem("", "", why, text[:MOST_SHOWN])))


def is_telephone(text: str) -> None:
    """Refuse what is no number to call."""
    if not rules.is_telephone(text):
        problem = Problem("", "", "not_telephone", text[:MOST_SHOWN])
        raise ValidationError(labels.problem(problem))


class WrittenField(forms.CharField):
    """Words as they are kept: a browser ends lines as Windows does, and here they end alike."""

    def to_python(self, value: Any) -> str:
        """Give the words with plain ends of lines and without blanks around them."""
        return as_written(super().to_python(value) or "")


class ToldField(WrittenField):
    """Words that everybody may read, and that are written into files."""

    default_validators = (is_plain,)


class TelephoneField(ToldField):
    """A number to call."""

    default_validators = (is_plain, is_telephone)


class EntriesForm(forms.Form):
    """Words to look for in the directory."""

    text = forms.CharField(label=_("Words, a place or a kind of help"), required=False,
                           max_length=100)  # fmt: skip
    show = forms.ChoiceField(label=_("Which entries"), choices=SHOWN, required=False)


class EntryForm(forms.Form):
    """What an entry says, a field for each thing; a name holds `--` where a way holds a dot.

    `over` is the edition it was made from. With `whole` it also holds what only editors change.
    """

    use_required_attribute = False
    over = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, flat: Mapping[str, Any], whole: bool, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        self.flat = flat
        self.fields |= {named(way): field for way, field in _fields(flat, whole=whole).items()}

    def told(self) -> dict[str, Any]:
        """Give what was filled in, by the way of each field."""
        said = self.cleaned_data
        ways = [name.replace("--", ".") for name in said if "--" in name or name in SINGLE]
        found = {way: _plain(said[named(way)], self.flat.get(way)) for way in ways if _is_own(way)}
        found["phones"] = _rows(said, "phone", self._phone)
        found["hours"] = _rows(said, "hour", self._hour)
        return found

    def _phone(self, said: Mapping[str, Any], at: int) -> dict[str, Any] | None:
        number = said.get(f"phone-{at}-number")
        words = {tag: said.get(f"phone-{at}-{tag}") for tag in SPOKEN}
        before = _words(self.flat["phones"], at)
        kept = {tag: text for tag, text in before.items() if tag not in SPOKEN}
        told = {tag: text for tag, text in words.items() if text}
        return {"number": number, "words": {**kept, **told}} if number else None

    def _hour(self, said: Mapping[str, Any], at: int) -> dict[str, Any] | None:
        days = [int(day) for day in said.get(f"hour-{at}-days") or ()]
        opens, closes = said.get(f"hour-{at}-opens"), said.get(f"hour-{at}-closes")
        words, rows = _words(self.flat["hours"], at), self.flat["hours"]
        if not days:
            only_words = at <= len(rows) and not rows[at - 1]["days"]
            return dict(rows[at - 1]) if only_words else None
        return {"days": days, "opens": opens or "", "closes": closes or "", "words": words}


class NoteForm(forms.Form):
    """A few words to the editor about the service, for what no field is for."""

    note = WrittenField(
        label=_("Anything else about the service?"), required=False, max_length=LONGEST_NOTE,
        widget=LINES,
        help_text=_("For instance: we moved. Please write nothing about a person."),
    )  # fmt: skip


def named(way: str) -> str:
    """Give the name of the form's field for a way."""
    return way.replace(".", "--")


def _fields(flat: Mapping[str, Any], *, whole: bool) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {"status": _choice(_("Is it open?"), STATUS, flat["status"])}
    for way in _spoken("name", flat):
        found[way] = _text(way, flat, most=LONGEST_NAME)
    for way in _spoken("description", flat):
        found[way] = _text(way, flat, lines=True)
    found |= _phones(flat["phones"]) | _hours(flat["hours"])
    for way, attribute in CODED.items():
        codes = [(code, labels.value(code)) for code in catalogue.attributes()[attribute]["values"]]
        found[way] = _choice(labels.field(way), [*codes, NOT_TOLD], flat[way])
    found |= {way: _number(way, flat) for way in NUMBERS}
    sexes = [(code, labels.value(code)) for code in catalogue.attributes()["EL_SEX"]["values"]]
    spoken = [*labels.language_choices(), ("INTERPRETER", labels.language_name("INTERPRETER"))]
    found["let_in.sex"] = _several("let_in.sex", sexes, flat)
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
    areas.append(("NATIONAL", labels.place("NATIONAL")))
    return {"types": _several("types", types, flat), "areas": _several("areas", areas, flat)}


def _phones(told: list[Mapping[str, Any]]) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for at in range(1, len(told) + 2):
        row: Mapping[str, Any] = told[at - 1] if at <= len(told) else NO_PHONE
        found[f"phone-{at}-number"] = TelephoneField(
            label=_("Telephone"), required=False, max_length=40, initial=row["number"],
            widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
        )  # fmt: skip
        for tag in SPOKEN:
            found[f"phone-{at}-{tag}"] = ToldField(
                label=labels.in_language(_("What this number is for"), tag), required=False,
                max_length=LONGEST_NAME, initial=row["words"].get(tag, ""),
            )  # fmt: skip
    return found


def _hours(told: list[Mapping[str, Any]]) -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for at in range(1, len(told) + 2):
        row: Mapping[str, Any] = told[at - 1] if at <= len(told) else NO_HOURS
        found[f"hour-{at}-days"] = forms.MultipleChoiceField(
            label=_("Days"), required=False, widget=CHOSEN, initial=[str(d) for d in row["days"]],
            choices=[(str(day), name) for day, name in WEEKDAYS.items()],
        )  # fmt: skip
        for name, label in (("opens", _("Opens at")), ("closes", _("Closes at"))):
            found[f"hour-{at}-{name}"] = forms.RegexField(
                CLOCK_TIME, label=label, required=False, initial=row[name],
                help_text=_("Like 08:00"), strip=True,
            )  # fmt: skip
    return found


def _text(
    way: str, flat: Mapping[str, Any], *, most: int = LONGEST_TEXT, lines: bool = False
) -> forms.Field:
    widget: dict[str, Any] = {"widget": LINES} if lines else {}
    return ToldField(label=labels.field(way), required=False, max_length=most,
                        initial=flat.get(way, ""), **widget)  # fmt: skip


def _choice(label: Any, choices: Any, initial: Any) -> forms.Field:
    return forms.ChoiceField(label=label, choices=choices, required=False, initial=initial or "",
                             widget=forms.RadioSelect)  # fmt: skip


def _several(way: str, choices: Any, flat: Mapping[str, Any]) -> forms.Field:
    """Offer codes; one that is told but that we have no name for stays to be chosen."""
    known = {code for code, _words in choices}
    others = [(code, code) for code in flat.get(way) or () if code not in known]
    return forms.MultipleChoiceField(
        label=labels.field(way), choices=[*choices, *others], required=False, widget=CHOSEN,
        initial=flat.get(way),
    )  # fmt: skip


def _number(way: str, flat: Mapping[str, Any]) -> forms.Field:
    return forms.IntegerField(
        label=labels.field(way), required=False, min_value=0, initial=flat.get(way),
        max_value=MOST_PLACES if "places" in way else OLDEST_YEARS,
    )  # fmt: skip


def _is_own(way: str) -> bool:
    return way in SINGLE or way.partition(".")[0] in ("name", "description", "access", "let_in")


def _plain(value: Any, before: Any) -> Any:
    """Give None for what is not told, and the same codes in the order in which they stood."""
    if isinstance(value, list):
        return before if set(value) == set(before or ()) else sorted(value)
    return None if value == "" else value


def _rows(said: Mapping[str, Any], kind: str, read: Any) -> list[Any]:
    last = max(int(name.split("-")[1]) for name in said if name.startswith(f"{kind}-"))
    return [row for at in range(1, last + 1) if (row := read(said, at)) is not None]


def _words(rows: list[Mapping[str, Any]], at: int) -> dict[str, str]:
    return dict(rows[at - 1]["words"]) if at <= len(rows) else {}
