"""Forms about messages of a messenger."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import MESSENGERS, SAFE_TEXTS
from suar.cases.forms import text_field
from suar.cases.messenger import ACCOUNT, NOTE
from suar.core.i18n import public_languages


class PasteForm(forms.Form):
    """A copied chat, and what it becomes."""

    text = text_field(_("Paste the messages here"), 10_000, rows=8, required=True)
    messenger = forms.ChoiceField(label=_("From which app?"), choices=lambda: MESSENGERS.choices)
    target = forms.ChoiceField(
        label=_("Save it as"),
        choices=[(NOTE, _("A note")), (ACCOUNT, _("The person's account, below what is there"))],
        widget=forms.RadioSelect,
        initial=NOTE,
    )
    from_person = forms.BooleanField(
        label=_("The person wrote this to us"), required=False, help_text=_("Then it counts as the last contact.")
    )


class SafeTextForm(forms.Form):
    """The sentence that the person chose, in the language of their messages."""

    sentence = forms.ChoiceField(
        label=_("Which sentence did the person choose?"),
        widget=forms.RadioSelect,
        choices=lambda: SAFE_TEXTS.choices,
        error_messages={"required": _("Choose a sentence.")},
    )
    language = forms.ChoiceField(
        label=_("In which language do they get messages?"),
        choices=lambda: [(language.code, language.name) for language in public_languages()],
        help_text=_("Nobody has checked the translations other than English and Indonesian."),
    )
    agreed = forms.BooleanField(
        label=_("The person said that this sentence harms nobody if somebody else reads it."),
        error_messages={"required": _("Ask the person first.")},
    )
