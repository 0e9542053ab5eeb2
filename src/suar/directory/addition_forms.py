"""The form of a new entry: who offers it, where it is, and all that an entry says.

What may be there already is asked about before a second one is made; what was typed stays.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suar.core import clock
from suar.core.codes import code_list
from suar.directory import duplicates, labels, proposals
from suar.directory.codes import PlaceKind
from suar.directory.diff import EMPTY, FlatEntry
from suar.directory.duplicates import EntryMatch, ProviderMatch
from suar.directory.entry_fields import CHOSEN, LINES, LONGEST_NAME, LONGEST_TEXT, ToldField
from suar.directory.forms import EntryForm, named
from suar.directory.proposals import SITE_FIELDS

LONGEST_WEBSITE, LONGEST_MAIL, LONGEST_CODE = 500, 254, 10
SPARE = 2
LOOK = gettext_lazy("Type its name or a part of it. If it is in the directory already you are asked which it is.")
WEBSITE = gettext_lazy("It starts with https://")
POSTAL = gettext_lazy("Without it, programs that read the directory are not given the address.")
MISSING: Mapping[str, str | Promise] = {
    "house": gettext_lazy("Say who offers the service."),
    "which": gettext_lazy("Is it one of these? Choose one, or say that it is a new one."),
    "name": gettext_lazy("Give the service a name, in one language at least."),
    "types": gettext_lazy("Tick at least one kind of help, or nobody finds it."),
    "kind": gettext_lazy("Say where people come to."),
    "place": gettext_lazy("Write the street, or the name of the place."),
    "district": gettext_lazy("Choose the district, or tick the places that it serves."),
    "hidden": gettext_lazy("The place is hidden: nothing of where it is may be kept here. Take this out."),
    "none": gettext_lazy("You said that people come to no place. Take this out, or choose another."),
    "reach": gettext_lazy("Write a number to call: without a place, nobody can reach it otherwise."),
    "ages": gettext_lazy("The youngest age is above the oldest one."),
    "another": gettext_lazy("Look at these entries, then say whether yours is another one."),
}


class AdditionForm(EntryForm):
    """A new entry; `over` counts how often its draft was written.

    `ours` is the organisation of whoever writes; `likes` are entries and drafts that it may be the
    same as, once the form was looked through.
    """

    house = ToldField(
        label=gettext_lazy("Name of the organisation"), required=False, max_length=LONGEST_NAME, help_text=LOOK
    )

    def __init__(self, *args: Any, told: FlatEntry, ours: UUID, draft: UUID | None = None, **kwargs: Any) -> None:
        super().__init__(*args, flat={**EMPTY, **told}, whole=True, spare=SPARE, **kwargs)
        self.draft, self.likes = draft, list[EntryMatch]()
        self.ours = told.get("house.own") or str(ours)
        del self.fields["status"]
        self.fields |= _about_house(told, duplicates.organisation_name(self.ours)) | _about_place(told)
        before = duplicates.provider_name_of(told)
        self.houses = duplicates.find_similar_providers(self.data.get("house", "") if self.is_bound else before)
        self.fields["house"].initial = before
        self._offer_houses(told)

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be found, reached or published, in the words of the field."""
        said = super().clean()
        self._clean_house(said)
        if not any(said.get(named(f"name.{tag}")) for tag in ("en", "id")):
            self._miss("name--en", "name")
        if "types" in said and not said["types"]:
            self._miss("types", "types")
        self._clean_place(said)
        numbers = [said.get(name) for name in self.fields if name.endswith("-number")]
        if not any(numbers) and said.get("site--kind") != PlaceKind.OPEN:
            self._miss("phone-1-number", "reach")
        low, high = said.get("let_in--age_min"), said.get("let_in--age_max")
        if low is not None and high is not None and low > high:
            self._miss("let_in--age_max", "ages")
        if not self.errors:
            self._ask_about_likes()
        return said

    def told(self) -> dict[str, Any]:
        """Give what was filled in, by the way of each field, without what was not told."""
        said, found = self.cleaned_data, super().told()
        if self._is_known(said):
            found["provider"] = said["provider"]
        else:
            found |= {
                "house.name": said["house"],
                "house.website": said["new--website"],
                "house.email": said["new--email"],
            }
            found["house.own"] = self.ours if said["new--own"] else ""
        found |= {way: said[named(way)] for way in ("site.kind", *SITE_FIELDS)}
        if found["let_in.places_free"] is not None:
            found["let_in.places_as_of"] = clock.today().isoformat()
        filled = {way: value for way, value in found.items() if value not in (None, "", [], {})}
        return proposals.without_hidden_location(filled)

    def _clean_house(self, said: Mapping[str, Any]) -> None:
        if not said.get("house") and not said.get("provider") and "house" in said:
            self._miss("house", "house")
        elif self.houses and not said.get("provider") and "provider" not in self.errors:
            self._miss("provider", "which")

    def _clean_place(self, said: Mapping[str, Any]) -> None:
        kind, told = said.get("site--kind"), [way for way in SITE_FIELDS if said.get(named(way))]
        if not kind:
            self._miss("site--kind", "kind")
        elif kind != PlaceKind.OPEN:
            for way in told:
                self._miss(named(way), "hidden" if kind == PlaceKind.HIDDEN else "none")
        elif not {"site.address_1", "site.name"} & {*told}:
            self._miss("site--address_1", "place")
        if kind == PlaceKind.OPEN and not said.get("site--district") and not said.get("areas"):
            self._miss("site--district", "district")

    def _ask_about_likes(self) -> None:
        """Ask once about what may be the same; an answer is good for these alone."""
        self.likes = duplicates.find_similar_entries(self.told(), apart_from=self.draft)
        answer = duplicates.none_of_these(each.id for each in self.likes)
        if not self.likes:
            return
        self.fields["another"] = forms.MultipleChoiceField(
            label=_("Is yours another service?"),
            choices=[(answer, _("Yes, it is none of these"))],
            widget=CHOSEN,
            required=False,
        )
        if answer not in self.data.getlist("another"):
            self._miss("another", "another")

    def _offer_houses(self, told: FlatEntry) -> None:
        new = duplicates.none_of_these(each.id for each in self.houses)
        offered = [(str(each.id), _house_words(each)) for each in self.houses]
        known = told.get("provider")
        if known and known not in dict(offered) and not self.is_bound:
            offered.insert(0, (known, labels.field_label("provider")))
        if not offered:
            return
        self.fields["provider"] = forms.ChoiceField(
            label=_("Which organisation is it?"),
            required=False,
            widget=forms.RadioSelect,
            choices=[*offered, (new, _("None of these: it is a new one"))],
            initial=told.get("provider") or (new if told else ""),
            error_messages={"invalid_choice": MISSING["which"]},
        )

    def _is_known(self, said: Mapping[str, Any]) -> bool:
        """Say whether an organisation of the directory was chosen, and not a new one."""
        new = duplicates.none_of_these(each.id for each in self.houses)
        return bool(said.get("provider")) and said["provider"] != new

    def _miss(self, field: str, why: str) -> None:
        if field not in self.errors:
            self.add_error(field, str(MISSING[why]))


def _house_words(house: ProviderMatch) -> str:
    return ": ".join(filter(None, (house.name, ", ".join(house.offers))))


def _about_house(told: FlatEntry, own: str) -> dict[str, forms.Field]:
    """Give the fields of a new organisation; `own` is the house that it may be."""

    def label(way: str) -> str:
        return labels.field_label(f"house.{way}")

    return {
        "new--website": forms.URLField(
            label=label("website"),
            required=False,
            max_length=LONGEST_WEBSITE,
            initial=told.get("house.website", ""),
            assume_scheme="https",
            help_text=WEBSITE,
        ),
        "new--email": forms.EmailField(
            label=label("email"),
            required=False,
            max_length=LONGEST_MAIL,
            initial=told.get("house.email", ""),
        ),
        "new--own": forms.BooleanField(
            label=_("It is %(house)s itself: what is sent to it comes there") % {"house": own},
            required=False,
            initial=bool(told.get("house.own")),
        ),
    }


def _about_place(told: FlatEntry) -> dict[str, forms.Field]:
    kinds = code_list("directory", "site_kinds").choices
    districts = [(province, [pair for pair in pairs if "." in pair[0]]) for province, pairs in labels.place_choices()]
    found: dict[str, forms.Field] = {
        named("site.kind"): forms.ChoiceField(
            label=labels.field_label("site.kind"),
            choices=kinds,
            required=False,
            initial=told.get("site.kind", ""),
            widget=forms.RadioSelect,
        )
    }
    for way in SITE_FIELDS:
        most = {"site.postal_code": LONGEST_CODE, "site.transport": LONGEST_TEXT}
        lines = {"widget": LINES} if way == "site.transport" else {}
        found[named(way)] = ToldField(
            label=labels.field_label(way),
            required=False,
            max_length=most.get(way, LONGEST_NAME),
            initial=told.get(way, ""),
            **lines,
        )
    found["site--postal_code"].help_text = POSTAL
    found["site--district"] = forms.ChoiceField(
        label=labels.field_label("site.district"),
        required=False,
        initial=told.get("site.district", ""),
        choices=[("", _("Not told")), *((name, pairs) for name, pairs in districts if pairs)],
    )
    return found
