"""The form of a new entry: its provider, its site, and all fields of an entry.

Possible duplicates are shown before a second provider or entry is created; the input stays.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from suar.core import clock
from suar.core.codes import code_list
from suar.directory import duplicates, labels
from suar.directory.codes import UNKNOWN_LANGUAGE, PlaceKind
from suar.directory.diff import EMPTY, FlatEntry
from suar.directory.documents import Problem
from suar.directory.duplicates import EntryMatch
from suar.directory.forms.entry import TEXT_LANGUAGES, EntryForm, Fields, Row, field_name, form_groups
from suar.directory.models import Proposal
from suar.directory.proposals import SITE_FIELDS, EntryRefused, without_hidden_location

PROVIDER, PROVIDER_FIELDS = "house--name", ("house.website", "house.email")


class NewEntryForm(EntryForm):
    """A new entry; `over` counts how often its proposal was written.

    `duplicates` are entries and proposals that it may repeat. `searched` is True if providers were
    searched and nothing was validated.
    """

    kind = "new"
    spare_rows = 2
    searched = False

    def __init__(self, data: QueryDict | None, *, organisation: UUID, proposal: Proposal | None = None) -> None:
        self.stored: FlatEntry = proposal.content if proposal else {}
        self.organisation, self.proposal = organisation, proposal
        self.duplicates: list[EntryMatch] = []
        self.recipient = self.stored.get("house.own") or str(organisation)
        name = duplicates.provider_name_of(self.stored)
        self.matches = duplicates.find_similar_providers(name if data is None else data.get(PROVIDER, ""))
        self.new_provider = duplicates.none_of_these(match.id for match in self.matches)
        super().__init__(data, entry={**EMPTY, **self.stored}, revision=proposal.edition if proposal else 1)
        self.fields[PROVIDER].initial = name

    def build(self, row: Row) -> Fields:
        """Return the form fields of a row; two of them depend on the providers and the organisation."""
        if row["kind"] == "provider":
            return self._provider_choice()
        if row["kind"] == "own":
            own, known = duplicates.organisation_name(self.recipient), bool(self.stored.get(row["path"]))
            label = _("This is %(organisation)s itself: referrals to it arrive there") % {"organisation": own}
            return {field_name(row["path"]): forms.BooleanField(label=label, required=False, initial=known)}
        return super().build(row)

    def over_newer_proposal(self, proposal: Proposal) -> "NewEntryForm":
        """Return the form over a newer version of the proposal; `meanwhile` shows that version."""
        data = self.data.copy()
        data["over"] = str(proposal.edition)
        form = NewEntryForm(data, organisation=self.organisation, proposal=proposal)
        form.meanwhile = describe_new_entry(proposal.content)
        return form

    def show_matches(self) -> None:
        """Show the providers that were searched for, without validating anything."""
        self.errors.clear()
        self.searched = True

    def add_problems(self, refused: EntryRefused) -> None:
        """Add the problems of a refused entry to their fields, or to the form."""
        clues = self.street_clues()
        for problem in refused.problems:
            text = labels.problem_text(problem)
            blamed = [name for name, clue in clues.items() if clue == problem.detail]
            for name in blamed:
                if name not in self.errors:
                    self.add_error(name, text)
            if not blamed:
                self.add_error(None, f"{_problem_field(problem)}: {text}")

    def clean(self) -> dict[str, Any]:
        """Refuse an entry that nobody could search for, reach or publish."""
        data = super().clean()
        self._clean_provider(data)
        if not any(data.get(f"name--{tag}") for tag in TEXT_LANGUAGES):
            self.refuse("name--en", "name")
        if "types" in data and not data["types"]:
            self.refuse("types", "types")
        self._clean_site(data)
        numbers = [data.get(name) for name in self.fields if name.endswith("-number")]
        if not any(numbers) and data.get("site--kind") != PlaceKind.OPEN:
            self.refuse("phone-1-number", "reach")
        low, high = data.get("let_in--age_min"), data.get("let_in--age_max")
        if low is not None and high is not None and low > high:
            self.refuse("let_in--age_max", "ages")
        if not self.errors:
            self._ask_about_duplicates()
        return data

    def values(self) -> dict[str, Any]:
        """Return the non-empty input by path; of a hidden place only its provinces."""
        values = super().values()
        if values.get("provider") in ("", None, self.new_provider):
            values["provider"] = ""
            values["house.own"] = self.recipient if values["house.own"] else ""
        else:
            values |= dict.fromkeys(("house.name", "house.own", *PROVIDER_FIELDS), "")
        if values["let_in.places_free"] is not None:
            values["let_in.places_as_of"] = clock.today().isoformat()
        return without_hidden_location(
            {path: value for path, value in values.items() if value not in (None, "", [], {})}
        )

    def _clean_provider(self, data: Mapping[str, Any]) -> None:
        if not data.get(PROVIDER) and not data.get("provider") and PROVIDER in data:
            self.refuse(PROVIDER, "provider")
        elif self.matches and not data.get("provider") and "provider" not in self.errors:
            self.refuse("provider", "which")

    def _clean_site(self, data: Mapping[str, Any]) -> None:
        kind, filled = data.get("site--kind"), [path for path in SITE_FIELDS if data.get(field_name(path))]
        if not kind:
            self.refuse("site--kind", "kind")
        elif kind != PlaceKind.OPEN:
            for path in filled:
                self.refuse(field_name(path), kind)
        elif not {"site.address_1", "site.name"} & {*filled}:
            self.refuse("site--address_1", "place")
        if kind == PlaceKind.OPEN and not data.get("site--district") and not data.get("areas"):
            self.refuse("site--district", "district")

    def _ask_about_duplicates(self) -> None:
        """Ask once about possible duplicates; an answer is valid for exactly these."""
        apart_from = self.proposal.id if self.proposal else None
        self.duplicates = duplicates.find_similar_entries(self.values(), apart_from=apart_from)
        if not self.duplicates:
            return
        answer = duplicates.none_of_these(match.id for match in self.duplicates)
        self.fields["another"] = forms.MultipleChoiceField(
            label=_("Is yours a different service?"),
            choices=[(answer, _("Yes, it is none of these"))],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        if answer not in self.data.getlist("another"):
            self.refuse("another", "another")

    def _provider_choice(self) -> Fields:
        known = self.stored.get("provider")
        offered = [
            (str(match.id), ": ".join(filter(None, (match.name, ", ".join(match.offers))))) for match in self.matches
        ]
        if known and known not in dict(offered):
            offered.insert(0, (known, labels.field_label("provider")))
        if not offered:
            return {}
        field = forms.ChoiceField(
            label=_("Which organisation is it?"),
            required=False,
            widget=forms.RadioSelect,
            choices=[*offered, (self.new_provider, _("None of these: it is a new one"))],
            initial=known or (self.new_provider if self.stored else ""),
            error_messages={"invalid_choice": code_list("directory", "entry_errors").label("which")},
        )
        return {"provider": field}


def describe_new_entry(entry: FlatEntry) -> list[dict[str, str]]:
    """Return a new entry in words, field by field, in the order of its form."""
    order = [row["path"].partition(".")[0] for group in form_groups("new") for row in group["fields"]]
    paths = sorted(entry, key=lambda path: order.index(path.partition(".")[0]))
    return [{"question": labels.field_label(path), "answer": _value_text(path, entry)} for path in paths]


def _value_text(path: str, entry: FlatEntry) -> str:
    if path == "provider":
        return duplicates.provider_name_of(entry)
    return duplicates.organisation_name(entry[path]) if path == "house.own" else labels.field_value(path, entry[path])


def _problem_field(problem: Problem) -> str:
    if problem.field.startswith("AC_"):
        return labels.field_label(f"access.{problem.field}.{UNKNOWN_LANGUAGE}")
    return labels.field_label("hours" if problem.field == "schedules" else problem.field)
