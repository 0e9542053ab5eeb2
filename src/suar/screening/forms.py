"""Forms of a talk that are not taps: the outcome, and what the person wants kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

OFF = {"autocomplete": "off"}


class StartForm(forms.Form):
    """Before a talk: which team it belongs to, when there is more than one."""

    ready = forms.BooleanField(
        label=_("I know whom to call today, and I can stop at any time."),
    )


class KeepForm(forms.Form):
    """The least that is kept, each only if the person wants it."""

    name = forms.CharField(
        label=_("Name to use"),
        help_text=_("Any name the person likes. It need not be their own."),
        required=False,
        max_length=80,
        widget=forms.TextInput(OFF),
    )
    contact = forms.CharField(
        label=_("Safe way to reach them"),
        help_text=_("A number, or a place and hour."),
        required=False,
        max_length=120,
        widget=forms.TextInput(OFF),
    )
    hours = forms.CharField(
        label=_("When it is safe"), required=False, max_length=80, widget=forms.TextInput(OFF)
    )
    do_not = forms.CharField(
        label=_("What nobody must do, and who must never know"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, **OFF}),
    )


class OutcomeForm(KeepForm):
    """The outcome the worker chooses, with a reason, and what is kept."""

    outcome = forms.CharField(
        max_length=30, error_messages={"required": _("Choose what you will do.")}
    )
    reason = forms.CharField(max_length=30, error_messages={"required": _("Choose a reason.")})
    words = forms.CharField(
        label=_("In your words, without names"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, **OFF}),
    )
    story = forms.CharField(
        label=_("What the person wants remembered"),
        help_text=_("Only if they wish. Others then need not ask again."),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 4, **OFF}),
    )
    keep = forms.BooleanField(
        label=_("The person wants this kept, so that help can go on"), required=False
    )
