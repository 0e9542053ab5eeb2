"""The start of the public site: every form is posted to it, so that no address reveals what was searched.

No page sets a cookie, and none needs script.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils import translation
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from suar.contact.public import views as letters
from suar.contact.public.submission import Submission
from suar.core import clock, ratelimit
from suar.core.locks import form_lock
from suar.core.refusals import KeyNotTrusted, uuid_or_refuse
from suar.directory import error_reports, gaps, public_proposals, queries
from suar.directory.search import SearchQuery
from suar.feedback import public as feedback
from suar.website import find_help, pages
from suar.website.find_help import Results
from suar.website.form_tokens import form_secret, issue_tokens, use_token
from suar.website.forms import ErrorReportForm, FindForm, ProposalForm
from suar.website.languages import critical, critical_language
from suar.website.views.reading import check

SubmissionView = Callable[[Submission], HttpResponse]
MAX_AFTER, ABROAD = 200, "ABROAD"
SPEAK = "speak"
"""The button that shows the start page in another language with what is chosen there."""
USED = ("used", "again", "long_ago")
"""Reasons why a token is refused: it was used before, or may have been."""
PUBLIC_FORMS = {**letters.VIEWS, **feedback.VIEWS}
WRITING = (*letters.WRITING, *feedback.SENDING)
PROPOSING = ("propose", PROPOSED := "send_proposal")
REPEATABLE = (*letters.REPEATABLE, *feedback.SENDING)


@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Show the start page, or handle a form."""
    if request.method != "POST":
        return home(request)
    _activate_language(request)
    button, ticket = _pressed_button(request), request.POST.get("ticket", "")
    with form_lock(form_secret(ticket)):
        token = use_token(ticket, at=clock.now())
        if token:
            return _handle_form(request, button)
    if token.because == "again" and button in REPEATABLE:
        return _handle_letter(request, PUBLIC_FORMS[button], again=True)
    return _refused_token(request, button, token.because)


def _handle_form(request: HttpRequest, button: str) -> HttpResponse:
    """Return the response to a form that was not sent before."""
    if button in PUBLIC_FORMS:
        return _handle_letter(request, PUBLIC_FORMS[button])
    if pages.BUTTON in request.POST:
        return pages.open_page(request)
    if "check" in request.POST:
        return check(request)
    if "wrong" in request.POST:
        return report_error(request)
    if button in PROPOSING:
        return propose_service(request, sent=button == PROPOSED)
    if SPEAK in request.POST:
        return _render_home(request, FindForm(request.POST))
    return search(request)


@gzip_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the start page in the language of the address."""
    return _render_home(request, FindForm())


@gzip_page
@require_safe
def service(request: HttpRequest, service: UUID) -> HttpResponse:
    """Show one service, for a printed or shared address; the address of a merged entry shows the other."""
    return _render_service(request, queries.moved_to(service) or service)


def search(request: HttpRequest) -> HttpResponse:
    """Show a page of results, or one service out of them."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return _render_home(request, form, status=400)
    after, language = request.POST.get("after", "")[:MAX_AFTER], request.LANGUAGE_CODE
    common = {
        "form": form,
        "after": after,
        "sent_values": _sent_values(request, form, after),
        "calls_from_abroad": form.cleaned_data["place"] == ABROAD,
        **issue_tokens(at=clock.now()),
    }
    if "open" in request.POST:
        return _render_service(request, uuid_or_refuse(request.POST["open"]), query=form.search_query(), **common)
    question = None if after else form.question
    if question and question.ask:
        results = find_help.list_lines(form.search_query(), language=language)
        return render(request, "website/question.html", {**common, "results": results, "question": question})
    results = find_help.find(form.search_query(after=after), language=language)
    context = {**common, "results": results, "question": question}
    if "short" in request.POST:
        return render(request, "website/short_list.html", {**context, "message": find_help.short_message(results)})
    _count_gap(request, results)
    return render(request, "website/results.html", context)


def _sent_values(request: HttpRequest, form: FindForm, after: str) -> list[tuple[str, str]]:
    """Return the names and values that show the same page again, in another language."""
    buttons = [("after", after), *((name, request.POST.get(name, "")[:MAX_AFTER]) for name in ("open", "short"))]
    return [*form.hidden_values(), *((name, value) for name, value in buttons if value)]


def _count_gap(request: HttpRequest, results: Results) -> None:
    """Count a search for which the place has nobody, by place and need, without the words and the reader.

    The same search of the same caller counts once in an hour.
    """
    at, address = clock.now(), ratelimit.client_address(request)
    limits = {gaps.LIMIT: gaps.MAX_FOR_A_CALLER, f"{gaps.LIMIT} {results.gap}": 1}
    if results.gap and all(ratelimit.use(limit, address, limit=most, at=at) for limit, most in limits.items()):
        gaps.record_gap(*results.gap, at=at)


@critical
def report_error(request: HttpRequest) -> HttpResponse:
    """Ask what is wrong with an entry, and count the report; nothing about the reader is stored."""
    at = clock.now()
    card = queries.public_card(uuid_or_refuse(request.POST["wrong"]), language=request.LANGUAGE_CODE)
    form = ErrorReportForm(request.POST if "report" in request.POST else None)
    complaint_link = feedback.complaint_link(card.organisation, at=at)
    context = {"card": card, "form": form, **complaint_link, **issue_tokens(at=at)}
    if not form.is_valid():
        return render(request, "website/report_error.html", context, status=400 if form.is_bound else 200)
    kind, address = form.cleaned_data["kind"], ratelimit.client_address(request)
    limit, most = error_reports.rate_limit_key(kind), error_reports.MAX_FOR_A_CALLER
    allowed = ratelimit.use(limit, address, limit=most, at=at)
    context["recorded"] = allowed and error_reports.record_report(card.id, kind, at=at)
    return render(request, "website/report_received.html", context)


def propose_service(request: HttpRequest, *, sent: bool, expired: bool = False) -> HttpResponse:
    """Ask for a service that is missing, and store it as a draft that publishes nothing.

    A form that was open for too long is shown again with all that was typed.
    """
    at, language = clock.now(), request.LANGUAGE_CODE
    form = ProposalForm(request.POST if sent else None)
    context = {"form": form, "expired": expired, **issue_tokens(at=at, for_letter=True)}
    if expired or not form.is_valid():
        return render(request, "website/propose.html", context, status=400 if sent else 200)
    limit, most = public_proposals.LIMIT, public_proposals.MAX_FOR_A_CALLER
    allowed = ratelimit.use(limit, ratelimit.client_address(request), limit=most, at=at)
    context["recorded"] = allowed and public_proposals.record_public_proposal(form.answers(), language=language, at=at)
    return render(request, "website/report_received.html", context)


@critical
def _handle_letter(request: HttpRequest, view: SubmissionView, *, again: bool = False) -> HttpResponse:
    """Call the view of a letter or of feedback, and add tokens to its page."""
    secret = form_secret(request.POST.get("ticket", ""))
    submission = Submission(request, ratelimit.client_address(request), clock.now(), secret, again)
    try:
        response = view(submission)
    except KeyNotTrusted:
        module = feedback if _pressed_button(request) in feedback.VIEWS else letters
        response = module.show_closed(submission, status=503)
    if isinstance(response, TemplateResponse):
        context = response.context_data or {}
        tokens = issue_tokens(at=clock.now(), for_letter=context.get("for_writing", False))
        response.context_data = {**context, **tokens}
        response.render()
    return response


def _refused_token(request: HttpRequest, button: str, reason: str) -> HttpResponse:
    """Show the text of a letter that was not sent, or the choices; otherwise the start page.

    A form that is sent again, by Back or by somebody else, shows nothing of what was in it.
    """
    used = reason in USED
    if button in (*letters.WITH_TEXT, *feedback.SENDING) and not used:
        module = feedback if button in feedback.SENDING else letters
        return _handle_letter(request, module.show_expired)
    if button == PROPOSED and not used:
        return propose_service(request, sent=True, expired=True)
    arrived = used and button in (*WRITING, "attach")
    form = FindForm(request.POST) if reason == "too_old" else FindForm()
    loses_nothing = form.is_bound and SPEAK in request.POST
    return _render_home(request, form, refused_form="letter" if arrived else "" if loses_nothing else "form")


def _pressed_button(request: HttpRequest) -> str:
    """Return which button was pressed; that of a file names the file only."""
    of_file = next((button for name, button in letters.FILE_BUTTONS.items() if name in request.POST), "")
    return request.POST.get("do", of_file)


def _activate_language(request: HttpRequest) -> None:
    """Activate the language of the page that a form was on, or that it leads to."""
    language = pages.language_of(pages.requested_path(request)) or request.POST.get(SPEAK, request.POST.get("lang", ""))
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = language


def _render_service(
    request: HttpRequest, service: UUID, *, query: SearchQuery = find_help.ANYTHING, **context: Any
) -> HttpResponse:
    entry = find_help.get_entry(service, language=request.LANGUAGE_CODE, query=query)
    context |= {"entry": entry, "confirmed_how": queries.how_confirmed(entry.card), **issue_tokens(at=clock.now())}
    return render(request, "website/service.html", context)


def _render_home(request: HttpRequest, form: FindForm, *, refused_form: str = "", status: int = 200) -> HttpResponse:
    results = find_help.list_danger_line(critical_language(request.LANGUAGE_CODE))
    page = {"form": form, "refused_form": refused_form, "results": results, "language_form": "find"}
    context = {**page, **issue_tokens(at=clock.now())}
    return render(request, "website/home.html", context, status=status)
