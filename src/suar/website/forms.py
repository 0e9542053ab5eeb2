"""Forms of the public site, and those of editors for recordings and booklets."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from suar.contact.form_parts import PublicForm, radio_options
from suar.core.codes import code_list
from suar.core.i18n import active_language
from suar.directory import labels
from suar.directory.rules.input_text import names_a_way_to_reach
from suar.directory.rules.locations import find_districts, find_street_clues
from suar.directory.rules.opus import MAX_BYTES, Audio, RecordingRefused, clean_recording
from suar.directory.rules.relevance import ADULT_YEARS
from suar.directory.search import SearchQuery
from suar.website import recordings
from suar.website.messages import read_messages

NOT_LISTED = dict.fromkeys(("required", "invalid_choice"), _("Please choose from the list."))
"""Django's own message would repeat whatever was sent."""
TOO_LONG = {"max_length": _("Please write less.")}
FEW_WORDS = {"required": _("Write a few words first."), **TOO_LONG}
MAX_SEARCH_CHARACTERS, MAX_AGE = 120, 120
NO_ANSWER = ("", pgettext_lazy("an answer somebody may give", "I do not want to say"))


@dataclass(frozen=True, slots=True)
class Need:
    """A need in plain words, with its service types, the best first; `name` is also the name of its pictogram.

    `child`: types that come first for a child. `kinds`: what it may mean, if that is several things. `ask`: a list for
    all of these would be wrong for some, so one of them is chosen first.
    """

    name: str
    words: str | Promise
    codes: Sequence[str]
    child: Sequence[str] = ()
    ask: bool = False
    kinds: Sequence["Need"] = ()

    def chosen_kinds(self, names: Collection[str]) -> Sequence["Need"]:
        """Return the kinds with these names, or else the need itself."""
        return [kind for kind in self.kinds if kind.name in names] or [self]

    def names_of(self, codes: Collection[str]) -> list[str]:
        """Return the names of the kinds that mostly mean one of some types."""
        return [kind.name for kind in self.kinds if kind.codes[0] in codes]

    def codes_for(self, age: str) -> tuple[str, ...]:
        """Return the types for a child or for others, the best first."""
        return tuple(dict.fromkeys((*(self.child if age == "CHILD" else ()), *self.codes)))


TABLES: dict[str, Any] = read_messages("needs")
NEEDS = {
    row["name"]: Need(**row | {"kinds": [Need(**kind) for kind in row.get("kinds", ())]}) for row in TABLES["needs"]
}
AT_ONCE, INFORMATION = frozenset({"safety", "bed"}), frozenset({"COO_INFO"})
WHO = TABLES["who"]
"""The choices of "Who is it for?", with the codes of sex and age."""


class LongSelect(forms.Select):
    """A select with many options. Its template renders all of them at once: Django includes two for each option."""

    template_name = "website/select.html"


@cache
def place_choices(language: str) -> list[tuple[str | Promise, Any]]:
    """Return districts by province, provinces without districts, and places outside of the country."""
    with override(language):
        *provinces, elsewhere = labels.place_choices()
    grouped, others = [], []
    for name, ((province, _name), *districts) in provinces:
        if districts:
            anywhere = _("Anywhere in %(province)s") % {"province": name}
            grouped.append((name, [(province, anywhere), *sorted(districts, key=itemgetter(1))]))
        else:
            others.append((province, name))
    return [("", _("Anywhere")), *grouped, (_("Other provinces"), sorted(others, key=itemgetter(1))), elsewhere]


class FindForm(PublicForm):
    """The search form of the public site; every field is optional."""

    needs = forms.MultipleChoiceField(
        label=_("What do you need?"),
        help_text=_("Choose as many as you like."),
        choices=[(need.name, need.words) for need in NEEDS.values()],
        widget=forms.CheckboxSelectMultiple,
    )
    kinds = forms.MultipleChoiceField(
        label=_("Which of these is it?"),
        choices=[(kind.name, kind.words) for need in NEEDS.values() for kind in need.kinds],
        widget=forms.MultipleHiddenInput,
    )
    place = forms.ChoiceField(
        label=_("Where are you?"),
        help_text=_("A city or district is enough. Nobody learns an address."),
        choices=lambda: place_choices(active_language()),
        widget=LongSelect,
    )
    now = forms.BooleanField(label=_("I need somebody today or tonight"))
    who = forms.ChoiceField(
        label=_("Who is it for?"),
        choices=[*((code, row["words"]) for code, row in WHO.items()), NO_ANSWER],
        widget=forms.RadioSelect,
    )
    age = forms.IntegerField(
        label=_("How old, if you know?"), validators=[MinValueValidator(0), MaxValueValidator(MAX_AGE)]
    )
    age_unknown = forms.BooleanField(label=_("Nobody knows the age"))
    children = forms.BooleanField(label=_("A child comes with me"))
    child_age = forms.IntegerField(
        label=_("How old is the oldest child?"),
        validators=[MinValueValidator(0), MaxValueValidator(ADULT_YEARS - 1)],
    )
    step_free = forms.BooleanField(label=_("I need a way in without steps"))
    citizen = forms.ChoiceField(
        label=_("Are you a citizen of Indonesia?"),
        choices=[
            ("NATIONAL", _("Yes")),
            ("FOREIGN", _("No, of another country")),
            ("STATELESS", _("No, of no country")),
            NO_ANSWER,
        ],
        widget=forms.RadioSelect,
    )
    spoken = forms.ChoiceField(
        label=_("Which language is easiest?"),
        choices=lambda: [("", _("Any")), *labels.language_choices()],
        widget=LongSelect,
    )
    text = forms.CharField(
        label=_("Look for a word"),
        help_text=_(
            "For instance the name of a place that helps. A small typing error does not matter. "
            "Please write no name of a person."
        ),
        max_length=MAX_SEARCH_CHARACTERS,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages=TOO_LONG,
    )
    free = forms.BooleanField(label=_("Only what costs nothing"))
    papers = forms.ChoiceField(
        label=_("Do you have an identity card or passport at hand?"),
        choices=[("yes", _("Yes")), ("no", _("No, or only a copy")), NO_ANSWER],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.SUAR_COUNTRY != "ID":
            del self.fields["citizen"]
        for field in self.fields.values():
            field.required = field.widget.is_required = False
            field.error_messages |= NOT_LISTED

    @property
    def needs_with_pictures(self) -> list[tuple[Any, str]]:
        """Pair each box of `needs` with its picture."""
        return list(zip(self["needs"], NEEDS, strict=True))

    @property
    def question(self) -> Need | None:
        """Return a chosen need of which no kind is chosen yet, those that must be asked first.

        Somebody who needs safety or a bed is asked nothing.
        """
        chosen = self.cleaned_data["needs"]
        unanswered = [need for need, kinds in self._chosen_kinds() if need.kinds and [*kinds] == [need]]
        return None if AT_ONCE & {*chosen} else next(iter(sorted(unanswered, key=lambda need: not need.ask)), None)

    def _chosen_kinds(self) -> list[tuple[Need, Sequence[Need]]]:
        """Return each chosen need with its kinds; a kind that means what one of another need means is chosen."""
        needs, names = [NEEDS[name] for name in self.cleaned_data["needs"]], {*self.cleaned_data["kinds"]}
        meant = {kind.codes[0] for need in needs for kind in need.kinds if kind.name in names} - INFORMATION
        return [
            (need, need.chosen_kinds(names & {kind.name for kind in need.kinds} or need.names_of(meant)))
            for need in needs
        ]

    def search_query(self, *, after: str = "") -> SearchQuery:
        """Return the search query of the form."""
        answers = self.cleaned_data
        who, years = WHO.get(answers["who"], {"sex": "", "age": ""}), answers["age"]
        # Somebody chooses "a man" and types 15: the number counts.
        age = who["age"] if years is None else "CHILD" if years < ADULT_YEARS else "ADULT"
        kinds = chain.from_iterable(kinds for _need, kinds in self._chosen_kinds())
        tiles = tuple(kind.codes_for(age) for kind in kinds)
        return SearchQuery(
            needs=tuple(dict.fromkeys(chain.from_iterable(tiles))),
            tiles=tiles,
            place=answers["place"],
            sex=who["sex"],
            age="" if answers["age_unknown"] else age,
            age_years=years,
            children=answers["children"] or answers["child_age"] is not None,
            child_age=answers["child_age"],
            step_free=answers["step_free"],
            nationality=answers.get("citizen", ""),
            language=answers["spoken"],
            without_papers=answers["papers"] == "no",
            now=answers["now"],
            free=answers["free"],
            text=answers["text"],
            after=after,
        )

    def hidden_values(self) -> list[tuple[str, str]]:
        """Return what was chosen as names and values, for hidden fields of the next page."""
        chosen = {name: self.cleaned_data[name] for name in self.fields}
        return [
            (name, "on" if value is True else value)
            for name, values in chosen.items()
            for value in (values if isinstance(values, list) else [values])
            if value not in (None, "", False)
        ]


class ErrorReportForm(PublicForm):
    """The kind of error in an entry; without free text."""

    kind = forms.ChoiceField(
        choices=code_list("directory", "error_kinds").choices,
        **radio_options(_("Please choose from the list."), _("Choose one")),
    )


HOW_KNOWN = (
    ("works", _("I work there")),
    ("helped", _("They helped me or somebody I know")),
    ("heard", _("I heard or read about them")),
)


class ProposalForm(PublicForm):
    """A service that a reader misses in the directory; nobody who writes is known."""

    name = forms.CharField(label=_("What is it called?"), max_length=120, error_messages=FEW_WORDS)
    place = forms.ChoiceField(
        label=_("Where is it?"),
        choices=lambda: [("", _("Please choose from the list.")), *place_choices(active_language())[1:]],
        widget=LongSelect,
        error_messages=NOT_LISTED,
    )
    secret = forms.BooleanField(
        label=_("The place is secret: people are safe there"),
        help_text=_("Then we keep no phone number. Please call us instead."),
        required=False,
    )
    offers = forms.CharField(
        label=_("What help do they give?"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages=FEW_WORDS,
    )
    reach = forms.CharField(
        label=_("How can people reach them?"),
        help_text=_("A phone number, or the days when they are open."),
        max_length=200,
        required=False,
        error_messages=TOO_LONG,
    )
    known = forms.ChoiceField(
        label=_("How do you know them?"),
        choices=[*HOW_KNOWN, NO_ANSWER],
        widget=forms.RadioSelect,
        required=False,
        error_messages=NOT_LISTED,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what leads to a secret place, and numbers where they would be shown with the entry."""
        data = super().clean() or self.cleaned_data
        for name in ("name", "offers", "reach"):
            text = data.get(name, "")
            leads_there = bool(find_street_clues(text) or find_districts(text))
            has_number = name != "reach" and names_a_way_to_reach(text)
            if data.get("secret") and (leads_there or has_number):
                self.add_error(name, _("The place is secret. Leave out streets, towns and numbers."))
            elif has_number:
                self.add_error(
                    name, _("Leave out phone numbers, times and links here. There is a field for them below.")
                )
        return data

    def answers(self) -> dict[str, str]:
        """Return the typed values; the note to editors has the contact of the service and how it is known.

        Directions to a secret place are left out.
        """
        answers = self.cleaned_data
        reach = "" if answers["secret"] else answers["reach"]
        known = dict(HOW_KNOWN).get(answers["known"], "")
        return {
            **{name: answers[name] for name in ("name", "place", "offers")},
            "secret": "yes" if answers["secret"] else "",
            "note": "\n".join(str(line) for line in (reach, known) if line),
        }


class RecordingForm(forms.Form):
    """A recording of a reading page in a language."""

    use_required_attribute = False

    text = forms.ChoiceField(label=_("Which text?"), choices=recordings.text_choices)
    language = forms.ChoiceField(label=_("In which language?"), choices=recordings.language_choices)
    file = forms.FileField(
        label=_("Sound file"),
        help_text=_(
            "Ogg with Opus, at most 3 MB and 20 minutes. A phone often records MP3 or M4A: convert it first, for "
            "example with ffmpeg -i voice.m4a -c:a libopus -b:a 24k voice.ogg"
        ),
        widget=forms.FileInput({"accept": "audio/ogg,.ogg,.opus"}),
        allow_empty_file=True,
    )
    audio: Audio | None = None

    def clean_file(self) -> "UploadedFile[bytes]":
        """Check the recording and remove its metadata."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            self.audio = clean_recording(file.read(MAX_BYTES + 1))
        except RecordingRefused as refused:
            raise forms.ValidationError(labels.code_label("recording_refusals", refused.code)) from None
        return file
