"""Forms about messages of a messenger."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import MESSENGERS, SAFE_TEXTS
from suar.cases.forms import choice_field, text_field
from suar.cases.messenger import ACCOUNT, NOTE
from suar.core.i18n import public_languages


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
