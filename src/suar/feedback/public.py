"""Views behind the forms of the public site for feedback and complaints.

A rule chooses who reads it, never the organisation that it is about where that must not be, and the letter is sealed
to nobody else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict

from suar.accounts import queries as accounts
from suar.contact.documents import CodeKind, NewRequest, RequestKind
from suar.contact.messages import describe_readers
from suar.contact.public.submission import CONFLICT, Submission
from suar.core.refusals import Refused
from suar.feedback import outside_bodies, queries, survey
from suar.feedback.forms import ComplaintForm, FeedbackForm, StageForm, SurveyForm
from suar.feedback.models import Hearing
from suar.feedback.rules import routing
from suar.feedback.rules.routing import Handlers

PURPOSE = "feedback"
UUID_CHARACTERS = 36


@dataclass(frozen=True, slots=True)
class PresentHandlers:
    """The present complaint handlers, and the organisations that feedback can be about."""

    rows: list[Hearing]
    handlers: Handlers

    @classmethod
    def at(cls, moment: datetime) -> "PresentHandlers":
        """Return who reads at a moment."""
        rows = queries.present_handlers(at=moment)
        return cls(rows, queries.handlers_of(rows))

    def organisations(self, kind: RequestKind) -> dict[UUID, str]:
        """Return the organisations about which something of a kind is taken, by name."""
        names = accounts.organisation_names(routing.organisations_taken(kind, self.handlers))
        return dict(sorted(names.items(), key=lambda item: item[1]))

    def describe(self, *, outside: bool = False) -> list[dict[str, str]]:
        """Describe who reads; of a complaint only those outside."""
        rows = [row for row in self.rows if row.for_others or not outside]
        names = accounts.organisation_names([row.organisation for row in rows])
        return [describe_readers(row, name=names.get(row.organisation, "")) for row in rows]


def complaint_link(organisation: UUID | None, *, at: datetime) -> dict[str, Any]:
    """Return the context of `feedback/complaint_link.html` for another page; empty if nobody reads now."""
    present = PresentHandlers.at(at)
    taken = present.organisations(RequestKind.COMPLAINT)
    link = {"complaints": bool(taken), "organisation": organisation if organisation in taken else ""}
    return link if present.rows else {}


def choose_stage(submission: Submission, form: StageForm | None = None, *, status: int = 200) -> HttpResponse:
    """Show who reads and the stages to choose from, or that nobody reads now."""
    present = PresentHandlers.at(submission.at)
    if not present.rows:
        return show_closed(submission)
    context = {
        "form": form or StageForm(),
        "readers": present.describe(),
        "complaints": bool(present.organisations(RequestKind.COMPLAINT)),
    }
    return submission.page("feedback/choose_stage.html", context, status=status)


def give_feedback(submission: Submission, *, expired: bool = False) -> HttpResponse:
    """Show the statements of a stage, or seal what was answered."""
    present, chosen = PresentHandlers.at(submission.at), StageForm(submission.form)
    if not present.rows:
        return show_closed(submission)
    if not chosen.is_valid():
        return choose_stage(submission, chosen, status=400)
    stage, organisations = chosen.cleaned_data["stage"], present.organisations(RequestKind.FEEDBACK)
    form = FeedbackForm(_sent(submission), organisations=organisations, stage=stage)
    return _show_or_send(submission, form, present, expired=expired)


def complain(submission: Submission, *, expired: bool = False) -> HttpResponse:
    """Show the form to complain or seal a complaint; show who else takes complaints if nobody does here."""
    present = PresentHandlers.at(submission.at)
    organisations = present.organisations(RequestKind.COMPLAINT)
    if not organisations:
        return show_closed(submission)
    initial = {"organisation": submission.form.get("organisation", "")[:UUID_CHARACTERS]}
    form = ComplaintForm(_sent(submission), organisations=organisations, initial=initial)
    return _show_or_send(submission, form, present, expired=expired)


VIEWS: Mapping[str, Callable[..., HttpResponse]] = {
    "choose_stage": choose_stage,
    "give_feedback": give_feedback,
    "send_feedback": give_feedback,
    "complain": complain,
    "send_complaint": complain,
}
SENDING = ("send_feedback", "send_complaint")


def show_expired(submission: Submission) -> HttpResponse:
    """Show a form whose token has expired again, with everything that was entered."""
    view = complain if submission.form.get("do") == "send_complaint" else give_feedback
    return view(submission, expired=True)


def show_closed(submission: Submission, *, status: int = 200) -> HttpResponse:
    """Show that nothing is accepted here, and the outside bodies; typed text stays on the page."""
    context = {
        "bodies": outside_bodies.list_bodies(),
        "complaint": submission.form["do"] in ("complain", "send_complaint"),
        "typed": list(submission.texts().values()),
    }
    return submission.page("feedback/not_taken.html", context, status=status)


def _sent(submission: Submission) -> QueryDict | None:
    return submission.form if submission.form["do"] in SENDING else None


def _show_or_send(submission: Submission, form: SurveyForm, present: PresentHandlers, *, expired: bool) -> HttpResponse:
    kind, show = form.request_kind, partial(_survey_page, submission, present=present)
    if not form.is_bound:
        return show(form)
    if expired:
        return show(form, status=CONFLICT, expired=True)

    def act() -> HttpResponse:
        about, worker = form.answers.organisation, form.answers.worker
        organisation = routing.choose_handlers(kind, present.handlers, about=about, worker=worker)
        if organisation is None:
            raise Refused(kind)
        new = NewRequest(kind, organisation, None, form.letters)
        code = submission.create_request(PURPOSE, new, kind=CodeKind(form.cleaned_data["kind"]))
        return submission.code_page(code) if code else submission.page("feedback/thanks.html")

    return submission.handle(form, act, show, purpose=PURPOSE, field="organisation", texts=survey.REFUSALS)


def _survey_page(
    submission: Submission, form: SurveyForm, *, present: PresentHandlers, status: int = 200, **extra: Any
) -> HttpResponse:
    complaint = form.request_kind is RequestKind.COMPLAINT
    bodies = outside_bodies.list_bodies() if form.is_bound and "organisation" in form.errors else []
    context = {"form": form, "readers": present.describe(outside=complaint), "bodies": bodies, **extra}
    template = "feedback/complaint.html" if complaint else "feedback/feedback.html"
    return submission.writing_page(template, context, status=status)
