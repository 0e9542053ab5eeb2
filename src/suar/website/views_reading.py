"""Pages of the public door that are read, and the check, which asks nothing and is sent nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from suar.contact import queries as contact
from suar.core import clock
from suar.core.refusals import NotYours
from suar.feedback import queries as feedback
from suar.website import (
    checking,
    emergency,
    form_tokens,
    headers,
    readable,
    texts,
)
from suar.website.languages import grave, now
from suar.website.recordings.pages import Listen, listen


@readable.readable
@readable.asked_again
@grave
def others(request: HttpRequest) -> HttpResponse:
    """Say what one can do for somebody else."""
    urgent = emergency.numbers(language=now())
    return render(request, "website/others.html", {"urgent": urgent, **readable.tokens(request)})


@readable.readable
@readable.asked_again
@grave
def phone(request: HttpRequest) -> HttpResponse:
    """Say what others could still see."""
    return render(request, "website/phone.html", readable.tokens(request))


@readable.readable
@readable.asked_again
def changed(request: HttpRequest) -> HttpResponse:
    """Tell what changed because of what people said."""
    context = {"quarters": feedback.published_quarters(), **readable.tokens(request)}
    return render(request, "feedback/changes.html", context)


@readable.readable
@grave
def about(request: HttpRequest) -> HttpResponse:
    """Say what this is about, and lead to the page that comes closest."""
    language = request.LANGUAGE_CODE
    shelves = {kind: tuple(texts.list_pages(kind, language=language)) for kind in texts.KINDS}
    return _with_check(request, "website/about.html", shelves)


@readable.readable
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Show one page about a situation, or about rights and what happens next."""
    found = texts.get_page(number, language=request.LANGUAGE_CODE)
    # 07 is another spelling of 7: each would be kept as a page of its own.
    if found is None or not readable.page_of(request).endswith(f"/{number}"):
        raise NotYours
    heard = _heard(request, number, found.language)
    response = _with_check(request, "website/read.html", {"reading": found, "listen": heard})
    response.needs = headers.SOUND if heard.own or heard.others else ""
    return response


def check(request: HttpRequest) -> HttpResponse:
    """Show the boxes to tick. Nothing of what is ticked is ever sent: there is no form here."""
    language = request.LANGUAGE_CODE
    found = texts.get_check(language)
    if found is None:
        raise NotYours
    context = {
        "check": found,
        "answers": checking.answers(found, language=language),
        "urgent": emergency.numbers(language=language),
    }
    return render(request, "website/check.html", context)


def _heard(request: HttpRequest, number: int, language: str) -> Listen:
    """Give what may be heard of a page; a copy holds each recording once, if any."""
    copy = getattr(request, "published", None)
    if copy is not None and not copy.recordings:
        return Listen()
    door = copy.languages[0] if copy else request.LANGUAGE_CODE
    return listen(number, language=language, door=door)


def _with_check(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    """Show a page that is read and holds the buttons to the check and to asking for help.

    Its token makes each answer another one, so no browser keeps it and none asks whether it
    changed.
    """
    tokens = form_tokens.for_a_page(at=clock.now())
    return render(request, template, {**context, "asking": contact.has_desks(), **tokens})
