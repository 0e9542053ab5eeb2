"""Forms of case work."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice, zip_longest
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from suar.cases import labels, rules
from suar.cases.labels import (
    CODES,
    CONFIRMED,
    NEED_ENDS,
    PLAN_GOAL,
    PLAN_REVIEW,
    REASONS,
    RESULTS,
)
from suar.cases.terms import ClosureReason, NeedEnd
from suar.core import clock

OFF = {"autocomplete": "off"}
MOST_STEPS, FREE_ROWS = 12, 3
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

    text = forms.CharField(label=_("Note"), max_length=5000, widget=forms.Textarea({"rows": 3, **OFF}))


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

    goal = forms.CharField(label=PLAN_GOAL, max_length=500, widget=forms.Textarea({"rows": 2, **OFF}))
    review_on = forms.DateField(label=PLAN_REVIEW, help_text=_("At most 90 days from now."), widget=day_input())
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class StepForm(forms.Form):
    """One step of a plan; an empty one is left out."""

    step = forms.CharField(label=_("What"), required=False, max_length=300, widget=forms.TextInput(OFF))
    who = forms.CharField(label=_("Who does it"), required=False, max_length=120, widget=forms.TextInput(OFF))
    by = forms.DateField(label=_("By when"), required=False, widget=day_input())
    done = forms.BooleanField(label=_("Done"), required=False)
    kept_days: frozenset[str] = frozenset()
    """The days that the plan holds already: one that went by stays until the step is done."""

    def clean_by(self) -> date | None:
        """Refuse a day that has passed."""
        day = self.cleaned_data["by"]
        if day and str(day) not in self.kept_days:
            fits = rules.step_days_fit([day], today=clock.today())
            if not fits:
                raise forms.ValidationError(labels.say(fits.because))
        return day

    def clean(self) -> dict:
        """Ask for the step when only its worker or day was written."""
        data = super().clean()
        if not data.get("step") and (data.get("who") or data.get("by")):
            self.add_error("step", _("Write what the step is."))
        return data


def typed_steps(posted: QueryDict, *, kept: Sequence[Mapping[str, str]]) -> list[StepForm]:
    """Read the rows of steps as posted, one form a row; at most twelve; `kept` are those so far."""
    columns, done = (posted.getlist(name) for name in STEP), posted.getlist("done")
    rows = islice(zip_longest(*columns, fillvalue=""), MOST_STEPS)
    found = [
        _row(number, dict(zip(STEP, row, strict=True)) | {"done": str(number) in done})
        for number, row in enumerate(rows, 1)
    ]
    for each in found:
        each.kept_days = frozenset(step["by"] for step in kept)
    return found


def _row(number: int, typed: Mapping[str, Any] | None = None, **known: Any) -> StepForm:
    """Give a row; its tick says by number which one it is, since only ticked ones are sent."""
    form = StepForm(typed, auto_id=f"{number}-%s", **known)
    form.fields["done"].widget.attrs["value"] = f"{number}"
    return form


def kept_steps(steps: Sequence[Mapping[str, str]]) -> list[StepForm]:
    """Give the steps of a plan as rows to change, and three empty rows for more."""
    rows = [{"step": each["what"], "who": each["who"], "by": each["by"], "done": each.get("done")} for each in steps]
    more: list[dict] = [{}] * FREE_ROWS
    return [_row(number, initial=row) for number, row in enumerate([*rows, *more][:MOST_STEPS], 1)]


class FollowUpForm(forms.Form):
    """What came of a follow-up."""

    code = forms.ChoiceField(choices=CODES, widget=forms.HiddenInput)
    result = forms.ChoiceField(label=_("What came of it?"), choices=RESULTS, widget=forms.RadioSelect)
    try_1 = forms.DateField(label=_("First try"), required=False, widget=day_input())
    try_2 = forms.DateField(label=_("Second try"), required=False, widget=day_input())
    try_3 = forms.DateField(label=_("Third try"), required=False, widget=day_input())
    again_on = forms.DateField(label=_("New day"), required=False, widget=day_input())
    reason = forms.CharField(label=_("Why"), required=False, max_length=300, widget=forms.TextInput(OFF))


class ClosingForm(forms.Form):
    """Why a case ends, when, what was agreed, whom to call later, and what became of each need."""

    reason = forms.ChoiceField(label=_("Why it ends"), choices=REASONS, widget=forms.RadioSelect)
    confirmed = forms.MultipleChoiceField(choices=CONFIRMED, required=False)
    review_1 = forms.DateField(label=_("First day"), required=False, widget=day_input())
    review_2 = forms.DateField(label=_("Second day"), required=False, widget=day_input())
    on = forms.DateField(label=_("The day it ended"), widget=day_input())
    agreed = forms.CharField(
        label=_("What was agreed with the person"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3, **OFF}),
    )
    call = forms.CharField(
        label=_("Whom the person can call later"),
        help_text=_("A role and a number are enough. They may come back without a reason."),
        required=False,
        max_length=200,
        widget=forms.TextInput(OFF),
    )

    def __init__(self, *args: Any, needs: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for ident, words in needs:
            self.fields[f"need-{ident}"] = forms.ChoiceField(
                label=words, choices=NEED_ENDS, initial=NeedEnd.OPEN, widget=forms.RadioSelect
            )

    @property
    def need_fields(self) -> list[forms.BoundField]:
        """Give the questions about what became of each need."""
        return [self[name] for name in self.fields if name.startswith("need-")]

    def clean(self) -> dict:
        """Ask what was agreed and whom to call, unless nobody could be asked."""
        data = super().clean()
        reason = data.get("reason")
        if reason and rules.asks_the_person(ClosureReason(reason)):
            for name in ("agreed", "call"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Please fill this in."))
        return data


class LogForm(forms.Form):
    """Whose acts a privacy officer looks at, and whether at refused ones only."""

    use_required_attribute = False

    worker = forms.ChoiceField(label=_("Worker"), required=False)
    refused = forms.BooleanField(
        label=_("Only what was refused: pages that are not theirs, or not there"), required=False
    )
    before = forms.IntegerField(required=False, min_value=1, max_value=10**17, widget=forms.HiddenInput)

    def __init__(self, *args: Any, workers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the workers of the house."""
        super().__init__(*args, **kwargs)
        self.fields["worker"].choices = [("", _("Everybody")), *workers]


class FindForm(forms.Form):
    """A name as heard."""

    name = forms.CharField(
        label=_("Name or code"),
        max_length=100,
        help_text=_("As you heard it; nearly right is enough."),
        widget=forms.TextInput(OFF),
    )
