"""Forms of papers and copies: attachments, archives, what the person asks to correct, and chats."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import labels
from suar.cases.codes import ARCHIVE_PURPOSES, CORRECTION_OUTCOMES, MESSENGERS, SAFE_TEXTS
from suar.cases.documents.papers import Attachment, CorrectionRequest, SavedArchive
from suar.cases.forms import SavedForm, VersionedForm, choice_field, choices_field, document_fields, text_field
from suar.cases.messenger import ACCOUNT, NOTE
from suar.cases.rules import attachments as rules
from suar.core import clock
from suar.core.i18n import localize, public_languages, staff_languages


@document_fields(Attachment)
class AttachmentFactsForm(VersionedForm):
    """A worker's description of a document: its name, the reason to store it, and until when."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep_until"].initial = rules.default_removal(clock.today())

    def clean_keep_until(self) -> date:
        """Refuse a day that has passed or is too far away."""
        until: date = self.cleaned_data["keep_until"]
        decision = rules.may_be_stored(until, today=clock.today())
        if not decision:
            raise forms.ValidationError(labels.refusal(decision.because))
        return until


class AttachmentForm(AttachmentFactsForm):
    """A new document with its file."""

    problem_field = "file"

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


class StrikeForm(SavedForm):
    """The reason for striking out a document; its file may be destroyed at once."""

    prefix = "strike"
    shows_conflicts = True

    reason = text_field(_("Reason for striking it out"), 200, required=True)
    destroy = forms.BooleanField(
        label=_("Destroy the file now"),
        required=False,
        help_text=_("For a file of somebody else, or one that the person wants gone. Nobody can restore it."),
    )


@document_fields(SavedArchive)
class ArchiveForm(SavedForm):
    """The purpose and receiver of the file. The confirmations that a worker gives depend on the purpose."""

    language = choice_field(
        _("Language of the page in the archive"),
        lambda: [(language.code, language.name) for language in staff_languages()],
    )
    sure = choices_field(_("Tick what applies"))

    use_required_attribute = False

    def __init__(self, *args: Any, excluded: list[str], must_ask_first: bool, **kwargs: Any) -> None:
        """`excluded` are the names of those who must never know of the person."""
        self.excluded, self.must_ask_first = excluded, must_ask_first
        checks: dict[str, Any] = {code: localize(purpose["check"]) for code, purpose in ARCHIVE_PURPOSES.items()}
        if excluded:
            checks["EXCLUDED"] = _("Nobody who must not know of the person can read it there")
        super().__init__(*args, choices={"sure": checks.items()}, **kwargs)

    def clean(self) -> None:
        """Refuse an excluded receiver and missing confirmations."""
        super().clean()
        data = self.cleaned_data
        purpose, receiver = data.get("purpose", ""), data.get("receiver", "").casefold()
        needed = {purpose, *(["EXCLUDED"] if self.excluded else [])} - {""}
        if not needed <= set(data.get("sure", ())):
            self.add_error("sure", _("Make sure of this first, then tick it."))
        if any(name.casefold() in receiver or receiver in name.casefold() for name in self.excluded if receiver):
            self.add_error("receiver", _("The person said that they must never know."))
        if purpose and ARCHIVE_PURPOSES[purpose].get("asks_first") and self.must_ask_first:
            self.add_error(None, _("Ask the person first who must never know of them."))


@document_fields(CorrectionRequest)
class CorrectionRequestForm(forms.Form):
    """A correction or addition that the person asks for."""


class CorrectionAnswerForm(SavedForm):
    """The answer to a correction; the person hears it."""

    outcome = choice_field(
        _("What was decided?"), CORRECTION_OUTCOMES, radio=True, error_messages={"required": _("Choose one.")}
    )
    answer = text_field(_("Answer to the person"), 1000, rows=2, required=True)


class PasteForm(forms.Form):
    """A copied chat, and what it becomes."""

    text = text_field(_("Paste the messages here"), 10_000, rows=8, required=True)
    messenger = choice_field(_("From which app?"), MESSENGERS)
    target = choice_field(
        _("Save it as"),
        [(NOTE, _("A note")), (ACCOUNT, _("The person's account, below what is there"))],
        radio=True,
        initial=NOTE,
    )
    from_person = forms.BooleanField(
        label=_("The person wrote this to us"), required=False, help_text=_("Then it counts as the last contact.")
    )


class SafeTextForm(forms.Form):
    """The sentence that the person chose, in the language of their messages."""

    sentence = choice_field(
        _("Which sentence did the person choose?"),
        SAFE_TEXTS,
        radio=True,
        error_messages={"required": _("Choose a sentence.")},
    )
    language = choice_field(
        _("In which language do they get messages?"),
        lambda: [(language.code, language.name) for language in public_languages()],
        _("Nobody has checked the translations other than English and Indonesian."),
    )
    agreed = forms.BooleanField(
        label=_("The person said that this sentence harms nobody if somebody else reads it."),
        error_messages={"required": _("Ask the person first.")},
    )
