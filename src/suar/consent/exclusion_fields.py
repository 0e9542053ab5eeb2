"""Form fields for the exclusion list, wherever it is asked for."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

OFF = {"autocomplete": "off"}
HERE = _("People who work here")


def find_field() -> forms.CharField:
    """Return the field in which an organisation of the directory is searched."""
    return forms.CharField(
        label=_("Search for an office or organisation"), required=False, max_length=80, widget=forms.TextInput(OFF)
    )


def workers_field(label: Any = HERE) -> forms.TypedMultipleChoiceField:
    """Return the field in which workers are chosen; the form sets its choices."""
    return forms.TypedMultipleChoiceField(
        label=label,
        help_text=_("Everybody who has the same name is chosen with them."),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def words_field() -> forms.CharField:
    """Return the field for somebody who is in no list."""
    return forms.CharField(
        label=_("Somebody else"),
        help_text=_("A name or a description. The system cannot check words: you have to."),
        required=False,
        max_length=120,
        widget=forms.TextInput(OFF),
    )
