"""Pages on which an editor asks providers whether their entries are still true."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from suar.accounts import queries as accounts
from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import asking_pages as pages
from suar.directory import freshness, freshness_messages, labels, provider_links
from suar.directory.codes import AskingState


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def who_to_ask(request: HttpRequest) -> HttpResponse:
    """List providers whose entries are due: to be asked, silent, or asked in the last week."""
    return _list(request, request.GET.get("show", ""))


@gate(Permission.EDIT_DIRECTORY)
@require_POST
def ask(request: HttpRequest, service: UUID) -> HttpResponse:
    """Write a message with links, note a call that nobody answered, or take either back."""
    acts: dict[str, Any] = {"by": request.viewer.worker, "at": clock.now()}
    try:
        match request.POST.get("act"):
            case "called":
                freshness.record_unanswered_call(service, **acts)
            case "take_back":
                freshness.take_back_asking(service, **acts)
            case _:
                return _written(request, service)
    except Refused as refusal:
        return _list(request, AskingState.NOT_YET, because=refusal.because, status=409)
    return redirect("who_to_ask")


def _written(request: HttpRequest, service: UUID) -> HttpResponse:
    """Show the message with its links, which nobody can see again."""
    at, viewer = clock.now(), request.viewer
    group, tokens = freshness.ask_provider(service, by=viewer.worker, at=at)
    links = {each: request.build_absolute_uri(reverse("provider_link", args=[token])) for each, token in tokens.items()}
    house = accounts.organisation_names([viewer.organisation])[viewer.organisation]
    first, *others = freshness_messages.build_messages(group, links, house=house, until=at + provider_links.LIFETIME)
    context = {"group": group, "message": first, "others": others}
    return render(request, "directory/asked.html", context)


def _list(request: HttpRequest, show: str, *, because: str = "", status: int = 200) -> HttpResponse:
    turn = AskingState(show) if show in set(AskingState) else AskingState.NOT_YET
    found = freshness.list_providers(turn, after=request.GET.get("after", ""), at=clock.now())
    query = urlencode({"show": turn, "after": found.next})
    context = {
        "groups": pages.rows(found.groups, viewer=request.viewer),
        "turns": pages.turns(turn),
        "later": f"{reverse('who_to_ask')}?{query}" if found.next else "",
        "turn": turn,
        "because": labels.refusal_text(because) if because else "",
    }
    return render(request, "directory/who_to_ask.html", context, status=status)
