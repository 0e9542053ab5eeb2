"""Forms of reading across houses: six groups, and an answer with its reason."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.screening.labels_partner import ANSWERS, PROBLEMS, REASONS
from suar.screening.rules import partner as rules
from suar.screening.terms import PartnerAnswer, PartnerReason

OFF = {"autocomplete": "off"}


class GroupsForm(forms.Form):
    """The six groups of a house, as they were told by voice."""

    use_required_attribute = False

    groups = forms.CharField(
        label=_("The six groups they tell you"),
        max_length=40,
        widget=forms.TextInput({"autocapitalize": "characters", "spellcheck": "false", **OFF}),
        error_messages={"required": _("Type the six groups that the other house tells you.")},
    )


class PartnerAnswerForm(forms.Form):
    """What a reader thinks of a partner's outcome, why, and words if they want."""

    use_required_attribute = False

    answer = forms.ChoiceField(
        label=_("What would you do?"),
        choices=[(each.value, words) for each, words in ANSWERS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[(each.value, words) for each, words in REASONS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    words = forms.CharField(
        label=_("In a few words, without names"),
        help_text=_("Only the team that asked can read them."),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 2, **OFF}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a reason that fits the answer."""
        data = super().clean() or self.cleaned_data
        if data.get("answer") and data.get("reason"):
            answer, reason = PartnerAnswer(data["answer"]), PartnerReason(data["reason"])
            if not rules.may_answer(answer, reason):
                self.add_error("reason", PROBLEMS["reason_does_not_fit"])
        return data
