"""The talk on paper: forms to tick, pocket cards, and the codes that lead to a step."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from suar.accounts.http import StaffRequest, form_page, post_data
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core.refusals import value_or_refuse
from suar.records import keyring
from suar.screening import queries, question_sets
from suar.screening.forms import PaperForm
from suar.screening.rules.instrument import instrument
from suar.screening.rules.papers import Paper, code_of, paper_of
from suar.screening.rules.question_changes import form_of, own_code
from suar.screening.rules.reference import country_lines
from suar.screening.wording import PROBLEMS, country

MAX_TALKS = 5
NOT_IN_A_POCKET = frozenset({"needs", "place", "codes", "outcome", "noted"})
"""Kinds of question that are left out on a pocket card: lists of boxes, and what is noted without a question."""


@permission_required(Permission.RUN_TALK)
def papers(request: StaffRequest) -> HttpResponse:
    """List the printable forms, and find the step of a paper by its code."""
    form, step = PaperForm(post_data(request)), None
    if form.is_valid():
        step = _find(request, form.cleaned_data["code"])
        if step is None:
            form.add_error("code", PROBLEMS.label("no_such_paper"))
    forms = [(form_of(talk.code), talk) for talk in question_sets.forms_in_use(request.viewer.organisation)]
    return form_page(request, "screening/papers.html", form, match=step, forms=forms)


@permission_required(Permission.RUN_TALK, method="GET")
def paper(request: StaffRequest, form: str, template: str) -> HttpResponse:
    """Show a form for printing as the organisation uses it, with the code of each step: all of it, or a pocket card."""
    forms = {form_of(talk.code): talk for talk in question_sets.forms_in_use(request.viewer.organisation)}
    talk = value_or_refuse(forms.get(form))
    context = {
        "code": form,
        "talk": talk,
        "is_own": talk.code != form,
        "paper_codes": {step: code_of(Paper(talk.code, talk.version, step)) for step in talk.order},
        "country_lines": country_lines(country()),
        "not_in_a_pocket": NOT_IN_A_POCKET,
    }
    return render(request, template, context)


def _find(request: StaffRequest, typed: str) -> dict[str, Any] | None:
    """Return the step of a code and the open talks it fits, or None for an unknown code."""
    organisation = request.viewer.organisation
    own = [(own_code(row.form, organisation), row.version) for row in question_sets.list_versions(organisation)]
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
