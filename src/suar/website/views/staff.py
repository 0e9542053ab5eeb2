"""Staff pages of recordings: upload one, listen to it, publish it, remove it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core.refusals import Refused
from suar.directory import actions, labels, recordings
from suar.website import headers
from suar.website.forms import RecordingForm
from suar.website.recordings import audio_response, describe


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def list_recordings(request: StaffRequest) -> HttpResponse:
    """List recordings, and upload one, which waits until somebody listened to it."""
    form = RecordingForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid() and form.audio:
        text, language = form.cleaned_data["text"], form.cleaned_data["language"]
        stored = actions.store_recording(form.audio, text=text, language=language, by=acting(request))
        if stored is None:
            return redirect("recordings")
        return redirect_with_message(request, _("Recording uploaded."), "recording", stored)
    context = {"form": form, "rows": map(describe, recordings.list_recordings())}
    return render(request, "website/recordings.html", context, status=400 if form.errors else 200)


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def show_recording(request: StaffRequest, recording: UUID) -> HttpResponse:
    """Listen to a recording; publish or remove it."""
    button, reason = request.POST.get("act"), ""
    try:
        if button == "remove":
            actions.remove_recording(recording, by=acting(request))
            return redirect_with_message(request, _("Recording removed."), "recordings")
        if button == "publish":
            actions.publish_recording(recording, by=acting(request))
            return redirect_with_message(request, _("Recording published."), "recordings")
    except Refused as refused:
        reason = refused.because
    row = recordings.get_recording(recording)
    may_publish = actions.may_publish(row, request.viewer)
    why = labels.code_label("recording_refusals", reason or may_publish.because)
    context = {"row": describe(row), "may_publish": may_publish, "why": why}
    response = render(request, "website/recording.html", context, status=409 if reason else 200)
    response.needs = headers.AUDIO  # type: ignore[attr-defined]  # for the headers
    return response


@permission_required(Permission.EDIT_DIRECTORY)
@require_GET
def play_recording(request: StaffRequest, recording: UUID) -> HttpResponse:
    """Send a recording, also one that is not published."""
    return audio_response(request, *recordings.get_content(recording, only_published=False))
