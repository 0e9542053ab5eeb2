"""Pages of the printed directory for its editors: make an edition, look at it, take its files."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.booklets import actions, queries, tasks
from suar.booklets.fonts import FontMissing
from suar.booklets.terms import Form
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.website.booklets import making, pages
from suar.website.booklets.files import sent
from suar.website.booklets.forms import MakeForm


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def booklets(request: HttpRequest) -> HttpResponse:
    """List editions and make the next one."""
    form = MakeForm(*([request.POST] if request.method == "POST" else []))
    if form.is_valid():
        try:
            edition = making.make(
                form.cleaned_data["place"],
                language=form.cleaned_data["language"],
                by=request.viewer.worker,
                at=clock.now(),
            )
        except (Refused, FontMissing) as refused:
            form.add_error(None, _why(refused))
        else:
            tasks.set_rest.enqueue(str(edition))
            return redirect("booklet", edition)
    context = {"form": form, "rows": pages.rows(queries.editions())}
    status = 400 if form.errors else 200
    return render(request, "website/booklets.html", context, status=status)


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def booklet(request: HttpRequest, edition: UUID) -> HttpResponse:
    """Show one edition: what changed, and its files."""
    row = pages.row(queries.issued(edition))
    return render(request, "website/booklet.html", {"row": row})


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def booklet_file(request: HttpRequest, edition: UUID, form: str) -> HttpResponse:
    """Send one form of an edition; one that is not kept is set anew."""
    if form not in set(Form):
        raise NotYours
    found = queries.issued(edition)
    name = f"{found.place}-{found.language}-{found.number}-{form}.pdf"
    return sent(queries.file_of(edition, Form(form)), name=name)


def _why(refused: Refused | FontMissing) -> str:
    if isinstance(refused, FontMissing):
        said = _("The font %(font)s is not on this machine, and this language needs it.")
        return said % {"font": refused.family}
    if refused.because == actions.NOTHING_TO_PRINT:
        return _(
            "Nobody confirmed an entry for this place within the last year. "
            "There is nothing to print: confirm entries first."
        )
    raise refused
