"""Booklets on the public site: the newest ones, to download. Nothing is made here."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from suar.core import clock
from suar.core.refusals import NotYours
from suar.website.pages import readable, tokens
from suar.website.print import queries
from suar.website.print.files import send_pdf
from suar.website.print.models import Form
from suar.website.print.summary import summarise

FILE_NAME = "information.pdf"


@readable
def list_booklets(request: HttpRequest) -> HttpResponse:
    """List the newest editions in the language of the page, and name the other languages."""
    language, editions = request.LANGUAGE_CODE, queries.list_valid(on=clock.today())
    rows = [summarise(edition, stored_only=True) for edition in editions if edition.language == language]
    others = {edition.language for edition in editions} - {language}
    context = {
        "rows": sorted(rows, key=lambda row: row["place"].casefold()),
        "others": [(code, name) for code, name in settings.LANGUAGES if code in others],
        **tokens(request),
    }
    return render(request, "website/booklets_public.html", context)


@require_safe
def download_booklet(request: HttpRequest, edition: UUID, form: str) -> HttpResponse:
    """Send a stored file of an edition that is still valid."""
    if form not in Form.values or queries.get_edition(edition).use_until < clock.today():
        raise NotYours
    file = queries.get_stored_pdf(edition, Form(form))
    if file is None:
        raise NotYours
    return send_pdf(file, name=FILE_NAME)
