"""The form of work in the community."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import COMMUNITY_RESULTS, COMMUNITY_WORK
from suar.cases.forms import OFF, choice_field, date_field, text_field
from suar.core import clock
from suar.directory.labels import place_choices


class CommunityWorkForm(forms.Form):
    """The activity, its date and district, the number of people, and the result."""

    kind = choice_field(_("What was done?"), COMMUNITY_WORK)
    on = date_field(_("When?"), required=True, initial=clock.today)
    place = choice_field(
        _("District"),
        place_choices,
        _("No village: in a small place it could point to somebody."),
        empty=_("Not recorded"),
    )
    participants = forms.IntegerField(
        label=_("How many people took part?"),
        required=False,
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(OFF),
    )
    result = choice_field(_("What came of it?"), COMMUNITY_RESULTS, empty=_("Not recorded"))
    words = text_field(
        _("In words, if needed"),
        300,
        rows=2,
        help_text=_("No names, and nothing about one person or family: only what was talked about and agreed."),
    )

    def clean_on(self) -> date:
        """Refuse a day that is still to come."""
        on: date = self.cleaned_data["on"]
        if on > clock.today():
            raise forms.ValidationError(_("Enter a date in the past, or today."))
        return on

    @property
    def facts(self) -> dict[str, Any]:
        """All but the words of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "words"}
