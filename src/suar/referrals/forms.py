"""Forms of referral: needs, consent, answers."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.consent import exclusion_fields
from suar.consent.codes import Field, HowGiven, Interpretation
from suar.core.codes import code_list
from suar.referrals import labels
from suar.screening.rules.second_opinion import may_answer

OFF = {"autocomplete": "off"}


def day_input() -> forms.DateInput:
    """Make the input for a day; a browser wants it written one way in every language."""
    return forms.DateInput({"type": "date", **OFF}, format="%Y-%m-%d")


class NeedsForm(forms.Form):
    """Which help the person wants to look for."""

    types = forms.MultipleChoiceField(
        label=_("What would help most?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(self, *args: object, choices: list, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["types"].choices = choices


class AboutForm(forms.Form):
    """What a service may ask before it helps; whatever is not known stays unknown."""

    district = forms.ChoiceField(label=_("Where help is wanted"), required=False)
    sex = forms.ChoiceField(label=_("Woman, man or other"), required=False, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), required=False)
    papers = forms.ChoiceField(label=_("Papers"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in labels.about_choices().items():
            self.fields[name].choices = [("", _("Not asked")), *choices]


class SpokeForm(forms.Form):
    """Whom the worker reached about a need that cannot wait."""

    need = forms.ChoiceField(
        label=_("Need"),
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"),
            _("This is none of the needs written down for this person."),
        ),
    )
    whom = forms.CharField(label=_("Whom did you speak to?"), max_length=120, widget=forms.TextInput(OFF))

    def __init__(self, *args: object, needs: Iterable[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["need"].choices = [(each, each) for each in needs]


STILL_NEEDED = {
    "fields_told": _("Choose at least one thing that is told, or tap No."),
    "said_back": _("Let the person say it back in their own words, then tick this."),
    "told": _("Say what happens after a no, and how to take a yes back, then tick this."),
    "assent": _("Ask the child as well. Tick this only if the child says yes. If not, tap No."),
    "guardian": _("Say how it stands with a guardian."),
}


class ConsentForm(forms.Form):
    """One yes, to one receiver, for one purpose; the smallest set is already chosen."""

    ident = forms.UUIDField(widget=forms.HiddenInput, required=False)
    fields_told = forms.MultipleChoiceField(
        label=_("What is told"), widget=forms.CheckboxSelectMultiple, required=False
    )
    ends_on = forms.DateField(label=_("Until"), widget=day_input(), help_text=_("At most a year."))
    how = forms.ChoiceField(label=_("How was the yes given?"), choices=labels.HOW_GIVEN, widget=forms.RadioSelect)
    interpretation = forms.ChoiceField(
        label=_("Interpreter"),
        choices=labels.INTERPRETATION,
        initial=Interpretation.NOT_NEEDED,
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(
        label=_("Language the sentence was spoken in"),
        error_messages={"required": _("Say in which language you spoke.")},
    )
    said_back = forms.BooleanField(label=_("The person said it back in their own words"), required=False)
    told = forms.BooleanField(label=_("I said what happens after a no, and how to take a yes back"), required=False)
    assent = forms.BooleanField(label=_("The child says yes too"), required=False)
    guardian = forms.ChoiceField(label=_("Guardian"), choices=labels.GUARDIAN, required=False, widget=forms.RadioSelect)
    involvement = forms.ChoiceField(
        label=_("May this adult have had a part in it?"),
        choices=labels.INVOLVEMENT,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: object, known: dict[Field, str], child: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_told"].choices = [
            (field.value, labels.field_with(field, value)) for field, value in known.items()
        ]
        self.fields["how"].initial = HowGiven.SAID
        self.fields["language"].choices = labels.language_choices()
        if not child:
            for name in ("assent", "guardian", "involvement"):
                del self.fields[name]

    def ask_all(self) -> None:
        """Say at each field what a yes still needs, all of it at once."""
        for name, words in STILL_NEEDED.items():
            if name in self.fields and not self.errors.get(name) and not self.cleaned_data[name]:
                self.add_error(name, words)


class LessForm(forms.Form):
    """What is left of a yes, and until when."""

    fields_told = forms.MultipleChoiceField(
        label=_("What is told"), widget=forms.CheckboxSelectMultiple, required=False
    )
    ends_on = forms.DateField(label=_("Until"), widget=day_input())

    def __init__(self, *args: object, fields: list[Field], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_told"].choices = [(each.value, labels.field(each)) for each in fields]


class NeverForm(forms.Form):
    """Who must never know: bodies and colleagues that are tapped, and one in words."""

    find = exclusion_fields.find_field()
    bodies = forms.TypedMultipleChoiceField(
        label=_("Offices and organisations"),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    workers = exclusion_fields.workers_field()
    words = exclusion_fields.words_field()

    def __init__(
        self,
        *args: object,
        bodies: Mapping[UUID, str],
        workers: Mapping[UUID, str],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("bodies", bodies), ("workers", workers)):
            self.fields[name].choices = [(str(each), words) for each, words in choices.items()]
            if not choices:
                del self.fields[name]

    def clean(self) -> dict:
        """Ask for somebody; the other button says that there is nobody."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.get(each) for each in ("bodies", "workers", "words")):
            self.add_error("words", _("Tap somebody, or write who it is."))
        return data


class MayKnowForm(forms.Form):
    """Why somebody may know again."""

    reason = forms.CharField(label=_("What the person said"), max_length=200, widget=forms.TextInput(OFF))


class ActForm(forms.Form):
    """An act on a referral, by code and never by free text about the person.

    Which reason or date an act needs is for the rule to say.
    """

    verb = forms.CharField(max_length=20, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=30, required=False)
    expected_on = forms.DateField(label=_("A place is expected on"), required=False, widget=day_input())


class TakeForm(forms.Form):
    """Which team takes a case; whoever works in one team is not asked."""

    team = forms.TypedChoiceField(
        label=_("Which team takes it?"),
        coerce=UUID,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose which team takes it.")),
    )

    def __init__(self, *args: object, teams: Mapping[UUID, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [(str(each), name) for each, name in teams.items()]
        if len(teams) == 1:
            self.only = next(iter(teams))
            del self.fields["team"]

    @property
    def chosen(self) -> UUID:
        """Give the team that takes the case, once this is valid."""
        return self.cleaned_data.get("team") or self.only


class LinkAcceptForm(forms.Form):
    """The code told by voice."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("Six digits. The worker who sent this tells you by phone."),
        widget=forms.TextInput({"inputmode": "numeric", "data-short": "", **OFF}),
    )


class AskPartnerForm(forms.Form):
    """Which partner house is asked to read an outcome."""

    use_required_attribute = False

    partner = forms.ChoiceField(
        label=_("Which house?"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a house that can be asked.")),
    )

    def __init__(self, *args: object, partners: Mapping[UUID, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].choices = [(str(each), name) for each, name in partners.items()]


class GroupsForm(forms.Form):
    """The six groups of a partner, as they were told by voice."""

    use_required_attribute = False

    groups = forms.CharField(
        label=_("The six groups they tell you"),
        max_length=40,
        widget=forms.TextInput({"autocapitalize": "characters", "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Type the six groups that the other organisation tells you.")},
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
