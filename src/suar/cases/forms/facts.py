"""Forms of facts about the person: entering them, and choosing between those of two records that are merged."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from suar.cases import codes
from suar.cases.forms import SavedForm, choice_field, fact_field
from suar.consent.documents import FactChange
from suar.core import clock
from suar.core.i18n import format_day

OLDEST_BIRTH = date(1900, 1, 1)


class NameForm(forms.Form):
    """The name the person uses here, in the worker's own writing."""

    name = fact_field("name")


class DetailsForm(SavedForm):
    """Facts about the person, all or those of one part; each is stored only if it is needed."""

    shows_conflicts = True

    def __init__(self, *args: Any, part: str = "", **kwargs: Any) -> None:
        """`part` is a code of codes/fact_parts.json; without it all facts are on the page."""
        super().__init__(*args, **kwargs)
        self.parts = [codes.FACT_PARTS[part]] if part else list(codes.FACT_PARTS.members)
        self.fields = {fact: fact_field(fact) for member in self.parts for fact in member["facts"]}
        for form_field in self.fields.values():
            form_field.show_hidden_initial = True

    def groups(self, changes: Sequence[FactChange]) -> list[dict[str, Any]]:
        """Return the fields of each part on the page, each with its earlier values, newest first."""
        former: dict[str, list[Any]] = {}
        for change in changes:
            if change.fact in self.fields:
                [(_label, old)] = self.in_words({change.fact: change.old})
                former.setdefault(change.fact, []).append({"old": old, "change": change})
        return [
            {"part": part, "rows": [(self[name], former.get(name, [])) for name in part["facts"]]}
            for part in self.parts
        ]

    def details_on_page(self) -> dict[str, Any]:
        """Return the details as the page showed them, before anything was typed."""
        return {
            name: form_field.to_python(self.data.get(self.add_initial_prefix(name), ""))
            for name, form_field in self.fields.items()
        }

    @property
    def changes(self) -> dict[str, Any]:
        """The details of a valid form that differ from what the page showed."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def clean(self) -> dict[str, Any] | None:
        """Refuse a page whose shown details cannot be read."""
        self.details_on_page()
        return super().clean()

    def in_words(self, details: Mapping[str, object]) -> list[tuple[Any, object]]:
        """Return facts with the labels of their fields, and codes with theirs."""
        return [(self.fields[name].label, self.value_in_words(name, value)) for name, value in details.items()]

    def value_in_words(self, name: str, value: Any) -> Any:
        """Return the value of a fact: a code as its label, a date as people say it, the rest as it is."""
        if isinstance(self.fields[name], forms.BooleanField):
            return _("Yes") if value else _("No")
        if isinstance(self.fields[name], forms.DateField) and (day := parse_date(str(value or ""))):
            return format_day(day)
        return dict(getattr(self.fields[name], "choices", ())).get(value, value)

    def show_stored(self, stored: Mapping[str, object]) -> None:
        """Show the details that are stored now; changed fields keep what was typed."""
        texts = {name: "" if value is None else str(value) for name, value in stored.items()}
        unchanged = {name: text for name, text in texts.items() if name not in self.changed_data}
        initial_texts = {self.add_initial_prefix(name): text for name, text in texts.items()}
        self.data = dict(self.data.items()) | initial_texts | unchanged

    def clean_born(self) -> date | None:
        """Refuse a date of birth in the future or before anybody alive was born."""
        born: date | None = self.cleaned_data["born"]
        if born and not OLDEST_BIRTH <= born <= clock.today():
            raise forms.ValidationError(_("Enter a date of birth in the past."))
        return born


FROM_REMAINING, FROM_MERGED = "stays", "goes"


class MergeForm(SavedForm):
    """One choice for each fact that differs between the records; `seen`: the versions that were compared."""

    shows_conflicts = True

    seen = forms.CharField(widget=forms.HiddenInput, max_length=300)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, seen: str, facts: Mapping[str, tuple[object, object]]
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        for name, (label, ours, theirs) in in_words(facts).items():
            self.fields[name] = choice_field(label, [(FROM_REMAINING, ours), (FROM_MERGED, theirs)], radio=True)

    def refuse(self, because: str) -> None:
        """Show the reason of a refusal above the page, not at a field."""
        self.refused = self.refusal_text(because)

    @property
    def choices(self) -> list[forms.BoundField]:
        """The fields of the facts to be chosen."""
        return [field for field in self if field.name != "seen"]

    def chosen(self) -> set[str]:
        """Return the facts that are taken from the other record."""
        return {name for name, value in self.cleaned_data.items() if value == FROM_MERGED}


def in_words(facts: Mapping[str, tuple[object, object]]) -> dict[str, tuple[Any, Any, Any]]:
    """Return facts of two records with their label, and both values in words; without those that no page shows."""
    form = DetailsForm()
    return {
        name: (form.fields[name].label, form.value_in_words(name, ours), form.value_in_words(name, theirs))
        for name, (ours, theirs) in facts.items()
        if name in form.fields
    }
