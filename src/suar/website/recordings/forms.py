"""The form with which an editor brings a recording."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from suar.directory import labels
from suar.directory.rules.opus import MAX_BYTES, Audio, RecordingRefused, clean_recording
from suar.website.recordings import texts


class BringForm(forms.Form):
    """Which text, in which language, and the sound."""

    use_required_attribute = False

    text = forms.ChoiceField(label=_("Which text?"))
    language = forms.ChoiceField(label=_("In which language?"), choices=texts.languages)
    file = forms.FileField(
        label=_("Sound file"),
        help_text=_(
            "Ogg with Opus, at most 3 MB and 20 minutes. A phone often records MP3 or M4A: convert it first, for "
            "example with ffmpeg -i voice.m4a -c:a libopus -b:a 24k voice.ogg"
        ),
        widget=forms.FileInput({"accept": "audio/ogg,.ogg,.opus"}),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].choices = texts.texts(language=get_language() or "en")
        self.audio: Audio | None = None

    def clean_file(self) -> "UploadedFile[bytes]":
        """Check the recording and remove its metadata."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            self.audio = clean_recording(file.read(MAX_BYTES + 1))
        except RecordingRefused as refused:
            raise forms.ValidationError(labels.code_label("recording_refusals", refused.code)) from None
        return file
