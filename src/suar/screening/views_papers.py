"""Papers that are printed or read aloud."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.records import keyring
from suar.screening import paper_pages, queries
from suar.screening.forms import PaperForm
from suar.screening.labels import PROBLEMS
from suar.screening.rules.information import information as sheet
from suar.screening.speaking import say

MOST_TALKS = 5


@gate(Permission.SEE_RECORD)
@require_GET
def information(request: HttpRequest) -> HttpResponse:
    """Print or read aloud what a person may want to know before they choose."""
    told = sheet()
    parts = [(say(each.title), [say(line) for line in each.lines]) for each in told.parts]
    context = {"title": say(told.title), "parts": parts, "version": told.version}
    return render(request, "screening/information.html", context)


@gate(Permission.RUN_TALK)
@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest) -> HttpResponse:
    """List what can be printed, and find the page on which a paper is written up."""
    form, found = PaperForm(request.POST if request.method == "POST" else None), None
    if form.is_valid():
        own = queries.open_talks(request.viewer)[:MOST_TALKS]
        opened = [keyring.open_record(each.record, keys=request.keys) for each in own]
        house, typed = request.viewer.organisation, form.cleaned_data["code"]
        found = paper_pages.found(typed, opened, house)
        if found is None:
            form.add_error("code", PROBLEMS["no_such_paper"])
    forms = paper_pages.forms(request.viewer.organisation)
    context = {"form": form, "found": found, "forms": forms}
    return render(request, "screening/papers.html", context, status=400 if form.errors else 200)


@gate(Permission.RUN_TALK)
@require_GET
def paper(request: HttpRequest, form: str) -> HttpResponse:
    """Print a form of the talk, to be ticked by hand."""
    return render(request, "screening/paper.html", _printed(request, form))


@gate(Permission.RUN_TALK)
@require_GET
def pocket(request: HttpRequest, form: str) -> HttpResponse:
    """Print the prompts of a form, small enough for a pocket."""
    return render(request, "screening/pocket.html", _printed(request, form))


def _printed(request: HttpRequest, form: str) -> dict[str, paper_pages.Form]:
    return {"form": paper_pages.form(form, request.viewer.organisation)}
