"""Second opinions and partners: ask a partner, answer for one in the inbox, compare keys."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.records import keyring
from suar.records.terms import Kind
from suar.referrals import messages, partners, second_opinions
from suar.referrals.forms import AskPartnerForm, GroupsForm, OpinionForm
from suar.screening import opinion_packets
from suar.screening.second_reading import reading_context

TAKE_BACK, END = "take_back", "end-"


@permission_required(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def ask_partner(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show exactly what a partner would see, and ask one, or take it back."""
    opened = keyring.open_record(record, keys=request.keys)
    asked = second_opinions.request_for(opened, request.viewer)
    if request.POST.get("go") == TAKE_BACK:
        second_opinions.take_back(opened, by=acting(request))
        return redirect_with_message(request, _("Request withdrawn."), "ask_partner", record)
    names = accounts.organisation_names([*asked["partners"], asked["asked"]])
    choices = {"partner": [(partner, names[partner]) for partner in asked["partners"]]}
    form = AskPartnerForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST" and not asked["partners"]:
        form.add_error(None, messages.refusal("partner_not_asked"))
    elif form.is_valid():
        try:
            second_opinions.ask(opened, UUID(form.cleaned_data["partner"]), by=acting(request))
            return redirect_with_message(request, _("Asked."), "ask_partner", record)
        except Refused as refusal:
            form.add_error(None, messages.refusal(refusal.because))
    context = {
        "page": reading_context(opinion_packets.codes_to_send(opened)),
        "way": asked,
        "form": form,
        "asked": names.get(asked["asked"], ""),
        "words": second_opinions.excluded_words(opened),
        "record": record,
        "is_person": opened.facts.kind is Kind.PERSON,
    }
    return render(request, "referrals/ask_partner.html", context, status=400 if form.errors else 200)


@permission_required(Permission.READ_FOR_PARTNER)
@require_GET
def opinions(request: StaffRequest) -> HttpResponse:
    """List the second opinions that partners ask for."""
    return _inbox(request)


@permission_required(Permission.READ_FOR_PARTNER)
@require_http_methods(["GET", "POST"])
def opinion(request: StaffRequest, packet: UUID) -> HttpResponse:
    """Show the codes of one and take what the reader thinks; help never waits for it."""
    form = OpinionForm(request.POST if request.method == "POST" else None)
    try:
        if form.is_valid():
            second_opinions.answer(packet, form.cleaned_data, by=acting(request))
            return redirect_with_message(request, _("Opinion sent."), "opinions")
        codes = second_opinions.open_codes(packet, viewer=request.viewer, keys=request.keys, at=clock.now())
    except Refused as refusal:
        return _inbox(request, refusal.because)
    context = {"page": reading_context(codes), "form": form}
    return render(request, "referrals/opinion.html", context, status=400 if form.errors else 200)


@permission_required(Permission.SET_PARTNERS, step_up=True)
@require_http_methods(["GET", "POST"])
def partner_keys(request: StaffRequest) -> HttpResponse:
    """Show the partners and how keys were compared; compare another one by its six groups, or end it."""
    own, pressed = request.viewer.organisation, request.POST.get("go", "")
    if pressed.startswith(END):
        partners.end_second_opinions(_parse_id(pressed.removeprefix(END)), by=acting(request))
        return redirect_with_message(request, _("Second opinions ended."), "partners")
    form = GroupsForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            partners.pin_by_groups(form.cleaned_data["groups"], by=acting(request))
            return redirect_with_message(request, _("Keys compared."), "partners")
        except Refused as refusal:
            form.add_error("groups", messages.refusal(refusal.because))
    standings = partners.standings(own)
    names = accounts.organisation_names(standings)
    context = {
        "groups": partners.groups_to_compare(own) if partners.has_keys(own) else "",
        "partners": [
            {"id": partner, "name": names[partner], "standing": standing, "since": since}
            for partner, (standing, since) in standings.items()
        ],
        "form": form,
    }
    return render(request, "referrals/partners.html", context, status=400 if form.errors else 200)


def _inbox(request: StaffRequest, because: str = "") -> HttpResponse:
    waiting = second_opinions.list_waiting(request.viewer, keys=request.keys, at=clock.now())
    context = {"waiting": waiting, "problem": messages.refusal(because) if because else ""}
    return render(request, "referrals/opinions.html", context, status=409 if because else 200)


def _parse_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotYours from None
