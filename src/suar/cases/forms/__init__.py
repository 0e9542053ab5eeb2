"""Forms of case work."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import codes, labels
from suar.consent.codes import ContactRule
from suar.core import saved_forms
from suar.core.codes import CodeList
from suar.records.documents import Part

OFF = {"autocomplete": "off"}
PLANNED_ELSEWHERE = ("from_offer", "while_missing", "own_page")
"""Attributes of the task kinds that this form does not offer, because another page plans them."""
Choices = CodeList | Iterable[tuple[str, Any]] | Callable[[], Iterable[tuple[str, Any]]]
"""A code list, pairs of code and label, or a function that returns such pairs."""
Filled = TypeVar("Filled", bound=Part)


def text_field(label: Any, max_length: int, *, rows: int = 0, **options: Any) -> forms.CharField:
    """Return a field for one line, or for several `rows`, that no browser stores."""
    widget = forms.Textarea({"rows": rows, **OFF}) if rows else forms.TextInput(OFF)
    return forms.CharField(label=label, max_length=max_length, widget=widget, **{"required": False, **options})


def date_field(label: Any, **options: Any) -> forms.DateField:
    """Return a field for a date, in the one format that a browser accepts in every language."""
    widget = forms.DateInput({"type": "date", **OFF}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **{"required": False, **options})


def choice_field(
    label: Any, choices: Choices, help_text: Any = "", *, empty: Any = None, radio: bool = False, **options: Any
) -> forms.ChoiceField:
    """Return a field for one of the choices; with `empty`, the label of none, it may stay open."""

    def all_choices() -> list[tuple[str, Any]]:
        first = [] if empty is None else [("", empty)]
        return [*first, *_listed(choices)]

    widget = forms.RadioSelect if radio else forms.Select
    options = {"required": empty is None, **options}
    return forms.ChoiceField(label=label, choices=all_choices, help_text=help_text, widget=widget, **options)


def choices_field(label: Any, choices: Choices = (), help_text: Any = "", **options: Any) -> forms.MultipleChoiceField:
    """Return a field for any number of the choices, each with a box to tick."""
    options = {"required": False, "widget": forms.CheckboxSelectMultiple, **options}
    return forms.MultipleChoiceField(label=label, choices=list(_listed(choices)), help_text=help_text, **options)


def _listed(choices: Choices) -> Iterable[tuple[str, Any]]:
    if isinstance(choices, CodeList):
        return choices.choices
    return choices() if callable(choices) else choices


class SavedForm(saved_forms.SavedForm):
    """A form about a record, whose act a rule may refuse."""

    closes_meanwhile: ClassVar[bool] = False
    """True if the page offers to open a case again that a colleague closed meanwhile."""
    refused = ""
    """The reason above the page if the case was closed meanwhile."""

    def refuse(self, because: str) -> None:
        """Add the reason of a refusal."""
        if self.closes_meanwhile and because == "closed_now":
            self.refused = labels.refusal("closed_meanwhile")
        else:
            super().refuse(because)

    def refusal_text(self, because: str) -> str:
        """Return the reason of a refusal in words."""
        return labels.refusal(because)

    def to_part(self, kind: type[Filled], **values: Any) -> Filled:
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

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    stored_version = 0


class WithdrawForm(forms.Form):
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

    def clean(self) -> dict[str, Any]:
        """Require a reason for striking out, and else a wording."""
        data = super().clean() or {}
        needed = "reason" if "strike" in self.data else "text"
        if not data.get(needed) and needed not in self.errors:
            self.add_error(needed, _("Enter this."))
        return data


class TaskForm(SavedForm):
    """A next step for the person with its day; ways that are not safe are not offered."""

    problem_fields = {"step_in_the_past": "due"}

    kind = forms.ChoiceField(label=_("What is next"))
    due = date_field(_("On or before"), required=True)
    text = text_field(_("In words, if needed"), 300)

    def __init__(self, *args: Any, unsafe: Collection[ContactRule] = (), **kwargs: Any) -> None:
        # The note on the same page has a field of the same name.
        super().__init__(*args, **{"auto_id": "id_task_%s", **kwargs})
        offered = [kind for kind in codes.TASK_KINDS.members if not any(map(kind.get, PLANNED_ELSEWHERE))]
        kinds = [(kind.code, kind.label) for kind in offered if kind.get("not_if") not in unsafe]
        cast(forms.ChoiceField, self.fields["kind"]).choices = kinds


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
    """A name as heard."""

    name = forms.CharField(
        label=_("Name or code"),
        max_length=100,
        help_text=_("Spell it as you heard it. An approximate spelling is enough."),
        widget=forms.TextInput(OFF),
    )

    def __init__(self, *args: Any, beside_list: bool = False, **kwargs: Any) -> None:
        """Leave the help out beside a list of people."""
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "" if beside_list else self.fields["name"].help_text
