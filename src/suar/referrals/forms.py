"""Forms of referrals: needs, consent, answers, exclusions."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.consent import codes as consent
from suar.consent import exclusion_fields
from suar.consent.codes import Field, HowGiven, Interpretation
from suar.core.codes import code_list
from suar.directory import labels as directory
from suar.referrals import messages
from suar.referrals.codes import FIELDS, PAPERS, SEXES
from suar.screening.rules.second_opinion import may_answer

OFF = {"autocomplete": "off"}
HOW_GIVEN = [choice for choice in consent.HOW_GIVEN.choices if choice[0] != HowGiven.AUDIO]
"""A recording is not among them: it cannot be stored yet."""
CHOOSE_FIELDS = _("Choose at least one thing to share, or select No.")


def day_input() -> forms.DateInput:
    """Return the input for a date, in the one format that a browser accepts in every language."""
    return forms.DateInput({"type": "date", **OFF}, format="%Y-%m-%d")


class NeedsForm(forms.Form):
    """Which help the person wants to look for."""

    types = forms.MultipleChoiceField(
        label=_("What would help most?"),
        choices=directory.service_type_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )


class ProfileForm(forms.Form):
    """What a service may ask before it helps; whatever is not known stays unknown."""

    district = forms.ChoiceField(label=_("Where help is needed"), required=False)
    sex = forms.ChoiceField(label=_("Sex or gender"), required=False, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), required=False)
    papers = forms.ChoiceField(label=_("Identity papers"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "district": directory.place_choices(),
            "sex": SEXES.choices,
            "language": directory.language_choices(),
            "papers": PAPERS.choices,
        }
        for name, known in choices.items():
            self.fields[name].choices = [("", _("Not asked")), *known]


class NeedContactForm(forms.Form):
    """Whom the worker spoke to about a need that cannot wait."""

    need = forms.ChoiceField(
        label=_("Need"),
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("This is none of the needs recorded for this person.")
        ),
    )
    whom = forms.CharField(label=_("Who did you speak to?"), max_length=120, widget=forms.TextInput(OFF))

    def __init__(self, *args: Any, needs: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"].choices = [(each, each) for each in needs]


STILL_NEEDED = {
    "fields_told": CHOOSE_FIELDS,
    "said_back": _("Let the person say it back in their own words, then tick this."),
    "told": _("Explain what happens after a No, and how to withdraw a consent, then tick this."),
    "assent": _("Ask the child as well. Tick this only if the child agrees. If not, select No."),
    "guardian": _("Choose an answer about the guardian."),
}


class ConsentForm(forms.Form):
    """One consent, to one receiver, for one purpose; the smallest set is already chosen."""

    ident = forms.UUIDField(widget=forms.HiddenInput, required=False)
    fields_told = forms.MultipleChoiceField(
        label=_("What is shared"), widget=forms.CheckboxSelectMultiple, required=False
    )
    ends_on = forms.DateField(label=_("Until"), widget=day_input(), help_text=_("At most a year."))
    how = forms.ChoiceField(
        label=_("How was consent given?"), choices=HOW_GIVEN, initial=HowGiven.SAID, widget=forms.RadioSelect
    )
    interpretation = forms.ChoiceField(
        label=_("Interpreter"),
        choices=consent.INTERPRETATION.choices,
        initial=Interpretation.NOT_NEEDED,
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label=_("Language in which you read the sentence"),
        choices=directory.language_choices,
        error_messages={"required": _("Choose the language in which you spoke.")},
    )
    said_back = forms.BooleanField(label=_("The person said it back in their own words"), required=False)
    told = forms.BooleanField(
        label=_("I explained what happens after a No, and how to withdraw a consent"), required=False
    )
    assent = forms.BooleanField(label=_("The child agrees too"), required=False)
    guardian = forms.ChoiceField(
        label=_("Guardian"), choices=consent.GUARDIANS.choices, required=False, widget=forms.RadioSelect
    )
    involvement = forms.ChoiceField(
        label=_("Could this adult have been involved?"),
        choices=consent.INVOLVEMENT.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, known: Mapping[Field, str], child: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_told"].choices = [
            (field.value, f"{consent.FIELDS.label(field)}: {messages.field_value(field, value)}")
            for field, value in known.items()
        ]
        if not child:
            for name in ("assent", "guardian", "involvement"):
                del self.fields[name]

    def known_fields(self, typed: Iterable[str]) -> list[Field]:
        """Return the fields among those typed that could be shared."""
        known = {code for code, _label in self.fields["fields_told"].choices}
        return [Field(code) for code in typed if code in known]

    def require_all(self) -> None:
        """Show at each field what a consent still needs, all of it at once."""
        for name, text in STILL_NEEDED.items():
            if name in self.fields and not self.errors.get(name) and not self.cleaned_data[name]:
                self.add_error(name, text)


class NarrowForm(forms.Form):
    """What is left of a consent, and until when."""

    fields_told = forms.MultipleChoiceField(
        label=_("What is shared"), widget=forms.CheckboxSelectMultiple, required=False
    )
    ends_on = forms.DateField(label=_("Until"), widget=day_input())

    def __init__(self, *args: Any, fields: Iterable[Field], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_told"].choices = [(field.value, FIELDS.label(field)) for field in fields]


class ExclusionForm(forms.Form):
    """Who must never know: organisations and colleagues that are chosen, and one in words."""

    find = exclusion_fields.find_field()
    bodies = forms.TypedMultipleChoiceField(
        label=_("Offices and organisations"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    workers = exclusion_fields.workers_field()
    words = exclusion_fields.words_field()

    def __init__(
        self, *args: Any, organisations: Mapping[UUID, str], workers: Mapping[UUID, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("bodies", organisations), ("workers", workers)):
            self.fields[name].choices = [(str(ident), shown) for ident, shown in choices.items()]
            if not choices:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Ask for somebody; the other button records that there is nobody."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.get(name) for name in ("bodies", "workers", "words")):
            self.add_error("words", _("Choose somebody, or describe who it is."))
        return data


class RemoveExclusionForm(forms.Form):
    """Why somebody may know again."""

    reason = forms.CharField(label=_("Who must never know"), max_length=200, widget=forms.TextInput(OFF))


class ActForm(forms.Form):
    """An act on a referral, by code and never by free text about the person.

    Which reason or date an act needs is decided by the rule.
    """

    verb = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=30, required=False)
    expected_on = forms.DateField(label=_("A place is expected to be free on"), required=False, widget=day_input())


class TeamForm(forms.Form):
    """Which team takes a case; whoever works in one team is not asked."""

    team = forms.TypedChoiceField(
        label=_("Which team will help?"),
        coerce=UUID,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose which team will help.")),
    )

    def __init__(self, *args: Any, teams: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [(str(team), name) for team, name in teams.items()]
        if len(teams) == 1:
            self.only = next(iter(teams))
            del self.fields["team"]

    @property
    def chosen(self) -> UUID:
        """The team that takes the case, once this is valid."""
        return self.cleaned_data.get("team") or self.only


class LinkAcceptForm(forms.Form):
    """The code told by voice."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("Six digits. The worker who sent this gives them to you by phone."),
        widget=forms.TextInput({"inputmode": "numeric", "data-short": "", **OFF}),
    )


class AskPartnerForm(forms.Form):
    """Which partner organisation is asked to read an outcome."""

    use_required_attribute = False

    partner = forms.ChoiceField(
        label=_("Which organisation?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose an organisation that can be asked.")),
    )

    def __init__(self, *args: Any, partners: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].choices = [(str(each), name) for each, name in partners.items()]


class GroupsForm(forms.Form):
    """The six groups of a partner, as they were told by voice."""

    use_required_attribute = False

    groups = forms.CharField(
        label=_("The six groups they read to you"),
        max_length=40,
        widget=forms.TextInput({"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Type the six groups that the other organisation reads to you.")},
    )


class OpinionForm(forms.Form):
    """What a reader thinks of a partner's outcome, why, and words if they want."""

    use_required_attribute = False

    answer = forms.ChoiceField(
        label=_("What would you do?"),
        choices=code_list("screening", "opinions").choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=code_list("screening", "opinion_reasons").choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason.")},
    )
    words = forms.CharField(
        label=_("In a few words, without names"),
        help_text=_("Only the team that asked can read them."),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Require a reason that fits the answer."""
        data = super().clean() or self.cleaned_data
        if data.get("answer") and data.get("reason") and not may_answer(data["answer"], data["reason"]):
            self.add_error("reason", _("This reason does not fit your answer. Choose another one."))
        return data
