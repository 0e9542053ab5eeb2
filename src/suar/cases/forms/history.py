"""Forms of what happened: a time of exploitation, a stage of life, an earlier encounter, and the people around."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain, product
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import codes
from suar.cases.codes import STANCES, TIE_ACTIONS, TIE_QUESTIONS, Stance
from suar.cases.documents.history import Encounter, EncounterWords, EpisodeFacts, LifeStage, TieState
from suar.cases.fields_in_words import values_in_words
from suar.cases.forms import SavedForm, VersionedForm, choice_field, choices_field, document_fields, text_field
from suar.cases.rules import ecomap as rules
from suar.cases.rules.dates import PartialDate
from suar.core import clock
from suar.core.codes import CodeList
from suar.core.i18n import localize
from suar.screening.rules import reference

KINDS = ("strength", "vulnerability")


@document_fields(EpisodeFacts)
class EpisodeForm(VersionedForm):
    """A time of exploitation; every field may stay empty, and says why it is asked."""

    reason = text_field(_("Reason for striking it out"), 200)
    PARTS = (
        (_("When and where"), ("start", "end", "country", "place")),
        (_("Form and work"), ("forms", "sector")),
        (_("Who"), ("recruiters", "exploiters")),
        (_("How the person was controlled"), ("means",)),
        (_("How it ended"), ("ended", "words")),
    )

    def sections(self) -> list[dict[str, Any]]:
        """Return the fields in parts; one is open if it is one of the first two, or if something in it is wrong."""
        words = dict(values_in_words(self.current_facts()))
        return [
            {
                "label": label,
                "fields": [self[name] for name in names],
                "filled": " · ".join(filter(None, (words.get(name, "") for name in names))),
                "is_open": place < 2 or any(self[name].errors for name in names),
            }
            for place, (label, names) in enumerate(self.PARTS)
        ]

    def current_facts(self) -> EpisodeFacts:
        """Return the valid answers of the form."""
        values = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else self.initial
        return EpisodeFacts(**{name: values[name] for name in EpisodeFacts.model_fields if values.get(name)})

    def clean(self) -> None:
        """Require a reason for striking out, and else at least one answer."""
        super().clean()
        if "strike" in self.data:
            self.check_filled("reason")
        elif not self.errors and not any(self.cleaned_data.get(name) for name in EpisodeFacts.model_fields):
            self.add_error(None, _("Fill in at least one answer."))


class StageForm(VersionedForm):
    """Strengths and vulnerabilities at one stage of life, by level."""

    words = text_field(_("In words, if needed"), 1000, rows=3)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, stage: str, known: LifeStage | None, version: int
    ) -> None:
        chosen = set(known.factors) if known else set()
        super().__init__(data, initial={"words": known.words if known else ""}, version=version)
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
    here = [factor for factor in codes.LIFE_FACTORS.members if stage in factor["stages"]]
    for level, kind in product(codes.LIFE_LEVELS, KINDS):
        factors = [factor for factor in here if (factor["level"], factor["kind"]) == (level, kind)]
        yield level, kind, CodeList({factor.code: factor for factor in factors})


BARRIERS = "barriers_"
OTHER = "other"


@document_fields(Encounter, EncounterWords)
class EncounterForm(SavedForm):
    """An earlier encounter as the person or a worker tells it."""

    problem_field = "when"
    shows_conflicts = True

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, encounter: Encounter | None, words: EncounterWords, event: str
    ) -> None:
        """`event` is the kind of an encounter of which nothing more is known yet."""
        chosen = set(encounter.barriers) if encounter else set()
        initial = {**(dict(encounter) if encounter else {"event": event}), **words.model_dump()}
        super().__init__(data, initial=initial)
        for group in reference.end_groups("barriers"):
            known = [code.code for code in group.codes if code.code in chosen]
            choices = [(code.code, localize(code.text)) for code in group.codes]
            self.fields[f"{BARRIERS}{group.code}"] = choices_field(localize(group.label), choices, initial=known)

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


HELPING = frozenset(action.code for action in TIE_ACTIONS.members if action["stance"] == Stance.SUPPORTIVE)


@document_fields(TieState)
class TieForm(VersionedForm):
    """The stance of somebody towards the person since a day. Only `who` is required; the button says the stance."""

    helps = choices_field(
        _("What do they do that helps?"),
        [pair for pair in TIE_ACTIONS.choices if pair[0] in HELPING],
        _("One person may do both. To build on what helps."),
    )
    hurts = choices_field(
        _("What do they do that makes it harder?"),
        [pair for pair in TIE_ACTIONS.choices if pair[0] not in HELPING],
        _("To know where the person needs protection or somebody beside them."),
    )
    stance = forms.ChoiceField(required=False, choices=STANCES.choices, widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, *args: Any, state: TieState | None = None, **kwargs: Any) -> None:
        """`state` is how it is now; what is not changed stays so."""
        self.state = state
        initial = {**state.model_dump(exclude={"on", "note"}), **state.answers} if state else {}
        for name, actions in (("helps", HELPING), ("hurts", TIE_ACTIONS.keys() - HELPING)):
            initial[name] = [action for action in initial.get("actions", ()) if action in actions]
        super().__init__(*args, **{**kwargs, "initial": initial | kwargs.get("initial", {})})
        for question in TIE_QUESTIONS.members:
            answers = [(answer["code"], localize(answer["label"])) for answer in question["answers"]]
            self.fields[question.code] = choice_field(
                question.label,
                answers,
                localize(question["why"]),
                empty=_("Still going on") if question.code == "standing" else _("Not asked"),
                initial=initial.get(question.code),
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """Optional questions."""
        return [self[question] for question in TIE_QUESTIONS]

    @property
    def stances(self) -> list[Any]:
        """The buttons that save, first the one of now: that is what Enter presses for somebody who is known."""
        now = self.state.stance if self.state else Stance.UNKNOWN
        return sorted(STANCES.members, key=lambda stance: stance.code != now)

    def clean_on(self) -> PartialDate:
        """Return today if nothing was typed; refuse a day that is still to come."""
        today = clock.today()
        on: PartialDate | None = self.cleaned_data["on"]
        if on and on.is_future(today):
            raise forms.ValidationError(_("Enter a date in the past, or today."))
        return on or PartialDate(today.year, today.month, today.day)

    def clean(self) -> None:
        """Require a button, unless actions say the stance: Enter presses none for somebody new."""
        super().clean()
        if not any(self.cleaned_data.get(name) for name in ("stance", "helps", "hurts")):
            self.add_error("stance", _("Choose how they treat the person now."))

    def to_state(self, *, by: UUID, at: datetime) -> TieState:
        """Return a valid form as a state; actions say the stance if no button did."""
        data = self.cleaned_data
        actions = (*data["helps"], *data["hurts"])
        stance = data["stance"] or Stance.UNKNOWN
        return self.to_part(
            TieState,
            stance=rules.suggest_stance(actions).value if stance == Stance.UNKNOWN else stance,
            actions=actions,
            answers={question: data[question] for question in TIE_QUESTIONS if data[question]},
            by=by,
            at=at,
        )
