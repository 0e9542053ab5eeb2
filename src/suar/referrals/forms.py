"""Forms of referrals: needs, consent, answers, exclusions, partners."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import flatten_choices
from django.utils.translation import gettext_lazy as _

from suar.consent import codes as consent
from suar.consent import exclusion_fields, wording
from suar.consent import rules as consent_rules
from suar.consent.codes import Field
from suar.consent.rules import ChildFacts, Proposal
from suar.consent.wording import SpokenConsent
from suar.core import clock
from suar.core.codes import code_list
from suar.core.i18n import active_language
from suar.core.ids import new_id
from suar.core.saved_forms import SavedForm
from suar.directory import labels as directory
from suar.directory.cards import ServiceCard
from suar.records.keyring import OpenRecord
from suar.referrals import disclosure, exclusions, messages, needs
from suar.referrals.codes import FIELDS, PAPERS, SEXES
from suar.referrals.links import NEEDS_CODE
from suar.screening.rules.second_opinion import may_answer

OFF = {"autocomplete": "off"}
HOW_GIVEN = [choice for choice in consent.HOW_GIVEN.choices if choice[0] != consent.HowGiven.AUDIO]
"""A recording is not among them: it cannot be stored yet."""
STILL_NEEDED = {
    "shared_fields": _("Choose at least one thing to share, or select No."),
    "understood": _("Let the person say it back in their own words, then tick this."),
    "explained": _("Explain what happens after a No, and how to withdraw a consent, then tick this."),
    "assent": _("Ask the child as well. Tick this only if the child agrees. If not, select No."),
    "guardian": _("Choose an answer about the guardian."),
}


def day_input() -> forms.DateInput:
    """Return the input for a date, in the one format that a browser accepts in every language."""
    return forms.DateInput({"type": "date", **OFF}, format="%Y-%m-%d")


def choice_field(label: Any, problem: Any, **options: Any) -> forms.ChoiceField:
    """Return a required choice with one message, whether nothing or something else was chosen."""
    messages = dict.fromkeys(("required", "invalid_choice"), problem)
    return forms.ChoiceField(label=label, error_messages=messages, **{"widget": forms.RadioSelect, **options})


def radio(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    """Return an optional choice by radio buttons."""
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **{"required": False, **options})


def shared_fields() -> forms.TypedMultipleChoiceField:
    """Return checkboxes for the shared fields; the form sets the choices."""
    return forms.TypedMultipleChoiceField(
        label=_("What is shared"), coerce=Field, required=False, widget=forms.CheckboxSelectMultiple
    )


def checkbox(label: Any) -> forms.BooleanField:
    """Return an optional checkbox."""
    return forms.BooleanField(label=label, required=False)


class ReferralForm(SavedForm):
    """A form about a referral, whose act a rule may refuse."""

    def refusal_text(self, because: str) -> str:
        """Return the reason of a refusal in words."""
        return messages.refusal_text(because)


class FormWithChoices(ReferralForm):
    """A form whose choices depend on the record; a field without choices is left out."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, choices: Mapping[str, Iterable[tuple[Any, Any]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, known in choices.items():
            self.fields[name].choices = [(str(value), label) for value, label in known]
            if not self.fields[name].choices:
                del self.fields[name]


# Finding help


class NeedsForm(forms.Form):
    """The types of help that the person wants to look for."""

    types = forms.MultipleChoiceField(
        label=_("What would help most?"),
        choices=directory.service_type_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )


DECIDING_FACTS = ("district", "sex", "age_status", "children")
"""The facts that decide which services take a person."""


def _or_not_asked(choices: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    return [("", _("Not asked")), *choices]


class ProfileForm(forms.Form):
    """Questions that a service may ask before it helps; every answer is optional."""

    fields: dict[str, Any]

    district = forms.ChoiceField(
        label=_("Where help is needed"), required=False, choices=lambda: _or_not_asked(directory.place_choices())
    )
    sex = radio(_("Sex or gender"), _or_not_asked(SEXES.choices))
    age_status = radio(_("Age"), lambda: _or_not_asked(directory.age_choices()))
    children = radio(
        _("Children who come along"), [("", _("Not asked")), ("NONE", _("No child comes")), ("YES", _("A child comes"))]
    )
    oldest_child = forms.IntegerField(
        label=_("Age of the oldest child, if one comes"), required=False, min_value=0, max_value=17
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=lambda: _or_not_asked(directory.language_choices())
    )
    papers = radio(_("Identity papers"), _or_not_asked(PAPERS.choices))

    def __init__(self, *args: Any, age: str, assumed_place: str = "", **kwargs: Any) -> None:
        """Leave out the question about the age if it is known: `age` is then its text, otherwise empty.

        `assumed_place`: the place whose services are listed until one is asked about.
        """
        super().__init__(*args, **kwargs)
        self.age = age
        self.assumed_place = "" if self["district"].value() else directory.place_name(assumed_place)
        if age:
            del self.fields["age_status"]

    def clean(self) -> dict[str, Any]:
        """Return the answers; an age of a child also answers that a child comes along."""
        answers: dict[str, Any] = self.cleaned_data
        if answers.get("oldest_child") is not None and not answers.get("children"):
            answers["children"] = "YES"
        if answers.get("children") != "YES":
            answers["oldest_child"] = None
        return answers

    def open_questions(self) -> list[forms.BoundField]:
        """Return the unanswered questions about `DECIDING_FACTS`; that about children has two parts."""
        names = {field.name for field in self if field.name in DECIDING_FACTS and not field.value()}
        if "children" in names:
            names.add("oldest_child")
        return [field for field in self if field.name in names]

    def other_questions(self) -> list[forms.BoundField]:
        """Return all other questions."""
        open_names = {field.name for field in self.open_questions()}
        return [field for field in self if field.name not in open_names]

    def known_facts(self) -> list[str]:
        """Return the answers about the four facts of `DECIDING_FACTS`, as texts."""
        texts = [self._answer_text(name) for name in DECIDING_FACTS if name in self.fields]
        return [text for text in (*texts[:2], self.age, *texts[2:]) if text]

    def _answer_text(self, name: str) -> str:
        choices: dict[Any, Any] = dict(flatten_choices(self.fields[name].choices))
        return str(choices.get(self[name].value(), "")) if self[name].value() else ""


class NeedContactForm(FormWithChoices):
    """The person whom the worker spoke to about an urgent need."""

    need = choice_field(_("Need"), _("This need is not recorded for this person."), widget=forms.HiddenInput)
    whom = forms.CharField(label=_("Who did you speak to?"), max_length=120, widget=forms.TextInput(OFF))


# Consent


class ConsentForm(ReferralForm):
    """One consent to one service, for one purpose; the smallest set is already chosen.

    `kind` and `purpose` follow from the needs that the service meets, `child` is None for an adult.
    """

    ident = forms.UUIDField(widget=forms.HiddenInput, required=False)
    shared_fields = shared_fields()
    ends_on = forms.DateField(label=_("Until"), widget=day_input(), help_text=_("At most a year."))
    how = radio(_("How was consent given?"), HOW_GIVEN, initial=consent.HowGiven.SPOKEN, required=True)
    interpretation = radio(
        _("Interpreter"), consent.INTERPRETATION.choices, initial=consent.Interpretation.NOT_NEEDED, required=True
    )
    language = forms.ChoiceField(
        label=_("Language in which you read the sentence"),
        choices=directory.language_choices,
        error_messages={"required": _("Choose the language in which you spoke.")},
    )
    understood = checkbox(_("The person said it back in their own words"))
    explained = checkbox(_("I explained what happens after a No, and how to withdraw a consent"))
    assent = checkbox(_("The child agrees too"))
    guardian = radio(_("Guardian"), consent.GUARDIANS.choices)
    involvement = radio(_("If there is a guardian: could they have been involved?"), consent.INVOLVEMENT.choices)
    excluded_officers = exclusion_fields.workers_field(_("Who there must not know of this person?"))

    fields: dict[str, Any]
    data: Any

    def __init__(self, data: Any, *, record: OpenRecord, card: ServiceCard) -> None:
        self.card, self.types = card, needs.types_met_by(record, card)
        self.named_types = needs.types_named_to(record, card)
        self.kind, self.purpose = disclosure.recipient_kind(self.types), disclosure.purpose_of(self.types)
        self.status_required = disclosure.requires_status(card)
        allowed = consent_rules.allowed_fields(self.kind, self.purpose, status_required=self.status_required)
        known = {field: value for field, value in disclosure.known_values(record).items() if field in allowed}
        if Field.NEEDS in known:
            known[Field.NEEDS] = ", ".join(self.named_types)
        self.known, age = known, needs.age_status(record)
        self.age_unknown = age is consent.AgeStatus.UNKNOWN
        self.child = ChildFacts(age=age) if consent_rules.on_child_path(age) else None
        self.smallest = [field for field in consent_rules.minimum_fields(self.purpose, self.kind) if field in known]
        self.usual_end = clock.today() + timedelta(days=consent_rules.USUAL_DAYS)
        initial = {"shared_fields": self.smallest, "ends_on": self.usual_end, "ident": new_id()}
        super().__init__(data, initial={**initial, "language": active_language()})
        self.fields["shared_fields"].choices = [
            (field.value, f"{consent.FIELDS.label(field)}: {messages.field_value(field, value)}")
            for field, value in known.items()
        ]
        officers = exclusions.officers_of_provider(record, card)
        self.fields["excluded_officers"].choices = [(str(worker), name) for worker, name in officers.items()]
        unasked = () if self.child else ("assent", "guardian", "involvement")
        for name in (*unasked, *(() if officers else ("excluded_officers",))):
            del self.fields[name]

    @property
    def selection(self) -> tuple[list[Field], date]:
        """The typed fields and end date of the sentence, or else the smallest set."""
        if not self.is_bound:
            return self.smallest, self.usual_end
        fields = [Field(code) for code in self.data.getlist("shared_fields") if code in self.known]
        try:
            return fields, self.fields["ends_on"].clean(self.data.get("ends_on"))
        except ValidationError:
            return fields, self.usual_end

    @property
    def is_changed(self) -> bool:
        """Return True if the sentence is no longer about the smallest set."""
        return self.selection != (self.smallest, self.usual_end)

    def sentence(self, language: str = "") -> str:
        """Return the sentence that is read aloud, in a language or in that of the page."""
        fields, ends_on = self.selection
        spoken = SpokenConsent(
            recipient=self.card.provider_name or self.card.name,
            purpose=self.purpose,
            fields=frozenset(fields),
            ends_on=ends_on,
            about=self.named_types,
            contact=disclosure.contact_way(self.known),
        )
        return wording.consent_sentence(spoken, language=language)

    @property
    def contact_line(self) -> str:
        """The contact of which the sentence speaks, with its label; "" if it is not shared."""
        named = dict(self.fields["shared_fields"].choices)
        return named[Field.SAFE_CONTACT.value] if Field.SAFE_CONTACT in self.selection[0] else ""

    @property
    def sentence_key(self) -> str:
        """The fields and the end date of the sentence, to detect a consent to another sentence."""
        fields, ends_on = self.selection
        return f"{'.'.join(sorted(fields))}|{ends_on}"

    def require_all(self) -> None:
        """Add an error to every field that a consent still needs, and one if the sentence changed."""
        for name, text in STILL_NEEDED.items():
            if name in self.fields and not self.errors.get(name) and not self.cleaned_data[name]:
                self.add_error(name, text)
        if not self.errors and self.data.get("spoken", self.sentence_key) != self.sentence_key:
            self.add_error(None, messages.READ_AGAIN)

    def to_proposal(self, *, by: UUID) -> Proposal:
        """Return the answers of a valid form as a consent about to be recorded."""
        data, child = self.cleaned_data, ChildFacts(age=consent.AgeStatus.ADULT)
        if self.child is not None:
            child = replace(
                self.child,
                assent=data["assent"],
                guardian=consent.Guardian(data["guardian"]) if data["guardian"] else None,
                involvement=consent.Involvement(data["involvement"] or consent.Involvement.NOT_CHECKED),
            )
        return Proposal(
            recipient=self.card.id,
            recipient_kind=self.kind,
            purpose=self.purpose,
            fields=frozenset(data["shared_fields"]),
            ends_on=data["ends_on"],
            how=consent.HowGiven(data["how"]),
            language=data["language"],
            interpretation=consent.Interpretation(data["interpretation"]),
            understood=data["understood"],
            informed_of_refusal=data["explained"],
            informed_of_withdrawal=data["explained"],
            child=child,
            by=by,
            given_on=clock.today(),
            text_version=wording.LATEST,
            status_required=self.status_required,
            sentence=self.sentence(data["language"]),
        )


class NarrowForm(ReferralForm):
    """The fields that remain in a consent, and its end date."""

    shared_fields = shared_fields()
    ends_on = forms.DateField(label=_("Until"), widget=day_input())

    fields: dict[str, Any]

    def __init__(self, data: Any, *, shared: Iterable[Field], ends_on: date) -> None:
        fields = [field.value for field in Field if field in shared]
        super().__init__(data, initial={"shared_fields": fields, "ends_on": ends_on})
        self.fields["shared_fields"].choices = [(field, FIELDS.label(field)) for field in fields]


# Exclusions


class ExclusionForm(FormWithChoices):
    """Exclusions: chosen organisations and colleagues, and one in words."""

    find = exclusion_fields.find_field()
    organisations = forms.TypedMultipleChoiceField(
        label=_("Offices and organisations"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    workers = exclusion_fields.workers_field()
    words = exclusion_fields.words_field()

    def clean(self) -> dict[str, Any]:
        """Require an exclusion; the other button records that there is none."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not any(data.get(name) for name in ("organisations", "workers", "words")):
            self.add_error("words", _("Choose somebody, or describe who it is."))
        return data


class RemoveExclusionForm(forms.Form):
    """The reason to remove an exclusion."""

    reason = forms.CharField(label=_("What the person said"), max_length=200, widget=forms.TextInput(OFF))


# Answers


class ActForm(forms.Form):
    """The reason and the date of an act on a referral, by code; the rule decides which an act needs."""

    reason = forms.CharField(max_length=30, required=False)
    expected_on = forms.DateField(label=_("A place is expected to be free on"), required=False, widget=day_input())


class MessageForm(ReferralForm):
    """A question or an answer to the other side of a referral."""

    problem_field = "text"
    use_required_attribute = False

    text = forms.CharField(
        label=_("Your question or answer"),
        help_text=_("Only both sides of this referral can read it. Write no names, numbers or addresses."),
        max_length=500,
        widget=forms.Textarea({"rows": 3, **OFF}),
        error_messages={"required": _("Write your question or answer.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "message_%s", **kwargs})


class TeamForm(FormWithChoices):
    """The team that takes a case, and who must not know of it; a worker in one team is not asked for the team."""

    team = choice_field(_("Which team will help?"), _("Choose which team will help."))
    exclude = exclusion_fields.workers_field(_("Who here must not know of this person?"))

    def __init__(self, *args: Any, teams: Mapping[UUID, str], colleagues: Mapping[UUID, str], **kwargs: Any) -> None:
        self.only_team = next(iter(teams)) if len(teams) == 1 else None
        choices = {"team": () if self.only_team else teams.items(), "exclude": colleagues.items()}
        super().__init__(*args, choices=choices, **kwargs)

    @property
    def team_id(self) -> UUID:
        """The team of a valid form."""
        return self.only_team or UUID(self.cleaned_data["team"])


def _code_field(*, required: bool = True) -> forms.CharField:
    """Return the field of the code that the worker gives by phone."""
    return forms.CharField(
        label=_("Code"),
        required=required,
        max_length=12,
        help_text=_("Six digits. The worker who sent this gives them to you by phone."),
        widget=forms.TextInput({"inputmode": "numeric", "data-short": "", **OFF}),
    )


class LinkForm(ActForm):
    """An act by link; accepting, and each act after it, needs the code."""

    code = _code_field()


class LinkMessageForm(MessageForm):
    """A message by link; after the acceptance it needs the code."""

    problem_fields = {NEEDS_CODE: "code", "link_code": "code"}
    code = _code_field(required=False)


# Partners


class AskPartnerForm(FormWithChoices):
    """The partner organisation that is asked to read an outcome."""

    use_required_attribute = False

    partner = choice_field(_("Which organisation?"), _("Choose an organisation that can be asked."))


class GroupsForm(ReferralForm):
    """The six groups of a partner, as they were read by voice."""

    problem_field = "groups"
    use_required_attribute = False

    groups = forms.CharField(
        label=_("The six groups they read to you"),
        max_length=40,
        widget=forms.TextInput({"autocapitalize": "characters", "spellcheck": "false", **OFF}),
        error_messages={"required": _("Type the six groups that the other organisation reads to you.")},
    )


class OpinionForm(forms.Form):
    """A second opinion on a partner's outcome: the answer, its reason, and optional words."""

    use_required_attribute = False

    answer = choice_field(_("What would you do?"), _("Choose one."), choices=code_list("screening", "opinions").choices)
    reason = choice_field(_("Why"), _("Choose a reason."), choices=code_list("screening", "opinion_reasons").choices)
    words = forms.CharField(
        label=_("In a few words, without names"),
        help_text=_("Only the team that asked can read them."),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 2, **OFF}),
    )

    def clean(self) -> dict[str, Any]:
        """Require a reason that fits the answer."""
        data = super().clean() or self.cleaned_data
        if data.get("answer") and data.get("reason") and not may_answer(data["answer"], data["reason"]):
            self.add_error("reason", _("This reason does not fit your answer. Choose another one."))
        return data
