"""Pages of the public door: none sets a cookie, none needs script."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from suar.contact import queries as contact
from suar.contact.public import views as letters
from suar.contact.public.submission import Submission
from suar.core import clock, ratelimit
from suar.core.refusals import NotYours
from suar.directory import queries
from suar.feedback import public as feedback
from suar.website import emergency, find_help, form_tokens, pages
from suar.website.entries import Entry
from suar.website.forms import FindForm
from suar.website.languages import grave, now, of_grave_words
from suar.website.uploads import brought
from suar.website.views.error_reports import report_error
from suar.website.views.pages import check

LONGEST_AFTER = 200
SENT_BEFORE = ("used", "again", "long_ago")
PUBLIC_FORMS = {**letters.VIEWS, **feedback.VIEWS}
WRITING = (*letters.WRITING, *feedback.SENDING)
ANSWERED_AGAIN = (*letters.ANSWERED_AGAIN, *feedback.SENDING)


@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Show the start, or take the form: whatever is looked for stays at this one address."""
    if request.method != "POST":
        return home(request)
    pages.speak(request, _language_of(request))
    at, does = clock.now(), _button(request)
    taken = form_tokens.spend(request.POST.get("ticket", ""), at=at)
    again = taken.because == "again" and does in ANSWERED_AGAIN
    if not (taken or again):
        return _not_taken(request, taken.because, at=at)
    if does in PUBLIC_FORMS:
        return _submitted(request, PUBLIC_FORMS[does], at=at, again=again)
    if pages.FIELD in request.POST:
        return pages.opened(request)
    if "check" in request.POST:
        return check(request)
    if "wrong" in request.POST:
        return report_error(request, _tickets())
    return _found(request, FindForm(request.POST))


def _found(request: HttpRequest, form: FindForm) -> HttpResponse:
    """Show who fits what was chosen, as a list, or one of them."""
    if not form.is_valid():
        return _home(request, form, status=400)
    if "open" in request.POST:
        return _opened(request, form)
    return _listed(request, form)


@gzip_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the start in the language of the address."""
    return _home(request, FindForm())


@gzip_page
@require_safe
def service(request: HttpRequest, service: UUID) -> HttpResponse:
    """Show one service, for a printed or shared address; an older address leads on."""
    ident = queries.moved_to(service) or service
    context = {"entry": _one(request, ident), **_at_hand(request)}
    return render(request, "website/service.html", context)


def _not_taken(request: HttpRequest, because: str, *, at: datetime) -> HttpResponse:
    """Show the text of a letter that was not sent, or the choices; otherwise the start page.

    A form that is sent again, by Back or by somebody else, shows nothing of what was in it.
    """
    does, before = _button(request), because in SENT_BEFORE
    if does in (*WRITING, *letters.BESIDE_WORDS) and not before:
        late = feedback.late if does in feedback.SENDING else letters.late
        return _submitted(request, late, at=at)
    arrived = before and does in (*WRITING, "attach")
    form = FindForm(request.POST) if because == "too_old" else FindForm()
    return _home(request, form, too_old="letter" if arrived else "form")


@grave
def _submitted(
    request: HttpRequest,
    view: Callable[[Submission], HttpResponse],
    *,
    at: datetime,
    again: bool = False,
) -> HttpResponse:
    """Do what a form is for, and complete the page that it shows."""
    address, secret = ratelimit.client_address(request), form_tokens.mark(request.POST.get("ticket", ""))
    response = view(Submission(request, address, at, brought(request), secret, again))
    if isinstance(response, TemplateResponse):
        tokens = _tickets(for_writing=response.context_data.get("for_writing", False))
        response.context_data |= {"urgent": emergency.numbers(language=now()), **tokens}
        response.render()
    return response


def _button(request: HttpRequest) -> str:
    """Return which button was pressed; that of a file names the file only."""
    of_a_file = next((does for name, does in letters.FILE_BUTTONS.items() if name in request.POST), "")
    return request.POST.get("do", of_a_file)


def _listed(request: HttpRequest, form: FindForm) -> HttpResponse:
    """Show who fits, page by page."""
    after = request.POST.get("after", "")[:LONGEST_AFTER]
    found = find_help.find(form.wanted(after=after), language=request.LANGUAGE_CODE)
    context = {"form": form, "found": found, "after": after, **_at_hand(request)}
    return render(request, "website/results.html", context)


def _opened(request: HttpRequest, form: FindForm) -> HttpResponse:
    """Show a service out of a list, with the way back to it."""
    try:
        service = UUID(request.POST["open"])
    except ValueError as error:
        raise NotYours from error
    entry = find_help.get_entry(service, language=request.LANGUAGE_CODE, query=form.wanted())
    context = {"entry": entry, "form": form, **_at_hand(request)}
    context["after"] = request.POST.get("after", "")[:LONGEST_AFTER]
    return render(request, "website/service.html", context)


def _one(request: HttpRequest, service: UUID) -> Entry:
    return find_help.get_entry(service, language=request.LANGUAGE_CODE)


def _home(request: HttpRequest, form: FindForm, *, too_old: str = "", status: int = 200) -> HttpResponse:
    context = {"form": form, "too_old": too_old, **_at_hand(request)}
    return render(request, "website/home.html", context, status=status)


def _at_hand(request: HttpRequest) -> dict[str, Any]:
    """Return what each page offers: emergency numbers, and whether a team answers letters."""
    urgent = emergency.numbers(language=of_grave_words(request.LANGUAGE_CODE))
    return {"urgent": urgent, "asking": contact.has_desks(), **_tickets()}


def _tickets(*, for_writing: bool = False) -> dict[str, str]:
    return form_tokens.for_a_page(at=clock.now(), for_writing=for_writing)


def _language_of(request: HttpRequest) -> str:
    """Return the language of the page that a form was on, or that it leads to."""
    return pages.language_of(pages.wanted(request)) or request.POST.get("lang", "")
