"""Pages of complaint handlers, and of the leads who name them."""

from functools import partial
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.contact import actions as contact
from suar.contact import opening
from suar.contact import queries as requests
from suar.contact.documents import RequestKind
from suar.contact.form_parts import AnswerForm
from suar.contact.opening import OpenRequest
from suar.contact.threads import send_answer, thread_context
from suar.core import clock
from suar.core.refusals import Conflict, Refused
from suar.feedback import actions, queries, survey
from suar.feedback.forms import HandlersForm, OutcomeForm, OutsideReaderForm, QuarterForm
from suar.feedback.models import Hearing, OutsideReader
from suar.feedback.rules import counting
from suar.feedback.statistics import quarter_statistics, survey_answers

PAGE_SIZE = 50


@permission_required(Permission.HEAR_FEEDBACK, method="GET")
def inbox(request: StaffRequest) -> HttpResponse:
    """List feedback and complaints, and record the visit: without visits the public page closes."""
    rows = requests.feedback_requests(request.viewer.organisation)
    lists = {
        "complaint": requests.unread(rows.filter(kind=RequestKind.COMPLAINT)),
        "feedback": requests.unread(rows.filter(kind=RequestKind.FEEDBACK)),
        "going_on": requests.in_progress(rows),
        "done": requests.settled(rows),
    }
    pages = {name: Paginator(threads, PAGE_SIZE).get_page(request.GET.get(name)) for name, threads in lists.items()}
    actions.record_look(request.viewer.organisation, at=clock.now())
    return render(request, "feedback/inbox.html", pages)


@permission_required(Permission.HEAR_FEEDBACK, method="GET")
def show_thread(request: StaffRequest, thread: UUID) -> HttpResponse:
    """Show a thread. It stays unread until it is marked as read, answered or closed."""
    return _show_thread(request, _open(request, thread))


@permission_required(Permission.HEAR_FEEDBACK, method="POST")
def mark_read(request: StaffRequest, thread: UUID) -> HttpResponse:
    """Mark a thread as read, unless a letter arrived since the page was shown."""
    opened = _open(request, thread)
    if opened.version == request.POST.get("version", ""):
        contact.mark_read(opened)
    return redirect_with_message(request, _("Marked as read."), "feedback_inbox")


@permission_required(Permission.HEAR_FEEDBACK, method="POST")
def answer(request: StaffRequest, thread: UUID) -> HttpResponse:
    """Send an answer; one that cannot be sent stays on the page."""
    opened = _open(request, thread)
    show = partial(_show_thread, request, opened)
    return send_answer(request, opened, send=actions.answer, show=show, to="feedback_thread")


@permission_required(Permission.HEAR_FEEDBACK, method="POST")
def close(request: StaffRequest, thread: UUID) -> HttpResponse:
    """Close a thread with the code of its outcome."""
    form, opened = OutcomeForm(request.POST), _open(request, thread)
    if not form.is_valid():
        return _show_thread(request, opened, outcome=form, status=400)
    try:
        version = request.POST.get("version", "")
        actions.close(opened, form.cleaned_data["done"], version=version, by=acting(request))
    except Conflict:
        return _show_thread(request, opened, outcome=form, newer=True, status=409)
    return redirect_with_message(request, _("Closed."), "feedback_inbox")


@permission_required(Permission.HEAR_FEEDBACK, method="GET")
def numbers(request: StaffRequest) -> HttpResponse:
    """Show the statistics of a past quarter; counts below five are hidden."""
    quarters = dict(_quarters())
    chosen = request.GET.get("quarter", "")
    chosen = chosen if chosen in quarters else next(iter(quarters))
    context = quarter_statistics(request.viewer, request.keys, _quarter(chosen))
    context |= {"quarters": quarters.items(), "chosen": chosen}
    return render(request, "feedback/numbers.html", context)


@permission_required(Permission.HEAR_FEEDBACK)
def publish_quarter(request: StaffRequest) -> HttpResponse:
    """Publish a text about what changed in a quarter because of feedback."""
    form = QuarterForm(request.POST or None, quarters=_quarters())
    if form.is_valid():
        data = form.cleaned_data
        texts = data["text_en"], data["text_id"]
        actions.publish_quarter(_quarter(data["quarter"]), texts, today=clock.today(), by=acting(request))
        return redirect_with_message(request, _("Published."), "feedback_inbox")
    return form_page(request, "feedback/quarter.html", form)


@permission_required(Permission.SET_DESK, when_ready=True)
def handlers(request: StaffRequest) -> HttpResponse:
    """Describe the complaint handlers of the organisation, or choose an outside complaint handler."""
    viewer, data = request.viewer, request.POST or None
    outside = request.POST.get("about") == "outside"
    row = Hearing.objects.filter(organisation=viewer.organisation).first()
    named = OutsideReader.objects.filter(organisation=viewer.organisation).values_list("reader", flat=True)
    initial = {"reader": named.first()}
    own = HandlersForm(None if outside else data, instance=row, initial={} if row else {"switched_on": True})
    other = OutsideReaderForm(data if outside else None, offered=queries.offered_readers(viewer), initial=initial)
    form = other if outside else own
    if form.is_valid():
        try:
            if outside:
                actions.name_outside_reader(form.cleaned_data["reader"], by=acting(request))
            else:
                actions.set_handlers(own.instance, by=acting(request))
            return redirect_with_message(request, _("Saved."), "feedback_readers")
        except Refused as refusal:
            form.add_error(None if outside else "switched_on", survey.REFUSALS.label(refusal.because))
    names = sorted(accounts.display_names(accounts.complaint_handlers_of(viewer.organisation)).values())
    return form_page(request, "feedback/handlers.html", form, handlers=own, outside=other, names=names)


def _quarters() -> list[tuple[str, str]]:
    return [
        (f"{year}-{number}", survey.months_of(year, number)) for year, number in counting.past_quarters(clock.today())
    ]


def _quarter(chosen: str) -> tuple[int, int]:
    year, number = chosen.split("-")
    return int(year), int(number)


def _open(request: StaffRequest, thread: UUID) -> OpenRequest:
    return opening.open_request(thread, viewer=request.viewer, keys=request.keys)


def _show_thread(
    request: StaffRequest,
    opened: OpenRequest,
    form: AnswerForm | None = None,
    *,
    outcome: OutcomeForm | None = None,
    newer: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        **thread_context(opened, form, survey.describe, newer=newer),
        "complaint": _complaint(opened),
        "outcome": outcome or OutcomeForm(),
    }
    return render(request, "feedback/thread.html", context, status=status)


def _complaint(opened: OpenRequest) -> object:
    """Return the kind of complaint with the days within which it is acknowledged and answered."""
    codes = [answers.complaint for answers in survey_answers(opened)]
    return next((survey.COMPLAINTS[code] for code in codes if code in survey.COMPLAINTS), None)
