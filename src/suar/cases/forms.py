"""Forms of case work."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.labels import RESULTS

OFF = {"autocomplete": "off"}


class WithdrawForm(forms.Form):
    """Why a yes is taken back; the person need not say."""

    reason = forms.CharField(
        label=_("In the person's words, if they want to say"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, **OFF}),
    )


class NoteForm(forms.Form):
    """A note."""

    text = forms.CharField(
        label=_("Note"), max_length=5000, widget=forms.Textarea({"rows": 4, **OFF})
    )


class PlanForm(forms.Form):
    """A first plan: one goal in the person's words, the next step, and when to look again."""

    goal = forms.CharField(
        label=_("What the person wants, in their words"),
        max_length=500,
        widget=forms.Textarea({"rows": 2, **OFF}),
    )
    step = forms.CharField(label=_("The next step"), max_length=300, widget=forms.TextInput(OFF))
    who = forms.CharField(label=_("Who does it"), max_length=120, widget=forms.TextInput(OFF))
    by = forms.DateField(label=_("By when"), widget=forms.DateInput({"type": "date", **OFF}))
    review_on = forms.DateField(
        label=_("Look at the plan again on"),
        help_text=_("At most 90 days from now."),
        widget=forms.DateInput({"type": "date", **OFF}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class FollowUpForm(forms.Form):
    """What came of a follow-up."""

    code = forms.CharField(widget=forms.HiddenInput)
    result = forms.ChoiceField(
        label=_("What came of it?"), choices=RESULTS, widget=forms.RadioSelect
    )
    again_on = forms.DateField(
        label=_("New day"),
        required=False,
        help_text=_("Only when it was put off, or was not safe."),
        widget=forms.DateInput({"type": "date", **OFF}),
    )
    tries = forms.CharField(
        label=_("Days on which you tried"),
        required=False,
        help_text=_("Only when nobody was reached: three different days, each as 2026-12-31."),
        widget=forms.TextInput(OFF),
    )
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=300, widget=forms.TextInput(OFF)
    )


class FindForm(forms.Form):
    """A name as heard."""

    name = forms.CharField(
        label=_("Name or code"),
        max_length=100,
        help_text=_("As you heard it; nearly right is enough."),
        widget=forms.TextInput(OFF),
    )
