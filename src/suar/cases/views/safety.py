"""The safety plan: read, changed, reviewed and printed as the person chose."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import labels, safety_plans
from suar.cases.codes import SafetyCopy
from suar.cases.documents.plan import SafetyPlan, SafetyPlanFacts
from suar.cases.fields_in_words import values_in_words
from suar.cases.forms.safety_plans import SafetyPlanForm
from suar.cases.views.case import read_received
from suar.cases.views.person import open_person
from suar.core import clock
from suar.records.keyring import OpenRecord
from suar.records.terms import Status

Lines = list[tuple[str, str]]


USUAL_REVIEW = timedelta(days=30)
"""The next review that a new plan, or one whose review is due, proposes; at most 90 days are allowed."""


@permission_required(Permission.SEE_RECORD, method="GET")
def safety_plan(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the safety plan with its review date and its earlier versions."""
    opened = open_person(request, record)
    versions = safety_plans.versions_of(opened)
    newest = versions[0] if versions else None
    copy = newest.facts.copy_for_person if newest else SafetyCopy.NONE
    context = {
        **labels.record_heading(opened),
        "newest": newest,
        "lines": _lines(newest.facts) if newest else [],
        "former": [{"version": version, "lines": _lines(version.facts)} for version in versions[1:]],
        "review_on": safety_plans.review_day(opened),
        "today": clock.today(),
        "is_closed": opened.facts.status is not Status.OPEN,
        "prints": copy is not SafetyCopy.NONE,
        "workers": accounts.display_names({version.by for version in versions}),
    }
    return render(request, "cases/safety_plan.html", context)


@permission_required(Permission.SEE_RECORD)
def change_safety_plan(request: StaffRequest, record: UUID) -> HttpResponse:
    """Agree on a safety plan or review it; if a colleague was first, theirs is shown."""
    opened = open_person(request, record)
    read_received(request, opened)
    facts, day = _newest(opened), safety_plans.review_day(opened)
    form = SafetyPlanForm(
        request.POST if request.method == "POST" else None,
        facts=facts,
        version=opened.version_of(SafetyPlan),
        review_on=day if day and day > clock.today() else clock.today() + USUAL_REVIEW,
    )
    theirs: Lines = []
    if form.is_valid():
        data, plan, by = form.cleaned_data, form.to_part(SafetyPlanFacts), acting(request)
        with form.saving():
            safety_plans.save_safety_plan(opened, plan, review_on=data["review_on"], expected=data["version"], by=by)
            return redirect_with_message(request, _("Safety plan saved."), "safety_plan", record)
    if form.is_overtaken:
        fresh = open_person(request, record)
        theirs = _lines(_newest(fresh))
        form.show_again(version=fresh.version_of(SafetyPlan))
    context = {"form": form, "record": record, "theirs": theirs}
    return render(request, "cases/change_safety_plan.html", context, status=form.status)


@permission_required(Permission.SEE_RECORD, method="GET")
def print_safety_plan(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the copy that the person chose, to be printed; a pocket copy names nothing."""
    version = safety_plans.copy_to_print(open_person(request, record))
    context: dict[str, Any] = {"record": record, "facts": version.facts, "on": clock.local_date(version.at)}
    if version.facts.copy_for_person is SafetyCopy.FULL:
        context["lines"] = _lines(version.facts, printed=True)
    return render(request, "cases/safety_copy.html", context)


def _newest(record: OpenRecord) -> SafetyPlanFacts:
    return next((version.facts for version in safety_plans.versions_of(record)), SafetyPlanFacts())


def _lines(facts: SafetyPlanFacts, *, printed: bool = False) -> Lines:
    """Return the filled parts of a plan in words, with their labels; `printed` without what is about the copy."""
    fields, left_out = SafetyPlanForm.base_fields, {"copy_for_person", "pocket"} if printed else set()
    return [(str(fields[name].label), text) for name, text in values_in_words(facts) if name not in left_out]
