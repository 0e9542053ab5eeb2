"""The page about the end of a record, certificates of erasure, and the retention of an organisation."""

from typing import Any
from uuid import UUID

from django.conf import settings as project
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import erasure as erasures
from suar.cases import labels, retention
from suar.cases.codes import ERASURE_ACTS, RETENTION_STOPS
from suar.cases.documents import ErasureLog, LegalHold
from suar.cases.erasure import find_certificate, list_certificates, was_erased_by
from suar.cases.forms.erasure import ErasureForm, NumberForm, RetentionForm
from suar.cases.rules import retention as rules
from suar.cases.views.person import open_person
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records.keyring import OpenRecord

AGREE_TO_ERASE, DECLINE_TO_ERASE = "agree_to_erase", "decline_to_erase"


@permission_required(Permission.SEE_RECORD, method="GET")
def erasure(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show for how long a record is stored, what stops its erasure, and what can be done about it."""
    return _page(request, open_person(request, record))


@permission_required(Permission.SEE_RECORD, step_up=True, method="POST")
def change_erasure(request: StaffRequest, record: UUID) -> HttpResponse:
    """Do one act: about the request of the person, the retention, or a legal hold."""
    verb = request.POST.get("verb", "")
    if verb not in ERASURE_ACTS or verb in (AGREE_TO_ERASE, DECLINE_TO_ERASE):
        raise NotYours
    try:
        opened = open_person(request, record)
    except NotYours:
        if verb == erasures.TAKE_BACK and was_erased_by(record, request.viewer):
            return redirect_with_message(request, _("Too late: the record is erased. Nobody can open it."), "erasures")
        raise
    form = ErasureForm(request.POST, verb=verb)
    if form.is_valid():
        try:
            erasures.change(opened, verb, form.facts, by=acting(request))
        except (Refused, Conflict) as refusal:
            form.add_error(None, labels.refusal(getattr(refusal, "because", "transition_not_possible")))
            opened = open_person(request, record)
        else:
            return redirect_with_message(request, _("Saved."), "erasure", record)
    return _page(request, opened, form=form)


@permission_required(Permission.MANAGE_CASE, step_up=True, method="POST")
def answer_erasure_ask(request: StaffRequest, record: UUID, referral: UUID) -> HttpResponse:
    """Answer another organisation that asks to erase this case: yes, or no with a reason."""
    opened, verb = open_person(request, record), request.POST.get("verb", "")
    if verb not in (AGREE_TO_ERASE, DECLINE_TO_ERASE):
        raise NotYours
    form = ErasureForm(request.POST, verb=verb)
    if form.is_valid():
        with form.saving():
            erasures.answer_ask(opened, referral, form.facts.get("reason", erasures.AGREED), by=acting(request))
            return redirect_with_message(request, _("Answer saved."), "erasure", record)
    return _page(request, opened, form=form)


@permission_required(Permission.SEE_OWN_DAY)
def certificates(request: StaffRequest) -> HttpResponse:
    """List the certificates that a worker may read, and find one by its number."""
    form = NumberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        certificate = find_certificate(form.cleaned_data["number"], viewer=request.viewer)
        if certificate:
            return redirect("erasure_certificate", certificate.number, request.LANGUAGE_CODE)
        form.add_error("number", _("No certificate that you may read has this number. It may be wrong or forged."))
    context = {"form": form, "certificates": list_certificates(request.viewer)}
    return render(request, "cases/erasures.html", context, status=400 if form.errors else 200)


@permission_required(Permission.SEE_OWN_DAY, method="GET")
def certificate(request: StaffRequest, number: str, language: str) -> HttpResponse:
    """Show one certificate in a language, to print; it has no name and no content."""
    certificate = find_certificate(number, viewer=request.viewer)
    if certificate is None or language not in project.SUAR_STAFF_LANGUAGES:
        raise NotYours
    papers = {"languages": project.SUAR_STAFF_LANGUAGES, "paper_language": language, "on_paper": True}
    return render(request, "cases/erasure_certificate.html", {"certificate": certificate, **papers})


@permission_required(Permission.SET_RETENTION)
def settings(request: StaffRequest) -> HttpResponse:
    """Show and store for how many months the organisation stores records."""
    form = RetentionForm(
        request.POST if request.method == "POST" else None, months=retention.months_of(request.viewer.organisation)
    )
    if form.is_valid():
        retention.set_months(form.to_months(), by=acting(request))
        return redirect_with_message(request, _("Retention saved."), "retention_settings", part="retention")
    return render(request, "cases/retention_settings.html", {"form": form}, status=400 if form.errors else 200)


def _page(request: StaffRequest, opened: OpenRecord, *, form: ErasureForm | None = None) -> HttpResponse:
    """Show the page of a record with its forms, one of them perhaps filled."""
    facts, plan = retention.facts_of(opened.id), erasures.plan_of(opened.id)
    if facts is None:
        raise NotYours
    forms = {verb: ErasureForm(verb=verb) for verb in erasures.next_verbs(opened, request.viewer)}
    replies = [AGREE_TO_ERASE, DECLINE_TO_ERASE]
    asks = erasures.asks_to(opened.id) if request.viewer.may(Permission.MANAGE_CASE) else []
    typed = form.data.get("verb", "") if form else ""
    reply_forms = {verb: form if form and typed == verb else ErasureForm(verb=verb) for verb in replies}
    if form and typed not in replies:
        forms[typed] = form
    entries = [*erasures.list_acts(opened, ErasureLog), *erasures.list_acts(opened, LegalHold)]
    context: dict[str, Any] = {
        **labels.record_heading(opened),
        "last_entry": facts.last_entry,
        "ends_on": rules.ends_on(facts, retention.months_of(opened.facts.organisation)[facts.kind]),
        "stops": [RETENTION_STOPS.label(code) for code in rules.stops(facts)],
        "plan": plan,
        "hold": erasures.state_of(opened, LegalHold),
        "request_state": erasures.state_of(opened, ErasureLog),
        "elsewhere": erasures.holders_elsewhere(opened),
        "merged": len(retention.merged_group(opened.id)) - 1,
        "forms": [(ERASURE_ACTS[verb], forms[verb]) for verb in ERASURE_ACTS if verb in forms],
        "asks": [(ask, [(ERASURE_ACTS[verb], reply_forms[verb]) for verb in replies]) for ask in asks],
        "askers": accounts.organisation_names(ask.sender for ask in asks),
        "entries": sorted(entries, key=lambda entry: entry.at, reverse=True),
        "workers": accounts.display_names(entry.by for entry in entries),
        "failed": form,
    }
    return render(request, "cases/erasure.html", context, status=400 if form else 200)
