"""The page on which a death or a disappearance is recorded, corrected and ended."""

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
from suar.cases import contact_status as statuses
from suar.cases import labels, policy
from suar.cases.codes import LIFE_ACTS
from suar.cases.forms.contact_status import ContactStatusForm
from suar.cases.views.person import open_person
from suar.consent import life
from suar.consent.documents import LifeStatus
from suar.core.refusals import Refused


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def contact_status(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show what is known of a death or a disappearance, and record it."""
    opened = open_person(request, record)
    workers, typed = statuses.owners(opened, by=request.viewer.worker), request.POST.get("verb", "")
    form = ContactStatusForm(request.POST if typed else None, verb=typed, workers=workers)
    if form.is_valid():
        data, by = form.cleaned_data, acting(request)
        try:
            statuses.change_status(opened, typed, on=data["on"], words=data["words"], owner=data.get("owner"), by=by)
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
            opened = open_person(request, record)
        else:
            return redirect_with_message(request, _("Saved."), "person", record)
    entries = (opened.get(LifeStatus) or LifeStatus()).entries
    verbs = life.TABLE.next_acts(life.life_state(opened), policy.life_actor(request.viewer, opened.facts))
    forms = {verb: ContactStatusForm(verb=verb, workers=workers) for verb in verbs}
    if form.is_bound:
        forms = {verb: forms[verb] for verb in verbs if verb != typed} | {typed: form}
    context = {
        "forms": [(LIFE_ACTS[verb], forms[verb]) for verb in LIFE_ACTS if verb in forms],
        "record": record,
        **labels.record_heading(opened),
        "entries": entries[::-1],
        "workers": accounts.display_names(item.by for item in entries),
    }
    return render(request, "cases/contact_status.html", context, status=400 if form.is_bound else 200)
