"""Forms of contacts over years: a contact or an attempt, what the person wants, the start, the settings, and offers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import codes, labels
from suar.cases.codes import ANSWERED, FOLLOW_UPS, RESULTS, Answered, Result
from suar.cases.documents.follow_ups import Attempt, CalendarStart, FollowUpWishes, Offer, OfferWords
from suar.cases.forms import PRIVATE, SavedForm, VersionedForm, choice_field, date_field, document_fields, text_field
from suar.cases.rules import REACHED, Due, Outcome, follow_ups, usual_intervals
from suar.cases.rules import offers as rules
from suar.consent.codes import ContactRule
from suar.core import clock
from suar.directory.cards import ServiceCard
from suar.directory.labels import GroupedChoices, service_type_choices

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
        label=_("Time"), required=False, widget=forms.TimeInput({"type": "time", **PRIVATE}, format="%H:%M")
    )
    again_on = date_field(_("New date"))
    reason = text_field(_("Reason"), 300)

    def __init__(self, *args: Any, unsafe: Collection[ContactRule] = (), **kwargs: Any) -> None:
        super().__init__(*args, choices={"way": follow_ups.safe_ways(unsafe).items()}, **kwargs)

    def clean(self) -> None:
        """Require the way of a contact and of an attempt."""
        super().clean()
        needs_way = self.cleaned_data.get("result") in UNSUCCESSFUL_ANSWERS | REACHED
        if needs_way and not self.cleaned_data.get("way") and "way" not in self.errors:
            self.add_error("way", labels.refusal("way_needed"))

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
        chosen = [due for due in offered if FOLLOW_UPS[due.code]["who"] != "child"]
        choices = {"wanted": [(due.code, labels.follow_up_on(due)) for due in chosen]}
        super().__init__(*args, choices=choices, **kwargs)


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
                help_text=_("Usual: %(days)d days") % {"days": FOLLOW_UPS[code]["due_day"]},
                required=False,
                min_value=1,
                max_value=follow_ups.MAX_INTERVAL,
                initial=intervals.get(code),
                widget=forms.NumberInput(PRIVATE),
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


REASONS = ("reason", "second", "third")


def reason_choices() -> GroupedChoices:
    """List the reasons for declining by part and subject, after the wish not to say one."""
    first = (rules.NO_REASON, codes.DECLINE_REASONS.label(rules.NO_REASON))
    groups = []
    for subject in codes.DECLINE_SUBJECTS.members:
        rows = [row for row in codes.DECLINE_REASONS.members if row["subject"] == subject.code]
        choices = [(row.code, row.label) for row in rows if row.code != rules.NO_REASON]
        groups.append((f"{codes.DECLINE_PARTS.label(subject['part'])}: {subject.label}", choices))
    return cast(GroupedChoices, [first, *groups])


class QuickOfferForm(SavedForm):
    """A kind of help and the outcome of the offer; the rest can be added later."""

    kind = choice_field(_("Which help?"), (), radio=True, required=False)
    other = choice_field(_("Another kind of help"), service_type_choices, empty=_("Choose"))
    outcome = forms.ChoiceField(choices=codes.OFFER_OUTCOMES.choices, widget=forms.HiddenInput)
    follows = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: Mapping[str, str], **kwargs: Any) -> None:
        """`kinds` are the needs of the person: type of service and label."""
        super().__init__(*args, choices={"kind": kinds.items()}, **kwargs)
        if not kinds:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        """Require a kind of help, unless an earlier offer is repeated."""
        data = super().clean() or {}
        data["service_type"] = data.get("other") or data.get("kind", "")
        if not (data["service_type"] or data.get("follows")):
            self.add_error("other", _("Choose which help it was."))
        return data


@document_fields(Offer, OfferWords)
class OfferForm(SavedForm):
    """All of an offer; only the kind, the result and the day are needed."""

    problem_fields = {
        "in_the_future": "on",
        **dict.fromkeys(("again_not_agreed", "new_date_needed"), "again_on"),
        **dict.fromkeys(("no_reason_here", "not_free", "provider_refused", "reason_needed", "reason_twice"), "reason"),
    }
    shows_conflicts = True

    service = choice_field(_("Which service, if you offered a specific one"), (), required=False)
    reason = choice_field(
        _("Main reason"),
        reason_choices,
        _("Ask once, and only if it feels right. Nobody owes a reason."),
        empty=_("Not asked"),
    )
    second = choice_field(_("Another reason"), reason_choices, empty=_("Not asked"))
    third = choice_field(_("A third reason"), reason_choices, empty=_("Not asked"))

    def __init__(
        self, *args: Any, services: Iterable[ServiceCard], unsafe: Collection[ContactRule], **kwargs: Any
    ) -> None:
        """`services` are those that may be named; ways to ask again that are `unsafe` are not offered."""
        named = [("", _("No specific service")), *((card.id, card.name) for card in services)]
        ways = [(code, label) for code, label in codes.RECONTACT_WAYS.choices if rules.may_contact(code, unsafe=unsafe)]
        super().__init__(*args, choices={"service": named, "recontact": [("", _("Not asked")), *ways]}, **kwargs)

    def clean(self) -> None:
        """Add the reasons in their order; what does not fit together is refused when it is saved."""
        super().clean()
        self.cleaned_data["reasons"] = tuple(filter(None, map(self.cleaned_data.get, REASONS)))


def initial_of(offer: Offer, words: OfferWords) -> dict[str, str | date | None]:
    """Return the initial values of the form of an offer."""
    chosen = dict(zip(REASONS, offer.reasons, strict=False))
    return {**offer.model_dump(), **words.model_dump(), **chosen, "service": str(words.service or "")}
