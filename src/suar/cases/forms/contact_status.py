"""The form for a death or a disappearance."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import LIFE_ACTS
from suar.cases.forms import date_field, text_field


class ContactStatusForm(forms.Form):
    """The event, its date, what is known, and who searches for a missing person; only the event is required."""

    verb = forms.ChoiceField(choices=LIFE_ACTS.choices, widget=forms.HiddenInput)
    on = date_field(_("When, if it is known"))
    words = text_field(_("What is known, and from whom"), 1000, rows=3)
    owner = forms.TypedChoiceField(label=_("Who looks for the person?"), required=False, coerce=UUID, empty_value=None)

    def __init__(self, typed: Mapping[str, Any] | None = None, *, verb: str, workers: Mapping[UUID, str]) -> None:
        super().__init__(typed, auto_id=f"{verb}_%s", initial={"verb": verb})
        choices = [(str(ident), name) for ident, name in workers.items()]
        cast(forms.ChoiceField, self.fields["owner"]).choices = choices
        if verb != "report_missing":
            del self.fields["owner"]
