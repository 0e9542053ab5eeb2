"""Forms of offers: record one at once, and complete or correct it."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases import codes
from suar.cases.documents.follow_ups import Offer, OfferWords
from suar.cases.forms import SavedForm, choice_field
from suar.cases.forms.document_fields import document_fields
from suar.cases.rules import offers as rules
from suar.consent.codes import ContactRule
from suar.directory.cards import ServiceCard
from suar.directory.labels import GroupedChoices, service_type_choices

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

    def __init__(self, *args: Any, kinds: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        """`kinds` are the needs of the person: type of service and label."""
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = offered = list(kinds)
        if not offered:
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

    service = choice_field(_("Which service, if it was a certain one"), (), required=False)
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
        super().__init__(*args, **kwargs)
        fields = cast(dict[str, forms.ChoiceField], self.fields)
        fields["service"].choices = [("", _("None in particular")), *((str(card.id), card.name) for card in services)]
        ways = [(code, label) for code, label in codes.RECONTACT_WAYS.choices if rules.may_contact(code, unsafe=unsafe)]
        fields["recontact"].choices = [("", _("Not asked")), *ways]

    def clean(self) -> dict[str, Any]:
        """Return the reasons in their order; what does not fit together is refused when it is saved."""
        data = super().clean() or {}
        data["reasons"] = tuple(data[name] for name in REASONS if data.get(name))
        return data


def initial_of(offer: Offer, words: OfferWords) -> dict[str, str | date | None]:
    """Return the initial values of the form of an offer."""
    chosen = dict(zip(REASONS, offer.reasons, strict=False))
    return {**offer.model_dump(), **words.model_dump(), **chosen, "service": str(words.service or "")}
