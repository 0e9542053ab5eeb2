"""Forms before a talk: where it is held, and how it begins."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.accounts import rules
from suar.screening.forms import OFF
from suar.screening.rules.setting import WRITTEN


class PlaceForm(forms.Form):
    """Where the talk is held; `lawyer` says that one has already spoken with the person.

    `written` is the form of a paper that is to be written up.
    """

    use_required_attribute = False

    place = forms.ChoiceField(label=_("Where are you?"), error_messages={"required": _("Choose the place first.")})
    lawyer = forms.BooleanField(required=False, widget=forms.HiddenInput)
    written = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[(each, each) for each in WRITTEN])

    def __init__(self, *args: Any, places: Collection[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the places; none is chosen before."""
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", _("Choose")), *places]


class StartForm(forms.Form):
    """A talk that begins: which form, for which team, and six digits that open it again.

    `form` is a talk held now, `later` one that was held and is written now; one of them is sent.
    """

    use_required_attribute = False

    form = forms.ChoiceField(required=False)
    later = forms.ChoiceField(required=False)
    team = forms.ChoiceField(label=_("For which team"), widget=forms.RadioSelect)
    pin = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("Six digits that open this talk again"),
        help_text=_("After five quiet minutes the talk is covered. Without digits your password opens it."),
        required=False,
        error_messages={"invalid": _("Six digits, please.")},
        widget=forms.PasswordInput({**OFF, "inputmode": "numeric", "maxlength": 6}),
    )

    def __init__(
        self,
        *args: Any,
        teams: Collection[tuple[str, str]],
        offered: Collection[str],
        **kwargs: Any,
    ) -> None:
        """Offer the forms that fit and the worker's teams; with one there is nothing to choose."""
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = [(each, each) for each in offered]
        self.fields["later"].choices = [(each, each) for each in offered if each in WRITTEN]
        self.fields["team"].choices = list(teams)
        if len(teams) == 1:
            self.fields["team"].required = False
            self.fields["team"].widget = forms.HiddenInput()
            self.fields["team"].initial = next(iter(teams))[0]

    def clean_team(self) -> str:
        """Give the only team where there is nothing to choose."""
        return self.cleaned_data["team"] or self.fields["team"].initial

    def clean_pin(self) -> str:
        """Refuse digits that anybody would try first."""
        pin = self.cleaned_data["pin"]
        if pin and rules.is_easy_pin(pin):
            raise forms.ValidationError(_("Choose digits that are not so easy to guess."))
        return pin
