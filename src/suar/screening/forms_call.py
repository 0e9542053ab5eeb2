"""The form that asks whom a worker reached about something that cannot wait."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.screening.forms import OFF
from suar.screening.rules.shapes import Instrument
from suar.screening.speaking import say
from suar.screening.terms import Acted, Call


class CallForm(forms.Form):
    """What was done, and whom the worker spoke to; asked before a talk may end, and after it."""

    use_required_attribute = False

    acted = forms.ChoiceField(
        label=_("What was done"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether you reached somebody who will help.")},
    )
    whom = forms.CharField(
        help_text=_("A role is enough: the nurse, the duty officer. It is kept only where the person's story is kept."),
        required=False,
        max_length=120,
        widget=forms.TextInput(OFF),
    )

    def __init__(self, *args: Any, of: Instrument, so_far: Call | None = None, may_keep: bool = True) -> None:
        """Ask in the words of the talk; `so_far` is what was tapped on an earlier step.

        Whom is not asked where nothing typed may be kept any more.
        """
        known = {"acted": so_far.acted, "whom": so_far.whom} if so_far else {}
        told = known if so_far and so_far.acted is not Acted.NOT_YET else {}
        super().__init__(*args, initial=told)
        self.fields["acted"].choices = [(each.code, say(each.text)) for each in of.answer_sets["ACTED"]]
        self.fields["whom"].label = say(of.who_answers)
        if not may_keep:
            del self.fields["whom"]

    def clean(self) -> dict[str, Any]:
        """Ask whom, where somebody was reached: sending is not help, and nobody is not either."""
        data = super().clean() or self.cleaned_data
        unsaid = "whom" in self.fields and not data.get("whom", "").strip()
        if data.get("acted") == Acted.SPOKE and unsaid:
            self.add_error("whom", _("Write whom you spoke to."))
        return data
