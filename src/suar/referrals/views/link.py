"""The one route without an account: a provider answers by link.

Looking changes nothing, because mail scanners follow links too; answers are posts.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.permissions import open_to_all
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.referrals import link_access, messages, rules
from suar.referrals.codes import LINK_VERBS, Actor, Verb
from suar.referrals.forms import ActForm, LinkAcceptForm
from suar.referrals.receiving import ReceivedReferral

DESTROYED = "link_destroyed"


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the preview to whoever holds the link, and take their answer."""
    return _answer(request, token) if request.method == "POST" else _page(request, token)


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    """Take an answer; errors are shown on the same page."""
    act, accept, verb = ActForm(request.POST), LinkAcceptForm(request.POST), request.POST.get("verb", "")
    if verb not in LINK_VERBS:
        raise NotYours
    if verb == Verb.ACCEPT and not accept.is_valid():
        return _page(request, token, accept=accept, status=400)
    if not act.is_valid():
        return _page(request, token, refused="date_needed", status=400)
    try:
        done = link_access.answer_by_link(
            token,
            Verb(verb),
            at=clock.now(),
            code=accept.cleaned_data["code"] if verb == Verb.ACCEPT else "",
            reason=act.cleaned_data["reason"],
            expected_on=act.cleaned_data["expected_on"],
        )
    except Refused as refusal:
        if refusal.because == DESTROYED:
            return _ended(request, messages.refusal(DESTROYED))
        return _page(request, token, refused=refusal.because, status=400)
    return render(request, "referrals/link_done.html", _context(done))


def _page(
    request: HttpRequest, token: str, *, status: int = 200, refused: str = "", accept: LinkAcceptForm | None = None
) -> HttpResponse:
    try:
        received = link_access.preview_by_link(token, at=clock.now())
    except Refused as refusal:
        return _ended(request, messages.refusal(refusal.because))
    if received.closed:
        return _ended(request, messages.closed_reason(received))
    context = _context(received) | {
        "accept": accept or LinkAcceptForm(),
        "refused": messages.refusal(refused) if refused else "",
    }
    return render(request, "referrals/link.html", context, status=status)


def _context(received: ReceivedReferral) -> dict[str, object]:
    verbs = [verb for verb in rules.next_acts(received.state, Actor.LINK_HOLDER) if verb in LINK_VERBS]
    return {
        "item": received,
        "sender_name": accounts.organisation_names([received.sender]).get(received.sender, ""),
        "verbs": [] if received.closed else [verb for verb in verbs if verb != Verb.ACCEPT],
    }


def _ended(request: HttpRequest, text: str) -> HttpResponse:
    return render(request, "referrals/link_ended.html", {"words": text}, status=410)
