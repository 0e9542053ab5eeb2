"""Forms of closing, hand-over, death and disappearance."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import labels, rules
from suar.cases.codes import CONFIRMATIONS, HANDOVER_CHECKS, LIFE_ACTS, NEED_ENDS, ClosureReason
from suar.cases.documents import ClosingRequest, Handover
from suar.cases.forms import SavedForm, choice_field, choices_field, date_field, document_fields, text_field
from suar.cases.rules import Due, Need
from suar.consent.documents import LifeAct
from suar.core import clock
from suar.directory.labels import service_type_name
from suar.records.queries import ListedRecord
from suar.referrals import messages as referrals
from suar.referrals.codes import REFUSALS

Teams = Mapping[UUID, Mapping[UUID, str]]
"""Colleagues with their names, by team."""
Share = tuple[ListedRecord, Mapping[UUID, str], UUID | None]
"""A record, the colleagues who may cover it with their names, and the one who would."""


@document_fields(ClosingRequest)
class ClosingForm(SavedForm):
    """The reason and day of closing, what was agreed, whom to call later, and what became of each need."""

    shows_conflicts = True

    confirmed = forms.MultipleChoiceField(choices=CONFIRMATIONS.choices, required=False)
    review_1 = date_field(_("First day"))
    review_2 = date_field(_("Second day"))

    def __init__(self, *args: Any, needs: Sequence[Need], dues: Sequence[Due] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today
        choices = [(due.code, labels.follow_up_on(due)) for due in dues]
        cast(forms.MultipleChoiceField, self.fields["after_care"]).choices = choices
        self.needs = {f"need-{need.service_type}": need for need in needs}
        for name, need in self.needs.items():
            label = service_type_name(need.service_type)
            self.fields[name] = choice_field(label, NEED_ENDS, radio=True, initial="open")

    @property
    def need_fields(self) -> list[forms.BoundField]:
        """The questions about what became of each need."""
        return [self[name] for name in self.needs]

    def clean(self) -> dict[str, Any]:
        """Require what was agreed and whom to call, unless nobody could be asked."""
        data = super().clean() or {}
        reason = data.get("reason")
        if reason and rules.asks_the_person(ClosureReason(reason)):
            for name in ("agreed", "call"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Enter this."))
        return data

    def to_request(self, *, by: UUID, at: datetime) -> ClosingRequest:
        """Return a valid form as a request to close; of needs only how many ended how."""
        data, reason = self.cleaned_data, ClosureReason(self.cleaned_data["reason"])
        reviews = (data["review_1"], data["review_2"]) if reason is ClosureReason.GOALS else ()
        ends = {name: data[name] for name in self.needs}
        return self.to_part(
            ClosingRequest,
            confirmed=tuple(sorted({*data["confirmed"]} & {*rules.confirmations(reason)})),
            reviews=tuple(day for day in reviews if day),
            open_urgent=sum(need.is_urgent for name, need in self.needs.items() if ends[name] == "open"),
            needs=dict(Counter(ends.values())),
            asked_by=by,
            asked_at=at,
        )


@document_fields(Handover)
class AgreedForm(SavedForm):
    """The consent of the person to a hand-over, or the reason why they cannot be asked."""

    agreed = choice_field(
        _("Does the person agree?"),
        [("yes", _("Yes")), ("not_asked", _("They cannot be asked now"))],
        radio=True,
        error_messages={"required": _("Ask the person, then choose.")},
    )

    fields: dict[str, Any]
    use_required_attribute = False

    def clean_until(self) -> date | None:
        """Refuse a day that has passed."""
        until: date | None = self.cleaned_data["until"]
        if until and not rules.may_plan_steps([until], today=clock.today()):
            raise forms.ValidationError(_("Choose a day that is still to come."))
        return until

    def to_handover(self, worker: UUID, *, team: UUID | None = None, by: UUID, at: datetime) -> Handover:
        """Return the answers of a valid form as a hand-over to a worker."""
        data = self.cleaned_data
        agreed, until = data["agreed"] == "yes", data["until"]
        return self.to_part(Handover, worker=worker, team=None if until else team, agreed=agreed, by=by, at=at)


class HandoverForm(AgreedForm):
    """A hand-over: the colleague and their team, the consent of the person, and the checklist."""

    worker = forms.ChoiceField(label=_("Who takes over?"), error_messages={"required": _("Choose a colleague.")})
    checks = choices_field(
        _("Before you hand over"),
        HANDOVER_CHECKS,
        required=True,
        error_messages={"required": _("Go through the list with your colleague first.")},
    )
    note = text_field(_("A note for your colleague"), 2000, rows=3)

    def __init__(self, *args: Any, own_team: UUID, teams: Teams, names: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("Choose a colleague"))]
        for team, workers in teams.items():
            suffix = "" if team == own_team else f"@{team}"
            choices.append((names[team], [(f"{worker}{suffix}", name) for worker, name in workers.items()]))
        self.fields["worker"].choices = choices

    def refusal_text(self, because: str) -> str:
        """Return the reason of a refusal in words, also of one about referrals that go on."""
        return referrals.refusal(because) if because in REFUSALS else super().refusal_text(because)

    def clean_checks(self) -> list[str]:
        """Require every line of the list."""
        checks: list[str] = self.cleaned_data["checks"]
        if len(checks) < len(HANDOVER_CHECKS):
            raise forms.ValidationError(_("Go through the whole list, then tick every line."))
        return checks


class AbsenceForm(forms.Form):
    """The worker who is away, and the colleagues among whom their people are shared out."""

    worker = forms.TypedChoiceField(label=_("Who is away?"), coerce=UUID, widget=forms.RadioSelect)
    to = forms.TypedMultipleChoiceField(
        label=_("Who covers?"),
        help_text=_("With several, the people are shared out in turn; you can change each."),
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
    )

    fields: dict[str, Any]
    use_required_attribute = False

    def __init__(self, *args: Any, workers: Mapping[UUID, str], to: Mapping[UUID, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("worker", workers), ("to", to)):
            self.fields[name].choices = sorted(choices.items(), key=itemgetter(1))
            self.fields[name].error_messages["required"] = _("Choose a colleague.")


class CoverForm(AgreedForm):
    """Cover for several people until a day, with a colleague for each; `shares` are those of `handover.share_out`."""

    until = date_field(_("Last day of the cover"), required=True)

    def __init__(self, *args: Any, shares: Iterable[Share], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = _("Do the people agree?")
        self.rows = []
        for row, colleagues, chosen in shares:
            choices = [("", _("Nobody yet")), *colleagues.items()]
            self.fields[str(row.id)] = forms.TypedChoiceField(
                label=_("Covered by"), required=False, choices=choices, initial=chosen, coerce=UUID, empty_value=None
            )
            self.rows.append((row, self[str(row.id)]))

    def clean(self) -> dict[str, Any]:
        """Require a reason where the people are not asked."""
        data = super().clean() or {}
        if data.get("agreed") == "not_asked" and not data.get("why"):
            self.add_error("why", _("Enter this."))
        return data

    @property
    def chosen(self) -> dict[UUID, UUID]:
        """The colleague for each record of a valid form that is handed over."""
        return {row.id: worker for row, field in self.rows if (worker := self.cleaned_data[field.name])}


@document_fields(LifeAct)
class ContactStatusForm(SavedForm):
    """The event, its date, what is known, and who searches for a missing person; only the event is required."""

    verb = forms.ChoiceField(choices=LIFE_ACTS.choices, widget=forms.HiddenInput)
    owner = forms.TypedChoiceField(label=_("Who looks for the person?"), required=False, coerce=UUID, empty_value=None)

    def __init__(self, typed: Mapping[str, Any] | None = None, *, verb: str, workers: Mapping[UUID, str]) -> None:
        super().__init__(typed, auto_id=f"{verb}_%s", initial={"verb": verb})
        choices = [(str(ident), name) for ident, name in workers.items()]
        cast(forms.ChoiceField, self.fields["owner"]).choices = choices
        if verb != "report_missing":
            del self.fields["owner"]
