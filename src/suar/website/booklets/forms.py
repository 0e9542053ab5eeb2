"""The form to make an edition of the printed directory."""

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from suar.website import choices
from suar.website.booklets.speaking import offered


def _places() -> list[tuple[str, object]]:
    """List provinces with their districts; what lies nowhere in the country has no booklet."""
    every = choices.places(get_language() or "en")
    inside = [(head, each) for head, each in every if isinstance(each, list)]
    return [("", _("Choose one")), *inside[:-1]]


class MakeForm(forms.Form):
    """Where an edition is for, and in which language."""

    place = forms.ChoiceField(label=_("District or province"), choices=_places)
    language = forms.ChoiceField(label=_("Language"), choices=offered)
