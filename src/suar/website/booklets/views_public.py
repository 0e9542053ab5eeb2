"""Booklets on the public door: the newest ones, to take along. Nothing is made here."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from suar.booklets import queries
from suar.booklets.terms import Form
from suar.core import clock
from suar.core.refusals import NotYours
from suar.website.booklets import pages
from suar.website.booklets.files import sent
from suar.website.readable import readable, tokens

FILE_NAME = "information.pdf"


@readable
def offered(request: HttpRequest) -> HttpResponse:
    """List the newest editions in the language of the page, and say where others are."""
    language, every = request.LANGUAGE_CODE, queries.newest(on=clock.today())
    own = pages.rows((each for each in every if each.language == language), only_finished=True)
    spoken = {each.language for each in every} - {language}
    others = [(code, name) for code, name in settings.LANGUAGES if code in spoken]
    context = {"rows": sorted(own, key=lambda each: each.place.casefold()), "others": others}
    context |= tokens(request)
    return render(request, "website/booklets_public.html", context)


@require_safe
def take(request: HttpRequest, edition: UUID, form: str) -> HttpResponse:
    """Send a finished file of an edition that may still be used."""
    if form not in set(Form) or queries.issued(edition).use_until < clock.today():
        raise NotYours
    file = queries.finished(edition, Form(form))
    if file is None:
        raise NotYours
    return sent(file, name=FILE_NAME)
