"""Pages on which editors ask providers, and the page that a provider opens with a link.

Opening a link changes nothing, since mail scanners follow links too; only a POST counts.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts import queries as accounts
from suar.accounts.http import StaffRequest
from suar.accounts.permissions import open_to_all, permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.directory import freshness, freshness_messages, labels, provider_links, queries
from suar.directory.codes import AskingState
from suar.directory.forms.entry import EntryForm, NoteForm
from suar.directory.provider_links import OpenedLink
from suar.directory.revisions import EditConflict
from suar.directory.views.entries import entry_context

MAX_DIGITS, CONFLICT = 9, 409


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def list_providers(request: StaffRequest) -> HttpResponse:
    """List providers whose entries are due: to ask, silent, or asked in the last week."""
    return _list(request, request.GET.get("show", ""))


@permission_required(Permission.EDIT_DIRECTORY)
@require_POST
def ask_provider(request: StaffRequest, service: UUID) -> HttpResponse:
    """Write a message with links, record an unanswered call, or take either back."""
    who: dict[str, Any] = {"by": request.viewer.worker, "at": clock.now()}
    try:
        match request.POST.get("act"):
            case "called":
                freshness.record_unanswered_call(service, **who)
            case "take_back":
                freshness.take_back_asking(service, **who)
            case _:
                return _show_message(request, service)
    except Refused as refusal:
        return _list(request, AskingState.NOT_YET, code=refusal.because, status=CONFLICT)
    return redirect("who_to_ask")


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def provider_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the entry of a link; accept a confirmation or a proposed change."""
    try:
        opened = provider_links.open_link(token, at=clock.now())
        if request.method != "POST":
            return _show_link(request, opened)
        return _accept(request, token, opened)
    except NotYours:
        return _stop(request, "link_unknown", status=404)
    except Refused as refusal:
        status = CONFLICT if refusal.because == provider_links.SENT_BEFORE else 410
        return _stop(request, refusal.because, status=status)


def _list(request: StaffRequest, show: str, *, code: str = "", status: int = 200) -> HttpResponse:
    state = AskingState(show) if show in set(AskingState) else AskingState.NOT_YET
    page = freshness.list_providers(state, after=request.GET.get("after", ""), at=clock.now())
    names = accounts.shown_names(provider.asked_by for provider in page.groups)
    later = f"{reverse('who_to_ask')}?{urlencode({'show': state, 'after': page.next})}"
    context = {
        "providers": [
            {
                "due": due,
                "asked_by": names.get(due.asked_by, "") if due.asked_by else "",
                "own": due.asked_by == request.viewer.worker,
            }
            for due in page.groups
        ],
        "states": list(AskingState),
        "state": state,
        "later": later if page.next else "",
        "problem": labels.refusal_text(code) if code else "",
    }
    return render(request, "directory/who_to_ask.html", context, status=status)


def _show_message(request: StaffRequest, service: UUID) -> HttpResponse:
    """Show the message with its links, which cannot be shown again."""
    at, viewer = clock.now(), request.viewer
    provider, tokens = freshness.ask_provider(service, by=viewer.worker, at=at)
    links = {
        entry: request.build_absolute_uri(reverse("provider_link", args=[token])) for entry, token in tokens.items()
    }
    house = accounts.organisation_names([viewer.organisation])[viewer.organisation]
    until = at + provider_links.LIFETIME
    first, *others = freshness_messages.build_messages(provider, links, house=house, until=until)
    context = {"provider": provider, "message": first, "others": others}
    return render(request, "directory/asked.html", context)


def _accept(request: HttpRequest, token: str, opened: OpenedLink) -> HttpResponse:
    """Accept a confirmation, or a form with changes."""
    turn, at = _number(request, "turn"), clock.now()
    if turn is None:
        raise Refused(provider_links.SENT_BEFORE)
    if request.POST.get("act") == "true":
        return _confirm(request, token, opened, turn=turn, at=at)
    form, note = EntryForm.over_current(opened.service, request.POST, editor=False), NoteForm(request.POST)
    if not (form.is_valid() and note.is_valid()):
        return _show_link(request, opened, form, note, status=400)
    change = {"turn": turn, "over": form.cleaned_data["over"], "note": note.cleaned_data["note"], "at": at}
    try:
        proposal = provider_links.propose_by_link(token, form.values(), **change)
    except EditConflict as conflict:
        return _show_link(request, opened, form.over_newer(conflict.now), note, status=CONFLICT)
    except Refused as refusal:
        if refusal.because in (provider_links.SENT_BEFORE, provider_links.ENDED):
            raise
        form.add_refusal(refusal.because)
        return _show_link(request, opened, form, note, status=400)
    return _thank(request, opened, "proposed" if proposal else "nothing")


def _confirm(request: HttpRequest, token: str, opened: OpenedLink, *, turn: int, at: datetime) -> HttpResponse:
    """Confirm the revision that was read; if the entry has changed since, show it first."""
    try:
        provider_links.confirm_by_link(token, turn=turn, over=_number(request, "over") or 0, at=at)
    except EditConflict:
        return _show_link(request, opened, status=CONFLICT)
    return _thank(request, opened, "assured")


def _show_link(
    request: HttpRequest,
    opened: OpenedLink,
    form: EntryForm | None = None,
    note: NoteForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        **entry_context(queries.service_card(opened.service)),
        "opened": opened,
        "form": form or EntryForm.over_current(opened.service, None, editor=False),
        "note": note or NoteForm(),
        "changing": form is not None,
        "newer": status == CONFLICT and form is None,
    }
    return render(request, "directory/provider.html", context, status=status)


def _thank(request: HttpRequest, opened: OpenedLink, result: str) -> HttpResponse:
    context = {"card": queries.service_card(opened.service), "result": result}
    return render(request, "directory/provider_done.html", context)


def _stop(request: HttpRequest, code: str, *, status: int) -> HttpResponse:
    context = {"title": labels.refusal_text(code), "code": code}
    return render(request, "directory/provider_stopped.html", context, status=status)


def _number(request: HttpRequest, name: str) -> int | None:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MAX_DIGITS else None
