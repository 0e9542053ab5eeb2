"""Saying that something about a service is wrong: a tap, no words, nothing of who said it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suar.contact import queries as contact
from suar.core import clock, ratelimit
from suar.core.refusals import NotYours
from suar.directory import error_reports, queries
from suar.feedback.public import complaint_link
from suar.website import emergency
from suar.website.forms import WrongForm
from suar.website.languages import grave, now


@grave
def report_error(request: HttpRequest, tickets: dict[str, str]) -> HttpResponse:
    """Ask what is wrong with an entry, and record it; the form token is already used."""
    language = request.LANGUAGE_CODE
    try:
        card = queries.public_card(UUID(request.POST["wrong"]), language=language)
    except ValueError as error:
        raise NotYours from error
    sent = "said" in request.POST
    form = WrongForm(request.POST if sent else None)
    context = {"card": card, "form": form, "asking": contact.has_desks(), **tickets}
    context["complain"] = complaint_link(card.organisation, at=clock.now())
    if not (sent and form.is_valid()):
        return render(request, "website/wrong.html", context, status=400 if sent else 200)
    context["taken"] = _said(request, card.id, form.cleaned_data["kind"])
    context["urgent"] = emergency.numbers(language=now())
    return render(request, "website/wrong_done.html", context)


def _said(request: HttpRequest, service: UUID, kind: str) -> bool:
    """Count it, where neither this caller nor all together have said too much; says whether."""
    address, at = ratelimit.client_address(request), clock.now()
    limit, most = error_reports.rate_limit_key(kind), error_reports.MOST_OF_A_CALLER
    counted = ratelimit.use(limit, address, limit=most, at=at)
    return counted and error_reports.record_report(service, kind, at=at)
