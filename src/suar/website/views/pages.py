"""Pages of the public door that are read, and the check, which asks nothing and is sent nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suar.contact import queries as contact
from suar.core import clock
from suar.core.refusals import NotYours
from suar.feedback import queries as feedback
from suar.website import emergency, form_tokens, headers, pages, self_check, texts
from suar.website.languages import grave, now
from suar.website.recordings import recordings_of_page
from suar.website.texts import Page


@pages.readable
@pages.asked_again
@grave
def others(request: HttpRequest) -> HttpResponse:
    """Show what one can do for somebody else."""
    urgent = emergency.numbers(language=now())
    return render(request, "website/others.html", {"urgent": urgent, **pages.tokens(request)})


@pages.readable
@pages.asked_again
@grave
def phone(request: HttpRequest) -> HttpResponse:
    """Show what others could still see."""
    return render(request, "website/phone.html", pages.tokens(request))


@pages.readable
@pages.asked_again
def changed(request: HttpRequest) -> HttpResponse:
    """Show what changed because of feedback."""
    context = {"quarters": feedback.published_quarters(), **pages.tokens(request)}
    return render(request, "feedback/changes.html", context)


@pages.readable
@grave
def about(request: HttpRequest) -> HttpResponse:
    """Show what this site is about, with links to the reading pages."""
    language = request.LANGUAGE_CODE
    shelves = {kind: tuple(texts.list_pages(kind, language=language)) for kind in texts.KINDS}
    return _with_check(request, "website/about.html", shelves)


@pages.readable
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Show one page about a situation, or about rights and what happens next."""
    page = texts.get_page(number, language=request.LANGUAGE_CODE)
    # 07 would be a second address of page 7.
    if page is None or not pages.page_of(request).endswith(f"/{number}"):
        raise NotYours
    recordings = _recordings(request, page)
    response = _with_check(request, "website/read.html", {"reading": page, "listen": recordings})
    response.needs = headers.SOUND if any(recordings.values()) else ""
    return response


def check(request: HttpRequest) -> HttpResponse:
    """Show the boxes to tick. Nothing of what is ticked is ever sent: there is no form here."""
    language = request.LANGUAGE_CODE
    found = texts.get_check(language)
    if found is None:
        raise NotYours
    context = {
        "check": found,
        "answers": self_check.list_answers(found, language=language),
        "urgent": emergency.numbers(language=language),
    }
    return render(request, "website/check.html", context)


def _recordings(request: HttpRequest, page: Page) -> dict[str, list[dict[str, Any]]]:
    """Return the recordings of a page; a static copy holds each once, if it holds any."""
    copy = getattr(request, "published", None)
    if copy is not None and not copy.recordings:
        return {}
    site = copy.languages[0] if copy else request.LANGUAGE_CODE
    return recordings_of_page(page.number, language=page.language, site=site)


def _with_check(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """Show a page that is read and holds the buttons to the check and to asking for help.

    Its token makes each answer another one, so no browser keeps it and none asks whether it
    changed.
    """
    tokens = form_tokens.for_a_page(at=clock.now())
    return render(request, template, {**context, "asking": contact.has_desks(), **tokens})
