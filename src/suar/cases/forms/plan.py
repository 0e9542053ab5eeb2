"""Forms of the plan (goals, relatives, review, answer, support received), of ratings, and of safety plans."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import codes, labels, rules
from suar.cases.codes import SafetyCopy
from suar.cases.documents import plan as documents
from suar.cases.forms import VersionedForm, choice_field, choices_field, date_field, document_fields, text_field
from suar.cases.rules import plan as plan_rules
from suar.core import clock
from suar.core.i18n import localize
from suar.core.ids import new_id

OWN, ELSEWHERE = "own", "elsewhere"
WRONG_DAYS = ("in_the_future", "year_too_early")
"""Reasons for refusing a day on which something happened."""


# The plan


@document_fields(documents.PlanStep)
class StepForm(forms.Form):
    """One step of a plan; an empty one is left out."""

    id = forms.SlugField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, known_days: Collection[date | None] = (), **kwargs: Any) -> None:
        """`known_days` are days that the plan has already: one that has passed stays until the step is done."""
        super().__init__(*args, **kwargs)
        self.known_days = known_days

    def clean_by(self) -> date | None:
        """Refuse a new day that has passed."""
        day: date | None = self.cleaned_data["by"]
        if day and day not in self.known_days:
            decision = rules.may_plan_steps([day], today=clock.today())
            if not decision:
                raise forms.ValidationError(labels.refusal(decision.because))
        return day

    def clean(self) -> dict[str, Any]:
        """Require the step when only its worker or day was entered."""
        data = super().clean() or {}
        if not data.get("what") and (data.get("who") or data.get("by")):
            self.add_error("what", _("Describe the step."))
        return data


StepForms = forms.formset_factory(StepForm, extra=3, max_num=12, absolute_max=12)


class PlanPartForm(VersionedForm):
    """A part of the plan; `to_plan` returns the plan with it."""

    closes_meanwhile = True

    def to_plan(self) -> documents.Plan:
        """Return the plan with a valid form in it."""
        raise NotImplementedError


class LineForm(PlanPartForm):
    """A part of the plan with steps."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        plan: documents.Plan,
        line: documents.PlanLine | None,
        **initial: Any,
    ) -> None:
        self.plan, self.line, stored = plan, line, line.model_dump() if line else {}
        super().__init__(data, initial={**stored, **initial}, version=line.revision if line else 0)
        steps = line.steps if line else ()
        known_days = {"known_days": {step.by for step in steps}}
        values = None if data else [step.model_dump(include={"id", "what", "owner", "who", "by"}) for step in steps]
        self.steps = StepForms(data, prefix="step", initial=values, form_kwargs=known_days)
        self.steps.extra = 1 if steps else StepForms.extra

    def is_valid(self) -> bool:
        """Return True if the part and all its steps are valid."""
        return all([super().is_valid(), self.steps.is_valid()])

    def read_steps(self) -> tuple[documents.PlanStep, ...]:
        """Return the steps of a valid form; what became of them stays, and empty ones are left out."""
        known = {step.id: step for step in (self.line.steps if self.line else ())}
        return tuple(
            known.get(typed["id"], documents.PlanStep(id=str(new_id()), what="")).model_copy(
                update={name: typed[name] for name in ("what", "owner", "who", "by")}
            )
            for typed in self.steps.cleaned_data
            if typed.get("what")
        )


@document_fields(documents.Goal)
class GoalForm(LineForm):
    """A goal in the person's words, its starting point and measure, its steps, and when the plan is reviewed."""

    problem_fields = {"review_in_the_past": "review_on", "review_too_far": "review_on"}

    goal = text_field(_("What the person wants, in their own words"), 500, rows=2, required=True)
    state = choice_field(_("State of the goal"), codes.GOAL_STATES, required=False)
    review_on = date_field(_("Review the plan on"), required=True, help_text=_("At most 90 days from now."))
    field_order = ("goal",)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, plan: documents.Plan, line: documents.Goal | None
    ) -> None:
        super().__init__(data, plan=plan, line=line, goal=line.text if line else "", review_on=plan.review_on)
        self.goal_line = line
        if line is None:
            del self.fields["state"]

    def to_plan(self) -> documents.Plan:
        """Return the plan with a valid form as a goal."""
        data, former = self.cleaned_data, self.goal_line
        goal = self.to_part(
            documents.Goal,
            id=former.id if former else str(new_id()),
            text=data["goal"],
            since=former.since if former else clock.today(),
            steps=self.read_steps(),
        )
        return self.plan.with_line(goal).model_copy(update={"review_on": data["review_on"]})


@document_fields(documents.Relative)
class RelativeForm(LineForm):
    """Needs of a relative or other close person, and the steps."""

    problem_fields = {"wish_needed": "wished"}

    def clean(self) -> dict[str, Any]:
        """Require the wish of the person where the group needs it."""
        data = super().clean() or {}
        if "group" in data:
            decision = plan_rules.may_plan_for_relative(data["group"], wished=bool(data.get("wished")))
            if not decision:
                self.refuse(decision.because)
        return data

    def to_plan(self) -> documents.Plan:
        """Return the plan with a valid form as a relative."""
        ident = self.line.id if self.line else str(new_id())
        return self.plan.with_line(self.to_part(documents.Relative, id=ident, steps=self.read_steps()))


class RiskForm(forms.Form):
    """A risk and the measure against it; an empty one is left out."""

    what = text_field(_("Risk"), 300)
    measure = text_field(_("Safety measure"), 300)


RiskForms = forms.formset_factory(RiskForm, extra=2, max_num=10, absolute_max=10)


@document_fields(documents.Plan)
class FrameForm(PlanPartForm):
    """The frame of the plan: risks, the role of the family, consents, review, and the end."""

    problem_fields = GoalForm.problem_fields

    consents = choices_field(_("Consents used"))
    review_on = date_field(_("Review the plan on"), required=True, help_text=_("At most 90 days from now."))
    field_order = ("family", "consents")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, plan: documents.Plan, consents: Sequence[tuple[str, str]]
    ) -> None:
        initial = plan.model_dump(include={"family", "exit", "review_on", "consents"})
        super().__init__(data, initial=initial, version=plan.revision, choices={"consents": consents})
        self.plan, risks = plan, None if data else [risk.model_dump() for risk in plan.risks]
        self.risks = RiskForms(data, prefix="risk", initial=risks)
        if not consents:
            del self.fields["consents"]

    def is_valid(self) -> bool:
        """Return True if the frame and all risks are valid."""
        return all([super().is_valid(), self.risks.is_valid()])

    def to_plan(self) -> documents.Plan:
        """Return the plan with a valid form as its frame."""
        data = self.cleaned_data
        changes = {
            "risks": tuple(documents.Risk(**risk) for risk in self.risks.cleaned_data if risk.get("what")),
            "consents": tuple(UUID(consent) for consent in data.get("consents", ())),
            "revision": self.plan.revision + 1,
            **{name: data[name] for name in ("family", "exit", "review_on")},
        }
        return self.plan.model_copy(update=changes)


@document_fields(documents.PlanAgreement)
class AnswerForm(VersionedForm):
    """The person's answer to the plan that was read out; `version` is that of the plan."""

    problem_fields = {**dict.fromkeys(WRONG_DAYS, "on"), "guardian_needed": "guardian"}

    def __init__(self, data: Mapping[str, Any] | None = None, *, version: int, child: bool) -> None:
        super().__init__(data, initial={"on": clock.today()}, version=version)
        if not child:
            del self.fields["guardian"]


# Services, money and items


@document_fields(documents.ServiceVersion)
class ServiceForm(VersionedForm):
    """A service that the person received."""

    problem_fields = {**dict.fromkeys(WRONG_DAYS, "began_on"), "end_before_begin": "ended_on"}

    source = choice_field(_("From whom"), (), radio=True)
    field_order = ("service_type", "source")

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        line: documents.ServiceVersion | None,
        version: int,
        referrals: Sequence[tuple[str, str]],
    ) -> None:
        initial = line.model_dump(exclude={"referral", "by", "at"}) if line else {"began_on": clock.today()}
        source = str(line.referral) if line and line.referral else ELSEWHERE if line and line.provider else OWN
        sources = [(OWN, _("Our own organisation")), *referrals, (ELSEWHERE, _("Another organisation"))]
        super().__init__(data, initial={"source": source, **initial}, version=version, choices={"source": sources})

    def to_line(self, *, by: UUID, at: datetime) -> documents.ServiceVersion:
        """Return a valid form as a service."""
        source = self.cleaned_data["source"]
        provider = self.cleaned_data["provider"] if source == ELSEWHERE else ""
        referral = UUID(source) if source not in (OWN, ELSEWHERE) else None
        return self.to_part(documents.ServiceVersion, referral=referral, provider=provider, by=by, at=at)

    def clean(self) -> None:
        """Require the name of another organisation."""
        super().clean()
        if self.cleaned_data.get("source") == ELSEWHERE:
            self.check_filled("provider")


class AmountField(forms.DecimalField):
    """An amount of money as people write it, also with dots or commas between thousands: 150.000 is not 150."""

    widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        """Return the amount: a last dot or comma with one or two digits after it begins the decimals."""
        typed = re.fullmatch(r"([1-9]\d{0,2}(?:[., ]\d{3})+|\d+)(?:[.,](\d{1,2}))?", str(value or "").strip())
        if typed:
            value = f"{re.sub('[., ]', '', typed[1])}.{typed[2] or 0}"
        return super().to_python(value)


@document_fields(documents.GivenVersion)
class GivenForm(VersionedForm):
    """Money or an item that was given."""

    problem_fields = {**dict.fromkeys(WRONG_DAYS, "given_on"), "amount_needed": "amount", "item_needed": "what"}

    amount = AmountField(label=_("Amount"), required=False, min_value=0, max_digits=14, decimal_places=2)
    currency = choice_field(
        _("Currency"),
        lambda: [(code.code, f"{code.code} · {code.label}") for code in codes.CURRENCIES.members],
        required=False,
    )
    field_order = ("kind", "amount", "currency")

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, line: documents.GivenVersion | None, version: int
    ) -> None:
        lists = {"currency": codes.CURRENCIES, "kind": codes.GIVEN_KINDS, "receiver": codes.RECEIVERS}
        lists |= {"rhythm": codes.RHYTHMS}
        first = {"given_on": clock.today(), **{name: next(iter(listed)) for name, listed in lists.items()}}
        super().__init__(data, initial=line.model_dump() if line else first, version=version)


# Ratings


class RatingsForm(VersionedForm):
    """Ratings of some domains; each may be left out."""

    problem_fields = dict.fromkeys(WRONG_DAYS, "on")

    on = date_field(_("On which day"), required=True)
    on_paper = forms.BooleanField(label=_("The person rated on paper"), required=False)
    note = text_field(_("Note"), 1000, rows=2, help_text=_("It is stored as a note of the case."))

    def __init__(
        self, data: Mapping[str, Any] | None, *, domains: Sequence[str], line: documents.Ratings | None, version: int
    ) -> None:
        """`line` is the review that is corrected."""
        initial: dict[str, Any] = line.model_dump(include={"on", "on_paper"}) if line else {"on": clock.today()}
        for rater in documents.RATERS:
            initial |= {f"{rater}-{code}": rating for code, rating in (line.of(rater) if line else {}).items()}
        super().__init__(data, initial=initial, version=version)
        self.domains = domains
        for code in domains:
            for rater in documents.RATERS:
                choices = [*codes.RATINGS.choices, ("", _("Not asked"))]
                field = choice_field(codes.DOMAINS.label(code), choices, radio=True, required=False)
                self.fields[f"{rater}-{code}"] = field

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each domain with its question, and for each rating the buttons of the person and the worker."""
        for code in self.domains:
            domain, person, worker = codes.DOMAINS[code], self[f"person-{code}"], self[f"worker-{code}"]
            anchors = [localize(anchor) for anchor in domain["anchors"]]
            texts = [*anchors, *(rating.label for rating in codes.RATINGS.members[len(anchors) :]), _("Not asked")]
            marks = [rating["number"] for rating in codes.RATINGS.members if rating.get("number")]
            buttons = zip(texts, [*marks, *[""] * len(texts)], person, worker, strict=False)
            yield {"domain": domain, "question": localize(domain["question"]), "buttons": buttons}

    def to_ratings(self, *, by: UUID, at: datetime) -> documents.Ratings:
        """Return a valid form as ratings; the review is full if somebody rated every domain, if only as not known."""
        data = self.cleaned_data

        def ratings_of(rater: documents.Rater) -> dict[str, str]:
            return {code: data[f"{rater}-{code}"] for code in self.domains if data[f"{rater}-{code}"]}

        person, worker = ratings_of("person"), ratings_of("worker")
        full = {*person, *worker} >= set(codes.DOMAINS)
        return self.to_part(documents.Ratings, person=person, worker=worker, full=full, by=by, at=at)


@document_fields(documents.SafetyPlanFacts)
class SafetyPlanForm(VersionedForm):
    """A safety plan in the person's words. The review date and at least one part are required."""

    problem_fields = {**GoalForm.problem_fields, "name_on_pocket_copy": "pocket"}

    review_on = date_field(_("Review the plan on"), required=True, help_text=_("At most 90 days from now."))

    def clean(self) -> None:
        """Require words for the pocket copy, and at least one part of the plan."""
        super().clean()
        if self.cleaned_data.get("copy_for_person") == SafetyCopy.POCKET:
            self.check_filled("pocket")
        parts = documents.SafetyPlanFacts.model_fields.keys() - {"copy_for_person"}
        if not self.errors and not any(self.cleaned_data[name] for name in parts):
            self.add_error(None, _("Fill in at least one part of the plan."))
