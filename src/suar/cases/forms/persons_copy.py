"""Forms about what the person asks to be corrected."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import CORRECTION_OUTCOMES
from suar.cases.forms import choice_field, text_field


class CorrectionRequestForm(forms.Form):
    """A correction or addition that the person asks for."""

    text = text_field(
        _("What is wrong or missing, in the person's words"),
        1000,
        rows=3,
        required=True,
        error_messages={"required": _("Write what the person said.")},
    )


class CorrectionAnswerForm(forms.Form):
    """The answer to a correction; the person hears it."""

    outcome = choice_field(
        _("What was decided?"), CORRECTION_OUTCOMES, radio=True, error_messages={"required": _("Choose one.")}
    )
    answer = text_field(_("Answer to the person"), 1000, rows=2, required=True)

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": key})
