"""Files that came with a letter: each is opened by itself, and each opening is written down."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.kernel.refusals import NotYours
from suar.voice import opening, pages, taking
from suar.voice.rules import files
from suar.voice.terms import FileKind


@gate(Permission.ANSWER_REQUESTS)
@require_GET
def file(request: HttpRequest, letter: UUID, enclosed: UUID) -> HttpResponse:
    """Show a picture, or say what one should know before keeping any other file."""
    found = opening.open_request(letter, viewer=request.viewer, keys=request.keys)
    line = next((each for each in pages.files(found) if each.letter == enclosed), None)
    if line is None:
        raise NotYours
    context = {"asked": found, "file": line, "picture": line.kind is FileKind.PICTURE}
    return render(request, "voice/file.html", context)


@gate(Permission.ANSWER_REQUESTS)
@require_GET
def take_file(request: HttpRequest, letter: UUID, enclosed: UUID) -> HttpResponse:
    """Give the bytes of a file; only pictures, which we drew anew, are shown."""
    facts, content = opening.open_file(letter, enclosed, viewer=request.viewer, keys=request.keys)
    if facts.kind is FileKind.PICTURE:
        return taking.picture(content)
    return taking.to_keep(content, ending=files.ending_of(content))
