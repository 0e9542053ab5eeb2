"""The page of one request or thread of feedback, as both staff inboxes show it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.contact import messages
from suar.contact.documents import LetterContent, LetterKind
from suar.contact.form_parts import AnswerForm
from suar.contact.opening import OpenRequest
from suar.core.i18n import localize
from suar.core.refusals import Conflict, KeyNotTrusted, Refused

Describe = Callable[[LetterContent], str]
Send = Callable[..., None]
Show = Callable[..., HttpResponse]


def thread_context(opened: OpenRequest, form: AnswerForm | None, describe: Describe, *, newer: bool) -> dict[str, Any]:
    """Return the context of `contact/open_thread.html`: letters as headings, words and times, and the form."""
    return {
        "opened": opened,
        "letters": [
            (localize(messages.LETTERS[letter.kind]["staff"]), describe(letter), letter.at)
            for letter in opened.letters
            if letter.kind is not LetterKind.FILE
        ],
        "form": form or AnswerForm(),
        "newer": messages.REFUSALS.label("newer_letter") if newer else "",
        "no_answer": opened.no_answer and messages.REFUSALS.label(opened.no_answer),
    }


def send_answer(request: StaffRequest, opened: OpenRequest, *, send: Send, show: Show, to: str) -> HttpResponse:
    """Send the posted answer and go back to the page `to`, or `show` the form again with what is wrong."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return show(form, status=400)
    try:
        send(opened, form.cleaned_data["answer"], version=request.POST.get("version", ""), by=acting(request))
    except Conflict:
        return show(form, newer=True, status=409)
    except KeyNotTrusted:
        raise
    except Refused as refusal:
        form.add_error(None, messages.REFUSALS.label(refusal.because))
        return show(form, status=409)
    return redirect_with_message(request, _("Answer sent."), to, opened.id)
