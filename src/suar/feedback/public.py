"""What the forms of the public site do with feedback and complaints.

A rule chooses who reads it, never the organisation that it is about where that must not be, and the letter is sealed
to nobody else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from suar.accounts import queries as accounts
from suar.contact.documents import CodeKind, NewRequest, RequestKind
from suar.contact.messages import describe_readers
from suar.contact.public.submission import CONFLICT, Submission
from suar.core.refusals import Refused
from suar.feedback import outside_bodies, queries, survey
from suar.feedback.forms import ComplaintForm, FeedbackForm, StageForm, SurveyForm
from suar.feedback.models import Hearing
from suar.feedback.rules import routing
from suar.feedback.rules.routing import Readers

PURPOSE = "say"
LONGEST_ID = 36


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads now, and about which organisations one may speak."""

    rows: list[Hearing]
    readers: Readers

    @classmethod
    def at(cls, moment: datetime) -> "Reading":
        """Return who reads at a moment."""
        rows = queries.open_readers(at=moment)
        return cls(rows, queries.readers_of(rows))

    def organisations(self, kind: RequestKind) -> dict[UUID, str]:
        """Return the organisations about which something of a kind is taken, by name."""
        names = accounts.organisation_names(routing.organisations_taken(kind, self.readers))
        return dict(sorted(names.items(), key=lambda item: item[1]))

    def describe(self, *, outside: bool = False) -> list[dict[str, str]]:
        """Describe who reads; of a complaint only those outside."""
        rows = [row for row in self.rows if row.for_others or not outside]
        names = accounts.organisation_names([row.organisation for row in rows])
        return [describe_readers(row, name=names.get(row.organisation, "")) for row in rows]


def complaint_link(organisation: UUID | None, *, at: datetime) -> dict[str, Any]:
    """Return for another page whether complaints are taken, and about `organisation` too; empty if nobody reads now."""
    reading = Reading.at(at)
    taken = reading.organisations(RequestKind.COMPLAINT)
    link = {"complaints": bool(taken), "house": organisation if organisation in taken else ""}
    return link if reading.rows else {}


def choose_stage(submission: Submission, form: StageForm | None = None, *, status: int = 200) -> HttpResponse:
    """Show who reads and which times one can tell about, or that nobody reads now."""
    reading = Reading.at(submission.at)
    if not reading.rows:
        return _not_taken(submission, RequestKind.FEEDBACK)
    context = {
        "form": form or StageForm(),
        "readers": reading.describe(),
        "complaints": bool(reading.organisations(RequestKind.COMPLAINT)),
    }
    return submission.page("feedback/choose_stage.html", context, status=status)


def give_feedback(submission: Submission) -> HttpResponse:
    """Show the statements of a stage."""
    reading, form = Reading.at(submission.at), StageForm(submission.form)
    if not (reading.rows and form.is_valid()):
        return choose_stage(submission, form, status=400 if reading.rows else 200)
    return _survey_page(submission, _feedback_form(reading, form.cleaned_data["stage"]), reading)


def send_feedback(submission: Submission, *, late: bool = False) -> HttpResponse:
    """Seal feedback on a stage."""
    reading, chosen = Reading.at(submission.at), StageForm(submission.form)
    if not reading.rows:
        return _not_taken(submission, RequestKind.FEEDBACK)
    if not chosen.is_valid():
        return choose_stage(submission, chosen, status=400)
    return _send(submission, _feedback_form(reading, chosen.cleaned_data["stage"], submission), reading, late=late)


def complain(submission: Submission) -> HttpResponse:
    """Show the form to complain, or who outside takes complaints if nobody does here."""
    reading = Reading.at(submission.at)
    organisations = reading.organisations(RequestKind.COMPLAINT)
    if not organisations:
        return _not_taken(submission, RequestKind.COMPLAINT)
    initial = {"house": submission.form.get("house", "")[:LONGEST_ID]}
    return _survey_page(submission, ComplaintForm(organisations=organisations, initial=initial), reading)


def send_complaint(submission: Submission, *, late: bool = False) -> HttpResponse:
    """Seal a complaint."""
    reading = Reading.at(submission.at)
    organisations = reading.organisations(RequestKind.COMPLAINT)
    if not organisations:
        return _not_taken(submission, RequestKind.COMPLAINT)
    return _send(submission, ComplaintForm(submission.form, organisations=organisations), reading, late=late)


VIEWS: Mapping[str, Callable[[Submission], HttpResponse]] = {
    "say": choose_stage,
    "stage": give_feedback,
    "said": send_feedback,
    "complain": complain,
    "complained": send_complaint,
}
SENDING = ("said", "complained")


def late(submission: Submission) -> HttpResponse:
    """Show a form again that came too late, with all that was tapped and written in it."""
    send = send_complaint if submission.form.get("do") == "complained" else send_feedback
    return send(submission, late=True)


def _send(submission: Submission, form: SurveyForm, reading: Reading, *, late: bool) -> HttpResponse:
    if late:
        return _survey_page(submission, form, reading, status=CONFLICT, late=True)
    kind = form.request_kind

    def act() -> HttpResponse:
        about, worker = form.answers.organisation, form.answers.worker
        reader = routing.choose_reader(kind, reading.readers, about=about, worker=worker)
        if reader is None:
            raise Refused(kind)
        new = NewRequest(kind, reader, None, form.letters)
        code = submission.create_request(PURPOSE, new, kind=CodeKind(form.cleaned_data["kind"]))
        return submission.code_page(code) if code else submission.page("feedback/thanks.html")

    def show(form: SurveyForm, **extra: Any) -> HttpResponse:
        return _survey_page(submission, form, reading, **extra)

    closed = partial(_not_taken, submission, kind)
    return submission.handle(form, act, show, closed, purpose=PURPOSE, errors=("house", survey.REFUSALS))


def _feedback_form(reading: Reading, stage: str, submission: Submission | None = None) -> FeedbackForm:
    organisations = reading.organisations(RequestKind.FEEDBACK)
    return FeedbackForm(submission and submission.form, organisations=organisations, stage=stage)


def _survey_page(
    submission: Submission, form: SurveyForm, reading: Reading, *, status: int = 200, **extra: Any
) -> HttpResponse:
    complaint = form.request_kind is RequestKind.COMPLAINT
    bodies = outside_bodies.list_bodies() if form.is_bound and "house" in form.errors else []
    context = {"form": form, "readers": reading.describe(outside=complaint), "bodies": bodies, **extra}
    template = "feedback/complaint.html" if complaint else "feedback/feedback.html"
    return submission.writing_page(template, context, status=status)


def _not_taken(submission: Submission, kind: RequestKind, *, status: int = 200) -> HttpResponse:
    """Show that it is not taken here, and who outside may be asked; words that were typed stay on the page."""
    context = {
        "bodies": outside_bodies.list_bodies(),
        "complaint": kind is RequestKind.COMPLAINT,
        "typed": list(submission.texts().values()),
    }
    return submission.page("feedback/not_taken.html", context, status=status)
