"""Staff pages of recordings (upload, listen, publish, remove) and of the printed directory."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.i18n import active_language
from suar.core.refusals import NotYours, Refused
from suar.directory import actions, labels, recordings
from suar.website import headers
from suar.website.forms import RecordingForm, place_choices
from suar.website.print import actions as booklets
from suar.website.print import booklet, tasks
from suar.website.print import queries as editions
from suar.website.print.models import Layout
from suar.website.print.pdf import FontMissing
from suar.website.recordings import audio_response, describe

FONT_MISSING = gettext_lazy("This language needs the font %(font)s, which is not installed.")
NOTHING_CONFIRMED = gettext_lazy(
    "Nobody confirmed an entry for this place within the last year. There is nothing to print: confirm entries first."
)


@permission_required(Permission.EDIT_DIRECTORY)
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
    response.policy_exception = headers.AUDIO  # type: ignore[attr-defined]  # for the headers
    return response


@permission_required(Permission.EDIT_DIRECTORY, method="GET")
def play_recording(request: StaffRequest, recording: UUID) -> HttpResponse:
    """Send a recording, also one that is not published."""
    return audio_response(request, *recordings.get_content(recording, only_published=False))


class EditionForm(forms.Form):
    """Place and language of an edition; there is no booklet for places outside of the country."""

    place = forms.ChoiceField(
        label=gettext_lazy("District or province"),
        choices=lambda: [("", gettext_lazy("Choose one")), *place_choices(active_language())[1:-1]],
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=booklet.languages)


@permission_required(Permission.EDIT_DIRECTORY)
def list_editions(request: StaffRequest) -> HttpResponse:
    """List editions, and make the next one."""
    form = EditionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            edition = booklets.make_edition(**form.cleaned_data, by=request.viewer.worker, at=clock.now())
        except Refused:
            form.add_error(None, NOTHING_CONFIRMED)
        except FontMissing as error:
            form.add_error(None, FONT_MISSING % {"font": error})
        else:
            tasks.render_rest.enqueue(str(edition))
            return redirect_with_message(request, _("New edition made."), "booklet", edition)
    context = {"form": form, "editions": editions.list_editions()}
    return render(request, "website/booklets.html", context, status=400 if form.errors else 200)


@permission_required(Permission.EDIT_DIRECTORY, method="GET")
def show_edition(request: StaffRequest, edition: UUID) -> HttpResponse:
    """Show what changed in an edition, and its files."""
    return render(request, "website/booklet.html", {"edition": editions.get_edition(id=edition)})


@permission_required(Permission.EDIT_DIRECTORY, method="GET")
def download_edition(request: StaffRequest, edition: UUID, form: str) -> HttpResponse:
    """Send one layout of an edition; one that is not stored is rendered again."""
    if form not in Layout.values:
        raise NotYours
    row = editions.get_edition(id=edition)
    name = f"{row.place}-{row.language}-{row.number}-{form}.pdf"
    attachment = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(editions.get_pdf(edition, Layout(form)), content_type="application/pdf", headers=attachment)
