"""Forms of the directory for its editors."""

from django import forms
from django.utils.translation import gettext_lazy as _


class EntriesForm(forms.Form):
    """Words to look for in the directory."""

    text = forms.CharField(label=_("Words, a place or a kind of help"), required=False,
                           max_length=100)  # fmt: skip
