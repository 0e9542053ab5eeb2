"""Forms of requests without an account: of the public site, and of the desk."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from suar.contact import messages, return_codes
from suar.contact.documents import CodeKind, LetterKind
from suar.contact.form_parts import (
    OFF,
    PublicForm,
    WeekdaysField,
    answer_days,
    radio_options,
    reader_field,
    set_choices,
    textarea,
)
from suar.contact.models import Desk
from suar.contact.rules import files
from suar.contact.rules.letters import MAX_SUMMARY_DAYS
from suar.core.i18n import staff_languages
from suar.directory.rules.input_text import names_a_way_to_reach

Files = list["UploadedFile[bytes]"]
CODE_INPUT = {**OFF, "spellcheck": "false", "autocapitalize": "off", "dir": "ltr"}
FILE_LIMITS = _("At most 3 files at once, 5 MB each.")
ACCEPTED_FILES = "image/jpeg,image/png,image/webp,audio/*,application/pdf"
"""File types that a browser offers; with these a phone converts its own kind of picture to JPEG."""


class FilesInput(forms.FileInput):
    """Lets a person choose several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; their kinds are checked later."""

    widget = FilesInput({"accept": ACCEPTED_FILES})

    def clean(self, data: Files | None, initial: object = None) -> Files:
        """Return the files; refuse none if one is required, and more than allowed."""
        if not data and not self.required:
            return []
        if not data:
            raise forms.ValidationError(_("Choose a file first."))
        if len(data) > files.MAX_FILES_AT_ONCE:
            raise forms.ValidationError(FILE_LIMITS)
        return data


class AskForm(PublicForm):
    """The question, the safe contact, and the way back of a letter."""

    desk = forms.TypedChoiceField(
        coerce=UUID, **radio_options(_("Choose who should read it."), _("Who should read it?"))
    )
    words = forms.CharField(
        label=_("What do you want to say or ask?"),
        help_text=_("Use your own words. You do not have to give a name."),
        max_length=4000,
        widget=textarea(6),
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
        widget=textarea(3),
    )
    kind = forms.ChoiceField(
        **radio_options(_("Choose how you come back."), _("How do you come back to read the answer?"))
    )
    meeting = forms.CharField(
        label=_("Only without a code: when and where?"),
        help_text=_("A time and a place, or a number and an hour, at which it is safe for you."),
        max_length=300,
        required=False,
        widget=textarea(2),
    )
    files = FilesField(  # type: ignore[assignment]  # a field of this name, as Django allows
        label=_("Pictures, sound or PDF"), help_text=FILE_LIMITS, required=False
    )

    def __init__(self, *args: Any, desks: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = return_codes.kinds_in(get_language() or "")
        set_choices(self, "desk", [(str(team), name) for team, name in desks.items()])
        set_choices(self, "kind", [(kind, messages.CODE_KINDS.label(kind)) for kind in kinds])
        self.only_desk = next(iter(desks)) if len(desks) == 1 else None
        if self.only_desk:
            del self.fields["desk"]

    def clean(self) -> dict[str, Any]:
        """Require a time and place without a code, and refuse them with one, so that nothing typed is dropped."""
        data = super().clean() or self.cleaned_data
        if data.get("kind") == CodeKind.NONE and not data.get("meeting"):
            self.add_error("meeting", _("Say when and where, or choose a code."))
        elif data.get("kind") and data["kind"] != CodeKind.NONE and data.get("meeting"):
            self.add_error("meeting", messages.MEETING_WITH_CODE)
        return data

    @property
    def team(self) -> UUID:
        """Return the team of the chosen desk of a valid form."""
        return self.only_desk or self.cleaned_data["desk"]

    @property
    def letters(self) -> list[tuple[LetterKind, str]]:
        """Return the letters of a valid form, one for each field that was filled in."""
        kinds = (LetterKind.WORDS, LetterKind.CONTACT, LetterKind.MEETING)
        return [(kind, self.cleaned_data[kind]) for kind in kinds if self.cleaned_data[kind]]


def code_form(data: QueryDict | None = None, *, kind: str = "", expected: str = "") -> "CodeForm":
    """Return the form for a code of a kind: pictures to tap, or a field for digits and words."""
    form = PicturesForm if kind == CodeKind.PICTURES else CodeForm
    return form(data, expected=expected)


class CodeForm(PublicForm):
    """A return code as a person types it; `plain` is what it is read as, once the form is valid."""

    first_field = "code"

    code = forms.CharField(
        label=_("Your code"),
        max_length=return_codes.LONGEST,
        widget=forms.TextInput(CODE_INPUT),
        error_messages={"required": _("Type your code.")},
    )

    def __init__(self, *args: Any, expected: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain, self.expected = "", expected

    def clean_code(self) -> str:
        """Read the code in any way in which it may be typed."""
        typed = str(self.cleaned_data["code"])
        self.check_code(return_codes.read_code(typed))
        return typed

    def check_code(self, plain: str) -> None:
        """Store what was read; raises ValidationError if it is no code, or not the expected one."""
        self.plain = plain
        if not plain:
            raise forms.ValidationError(_("This is not one of our codes. Check it again."))
        if self.expected and plain != self.expected:
            raise forms.ValidationError(_("This code differs from the one above. Compare them."))


class PicturesForm(CodeForm):
    """Pictures to tap: which thing it is, and how many of it. Codes of version 0.1 leave the last two empty."""

    first_field = "thing1"
    code = None  # type: ignore[assignment]  # removes the field, as Django documents
    pictures = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counts = [(str(count), str(count)) for count in range(1, return_codes.MAX_OF_ONE_THING + 1)]
        for number in range(1, return_codes.PICTURES + 1):
            for name, label, choices in (
                ("thing", gettext("Picture %(number)d: which?"), return_codes.things().choices),
                ("many", gettext("Picture %(number)d: how many?"), counts),
            ):
                options = radio_options(_("Tap one picture, and how many."), label % {"number": number})
                required = bool(self.expected) or number <= return_codes.OLD_SIZES[CodeKind.PICTURES]
                self.fields[f"{name}{number}"] = forms.ChoiceField(choices=choices, required=required, **options)

    @property
    def questions(self) -> list[tuple[BoundField, BoundField]]:
        """Return the two questions for each picture."""
        return [(self[f"thing{n}"], self[f"many{n}"]) for n in range(1, return_codes.PICTURES + 1)]

    def clean(self) -> dict[str, Any]:
        """Read the pictures together."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            tapped = [(data[thing.name], data[count.name]) for thing, count in self.questions]
            chosen = [picture for picture in tapped if any(picture)]
            self.check_code(return_codes.read_pictures(chosen) or "")
        return data


class WordsForm(PublicForm):
    """One more letter from the person."""

    words = forms.CharField(
        label=_("Write again"),
        max_length=4000,
        widget=textarea(5),
        error_messages={"required": _("Write a few words first.")},
    )


class ContactForm(PublicForm):
    """Another safe way to reach the person, or none any more."""

    contact = forms.CharField(
        label=_("Another safe way to reach you"),
        help_text=_("It replaces the earlier one. Leave it empty if none is safe now."),
        max_length=500,
        required=False,
        widget=textarea(3),
    )


class FilesForm(PublicForm):
    """Files that are added to a letter; `results` say what became of them."""

    results: Sequence[Any] = ()

    files = FilesField(  # type: ignore[assignment]  # a field of this name, as Django allows
        label=_("Pictures, sound or PDF"), help_text=FILE_LIMITS
    )


class DictatedForm(AskForm):
    """A letter that a worker writes for somebody, with the language of the return code."""

    files = None  # type: ignore[assignment]  # removes the field, as Django documents
    language = forms.ChoiceField(
        label=_("If the code is words: in which language?"),
        choices=[(language.code, language.name) for language in staff_languages()],
        initial=get_language,
    )


class SummaryForm(forms.Form):
    """A summary for the person, for how long it waits, and how they come back."""

    words = forms.CharField(
        label=_("Summary"),
        help_text=_("Go through it with the person: they may leave out or add whatever they want."),
        max_length=2000,
        widget=textarea(8),
    )
    with_names = forms.BooleanField(
        label=_("The person wants names and places in it"),
        required=False,
        help_text=_("Otherwise a summary with a name, number or place of the record is not saved."),
    )
    days = forms.IntegerField(
        label=_("For how many days?"),
        min_value=1,
        max_value=MAX_SUMMARY_DAYS,
        initial=7,
        help_text=_("At most 14. Then it is destroyed automatically."),
    )
    kind = forms.ChoiceField(label=_("How does the person remember the code?"), widget=forms.RadioSelect)
    agreed = forms.BooleanField(
        label=_("The person wants this, and knows that anybody with the code can read it."),
        error_messages={"required": _("Ask the person first.")},
    )

    def __init__(self, *args: Any, names_in: Callable[[str], list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names_in = names_in
        kinds = [kind for kind in return_codes.kinds_in(get_language() or "") if kind is not CodeKind.NONE]
        set_choices(self, "kind", [(kind, messages.CODE_KINDS.label(kind)) for kind in kinds])

    def clean(self) -> dict[str, Any]:
        """Refuse names, numbers and places that the person did not ask for."""
        data = super().clean() or self.cleaned_data
        words = data.get("words", "")
        given_away = [] if data.get("with_names") else self.names_in(words)
        if given_away:
            text = _("Leave this out, or tick that the person wants it: %(words)s")
            self.add_error("words", text % {"words": ", ".join(given_away)})
        elif not data.get("with_names") and names_a_way_to_reach(words):
            self.add_error("words", _("Leave out numbers and addresses, or tick that the person wants them."))
        return data


class DeskForm(forms.ModelForm[Desk]):
    """The team that answers, and its text on the public page."""

    team = forms.TypedChoiceField(label=_("Which team answers?"), coerce=UUID)
    who_en = reader_field(_("Who reads it? (English)"), _("For example: two women of our team. No names."))
    who_id = reader_field(_("Who reads it? (Indonesian)"))
    days = WeekdaysField()
    answers_within_days = answer_days(2)
    closes_after_hours = forms.IntegerField(
        label=_("Close the page after this many hours without a reader"), min_value=12, max_value=168, initial=48
    )

    class Meta:
        model = Desk
        fields = ("team", "switched_on", "who_en", "who_id", "days", "answers_within_days", "closes_after_hours")
        labels = {"switched_on": _("People may write to this team")}

    def __init__(self, *args: Any, teams: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "team", [(str(team), name) for team, name in teams.items()])

    def validate_unique(self) -> None:
        """Allow a team that has a desk: saving replaces it."""
