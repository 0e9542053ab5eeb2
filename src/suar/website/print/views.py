"""Staff pages of the printed directory: make an edition, look at it, download its files."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.website.print import actions, queries, tasks
from suar.website.print.files import send_pdf
from suar.website.print.fonts import FontMissing
from suar.website.print.forms import EditionForm
from suar.website.print.models import Form
from suar.website.print.summary import summarise


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def list_editions(request: HttpRequest) -> HttpResponse:
    """List editions, and make the next one."""
    form = EditionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        chosen: dict[str, Any] = form.cleaned_data
        try:
            edition = actions.make_edition(
                chosen["place"], language=chosen["language"], by=request.viewer.worker, at=clock.now()
            )
        except (Refused, FontMissing) as error:
            form.add_error(None, _explain(error))
        else:
            tasks.render_rest.enqueue(str(edition))
            return redirect("booklet", edition)
    context = {"form": form, "rows": [summarise(edition) for edition in queries.list_editions()]}
    return render(request, "website/booklets.html", context, status=400 if form.errors else 200)


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def show_edition(request: HttpRequest, edition: UUID) -> HttpResponse:
    """Show what changed in an edition, and its files."""
    return render(request, "website/booklet.html", {"row": summarise(queries.get_edition(edition))})


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def download(request: HttpRequest, edition: UUID, form: str) -> HttpResponse:
    """Send one form of an edition; one that is not stored is rendered again."""
    if form not in Form.values:
        raise NotYours
    row = queries.get_edition(edition)
    return send_pdf(queries.get_pdf(edition, Form(form)), name=f"{row.place}-{row.language}-{row.number}-{form}.pdf")


def _explain(error: Refused | FontMissing) -> str:
    if isinstance(error, FontMissing):
        return _("The font %(font)s is not on this machine, and this language needs it.") % {"font": error.family}
    if error.because == actions.NOTHING_TO_PRINT:
        return _(
            "Nobody confirmed an entry for this place within the last year. "
            "There is nothing to print: confirm entries first."
        )
    raise error
