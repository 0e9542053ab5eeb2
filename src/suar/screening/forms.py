"""Forms of a talk beside its taps: where it is held, its end, papers, second reading, question files."""

from collections.abc import Callable, Collection, Mapping
from functools import cache
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
from suar.screening.rules.answers import Call
from suar.screening.rules.instrument import Instrument
from suar.screening.rules.question_file import MAX_BYTES
from suar.screening.rules.setting import WRITTEN
from suar.screening.wording import say

OFF = {"autocomplete": "off"}
YES, NO = "on", "no"
TYPED = {
    "name": Compartment.IDENTITY,
    "contact": Compartment.WHEREABOUTS,
    "hours": Compartment.WHEREABOUTS,
    "do_not": Compartment.NARRATIVE,
    "story": Compartment.NARRATIVE,
}
EXCLUSION_FIELDS = ("never", "never_find", "never_bodies", "never_workers", "never_words")
CLAIMS_NOTHING = (Outcome.UNABLE, Outcome.DECLINED)


def text_field(label: Any = None, max_length: int = 120, *, rows: int = 1, help_text: Any = "") -> forms.CharField:
    """Return an optional field that a browser does not remember."""
    widget = forms.TextInput(OFF) if rows == 1 else forms.Textarea({"rows": rows, **OFF})
    return forms.CharField(label=label, max_length=max_length, required=False, widget=widget, help_text=help_text)


class TalkForm(forms.Form):
    """A form whose missing answers are asked for by our own words, not by the browser."""

    use_required_attribute = False

    def set_choices(self, name: str, choices: Any) -> None:
        """Offer these choices in a field."""
        cast(forms.ChoiceField, self.fields[name]).choices = choices


class BodiesField(forms.TypedMultipleChoiceField):
    """Organisations of the directory that were tapped, by their ids; an unknown id excludes nobody."""

    def valid_value(self, value: Any) -> bool:
        """Accept any id."""
        try:
            UUID(str(value))
        except ValueError:
            return False
        return True


class PaperForm(TalkForm):
    """The code at the top of a part of a paper form."""

    code = forms.CharField(
        label=_("Code on the paper"),
        max_length=12,
        widget=forms.TextInput({"data-short": "", "autocapitalize": "characters", **OFF}),
        error_messages={"required": _("Type the code printed on the paper.")},
    )


class QuestionFileForm(TalkForm):
    """A question file; its size is checked before a byte of it is read."""

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
    """Where the talk is held; `lawyer` states that one has already spoken with the person.

    `written` is the form of a paper that is to be written up.
    """

    place = forms.ChoiceField(label=_("Where are you?"), error_messages={"required": _("Choose the place first.")})
    lawyer = forms.BooleanField(required=False, widget=forms.HiddenInput)
    written = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[(form, form) for form in WRITTEN])

    def __init__(self, *args: Any, places: Collection[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the places; none is chosen before."""
        super().__init__(*args, **kwargs)
        self.set_choices("place", [("", _("Choose")), *places])


class StartForm(TalkForm):
    """A talk that begins: which form, for which team, and six digits that open it again.

    `form` is a talk held now, `later` one that was held and is written now; one of them is sent.
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
        """Offer the forms that fit and the worker's teams; with one there is nothing to choose."""
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
    """What was done, and whom the worker spoke to; asked before a talk may end, and after it."""

    acted = forms.ChoiceField(
        label=_("What was done"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Enter whether you reached somebody who will help.")},
    )
    whom = text_field(
        help_text=_("A role is enough: the nurse, the duty officer. It is stored only if the person's story is stored.")
    )

    def __init__(self, data: Any, *, of: Instrument, so_far: Call | None = None, may_keep: bool = True) -> None:
        """Ask in the words of the talk; `so_far` is what was tapped on an earlier step.

        Whom is not asked if nothing typed may be stored any more.
        """
        asked = so_far is not None and so_far.acted is not ContactResult.NOT_YET
        super().__init__(data, initial={"acted": so_far.acted, "whom": so_far.whom} if so_far and asked else {})
        self.set_choices("acted", [(option.code, say(option.text)) for option in of.answer_sets["ACTED"]])
        self.fields["whom"].label = say(of.who_answers)
        if not may_keep:
            del self.fields["whom"]

    def clean(self) -> dict[str, Any]:
        """Require a name if the worker states that somebody was reached: sending alone is not help."""
        data = super().clean() or self.cleaned_data
        unnamed = "whom" in self.fields and not data.get("whom", "").strip()
        if data.get("acted") == ContactResult.SPOKE and unnamed:
            self.add_error("whom", _("Enter who you spoke to."))
        return data


class SecondReadingForm(TalkForm):
    """What a second person thinks of an outcome."""

    answer = forms.ChoiceField(
        label=_("What would you do?"),
        choices=code_list("screening", "second_answers").choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )


class OutcomeForm(TalkForm):
    """The outcome the worker chooses, with a reason; what the person wants stored; and exclusions."""

    never = forms.ChoiceField(
        label=_("Is there anyone who must never know?"),
        choices=[(NO, _("Nobody")), (YES, _("Yes, there is somebody"))],
        widget=forms.RadioSelect,
        required=False,
    )
    never_find = exclusion_fields.find_field()
    never_bodies = BodiesField(required=False, coerce=UUID)
    never_workers = exclusion_fields.workers_field()
    never_words = exclusion_fields.words_field()
    keep = forms.ChoiceField(
        label=_("May this be stored?"),
        choices=[(YES, _("Yes, the person wants it")), (NO, _("No, store no name"))],
        widget=forms.RadioSelect,
        required=False,
    )
    name = text_field(_("Name to use"), 80, help_text=_("Any name the person likes. It need not be their own."))
    contact = text_field(_("Safe way to reach them"), help_text=_("A phone number, or a place and time."))
    hours = text_field(_("When it is safe"), 80)
    do_not = text_field(_("What nobody must do"), 500, rows=2)
    story = text_field(
        _("What the person wants remembered"),
        5000,
        rows=4,
        help_text=_("Only if they wish. Then others do not have to ask again."),
    )
    without = forms.BooleanField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=[(outcome.value, outcome.value) for outcome in Outcome],
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose an outcome.")),
    )
    reason = forms.CharField(label=_("Why"), max_length=30, error_messages={"required": _("Choose a reason.")})
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
        places: Collection[Compartment],
        workers: Callable[[], Mapping[UUID, str]],
        **kwargs: Any,
    ) -> None:
        """Remove the fields of what may not survive, so that no forged post fills them.

        `workers` is asked when they are to be shown, or when one of them is tapped.
        """
        super().__init__(*args, **kwargs)
        listed = cache(workers)
        self.set_choices("never_workers", lambda: [(f"{key}", name) for key, name in listed().items()])
        removed = [name for name, place in TYPED.items() if place not in places]
        if len(removed) == len(TYPED):
            removed += ["keep", *EXCLUSION_FIELDS]
        for name in removed:
            del self.fields[name]

    @property
    def has_exclusion(self) -> bool:
        """Return True if somebody to exclude is tapped, written or looked for."""
        return any(self[name].value() for name in EXCLUSION_FIELDS if name != "never")

    @property
    def has_typed(self) -> bool:
        """Return True if something is typed that may be stored: its fields then stay open."""
        return any(self[name].value() for name in TYPED if name in self.fields)

    def clean(self) -> dict[str, Any]:
        """Ask whether what was typed may be stored, and whom to exclude before a name is stored.

        After a finished talk a yes or no is required, because help continues from what is stored.
        """
        data = super().clean() or self.cleaned_data
        if "outcome" in self.errors:
            # The reasons open with the outcome they fit: until then there is nothing to lead to.
            self.errors.pop("reason", None)
        if "keep" in self.fields and data.get("keep") == YES:
            self._check_exclusions(data)
        elif "keep" in self.fields:
            self._check_refusal_to_keep(data)
        return data

    def _check_exclusions(self, data: Mapping[str, Any]) -> None:
        """Ask for an answer, and for somebody if the answer is that there is somebody."""
        named = any(data.get(name) for name in ("never_bodies", "never_workers", "never_words"))
        if not data.get("never"):
            self.add_error("never", _("First ask whether there is anyone who must never know."))
        elif data["never"] == YES and not named:
            self.add_error("never", _("Select who it is, or describe them."))
        elif data["never"] == NO and named:
            self.add_error("never", _("You entered or selected somebody. Choose “Yes”, or remove them."))

    def _check_refusal_to_keep(self, data: dict[str, Any]) -> None:
        """Ask kindly if it is unclear whether what was typed may be stored, and drop it."""
        typed = [name for name in TYPED if data.get(name)]
        if typed and not data.get("without"):
            question = _("You entered details. Does the person want them stored? Choose Yes, or end without them.")
            self.add_error("keep", question)
        elif not data.get("keep") and not data.get("without") and data.get("outcome", "UNABLE") not in CLAIMS_NOTHING:
            self.add_error("keep", _("Ask whether this may be stored. Without it, help cannot continue from here."))
        data.update(dict.fromkeys(typed, ""))
