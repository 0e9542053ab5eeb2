"""The form that uploads a directory file."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from suar.directory import labels
from suar.directory.documents import Problem
from suar.hsds.files import MAX_BYTES


class ImportForm(forms.Form):
    """A directory file; its size is checked before it is read."""

    file = forms.FileField(
        label=_("Directory file"),
        help_text=_("HSDS 3.0 or 3.1 as JSON, or its CSV tables in one zip. At most 20 MB."),
        widget=forms.FileInput({"accept": ".json,.zip"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(labels.problem_text(Problem("", "", "too_big")))
        return file
