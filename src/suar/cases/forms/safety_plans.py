"""The form of a safety plan."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from suar.cases.codes import SafetyCopy
from suar.cases.documents.plan import SafetyPlanFacts
from suar.cases.forms import VersionedForm, date_field
from suar.cases.forms.document_fields import document_fields


@document_fields(SafetyPlanFacts)
class SafetyPlanForm(VersionedForm):
    """A safety plan in the person's words. The review date and at least one part are required."""

    problem_fields = {
        "name_on_pocket_copy": "pocket",
        "review_in_the_past": "review_on",
        "review_too_far": "review_on",
    }

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
