"""Telling less: the person makes a yes smaller or shorter."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.consent import queries as consents
from suar.consent import rules
from suar.consent.codes import Field
from suar.consent.queries import GivenConsent
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.referrals import labels, narrowing
from suar.referrals.forms import LessForm
from suar.referrals.settling import person_of
from suar.referrals.views import link_page


@gate(Permission.GIVE_CONSENT, step_up=True)
@require_http_methods(["GET", "POST"])
def tell_less(request: HttpRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show what is told, to take something away from it or to end it sooner."""
    opened = person_of(request, record)
    given = consents.get_consent(opened, consent)
    if not rules.is_open(given.facts, at=clock.now()):
        return redirect("person", record)
    form = _form(request, given)
    if form.is_valid():
        fields = frozenset(map(Field, form.cleaned_data["fields_told"]))
        try:
            sent = narrowing.tell_less(
                opened,
                consent,
                fields=fields,
                ends_on=form.cleaned_data["ends_on"],
                keys=request.keys,
                at=clock.now(),
            )
        except Conflict:
            return redirect("tell_less", record, consent)
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
        else:
            if sent is None or not sent.token:
                return redirect("person", record)
            return link_page(request, opened, sent, service=given.facts.recipient)
    context = {"form": form, "record": record, "consent": consent}
    return render(request, "referrals/less.html", context, status=400 if form.errors else 200)


def _form(request: HttpRequest, given: GivenConsent) -> LessForm:
    fields = [field for field in Field if field in given.facts.fields]
    first = {"fields_told": [each.value for each in fields], "ends_on": given.facts.ends_on}
    typed = request.POST if request.method == "POST" else None
    return LessForm(typed, fields=fields, initial=first)
