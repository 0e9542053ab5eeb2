"""The form of work in the community."""

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import COMMUNITY_RESULTS, COMMUNITY_WORK
from suar.cases.forms import OFF, date_field, text_field
from suar.core import clock
from suar.directory.labels import place_choices


class CommunityWorkForm(forms.Form):
    """The activity, its date and district, the number of people, and the result."""

    kind = forms.ChoiceField(label=_("What was done?"), choices=COMMUNITY_WORK.choices)
    on = date_field(_("When?"), required=True, initial=clock.today)
    place = forms.ChoiceField(
        label=_("District"), required=False, help_text=_("No village: in a small place it could point to somebody.")
    )
    participants = forms.IntegerField(
        label=_("How many people took part?"),
        required=False,
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(OFF),
    )
    result = forms.ChoiceField(label=_("What came of it?"), required=False)
    words = text_field(
        _("In words, if needed"),
        300,
        rows=2,
        help_text=_("No names, and nothing about one person or family: only what was talked about and agreed."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unknown = [("", _("Not recorded"))]
        cast(forms.ChoiceField, self.fields["place"]).choices = [*unknown, *place_choices()]
        cast(forms.ChoiceField, self.fields["result"]).choices = [*unknown, *COMMUNITY_RESULTS.choices]

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
