"""The page on which a worker asks a partner house to read an outcome."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Refused
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind
from suar.referrals import asking_partner
from suar.referrals.forms import AskPartnerForm
from suar.screening import labels_partner, partner_asking
from suar.screening.partner_asking import Way
from suar.screening.reading_pages import reading_page

TAKE_BACK = "take_back"


@gate(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def ask_partner(request: HttpRequest, record: UUID) -> HttpResponse:
    """Show exactly what a partner would see, and ask one, or take it back."""
    viewer, keys = request.viewer, request.keys
    opened, way = asking_partner.open_to_ask(record, viewer=viewer, keys=keys)
    if request.POST.get("go") == TAKE_BACK:
        partner_asking.take_back(opened, viewer=viewer, at=clock.now())
        return redirect("ask_partner", record)
    names = accounts.organisation_names(way.partners)
    form = AskPartnerForm(request.POST if request.method == "POST" else None, partners=names)
    if form.is_valid():
        try:
            partner = UUID(form.cleaned_data["partner"])
            asking_partner.ask(record, partner, viewer=viewer, keys=keys, at=clock.now())
            return redirect("ask_partner", record)
        except Refused as refusal:
            form.add_error(None, labels_partner.PROBLEMS[refusal.because])
    context = _context(opened, way, form)
    return render(request, "referrals/ask_partner.html", context, status=400 if form.errors else 200)


def _context(opened: OpenRecord, way: Way, form: AskPartnerForm) -> dict:
    asked = accounts.organisation_names([way.waits_at])
    return {
        "page": reading_page(partner_asking.packet_of(opened)),
        "way": way,
        "form": form,
        "asked": asked.get(way.waits_at, "") if way.waits_at else "",
        "words": asking_partner.words_for(opened),
        "record": opened.id,
        "is_person": opened.facts.kind is Kind.PERSON,
    }
