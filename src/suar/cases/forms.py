"""Forms of case work."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice, zip_longest
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from suar.cases import labels, rules
from suar.cases.codes import (
    CLOSURE_REASONS,
    CONFIRMATIONS,
    FOLLOW_UPS,
    NEED_ENDS,
    RESULTS,
    ClosureReason,
    FollowUp,
    NeedEnd,
    Result,
)
from suar.cases.documents import Plan, PlanStep
from suar.cases.rules import Outcome
from suar.core import clock
from suar.referrals.codes import EXPLOITATION, FORMAL_STATUS

OFF = {"autocomplete": "off"}
MAX_STEPS, FREE_ROWS = 12, 3
OLDEST_BIRTH = date(1900, 1, 1)
STEP = ("step", "who", "by")


def day_input() -> forms.DateInput:
    """Return the input for a date, in the one format that a browser accepts in every language."""
    return forms.DateInput({"type": "date", **OFF}, format="%Y-%m-%d")


class WithdrawForm(forms.Form):
    """Why a consent is withdrawn; the person need not say."""

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
        help_text=_("It stays when the person withdraws a consent. Empty: only the code is shown."),
        required=False,
        max_length=80,
        widget=forms.TextInput(OFF),
    )


class PlanForm(forms.Form):
    """A plan: one goal in the person's words, and when to look again."""

    goal = forms.CharField(
        label=_("What the person wants, in their words"), max_length=500, widget=forms.Textarea({"rows": 2, **OFF})
    )
    review_on = forms.DateField(
        label=_("Review the plan on"), help_text=_("At most 90 days from now."), widget=day_input()
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class StepForm(forms.Form):
    """One step of a plan; an empty one is left out."""

    step = forms.CharField(label=_("What"), required=False, max_length=300, widget=forms.TextInput(OFF))
    who = forms.CharField(label=_("Who does it"), required=False, max_length=120, widget=forms.TextInput(OFF))
    by = forms.DateField(label=_("By when"), required=False, widget=day_input())
    done = forms.BooleanField(label=_("Done"), required=False)
    known_days: frozenset[date | None] = frozenset()
    """The days that the plan has already: one that has passed stays until the step is done."""

    def clean_by(self) -> date | None:
        """Refuse a day that has passed."""
        day = self.cleaned_data["by"]
        if day and day not in self.known_days:
            fits = rules.step_days_fit([day], today=clock.today())
            if not fits:
                raise forms.ValidationError(labels.refusal(fits.because))
        return day

    def clean(self) -> dict:
        """Ask for the step when only its worker or day was written."""
        data = super().clean()
        if not data.get("step") and (data.get("who") or data.get("by")):
            self.add_error("step", _("Write what the step is."))
        return data


def typed_steps(posted: QueryDict, *, known: Sequence[PlanStep]) -> list[StepForm]:
    """Return the rows of steps as posted, one form a row; at most twelve; `known` are those so far."""
    columns, done = (posted.getlist(name) for name in STEP), posted.getlist("done")
    rows = islice(zip_longest(*columns, fillvalue=""), MAX_STEPS)
    forms_of_steps = [
        _step_form(number, dict(zip(STEP, row, strict=True)) | {"done": str(number) in done})
        for number, row in enumerate(rows, 1)
    ]
    for form in forms_of_steps:
        form.known_days = frozenset(step.by for step in known)
    return forms_of_steps


def step_forms(steps: Sequence[PlanStep]) -> list[StepForm]:
    """Return the steps of a plan as rows to change, and three empty rows for more."""
    rows = [{"step": step.what, "who": step.who, "by": step.by, "done": step.done} for step in steps]
    more: list[dict[str, Any]] = [{}] * FREE_ROWS
    return [_step_form(number, initial=row) for number, row in enumerate([*rows, *more][:MAX_STEPS], 1)]


def _step_form(number: int, typed: Mapping[str, Any] | None = None, **known: Any) -> StepForm:
    """Return a row; its tick says by number which one it is, because only ticked ones are sent."""
    form = StepForm(typed, auto_id=f"{number}-%s", **known)
    form.fields["done"].widget.attrs["value"] = f"{number}"
    return form


def to_plan(form: PlanForm, steps: Sequence[StepForm]) -> Plan:
    """Return valid forms as a plan; empty steps are left out."""
    typed = [step.cleaned_data for step in steps if step.cleaned_data.get("step")]
    return Plan(
        goal=form.cleaned_data["goal"],
        steps=tuple(PlanStep(what=each["step"], who=each["who"], by=each["by"], done=each["done"]) for each in typed),
        review_on=form.cleaned_data["review_on"],
    )


class FollowUpForm(forms.Form):
    """What came of a follow-up."""

    code = forms.ChoiceField(choices=FOLLOW_UPS.choices, widget=forms.HiddenInput)
    result = forms.ChoiceField(label=_("What came of it?"), choices=RESULTS.choices, widget=forms.RadioSelect)
    try_1 = forms.DateField(label=_("First attempt"), required=False, widget=day_input())
    try_2 = forms.DateField(label=_("Second attempt"), required=False, widget=day_input())
    try_3 = forms.DateField(label=_("Third attempt"), required=False, widget=day_input())
    again_on = forms.DateField(label=_("New date"), required=False, widget=day_input())
    reason = forms.CharField(label=_("Reason"), required=False, max_length=300, widget=forms.TextInput(OFF))


def to_outcome(data: Mapping[str, Any]) -> Outcome:
    """Return what came of a follow-up from a valid form."""
    return Outcome(
        code=FollowUp(data["code"]),
        result=Result(data["result"]),
        on=clock.today(),
        tries_on=tuple(day for name in ("try_1", "try_2", "try_3") if (day := data[name])),
        again_on=data["again_on"],
        reason=data["reason"],
    )


class FactsForm(forms.Form):
    """Facts about the person that few services need; each is stored only if it is needed."""

    legal_name = forms.CharField(
        label=_("Full name as in papers"), required=False, max_length=120, widget=forms.TextInput(OFF)
    )
    born = forms.DateField(label=_("Date of birth"), required=False, widget=day_input())
    place = forms.CharField(
        label=_("Where the person is now"),
        help_text=_("Only as exact as somebody needs who has to come to them."),
        required=False,
        max_length=200,
        widget=forms.TextInput(OFF),
    )
    form = forms.ChoiceField(label=_("Kind of exploitation"), required=False)
    formal = forms.ChoiceField(label=_("Formal status"), required=False)
    health = forms.CharField(
        label=_("Health"),
        help_text=_("What the person wants a clinic to know."),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3, **OFF}),
    )
    family = forms.CharField(
        label=_("Family and dependants"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3, **OFF}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, codes in (("form", EXPLOITATION), ("formal", FORMAL_STATUS)):
            self.fields[name].choices = [("", _("Not asked")), *codes.choices]
        for form_field in self.fields.values():
            form_field.show_hidden_initial = True

    def shown_facts(self) -> dict[str, Any]:
        """Return the facts as the page showed them, before anything was typed."""
        return {
            name: form_field.to_python(self.data.get(self.add_initial_prefix(name), ""))
            for name, form_field in self.fields.items()
        }

    def clean(self) -> dict[str, Any] | None:
        """Refuse a page whose shown facts cannot be read."""
        self.shown_facts()
        return super().clean()

    def text_of(self, name: str, value: Any) -> Any:
        """Return a fact in words: the label of a code, and otherwise the value itself."""
        return dict(getattr(self.fields[name], "choices", ())).get(value, value)

    def show_stored(self, stored: Mapping[str, object], *, keep: Collection[str]) -> None:
        """Show the facts that are stored now, and keep what was typed in the fields named in `keep`."""
        data = dict(self.data.items())
        for name, value in stored.items():
            text = "" if value is None else str(value)
            data[self.add_initial_prefix(name)] = text
            if name not in keep:
                data[name] = text
        self.data = data

    def clean_born(self) -> date | None:
        """Refuse a date of birth in the future or before anybody alive was born."""
        born: date | None = self.cleaned_data["born"]
        if born and not OLDEST_BIRTH <= born <= clock.today():
            raise forms.ValidationError(_("Enter a date of birth in the past."))
        return born


class ClosingForm(forms.Form):
    """Why a case ends, when, what was agreed, whom to call later, and what became of each need."""

    reason = forms.ChoiceField(label=_("Why it ends"), choices=CLOSURE_REASONS.choices, widget=forms.RadioSelect)
    confirmed = forms.MultipleChoiceField(choices=CONFIRMATIONS.choices, required=False)
    review_1 = forms.DateField(label=_("First day"), required=False, widget=day_input())
    review_2 = forms.DateField(label=_("Second day"), required=False, widget=day_input())
    on = forms.DateField(label=_("Date on which it ended"), widget=day_input())
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
                label=words, choices=NEED_ENDS.choices, initial=NeedEnd.OPEN, widget=forms.RadioSelect
            )

    @property
    def need_fields(self) -> list[forms.BoundField]:
        """The questions about what became of each need."""
        return [self[name] for name in self.fields if name.startswith("need-")]

    def clean(self) -> dict:
        """Ask what was agreed and whom to call, unless nobody could be asked."""
        data = super().clean()
        reason = data.get("reason")
        if reason and rules.asks_the_person(ClosureReason(reason)):
            for name in ("agreed", "call"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Enter this."))
        return data


class LogForm(forms.Form):
    """Whose acts a privacy officer reads, and whether only refused ones."""

    use_required_attribute = False

    worker = forms.ChoiceField(label=_("Worker"), required=False)
    refused = forms.BooleanField(label=_("Only refused pages: not theirs, or not existing"), required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=10**17, widget=forms.HiddenInput)

    def __init__(self, *args: Any, workers: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the workers of the organisation."""
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
