"""The form that merges two records: the worker chooses between facts that differ."""

from collections.abc import Mapping
from typing import Any

from django import forms

from suar.cases.forms import choice_field
from suar.cases.forms.facts import DetailsForm

FROM_REMAINING, FROM_MERGED = "stays", "goes"


class MergeForm(forms.Form):
    """One choice for each fact that differs between the records; `seen`: the versions that were compared."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=300)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        seen: str,
        facts: Mapping[str, tuple[object, object]],
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        for name, (label, ours, theirs) in in_words(facts).items():
            self.fields[name] = choice_field(label, [(FROM_REMAINING, ours), (FROM_MERGED, theirs)], radio=True)

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
    compared = {name: pair for name, pair in facts.items() if name in form.fields}
    words = [dict(enumerate(form.in_words({name: pair[side] for name, pair in compared.items()}))) for side in (0, 1)]
    return {name: (words[0][at][0], words[0][at][1], words[1][at][1]) for at, name in enumerate(compared)}
