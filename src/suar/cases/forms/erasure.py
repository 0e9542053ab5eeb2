"""Forms of erasure: one action, the reply to another organisation, the certificate number, and the settings."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import CONTACT_KINDS, ERASURE_ACTS, ERASURE_ASKERS, ERASURE_REPLIES
from suar.cases.documents import ErasureAct
from suar.cases.forms import OFF, SavedForm, choice_field, document_fields, text_field
from suar.cases.rules.retention import kind_rules
from suar.core import clock
from suar.core.i18n import localize
from suar.records.queries import PEOPLE
from suar.records.terms import Kind

KIND_LABELS = {Kind.PERSON: _("Months for people we met"), Kind.CASE: _("Months for cases")}


@document_fields(ErasureAct)
class ErasureForm(SavedForm):
    """One action of codes/erasure_acts.json with the fields that it needs."""

    verb = forms.ChoiceField(choices=ERASURE_ACTS.choices, widget=forms.HiddenInput)
    who = choice_field(
        _("Who asked?"),
        [choice for choice in ERASURE_ASKERS.choices if not ERASURE_ASKERS[choice[0]].get("from_partner")],
        required=False,
    )
    way = choice_field(_("How?"), CONTACT_KINDS, required=False)
    reason = choice_field(
        _("Reason"), [choice for choice in ERASURE_REPLIES.choices if choice[0] != "AGREED"], required=False
    )

    use_required_attribute = False

    def __init__(self, typed: Mapping[str, Any] | None = None, *, verb: str) -> None:
        act = ERASURE_ACTS[verb]
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
            self.fields[kind.value] = forms.IntegerField(
                label=KIND_LABELS[kind],
                min_value=rule.least,
                max_value=rule.most,
                initial=months[kind],
                help_text=_("From %(least)s to %(most)s") % {"least": rule.least, "most": rule.most},
                widget=forms.NumberInput(OFF),
            )

    def to_months(self) -> dict[Kind, int]:
        """Return the months of a valid form by kind."""
        return {Kind(kind): number for kind, number in self.cleaned_data.items()}
