"""Pages of words for editors: how whole they are, find a text, say it otherwise, publish it."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.i18n import Language, public_languages
from suar.core.refusals import NotYours, Refused
from suar.website.words import drafts, own, pages
from suar.website.words.forms import FileForm, FindTextForm, SayForm


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def every(request: HttpRequest) -> HttpResponse:
    """List the languages: how whole each is, what is said otherwise, what waits."""
    by = request.viewer.worker
    rows = [pages.row_of(each, by=by) for each in public_languages() if each.code != "en"]
    return render(request, "website/words.html", {"rows": rows, "form": FileForm()})


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def one(request: HttpRequest, code: str) -> HttpResponse:
    """Find texts of a language, page by page."""
    language, form = known(code), FindTextForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {"text": "", "show": ""}
    after = int(request.GET.get("after", "")) if request.GET.get("after", "").isdecimal() else 0
    rows, total = pages.found(code, **said, after=after)
    step = pages.ON_A_PAGE
    later = _page(code, said, after + step) if after + step < total else ""
    earlier = _page(code, said, max(0, after - step)) if after else ""
    context = {
        "form": form,
        "rows": rows,
        "total": total,
        "later": later,
        "earlier": earlier,
        "spoken": pages.row_of(language, by=request.viewer.worker),
    }
    return render(request, "website/words_of.html", context)


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, code: str, mark: str) -> HttpResponse:
    """Say one text otherwise, which waits for a second person, or as it ships again."""
    language, by = known(code), request.viewer.worker
    word = pages.word_of(mark, own.as_said(code))
    if word is None:
        raise NotYours
    if request.POST.get("act") == "undo":
        drafts.undo(word.key, language=code, by=by, at=clock.now())
        return redirect("word", code, mark)
    waits = next((each for each in drafts.waiting(code) if each.key == word.key), None)
    now = waits.said if waits else word.said
    form = SayForm(
        request.POST if request.method == "POST" else None,
        word=word,
        lang=code,
        many=own.count_forms(code) if word.plural else 1,
        rtl=language.rtl,
        initial={f"said_{n}": said for n, said in enumerate(now)},
    )
    if form.is_valid():
        if form.told != now:
            drafts.write(word.key, form.told, language=code, by=by, at=clock.now())
        return redirect("words_waiting", code)
    context = {
        "form": form,
        "word": word,
        "spoken": pages.row_of(language, by=by),
        "waits": waits,
        "own": word.key in own.kept(code),
    }
    return render(request, "website/word.html", context, status=400 if form.errors else 200)


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def waiting(request: HttpRequest, code: str) -> HttpResponse:
    """Read what waits beside what is said now, and publish it or take it back."""
    language, viewer, because = known(code), request.viewer, ""
    if request.method == "POST":
        try:
            _settle(request, code)
            return redirect("words_waiting", code)
        except Refused as refused:
            because = _(pages.REFUSED[refused.because])
    listed = drafts.waiting(code)
    second = drafts.has_second(viewer.organisation)
    rows = pages.changes(listed[: pages.AT_ONCE], language=code, by=viewer.worker, second=second)
    context = {
        "rows": rows,
        "because": because,
        "total": len(listed),
        "ticked": _ticked(request),
        "may": any(row.may for row in rows),
        "spoken": pages.row_of(language, by=viewer.worker),
    }
    return render(request, "website/words_waiting.html", context, status=409 if because else 200)


def known(code: str) -> Language:
    """Give a language that can be corrected; raises NotYours for any other."""
    language = pages.language_of(code)
    if language is None:
        raise NotYours
    return language


def _settle(request: HttpRequest, code: str) -> None:
    chosen, by = _ticked(request), request.viewer.worker
    if not chosen:
        raise Refused("nothing_ticked")
    if request.POST.get("act") == "publish":
        house = request.viewer.organisation
        drafts.publish(chosen, language=code, by=by, house=house, at=clock.now())
    elif request.POST.get("act") == "take_back":
        drafts.take_back(chosen, language=code, by=by, at=clock.now())


def _ticked(request: HttpRequest) -> list[UUID]:
    try:
        return [UUID(each) for each in request.POST.getlist("ticked")]
    except ValueError:
        raise NotYours from None


def _page(code: str, said: dict[str, str], after: int) -> str:
    return f"{reverse('words_of', args=[code])}?{urlencode({**said, 'after': after})}"
