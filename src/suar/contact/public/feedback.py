"""What the forms do with which people say how the help was, or complain.

It goes to those who hear for a house, never to the one that it is about where that must not be:
the rule chooses, and the letter is sealed to nobody else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from suar.accounts import queries as accounts
from suar.contact import labels, labels_feedback, outside, queries_feedback
from suar.contact.forms_feedback import ComplaintForm, FeedbackForm, SpokenForm, StageForm
from suar.contact.public import acts
from suar.contact.public.acts import Page, Sent
from suar.contact.public.asked import Spoken
from suar.contact.public.pace import Wait
from suar.contact.queries_feedback import HearingFacts
from suar.contact.rules import feedback
from suar.contact.terms import Readers, RequestKind
from suar.core.refusals import KeyNotTrusted, TooBusy

WHAT = "say"
LATE, LONGEST_ID = 409, 36


@dataclass(frozen=True, slots=True)
class Heard:
    """The house whose readers hear one thing that is said."""

    organisation: UUID
    kind: RequestKind
    team: None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Who hears now, and of which houses one may speak."""

    hearings: list[HearingFacts]
    readers: Readers

    @property
    def complained(self) -> dict[UUID, str]:
        """Name the houses about which complaints are taken."""
        return _names(feedback.houses_of(self.readers, RequestKind.COMPLAINT))

    @property
    def houses(self) -> dict[UUID, str]:
        """Name the houses of which one may speak at all."""
        return _names(feedback.houses_of(self.readers, RequestKind.FEEDBACK))


def way_to_complain(house: UUID | None, *, at: datetime) -> dict[str, Any]:
    """Say for another page whether it leads here, and whether a complaint is taken, of `house` too.

    Nothing where nobody reads now.
    """
    door = _door(at=at)
    taken = door.complained
    told = {"complaints": bool(taken), "house": house if house in taken else ""}
    return told if door.hearings else {}


def say(sent: Sent) -> Page:
    """Show who reads, and of which time one may tell; or that nobody reads now."""
    door = _door(at=sent.at)
    return _start(door, StageForm()) if door.hearings else _off(RequestKind.FEEDBACK)


def stage(sent: Sent) -> Page:
    """Show the statements of a stage."""
    door, form = _door(at=sent.at), StageForm(sent.form)
    if not door.hearings:
        return _off(RequestKind.FEEDBACK)
    if not form.is_valid():
        return _start(door, form, status=400)
    asked = FeedbackForm(houses=door.houses, stage=form.cleaned_data["stage"])
    return _asking(asked, door)


def said(sent: Sent) -> Page:
    """Seal what was said of a stage."""
    door, chosen = _door(at=sent.at), StageForm(sent.form)
    if not door.hearings:
        return _off(RequestKind.FEEDBACK, sent)
    if not chosen.is_valid():
        return _start(door, chosen, status=400)
    form = FeedbackForm(sent.form, houses=door.houses, stage=chosen.cleaned_data["stage"])
    return _send(sent, form, door)


def complain(sent: Sent) -> Page:
    """Show the form to complain, or who outside takes complaints where nobody does here."""
    door = _door(at=sent.at)
    if not door.complained:
        return _off(RequestKind.COMPLAINT)
    about = {"house": sent.form.get("house", "")[:LONGEST_ID]}
    return _asking(ComplaintForm(houses=door.complained, initial=about), door)


def complained(sent: Sent) -> Page:
    """Seal a complaint."""
    door = _door(at=sent.at)
    if not door.complained:
        return _off(RequestKind.COMPLAINT, sent)
    return _send(sent, ComplaintForm(sent.form, houses=door.complained), door)


ACTS: Mapping[str, Callable[[Sent], Page]] = {
    "say": say,
    "stage": stage,
    "said": said,
    "complain": complain,
    "complained": complained,
}
SENDING = ("said", "complained")


def late(sent: Sent) -> Page:
    """Show a form again that came too late, with all that was tapped and written in it."""
    page = {"said": said, "complained": complained}
    door = _door(at=sent.at)
    if sent.form.get("do") == "complained" and door.complained:
        form: SpokenForm = ComplaintForm(sent.form, houses=door.complained)
    elif sent.form.get("do") == "said" and door.hearings and StageForm(sent.form).is_valid():
        form = FeedbackForm(sent.form, houses=door.houses, stage=sent.form["stage"])
    else:
        return page[sent.form.get("do", "said")](sent)
    return _asking(form, door, status=LATE, late=True)


def _send(sent: Sent, form: SpokenForm, door: Door) -> Page:
    if not form.is_valid():
        return _asking(form, door, status=400)
    reader = feedback.reader_of(form.concern, door.readers)
    if reader is None:
        form.add_error("house", labels_feedback.NOBODY_READS[form.kind_of_request])
        return _asking(form, door, status=409, alone=True)
    spoken = Spoken(form.tapped, form.cleaned_data["words"])
    heard = Heard(reader, form.kind_of_request)
    try:
        made = sent.ask(WHAT, heard, spoken, kind=form.way_back)
    except Wait as wait:
        return _asking(form, door, status=429, wait=wait)
    except KeyNotTrusted:
        sent.step_back(WHAT)
        return _off(form.kind_of_request, sent, status=503)
    except TooBusy as busy:
        return _asking(form, door, status=503, wait=sent.busy(WHAT, busy))
    return acts.code_page(made) if made else Page("contact/thanks.html")


def _door(*, at: datetime) -> Door:
    every = queries_feedback.hearings()
    return Door([each for each in every if each.takes(at=at)], queries_feedback.readers(every, at=at))


def _names(houses: frozenset[UUID]) -> dict[UUID, str]:
    found = accounts.organisation_names(houses)
    return dict(sorted(found.items(), key=lambda each: each[1]))


def _start(door: Door, form: StageForm, *, status: int = 200) -> Page:
    context = {"form": form, "readers": _told(door), "complaints": bool(door.complained)}
    return Page("contact/say.html", context, status=status)


def _asking(
    form: SpokenForm,
    door: Door,
    *,
    status: int = 200,
    wait: Wait | None = None,
    late: bool = False,
    alone: bool = False,
) -> Page:
    complaint = form.kind_of_request is RequestKind.COMPLAINT
    context = {
        "form": form,
        "readers": _told(door, outside=complaint),
        "late": late,
        "bodies": _bodies() if alone else [],
        **acts.waiting(wait),
    }
    template = "contact/complaint.html" if complaint else "contact/said.html"
    return Page(template, context, status=status, for_writing=True)


def _off(kind: RequestKind, sent: Sent | None = None, *, status: int = 200) -> Page:
    """Say that it is not taken here, and who outside may be asked; words typed stay on the page."""
    typed = acts.typed(sent) if sent else []
    context = {"bodies": _bodies(), "complaint": kind is RequestKind.COMPLAINT, "typed": typed}
    return Page("contact/not_taken.html", context, status=status)


def _bodies() -> list[outside.Body]:
    return list(outside.bodies(language=get_language() or ""))


def _told(door: Door, *, outside: bool = False) -> list[dict[str, Any]]:
    """Say who reads; of a complaint only those outside."""
    return [labels.reader(each, name=each.name) for each in door.hearings if each.for_others or not outside]
