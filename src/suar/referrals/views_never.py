"""Pages of who must never know: asking, writing down, and letting somebody know again."""

from collections.abc import Collection
from contextlib import suppress
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.consent import exclusions
from suar.consent.exclusions import NewExclusion, new_exclusions
from suar.core import clock
from suar.core.refusals import Refused
from suar.records.keyring import OpenRecord
from suar.referrals import labels, never_telling, pages
from suar.referrals.forms import MayKnowForm, NeverForm
from suar.referrals.pages import NeverPage
from suar.referrals.settling import of_somebody, settle

FIND, NOBODY = "find", "nobody"


@gate(Permission.SEE_RECORD)
@require_http_methods(["GET", "POST"])
def never(request: HttpRequest, record: UUID) -> HttpResponse:
    """Ask who must never know, and keep it; what is still open to them closes at once."""
    opened = of_somebody(request, record)
    page, pressed = _page(request, opened), request.POST.get("go", "")
    looks = request.method == "GET" or pressed == FIND
    form = NeverForm(
        None if looks or pressed == NOBODY else request.POST,
        initial=_typed(request),
        bodies=page.bodies,
        workers=page.workers,
    )
    if pressed == NOBODY or form.is_valid():
        try:
            return _kept(request, opened, _named(form) if form.is_bound else ())
        except Refused as refusal:
            form.add_error(None, labels.refusal(refusal.because))
    return _shown(request, page, form, MayKnowForm())


@gate(Permission.SEE_RECORD)
@require_http_methods(["POST"])
def may_know(request: HttpRequest, record: UUID, line: UUID) -> HttpResponse:
    """Let somebody know again, as the person wishes; the line stays in the history."""
    opened, form = of_somebody(request, record), MayKnowForm(request.POST)
    if form.is_valid():
        by, at, reason = request.viewer.worker, clock.now(), form.cleaned_data["reason"]
        exclusions.remove_exclusion(opened, line, by=by, at=at, reason=reason)
        return redirect("never", record)
    page = _page(request, opened)
    return _shown(request, page, NeverForm(bodies=page.bodies, workers=page.workers), form)


def _named(form: NeverForm) -> tuple[NewExclusion, ...]:
    data = form.cleaned_data
    return new_exclusions(data.get("bodies", ()), data.get("workers", ()), data["words"])


def _kept(request: HttpRequest, opened: OpenRecord, who: Collection[NewExclusion]) -> HttpResponse:
    viewer, keys, at = request.viewer, request.keys, clock.now()
    settle(
        opened,
        keys=keys,
        act=lambda record: never_telling.keep_away(record, who, viewer=viewer, keys=keys, at=at),
    )
    return redirect("person", opened.id)


def _page(request: HttpRequest, opened: OpenRecord) -> NeverPage:
    tapped = []
    for each in request.POST.getlist("bodies"):
        with suppress(ValueError):
            tapped.append(UUID(each))
    typed = request.POST.get("find", "")
    return pages.never_page(opened, request.viewer, typed=typed, tapped=tapped)


def _typed(request: HttpRequest) -> dict:
    """Give what stands in the form, for when it is shown again with what was looked for."""
    several = {name: request.POST.getlist(name) for name in ("bodies", "workers")}
    return {"find": request.POST.get("find", ""), "words": request.POST.get("words", ""), **several}


def _shown(request: HttpRequest, page: NeverPage, form: NeverForm, again: MayKnowForm) -> HttpResponse:
    wrong = bool(form.errors or again.errors)
    context = {"page": page, "form": form, "again": again}
    return render(request, "referrals/never.html", context, status=400 if wrong else 200)
