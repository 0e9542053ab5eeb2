"""Pages of the public site that are only read: reading pages, self-check, booklets, recordings, quick exit."""

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from suar.core import clock
from suar.core.refusals import NotYours, value_or_refuse
from suar.directory import recordings as stored_recordings
from suar.feedback import queries as feedback
from suar.website import find_help, headers, recordings, texts
from suar.website.form_tokens import issue_tokens
from suar.website.languages import critical
from suar.website.pages import path_of, reading_page, revalidated, start_tokens
from suar.website.print import queries as booklets

PLAIN_PAGES = ("", "about", "others", "phone")
SUN = "website/pictures/sun.svg"


@reading_page
@revalidated
@critical
def others(request: HttpRequest) -> HttpResponse:
    """Show what one can do for somebody else."""
    return render(request, "website/others.html", start_tokens(request))


@reading_page
@revalidated
@critical
def phone(request: HttpRequest) -> HttpResponse:
    """Show what others could still see."""
    return render(request, "website/phone.html", start_tokens(request))


@reading_page
@revalidated
def changes(request: HttpRequest) -> HttpResponse:
    """Show what changed because of feedback."""
    context = {"quarters": feedback.published_quarters(), **start_tokens(request)}
    return render(request, "feedback/changes.html", context)


@reading_page
@critical
def about(request: HttpRequest) -> HttpResponse:
    """Show what this site is about, with links to the reading pages."""
    pages = {kind: texts.list_pages(kind, language=request.LANGUAGE_CODE) for kind in texts.KINDS}
    return render(request, "website/about.html", {**pages, **issue_tokens(at=clock.now())})


@reading_page
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Show one page about a situation, or about rights and what happens next."""
    page = texts.get_page(number, language=request.LANGUAGE_CODE)
    # 07 would be a second address of page 7.
    if page is None or not path_of(request).endswith(f"/{number}"):
        raise NotYours
    audio = _recordings(request, page)
    context = {"reading": page, "listen": audio, **issue_tokens(at=clock.now())}
    response = render(request, "website/read.html", context)
    if any(audio.values()):
        response.policy_exception = headers.AUDIO  # type: ignore[attr-defined]  # for the headers
    return response


def check(request: HttpRequest) -> HttpResponse:
    """Show the self-check. Nothing of what is ticked is ever sent: there is no form."""
    language = request.LANGUAGE_CODE
    self_check = value_or_refuse(texts.get_check(language))
    advice = find_help.list_self_check_advice(self_check["advice"], language=language)
    return render(request, "website/check.html", {"check": self_check, "advice": advice})


@reading_page
def list_booklets(request: HttpRequest) -> HttpResponse:
    """List the newest booklets in the language of the page, and name the other languages."""
    editions = booklets.list_valid(on=clock.today())
    own = [edition for edition in editions if edition.language == request.LANGUAGE_CODE]
    others = {edition.language for edition in editions} - {request.LANGUAGE_CODE}
    context = {
        "editions": sorted(own, key=lambda edition: edition.place_name.casefold()),
        "others": [(code, name) for code, name in settings.LANGUAGES if code in others],
        **start_tokens(request),
    }
    return render(request, "website/booklets_public.html", context)


@require_safe
def download_booklet(request: HttpRequest, edition: UUID, form: str) -> HttpResponse:
    """Send a stored file of an edition that is still valid, under a name that reveals nothing."""
    file = booklets.get_stored_pdf(edition, form)
    if file is None or booklets.get_edition(id=edition).use_until < clock.today():
        raise NotYours
    name = {"Content-Disposition": 'attachment; filename="information.pdf"'}
    return HttpResponse(file, content_type="application/pdf", headers=name)


@require_safe
def listen(request: HttpRequest, recording: UUID) -> HttpResponse:
    """Send a published recording."""
    return recordings.audio_response(request, *stored_recordings.get_content(recording, only_published=True))


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the reading pages in every language for search engines; no link of the start leads to them.

    Source: the Sitemaps protocol 0.9, https://www.sitemaps.org/protocol.html.
    """
    languages = dict(settings.LANGUAGES)
    paths = [f"/{code}/{path}" for code in languages for path in PLAIN_PAGES]
    pages = (
        (code, page) for code in languages for kind in texts.KINDS for page in texts.list_pages(kind, language=code)
    )
    paths += [f"/{code}/read/{page['number']}" for code, page in pages if page["language"] == code]
    addresses = map(request.build_absolute_uri, paths)
    response = render(request, "website/sitemap.xml", {"addresses": addresses}, "application/xml; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def exit_page(request: HttpRequest) -> HttpResponse:
    """Show the neutral page of the quick exit, about the weather."""
    response = render(request, "website/exit.html")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def exit_picture(request: HttpRequest) -> HttpResponse:
    """Send the picture of the neutral page, and with it the order to clear the browser's cache of our pages.

    A browser may store whole pages for its Back button. Clearing that store can take longer than
    leaving may take, so the picture asks for it and not the page.
    """
    content = Path(str(finders.find(SUN))).read_bytes()
    return HttpResponse(content, content_type="image/svg+xml", headers={"Clear-Site-Data": '"cache"'})


def _recordings(request: HttpRequest, page: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the recordings of a page; a static copy holds each once, if it holds any."""
    copy = getattr(request, "published", None)
    if copy is not None and not copy.recordings:
        return {}
    site = copy.languages[0] if copy else request.LANGUAGE_CODE
    return recordings.recordings_of_page(page["number"], language=page["language"], site=site)
