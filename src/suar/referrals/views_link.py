"""The one keyless route: a provider without an account answers by link.

Looking changes nothing, since mail scanners follow links too; answers are posts.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from suar.accounts.gate import open_to_all
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.referrals import by_link, labels, pages
from suar.referrals.forms import ActForm, LinkAcceptForm
from suar.referrals.pages.parts import LINK_VERBS
from suar.referrals.terms import Verb

DESTROYED = "link_destroyed"


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the preview to whoever holds the link, and take their answer."""
    if request.method == "POST":
        return _answered(request, token)
    return _page(request, token)


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    """Take an answer; whatever is wrong with it is said on the same page."""
    act, accept = ActForm(request.POST), LinkAcceptForm(request.POST)
    verb = request.POST.get("verb", "")
    if verb not in LINK_VERBS:
        raise NotYours
    if verb == Verb.ACCEPT and not accept.is_valid():
        return _page(request, token, accept=accept, status=400)
    if not act.is_valid():
        return _page(request, token, refused="date_needed", status=400)
    code = accept.cleaned_data["code"] if verb == Verb.ACCEPT else ""
    said = act.cleaned_data
    try:
        done = by_link.answer_by_link(
            token,
            Verb(verb),
            at=clock.now(),
            code=code,
            reason=said["reason"],
            expected_on=said["expected_on"],
        )
    except Refused as refusal:
        if refusal.because == DESTROYED:
            return _over(request, labels.refusal(DESTROYED))
        return _page(request, token, refused=refusal.because, status=400)
    return render(request, "referrals/link_done.html", {"done": pages.by_link(done)})


def _page(
    request: HttpRequest,
    token: str,
    *,
    status: int = 200,
    refused: str = "",
    accept: LinkAcceptForm | None = None,
) -> HttpResponse:
    try:
        item = pages.by_link(by_link.preview_by_link(token, at=clock.now()))
    except Refused as refusal:
        return _over(request, labels.refusal(refusal.because))
    if item.closed:
        return _over(request, item.closed)
    words = labels.refusal(refused) if refused else ""
    context = {"item": item, "accept": accept or LinkAcceptForm(), "refused": words}
    return render(request, "referrals/link.html", context, status=status)


def _over(request: HttpRequest, words: str) -> HttpResponse:
    return render(request, "referrals/link_ended.html", {"words": words}, status=410)
