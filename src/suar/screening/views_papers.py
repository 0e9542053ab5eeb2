"""Papers that are printed or read aloud."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.screening.rules.information import information as sheet
from suar.screening.speaking import say


@gate(Permission.SEE_RECORD)
@require_GET
def information(request: HttpRequest) -> HttpResponse:
    """Print or read aloud what a person may want to know before they choose."""
    told = sheet()
    parts = [(say(each.title), [say(line) for line in each.lines]) for each in told.parts]
    context = {"title": say(told.title), "parts": parts, "version": told.version}
    return render(request, "screening/information.html", context)
