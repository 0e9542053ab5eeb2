"""The form of a review: ratings of domains by the person and by the worker, side by side."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from suar.cases.codes import DOMAINS, RATINGS
from suar.cases.documents.plan import RATERS, Rater, Ratings
from suar.cases.forms import VersionedForm, choice_field, date_field, text_field
from suar.core import clock
from suar.core.i18n import localize


class RatingsForm(VersionedForm):
    """Ratings of some domains; each may be left out."""

    problem_fields = {"in_the_future": "on", "year_too_early": "on"}

    on = date_field(_("On which day"), required=True)
    on_paper = forms.BooleanField(label=_("The person rated on paper"), required=False)
    note = text_field(_("Note"), 1000, rows=2, help_text=_("It is stored as a note of the case."))

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        domains: Sequence[str],
        stored: Ratings | None = None,
        version: int = 0,
    ) -> None:
        """`stored` is the review that is corrected."""
        initial: dict[str, Any] = {"version": version, "on": stored.on if stored else clock.today()}
        initial |= {"on_paper": bool(stored and stored.on_paper)}
        for rater in RATERS:
            initial |= {f"{rater}-{code}": rating for code, rating in (stored.of(rater) if stored else {}).items()}
        super().__init__(data, initial=initial)
        self.domains = domains
        for code in domains:
            for rater in RATERS:
                choices = [*RATINGS.choices, ("", _("Not asked"))]
                field = choice_field(DOMAINS.label(code), choices, radio=True, required=False)
                self.fields[f"{rater}-{code}"] = field

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each domain with its question, and for each rating the buttons of the person and the worker."""
        for code in self.domains:
            domain, person, worker = DOMAINS[code], self[f"person-{code}"], self[f"worker-{code}"]
            anchors = [localize(anchor) for anchor in domain["anchors"]]
            texts = [*anchors, *(rating.label for rating in RATINGS.members[len(anchors) :]), _("Not asked")]
            marks = [rating["number"] for rating in RATINGS.members if rating.get("number")]
            buttons = zip(texts, [*marks, *[""] * len(texts)], person, worker, strict=False)
            yield {"domain": domain, "question": localize(domain["question"]), "buttons": buttons}

    def to_ratings(self, *, by: UUID, at: datetime) -> Ratings:
        """Return a valid form as ratings; the review is full if somebody rated every domain, if only as not known."""
        data = self.cleaned_data

        def of(rater: Rater) -> dict[str, str]:
            return {code: data[f"{rater}-{code}"] for code in self.domains if data[f"{rater}-{code}"]}

        person, worker = of("person"), of("worker")
        full = {*person, *worker} >= set(DOMAINS)
        return self.to_part(Ratings, person=person, worker=worker, full=full, by=by, at=at)
