"""Handing a person over to a colleague of the team or of another team."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import handover as handovers
from suar.cases import labels, policy
from suar.cases.forms.handover import HandoverForm
from suar.cases.views.person import open_person
from suar.core.refusals import KeyNotTrusted, NotYours, Refused
from suar.records import queries as records
from suar.records.terms import Kind
from suar.referrals import messages as referral_labels
from suar.referrals.codes import REFUSALS


@permission_required(Permission.SEE_RECORD, step_up=True)
@require_http_methods(["GET", "POST"])
def hand_over(request: StaffRequest, record: UUID) -> HttpResponse:
    """Hand the person over to a colleague, for good or as cover; only their worker and a lead of the team may."""
    opened, viewer = open_person(request, record), request.viewer
    if not policy.may_hand_over(viewer, opened.facts):
        raise NotYours
    teams, own_team = handovers.candidates(opened), opened.facts.team
    typed = request.POST if request.method == "POST" else None
    form = HandoverForm(typed, own_team=own_team, teams=teams, names=accounts.team_names(teams))
    if form.is_valid():
        by = acting(request)
        try:
            handovers.hand_over(opened, form.to_handover(by=by.worker, at=by.at), by=by, note=form.cleaned_data["note"])
        except (Refused, KeyNotTrusted) as refusal:
            because = getattr(refusal, "because", "")
            in_words = referral_labels.refusal if because in REFUSALS else labels.refusal
            form.add_error(None, in_words(because))
        else:
            return redirect_with_message(request, _("Handed over to a colleague."), "day")
    context = {
        "form": form,
        "record": record,
        **labels.record_heading(opened),
        "colleagues": teams,
        "stays_open": own_team in viewer.teams and (own_team in viewer.leads or records.is_open_to_team(record)),
        "takes_over": handovers.TAKES_OVER if viewer.may(Permission.REFER) else "",
        "is_case": opened.facts.kind is Kind.CASE,
    }
    return render(request, "cases/handover.html", context, status=400 if form.errors else 200)
