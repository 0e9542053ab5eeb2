"""Forms of asking for help: those of the public door, and those of the desk."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from suar.contact import labels
from suar.contact.codes import kinds_in, read
from suar.contact.rules import codes
from suar.contact.terms import CodeKind

OFF = {"autocomplete": "off"}
QUIET = {**OFF, "spellcheck": "false", "autocapitalize": "off", "dir": "ltr"}
MEETING_WITH_CODE = _(
    "You chose a code: then nobody comes to a time and place. Empty this, or choose “No code”. "
    "You may also write it above, as a safe way to reach you."
)


def lines(rows: int) -> forms.Textarea:
    """Make a field for several lines of which a browser keeps nothing."""
    return forms.Textarea({"rows": rows, **OFF})


def one_of(wrong: Any, **told: Any) -> dict[str, Any]:
    """Say how one of several is tapped, and what is said where none or another one was."""
    told["error_messages"] = dict.fromkeys(("required", "invalid_choice"), wrong)
    return {"widget": forms.RadioSelect, **told}


class AskForm(forms.Form):
    """What somebody asks, how they may be reached, and how they come back."""

    use_required_attribute = False

    desk = forms.TypedChoiceField(
        coerce=UUID, **one_of(_("Choose who should read it."), label=_("Who should read it?"))
    )
    words = forms.CharField(
        label=_("What do you want to say or ask?"),
        help_text=_("Use your own words. You do not have to give a name."),
        max_length=4000,
        widget=lines(6),
        error_messages={"required": _("Write a few words, so that somebody can answer.")},
    )
    contact = forms.CharField(
        label=_("Is there a safe way to reach you?"),
        help_text=_(
            "For example a number, at which hours, and what we may say if somebody else "
            "answers. Leave it empty if no way is safe: then we never try."
        ),
        max_length=500,
        required=False,
        widget=lines(3),
    )
    kind = forms.ChoiceField(
        choices=list(labels.KINDS.items()),
        **one_of(_("Choose how you come back."), label=_("How do you come back to read the answer?")),
    )
    meeting = forms.CharField(
        label=_("Only without a code: when and where?"),
        help_text=_("A time and a place, or a number and an hour, at which it is safe for you."),
        max_length=300,
        required=False,
        widget=lines(2),
    )

    def __init__(self, *args: Any, desks: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["desk"].choices = [(str(team), name) for team, name in desks.items()]
        self.fields["kind"].choices = [(kind, labels.KINDS[kind]) for kind in kinds_in(get_language() or "")]
        self.only = next(iter(desks)) if len(desks) == 1 else None
        if self.only:
            del self.fields["desk"]

    def clean(self) -> dict[str, Any]:
        """Ask for a time and place where there is no code, and only there: nothing is dropped."""
        said = super().clean() or self.cleaned_data
        if said.get("kind") == CodeKind.NONE and not said.get("meeting"):
            self.add_error("meeting", _("Say when and where, or choose a code."))
        elif said.get("kind") and said["kind"] != CodeKind.NONE and said.get("meeting"):
            self.add_error("meeting", MEETING_WITH_CODE)
        return said

    @property
    def way_back(self) -> CodeKind:
        """Give how the person comes back, once this is valid."""
        return CodeKind(self.cleaned_data["kind"])

    @property
    def chosen(self) -> UUID:
        """Give the team of the chosen desk, once this is valid."""
        return self.only or self.cleaned_data["desk"]


def code_form(typed: QueryDict | None = None, *, kind: str = "", expected: str = "") -> "CodeForm":
    """Make the form for a code of a kind: pictures to tap, or a field for digits and words."""
    form = PicturesForm if kind == CodeKind.PICTURES else CodeForm
    return form(typed, expected=expected)


class CodeForm(forms.Form):
    """A return code as somebody types it; `read` is what it means, once this is valid."""

    use_required_attribute = False

    code = forms.CharField(
        label=_("Your code"),
        max_length=120,
        widget=forms.TextInput(QUIET),
        error_messages={"required": _("Type your code.")},
    )

    def __init__(self, *args: Any, expected: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.read, self.expected = "", expected

    @property
    def first(self) -> str:
        """Name the field beside which a wrong code is told."""
        return "code"

    def clean_code(self) -> str:
        """Read the code in any way in which it may be typed; where one is expected, it is that."""
        typed = str(self.cleaned_data["code"])
        self.take(read(typed))
        return typed

    def take(self, found: str) -> None:
        """Keep what was read; raises ValidationError where it is none, or another one."""
        self.read = found
        if not found:
            raise forms.ValidationError(_("That is no code of ours. Look at it once more."))
        if self.expected and found != self.expected:
            raise forms.ValidationError(_("This is another code than the one above. Compare them."))


class PicturesForm(CodeForm):
    """Six pictures to tap: which thing it is, and how many of it."""

    code = None
    pictures = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        things = [(code, labels.THINGS[code]) for code in codes.THINGS]
        many = [(str(each), str(each)) for each in range(1, codes.MOST_OF_ONE + 1)]
        for place in range(1, codes.PICTURES + 1):
            for name, choices in (("thing", things), ("many", many)):
                self.fields[f"{name}{place}"] = forms.ChoiceField(
                    choices=choices,
                    **one_of(
                        _("Tap one picture, and how many."),
                        label=labels.place_of(place, of_thing=name == "thing"),
                    ),
                )

    @property
    def first(self) -> str:
        """Name the field beside which a wrong code is told: the first picture."""
        return "thing1"

    @property
    def places(self) -> list[tuple[BoundField, BoundField]]:
        """Give the two questions of each picture."""
        return [(self[f"thing{n}"], self[f"many{n}"]) for n in range(1, codes.PICTURES + 1)]

    def clean(self) -> dict[str, Any]:
        """Read the six pictures together."""
        said = super().clean() or self.cleaned_data
        if not self.errors:
            chosen = [(said[a.name], said[b.name]) for a, b in self.places]
            self.take(codes.read_pictures(chosen) or "")
        return said


class WordsForm(forms.Form):
    """One more letter from the person, or an answer to them."""

    use_required_attribute = False

    words = forms.CharField(
        label=_("Write again"),
        max_length=4000,
        widget=lines(5),
        error_messages={"required": _("Write a few words first.")},
    )


class ContactForm(forms.Form):
    """Another safe way to reach the person, or none any more."""

    use_required_attribute = False

    contact = forms.CharField(
        label=_("Another safe way to reach you"),
        help_text=_("It takes the place of the one before. Leave it empty if none is safe now."),
        max_length=500,
        required=False,
        widget=lines(3),
    )


class AnswerForm(forms.Form):
    """An answer of the team."""

    answer = forms.CharField(
        label=_("Answer"),
        help_text=_(
            "Plain words. Whoever holds the code reads it, perhaps beside somebody else: "
            "name nobody and no hidden place."
        ),
        max_length=4000,
        widget=lines(6),
        error_messages={"required": _("Write a few words first.")},
    )


class WrittenDownForm(AskForm):
    """What a worker writes down for somebody, and in which language the person keeps words."""

    language = forms.ChoiceField(
        label=_("If the code is words: in which language?"),
        choices=[("id", "Bahasa Indonesia"), ("en", "English")],
        initial=get_language,
    )


class DeskForm(forms.Form):
    """Which team answers, and what the public page says of it."""

    team = forms.TypedChoiceField(label=_("Which team answers?"), coerce=UUID)
    switched_on = forms.BooleanField(label=_("People may write to this team"), required=False)
    who_en = forms.CharField(
        label=_("Who reads it? (English)"),
        max_length=200,
        widget=forms.TextInput(OFF),
        help_text=_("For example: two women of our team. No names."),
    )
    who_id = forms.CharField(label=_("Who reads it? (Indonesian)"), max_length=200, widget=forms.TextInput(OFF))
    days = forms.TypedMultipleChoiceField(
        label=_("On which days does somebody read?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    answers_within_days = forms.IntegerField(
        label=_("Within how many of these days does an answer usually come?"),
        min_value=1,
        max_value=30,
        initial=2,
    )
    closes_after_hours = forms.IntegerField(
        label=_("Close the page when nobody has looked for so many hours"),
        min_value=12,
        max_value=168,
        initial=48,
    )

    def __init__(self, *args: Any, teams: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [(str(team), name) for team, name in teams.items()]
        self.fields["days"].choices = [(day, labels.weekday(day)) for day in range(1, 8)]
