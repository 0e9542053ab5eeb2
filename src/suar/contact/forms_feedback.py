"""Forms for what people say of the help they got, and of those who hear it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from suar.contact import labels, labels_feedback, tapped
from suar.contact.forms import OFF, lines, one_of
from suar.contact.labels_feedback import NOT_SAID, choices, marked, said
from suar.contact.rules import counting
from suar.contact.terms import CodeKind, Concern, RequestKind, Tapped

BACK = [(kind, words) for kind, words in labels.KINDS.items() if kind is not CodeKind.NONE] + [
    (CodeKind.NONE, _("No code. I only want to say it, and read no answer"))
]


class StageForm(forms.Form):
    """Of which time somebody wants to tell."""

    use_required_attribute = False

    stage = forms.ChoiceField(**one_of(_("Choose one of these."), label=_("Of which time do you want to tell?")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["stage"].choices = marked(tapped.asked().stages)


class SpokenForm(forms.Form):
    """What both forms ask: of whom it is said, words, and the way back."""

    use_required_attribute = False
    kind_of_request = RequestKind.FEEDBACK

    words = forms.CharField(
        label=_("Do you want to say more?"),
        help_text=_("Use your own words. You do not have to give a name."),
        max_length=4000,
        required=False,
        widget=lines(5),
    )
    house = forms.TypedChoiceField(label=_("Which house is it about?"), required=False, coerce=UUID, empty_value=None)
    worker = forms.ChoiceField(label=_("Who is it about?"), required=False)
    kind = forms.ChoiceField(
        choices=BACK,
        **one_of(_("Choose how you come back."), label=_("Do you want to come back and read an answer?")),
    )

    def __init__(self, *args: Any, houses: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        named = [(str(house), name) for house, name in houses.items()]
        self.fields["house"].choices = [("", NOT_SAID), *named]
        self.fields["worker"].choices = [("", NOT_SAID), *choices(tapped.asked().workers)]

    @property
    def way_back(self) -> CodeKind:
        """Give how the person comes back, once this is valid."""
        return CodeKind(self.cleaned_data["kind"])

    @property
    def concern(self) -> Concern:
        """Give of whom it is said, once this is valid."""
        said = self.cleaned_data
        return Concern(self.kind_of_request, said["house"], said["worker"])


class FeedbackForm(SpokenForm):
    """The statements of one stage, each answered by a tap or left out."""

    field_order: Sequence[str] = ()

    def __init__(self, *args: Any, stage: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage, self.asked = stage, tapped.asked().statements[stage]
        answers = [*choices(tapped.asked().answers), ("0", labels_feedback.SKIP)]
        for each in self.asked:
            self.fields[each.code] = forms.TypedChoiceField(
                label=said(each.words),
                choices=answers,
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[each.code].told_in = labels_feedback.spoken(each.words)

    @property
    def taps(self) -> list[BoundField]:
        """Give the statements as fields."""
        return [self[each.code] for each in self.asked]

    @property
    def tapped(self) -> Tapped:
        """Give what was tapped, once this is valid."""
        said = self.cleaned_data
        answers = {each.code: said[each.code] for each in self.asked if said[each.code]}
        return Tapped(self.stage, answers, "", said["house"], said["worker"])

    def clean(self) -> dict[str, Any]:
        """Ask for one tap or a few words: a letter of nothing helps nobody."""
        said = super().clean() or self.cleaned_data
        if not said.get("words") and not any(said.get(each.code) for each in self.asked):
            self.add_error("words", _("Tap at least one answer, or write a few words."))
        return said


class ComplaintForm(SpokenForm):
    """What a complaint is about; it goes outside the house that it is about."""

    kind_of_request = RequestKind.COMPLAINT

    complaint = forms.ChoiceField(**one_of(_("Choose one of these."), label=_("What happened?")))
    field_order = ("complaint", "words", "house", "worker", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = tapped.asked().complaints.values()
        self.fields["complaint"].choices = marked(rows)

    @property
    def tapped(self) -> Tapped:
        """Give what was tapped, once this is valid."""
        said = self.cleaned_data
        return Tapped("", {}, said["complaint"], said["house"], said["worker"])


class DoneForm(forms.Form):
    """What was done, by a code that names nobody."""

    done = forms.ChoiceField(label=_("What did you do?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done"].choices = choices(tapped.asked().done)


class QuarterForm(forms.Form):
    """What changed in a quarter, in plain words that tell of nobody."""

    quarter = forms.ChoiceField(label=_("Which quarter?"))
    told_en = forms.CharField(
        label=_("What did people say, and what changed? (English)"),
        help_text=_("Short sentences. No names, no places of a person, no number under five, no percentage."),
        max_length=2000,
        widget=lines(7),
    )
    told_id = forms.CharField(
        label=_("What did people say, and what changed? (Indonesian)"),
        max_length=2000,
        widget=lines(7),
    )

    def __init__(self, *args: Any, quarters: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = quarters

    def clean_told_en(self) -> str:
        """Refuse what tells of fewer than five."""
        return _of_many(str(self.cleaned_data["told_en"]))

    def clean_told_id(self) -> str:
        """Refuse what tells of fewer than five."""
        return _of_many(str(self.cleaned_data["told_id"]))


class HearingForm(forms.Form):
    """Whether those of a house hear what is said, and what the public page says of them."""

    switched_on = forms.BooleanField(label=_("They take what people say"), required=False)
    for_others = forms.BooleanField(
        label=_("Other houses may name us as the one outside that takes complaints"), required=False
    )
    who_en = forms.CharField(
        label=_("Who reads it? (English)"),
        max_length=200,
        widget=forms.TextInput(OFF),
        help_text=_("For example: two women who do not work with people here. No names."),
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
        initial=3,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(day, labels.weekday(day)) for day in range(1, 8)]


class OutsideForm(forms.Form):
    """Which other house takes complaints about this one, or none."""

    reader = forms.TypedChoiceField(
        label=_("Who outside takes complaints about your house?"),
        required=False,
        coerce=UUID,
        empty_value=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, typed: QueryDict | None = None, *, offered: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(typed, **kwargs)
        named = [(str(house), name) for house, name in offered.items()]
        self.fields["reader"].choices = [("", _("Nobody: complaints are not taken here")), *named]


def _of_many(text: str) -> str:
    found = counting.small_numbers(text)
    if found:
        told = ", ".join(dict.fromkeys(found))
        raise forms.ValidationError(
            _(
                "Here a number under five or a share is told: %(found)s. Write “some” or “a few”, "
                "so that nobody can be told apart."
            ),
            params={"found": told},
        )
    return text
