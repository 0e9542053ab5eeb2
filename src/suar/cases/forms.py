"""Forms of case work."""

from collections.abc import Mapping, Sequence
from itertools import islice, zip_longest

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from suar.cases.labels import CODES, PLAN_GOAL, PLAN_REVIEW, RESULTS

OFF = {"autocomplete": "off"}
MOST_STEPS = 12
STEP = ("step", "who", "by")


def day_input() -> forms.DateInput:
    """Make the input for a day; a browser wants it written one way in every language."""
    return forms.DateInput({"type": "date", **OFF}, format="%Y-%m-%d")


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

    ident = forms.UUIDField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=_("Note"), max_length=5000, widget=forms.Textarea({"rows": 3, **OFF})
    )


class NameForm(forms.Form):
    """The name the person uses here, in the worker's own writing."""

    name = forms.CharField(
        label=_("Name the person uses with us"),
        help_text=_("It stays when the person takes a yes back. Empty: only the code is shown."),
        required=False,
        max_length=80,
        widget=forms.TextInput(OFF),
    )


class PlanForm(forms.Form):
    """A plan: one goal in the person's words, and when to look again."""

    goal = forms.CharField(
        label=PLAN_GOAL, max_length=500, widget=forms.Textarea({"rows": 2, **OFF})
    )
    review_on = forms.DateField(
        label=PLAN_REVIEW, help_text=_("At most 90 days from now."), widget=day_input()
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class StepForm(forms.Form):
    """One step of a plan; an empty one is left out."""

    step = forms.CharField(
        label=_("What"), required=False, max_length=300, widget=forms.TextInput(OFF)
    )
    who = forms.CharField(
        label=_("Who does it"), required=False, max_length=120, widget=forms.TextInput(OFF)
    )
    by = forms.DateField(label=_("By when"), required=False, widget=day_input())

    def clean(self) -> dict:
        """Ask for the step when only its worker or day was written."""
        data = super().clean()
        if not data.get("step") and (data.get("who") or data.get("by")):
            self.add_error("step", _("Write what the step is."))
        return data


def typed_steps(posted: QueryDict) -> list[StepForm]:
    """Read the rows of steps as posted, one form a row; at most twelve."""
    columns = (posted.getlist(name) for name in STEP)
    rows = islice(zip_longest(*columns, fillvalue=""), MOST_STEPS)
    return [
        StepForm(dict(zip(STEP, row, strict=True)), auto_id=f"{number}-%s")
        for number, row in enumerate(rows, 1)
    ]


def kept_steps(steps: Sequence[Mapping[str, str]]) -> list[StepForm]:
    """Give the steps of a plan as rows to change, and an empty row for one more."""
    rows = [{"step": each["what"], "who": each["who"], "by": each["by"]} for each in steps]
    return [
        StepForm(initial=row, auto_id=f"{number}-%s")
        for number, row in enumerate([*rows, {}][:MOST_STEPS], 1)
    ]


class FollowUpForm(forms.Form):
    """What came of a follow-up."""

    code = forms.ChoiceField(choices=CODES, widget=forms.HiddenInput)
    result = forms.ChoiceField(
        label=_("What came of it?"), choices=RESULTS, widget=forms.RadioSelect
    )
    try_1 = forms.DateField(label=_("First try"), required=False, widget=day_input())
    try_2 = forms.DateField(label=_("Second try"), required=False, widget=day_input())
    try_3 = forms.DateField(label=_("Third try"), required=False, widget=day_input())
    again_on = forms.DateField(label=_("New day"), required=False, widget=day_input())
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
