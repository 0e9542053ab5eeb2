"""Form of replacing the keys of a colleague who left."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.accounts.codes import REFUSALS


class ReceiversForm(forms.Form):
    """Confirm who gets a new key; `receivers` are the ids that the page showed."""

    receivers = forms.CharField(widget=forms.HiddenInput)
    looked = forms.BooleanField(label=_("They all work here and should have these keys"))

    def clean_receivers(self) -> frozenset[UUID]:
        """Read the ids."""
        try:
            return frozenset(UUID(ident) for ident in str(self.cleaned_data["receivers"]).split())
        except ValueError:
            raise forms.ValidationError(REFUSALS.label("receivers_changed")) from None
