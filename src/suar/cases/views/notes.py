"""Notes: correcting one, undoing what was just saved, drafts, and chats of a messenger."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import corrections, drafts, labels, messenger
from suar.cases.forms import CorrectionForm
from suar.cases.forms.papers import PasteForm, SafeTextForm
from suar.cases.views.case import read_received
from suar.cases.views.person import open_person, record_page
from suar.consent.documents import Profile, SafeContact
from suar.core.i18n import active_language
from suar.core.refusals import NotYours, Refused
from suar.records import keyring
from suar.records.queries import PEOPLE
from suar.records.terms import Kind
from suar.screening import policy as talk_policy

OWN_PAGES = {corrections.EPISODE: "history", corrections.ATTACHMENT: "attachments", corrections.TIE: "family"}
OWN_PAGES |= {corrections.FOLLOW_UP: "follow_up", corrections.ATTEMPT: "follow_up"}
"""Pages to return to after an undo, by kind; the other kinds lead to the record."""


@permission_required(Permission.SEE_RECORD)
def correct_note(request: StaffRequest, record: UUID, note: UUID) -> HttpResponse:
    """Correct a note or strike it out; if a colleague was first, both wordings are shown."""
    opened, key = open_person(request, record), str(note)
    stored = corrections.get_note(opened, key)
    typed = request.POST if request.method == "POST" else None
    form = CorrectionForm(typed, initial={"text": stored.text, "seen": stored.text})
    if form.is_valid():
        data, by, strike = form.cleaned_data, acting(request), "strike" in request.POST
        with form.saving():
            if strike:
                corrections.strike_note(opened, key, data["reason"], by=by)
            else:
                corrections.correct_note(opened, key, data["text"], seen=data["seen"], by=by)
            message = _("Note struck out.") if strike else _("Note corrected.")
            return redirect_with_message(request, message, "person", record, part="notes")
    if form.is_overtaken:
        stored = corrections.get_note(open_person(request, record), key)
        form.show_again(seen=stored.text)
    context = {"form": form, "theirs": stored.text if form.is_overtaken else "", **labels.record_heading(opened)}
    return render(request, "cases/correct_note.html", context, status=form.status)


@permission_required(Permission.SEE_RECORD, method="POST")
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


@permission_required(Permission.SEE_RECORD, talk=None, method="POST")
def save_draft(request: StaffRequest, record: UUID) -> HttpResponse:
    """Seal a draft, or forget it; *Leave now* sends it in the request that ends the session."""
    opened, form = keyring.open_record(record, keys=request.keys), request.POST.get(drafts.FIELD, "")
    if opened.facts.kind not in (*PEOPLE, Kind.TALK):
        raise NotYours
    if "discard" in request.POST:
        drafts.forget_draft(record, form, keys=request.keys)
        return HttpResponse(status=204)
    typed = dict(request.POST.lists())
    drafted = talk_policy.drafted_fields(typed) if opened.facts.kind is Kind.TALK else typed
    stored = drafts.save_draft(opened, form, drafted, by=acting(request))
    return HttpResponse(status=204 if stored else 413)


@permission_required(Permission.SEE_RECORD)
def messenger_page(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the sentence that is safe to send, store the person's choice, or store a pasted chat."""
    opened, is_paste = open_person(request, record), "paste" in request.POST
    read_received(request, opened)
    language = (opened.known(Profile) or Profile()).language
    paste = PasteForm(request.POST if is_paste else None)
    choice = SafeTextForm(
        request.POST if request.method == "POST" and not is_paste else None,
        initial={"language": language or active_language()},
    )
    if paste.is_valid():
        data = paste.cleaned_data
        way = messenger.BY_MESSAGE if data["from_person"] else ""
        by = acting(request)
        messenger.paste_chat(opened, data["text"], data["messenger"], target=data["target"], way=way, by=by)
        saved = _("Saved. Now delete the chat on both phones, then copy something else to clear the copied text.")
        return redirect_with_message(request, saved, "messenger", record)
    if choice.is_valid():
        data = choice.cleaned_data
        messenger.agree_safe_text(opened, data["sentence"], data["language"], by=acting(request))
        return redirect_with_message(request, _("Saved."), "messenger", record)
    sentence, language = messenger.safe_text(opened)
    context = {
        **labels.record_heading(opened),
        "paste": paste,
        "choice": choice,
        "sentence": sentence,
        "sentence_in": language,
        "is_draft": messenger.is_draft(language),
        "unsafe": (opened.known(SafeContact) or SafeContact()).no_messages,
    }
    return render(request, "cases/messenger.html", context, status=400 if paste.errors or choice.errors else 200)
