"""Fields and base classes of case work's forms, and the forms for notes, tasks and facts."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from functools import cache
from typing import Any, ClassVar, TypeVar, cast, get_args, get_origin
from uuid import UUID

from django import forms
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from suar.cases import codes, labels
from suar.cases.codes import COMMUNITY_RESULTS, COMMUNITY_WORK
from suar.cases.documents.parts import StoredPartialDate
from suar.cases.encounters import event_choices, setting_choices
from suar.cases.fields_in_words import label_of_field
from suar.cases.labels import country_choices, partial_date
from suar.cases.rules.dates import PartialDate
from suar.consent.codes import ContactRule
from suar.consent.facts import FACTS
from suar.core import clock, saved_forms
from suar.core.codes import CodeList, code_list, read_data
from suar.core.i18n import localize, staff_languages
from suar.directory.labels import language_choices, place_choices, service_type_choices
from suar.records.documents import Part

PRIVATE = {"autocomplete": "off"}
"""Attributes of an input whose values no browser stores."""
PLANNED_ELSEWHERE = ("from_offer", "while_missing", "own_page")
"""Attributes of task kinds that `TaskForm` does not offer, because another page plans them."""
Choices = CodeList | Iterable[tuple[str, Any]] | Callable[[], Iterable[tuple[str, Any]]]
"""A code list, pairs of code and label, or a function that returns such pairs."""
PartType = TypeVar("PartType", bound=Part)


def text_field(label: Any, max_length: int, *, rows: int = 0, **options: Any) -> forms.CharField:
    """Return a field for one line, or for several `rows`, that no browser stores."""
    widget = forms.Textarea({"rows": rows, **PRIVATE}) if rows else forms.TextInput(PRIVATE)
    return forms.CharField(label=label, max_length=max_length, widget=widget, **{"required": False, **options})


def date_field(label: Any, **options: Any) -> forms.DateField:
    """Return a field for a date, in the one format that a browser accepts in every language."""
    widget = forms.DateInput({"type": "date", **PRIVATE}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **{"required": False, **options})


def int_field(label: Any, **options: Any) -> forms.IntegerField:
    """Return a field for a whole number."""
    return forms.IntegerField(label=label, widget=forms.NumberInput(PRIVATE), **{"required": False, **options})


def choice_field(
    label: Any, choices: Choices, help_text: Any = "", *, empty: Any = None, radio: bool = False, **options: Any
) -> forms.ChoiceField:
    """Return a field for one of the choices; with `empty`, the label of none, it may stay open."""

    def all_choices() -> list[tuple[str, Any]]:
        first = [] if empty is None else [("", empty)]
        return [*first, *_choice_pairs(choices)]

    widget = forms.RadioSelect if radio else forms.Select
    options = {"required": empty is None, **options}
    return forms.ChoiceField(label=label, choices=all_choices, help_text=help_text, widget=widget, **options)


def choices_field(label: Any, choices: Choices = (), help_text: Any = "", **options: Any) -> forms.MultipleChoiceField:
    """Return a field for any number of the choices, each with a box to tick."""
    options = {"required": False, "widget": forms.CheckboxSelectMultiple, **options}
    return forms.MultipleChoiceField(label=label, choices=list(_choice_pairs(choices)), help_text=help_text, **options)


def _choice_pairs(choices: Choices) -> Iterable[tuple[str, Any]]:
    if isinstance(choices, CodeList):
        return choices.choices
    return choices() if callable(choices) else choices


class SavedForm(saved_forms.SavedForm):
    """A form about a record, whose act a rule may refuse."""

    fields: dict[str, Any]
    closes_meanwhile: ClassVar[bool] = False
    """True if the page offers to open a case again that a colleague closed meanwhile."""
    refused = ""
    """The reason above the page why the act was refused, for example because the case was closed meanwhile."""

    def __init__(self, *args: Any, choices: Mapping[str, Iterable[Any]] | None = None, **kwargs: Any) -> None:
        """`choices` are those of fields that offer another list on each page."""
        super().__init__(*args, **kwargs)
        for name, offered in (choices or {}).items():
            self.fields[name].choices = list(offered)

    def check_filled(self, *names: str) -> None:
        """Add an error to those of these fields that are empty; `clean` calls it."""
        for name in names:
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, _("Enter this."))

    def refuse(self, because: str) -> None:
        """Add the reason of a refusal."""
        if self.closes_meanwhile and because == "closed_now":
            self.refused = labels.refusal("closed_meanwhile")
        else:
            super().refuse(because)

    def refusal_text(self, because: str) -> str:
        """Return the reason of a refusal in words."""
        return labels.refusal(because)

    def to_part(self, kind: type[PartType], **values: Any) -> PartType:
        """Return a valid form as a document or a part of one: its filled fields of the same names, and other values."""
        filled = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        named = {name: value for name, value in filled.items() if name in kind.model_fields}
        return kind(**{**named, **values})

    @property
    def status(self) -> int:
        """The status of a page that shows the form."""
        return 409 if self.refused else super().status


class VersionedForm(SavedForm):
    """A form of something that a colleague may change meanwhile: `version` is what the page showed."""

    shows_conflicts = True

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, version: int = 0, initial: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial={**(initial or {}), "version": version}, **kwargs)
        self.stored_version = version

    def clean_version(self) -> int:
        """Return the version that the page showed; 0 for something new."""
        version: int = self.cleaned_data["version"] or 0
        return version


class WithdrawForm(SavedForm):
    """The reason for withdrawing a consent; the person need not give one."""

    reason = text_field(_("In the person's own words, if they want to say"), 500, rows=2)


class NoteForm(SavedForm):
    """A note, and how the person was reached if they were."""

    problem_field = "way"

    text = text_field(_("Note"), 5000, rows=3, required=True)
    way = choice_field(_("In touch with the person?"), codes.CONTACT_KINDS, empty=_("No"))


class CorrectionForm(SavedForm):
    """Another wording of a note, or the reason for striking it out; `seen` is the wording on the page."""

    shows_conflicts = True

    text = text_field(_("Note"), 5000, rows=4)
    reason = text_field(_("Reason for striking it out"), 200)
    seen = forms.CharField(required=False, max_length=6000, widget=forms.HiddenInput)

    def clean(self) -> None:
        """Require a reason for striking out, and else a wording."""
        super().clean()
        self.check_filled("reason" if "strike" in self.data else "text")


class TaskForm(SavedForm):
    """A next step for the person with its day; ways that are not safe are not offered."""

    problem_fields = {"step_in_the_past": "due"}

    kind = forms.ChoiceField(label=_("What is next"))
    due = date_field(_("On or before"), required=True)
    text = text_field(_("In words, if needed"), 300)

    def __init__(self, *args: Any, unsafe: Collection[ContactRule] = (), **kwargs: Any) -> None:
        offered = [kind for kind in codes.TASK_KINDS.members if not any(map(kind.get, PLANNED_ELSEWHERE))]
        kinds = [(kind.code, kind.label) for kind in offered if kind.get("not_if") not in unsafe]
        # The note on the same page has a field of the same name.
        super().__init__(*args, choices={"kind": kinds}, **{"auto_id": "id_task_%s", **kwargs})


class LogForm(forms.Form):
    """The worker whose acts a privacy officer reads, perhaps only the denied ones."""

    use_required_attribute = False

    worker = forms.TypedChoiceField(label=_("Worker"), required=False, coerce=UUID, empty_value=None)
    refused = forms.BooleanField(label=_("Only denied access: not permitted or not existing"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=10**17, widget=forms.HiddenInput)

    def __init__(self, *args: Any, workers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the workers of the organisation."""
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["worker"]).choices = [("", _("Everybody")), *workers]


class CaseloadForm(forms.Form):
    """Filters of the caseload: team or worker, and what is due."""

    team = forms.BooleanField(required=False)
    due = choice_field("", codes.CASELOAD, empty="")
    worker = forms.UUIDField(required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=10**6)


class FindForm(forms.Form):
    """A name or code to search for."""

    name = forms.CharField(
        label=_("Name or code"),
        max_length=100,
        help_text=_("Spell it as you heard it. An approximate spelling is enough."),
        widget=forms.TextInput(PRIVATE),
    )

    def __init__(self, *args: Any, beside_list: bool = False, **kwargs: Any) -> None:
        """Leave the help out beside a list of people."""
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "" if beside_list else self.fields["name"].help_text


APPROXIMATE = re.compile(
    r"^(?:about|around|approximately|circa|ca\.?|sekitar|kira-kira|kurang lebih|±|~)\s*|\s*(?:~|\?)$", re.IGNORECASE
)
MAX_LENGTH = 60
SEPARATORS = re.compile(r"[\s./,-]+")


@cache
def month_names() -> dict[str, int]:
    """Return the numbers of months by their names and short names in the languages of workers."""
    names: dict[str, int] = {}
    for language in staff_languages():
        with override(language.code):
            for table in (MONTHS, MONTHS_3):
                names |= {str(name).casefold().rstrip("."): number for number, name in table.items()}
    return names


def read_partial_date(text: str) -> PartialDate:
    """Return the date that a worker typed: 2024, 5.2024, May 2024, 17 May 2024, 2024-05-17, about 2024.

    Raises ValueError for anything else.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError("too long")
    rest = APPROXIMATE.sub("", text.strip())
    parts = [part for part in SEPARATORS.split(rest.strip()) if part]
    numbers = [month_names().get(part.casefold()) or int(part) for part in parts]
    if parts and re.fullmatch(r"\d{4}", parts[0]):
        numbers.reverse()
    if not 1 <= len(numbers) <= 3 or 0 in numbers:
        raise ValueError("not a date")
    *rest_of_date, year = numbers
    day, month = (None, None, *rest_of_date)[-2:]
    return PartialDate(year, month, day, about=rest != text.strip())


class PartialDateField(forms.Field):
    """A date as the person remembers it; a year is enough, and it may be about."""

    widget = forms.TextInput
    default_error_messages = {
        "not_a_date": _(
            "Enter a year, a month or a day: 2024, May 2024 or 17 May 2024, with “about” if it is not sure."
        )
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("For example: 2024, May 2024, 17 May 2024, about 2024."))
        super().__init__(**{"required": False, "widget": forms.TextInput(PRIVATE), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Return a stored date in words, which can be typed again."""
        return partial_date(value) if isinstance(value, PartialDate) else value

    def to_python(self, value: Any) -> PartialDate | None:
        """Return the date, or None if the field is empty."""
        if isinstance(value, PartialDate):
            return value
        if not (value or "").strip():
            return None
        try:
            return read_partial_date(value)
        except ValueError:
            raise forms.ValidationError(self.error_messages["not_a_date"], code="not_a_date") from None


QUESTIONS: Mapping[str, Mapping[str, Mapping[str, Any]]] = read_data("cases", "questions")["documents"]
"""The fields of forms by document, in their order. The default label of a field is in data/archive.json."""
CHOICES: Mapping[str, Choices] = {
    "cases.countries": country_choices,
    "district": place_choices,
    "language": language_choices,
    "missed": event_choices,
    "service_type": service_type_choices,
    "setting": setting_choices,
}
"""Choices in another order than that of a code list, or in groups."""
in_language = lazy(localize, str)
"""Return a text of a table in the language of the page, also where the form is made before."""
FormClass = TypeVar("FormClass", bound=type[forms.Form])


def document_fields(*documents: type[Part]) -> Callable[[FormClass], FormClass]:
    """Add to a form a field for each question about these documents, before the form's own fields.

    An own field of the same name takes its place.
    """

    def add_fields(form: FormClass) -> FormClass:
        own = dict(form.base_fields)
        form.base_fields.clear()
        for document in documents:
            for name, question in QUESTIONS[document.__name__].items():
                form.base_fields[name] = _field(document, name, question, label_of_field(document.__name__, name))
        form.base_fields.update(own)
        return form

    return add_fields


def fact_field(fact: str) -> forms.Field:
    """Return the field for a fact about the person."""
    document, name = FACTS[fact]
    return _field(document, name, QUESTIONS["facts"].get(fact, {}), label_of_field("", fact))


def _field(document: type[Part], name: str, question: Mapping[str, Any], known: Mapping[str, Any]) -> forms.Field:
    """Return the field that fits the type of a field of a document; `known` is its row in data/archive.json."""
    stored = document.model_fields[name].annotation
    types = {stored, *get_args(stored)}
    options: dict[str, Any] = {"required": question.get("required", False)}
    options |= {"label": in_language(question.get("label", known["label"]))}
    options |= {"help_text": in_language(question["help"])} if "help" in question else {}
    options |= {"error_messages": {"required": in_language(question["missing"])}} if "missing" in question else {}
    if "codes" in known:
        return _coded_field(known["codes"], question, options, is_list=any(get_origin(kind) is tuple for kind in types))
    if bool in types:
        return forms.BooleanField(**options)
    if int in types:
        options |= {"min_value": question.get("least"), "max_value": question.get("most")}
        return int_field(**options)
    if date in types:
        return date_field(**options)
    if types & {PartialDate, StoredPartialDate}:
        return PartialDateField(**options)
    return text_field(max_length=question.get("length", 200), rows=question.get("rows", 0), **options)


def _coded_field(codes: str, question: Mapping[str, Any], options: dict[str, Any], *, is_list: bool) -> forms.Field:
    """Return the field for a code, or for several; one that may stay open says so, by `empty` or as not asked."""
    app, _dot, name = codes.partition(".")
    choices, radio = CHOICES.get(codes) or code_list(app, name), question.get("radio", False)
    if is_list:
        return choices_field(choices=choices, **options)
    empty: Any = None if radio or options["required"] else _("Not asked")
    empty = in_language(question["empty"]) if "empty" in question else empty
    return choice_field(choices=choices, radio=radio, empty=empty, **options)


class CommunityWorkForm(forms.Form):
    """The activity, its date and district, the number of people, and the result."""

    kind = choice_field(_("What was done?"), COMMUNITY_WORK)
    on = date_field(_("When?"), required=True, initial=clock.today)
    place = choice_field(
        _("District"),
        place_choices,
        _("No village: in a small place it could point to somebody."),
        empty=_("Not recorded"),
    )
    participants = int_field(_("How many people took part?"), min_value=0, max_value=100_000)
    result = choice_field(_("What came of it?"), COMMUNITY_RESULTS, empty=_("Not recorded"))
    words = text_field(
        _("In words, if needed"),
        300,
        rows=2,
        help_text=_("No names, and nothing about one person or family: only what was talked about and agreed."),
    )

    def clean_on(self) -> date:
        """Refuse a day that is still to come."""
        on: date = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError(_("Enter a date in the past, or today."))
        return on

    @property
    def facts(self) -> dict[str, Any]:
        """All but the words of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "words"}
