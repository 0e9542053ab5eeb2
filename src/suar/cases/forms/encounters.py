"""The form of an earlier encounter; nothing but its kind is needed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import ENCOUNTER_HARMS, ENCOUNTER_ROLES, ENCOUNTER_SOURCES
from suar.cases.documents.history import Encounter, EncounterWords
from suar.cases.forms import choice_field, choices_field, text_field
from suar.cases.forms.dates import partial_date_field
from suar.cases.forms.episodes import country_choices
from suar.core.i18n import localize
from suar.directory.labels import place_choices
from suar.screening.rules.reference import end_groups, settings

BARRIERS = "barriers_"
OTHER = "other"


def event_choices() -> list[tuple[str, Any]]:
    """Return the kinds of encounters by group."""
    return [(localize(group.label), _rows(group.codes)) for group in end_groups("missed")]


def setting_choices() -> list[tuple[str, Any]]:
    """Return the settings of first contact."""
    return [(row.code, localize(row.label)) for row in settings().settings.values()]


def _rows(codes: Any) -> list[tuple[str, str]]:
    return [(code.code, localize(code.text)) for code in codes]


class EncounterForm(forms.Form):
    """An earlier encounter as the person or a worker tells it."""

    event = choice_field(_("What happened?"), event_choices)
    when = partial_date_field(_("When"))
    setting = choice_field(_("Where did it happen?"), setting_choices, empty=_("Not known"))
    role = choice_field(
        _("Who met the person?"), ENCOUNTER_ROLES, _("The role only, never a name."), empty=_("Not asked")
    )
    country = choice_field(_("Country"), country_choices, empty=_("Not known"))
    district = choice_field(_("District"), place_choices, empty=_("Not known"))
    behaviour = text_field(_("What the person did or showed"), 500, rows=2, help_text=_("Only what they want stored."))
    harms = choices_field(_("What followed"), ENCOUNTER_HARMS)
    months = forms.IntegerField(
        label=_("Months of further exploitation"),
        required=False,
        min_value=0,
        max_value=600,
        help_text=_("Empty if nobody knows."),
    )
    sources = choices_field(_("Source"), ENCOUNTER_SOURCES)
    lesson = text_field(_("What could be done differently"), 500, rows=2)
    lesson_owner = text_field(_("Who follows it up"), 120)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, encounter: Encounter | None, words: EncounterWords, event: str
    ) -> None:
        """`event` is the kind of an encounter of which nothing more is known yet."""
        chosen = set(encounter.barriers) if encounter else set()
        initial = {**(dict(encounter) if encounter else {"event": event}), **words.model_dump()}
        super().__init__(data, initial=initial)
        for group in end_groups("barriers"):
            known = [code.code for code in group.codes if code.code in chosen]
            field = choices_field(localize(group.label), _rows(group.codes), initial=known)
            self.fields[f"{BARRIERS}{group.code}"] = field

    @property
    def barrier_fields(self) -> list[forms.BoundField]:
        """The fields of what stood in the way, by group."""
        return [self[name] for name in self.fields if name.startswith(BARRIERS)]

    def ask_if_same(self, alike: Mapping[str, str]) -> None:
        """Ask whether this is one of the encounters that are recorded already, by key and label."""
        choices = [*alike.items(), (OTHER, _("No, it is another one"))]
        self.fields["same"] = choice_field(_("Is it one of these?"), choices, radio=True)
        self.add_error("same", _("This may be recorded already. Choose, so that it is counted only once."))

    def to_encounter(self, *, by: UUID, at: datetime) -> Encounter:
        """Return a valid form as an encounter."""
        data = self.cleaned_data
        names = ("event", "when", "setting", "role", "country", "district", "harms", "months", "sources")
        barriers = [code for name in self.fields if name.startswith(BARRIERS) for code in data[name]]
        return Encounter(by=by, at=at, barriers=tuple(barriers), **{name: data[name] for name in names})

    def to_words(self) -> EncounterWords:
        """Return the words of a valid form."""
        return EncounterWords(**{name: self.cleaned_data[name] for name in EncounterWords.model_fields})
