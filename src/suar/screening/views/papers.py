"""The talk on paper, made from its instrument alone: forms to tick, a pocket card, and the code that finds a page."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core.codes import code_list
from suar.core.refusals import NotYours
from suar.records import keyring
from suar.screening import queries, question_sets
from suar.screening.forms import PaperForm
from suar.screening.rules.answers import Path
from suar.screening.rules.instrument import Instrument, Question, StepSlot, Wording, instrument
from suar.screening.rules.papers import Paper, code_of, paper_of
from suar.screening.rules.question_changes import form_of, own_code
from suar.screening.rules.reference import country_lines
from suar.screening.wording import country

MAX_TALKS = 5
NOT_IN_A_POCKET = frozenset({"needs", "place", "codes", "outcome"})
"""Kinds of question that are a list to tap: on paper they are boxes, on a pocket card nothing."""


@permission_required(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def papers(request: StaffRequest) -> HttpResponse:
    """List what can be printed, and find the page on which a paper is written up."""
    form, step = PaperForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        step = _find(request, form.cleaned_data["code"])
        if step is None:
            form.add_error("code", code_list("screening", "problems").label("no_such_paper"))
    forms = [(form_of(talk.code), talk) for talk in question_sets.forms_in_use(request.viewer.organisation)]
    context = {"form": form, "found": step, "forms": forms}
    return render(request, "screening/papers.html", context, status=400 if form.errors else 200)


@permission_required(Permission.RUN_TALK)
@require_GET
def paper(request: StaffRequest, form: str) -> HttpResponse:
    """Print a form of the talk, to be ticked by hand."""
    return render(request, "screening/paper.html", paper_context(form, request.viewer.organisation))


@permission_required(Permission.RUN_TALK)
@require_GET
def pocket(request: StaffRequest, form: str) -> HttpResponse:
    """Print the prompts of a form, small enough for a pocket."""
    return render(request, "screening/pocket.html", paper_context(form, request.viewer.organisation))


def paper_context(code: str, organisation: UUID) -> dict[str, Any]:
    """Return a form as an organisation uses it; raise NotYours if there is none of this code."""
    talk = next((form for form in question_sets.forms_in_use(organisation) if form_of(form.code) == code), None)
    if talk is None:
        raise NotYours
    return {
        "code": code,
        "talk": talk,
        "is_own": talk.code != code,
        "sheets": [_sheet(talk, slot) for slot in talk.steps],
        "stops": [stop.label for stop in talk.stops.values()],
    }


def _find(request: StaffRequest, typed: str) -> dict[str, Any] | None:
    """Return what a code leads to, and which of a worker's open talks it fits; None if there is no such code."""
    organisation = request.viewer.organisation
    own = [(own_code(row.form, organisation), row.version) for row in question_sets.own_versions(organisation)]
    paper = paper_of(typed, own)
    if paper is None or paper.step is None:
        return {"step": None} if paper else None
    form, talk = form_of(paper.form), instrument(paper.form, paper.version)
    open_talks = queries.open_talks(request.viewer)[:MAX_TALKS]
    opened = [keyring.open_record(open_talk.record, keys=request.keys) for open_talk in open_talks]
    return {
        "form": form,
        "talk": talk,
        "step": talk.step(paper.step),
        "differs": talk not in question_sets.forms_in_use(organisation),
        "talks": [record.id for record in opened if form_of(queries.answers_of(record).instrument) == form],
    }


def _sheet(talk: Instrument, slot: StepSlot) -> dict[str, Any]:
    """Return one step on paper, with the code that finds its page."""
    on_paper = [question for question in slot.questions if question.kind != "place"]
    blocks = []
    for theme, group in groupby(on_paper, key=lambda question: question.theme):
        lines = [line for question in group for line in _lines(talk, question)]
        blocks.append({"label": talk.themes.get(theme or ""), "lines": lines})
    return {"slot": slot, "code": code_of(Paper(talk.code, talk.version, slot.code)), "blocks": blocks}


def _lines(talk: Instrument, question: Question) -> Iterator[dict[str, Any]]:
    """Return the line of a question; what can change in a country is read as a sentence each."""
    signs = {sign.code: sign.text for path in Path for sign in talk.kinds_of(question.code, path)}
    first = {
        "aloud": question.to == "person" and question.kind != "needs",
        "text": question.text,
        "child": None if question.child == question.text else question.child,
        "boxes": _boxes(talk, question),
        "signs": list(signs.values()),
        "prompts": question.kind not in NOT_IN_A_POCKET,
    }
    yield first
    if question.kind == "country":
        for sentence in country_lines(country()):
            yield first | {"text": sentence.text, "child": sentence.child}


def _boxes(talk: Instrument, question: Question) -> Sequence[Wording]:
    """Return what can be ticked: the options, and for a question without options what it lists."""
    if question.kind == "needs":
        return [need.text for need in talk.needs.values()]
    if question.kind == "outcome":
        return [words.label for words in talk.tables.outcomes.values()]
    return [option.text for option in question.options]
