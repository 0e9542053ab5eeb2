"""Parts of forms that contact and feedback share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.contact.messages import weekday
from suar.directory.rules.input_text import names_a_way_to_reach

OFF = {"autocomplete": "off"}


def textarea(rows: int) -> forms.Textarea:
    """Return a field for several lines of which a browser stores nothing."""
    return forms.Textarea({"rows": rows, **OFF})


def radio_options(error: Any, label: Any) -> dict[str, Any]:
    """Return the options of a field of radio buttons, with one message for a missing or an unknown choice."""
    errors = dict.fromkeys(("required", "invalid_choice"), error)
    return {"widget": forms.RadioSelect, "label": label, "error_messages": errors}


def set_choices(form: forms.BaseForm, name: str, choices: Any) -> None:
    """Set the choices of a field."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = choices


def check_no_way_to_reach(text: str) -> None:
    """Raise ValidationError for a public text with a number or address: only two editors together publish those."""
    if names_a_way_to_reach(text):
        raise forms.ValidationError(
            _("Write no phone number or address here. People find them in the directory, where two editors check them.")
        )


def reader_field(label: Any, help_text: Any = "") -> forms.CharField:
    """Return a field in which one worker says in one language who reads, for everybody to see."""
    checks = [check_no_way_to_reach]
    return forms.CharField(
        label=label, help_text=help_text, max_length=200, widget=forms.TextInput(OFF), validators=checks
    )


def answer_days(initial: int) -> forms.IntegerField:
    """Return a field for the number of days within which an answer comes."""
    label = _("Within how many of these days does an answer usually come?")
    return forms.IntegerField(label=label, min_value=1, max_value=30, initial=initial)


class PublicForm(forms.Form):
    """A form of the public site: checked on the server only, so that one page explains every error."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AnswerForm(forms.Form):
    """An answer of the team."""

    answer = forms.CharField(
        label=_("Answer"),
        help_text=_(
            "Use plain words. The person with the code reads it, perhaps next to somebody else: do not name "
            "anybody or a hidden place."
        ),
        max_length=4000,
        widget=textarea(6),
        error_messages={"required": _("Write a few words first.")},
    )


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days of the week, stored as a text of their numbers; 1 is Monday."""

    def __init__(self, **options: Any) -> None:
        defaults = {
            "label": _("On which days does somebody read?"),
            "choices": lambda: [(str(day), weekday(day)) for day in range(1, 8)],
            "widget": forms.CheckboxSelectMultiple,
            "initial": "12345",
            "error_messages": {"required": _("Choose at least one day.")},
        }
        super().__init__(**{**defaults, **options})

    def prepare_value(self, value: Any) -> Any:
        """Return the days of a stored text."""
        return list(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """Return the text that is stored."""
        return "".join(sorted(super().clean(value)))
