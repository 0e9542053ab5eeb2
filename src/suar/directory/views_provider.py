"""The page of a provider with a link: one entry, still true by one press, or a proposal.

Looking changes nothing, since mail scanners follow links too; what counts is a post.
"""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from suar.accounts.gate import open_to_all
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.directory import labels, pages, provider_links, queries
from suar.directory.entry_forms import Written, asked_again, form_over, refused
from suar.directory.forms import NoteForm
from suar.directory.provider_links import OpenedLink
from suar.directory.revisions import EditConflict

LONGEST_TURN, MEANWHILE = 9, 409


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def provider_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the one entry of a link; take that it is still true, or what shall change."""
    try:
        opened = provider_links.open_link(token, at=clock.now())
        if request.method != "POST":
            return _page(request, opened)
        return _taken(request, token, opened)
    except NotYours:
        return _stopped(request, "link_unknown", status=404)
    except Refused as refusal:
        status = 409 if refusal.because == provider_links.SENT_BEFORE else 410
        return _stopped(request, refusal.because, status=status)


def _taken(request: HttpRequest, token: str, opened: OpenedLink) -> HttpResponse:
    """Take what was sent: a press that all is true, or a form of changes."""
    turn, at = _turn(request), clock.now()
    if request.POST.get("act") == "true":
        return _assured(request, token, opened, turn=turn, at=at)
    written, note = form_over(opened.service, request.POST, whole=False), NoteForm(request.POST)
    if not (written.form.is_valid() and note.is_valid()):
        return _page(request, opened, written, note, status=400)
    said = {"turn": turn, "over": written.over, "note": note.cleaned_data["note"], "at": at}
    try:
        draft = provider_links.propose_by_link(token, written.form.told(), **said)
    except EditConflict as newer:
        again = asked_again(written, newer, whole=False)
        return _page(request, opened, again, note, status=409)
    except Refused as refusal:
        if refusal.because in (provider_links.SENT_BEFORE, provider_links.ENDED):
            raise
        return _page(request, opened, refused(written, refusal.because), note, status=400)
    return _done(request, opened, "proposed" if draft else "nothing")


def _assured(request: HttpRequest, token: str, opened: OpenedLink, *, turn: int, at: datetime) -> HttpResponse:
    """Take that all is true of what was read; where the entry says more now, show that first."""
    over = request.POST.get("over", "")
    read = int(over) if over.isascii() and over.isdigit() and len(over) <= LONGEST_TURN else 0
    try:
        provider_links.confirm_by_link(token, turn=turn, over=read, at=at)
    except EditConflict:
        return _page(request, opened, status=MEANWHILE)
    return _done(request, opened, "assured")


def _page(
    request: HttpRequest,
    opened: OpenedLink,
    written: Written | None = None,
    note: NoteForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "entry": pages.entry_page(queries.service_card(opened.service)),
        "opened": opened,
        "written": written or form_over(opened.service, None, whole=False),
        "note": note or NoteForm(),
        "turn": opened.turn,
        "changing": written is not None,
        "newer": status == MEANWHILE and written is None,
    }
    return render(request, "directory/provider.html", context, status=status)


def _done(request: HttpRequest, opened: OpenedLink, what: str) -> HttpResponse:
    context = {"card": queries.service_card(opened.service), "what": what}
    return render(request, "directory/provider_done.html", context)


def _stopped(request: HttpRequest, because: str, *, status: int) -> HttpResponse:
    words = {"title": labels.refusal_text(because), "because": because}
    return render(request, "directory/provider_stopped.html", words, status=status)


def _turn(request: HttpRequest) -> int:
    typed = request.POST.get("turn", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_TURN):
        raise Refused(provider_links.SENT_BEFORE)
    return int(typed)
