"""The form with which somebody adds files to their letter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.contact.rules import files
from suar.contact.terms import Brought

MOST_FILES = _("At most 3 files at once, 5 MB each.")
ACCEPTED = "image/jpeg,image/png,image/webp,audio/*,application/pdf"
"""What a browser offers; with these a telephone turns its own kind of picture into JPEG."""


class Chooser(forms.FileInput):
    """Lets somebody choose several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; what each of them is, nothing here asks."""

    widget = Chooser({"accept": ACCEPTED})

    def clean(self, data: list[Brought] | None, initial: object = None) -> list[Brought]:
        """Take some, and not too many."""
        if not data:
            raise forms.ValidationError(_("Choose a file first."))
        if len(data) > files.MOST_AT_ONCE:
            raise forms.ValidationError(MOST_FILES)
        return data


class AttachForm(forms.Form):
    """Files that go beside a letter."""

    use_required_attribute = False

    files = FilesField(
        label=_("Pictures, sound or PDF"),
        help_text=MOST_FILES,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
