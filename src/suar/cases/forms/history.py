"""Forms of what happened: a time of exploitation, a stage of life, and an earlier encounter."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from suar.cases import codes
from suar.cases.codes import ENCOUNTER_HARMS, ENCOUNTER_ROLES, ENCOUNTER_SOURCES
from suar.cases.documents.history import Encounter, EncounterWords, EpisodeFacts, LifeStage
from suar.cases.fields_in_words import values_in_words
from suar.cases.forms import SavedForm, VersionedForm, choice_field, choices_field, text_field
from suar.cases.forms.dates import partial_date_field
from suar.core.codes import CodeList
from suar.core.i18n import localize
from suar.directory.labels import place_choices
from suar.screening.rules import reference

KINDS = ("strength", "vulnerability")


def country_choices() -> list[tuple[str, str]]:
    """Return the countries by name, the one of this installation and the sea first."""
    names = sorted((member.label, member.code) for member in codes.COUNTRIES.members)
    first = [settings.SUAR_COUNTRY, "SEA"]
    return [(code, codes.COUNTRIES.label(code)) for code in first] + [
        (code, label) for label, code in names if code not in first
    ]


class Section(NamedTuple):
    """Fields of a form that open together; closed as long as nothing in them is filled or wrong."""

    label: Any
    fields: list[forms.BoundField]
    filled: str
    is_open: bool


class EpisodeForm(VersionedForm):
    """A time of exploitation; every field may stay empty, and says why it is asked."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    reason = text_field(_("Reason for striking it out"), 200)
    start = partial_date_field(_("When it began"))
    end = partial_date_field(_("When it ended"), help_text=_("Empty if it has not ended, or nobody knows."))
    country = choice_field(
        _("Country"),
        country_choices,
        _("Decides whose law applies, and which embassy or labour office can help."),
        empty=_("Not asked"),
    )
    place = text_field(_("District or town"), 120, help_text=_("Only as precise as a claim or a service needs."))
    forms = choices_field(
        _("What the person was made to do"), codes.EPISODE_FORMS, _("Services differ by form, and so do claims.")
    )
    sector = choice_field(
        _("Kind of work"),
        codes.SECTORS,
        _("For wages, and for the office that inspects such work."),
        empty=_("Not asked"),
    )
    recruiters = choices_field(
        _("Who recruited the person"),
        codes.EPISODE_RELATIONS,
        _("No names. It shows whom a service must not involve, and whether home is safe."),
    )
    exploiters = choices_field(_("Who gained from it or was in control"), codes.EPISODE_RELATIONS, _("No names."))
    means = choices_field(
        _("How the person was controlled"), codes.EPISODE_MEANS, _("It matters for formal status, claims and recovery.")
    )
    ended = choice_field(
        _("How it ended"),
        codes.EPISODE_ENDS,
        _("Shows whether somebody may still look for the person."),
        empty=_("Not asked"),
    )
    words = text_field(
        _("In the person's own words"),
        1000,
        rows=3,
        help_text=_("Only what they want written down, so that nobody asks again."),
    )
    PARTS = (
        (_("When and where"), ("start", "end", "country", "place")),
        (_("Form and work"), ("forms", "sector")),
        (_("Who"), ("recruiters", "exploiters")),
        (_("How the person was controlled"), ("means",)),
        (_("How it ended"), ("ended", "words")),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, facts: EpisodeFacts, version: int = 0) -> None:
        super().__init__(data, initial={**dict(facts), "version": version})

    def sections(self) -> list[Section]:
        """Return the fields in parts; the first two parts are always open."""
        words = dict(values_in_words(self.current_facts()))
        return [
            Section(
                label,
                [self[name] for name in names],
                " · ".join(filter(None, (words.get(name, "") for name in names))),
                place < 2 or any(self[name].errors for name in names),
            )
            for place, (label, names) in enumerate(self.PARTS)
        ]

    def current_facts(self) -> EpisodeFacts:
        """Return the valid answers of the form."""
        values = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else self.initial
        return EpisodeFacts(**{name: values[name] for name in EpisodeFacts.model_fields if values.get(name)})

    def clean(self) -> dict[str, Any]:
        """Require a reason for striking out, and else at least one answer."""
        data = super().clean() or {}
        if "strike" in self.data:
            if not data.get("reason"):
                self.add_error("reason", _("Enter this."))
        elif not self.errors and not any(data.get(name) for name in EpisodeFacts.model_fields):
            self.add_error(None, _("Fill in at least one answer."))
        return data


class StageForm(VersionedForm):
    """Strengths and vulnerabilities at one stage of life, by level."""

    words = text_field(_("In words, if needed"), 1000, rows=3)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, stage: str, known: LifeStage | None, version: int
    ) -> None:
        chosen = set(known.factors) if known else set()
        initial = {"words": known.words if known else "", "version": version}
        super().__init__(data, initial=initial)
        for level, kind, factors in factors_by_level(stage):
            self.fields[f"{kind}-{level}"] = field = choices_field(codes.LIFE_LEVELS.label(level), factors)
            field.initial = [code for code in factors if code in chosen]

    @property
    def columns(self) -> list[list[forms.BoundField]]:
        """The fields of strengths, and those of vulnerabilities."""
        return [[self[name] for name in self.fields if name.startswith(f"{kind}-")] for kind in KINDS]

    def factors(self) -> tuple[str, ...]:
        """Return the factors of a valid form in the order of their list."""
        chosen = {code for name in self.fields if "-" in name for code in self.cleaned_data[name]}
        return tuple(code for code in codes.LIFE_FACTORS if code in chosen)


def factors_by_level(stage: str) -> Iterator[tuple[str, str, CodeList]]:
    """Yield the factors of a stage by level and kind: (level, kind, factors)."""
    for level in codes.LIFE_LEVELS:
        for kind in KINDS:
            here = {"level": level, "kind": kind}
            yield (
                level,
                kind,
                CodeList(
                    {
                        factor.code: factor
                        for factor in codes.LIFE_FACTORS.members
                        if stage in factor["stages"] and {name: factor[name] for name in here} == here
                    }
                ),
            )


BARRIERS = "barriers_"
OTHER = "other"


def event_choices() -> list[tuple[str, Any]]:
    """Return the kinds of encounters by group."""
    return [(localize(group.label), _rows(group.codes)) for group in reference.end_groups("missed")]


def setting_choices() -> list[tuple[str, Any]]:
    """Return the settings of first contact."""
    return [(row.code, localize(row.label)) for row in reference.settings().settings.values()]


def _rows(codes: Any) -> list[tuple[str, str]]:
    return [(code.code, localize(code.text)) for code in codes]


class EncounterForm(SavedForm):
    """An earlier encounter as the person or a worker tells it."""

    problem_field = "when"
    shows_conflicts = True

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
        for group in reference.end_groups("barriers"):
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
        chosen = [self.cleaned_data[name] for name in self.fields if name.startswith(BARRIERS)]
        return self.to_part(Encounter, by=by, at=at, barriers=tuple(chain.from_iterable(chosen)))

    def to_words(self) -> EncounterWords:
        """Return the words of a valid form."""
        return self.to_part(EncounterWords)
