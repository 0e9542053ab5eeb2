"""The form to make an edition of the printed directory."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.core.i18n import active_language
from suar.website.booklets.speaking import offered
from suar.website.forms import place_choices


def _places() -> list[tuple[str, object]]:
    """List provinces with their districts; what lies nowhere in the country has no booklet."""
    every = place_choices(active_language())
    inside = [(head, each) for head, each in every if isinstance(each, list)]
    return [("", _("Choose one")), *inside[:-1]]


class MakeForm(forms.Form):
    """Where an edition is for, and in which language."""

    place = forms.ChoiceField(label=_("District or province"), choices=_places)
    language = forms.ChoiceField(label=_("Language"), choices=offered)
