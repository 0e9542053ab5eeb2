"""The page for the person: the record in plain words, beside them or on paper, and their corrections."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import labels, persons_copy
from suar.cases.forms.persons_copy import CorrectionAnswerForm, CorrectionRequestForm
from suar.cases.views.case import read_received
from suar.cases.views.person import open_person
from suar.core import clock
from suar.core.i18n import LANGUAGES, staff_languages
from suar.core.refusals import NotYours, Refused
from suar.records.keyring import OpenRecord
from suar.screening import policy
from suar.screening import queries as talks


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def copy_for_person(request: StaffRequest, record: UUID, language: str = "") -> HttpResponse:
    """Show the record in plain words in a language, and store what the person asks to correct."""
    opened = open_person(request, record)
    form = CorrectionRequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        persons_copy.ask_correction(opened, form.cleaned_data["text"], by=acting(request))
        return redirect_with_message(request, _("Saved. The answer is due in seven days."), "persons_copy", record)
    return _page(request, opened, language=language, form=form, status=400 if form.errors else 200)


@permission_required(Permission.SEE_RECORD)
@require_POST
def answer_correction(request: StaffRequest, record: UUID, key: UUID) -> HttpResponse:
    """Answer what the person asked to correct."""
    opened, form = open_person(request, record), CorrectionAnswerForm(request.POST, key=str(key))
    if str(key) not in persons_copy.list_corrections(opened):
        raise NotYours
    if form.is_valid():
        data = form.cleaned_data
        try:
            persons_copy.answer_correction(opened, str(key), data["outcome"], data["answer"], by=acting(request))
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
        else:
            return redirect_with_message(request, _("Answer saved. Tell the person."), "persons_copy", record)
    return _page(request, opened, answering={str(key): form}, status=400)


def _page(
    request: StaffRequest,
    opened: OpenRecord,
    *,
    language: str = "",
    form: CorrectionRequestForm | None = None,
    answering: dict[str, CorrectionAnswerForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    languages = [item.code for item in staff_languages()]
    if language and language not in languages:
        raise NotYours
    chosen = language or persons_copy.language_for(opened)
    received = read_received(request, opened)
    wishes, findings = persons_copy.list_corrections(opened), talks.findings(opened)
    forms = {key: CorrectionAnswerForm(key=key) for key, wish in wishes.items() if not wish.outcome}
    forms |= answering or {}
    context: dict[str, Any] = {
        "record": opened.id,
        **labels.record_heading(opened),
        "sections": persons_copy.compose(
            opened,
            language=chosen,
            shared=received.shared if received else None,
            with_readers=request.viewer.may(Permission.SEE_READERS),
        ),
        "copy_language": chosen,
        "languages": [LANGUAGES[code] for code in languages],
        "on_paper": policy.may_leave_card(findings[0].stopped_by if findings else None),
        "summaries": persons_copy.waiting_summaries(opened, at=clock.now()),
        "form": form or CorrectionRequestForm(),
        "corrections": [(key, wish, forms.get(key)) for key, wish in wishes.items()],
        "workers": persons_copy.worker_names(wishes),
    }
    return render(request, "cases/persons_copy.html", context, status=status)
