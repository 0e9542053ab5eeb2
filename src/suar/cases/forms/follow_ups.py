"""Forms of follow-ups: a contact or an attempt, what the person wants, the start of the calendar, and the settings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import labels
from suar.cases.codes import ANSWERED, FOLLOW_UPS, RESULTS, Answered, Result
from suar.cases.documents.follow_ups import Attempt, CalendarStart, FollowUpWishes
from suar.cases.forms import OFF, SavedForm, VersionedForm, date_field, text_field
from suar.cases.forms.document_fields import document_fields
from suar.cases.rules import REACHED, Due, Outcome, follow_ups, usual_intervals
from suar.consent.codes import ContactRule
from suar.core import clock

UNSUCCESSFUL_ANSWERS = frozenset({Answered.NOBODY, Answered.OTHER})
"""Answers to an attempt that leave the follow-up due."""
BUTTONS = [
    choice for choice in (*ANSWERED.choices, *RESULTS.choices) if choice[0] not in (Answered.PERSON, Result.DIED)
]


@document_fields(Attempt)
class FollowUpForm(SavedForm):
    """A contact or an attempt, with one button for each result; `code` is the follow-up, if one is due."""

    shows_conflicts = True
    closes_meanwhile = True

    code = forms.ChoiceField(choices=[("", ""), *FOLLOW_UPS.choices], required=False, widget=forms.HiddenInput)
    result = forms.ChoiceField(choices=BUTTONS, error_messages={"required": _("Choose what came of it.")})
    on = date_field(_("Another day"), help_text=_("Empty: today."))
    at = forms.TimeField(
        label=_("Time"), required=False, widget=forms.TimeInput({"type": "time", **OFF}, format="%H:%M")
    )
    again_on = date_field(_("New date"))
    reason = text_field(_("Reason"), 300)

    def __init__(self, *args: Any, unsafe: Collection[ContactRule] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["way"]).choices = list(follow_ups.safe_ways(unsafe).items())

    def clean(self) -> dict[str, Any]:
        """Require the way of a contact and of an attempt."""
        data = super().clean() or {}
        needs_way = data.get("result") in UNSUCCESSFUL_ANSWERS | REACHED
        if needs_way and not data.get("way") and "way" not in self.errors:
            self.add_error("way", labels.refusal("way_needed"))
        return data

    def to_outcome(self, tries_on: Sequence[date]) -> Outcome | None:
        """Return a valid form as the outcome of a follow-up; None for an attempt, or if none is due."""
        data = self.cleaned_data
        if data["result"] in UNSUCCESSFUL_ANSWERS or not data["code"]:
            return None
        result = Result(data["result"])
        return Outcome(
            code=data["code"],
            result=result,
            on=data["on"] or clock.today(),
            tries_on=tuple(tries_on) if result is Result.NOT_REACHED else (),
            again_on=data["again_on"],
            reason=data["reason"],
        )

    def to_attempt(self, *, by: UUID, at: datetime) -> Attempt | None:
        """Return a valid form as an attempt; None when nobody tried."""
        data, result = self.cleaned_data, self.cleaned_data["result"]
        if not data["way"] or result == Result.UNSAFE:
            return None
        reached = result not in UNSUCCESSFUL_ANSWERS | {Result.NOT_REACHED}
        return self.to_part(
            Attempt,
            at=_moment(data["on"], data["at"], now=at),
            by=by,
            written_at=at,
            answered=Answered.PERSON if reached else Answered.OTHER if result == Answered.OTHER else Answered.NOBODY,
            result="" if result in UNSUCCESSFUL_ANSWERS else result,
            safe=data["safe"] if reached else "",
        )


@document_fields(FollowUpWishes)
class WishesForm(VersionedForm):
    """The follow-ups that the person wants, perhaps none, when they said so, and how they can come back."""

    closes_meanwhile = True

    use_required_attribute = False

    def __init__(self, *args: Any, offered: Sequence[Due], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["wanted"]).choices = [
            (due.code, labels.follow_up_on(due)) for due in offered if FOLLOW_UPS[due.code]["who"] != "child"
        ]


@document_fields(CalendarStart)
class StartForm(VersionedForm):
    """From when follow-ups count, and when the help is planned to end."""

    closes_meanwhile = True


class IntervalsForm(SavedForm):
    """The follow-ups of an organisation, each with its days after the beginning; an empty one is not planned."""

    def __init__(self, *args: Any, intervals: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in usual_intervals(on_wish=True):
            self.fields[code] = forms.IntegerField(
                label=FOLLOW_UPS.label(code),
                required=False,
                min_value=1,
                max_value=follow_ups.MAX_INTERVAL,
                initial=intervals.get(code),
                widget=forms.NumberInput(OFF),
            )

    def to_intervals(self) -> dict[str, int]:
        """Return the days of a valid form by code."""
        return {code: days for code, days in self.cleaned_data.items() if days}


def _moment(on: date | None, at: time | None, *, now: datetime) -> datetime:
    """Return when an attempt was made: now, or at a time of a day; an earlier day without a time at its beginning."""
    if on is None and at is None:
        return now
    day = on or clock.local_date(now)
    if at is None:
        return min(now, clock.start_of(day)) if day != clock.local_date(now) else now
    return datetime.combine(day, at, clock.LOCAL)
