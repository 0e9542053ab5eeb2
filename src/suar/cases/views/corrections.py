"""Correcting a note, striking it out, and undoing what was just saved."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import corrections, labels
from suar.cases.forms import CorrectionForm
from suar.cases.views.person import open_person, record_page
from suar.core.refusals import Conflict, Refused

OWN_PAGES = {corrections.EPISODE: "history", corrections.ATTACHMENT: "attachments", corrections.TIE: "family"}
OWN_PAGES |= {corrections.FOLLOW_UP: "follow_up", corrections.ATTEMPT: "follow_up"}
"""Pages to return to after an undo, by kind; the other kinds lead to the record."""


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def correct_note(request: StaffRequest, record: UUID, note: UUID) -> HttpResponse:
    """Correct a note or strike it out; if a colleague was first, both wordings are shown."""
    opened, key = open_person(request, record), str(note)
    stored, status = corrections.get_note(opened, key), 200
    typed = request.POST if request.method == "POST" else None
    form = CorrectionForm(typed, initial={"text": stored.text, "seen": stored.text})
    if form.is_valid():
        data, by, strike = form.cleaned_data, acting(request), "strike" in request.POST
        try:
            if strike:
                corrections.strike_note(opened, key, data["reason"], by=by)
            else:
                corrections.correct_note(opened, key, data["text"], seen=data["seen"], by=by)
        except Conflict:
            stored, status = corrections.get_note(open_person(request, record), key), 409
            form.data = dict(form.data.items()) | {"seen": stored.text}
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
        else:
            message = _("Note struck out.") if strike else _("Note corrected.")
            return redirect_with_message(request, message, "person", record, part="notes")
    theirs = stored.text if status == 409 else ""
    context = {"form": form, "record": record, "theirs": theirs, **labels.record_heading(opened)}
    return render(request, "cases/correct_note.html", context, status=400 if form.errors else status)


@permission_required(Permission.SEE_RECORD)
@require_POST
def undo(request: StaffRequest, record: UUID) -> HttpResponse:
    """Undo what the worker has just saved on this page."""
    opened, what = open_person(request, record), request.POST.get("what", "")
    try:
        corrections.undo(opened, what, request.POST.get("key", ""), by=acting(request))
    except Refused as refusal:
        return record_page(request, opened, refused=labels.refusal(refusal.because), status=409)
    if what == corrections.STEP:
        return redirect_with_message(request, _("Undone."), "plan", record, part="steps")
    if what in OWN_PAGES:
        return redirect_with_message(request, _("Undone."), OWN_PAGES[what], record)
    return redirect_with_message(request, _("Undone."), "person", record, part="notes")
