"""Staff pages of the printed directory: make an edition, look at it, download its files."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.website.forms import place_choices
from suar.website.print import actions, booklet, queries, tasks
from suar.website.print.models import Form
from suar.website.print.pdf import FontMissing


def _place_choices() -> list[tuple[str | Promise, object]]:
    """Return provinces with their districts; there is no booklet for places elsewhere."""
    groups = [choice for choice in place_choices() if isinstance(choice[1], list)]
    return [("", _("Choose one")), *groups[:-1]]


class EditionForm(forms.Form):
    """Place and language of an edition."""

    place = forms.ChoiceField(label=_("District or province"), choices=_place_choices)
    language = forms.ChoiceField(label=_("Language"), choices=booklet.languages)


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def list_editions(request: StaffRequest) -> HttpResponse:
    """List editions, and make the next one."""
    form = EditionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            edition = actions.make_edition(**form.cleaned_data, by=request.viewer.worker, at=clock.now())
        except (Refused, FontMissing) as error:
            form.add_error(None, _explain(error))
        else:
            tasks.render_rest.enqueue(str(edition))
            return redirect_with_message(request, gettext("New edition made."), "booklet", edition)
    context = {"form": form, "editions": queries.list_editions()}
    return render(request, "website/booklets.html", context, status=400 if form.errors else 200)


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def show_edition(request: StaffRequest, edition: UUID) -> HttpResponse:
    """Show what changed in an edition, and its files."""
    return render(request, "website/booklet.html", {"edition": queries.get_edition(id=edition)})


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def download(request: StaffRequest, edition: UUID, form: str) -> HttpResponse:
    """Send one form of an edition; one that is not stored is rendered again."""
    if form not in Form.values:
        raise NotYours
    row = queries.get_edition(id=edition)
    name = f"{row.place}-{row.language}-{row.number}-{form}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(queries.get_pdf(edition, Form(form)), content_type="application/pdf", headers=headers)


def _explain(error: Refused | FontMissing) -> str:
    if isinstance(error, FontMissing):
        return gettext("The font %(font)s is not on this machine, and this language needs it.") % {"font": error.family}
    if error.because == actions.NOTHING_TO_PRINT:
        return gettext(
            "Nobody confirmed an entry for this place within the last year. "
            "There is nothing to print: confirm entries first."
        )
    raise error
