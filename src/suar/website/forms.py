"""Forms of the public site, and those of editors for recordings and booklets."""

from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from suar.core.codes import code_list
from suar.core.i18n import active_language
from suar.directory import catalogue, labels
from suar.directory.codes import Nationality
from suar.directory.rules.opus import MAX_BYTES, Audio, RecordingRefused, clean_recording
from suar.directory.search import SearchQuery
from suar.website import recordings

OTHER_WORDS = {"invalid_choice": _("Please choose from the list.")}
"""Django's words would repeat whatever was sent."""
MOST_TYPED = 60
NOT_SAID = ("", pgettext_lazy("an answer somebody may give", "I do not want to say"))


@dataclass(frozen=True, slots=True)
class Need:
    """A need in a person's words, its picture, and the directory's codes for it."""

    name: str
    words: str | Promise
    codes: tuple[str, ...]


NEEDS = {
    need.name: need
    for need in (
        Need("bed", _("A safe place to sleep"), ("HOUSING",)),
        Need("health", _("A doctor or medicine"), ("HEALTH",)),
        Need("talk", _("Someone to talk to"), ("MENTAL",)),
        Need("safety", _("I am afraid of somebody"), ("SAFETY",)),
        Need("wages", _("My wages or a debt"), ("JUS_WAGES", "ECO_DEBT", "BAS_CASH")),
        Need("rights", _("A lawyer, my rights"), ("JUSTICE", "COO_INFO")),
        Need("papers", _("My papers"), ("STATUS",)),
        Need("food", _("Food, clothes, a phone"), ("BASIC",)),
        Need("way-home", _("A way home"), ("RETURN",)),
        Need("family", _("My children or family"), ("FAMILY", "COO_GUARDIAN", "HOU_FAMILY")),
        Need("work", _("Other work or a course"), ("ECONOMIC", "EDUCATION")),
        Need("unsure", _("I am not sure yet"), ("COORD",)),
    )
}
WHO = {
    "woman": (_("A woman"), "FEMALE", "ADULT"),
    "man": (_("A man"), "MALE", "ADULT"),
    "girl": (_("A girl under 18"), "FEMALE", "CHILD"),
    "boy": (_("A boy under 18"), "MALE", "CHILD"),
    "trans": (_("A trans person"), "TRANS", ""),
}


def place_choices(language: str) -> list[tuple[str, Any]]:
    """Return districts by province, provinces without districts, and places outside of the country."""
    places = catalogue.places().values()
    names = {place.code: place.label(language) for place in places}
    districts: dict[str, list[tuple[str, str]]] = {}
    for place in places:
        if place.group:
            districts.setdefault(place.group, []).append((place.code, names[place.code]))
    others = [
        (place.code, names[place.code])
        for place in places
        if not place.group and place.code.isdigit() and place.code not in districts
    ]
    elsewhere = [(code, names[code]) for code in ("ABROAD", "SEA") if code in names]
    return [
        ("", _("Anywhere")),
        *(
            (names[province], [(province, anywhere_in(names[province])), *_by_name(inside)])
            for province, inside in districts.items()
        ),
        (_("Other provinces"), _by_name(others)),
        (_("Elsewhere"), elsewhere),
    ]


def language_choices(language: str) -> list[tuple[str, Any]]:
    """Return the languages in which a provider may be asked for."""
    names = [(row.code, row.label(language)) for row in catalogue.languages().values()]
    return [("", _("Any")), *_by_name(names)]


def anywhere_in(province: str) -> str:
    """Return the choice for the whole of a province, from its name."""
    return gettext("Anywhere in %(province)s") % {"province": province}


def _by_name(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(choices, key=itemgetter(1))


class FindForm(forms.Form):
    """What is needed, where, and for whom; everything may be left out."""

    use_required_attribute = False

    needs = forms.MultipleChoiceField(
        label=_("What do you need?"),
        help_text=_("Choose as many as you like."),
        choices=[(need.name, need.words) for need in NEEDS.values()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages=OTHER_WORDS,
    )
    place = forms.ChoiceField(
        label=_("Where are you?"),
        help_text=_("A city or district is enough. Nobody learns an address."),
        choices=lambda: place_choices(active_language()),
        required=False,
        error_messages=OTHER_WORDS,
    )
    now = forms.BooleanField(label=_("I need somebody today or tonight"), required=False)
    who = forms.ChoiceField(
        label=_("Who is it for?"),
        choices=[*((code, words) for code, (words, _sex, _age) in WHO.items()), NOT_SAID],
        widget=forms.RadioSelect,
        required=False,
        error_messages=OTHER_WORDS,
    )
    children = forms.BooleanField(label=_("A child comes with me"), required=False)
    citizen = forms.ChoiceField(
        label=_("Are you a citizen of Indonesia?"),
        choices=[
            (Nationality.NATIONAL.value, _("Yes")),
            (Nationality.FOREIGN.value, _("No, of another country")),
            (Nationality.STATELESS.value, _("No, of no country")),
            NOT_SAID,
        ],
        widget=forms.RadioSelect,
        required=False,
        error_messages=OTHER_WORDS,
    )
    spoken = forms.ChoiceField(
        label=_("Which language is easiest?"),
        choices=lambda: language_choices(active_language()),
        required=False,
        error_messages=OTHER_WORDS,
    )
    text = forms.CharField(
        label=_("Look for a word"),
        help_text=_(
            "For instance the name of a place that helps. A small typing error does not matter. "
            "Please write no name of a person."
        ),
        required=False,
        max_length=MOST_TYPED,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"max_length": _("Please write less.")},
    )
    free = forms.BooleanField(label=_("Only what costs nothing"), required=False)
    papers = forms.ChoiceField(
        label=_("Do you have an identity card or passport at hand?"),
        choices=[("yes", _("Yes")), ("no", _("No, or only a copy")), NOT_SAID],
        widget=forms.RadioSelect,
        required=False,
        error_messages=OTHER_WORDS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if settings.SUAR_COUNTRY != "ID":
            del self.fields["citizen"]

    @property
    def needs_shown(self) -> list[tuple[Any, str]]:
        """Pair each box of `needs` with its picture."""
        return list(zip(self["needs"], NEEDS, strict=True))

    def wanted(self, *, after: str = "") -> SearchQuery:
        """Return the search query of the form."""
        said = self.cleaned_data
        _words, sex, age = WHO.get(said["who"], ("", "", ""))
        codes = (code for name in said["needs"] for code in NEEDS[name].codes)
        return SearchQuery(
            needs=tuple(dict.fromkeys(codes)),
            place=said["place"],
            sex=sex,
            age=age,
            children=said["children"],
            nationality=said.get("citizen", ""),
            language=said["spoken"],
            without_papers=said["papers"] == "no",
            now=said["now"],
            free=said["free"],
            text=said["text"],
            after=after,
        )

    def carried(self) -> list[tuple[str, str]]:
        """List what was chosen as names and values, to be carried to the next page."""
        chosen = {name: self.cleaned_data[name] for name in self.fields}
        return [
            (name, "on" if value is True else value)
            for name, values in chosen.items()
            for value in (values if isinstance(values, list) else [values])
            if value
        ]


class WrongForm(forms.Form):
    """What is wrong with a service; one thing, and no words."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("Choose one"),
        choices=code_list("directory", "error_kinds").choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose from the list."), **OTHER_WORDS},
        label_suffix="",
    )


class RecordingForm(forms.Form):
    """A recording of a reading page in a language."""

    use_required_attribute = False

    text = forms.ChoiceField(label=_("Which text?"), choices=lambda: recordings.text_choices(active_language()))
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
