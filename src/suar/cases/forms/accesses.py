"""Forms of opening in an emergency, of reviews, of decoys, and of new keys after a colleague left."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.accounts.codes import DECISIONS, EMERGENCIES, REFUSALS
from suar.cases.forms import SavedForm, choice_field, text_field

MIN_REASON_LENGTH = 20


class AccessForm(SavedForm):
    """A form about an access, whose act a rule may refuse."""

    def refusal_text(self, because: str) -> str:
        """Return the reason of a refusal in words."""
        return REFUSALS.label(because)


class EmergencyForm(AccessForm):
    """The record to open in an emergency, and the reason."""

    problem_field = "number"

    number = text_field(
        _("Number of the person, or address of the page"), 200, help_text=_("A colleague can read it to you.")
    )
    code = choice_field(_("Why now?"), EMERGENCIES, radio=True)
    words = text_field(
        _("What happened"),
        1000,
        rows=3,
        min_length=MIN_REASON_LENGTH,
        help_text=_("At least 20 characters. Only the reviewers can read this."),
    )


class ReviewForm(AccessForm):
    """The result of a review."""

    decision = choice_field(_("What did you find?"), DECISIONS, radio=True)
    words = text_field(
        _("Your reason"), 1000, rows=3, min_length=10, help_text=_("Write what you asked and what was answered.")
    )


class DecoyForm(SavedForm):
    """An invented person in a team."""

    name = text_field(_("Invented name"), 80, help_text=_("Not the name of anybody here, and not an unusual one."))
    team = forms.TypedChoiceField(label=_("Team"), coerce=UUID)


class ReceiversForm(AccessForm):
    """Confirm who gets a new key; `receivers` are the ids that the page showed."""

    receivers = forms.CharField(widget=forms.HiddenInput)
    looked = forms.BooleanField(label=_("They all work here and should have these keys"))

    def clean_receivers(self) -> frozenset[UUID]:
        """Read the ids."""
        try:
            return frozenset(UUID(ident) for ident in str(self.cleaned_data["receivers"]).split())
        except ValueError:
            raise forms.ValidationError(REFUSALS.label("receivers_changed")) from None
