"""Finding help together: needs, services that fit, what services ask, and the card for the person."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.queries import PEOPLE
from suar.records.terms import Kind
from suar.referrals import matching, needs, person_card, queries
from suar.referrals.forms import NeedContactForm, NeedsForm, ProfileForm


def open_person(request: StaffRequest, record: UUID, *kinds: str) -> OpenRecord:
    """Open a person's record, or one of other kinds; nobody is referred from a case or a talk, which are absent."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind not in (kinds or (Kind.PERSON,)):
        raise NotYours
    return opened


@permission_required(Permission.REFER)
@require_http_methods(["GET", "POST"])
def options(request: StaffRequest, record: UUID) -> HttpResponse:
    """Choose needs with the person and see which services fit, and why."""
    opened = open_person(request, record)
    form = NeedsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        needs.add_needs(opened, needs.usual_urgencies(form.cleaned_data["types"]), by=acting(request))
        return redirect_with_message(request, _("Need added."), "options", record)
    return _options_page(request, opened, form=form)


@permission_required(Permission.REFER)
@require_POST
def change_profile(request: StaffRequest, record: UUID) -> HttpResponse:
    """Store what services ask before they help."""
    opened, form = open_person(request, record), ProfileForm(request.POST)
    if not form.is_valid():
        return _options_page(request, opened, about=form)
    needs.change_profile(opened, form.cleaned_data, by=acting(request))
    return redirect_with_message(request, _("Saved. The list is updated."), "options", record)


@permission_required(Permission.REFER)
@require_POST
def record_contact(request: StaffRequest, record: UUID) -> HttpResponse:
    """Record whom the worker spoke to about an urgent need."""
    opened = open_person(request, record)
    form = _contact_form(opened, request.POST)
    if not form.is_valid():
        return _options_page(request, opened, spoke=form)
    needs.record_contact(opened, form.cleaned_data["need"], form.cleaned_data["whom"], by=acting(request))
    return redirect_with_message(request, _("Recorded who is informed."), "options", record)


@permission_required(Permission.SEE_RECORD)
@require_GET
def show_card(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show what the person may carry, or hears."""
    opened = open_person(request, record, *PEOPLE)
    return render(request, "referrals/card.html", {"card": person_card.make_card(opened), "record": opened.id})


def _options_page(request: StaffRequest, opened: OpenRecord, **forms: Any) -> HttpResponse:
    """Show the options page with its forms, one of them perhaps filled."""
    context = {
        "record": opened,
        "needs": matching.need_lines(opened, queries.sent_for(opened), place=needs.district_of(opened)),
        "options": matching.find_options(opened),
        "form": NeedsForm(),
        "about": ProfileForm(initial=needs.profile_answers(opened)),
        "spoke": _contact_form(opened),
        **forms,
    }
    status = 400 if any(form.errors for form in forms.values()) else 200
    return render(request, "referrals/options.html", context, status=status)


def _contact_form(opened: OpenRecord, typed: Any = None) -> NeedContactForm:
    return NeedContactForm(typed, choices={"need": [(need.id, need.id) for need in needs.list_needs(opened)]})
