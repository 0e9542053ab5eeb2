"""Forms of the family and community of a person."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import STANCES, TIE_ACTIONS, TIE_QUESTIONS, Stance
from suar.cases.documents.history import TieState
from suar.cases.forms import VersionedForm, choice_field, choices_field
from suar.cases.forms.document_fields import document_fields, in_language
from suar.cases.rules import ecomap as rules
from suar.cases.rules.dates import PartialDate
from suar.core import clock

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
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(self, *args: Any, state: TieState | None = None, **kwargs: Any) -> None:
        """`state` is how it is now; what is not changed stays so."""
        self.state = state
        initial = {**state.model_dump(exclude={"on", "note"}), **state.answers} if state else {}
        for name, actions in (("helps", HELPING), ("hurts", TIE_ACTIONS.keys() - HELPING)):
            initial[name] = [action for action in initial.get("actions", ()) if action in actions]
        super().__init__(*args, **{**kwargs, "initial": initial | kwargs.get("initial", {})})
        for question in TIE_QUESTIONS.members:
            answers = [(answer["code"], in_language(answer["label"])) for answer in question["answers"]]
            self.fields[question.code] = choice_field(
                in_language(question.labels),
                answers,
                in_language(question["why"]),
                empty=_("Still going on") if question.code == "standing" else _("Not asked"),
                initial=initial.get(question.code),
            )

    @property
    def questions(self) -> list[forms.BoundField]:
        """Optional questions."""
        return [self[question] for question in TIE_QUESTIONS]

    @property
    def stances(self) -> list[Any]:
        """The buttons that save, first the one that changes nothing: that is what Enter presses."""
        now = self.state.stance if self.state else Stance.UNKNOWN
        return sorted(STANCES.members, key=lambda stance: stance.code != now)

    def clean_on(self) -> PartialDate:
        """Return today if nothing was typed; refuse a day that is still to come."""
        today = clock.today()
        on: PartialDate | None = self.cleaned_data["on"]
        if on and on.is_future(today):
            raise forms.ValidationError(_("Enter a date in the past, or today."))
        return on or PartialDate(today.year, today.month, today.day)

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
