"""Staff pages of recordings: upload one, listen to it, publish it, remove it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.i18n import active_language
from suar.core.refusals import Refused
from suar.directory import labels, recordings
from suar.website import headers
from suar.website.forms import RecordingForm
from suar.website.recordings import describe
from suar.website.views.recordings import send_audio


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def list_recordings(request: HttpRequest) -> HttpResponse:
    """List recordings, and upload one, which waits until somebody heard it."""
    form = RecordingForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid() and form.audio:
        text, language = form.cleaned_data["text"], form.cleaned_data["language"]
        stored = recordings.store_recording(
            form.audio, text=text, language=language, by=request.viewer.worker, at=clock.now()
        )
        return redirect("recording", stored)
    rows = [describe(row, language=active_language()) for row in recordings.list_recordings()]
    context = {"form": form, "rows": rows}
    return render(request, "website/recordings.html", context, status=400 if form.errors else 200)


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def show_recording(request: HttpRequest, recording: UUID) -> HttpResponse:
    """Listen to a recording; publish or remove it."""
    viewer, at, because = request.viewer, clock.now(), ""
    if request.POST.get("act") == "remove":
        recordings.remove_recording(recording, by=viewer.worker, at=at)
        return redirect("recordings")
    if request.POST.get("act") == "publish":
        try:
            recordings.publish_recording(recording, by=viewer.worker, organisation=viewer.organisation, at=at)
            return redirect("recordings")
        except Refused as refused:
            because = refused.because
    info = recordings.get_recording(recording)
    may_publish = recordings.may_publish(info, by=viewer.worker, organisation=viewer.organisation)
    why = labels.code_label("recording_refusals", because or may_publish.because)
    context = {"row": describe(info, language=active_language()), "may_publish": may_publish, "why": why}
    response = render(request, "website/recording.html", context, status=409 if because else 200)
    response.needs = headers.SOUND
    return response


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def play_recording(request: HttpRequest, recording: UUID) -> HttpResponse:
    """Send a recording, also one that is not published."""
    return send_audio(request, *recordings.get_content(recording, only_published=False))
