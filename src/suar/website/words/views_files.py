"""Words of a language as a file: out for a translator, and back in after a look and a yes."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.i18n import public_languages
from suar.core.refusals import NotYours
from suar.website.words import checking, drafts, files, own, pages
from suar.website.words.files import TheirFile
from suar.website.words.forms import FileForm
from suar.website.words.views import known

KINDS = {"po": "text/x-gettext-translation", "xlf": "application/xliff+xml"}


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def download(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Send all words of a language as this house says them, as PO or as XLIFF 2.0."""
    known(code)
    if kind not in KINDS:
        raise NotYours
    words = own.as_said(code).values()
    if kind == "xlf":
        text = files.to_xliff(words, language=code)
    else:
        text = files.to_po(words, language=code, plural_forms=own.plural_forms(code))
    response = HttpResponse(text, content_type=f"{KINDS[kind]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="suar-{code}.{kind}"'
    return response


@gate(Permission.EDIT_DIRECTORY)
@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """Read a file that came back; it is kept for a look, or refused as a whole."""
    form, by = FileForm(request.POST, request.FILES), request.viewer.worker
    refused: list[tuple[int, str]] = []
    if form.is_valid():
        theirs = form.cleaned_data["words"]
        if pages.language_of(theirs.language) is None:
            form.add_error("words", _("It is for a language that nobody can correct here."))
        else:
            refused = _looked_at(theirs, by)
            if not refused:
                return redirect("words_brought", theirs.language)
    rows = [pages.row_of(each, by=by) for each in public_languages() if each.code != "en"]
    context = {"rows": rows, "form": form, "refused": refused[: pages.AT_ONCE], "more": len(refused) - pages.AT_ONCE}
    return render(request, "website/words.html", context, status=400)


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def brought(request: HttpRequest, code: str) -> HttpResponse:
    """Show by line what a file would change, and let it wait for a second person, or not."""
    language, by = known(code), request.viewer.worker
    if request.POST.get("answer") == "yes":
        drafts.offer(code, by=by, at=clock.now())
        return redirect("words_waiting", code)
    if request.POST.get("answer") == "no":
        drafts.leave_aside(code, by=by)
        return redirect("words")
    rows = pages.changes(drafts.brought(code, by=by), language=code, by=by, second=True)
    context = {"rows": rows, "spoken": pages.row_of(language, by=by)}
    return render(request, "website/words_brought.html", context)


def _looked_at(theirs: TheirFile, by: UUID) -> list[tuple[int, str]]:
    """Keep what a file would change for a look; with a refusal nothing is kept."""
    report = checking.compare(theirs.told, own.as_said(theirs.language))
    if not report.refused:
        lines = {one.key: one.line for one in theirs.told}
        drafts.bring(report.changed, lines=lines, language=theirs.language, by=by, at=clock.now())
    return [(line, _(because)) for line, because in report.refused]
