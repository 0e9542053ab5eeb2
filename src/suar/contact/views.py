"""Pages of the desk that answers letters of the public site."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import drafts, labels, persons_copy
from suar.contact import actions, messages, opening, queries, return_codes, summaries
from suar.contact.documents import CodeKind, LetterContent, LetterKind, NewRequest, RequestKind
from suar.contact.form_parts import AnswerForm
from suar.contact.forms import CodeForm, DeskForm, DictatedForm, SummaryForm, code_form
from suar.contact.models import Desk
from suar.contact.opening import OpenRequest
from suar.contact.public.actions import create_request_with_code
from suar.contact.return_codes import ReturnCode
from suar.contact.threads import send_answer, thread_context
from suar.core import clock
from suar.core.files import downloads
from suar.core.files.kinds import FileKind
from suar.core.refusals import Conflict, NotYours, Refused, value_or_refuse
from suar.records import file_links
from suar.referrals import receiving

PAGE_SIZE = 50


@permission_required(Permission.ANSWER_REQUESTS, method="GET")
def inbox(request: StaffRequest) -> HttpResponse:
    """List the requests of the viewer's teams; that somebody looked keeps the public page open."""
    viewer, at = request.viewer, clock.now()
    desks, rows = queries.desks_of(viewer.teams), queries.help_requests(viewer)
    teams = accounts.team_names([desk.team for desk in desks])
    lists = {"waiting": queries.unread(rows), "read": queries.in_progress(rows), "settled": queries.settled(rows)}
    context = {
        **{name: Paginator(matches, PAGE_SIZE).get_page(request.GET.get(name)) for name, matches in lists.items()},
        "desks": desks,
        "closed": bool(desks) and not any(queries.is_open(desk, at=at) for desk in desks),
        "quotas": [(teams[team], quota) for team, quota in queries.quotas(teams).items()],
        "may_set": viewer.may(Permission.SET_DESK),
    }
    actions.record_look(viewer.teams, at=at)
    return render(request, "contact/inbox.html", context)


@permission_required(Permission.ANSWER_REQUESTS, method="GET")
def show_request(request: StaffRequest, letter: UUID) -> HttpResponse:
    """Open a request and record that it was read."""
    return _show_request(request, _open(request, letter))


@permission_required(Permission.ANSWER_REQUESTS, method="POST")
def answer(request: StaffRequest, letter: UUID) -> HttpResponse:
    """Answer a request; what cannot be sent stays on the page."""
    opened = _open(request, letter)
    return send_answer(request, opened, send=actions.answer, show=partial(_show_request, request, opened), to="request")


@permission_required(Permission.ANSWER_REQUESTS, method="POST")
def settle(request: StaffRequest, letter: UUID) -> HttpResponse:
    """Close a request; if a newer letter came, show it."""
    opened = _open(request, letter)
    try:
        actions.settle(opened, version=request.POST.get("version", ""), by=acting(request))
    except Conflict:
        return _show_request(request, opened, newer=True, status=409)
    return redirect_with_message(request, _("Letter closed."), "requests")


@permission_required(Permission.ANSWER_REQUESTS, when_ready=True)
def new_request(request: StaffRequest) -> HttpResponse:
    """Write a request down for somebody on the phone or from a paper, and show its code once."""
    if "new_code" in request.POST:
        return _check_code(request)
    desks = [desk for desk in queries.desks_of(request.viewer.teams) if desk.switched_on]
    if not desks:
        return redirect("requests")
    form = DictatedForm(request.POST or None, desks=queries.organisation_names(desks))
    if not form.is_valid():
        return form_page(request, "contact/new_request.html", form)
    desk = next(desk for desk in desks if desk.team == form.team)
    by = request.viewer.worker
    new = NewRequest(RequestKind.HELP, desk.organisation, desk.team, form.letters, written_by=by)
    with translation.override(form.cleaned_data["language"]):
        code = create_request_with_code(new, kind=CodeKind(form.cleaned_data["kind"]), at=clock.now())
    return _new_code(request, code, code_form(kind=code.kind)) if code else redirect("requests")


@permission_required(Permission.SEE_RECORD, when_ready=True)
def summary(request: StaffRequest, record: UUID) -> HttpResponse:
    """Leave a summary of their record for the person under a return code, and show the code once."""
    if "new_code" in request.POST:
        return _check_code(request, to=reverse("persons_copy", args=[record]))
    # A summary without names does not say the name that another organisation shared either.
    opened = receiving.open_person(record, viewer=request.viewer, keys=request.keys)
    if "take_back" in request.POST:
        summaries.take_back(opened, request.POST["take_back"], by=acting(request))
        return redirect_with_message(request, _("Taken back. Its code opens nothing any more."), "persons_copy", record)
    language = persons_copy.language_for(opened)
    form = SummaryForm(
        post_data(request),
        names_in=partial(persons_copy.names_in, opened),
        initial={"words": persons_copy.summarise(opened, language=language)},
    )
    if not form.is_valid():
        return form_page(request, "contact/summary.html", form, record=record)
    data = form.cleaned_data
    code = return_codes.new_code(CodeKind(data["kind"]), language=language)
    keys = return_codes.derive_keys(code.plain, new=True)
    try:
        left = summaries.leave_summary(
            opened, data["words"], code=keys, days=data["days"], with_names=data["with_names"], by=acting(request)
        )
    except Refused as refusal:
        form.add_error(None, labels.refusal(refusal.because))
        return form_page(request, "contact/summary.html", form, record=record)
    # No redirect follows, which would show that the form was saved.
    drafts.delete_draft(record, request.POST.get(drafts.FIELD, ""), keys=request.keys)
    # The same form was sent before: its code was shown then.
    return _new_code(request, code, code_form(kind=code.kind)) if left else redirect("summary", record)


@permission_required(Permission.SET_DESK, when_ready=True)
def edit_desk(request: StaffRequest) -> HttpResponse:
    """Let a team answer, and word what the public page says about it."""
    teams = accounts.team_names(request.viewer.leads)
    if not teams:
        return redirect("requests")
    desk = Desk.objects.filter(team=next(iter(teams))).first()
    form = DeskForm(request.POST or None, teams=teams, instance=desk)
    if form.is_valid():
        try:
            actions.set_desk(form.instance, by=acting(request))
            return redirect_with_message(request, _("Saved."), "requests")
        except Refused as refusal:
            form.add_error("team", messages.REFUSALS.label(refusal.because))
    return form_page(request, "contact/desk.html", form)


@permission_required(Permission.ANSWER_REQUESTS, method="GET")
def show_file(request: StaffRequest, letter: UUID, enclosed: UUID) -> HttpResponse:
    """Show a picture, or what one should know before saving any other file."""
    page = TemplateResponse(request, "contact/file.html", _file_context(request, letter, enclosed))
    page.policy_exception = downloads.PICTURE_LINKED  # type: ignore[attr-defined]  # read by the middleware for headers
    return page


@permission_required(Permission.ANSWER_REQUESTS, method="GET")
def download_file(request: StaffRequest, letter: UUID, enclosed: UUID) -> HttpResponse:
    """Lead to the site that serves files of strangers; its address opens this file once."""
    key = opening.open_file_key(letter, enclosed, viewer=request.viewer, keys=request.keys)
    return redirect(file_links.make_link(enclosed, key, at=clock.now()))


@permission_required(Permission.ANSWER_REQUESTS)
def remove_file(request: StaffRequest, letter: UUID, enclosed: UUID) -> HttpResponse:
    """Ask for confirmation, then destroy a file; both sides read that one was removed."""
    if request.method == "POST":
        opened = opening.open_request(letter, viewer=request.viewer, keys=request.keys)
        actions.remove_file(opened, enclosed, by=acting(request))
        return redirect_with_message(request, _("File removed."), "request", letter)
    return render(request, "contact/remove_file.html", _file_context(request, letter, enclosed))


@permission_required(Permission.ANSWER_REQUESTS)
def remove_files(request: StaffRequest, letter: UUID) -> HttpResponse:
    """Ask for confirmation, then destroy all files of a request whose letters all opened."""
    opened, newer = opening.open_request(letter, viewer=request.viewer, keys=request.keys), ""
    if opened.locked or not opened.files:
        raise NotYours
    if request.method == "POST":
        try:
            actions.remove_all_files(opened, version=request.POST.get("version", ""), by=acting(request))
            return redirect_with_message(request, _("All files removed."), "request", letter)
        except Conflict:
            newer = messages.REFUSALS.label("newer_files")
    context = {"opened": opened, "files": _describe_files(opened), "newer": newer}
    return render(request, "contact/remove_files.html", context, status=409 if newer else 200)


def _open(request: StaffRequest, letter: UUID) -> OpenRequest:
    """Open a request to show it, and record that it was read if all of it was opened."""
    opened = opening.open_request(letter, viewer=request.viewer, keys=request.keys)
    actions.mark_read(opened)
    return opened


def _check_code(request: StaffRequest, *, to: str = "requests") -> HttpResponse:
    """Compare the code that the person repeated with the one that was made."""
    code = return_codes.parse_code(request.POST["new_code"])
    form = code_form(request.POST, kind=code.kind, expected=code.plain)
    return redirect(to) if form.is_valid() else _new_code(request, code, form, status=400)


def _new_code(request: StaffRequest, code: ReturnCode, form: CodeForm, *, status: int = 200) -> HttpResponse:
    context = {"code": code, "pictures": messages.describe_pictures(code), "form": form}
    return render(request, "contact/new_code.html", context, status=status)


def _show_request(
    request: StaffRequest,
    opened: OpenRequest,
    form: AnswerForm | None = None,
    *,
    newer: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        **thread_context(opened, form, _words, newer=newer),
        "contact": _describe_contact(opened),
        "files": _describe_files(opened),
    }
    return render(request, "contact/request.html", context, status=status)


def _words(letter: LetterContent) -> str:
    removed = letter.kind in (LetterKind.REMOVED, LetterKind.ALL_REMOVED)
    return messages.removed_by(letter.kind, letter.words, staff=True) if removed else letter.words


def _describe_contact(opened: OpenRequest) -> str:
    """Return the newest words about how to reach the person, or why nobody may try."""
    if opened.contact_locked:
        return messages.CONTACT_STATES.label("locked")
    if opened.contact:
        return opened.contact.words or messages.CONTACT_STATES.label("none_now")
    meets = any(letter.kind is LetterKind.MEETING for letter in opened.letters)
    return messages.CONTACT_STATES.label("meeting_only" if meets else "never_given")


def _describe_files(opened: OpenRequest) -> list[dict[str, Any]]:
    return [
        {
            "id": letter.id,
            "kind": facts.kind,
            "scanned": facts.scanned,
            "text": messages.describe_file(facts),
            "at": letter.at,
        }
        for letter, facts in opened.files
    ]


def _file_context(request: StaffRequest, letter: UUID, enclosed: UUID) -> dict[str, Any]:
    """Open a request and describe one file of it, of which only the description was opened."""
    opened = opening.open_request(letter, viewer=request.viewer, keys=request.keys)
    file = value_or_refuse(next((file for file in _describe_files(opened) if file["id"] == enclosed), None))
    return {"opened": opened, "file": file, "picture": file["kind"] is FileKind.PICTURE}
