"""The form that makes an edition."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.core.i18n import active_language
from suar.website.forms import place_choices
from suar.website.print import booklet


def _place_choices() -> list[tuple[str, object]]:
    """Return provinces with their districts; there is no booklet for places elsewhere."""
    groups = [(name, places) for name, places in place_choices(active_language()) if isinstance(places, list)]
    return [("", _("Choose one")), *groups[:-1]]


class EditionForm(forms.Form):
    """Place and language of an edition."""

    place = forms.ChoiceField(label=_("District or province"), choices=_place_choices)
    language = forms.ChoiceField(label=_("Language"), choices=booklet.languages)
