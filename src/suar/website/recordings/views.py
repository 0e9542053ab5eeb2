"""Pages of recordings for editors: bring one, listen to it, publish it, remove it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.gate import gate
from suar.accounts.terms import Permission
from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import labels, recordings
from suar.website import headers
from suar.website.recordings import pages
from suar.website.recordings.forms import BringForm
from suar.website.recordings.sounding import sent


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def every(request: HttpRequest) -> HttpResponse:
    """List recordings and bring one, which waits until it was heard."""
    form = BringForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid() and form.audio:
        told = {name: form.cleaned_data[name] for name in ("text", "language")}
        brought = recordings.store_recording(form.audio, **told, by=request.viewer.worker, at=clock.now())
        return redirect("recording", brought)
    rows = pages.rows(recordings.list_recordings(), language=get_language() or "en")
    status = 400 if form.errors else 200
    return render(request, "website/recordings.html", {"form": form, "rows": rows}, status=status)


@gate(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, recording: UUID) -> HttpResponse:
    """Listen to a recording; publish or remove it."""
    viewer, at, because = request.viewer, clock.now(), ""
    if request.POST.get("act") == "remove":
        recordings.remove_recording(recording, by=viewer.worker, at=at)
        return redirect("recordings")
    if request.POST.get("act") == "publish":
        try:
            recordings.publish_recording(recording, by=viewer.worker, house=viewer.organisation, at=at)
            return redirect("recordings")
        except Refused as refusal:
            because = refusal.because
    slot = recordings.get_recording(recording)
    may = recordings.may_publish(slot, by=viewer.worker, house=viewer.organisation)
    [row] = pages.rows([slot], language=get_language() or "en")
    why = labels.code_label("recording_refusals", because or may.because)
    context = {"row": row, "may": may, "why": why, "kind": pages.MIME[slot.kind]}
    response = render(request, "website/recording.html", context, status=409 if because else 200)
    response.needs = headers.SOUND
    return response


@gate(Permission.EDIT_DIRECTORY)
@require_GET
def sound(request: HttpRequest, recording: UUID) -> HttpResponse:
    """Send the bytes of a recording, also of one that waits."""
    return sent(request, *recordings.get_content(recording, only_published=False))
