"""Forms to import a file of HTCDS and to export people as one."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import EXPORT_PURPOSES, SHEET_REFUSALS
from suar.cases.forms import SavedForm, choice_field
from suar.core.files.sheets import MAX_SHEET_BYTES


class ImportForm(forms.Form):
    """A file, and the team that gets its people. `checked` is a digest of the file that was checked last."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("CSV or XLSX in the layout of HTCDS. At most 10 MB."),
        widget=forms.FileInput({"accept": ".csv,.xlsx"}),
        error_messages={"required": _("Choose a file. A browser does not keep the one you chose before.")},
    )
    team = forms.ChoiceField(label=_("Team that gets these people"))
    checked = forms.CharField(required=False, widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, *args: Any, teams: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(team), name) for team, name in teams.items()]
        cast(forms.ChoiceField, self.fields["team"]).choices = choices
        if len(choices) == 1:
            self.fields["team"].initial = choices[0][0]

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large before it is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_SHEET_BYTES:
            raise forms.ValidationError(SHEET_REFUSALS.label("too_large"))
        return file


WITHOUT_IDENTITY, COMPLETE = "without_identity", "complete"


class ExportForm(SavedForm):
    """The purpose, the content and the format of a file."""

    purpose = choice_field(
        _("What is the file for?"), EXPORT_PURPOSES, radio=True, error_messages={"required": _("Choose one.")}
    )
    content = choice_field(
        _("What is in it?"),
        [
            (WITHOUT_IDENTITY, _("Without names, numbers, addresses, birth dates and notes")),
            (COMPLETE, _("Everything that the standard has a field for, with names and notes")),
        ],
        radio=True,
        initial=WITHOUT_IDENTITY,
    )
    kind = choice_field(
        _("Kind of file"), [("xlsx", _("Spreadsheet (XLSX)")), ("csv", _("Text (CSV)"))], radio=True, initial="xlsx"
    )
    sure = forms.BooleanField(
        label=_("The receiver may have the file: the person agrees, or the law requires it"),
        error_messages={"required": _("Make sure of this first, then tick it.")},
    )

    use_required_attribute = False
