"""The one route without an account: a provider answers by link.

Looking changes nothing, because mail scanners follow links too; answers are posts.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import FORM_ID, Anonymous
from suar.accounts.permissions import open_to_all
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.referrals import links, messages, rules
from suar.referrals.codes import Actor, Verb
from suar.referrals.forms import ActForm, LinkAcceptForm
from suar.referrals.receiving import ReceivedReferral

DESTROYED = "link_destroyed"


@open_to_all
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the preview to whoever holds the link, and take their answer."""
    if request.method != "POST":
        return _page(request, token)
    act, accept, verb = ActForm(request.POST), LinkAcceptForm(request.POST), request.POST.get("verb", "")
    if not rules.has_button(verb, Actor.LINK_HOLDER):
        raise NotYours
    accepts = verb == Verb.ACCEPT
    if accepts and not accept.is_valid():
        return _page(request, token, accept=accept)
    if not act.is_valid():
        return _page(request, token, refused="date_needed")
    try:
        answered = links.answer_by_link(
            token,
            Verb(verb),
            by=_acting(request, token, once=not accepts),
            code=accept.cleaned_data["code"] if accepts else "",
            reason=act.cleaned_data["reason"],
            expected_on=act.cleaned_data["expected_on"],
        )
    except Refused as refusal:
        if refusal.because == DESTROYED:
            return _ended(request, messages.refusal(DESTROYED))
        return _page(request, token, refused=refusal.because)
    return render(request, "referrals/link_done.html", _context(answered))


def _acting(request: HttpRequest, token: str, *, once: bool) -> Anonymous:
    """Return the context of an answer; accepting may be sent again, because it shows what was shared."""
    form = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    form_id = links.submission_id(token, form) if once and form.get(FORM_ID) else None
    return Anonymous(at=clock.now(), form_id=form_id)


def _page(request: HttpRequest, token: str, *, refused: str = "", accept: LinkAcceptForm | None = None) -> HttpResponse:
    try:
        received = links.preview_by_link(token, at=clock.now())
    except Refused as refusal:
        return _ended(request, messages.refusal(refusal.because))
    if received.closed:
        return _ended(request, messages.closed_reason(received))
    context = _context(received) | {
        "accept": accept or LinkAcceptForm(),
        "refused": messages.refusal(refused) if refused else "",
    }
    return render(request, "referrals/link.html", context, status=400 if refused or accept else 200)


def _context(received: ReceivedReferral) -> dict[str, Any]:
    verbs = [] if received.closed else rules.buttons(received.state, Actor.LINK_HOLDER)
    return {
        "item": received,
        "sender_name": accounts.organisation_names([received.sender]).get(received.sender, ""),
        "verbs": [verb for verb in verbs if verb is not Verb.ACCEPT],
    }


def _ended(request: HttpRequest, text: str) -> HttpResponse:
    return render(request, "referrals/link_ended.html", {"words": text}, status=410)
