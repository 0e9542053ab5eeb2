"""The form to hand a person over to a colleague."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import rules
from suar.cases.codes import HANDOVER_CHECKS
from suar.cases.documents import Handover
from suar.cases.forms import date_field, text_field
from suar.core import clock

Teams = Mapping[UUID, Mapping[UUID, str]]
"""Colleagues with their names, by team."""


class HandoverForm(forms.Form):
    """A hand-over: the colleague and their team, the consent of the person, and the checklist."""

    worker = forms.ChoiceField(label=_("Who takes over?"), error_messages={"required": _("Choose a colleague.")})
    agreed = forms.ChoiceField(
        label=_("Does the person agree?"),
        choices=[("yes", _("Yes")), ("not_asked", _("They cannot be asked now"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Ask the person, then choose.")},
    )
    why = text_field(_("Why the person cannot be asked now"), 300)
    checks = forms.MultipleChoiceField(
        label=_("Before you hand over"),
        choices=HANDOVER_CHECKS.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Go through the list with your colleague first.")},
    )
    until = date_field(
        _("Only until this day"),
        help_text=_("For cover while you are away: it ends by itself after this day. Empty: for good."),
    )
    note = text_field(_("A note for your colleague"), 2000, rows=3)

    use_required_attribute = False

    def __init__(self, *args: Any, own_team: UUID, teams: Teams, names: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("Choose a colleague"))]
        for team, workers in teams.items():
            suffix = "" if team == own_team else f"@{team}"
            choices.append((names[team], [(f"{worker}{suffix}", name) for worker, name in workers.items()]))
        cast(forms.ChoiceField, self.fields["worker"]).choices = choices

    def clean_checks(self) -> list[str]:
        """Require every line of the list."""
        checks: list[str] = self.cleaned_data["checks"]
        if len(checks) < len(HANDOVER_CHECKS.choices):
            raise forms.ValidationError(_("Go through the whole list, then tick every line."))
        return checks

    def clean_until(self) -> date | None:
        """Refuse a day that has passed."""
        until: date | None = self.cleaned_data["until"]
        if until and not rules.may_plan_steps([until], today=clock.today()):
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return until

    def to_handover(self, *, by: UUID, at: datetime) -> Handover:
        """Return the answers of a valid form as a hand-over."""
        data = self.cleaned_data
        worker, _at, team = data["worker"].partition("@")
        return Handover(
            worker=UUID(worker),
            team=UUID(team) if team and not data["until"] else None,
            agreed=data["agreed"] == "yes",
            why=data["why"],
            until=data["until"],
            by=by,
            at=at,
        )
