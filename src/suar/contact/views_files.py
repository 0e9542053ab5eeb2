"""Files that came with a letter: each is opened by itself, and each opening is written down."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.contact import actions, labels, opening, pages, taking
from suar.contact.rules import files
from suar.contact.terms import FileKind
from suar.core import clock
from suar.core.refusals import Conflict, NotYours


@gate(Permission.ANSWER_REQUESTS)
@require_GET
def file(request: HttpRequest, letter: UUID, enclosed: UUID) -> HttpResponse:
    """Show a picture, or say what one should know before keeping any other file."""
    return render(request, "contact/file.html", _looked_at(request, letter, enclosed))


@gate(Permission.ANSWER_REQUESTS)
@require_GET
def take_file(request: HttpRequest, letter: UUID, enclosed: UUID) -> HttpResponse:
    """Give the bytes of a file; only pictures, which we drew anew, are shown."""
    facts, content = opening.open_file(letter, enclosed, viewer=request.viewer, keys=request.keys)
    if facts.kind is FileKind.PICTURE:
        return taking.picture(content)
    return taking.to_keep(content, ending=files.ending_of(content))


@gate(Permission.ANSWER_REQUESTS)
@require_http_methods(["GET", "POST"])
def remove_file(request: HttpRequest, letter: UUID, enclosed: UUID) -> HttpResponse:
    """Ask once more, then destroy a file; the letter says to both sides that one was removed."""
    if request.method == "POST":
        actions.remove_file(letter, enclosed, viewer=request.viewer, at=clock.now())
        return redirect("request", letter)
    return render(request, "contact/remove_file.html", _looked_at(request, letter, enclosed))


@gate(Permission.ANSWER_REQUESTS)
@require_http_methods(["GET", "POST"])
def remove_files(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Ask once more, then destroy all files of a request of which nothing is locked."""
    found = opening.open_request(letter, viewer=request.viewer, keys=request.keys)
    lines, newer = pages.files(found), False
    if found.locked or not lines:
        raise NotYours
    if request.method == "POST":
        shown, at = request.POST.get("shown", ""), clock.now()
        try:
            actions.remove_all_files(letter, shown=shown, viewer=request.viewer, at=at)
            return redirect("request", letter)
        except Conflict:
            newer = True
    context = {"asked": found, "files": lines, "newer": labels.NEWER_FILES if newer else ""}
    return render(request, "contact/remove_files.html", context, status=409 if newer else 200)


def _looked_at(request: HttpRequest, letter: UUID, enclosed: UUID) -> dict[str, Any]:
    """Open a request and give one file of it, of which only what it is was opened."""
    found = opening.open_request(letter, viewer=request.viewer, keys=request.keys)
    line = next((each for each in pages.files(found) if each.letter == enclosed), None)
    if line is None:
        raise NotYours
    return {"asked": found, "file": line, "picture": line.kind is FileKind.PICTURE}
