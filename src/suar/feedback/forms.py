"""Forms of feedback and complaints: of the public site, and of those who read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from suar.contact.documents import CodeKind, LetterKind, RequestKind
from suar.contact.form_parts import (
    PublicForm,
    WeekdaysField,
    answer_days,
    check_no_way_to_reach,
    radio_options,
    reader_field,
    set_choices,
    textarea,
)
from suar.contact.messages import CODE_KINDS
from suar.core.codes import Code
from suar.core.i18n import localize, nearest
from suar.feedback import survey
from suar.feedback.models import Hearing
from suar.feedback.rules import counting
from suar.feedback.survey import SurveyAnswers

SKIP, NO_ANSWER = _("Skip"), _("I do not say")
RETURN_KINDS = [
    *((kind, label) for kind, label in CODE_KINDS.choices if kind != CodeKind.NONE),
    (CodeKind.NONE, _("No code. I only want to say it and need no answer")),
]


def marked_choices(codes: Iterable[Code]) -> list[tuple[str, str]]:
    """Return choices whose labels name their language where it is not the page's."""
    return [(code.code, _marked_label(code)) for code in codes]


class StageForm(PublicForm):
    """The time that the feedback is about."""

    stage = forms.ChoiceField(
        choices=lambda: marked_choices(survey.STAGES.members),
        **radio_options(_("Choose one of these."), _("Which time do you want to tell us about?")),
    )


class SurveyForm(PublicForm):
    """Common fields of feedback and complaints: whom it is about, words, and the way back."""

    request_kind = RequestKind.FEEDBACK

    words = forms.CharField(
        label=_("Do you want to say more?"),
        help_text=_("Use your own words. You do not have to give a name."),
        max_length=4000,
        required=False,
        widget=textarea(5),
    )
    organisation = forms.TypedChoiceField(
        label=_("Which organisation is it about?"), required=False, coerce=UUID, empty_value=None
    )
    worker = forms.ChoiceField(label=_("Who is it about?"), required=False)
    kind = forms.ChoiceField(
        choices=RETURN_KINDS,
        **radio_options(_("Choose how you come back."), _("Do you want to come back and read an answer?")),
    )

    def __init__(self, *args: Any, organisations: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(organisation), name) for organisation, name in organisations.items()]
        set_choices(self, "organisation", [("", NO_ANSWER), *named])
        set_choices(self, "worker", [("", NO_ANSWER), *survey.WORKERS.choices])

    @property
    def names_somebody(self) -> bool:
        """Return True if an organisation or a worker was chosen, or wrongly so."""
        return any(self[name].value() or self[name].errors for name in ("organisation", "worker"))

    @property
    def answers(self) -> SurveyAnswers:
        """Return the answers of a valid form; each form of the survey defines this."""
        raise NotImplementedError

    @property
    def letters(self) -> list[tuple[LetterKind, str]]:
        """Return the letters of a valid form: what was tapped, and words if there are any."""
        words = self.cleaned_data["words"]
        return [
            (LetterKind.TAPS, self.answers.model_dump_json(by_alias=True)),
            *([(LetterKind.WORDS, words)] if words else []),
        ]


class FeedbackForm(SurveyForm):
    """The statements of one stage, each answered by a tap or left out."""

    def __init__(self, *args: Any, stage: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage, self.statements = stage, survey.statements_of(stage)
        self.languages: dict[str, str] = {}
        for statement in self.statements:
            field = forms.TypedChoiceField(
                label=localize(statement.labels),
                choices=[*survey.ANSWERS.choices, ("0", SKIP)],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[statement.code] = field
            self.languages[statement.code] = _language_of(statement)

    @property
    def statement_fields(self) -> list[tuple[BoundField, str]]:
        """Return the statements as fields, with the language of each."""
        return [(self[code], language) for code, language in self.languages.items()]

    @property
    def answers(self) -> SurveyAnswers:
        """Return what was tapped in a valid form."""
        data = self.cleaned_data
        answers = {row.code: data[row.code] for row in self.statements if data[row.code]}
        return SurveyAnswers(
            stage=self.stage, answers=answers, organisation=data["organisation"], worker=data["worker"]
        )

    def clean(self) -> dict[str, Any]:
        """Ask for one tap or a few words: an empty letter helps nobody."""
        data = super().clean() or self.cleaned_data
        if not data.get("words") and not any(data.get(row.code) for row in self.statements):
            self.add_error("words", _("Tap at least one answer, or write a few words."))
        return data


class ComplaintForm(SurveyForm):
    """The subject of a complaint; it goes outside the organisation that it is about."""

    request_kind = RequestKind.COMPLAINT

    complaint = forms.ChoiceField(
        choices=lambda: marked_choices(survey.COMPLAINTS.members),
        **radio_options(_("Choose one of these."), _("What happened?")),
    )
    field_order = ("complaint", "words", "organisation", "worker", "kind")

    @property
    def answers(self) -> SurveyAnswers:
        """Return what was tapped in a valid form."""
        data = self.cleaned_data
        return SurveyAnswers(complaint=data["complaint"], organisation=data["organisation"], worker=data["worker"])


class OutcomeForm(forms.Form):
    """The action taken, by a code that names nobody."""

    done = forms.ChoiceField(
        label=_("What did you do?"), widget=forms.RadioSelect, choices=lambda: survey.OUTCOMES.choices
    )


def check_small_numbers(text: str) -> None:
    """Raise ValidationError for a text that tells of fewer than five people."""
    if numbers := counting.find_small_numbers(text):
        error = _(
            "This text contains a number under five or a share: %(found)s. Write “some” or “a few”, so that "
            "nobody can be recognised."
        )
        raise forms.ValidationError(error, params={"found": ", ".join(dict.fromkeys(numbers))})


def _quarter_field(label: Any, help_text: Any = "") -> forms.CharField:
    checks = [check_small_numbers, check_no_way_to_reach]
    return forms.CharField(label=label, help_text=help_text, max_length=2000, widget=textarea(7), validators=checks)


class QuarterForm(forms.Form):
    """Changes of a quarter, in plain words that single out nobody."""

    quarter = forms.ChoiceField(label=_("Which quarter?"))
    text_en = _quarter_field(
        _("What did people say, and what changed? (English)"),
        _("Short sentences. No names, no places of a person, no number under five, no percentage."),
    )
    text_id = _quarter_field(_("What did people say, and what changed? (Indonesian)"))

    def __init__(self, *args: Any, quarters: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "quarter", quarters)


class HandlersForm(forms.ModelForm[Hearing]):
    """The setting for complaint handlers of an organisation, and their text on the public page."""

    who_en = reader_field(
        _("Who reads it? (English)"), _("For example: two women who do not work with people here. No names.")
    )
    who_id = reader_field(_("Who reads it? (Indonesian)"))
    days = WeekdaysField()
    answers_within_days = answer_days(3)

    class Meta:
        model = Hearing
        fields = ("switched_on", "for_others", "who_en", "who_id", "days", "answers_within_days")
        labels = {
            "switched_on": _("They receive feedback"),
            "for_others": _("Other organisations may name us as the outside body for complaints"),
        }


class OutsideReaderForm(forms.Form):
    """The other organisation that takes complaints about this one, or none."""

    reader = forms.TypedChoiceField(
        label=_("Which outside body accepts complaints about your organisation?"),
        required=False,
        coerce=UUID,
        empty_value=None,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, offered: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(organisation), name) for organisation, name in offered.items()]
        set_choices(self, "reader", [("", _("Nobody: complaints are not accepted here")), *named])


def _language_of(code: Code) -> str:
    return nearest(get_language() or "", code.labels) or next(iter(code.labels))


def _marked_label(code: Code) -> str:
    language, label = _language_of(code), localize(code.labels)
    if language == get_language():
        return label
    return format_html('<span lang="{}" dir="ltr">{}</span>', language, label)
