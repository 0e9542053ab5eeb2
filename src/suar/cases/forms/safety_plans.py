"""The form of a safety plan."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from suar.cases.codes import DIGITAL_STEPS, SAFETY_COPIES, Because, SafetyCopy
from suar.cases.documents.plan import SafetyPlanFacts
from suar.cases.forms import VersionedForm, choice_field, choices_field, date_field, text_field


class SafetyPlanForm(VersionedForm):
    """A safety plan in the person's words; every part may stay empty, only the review date is needed."""

    problem_fields = {
        Because.NAME_ON_POCKET_COPY: "pocket",
        Because.REVIEW_IN_THE_PAST: "review_on",
        Because.REVIEW_TOO_FAR: "review_on",
    }

    warning_signs = text_field(
        _("Warning signs"), 1000, rows=2, help_text=_("What the person notices before it gets dangerous.")
    )
    what_to_do = text_field(_("What the person does then"), 1000, rows=3)
    safe_places = text_field(_("Safe places"), 500, rows=2, help_text=_("Where they can go at any hour."))
    whom_to_call = text_field(_("Whom to call"), 500, rows=2, help_text=_("And what to say first."))
    code_word = text_field(_("Code word"), 80, help_text=_("It means: I am in danger, send help."))
    to_carry = text_field(
        _("What to carry"), 500, rows=2, help_text=_("Papers, money, medicine, keys, and where they are.")
    )
    children = text_field(_("Children and others who depend on them"), 500, rows=2)
    digital_steps = choices_field(
        _("Phone and accounts"), DIGITAL_STEPS, _("Tick what is done. A change on the phone can itself be noticed.")
    )
    digital = text_field(_("More about phone and accounts"), 500, rows=2)
    copy_for_person = choice_field(
        _("Which copy the person takes along"), SAFETY_COPIES, _("Ask who might find it."), radio=True
    )
    pocket = text_field(
        _("What the pocket copy says"),
        300,
        rows=3,
        help_text=_("Nothing else is printed on it. Numbers and words that tell a stranger nothing."),
    )
    review_on = date_field(_("Review the plan on"), required=True, help_text=_("At most 90 days from now."))

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        facts: SafetyPlanFacts,
        version: int = 0,
        review_on: date | None = None,
    ) -> None:
        super().__init__(data, initial={**dict(facts), "version": version, "review_on": review_on})

    def clean(self) -> dict[str, Any]:
        """Require words for the pocket copy, and at least one part of the plan."""
        data = super().clean() or {}
        if data.get("copy_for_person") == SafetyCopy.POCKET and not data.get("pocket") and "pocket" not in self.errors:
            self.add_error("pocket", _("Enter this."))
        if not self.errors and not any(
            data[name] for name in SafetyPlanFacts.model_fields if name != "copy_for_person"
        ):
            self.add_error(None, _("Fill in at least one part of the plan."))
        return data

    def to_facts(self) -> SafetyPlanFacts:
        """Return a valid form as a plan."""
        return self.to_part(SafetyPlanFacts)
