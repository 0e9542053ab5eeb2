"""The form with which an editor brings a recording."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from suar.directory import labels
from suar.directory.rules import sound
from suar.website.recordings import texts


class BringForm(forms.Form):
    """Which text, in which language, and the sound."""

    use_required_attribute = False

    text = forms.ChoiceField(label=_("Which text?"))
    language = forms.ChoiceField(label=_("In which language?"), choices=texts.languages)
    file = forms.FileField(
        label=_("Sound file"),
        help_text=_(
            "MP3, M4A or Ogg with Opus, at most 3 MB and 20 minutes. Speech needs no more than "
            "24 kilobits a second: then three minutes weigh half a megabyte."
        ),
        widget=forms.FileInput({"accept": "audio/mpeg,audio/mp4,audio/ogg,.mp3,.m4a,.ogg,.opus"}),
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].choices = texts.texts(language=get_language() or "en")
        self.sound: sound.Sound | None = None

    def clean_file(self) -> "UploadedFile[bytes]":
        """Read the sound strictly; its size is looked at before."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        large = (file.size or 0) > sound.MOST_BYTES
        try:
            sound.need(not large, "too_large")
            self.sound = sound.read(file.read())
        except sound.SoundRefused as refused:
            raise forms.ValidationError(labels.code_label("recording_refusals", refused.because)) from None
        return file
