"""Forms of a talk: place and start, outcome, calls, papers, second opinions, question files."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from suar.accounts import rules as account_rules
from suar.consent import exclusion_fields
from suar.core.codes import code_list
from suar.records.terms import Compartment
from suar.screening.codes import ContactResult, Outcome
from suar.screening.next_steps import AVOID, ChosenStep
from suar.screening.policy import EXCLUSION_FIELDS, TYPED, YES
from suar.screening.rules import next_steps
from suar.screening.rules.answers import Call
from suar.screening.rules.instrument import Instrument
from suar.screening.rules.question_file import MAX_BYTES
from suar.screening.rules.setting import WRITTEN
from suar.screening.wording import PROBLEMS, say

OFF = {"autocomplete": "off"}
NO = "no"
CLAIMS_NOTHING = (Outcome.UNABLE, Outcome.DECLINED)
AS_SUGGESTED = "RS_SAME"
"""The reason of a worker who chose the suggested outcome and tapped no reason."""


def text_field(label: Any = None, max_length: int = 120, *, rows: int = 1, help_text: Any = "") -> forms.CharField:
    """Return an optional field that a browser does not remember."""
    widget = forms.TextInput(OFF) if rows == 1 else forms.Textarea({"rows": rows, **OFF})
    return forms.CharField(label=label, max_length=max_length, required=False, widget=widget, help_text=help_text)


class TalkForm(forms.Form):
    """A form whose required fields are checked by the server and not by the browser."""

    use_required_attribute = False

    def set_choices(self, name: str, choices: Any) -> None:
        """Set the choices of a field."""
        cast(forms.ChoiceField, self.fields[name]).choices = choices


class ProviderIdsField(forms.TypedMultipleChoiceField):
    """Ids of chosen providers of the directory; an unknown id excludes nobody."""

    def valid_value(self, value: Any) -> bool:
        """Accept any id; `coerce` refuses what is not one."""
        return True


class PaperForm(TalkForm):
    """The code printed on a paper form."""

    code = forms.CharField(
        label=_("Code on the paper"),
        max_length=12,
        widget=forms.TextInput({"data-short": "", "autocapitalize": "characters", **OFF}),
        error_messages={"required": _("Type the code printed on the paper.")},
    )


class QuestionFileForm(TalkForm):
    """A question file; its size is checked before it is read."""

    file = forms.FileField(
        label=_("Question file"),
        help_text=_("A file that you downloaded here and then changed."),
        widget=forms.FileInput({"accept": ".json"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            words = code_list("screening", "file_faults").label("FILE_TOO_BIG")
            raise forms.ValidationError(words.format(detail=MAX_BYTES // 1000))
        return file


class PlaceForm(TalkForm):
    """The place of the talk.

    `lawyer`: a lawyer has already spoken with the person. `written`: the paper form to write up. `again`: the record
    of an earlier talk with the person, or of a report about them.
    """

    place = forms.ChoiceField(label=_("Where are you?"), error_messages={"required": _("Choose the place first.")})
    lawyer = forms.BooleanField(required=False, widget=forms.HiddenInput)
    written = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[(form, form) for form in WRITTEN])
    again = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Collection[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the places without a default."""
        super().__init__(*args, **kwargs)
        self.set_choices("place", [("", _("Choose")), *places])


class StartForm(TalkForm):
    """The start of a talk: its form, its team, and an optional PIN that unlocks it.

    The button sends either `form` (a talk now) or `later` (a talk that is written up).
    """

    form = forms.ChoiceField(required=False)
    later = forms.ChoiceField(required=False)
    team = forms.ChoiceField(label=_("Team"), widget=forms.RadioSelect)
    pin = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("Six digits to unlock this talk"),
        help_text=_(
            "The talk is locked after five minutes without activity. Without digits, your password unlocks it."
        ),
        required=False,
        error_messages={"invalid": _("Enter six digits.")},
        widget=forms.PasswordInput({**OFF, "inputmode": "numeric", "maxlength": 6}),
    )

    def __init__(self, *args: Any, teams: Collection[tuple[str, str]], offered: Collection[str], **kwargs: Any) -> None:
        """Offer the forms that fit and the worker's teams; hide the field if there is one team."""
        super().__init__(*args, **kwargs)
        self.set_choices("form", [(form, form) for form in offered])
        self.set_choices("later", [(form, form) for form in offered if form in WRITTEN])
        self.set_choices("team", list(teams))
        if len(teams) == 1:
            self.fields["team"].required = False
            self.fields["team"].widget = forms.HiddenInput()
            self.fields["team"].initial = next(iter(teams))[0]

    def clean_team(self) -> str:
        """Return the only team if there is nothing to choose."""
        return str(self.cleaned_data["team"] or self.fields["team"].initial)

    def clean_pin(self) -> str:
        """Refuse digits that are easy to guess."""
        pin = str(self.cleaned_data["pin"])
        if pin and account_rules.is_easy_pin(pin):
            raise forms.ValidationError(_("Choose digits that are harder to guess."))
        return pin


class CallForm(TalkForm):
    """A call about a need that cannot wait: its result, and whom the worker spoke to."""

    acted = forms.ChoiceField(
        label=_("What was done"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Enter whether you reached somebody who will help.")},
    )
    whom = text_field(
        help_text=_("A role is enough: the nurse, the duty officer. It is stored only if the person's story is stored.")
    )

    def __init__(self, data: Any, *, talk: Instrument, earlier: Call | None = None, stores_text: bool = True) -> None:
        """Use the wording of the talk. `earlier` is the call entered on an earlier step.

        Without `stores_text` the field `whom` is left out.
        """
        was_called = earlier is not None and earlier.acted is not ContactResult.NOT_YET
        super().__init__(data, initial={"acted": earlier.acted, "whom": earlier.whom} if earlier and was_called else {})
        results = [row for row in talk.answer_sets["ACTED"] if row.code != ContactResult.LATER]
        self.set_choices("acted", [(row.code, say(row.text)) for row in results])
        self.fields["whom"].label = say(talk.who_answers)
        if not stores_text:
            del self.fields["whom"]

    def clean(self) -> dict[str, Any]:
        """Require a name or role if the worker states that somebody was reached."""
        data = super().clean() or self.cleaned_data
        unnamed = "whom" in self.fields and not data.get("whom", "").strip()
        if data.get("acted") == ContactResult.SPOKE and unnamed:
            self.add_error("whom", _("Enter who you spoke to."))
        return data

    @property
    def call(self) -> Call:
        """The call of a valid form. The contact counts only if somebody was reached."""
        acted = ContactResult(self.cleaned_data["acted"])
        return Call(acted, self.cleaned_data.get("whom", "") if acted is ContactResult.SPOKE else "")


class SecondReadingForm(TalkForm):
    """A second opinion about an outcome."""

    answer = forms.ChoiceField(
        label=_("What would you do?"),
        choices=code_list("screening", "second_answers").choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )


class NextStepForm(TalkForm):
    """The next step after a talk, with its owner, day and time."""

    next_step = forms.ChoiceField(label=_("What happens next"), required=False, widget=forms.RadioSelect)
    next_owner = forms.ChoiceField(label=_("Colleague"), required=False)
    next_day = forms.DateField(
        label=_("By when"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    next_hour = forms.TimeField(label=_("At what time"), required=False, widget=forms.TimeInput({"type": "time"}))
    version = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=forms.HiddenInput)
    default_step, has_contact = next_steps.COMES_BACK, False

    def offer_steps(
        self, default: str, workers: Callable[[], Mapping[UUID, str]], *, has_contact: bool = False, stores: bool = True
    ) -> None:
        """Offer the next steps that fit, the default one preselected. Beside a fixed one only own steps are offered.

        Where the talk `stores` nothing of a step, after a conflict of interest, none is offered. Contacting the person
        is offered if an earlier talk stored how (`has_contact`), or if this one may.
        """
        self.default_step, self.has_contact = default, has_contact
        left_out = set() if has_contact or "contact" in self.fields else {next_steps.CALL}
        if not stores or default == next_steps.OUTSIDE:
            for name in ("next_step", "next_owner", "next_day", "next_hour", "avoid"):
                self.fields.pop(name, None)
            return
        offered = [row for row in next_steps.STEPS.choices if next_steps.may_choose_step(row[0], default)]
        offered = [row for row in offered if row[0] not in left_out]
        if default in next_steps.FIXED:
            del self.fields["next_owner"]
            self.fields["next_step"].label = _("Will you do anything else?")
            self.set_choices("next_step", [("", _("No")), *offered])
            return
        self.set_choices("next_step", offered)
        self.set_choices("next_owner", lambda: [("", "-"), *((f"{key}", name) for key, name in workers().items())])
        self.fields["next_step"].initial = default

    def clean(self) -> dict[str, Any]:
        """Refuse a day or a time for a next step that nobody does on a day, because it would be in no list.

        Refuse contacting a person whom nothing that is stored leads to.
        """
        data = super().clean() or self.cleaned_data
        step = data.get("next_step")
        if step == next_steps.CALL and not (self.has_contact or self.may_reach(data)):
            self.add_error("next_step", PROBLEMS.label("STEP_NEEDS_CONTACT"))
        typed = [name for name in ("next_day", "next_hour") if data.get(name)]
        if typed and step and next_steps.STEPS[step]["days"] is None:
            self.add_error(typed[0], _("This step has no day. Remove day and time, or choose who acts on it."))
        return data

    @property
    def chosen_step(self) -> ChosenStep:
        """The chosen step; the default one counts as not chosen, because it can differ for a stored name."""
        data = self.cleaned_data
        code, owner = data.get("next_step") or "", data.get("next_owner")
        day, hour = data.get("next_day"), f"{data['next_hour']:%H:%M}" if data.get("next_hour") else None
        avoid = tuple(data.get("avoid", ()))
        return ChosenStep("" if code == self.default_step else code, UUID(owner) if owner else None, day, hour, avoid)

    def may_reach(self, data: Mapping[str, Any]) -> bool:
        """Return True if a detail that leads to the person was typed and is stored."""
        return data.get("keep") == YES and bool(data.get("contact"))


class ReportForm(NextStepForm):
    """A report about a person, with its reporter.

    Nothing about the reporter but what they want is stored unless they agree.
    """

    about = text_field(_("Whom is it about?"), help_text=_("A name or a description, as far as it is known."))
    place = text_field(_("Where the person may be"))
    reach = text_field(_("How to reach the person without danger"))
    do_not = text_field(_("What nobody must do"), 500, rows=2)
    text = text_field(
        _("What was reported"), 2000, rows=3, help_text=_("In few words. It is not what the person said.")
    )
    wants = text_field(_("What the reporter wants"), 500, rows=2)
    keep = forms.ChoiceField(
        label=_("May the name and contact of the reporter be stored?"),
        choices=[(YES, _("Yes, the reporter agrees")), (NO, _("No, or they do not say who they are"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Ask the reporter. You can end without their name.")},
    )
    name = text_field(_("Name of the reporter"), 80)
    contact = text_field(_("Safe way to reach the reporter"))
    hours = text_field(_("When it is safe"), 80)

    def may_reach(self, data: Mapping[str, Any]) -> bool:
        """Return True if the report leads to the person; it is stored without the reporter's name too."""
        return bool(data.get("place") or data.get("reach"))

    def clean(self) -> dict[str, Any]:
        """Refuse a name or contact that may not be stored."""
        data = super().clean() or self.cleaned_data
        if data.get("keep") == NO and any(data.get(name) for name in ("name", "contact", "hours")):
            self.add_error("keep", _("You entered details of the reporter. Choose Yes, or remove them."))
        return data


class FollowingStepForm(NextStepForm):
    """The next step that follows a finished step about a reported person."""

    next_step = forms.ChoiceField(
        label=_("What happens next"),
        choices=lambda: [(code, next_steps.STEPS.label(code)) for code in next_steps.AFTER_REPORT],
        widget=forms.RadioSelect,
    )


class OutcomeForm(NextStepForm):
    """The outcome with its reason, what the person wants stored, and whom the person excludes."""

    exclude = forms.ChoiceField(
        label=_("Is there anyone who must never know?"),
        choices=[(NO, _("Nobody")), (YES, _("Yes, there is somebody"))],
        widget=forms.RadioSelect,
        required=False,
    )
    exclude_search = exclusion_fields.find_field()
    exclude_providers = ProviderIdsField(required=False, coerce=UUID)
    exclude_workers = exclusion_fields.workers_field()
    exclude_words = exclusion_fields.words_field()
    keep = forms.ChoiceField(
        label=_("May this be stored?"),
        choices=[(YES, _("Yes, the person wants it")), (NO, _("No, store no name"))],
        widget=forms.RadioSelect,
        required=False,
    )
    name = text_field(_("Name to use"), 80, help_text=_("Any name the person likes. It need not be their own."))
    contact = text_field(_("Safe way to reach them"), help_text=_("A phone number, or a place and time."))
    hours = text_field(_("When it is safe"), 80)
    wish = text_field(_("What the person wants"), 500, rows=2, help_text=_("What would help most, in a few words."))
    do_not = text_field(_("What nobody must do"), 500, rows=2)
    story = text_field(
        _("What the person wants remembered"),
        5000,
        rows=4,
        help_text=_("Only if they wish. Then others do not have to ask again."),
    )
    avoid = forms.MultipleChoiceField(
        label=_("What nobody must do"), choices=AVOID.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    without = forms.BooleanField(required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=[(outcome.value, outcome.value) for outcome in Outcome],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose an outcome.")),
    )
    reason = forms.CharField(label=_("Why"), max_length=30, required=False)
    words = text_field(
        _("In your own words, without names"),
        500,
        rows=2,
        help_text=_(
            "Your words are stored only if the person's story is stored. Otherwise only the selected reason is stored."
        ),
    )

    def __init__(
        self,
        *args: Any,
        compartments: Collection[Compartment],
        workers: Callable[[], Mapping[UUID, str]],
        suggested: Outcome | None = None,
        **kwargs: Any,
    ) -> None:
        """Remove the fields of compartments that may not be stored, so that no forged post fills them.

        `workers` is called only when the choices are needed. The `suggested` outcome needs no reason.
        """
        super().__init__(*args, **kwargs)
        self.suggested = suggested
        self.set_choices("exclude_workers", lambda: [(f"{key}", name) for key, name in workers().items()])
        removed = [name for name, place in TYPED.items() if place not in compartments]
        if len(removed) == len(TYPED):
            removed += ["keep", *EXCLUSION_FIELDS]
        for name in removed:
            del self.fields[name]

    @property
    def has_exclusion(self) -> bool:
        """Return True if an exclusion field has a value."""
        return any(self[name].value() for name in EXCLUSION_FIELDS if name != "exclude")

    @property
    def has_typed(self) -> bool:
        """Return True if a field about the person has a value; the section then stays open."""
        return any(self[name].value() for name in TYPED if name in self.fields)

    def clean(self) -> dict[str, Any]:
        """Require permission to store typed values, and the exclusion question before a name is stored.

        After a finished talk a yes or no is required, because help continues from the stored record.
        """
        data = super().clean() or self.cleaned_data
        if data.get("outcome") and not data.get("reason"):
            if data["outcome"] == self.suggested:
                data["reason"] = AS_SUGGESTED
            else:
                self.add_error("reason", _("Choose a reason."))
        if "keep" in self.fields and data.get("keep") == YES:
            self._check_exclusions(data)
        elif "keep" in self.fields:
            self._check_storing_refused(data)
        return data

    def _check_exclusions(self, data: Mapping[str, Any]) -> None:
        """Add errors if the exclusion question is unanswered or contradicts the chosen exclusions."""
        named = any(data.get(name) for name in ("exclude_providers", "exclude_workers", "exclude_words"))
        if not data.get("exclude"):
            self.add_error("exclude", _("First ask whether there is anyone who must never know."))
        elif data["exclude"] == YES and not named:
            self.add_error("exclude", _("Select who it is, or describe them."))
        elif data["exclude"] == NO and named:
            self.add_error("exclude", _("You entered or selected somebody. Choose “Yes”, or remove them."))

    def _check_storing_refused(self, data: dict[str, Any]) -> None:
        """Clear the typed values, and add an error if it is unclear whether they may be stored."""
        typed = [name for name in TYPED if data.get(name)]
        if typed and not data.get("without"):
            question = _("You entered details. Does the person want them stored? Choose Yes, or end without them.")
            self.add_error("keep", question)
        elif not data.get("keep") and not data.get("without") and data.get("outcome", "UNABLE") not in CLAIMS_NOTHING:
            self.add_error("keep", _("Ask whether this may be stored. Without it, help cannot continue from here."))
        data.update(dict.fromkeys(typed, ""))
