"""The form of a new entry: its provider, its place, and all fields of an entry.

Possible duplicates are shown before a second provider or entry is created; the input stays.
"""

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suar.core import clock
from suar.core.codes import code_list
from suar.directory import duplicates, labels
from suar.directory.codes import UNKNOWN_LANGUAGE, PlaceKind
from suar.directory.diff import EMPTY, FlatEntry
from suar.directory.documents import Problem, Revision
from suar.directory.duplicates import EntryMatch, ProviderMatch
from suar.directory.forms.entry import EntryForm, field_name, group_fields
from suar.directory.forms.fields import CHECKBOXES, MAX_NAME, MAX_TEXT, TEXT_AREA, TEXT_LANGUAGES, PublicTextField
from suar.directory.models import Proposal
from suar.directory.proposals import SITE_FIELDS, EntryRefused, without_hidden_location

MAX_WEBSITE, MAX_EMAIL, MAX_POSTAL_CODE = 500, 254, 10
SPARE_ROWS = 2
PROVIDER_HELP = gettext_lazy(
    "Type its name or a part of it. If it is already in the directory, you choose which one it is."
)
WEBSITE_HELP = gettext_lazy("It starts with https://")
POSTAL_CODE_HELP = gettext_lazy("Without it, programs that read the directory do not get the address.")
ERRORS: Mapping[str, str | Promise] = {
    "house": gettext_lazy("Enter who offers the service."),
    "which": gettext_lazy("Is it one of these? Choose one, or choose that it is new."),
    "name": gettext_lazy("Enter a name for the service in at least one language."),
    "types": gettext_lazy("Select at least one kind of help, so that people can find it."),
    "kind": gettext_lazy("Choose where people go."),
    "place": gettext_lazy("Enter the street or the name of the place."),
    "district": gettext_lazy("Choose the district, or tick the places that it serves."),
    PlaceKind.HIDDEN: gettext_lazy(
        "The location is hidden: nothing that shows where it is may be stored here. Remove this."
    ),
    PlaceKind.NONE: gettext_lazy(
        "You chose that people do not come to a place. Remove this, or choose another option."
    ),
    "reach": gettext_lazy("Enter a phone number: without a place, people can only call."),
    "ages": gettext_lazy("The lowest age is higher than the highest age."),
    "another": gettext_lazy("Check these entries, then choose whether yours is a different one."),
}
FIRST_FIELDS = ("over", "house", "provider")
ORDER = (
    "provider",
    "house",
    "name",
    "description",
    "types",
    "site",
    "areas",
    "phones",
    "urgent",
    "hours",
    "let_in",
    "access",
)


class NewEntryForm(EntryForm):
    """A new entry; `over` counts how often its proposal was written.

    `duplicates` are entries and proposals that it may repeat; `problems` are refusals of the entry as
    a whole; `searched` says that providers were searched for and nothing was validated.
    """

    house = PublicTextField(
        label=gettext_lazy("Name of the organisation"), required=False, max_length=MAX_NAME, help_text=PROVIDER_HELP
    )
    searched = False

    def __init__(
        self,
        data: QueryDict | None,
        *,
        organisation: UUID,
        proposal: UUID | None = None,
        entry: FlatEntry | None = None,
        revision: int = 1,
    ) -> None:
        stored = entry or {}
        super().__init__(data, entry={**EMPTY, **stored}, revision=revision, editor=True, spare_rows=SPARE_ROWS)
        self.organisation, self.proposal = organisation, proposal
        self.duplicates: list[EntryMatch] = []
        self.problems: list[str] = []
        self.recipient = stored.get("house.own") or str(organisation)
        del self.fields["status"]
        self.fields |= _provider_fields(stored, duplicates.organisation_name(self.recipient)) | _site_fields(stored)
        name = duplicates.provider_name_of(stored)
        self.matches = duplicates.find_similar_providers(self.data.get("house", "") if self.is_bound else name)
        self.fields["house"].initial = name
        self._add_provider_choice(stored)
        self.order_fields(FIRST_FIELDS)

    @classmethod
    def for_proposal(cls, proposal: Proposal | None, data: QueryDict | None, *, organisation: UUID) -> Self:
        """Return the form, empty or filled with a proposal."""
        if proposal is None:
            return cls(data, organisation=organisation)
        stored = {"entry": proposal.told, "revision": proposal.edition, "proposal": proposal.id}
        return cls(data, organisation=organisation, **stored)

    def over_newer(self, current: Revision) -> Self:
        """Return the form over a newer version of the proposal; `meanwhile` shows that version."""
        data = self.data.copy()
        data["over"] = str(current.number)
        form = type(self)(
            data,
            organisation=self.organisation,
            proposal=self.proposal,
            entry=current.state,
            revision=current.number,
        )
        form.meanwhile = describe_new_entry(current.state)
        return form

    def show_matches(self) -> None:
        """Show the providers that were searched for, without validating anything."""
        self.errors.clear()
        self.searched = True

    def add_problems(self, refused: EntryRefused) -> None:
        """Show what no entry may contain, beside the field where one contains it."""
        clues = self.street_clues()
        for problem in refused.problems:
            blamed = [name for name, clue in clues.items() if clue == problem.detail]
            for name in blamed:
                self._add_once(name, labels.problem_text(problem))
            if not blamed:
                self.problems.append(f"{_problem_field(problem)}: {labels.problem_text(problem)}")

    def groups(self) -> list[dict[str, Any]]:
        """Return the fields in groups, each with its heading."""
        return group_fields(self, labels.new_entry_groups())

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be found, reached or published."""
        data = super().clean()
        self._clean_provider(data)
        if not any(data.get(field_name(f"name.{tag}")) for tag in TEXT_LANGUAGES):
            self._refuse("name--en", "name")
        if "types" in data and not data["types"]:
            self._refuse("types", "types")
        self._clean_site(data)
        numbers = [data.get(name) for name in self.fields if name.endswith("-number")]
        if not any(numbers) and data.get("site--kind") != PlaceKind.OPEN:
            self._refuse("phone-1-number", "reach")
        low, high = data.get("let_in--age_min"), data.get("let_in--age_max")
        if low is not None and high is not None and low > high:
            self._refuse("let_in--age_max", "ages")
        if not self.errors:
            self._ask_about_duplicates()
        return data

    def values(self) -> dict[str, Any]:
        """Return the non-empty input by path; of a hidden place only its provinces."""
        data, values = self.cleaned_data, super().values()
        if self._is_known_provider(data):
            values["provider"] = data["provider"]
        else:
            values["house.name"] = data["house"]
            values["house.website"], values["house.email"] = data["new--website"], data["new--email"]
            values["house.own"] = self.recipient if data["new--own"] else ""
        values |= {path: data[field_name(path)] for path in ("site.kind", *SITE_FIELDS)}
        if values["let_in.places_free"] is not None:
            values["let_in.places_as_of"] = clock.today().isoformat()
        return without_hidden_location({path: v for path, v in values.items() if v not in (None, "", [], {})})

    def _clean_provider(self, data: Mapping[str, Any]) -> None:
        if not data.get("house") and not data.get("provider") and "house" in data:
            self._refuse("house", "house")
        elif self.matches and not data.get("provider") and "provider" not in self.errors:
            self._refuse("provider", "which")

    def _clean_site(self, data: Mapping[str, Any]) -> None:
        kind, filled = data.get("site--kind"), [path for path in SITE_FIELDS if data.get(field_name(path))]
        if not kind:
            self._refuse("site--kind", "kind")
        elif kind != PlaceKind.OPEN:
            for path in filled:
                self._refuse(field_name(path), kind)
        elif not {"site.address_1", "site.name"} & {*filled}:
            self._refuse("site--address_1", "place")
        if kind == PlaceKind.OPEN and not data.get("site--district") and not data.get("areas"):
            self._refuse("site--district", "district")

    def _ask_about_duplicates(self) -> None:
        """Ask once about possible duplicates; an answer is valid for exactly these."""
        self.duplicates = duplicates.find_similar_entries(self.values(), apart_from=self.proposal)
        if not self.duplicates:
            return
        answer = duplicates.none_of_these(match.id for match in self.duplicates)
        self.fields["another"] = forms.MultipleChoiceField(
            label=_("Is yours a different service?"),
            choices=[(answer, _("Yes, it is none of these"))],
            widget=CHECKBOXES,
            required=False,
        )
        if answer not in self.data.getlist("another"):
            self._refuse("another", "another")

    def _add_provider_choice(self, stored: FlatEntry) -> None:
        offered, known = [(str(match.id), _match_text(match)) for match in self.matches], stored.get("provider")
        if known and known not in dict(offered) and not self.is_bound:
            offered.insert(0, (known, labels.field_label("provider")))
        if not offered:
            return
        self.fields["provider"] = forms.ChoiceField(
            label=_("Which organisation is it?"),
            required=False,
            widget=forms.RadioSelect,
            choices=[*offered, (self._new_provider(), _("None of these: it is a new one"))],
            initial=known or (self._new_provider() if stored else ""),
            error_messages={"invalid_choice": str(ERRORS["which"])},
        )

    def _new_provider(self) -> str:
        return duplicates.none_of_these(match.id for match in self.matches)

    def _is_known_provider(self, data: Mapping[str, Any]) -> bool:
        return bool(data.get("provider")) and data["provider"] != self._new_provider()

    def _refuse(self, field: str, code: str) -> None:
        self._add_once(field, str(ERRORS[code]))

    def _add_once(self, field: str, text: str) -> None:
        if field not in self.errors:
            self.add_error(field, text)


def describe_new_entry(entry: FlatEntry) -> list[dict[str, str]]:
    """Return a new entry in words, field by field, in the order of its form."""
    paths = sorted(entry, key=lambda path: ORDER.index(path.partition(".")[0]))
    return [{"question": labels.field_label(path), "answer": _value_text(path, entry)} for path in paths]


def _value_text(path: str, entry: FlatEntry) -> str:
    if path == "provider":
        return duplicates.provider_name_of(entry)
    return duplicates.organisation_name(entry[path]) if path == "house.own" else labels.field_value(path, entry[path])


def _problem_field(problem: Problem) -> str:
    if problem.field.startswith("AC_"):
        return labels.field_label(f"access.{problem.field}.{UNKNOWN_LANGUAGE}")
    return labels.field_label("hours" if problem.field == "schedules" else problem.field)


def _match_text(match: ProviderMatch) -> str:
    return ": ".join(filter(None, (match.name, ", ".join(match.offers))))


def _provider_fields(stored: FlatEntry, own: str) -> dict[str, forms.Field]:
    """Return the fields of a new provider; `own` is the name of the editor's organisation."""
    return {
        "new--website": forms.URLField(
            label=labels.field_label("house.website"),
            required=False,
            max_length=MAX_WEBSITE,
            initial=stored.get("house.website", ""),
            assume_scheme="https",
            help_text=WEBSITE_HELP,
        ),
        "new--email": forms.EmailField(
            label=labels.field_label("house.email"),
            required=False,
            max_length=MAX_EMAIL,
            initial=stored.get("house.email", ""),
        ),
        "new--own": forms.BooleanField(
            label=_("This is %(organisation)s itself: referrals to it arrive there") % {"organisation": own},
            required=False,
            initial=bool(stored.get("house.own")),
        ),
    }


def _site_fields(stored: FlatEntry) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        "site--kind": forms.ChoiceField(
            label=labels.field_label("site.kind"),
            choices=code_list("directory", "site_kinds").choices,
            required=False,
            initial=stored.get("site.kind", ""),
            widget=forms.RadioSelect,
        )
    }
    lengths = {"site.postal_code": MAX_POSTAL_CODE, "site.transport": MAX_TEXT}
    for path in SITE_FIELDS:
        fields[field_name(path)] = PublicTextField(
            label=labels.field_label(path),
            required=False,
            max_length=lengths.get(path, MAX_NAME),
            initial=stored.get(path, ""),
            widget=TEXT_AREA if path == "site.transport" else None,
        )
    fields["site--postal_code"].help_text = POSTAL_CODE_HELP
    districts = [(title, [pair for pair in pairs if "." in pair[0]]) for title, pairs in labels.place_choices()]
    fields["site--district"] = forms.ChoiceField(
        label=labels.field_label("site.district"),
        required=False,
        initial=stored.get("site.district", ""),
        choices=[("", _("Not stated")), *(group for group in districts if group[1])],
    )
    return fields
