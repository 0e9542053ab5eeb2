"""The one keyless route: a provider without an account answers by link.

Looking changes nothing, since mail scanners follow links too; answers are posts.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from suar.accounts.gate import open_to_all
from suar.kernel import clock
from suar.kernel.refusals import NotYours, Refused
from suar.referral import answering, labels, pages
from suar.referral.forms import AnswerForm, LinkAcceptForm
from suar.referral.terms import Verb


@open_to_all
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the preview to whoever holds the link, and take their answer."""
    if request.method == "POST":
        return _answered(request, token)
    return _page(request, token)


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    verb = request.POST.get("verb", "")
    form = LinkAcceptForm(request.POST) if verb == Verb.ACCEPT else AnswerForm(request.POST)
    if verb not in pages.LINK_VERBS:
        raise NotYours
    if not form.is_valid():
        return _page(request, token, status=400, **_forms(verb, form))
    data = form.cleaned_data
    try:
        done = answering.answer_by_link(
            token, Verb(verb), at=clock.now(), code=data.get("code", ""),
            reason=data.get("reason", ""), expected_on=data.get("expected_on"),
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, labels.refusal(refusal.because))
        if refusal.because == "link_destroyed":
            return render(request, "referral/link_ended.html", status=410)
        return _page(request, token, status=400, **_forms(verb, form))
    return render(request, "referral/link_done.html", {"done": pages.by_link(done)})


def _page(request: HttpRequest, token: str, *, status: int = 200, **forms: object) -> HttpResponse:
    seen = answering.preview_by_link(token, at=clock.now())
    if seen.withdrawn:
        return render(request, "referral/link_ended.html", status=410)
    context = {
        "item": pages.by_link(seen),
        "accept": LinkAcceptForm(),
        "form": AnswerForm(),
        **forms,
    }
    return render(request, "referral/link.html", context, status=status)


def _forms(verb: str, form: object) -> dict:
    return {"accept" if verb == Verb.ACCEPT else "form": form}
