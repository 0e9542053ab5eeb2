"""The fields in which who must never know is looked for, tapped or written, wherever asked."""

from collections.abc import Callable, Mapping
from copy import copy
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

OFF = {"autocomplete": "off"}


def find_field() -> forms.CharField:
    """Make the field in which a body of the directory is looked for."""
    return forms.CharField(
        label=_("Look for an office or organisation"),
        required=False,
        max_length=80,
        widget=forms.TextInput(OFF),
    )


def workers_field() -> forms.TypedMultipleChoiceField:
    """Make the field in which colleagues are tapped; a form gives their names."""
    return forms.TypedMultipleChoiceField(
        label=_("People who work here"),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def with_workers(
    field: forms.TypedMultipleChoiceField, workers: Callable[[], Mapping[UUID, str]]
) -> forms.TypedMultipleChoiceField:
    """Give a field as this one, with a list of its own; to make it anew takes ten times as long."""
    own = copy(field)
    own.widget = copy(field.widget)
    own.choices = lambda: [(f"{key}", name) for key, name in workers().items()]
    return own


def words_field() -> forms.CharField:
    """Make the field for somebody who is in no list."""
    return forms.CharField(
        label=_("Somebody else"),
        help_text=_("A name, or who they are. The system cannot check words: you have to."),
        required=False,
        max_length=120,
        widget=forms.TextInput(OFF),
    )
