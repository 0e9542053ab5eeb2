"""Forms of the end of help: closing, hand-over, death and disappearance, erasure and retention."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import codes, labels, rules
from suar.cases.documents import ClosingRequest, ErasureAct, Handover
from suar.cases.forms import SavedForm, choice_field, choices_field, date_field, document_fields, int_field, text_field
from suar.cases.rules import Due, Need
from suar.cases.rules.retention import kind_rules
from suar.consent.documents import LifeAct
from suar.core import clock
from suar.core.i18n import localize
from suar.directory.labels import service_type_name
from suar.records.queries import PEOPLE, ListedRecord
from suar.records.terms import Kind
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

    confirmed = forms.MultipleChoiceField(choices=codes.CONFIRMATIONS.choices, required=False)
    review_1 = date_field(_("First day"))
    review_2 = date_field(_("Second day"))

    def __init__(self, *args: Any, needs: Sequence[Need], dues: Sequence[Due] = (), **kwargs: Any) -> None:
        follow_ups = [(due.code, labels.follow_up_on(due)) for due in dues]
        super().__init__(*args, choices={"after_care": follow_ups}, **kwargs)
        self.fields["on"].initial = clock.today
        self.needs = {f"need-{need.service_type}": need for need in needs}
        for name, need in self.needs.items():
            label = service_type_name(need.service_type)
            self.fields[name] = choice_field(label, codes.NEED_ENDS, radio=True, initial="open")

    @property
    def need_fields(self) -> list[forms.BoundField]:
        """The questions about what became of each need."""
        return [self[name] for name in self.needs]

    def clean(self) -> None:
        """Require what was agreed and whom to call, unless nobody could be asked."""
        super().clean()
        reason = self.cleaned_data.get("reason")
        if reason and rules.asks_the_person(codes.ClosureReason(reason)):
            self.check_filled("agreed", "call")

    def to_request(self, *, by: UUID, at: datetime) -> ClosingRequest:
        """Return a valid form as a request to close; of needs only how many ended how."""
        data, reason = self.cleaned_data, codes.ClosureReason(self.cleaned_data["reason"])
        reviews = (data["review_1"], data["review_2"]) if reason is codes.ClosureReason.GOALS else ()
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
        codes.HANDOVER_CHECKS,
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
        return referrals.refusal_text(because) if because in REFUSALS else super().refusal_text(because)

    def clean_checks(self) -> list[str]:
        """Require every line of the list."""
        checks: list[str] = self.cleaned_data["checks"]
        if len(checks) < len(codes.HANDOVER_CHECKS):
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
        if len(workers) == 1:
            to = {worker: name for worker, name in to.items() if worker not in workers}
        for name, choices in (("worker", workers), ("to", to)):
            self.fields[name].choices = sorted(choices.items(), key=itemgetter(1))
            self.fields[name].error_messages["required"] = _("Choose a colleague.")

    def clean_to(self) -> list[UUID]:
        """Refuse the worker who is away."""
        to: list[UUID] = self.cleaned_data["to"]
        if self.cleaned_data.get("worker") in to:
            raise forms.ValidationError(_("This colleague is away and cannot cover. Choose only others."))
        return to


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

    def clean(self) -> None:
        """Require a reason where the people are not asked."""
        super().clean()
        if self.cleaned_data.get("agreed") == "not_asked":
            self.check_filled("why")

    @property
    def chosen(self) -> dict[UUID, UUID]:
        """The colleague for each record of a valid form that is handed over."""
        return {row.id: worker for row, field in self.rows if (worker := self.cleaned_data[field.name])}


@document_fields(LifeAct)
class ContactStatusForm(SavedForm):
    """The event, its date, what is known, and who searches for a missing person; only the event is required."""

    verb = forms.ChoiceField(choices=codes.LIFE_ACTS.choices, widget=forms.HiddenInput)
    owner = forms.TypedChoiceField(label=_("Who looks for the person?"), required=False, coerce=UUID, empty_value=None)

    def __init__(self, typed: Mapping[str, Any] | None = None, *, verb: str, workers: Mapping[UUID, str]) -> None:
        super().__init__(typed, auto_id=f"{verb}_%s", initial={"verb": verb}, choices={"owner": workers.items()})
        if verb != "report_missing":
            del self.fields["owner"]


KIND_LABELS = {Kind.PERSON: _("Months for people we met"), Kind.CASE: _("Months for cases")}


@document_fields(ErasureAct)
class ErasureForm(SavedForm):
    """One action of codes/erasure_acts.json with the fields that it needs."""

    verb = forms.ChoiceField(choices=codes.ERASURE_ACTS.choices, widget=forms.HiddenInput)
    who = choice_field(
        _("Who asked?"),
        [choice for choice in codes.ERASURE_ASKERS.choices if not codes.ERASURE_ASKERS[choice[0]].get("from_partner")],
        required=False,
    )
    way = choice_field(_("How?"), codes.CONTACT_KINDS, required=False)
    reason = choice_field(
        _("Reason"), [choice for choice in codes.ERASURE_REPLIES.choices if choice[0] != "AGREED"], required=False
    )

    use_required_attribute = False

    def __init__(self, typed: Mapping[str, Any] | None = None, *, verb: str) -> None:
        act = codes.ERASURE_ACTS[verb]
        super().__init__(typed, auto_id=f"{verb}_%s", initial={"verb": verb, "ask_others": True, "on": clock.today()})
        for name in set(self.fields) - {"verb", *act["fields"]}:
            del self.fields[name]
        if "words" in act["fields"]:
            self.fields["words"].label = localize(act["words"])
        for name in act["required"]:
            self.fields[name].required = True

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of a valid form without its verb."""
        return {name: value for name, value in self.cleaned_data.items() if name != "verb"}


class NumberForm(forms.Form):
    """The number of a certificate."""

    number = text_field(_("Number of the certificate"), 40, required=True)


class RetentionForm(forms.Form):
    """For how many months an organisation stores people and cases, within the bounds of the table."""

    def __init__(self, *args: Any, months: Mapping[Kind, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in PEOPLE:
            rule = kind_rules()[kind]
            self.fields[kind.value] = int_field(
                KIND_LABELS[kind],
                required=True,
                min_value=rule.least,
                max_value=rule.most,
                initial=months[kind],
                help_text=_("From %(least)s to %(most)s") % {"least": rule.least, "most": rule.most},
            )

    def to_months(self) -> dict[Kind, int]:
        """Return the months of a valid form by kind."""
        return {Kind(kind): number for kind, number in self.cleaned_data.items()}
