"""A person's page at the organisation that met them, details about them, and withdrawing a consent."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import actions, labels
from suar.cases.forms import DetailsForm, WithdrawForm
from suar.cases.views.case import case_page
from suar.consent import exclusions as exclusion_list
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent import wording
from suar.consent.documents import Person, SafeContact, Warnings
from suar.consent.queries import GivenConsent
from suar.core import clock
from suar.core.ids import short_code
from suar.core.refusals import Conflict, NotYours
from suar.records import keyring
from suar.records.queries import PEOPLE
from suar.records.terms import Kind
from suar.referrals import exclusions, matching, sending
from suar.referrals import messages as referral_labels
from suar.referrals import queries as referrals
from suar.screening import next_steps, second_reading
from suar.screening import queries as talks


@permission_required(Permission.SEE_RECORD)
@require_GET
def person(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show a person or a case to whoever holds its keys."""
    opened, viewer = keyring.open_record(record, keys=request.keys), request.viewer
    if opened.facts.kind is Kind.CASE:
        return case_page(request, opened)
    if opened.facts.kind is not Kind.PERSON:
        raise NotYours
    sent = referrals.sent_for(opened)
    named, warnings = opened.get(Person) or Person(), opened.get(Warnings) or Warnings()
    context = {
        "record": opened.id,
        "name": named.name,
        "number": short_code(opened.id),
        "contact": opened.get(SafeContact),
        "warnings": warnings.text,
        "account": talks.remembered(opened),
        "may_note": talks.late_note(opened) is not None,
        "was_asked": exclusion_list.was_asked(opened),
        "exclusions": [line for line in exclusions.exclusion_lines(opened) if line["entry"].active],
        "findings": second_reading.finding_lines(opened, keys=request.keys),
        "next": next_steps.step_context(opened),
        "needs": matching.need_lines(opened, sent),
        "consents": [_consent_context(given, sent) for given in consents.list_consents(opened)],
        "sent": sent,
        "may_talk": viewer.may(Permission.RUN_TALK),
        "may_refer": viewer.may(Permission.REFER),
        "may_withdraw": viewer.may(Permission.GIVE_CONSENT),
        "sees_readers": viewer.may(Permission.SEE_READERS),
    }
    return render(request, "cases/person.html", context)


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def details(request: StaffRequest, record: UUID) -> HttpResponse:
    """Enter details that few services need, on the person's record or the case.

    If a colleague changed one meanwhile, theirs is shown beside what was typed; saving again
    replaces it knowingly.
    """
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind not in PEOPLE:
        raise NotYours
    typed = request.POST if request.method == "POST" else None
    form = DetailsForm(typed, initial=actions.read_details(opened))
    context: dict[str, Any] = {"form": form, "record": record}
    if form.is_valid():
        before = form.details_on_page()
        try:
            actions.change_details(opened, form.changes, seen=before, by=acting(request))
        except Conflict:
            fresh = keyring.open_record(record, keys=request.keys)
            context["theirs"] = form.in_words(actions.overtaken_details(fresh, form.changes, seen=before))
            form.show_stored(actions.read_details(fresh))
            return render(request, "cases/details.html", context, status=409)
        return redirect_with_message(request, _("Details saved."), "person", record)
    return render(request, "cases/details.html", context, status=400 if form.errors else 200)


@permission_required(Permission.GIVE_CONSENT)
@require_http_methods(["GET", "POST"])
def withdraw(request: StaffRequest, record: UUID, consent: UUID) -> HttpResponse:
    """Show what withdrawing a consent does and does not do, and withdraw it."""
    opened = keyring.open_record(record, keys=request.keys)
    if opened.facts.kind is not Kind.PERSON:
        raise NotYours
    form, refused = WithdrawForm(request.POST if request.method == "POST" else None), ""
    given, sent = consents.get_consent(opened, consent), referrals.sent_for(opened)
    if form.is_valid():
        reason, by = form.cleaned_data["reason"], acting(request)
        # Nothing typed is lost: somebody else may have withdrawn it before, in other words.
        same = (given.withdrawn_by, given.withdrawal_reason) == (by.worker, reason)
        if not (given.withdrawn_at and reason) or same:
            sending.withdraw_consent(opened, consent, by=by, reason=reason)
            return redirect_with_message(request, _("Consent withdrawn."), "person", record)
        refused = labels.refusal("withdrawn_meanwhile")
    context = {
        "consent": _consent_context(given, sent),
        "warning": _withdrawal_lines([referral for referral in sent if referral.consent == given.id]),
        "form": form,
        "record": opened.id,
        "refused": refused,
    }
    return render(request, "cases/withdraw.html", context, status=409 if refused else 400 if form.errors else 200)


def _consent_context(given: GivenConsent, sent: Sequence[Any]) -> dict[str, Any]:
    """Return a consent with the name of its recipient, and what can be done with it."""
    name = next((referral.document.service_name for referral in sent if referral.consent == given.id), "")
    return {
        "given": given,
        "recipient": name or referral_labels.service_name(given.facts.recipient),
        "is_open": bool(consent_rules.is_open(given.facts, at=clock.now())),
        "may_withdraw": bool(consent_rules.may_withdraw(given.facts, at=clock.now())),
    }


def _withdrawal_lines(sent: Sequence[Any]) -> tuple[str, ...]:
    """Return what the worker reads out at a withdrawal: who read what was sent, who saw only the preview, and when."""
    read, saw = (
        [
            (name or labels.actor_without_account(""), clock.local_date(at))
            for referral in sent
            for name, at in list_readers(referral)
        ]
        for list_readers in (referrals.readers_of, referrals.previewers_of)
    )
    return wording.withdrawal_lines(read, saw)
