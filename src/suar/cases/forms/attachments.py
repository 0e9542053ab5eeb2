"""Forms about the documents of a record."""

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import labels
from suar.cases.codes import ATTACHMENT_KINDS
from suar.cases.forms import choice_field, date_field, text_field
from suar.cases.rules import attachments as rules
from suar.core import clock


class AttachmentFactsForm(forms.Form):
    """A worker's description of a document: its name, the reason to store it, and until when."""

    name = text_field(_("What is it?"), 120, required=True, help_text=_("In your words, so that colleagues find it."))
    kind = choice_field(_("Kind"), ATTACHMENT_KINDS)
    given_by = text_field(_("Who gave it?"), 120)
    why = text_field(
        _("Why is it stored?"),
        200,
        required=True,
        help_text=_("The person may ask. Without a reason, do not store it."),
    )
    keep_until = date_field(
        _("Remove it after"),
        required=True,
        initial=lambda: rules.default_removal(clock.today()),
        help_text=_("It is destroyed after this day by itself. You can change the day later."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_keep_until(self) -> date:
        """Refuse a day that has passed or is too far away."""
        until: date = self.cleaned_data["keep_until"]
        decision = rules.may_be_stored(until, today=clock.today())
        if not decision:
            raise forms.ValidationError(labels.refusal(decision.because))
        return until


class AttachmentForm(AttachmentFactsForm):
    """A new document with its file."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        help_text=_("A picture, a PDF of at most 20 pages, or a sound of at most 20 minutes. At most 5 MB."),
        error_messages={"required": _("Choose a file. A browser does not keep the one you chose before.")},
    )
    why_original = text_field(
        _("Keep the original as evidence? Say why"),
        200,
        help_text=_(
            "Empty: only the cleaned copy is stored, without place, time, device and hidden text. The original is"
            " locked as it came and cannot be opened on a screen."
        ),
    )
    field_order = ("file",)


class StrikeForm(forms.Form):
    """The reason for striking out a document; its file may be destroyed at once."""

    prefix = "strike"

    reason = text_field(_("Reason for striking it out"), 200, required=True)
    destroy = forms.BooleanField(
        label=_("Destroy the file now"),
        required=False,
        help_text=_("For a file of somebody else, or one that the person wants gone. Nobody can restore it."),
    )
