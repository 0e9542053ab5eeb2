"""The page about messages: the neutral sentence to copy, and pasting a chat into the record."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import labels, messenger
from suar.cases.forms.messenger import PasteForm, SafeTextForm
from suar.cases.views.case import read_received
from suar.cases.views.person import open_person
from suar.consent.documents import Profile, SafeContact
from suar.core.i18n import active_language


@permission_required(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
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
        "record": record,
        **labels.record_heading(opened),
        "paste": paste,
        "choice": choice,
        "sentence": sentence,
        "sentence_in": language,
        "is_draft": messenger.is_draft(language),
        "unsafe": (opened.known(SafeContact) or SafeContact()).no_messages,
    }
    return render(request, "cases/messenger.html", context, status=400 if paste.errors or choice.errors else 200)
