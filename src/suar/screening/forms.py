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
from suar.screening.codes import Acted, Outcome
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
CLAIMS_NOTHING = (Outcome.UNABLE, Outcome.DECLINED)
WRONG = {
    "say_whether": _("Ask whether this may be stored. Without it, help cannot continue from here."),
    "never_unasked": _("First ask whether there is anyone who must never know."),
    "never_nobody": _("You entered or selected somebody. Choose “Yes”, or remove them."),
    "never_who": _("Select who it is, or describe them."),
    "typed_unasked": _("You entered details. Does the person want them stored? Choose Yes, or end without them."),
}


class TalkForm(forms.Form):
    """A form whose missing answers are asked for by our own words, not by the browser."""

    use_required_attribute = False

    def set_choices(self, name: str, choices: Any) -> None:
        """Offer these choices in a field."""
        cast(forms.ChoiceField, self.fields[name]).choices = choices


class BodiesField(forms.MultipleChoiceField):
    """Bodies of the directory that were tapped, by their ids."""

    def valid_value(self, value: Any) -> bool:
        """Accept any id; an unknown id excludes nobody."""
        try:
            UUID(str(value))
        except ValueError:
            return False
        return True

    def clean(self, value: Any) -> list[UUID]:
        """Give the ids."""
        return [UUID(each) for each in super().clean(value)]


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


class UseFileForm(TalkForm):
    """A file as it was previewed, and the act of the version that was in use then."""

    content = forms.CharField(max_length=MAX_BYTES, strip=False, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class PlaceForm(TalkForm):
    """Where the talk is held; `lawyer` says that one has already spoken with the person.

    `written` is the form of a paper that is to be written up.
    """

    place = forms.ChoiceField(label=_("Where are you?"), error_messages={"required": _("Choose the place first.")})
    lawyer = forms.BooleanField(required=False, widget=forms.HiddenInput)
    written = forms.ChoiceField(required=False, widget=forms.HiddenInput, choices=[(each, each) for each in WRITTEN])

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

    def __init__(
        self,
        *args: Any,
        teams: Collection[tuple[str, str]],
        offered: Collection[str],
        **kwargs: Any,
    ) -> None:
        """Offer the forms that fit and the worker's teams; with one there is nothing to choose."""
        super().__init__(*args, **kwargs)
        self.set_choices("form", [(each, each) for each in offered])
        self.set_choices("later", [(each, each) for each in offered if each in WRITTEN])
        self.set_choices("team", list(teams))
        if len(teams) == 1:
            self.fields["team"].required = False
            self.fields["team"].widget = forms.HiddenInput()
            self.fields["team"].initial = next(iter(teams))[0]

    def clean_team(self) -> str:
        """Give the only team where there is nothing to choose."""
        return str(self.cleaned_data["team"] or self.fields["team"].initial)

    def clean_pin(self) -> str:
        """Refuse digits that anybody would try first."""
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
    whom = forms.CharField(
        help_text=_(
            "A role is enough: the nurse, the duty officer. It is stored only if the person's story is stored."
        ),
        required=False,
        max_length=120,
        widget=forms.TextInput(OFF),
    )

    def __init__(self, data: Any, *, of: Instrument, so_far: Call | None = None, may_keep: bool = True) -> None:
        """Ask in the words of the talk; `so_far` is what was tapped on an earlier step.

        Whom is not asked where nothing typed may be kept any more.
        """
        known = {"acted": so_far.acted, "whom": so_far.whom} if so_far else {}
        told = known if so_far and so_far.acted is not Acted.NOT_YET else {}
        super().__init__(data, initial=told)
        self.set_choices("acted", [(each.code, say(each.text)) for each in of.answer_sets["ACTED"]])
        self.fields["whom"].label = say(of.who_answers)
        if not may_keep:
            del self.fields["whom"]

    def clean(self) -> dict[str, Any]:
        """Require a name if the worker says that somebody was reached: sending alone is not help."""
        data = super().clean() or self.cleaned_data
        unsaid = "whom" in self.fields and not data.get("whom", "").strip()
        if data.get("acted") == Acted.SPOKE and unsaid:
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


class NeverForm(TalkForm):
    """Who must never know of the person; asked before anything with a name is kept."""

    never = forms.ChoiceField(
        label=_("Is there anyone who must never know?"),
        choices=[(NO, _("Nobody")), (YES, _("Yes, there is somebody"))],
        widget=forms.RadioSelect,
        required=False,
    )
    never_find = exclusion_fields.find_field()
    never_bodies = BodiesField(required=False)
    never_workers = exclusion_fields.workers_field()
    never_words = exclusion_fields.words_field()

    def without_never(self) -> None:
        """Take the question away where no name can be kept."""
        for name in NeverForm.base_fields:
            del self.fields[name]

    def check_never(self, data: dict[str, Any]) -> None:
        """Ask for an answer, and for somebody where the answer is that there is somebody."""
        named = [data.get(each) for each in ("never_bodies", "never_workers", "never_words")]
        said = data.get("never")
        if not said:
            self.add_error("never", WRONG["never_unasked"])
        elif (said == YES) is not any(named):
            self.add_error("never", WRONG["never_who" if said == YES else "never_nobody"])


class KeepForm(NeverForm):
    """The least that is kept, each only if the person wants it; nothing has to be filled in."""

    keep = forms.ChoiceField(
        label=_("May this be stored?"),
        choices=[(YES, _("Yes, the person wants it")), (NO, _("No, store no name"))],
        widget=forms.RadioSelect,
        required=False,
    )
    name = forms.CharField(
        label=_("Name to use"),
        help_text=_("Any name the person likes. It need not be their own."),
        required=False,
        max_length=80,
        widget=forms.TextInput(OFF),
    )
    contact = forms.CharField(
        label=_("Safe way to reach them"),
        help_text=_("A phone number, or a place and time."),
        required=False,
        max_length=120,
        widget=forms.TextInput(OFF),
    )
    hours = forms.CharField(label=_("When it is safe"), required=False, max_length=80, widget=forms.TextInput(OFF))
    do_not = forms.CharField(
        label=_("What nobody must do"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, **OFF}),
    )
    story = forms.CharField(
        label=_("What the person wants remembered"),
        help_text=_("Only if they wish. Then others do not have to ask again."),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 4, **OFF}),
    )
    without = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        places: Collection[Compartment],
        workers: Callable[[], Mapping[UUID, str]],
        **kwargs: Any,
    ) -> None:
        """Take away the fields of what may not survive, so that no forged post fills them.

        `workers` is asked when they are to be shown, or when one of them is tapped.
        """
        super().__init__(*args, **kwargs)
        listed = cache(workers)
        self.set_choices("never_workers", lambda: [(f"{key}", name) for key, name in listed().items()])
        for name, place in TYPED.items():
            if place not in places:
                del self.fields[name]
        if not self.typed_fields:
            del self.fields["keep"]
            self.without_never()

    @property
    def typed_fields(self) -> list[str]:
        """Name the fields in which something may be typed here."""
        return [name for name in TYPED if name in self.fields]

    @property
    def named(self) -> bool:
        """Say whether somebody who must never know is tapped or written, or looked for."""
        return any(self[name].value() for name in NeverForm.base_fields if name != "never")

    @property
    def opened(self) -> bool:
        """Say whether the fields stand open whatever is tapped: something is typed in them."""
        return any(self[name].value() for name in self.typed_fields)

    def clean(self) -> dict[str, Any]:
        """Ask kindly where it is not said whether what was typed may be kept."""
        data = super().clean() or self.cleaned_data
        if "keep" in self.fields and data.get("keep") != YES:
            typed = any(data.get(name) for name in self.typed_fields)
            if typed and not data.get("without"):
                self.add_error("keep", WRONG["typed_unasked"])
            data |= dict.fromkeys(self.typed_fields, "")
        elif "keep" in self.fields:
            self.check_never(data)
        return data


class OutcomeForm(KeepForm):
    """The outcome the worker chooses, with a reason, and what is kept."""

    version = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Your decision"),
        choices=[(each.value, each.value) for each in Outcome],
        error_messages={
            "required": _("Choose an outcome."),
            "invalid_choice": _("Choose an outcome."),
        },
    )
    reason = forms.CharField(label=_("Why"), max_length=30, error_messages={"required": _("Choose a reason.")})
    words = forms.CharField(
        label=_("In your own words, without names"),
        help_text=_(
            "Your words are stored only if the person's story is stored. Otherwise only the selected reason is stored."
        ),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, **OFF}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a yes or a no after a finished talk, because help goes on from what is kept."""
        data = super().clean()
        if "outcome" in self.errors:
            # The reasons open with the outcome they fit: until then there is nothing to lead to.
            self.errors.pop("reason", None)
        claims = data.get("outcome") and data["outcome"] not in CLAIMS_NOTHING
        unsaid = "keep" in self.fields and not data.get("keep") and not data.get("without")
        if claims and unsaid and "keep" not in self.errors:
            self.add_error("keep", WRONG["say_whether"])
        return data
