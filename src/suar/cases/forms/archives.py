"""The form to save the whole file of a person."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import ARCHIVE_PURPOSES
from suar.cases.forms import choice_field, choices_field, text_field
from suar.core.i18n import localize, staff_languages


class ArchiveForm(forms.Form):
    """For what and for whom the file is saved; what a worker has to be sure of depends on the purpose."""

    purpose = choice_field(
        _("What is it for?"), ARCHIVE_PURPOSES, radio=True, error_messages={"required": _("Choose one.")}
    )
    receiver = text_field(
        _("Who gets it?"),
        200,
        required=True,
        help_text=_("The person, or the name of the organisation or the court."),
        error_messages={"required": _("Write who gets the file.")},
    )
    reason = text_field(
        _("Why, or the number of the order"),
        500,
        rows=2,
        required=True,
        error_messages={"required": _("Write why the file leaves.")},
    )
    language = choice_field(
        _("Language of the page in the archive"),
        lambda: [(language.code, language.name) for language in staff_languages()],
    )
    sure = choices_field(_("Tick what applies"))

    use_required_attribute = False

    def __init__(self, *args: Any, excluded: list[str], must_ask_first: bool, **kwargs: Any) -> None:
        """`excluded` are the names of those who must never know of the person."""
        super().__init__(*args, **kwargs)
        self.excluded, self.must_ask_first = excluded, must_ask_first
        checks: list[tuple[str, Any]] = [
            (purpose.code, localize(purpose["check"])) for purpose in ARCHIVE_PURPOSES.members
        ]
        if excluded:
            checks.append(("EXCLUDED", _("Nobody who must not know of the person can read it there")))
        cast(forms.MultipleChoiceField, self.fields["sure"]).choices = checks

    def clean(self) -> dict[str, Any]:
        """Refuse a receiver whom the person excluded, and what the worker is not sure of."""
        data = super().clean() or {}
        purpose, receiver = data.get("purpose", ""), data.get("receiver", "").casefold()
        needed = {purpose, *(["EXCLUDED"] if self.excluded else [])} - {""}
        if not needed <= set(data.get("sure", ())):
            self.add_error("sure", _("Make sure of this first, then tick it."))
        if any(name.casefold() in receiver or receiver in name.casefold() for name in self.excluded if receiver):
            self.add_error("receiver", _("The person said that they must never know."))
        if purpose and ARCHIVE_PURPOSES[purpose].get("asks_first") and self.must_ask_first:
            self.add_error(None, _("Ask the person first who must never know of them."))
        return data
