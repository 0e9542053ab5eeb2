"""Words for the small fields of an entry, and for what they hold."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suar.directory.codes import UNKNOWN_LANGUAGE, Age, AskingState, DraftState, ErrorKind, How, PlaceKind
from suar.directory.labels.codes import access_field, attribute, language_name, place, service_type
from suar.directory.labels.reasons import value

WHOLE: Mapping[str, str | Promise] = {
    "name": gettext_lazy("Name of the service"),
    "description": gettext_lazy("What it does, in one sentence"),
    "status": gettext_lazy("Open or closed"),
    "phones": gettext_lazy("Telephone numbers"),
    "hours": gettext_lazy("Opening hours"),
    "urgent": gettext_lazy("Number that somebody answers now"),
    "types": gettext_lazy("Kinds of help"),
    "areas": gettext_lazy("Places it serves"),
    "let_in.age_min": gettext_lazy("Youngest age, in years"),
    "let_in.age_max": gettext_lazy("Oldest age, in years"),
    "let_in.children_age_limit": gettext_lazy("Children may come up to this age"),
    "let_in.places_total": gettext_lazy("Places in all"),
    "let_in.places_free": gettext_lazy("Free places today"),
    "let_in.places_as_of": gettext_lazy("Day of the free places"),
    "let_in.stay_limit_days": gettext_lazy("Longest stay, in days"),
}
OF_NEW = {
    "provider": gettext_lazy("Organisation that is there already"),
    "house.name": gettext_lazy("New organisation"),
    "house.website": gettext_lazy("Its website"),
    "house.email": gettext_lazy("Its mail address"),
    "house.own": gettext_lazy("What is sent to it comes to"),
    "site.kind": gettext_lazy("Where do people come to?"),
    "site.name": gettext_lazy("Name of the place, as on its door"),
    "site.address_1": gettext_lazy("Street and number"),
    "site.city": gettext_lazy("Village or town"),
    "site.postal_code": gettext_lazy("Postal code"),
    "site.district": gettext_lazy("District"),
    "site.transport": gettext_lazy("The way there"),
}
OF_FILES = {
    "provider.name": gettext_lazy("Name of the organisation"),
    "provider.description": gettext_lazy("What the organisation does"),
    "provider.website": gettext_lazy("Website of the organisation"),
    "provider.email": gettext_lazy("Mail address of the organisation"),
    "provider.phones": gettext_lazy("Telephone numbers of the organisation"),
    "site.address": gettext_lazy("Address"),
    "site.phones": gettext_lazy("Telephone numbers of the place"),
    "site.latitude": gettext_lazy("Position: degrees north"),
    "site.longitude": gettext_lazy("Position: degrees east"),
}
PLACE_KINDS = {
    PlaceKind.OPEN: gettext_lazy("To a place that everybody may know"),
    PlaceKind.HIDDEN: gettext_lazy("To a hidden place: nobody may read where it is"),
    PlaceKind.NONE: gettext_lazy("To none: it helps by telephone, or comes to people"),
}
NAMED: Mapping[str, str | Promise] = {**WHOLE, **OF_NEW, **OF_FILES}
ATTRIBUTES = {
    "sex": "EL_SEX",
    "children_with": "EL_CHILDREN_WITH",
    "nationality": "EL_NATIONALITY",
    "stay": "EL_STAY",
    "papers": "EL_PAPERS",
    "forms": "EL_FORM",
    "formal": "EL_FORMAL",
    "cooperation": "EL_COOPERATION",
    "cost": "EL_COST",
    "languages": "EL_LANGUAGE",
    "opening": "EL_TIME",
    "residential": "EL_RESIDENTIAL",
    "disability": "EL_DISABILITY",
    "exclusions": "EL_EXCLUSION",
    "family": "EL_FAMILY",
}
WHO = (
    "let_in--sex",
    "let_in--age",
    "let_in--nationality",
    "let_in--papers",
    "let_in--cost",
    "let_in--languages",
    "let_in--places",
)
STATUSES = {
    "active": gettext_lazy("It is open"),
    "temporarily closed": gettext_lazy("It is closed for now"),
    "defunct": gettext_lazy("It is closed for ever"),
    "inactive": gettext_lazy("It is closed for ever"),
}
AGES = {
    Age.NEVER: gettext_lazy("Nobody has checked it yet"),
    Age.FRESH: gettext_lazy("Fresh"),
    Age.ADVISED: gettext_lazy("Ask soon"),
    Age.REQUIRED: gettext_lazy("Ask now"),
    Age.HIDDEN: gettext_lazy("Too old: hidden from the public"),
}
HOWS = {
    How.IMPORT: gettext_lazy("from a file"),
    How.EDIT: gettext_lazy("by an editor"),
    How.LINK: gettext_lazy("by the provider, with a link"),
    How.UNDO: gettext_lazy("an older edition was brought back"),
    How.MERGE: gettext_lazy("two entries became one"),
    How.HIDE: gettext_lazy("hidden from the public"),
    How.JOIN: gettext_lazy("from a file, beside what was changed here"),
}
DRAFTS = {
    DraftState.DRAFT: gettext_lazy("Waits to be checked"),
    DraftState.CHECKED: gettext_lazy("Checked, waits to be published"),
    DraftState.PUBLISHED: gettext_lazy("Published"),
    DraftState.REFUSED: gettext_lazy("Not taken over"),
}
WRONGS = {
    ErrorKind.CLOSED: gettext_lazy("It is closed, or does not exist any more"),
    ErrorKind.NUMBER: gettext_lazy("The number is wrong, or nobody answers"),
    ErrorKind.PLACE: gettext_lazy("It is somewhere else"),
    ErrorKind.HOURS: gettext_lazy("The opening hours are wrong"),
    ErrorKind.REFUSED: gettext_lazy("They sent somebody away whom they should help"),
    ErrorKind.MONEY: gettext_lazy("They asked for money"),
    ErrorKind.UNSAFE: gettext_lazy("It is not safe to go there or to call"),
    ErrorKind.OTHER: gettext_lazy("Something else is wrong"),
}

TURNS = {
    AskingState.NOT_YET: gettext_lazy("To be asked"),
    AskingState.SILENT: gettext_lazy("Did not answer"),
    AskingState.LATELY: gettext_lazy("Asked in the last week"),
}

NOT_TAKEN = {
    "names_a_street": gettext_lazy("This entry has a hidden place: no text may name a street, coordinates or a map."),
    "names_a_district": gettext_lazy(
        "This entry has a hidden place, and these words name a district, town or village. Somebody "
        "has to look at them in a draft, and tick that."
    ),
    "ages_out_of_order": gettext_lazy("The youngest age is above the oldest one."),
    "link_unknown": gettext_lazy("This link leads nowhere"),
    "link_ended": gettext_lazy("This link has ended"),
    "sent_before": gettext_lazy("This was sent before, and has arrived"),
    "own_draft": gettext_lazy("You wrote this draft: somebody else of your house has to check it."),
    "not_checked": gettext_lazy("This draft has to be checked first."),
    "asked_lately": gettext_lazy("Somebody asked this provider within the last week. Nobody is asked twice in a week."),
    "nothing_due": gettext_lazy("Nothing of this provider is due any more."),
    "not_asked_by_you": gettext_lazy("Only whoever asked can take it back."),
    "no_provider": gettext_lazy("The organisation of this draft is no longer in the directory."),
    "in_the_future": gettext_lazy("A date in this draft lies ahead."),
    "draft_settled": gettext_lazy("Somebody has settled this draft already."),
    "written_anew": gettext_lazy(
        "Somebody wrote this draft anew while you read it. Below is what it says now: read it again."
    ),
}


def field(way: str) -> str:
    """Say the name of a field of an entry."""
    if way in NAMED:
        return str(NAMED[way])
    first, _dot, rest = way.partition(".")
    if first == "let_in":
        return _attribute(rest)
    code, _dot, tag = rest.rpartition(".")
    return in_language(access_field(code) if code else WHOLE[first], tag)


def in_language(words: str | Promise, tag: str) -> str:
    """Say of a field in which language its words are."""
    if tag == UNKNOWN_LANGUAGE:
        return str(words)
    name = LANG_INFO[tag]["name_local"] if tag in LANG_INFO else tag
    return _("%(field)s (%(language)s)") % {"field": words, "language": name}


def held(way: str, told: Any) -> str:
    """Say what a field holds; nothing is "Not told"."""
    if told in (None, "", [], {}):
        return _("Not told")
    if isinstance(told, bool):
        return _("Yes") if told else _("No")
    if way in SAID:
        return SAID[way](told)
    if isinstance(told, Mapping):
        return ", ".join(map(str, told.values()))
    if isinstance(told, list):
        return "; ".join(_one(way, each) for each in told)
    return value(str(told))


SAID: Mapping[str, Callable[[Any], str]] = {
    "status": lambda told: str(STATUSES.get(told, told)),
    "urgent": lambda told: str(told["number"]),
    "site.kind": lambda told: str(PLACE_KINDS[PlaceKind(told)]),
    "site.district": place,
}


def _one(way: str, told: Any) -> str:
    if way.endswith("phones"):
        return " ".join([told["number"], *told["words"].values()])
    if way == "hours":
        days = ", ".join(str(WEEKDAYS[day]) for day in told["days"])
        times = f"{told['opens']}-{told['closes']}" if told["opens"] else ""
        return " ".join(filter(None, [days, times, *told["words"].values()]))
    said = {"types": service_type, "areas": place, "let_in.languages": language_name}
    return said.get(way, value)(told)


def _attribute(name: str) -> str:
    return attribute(ATTRIBUTES[name]) if name in ATTRIBUTES else name


def groups_of_new() -> list[tuple[bool, str, tuple[str, ...]]]:
    """Name the groups of the form of a new entry, as for `field_groups`."""
    return [
        (True, _("Who offers it"), ("house", "provider")),
        (False, _("If the organisation is new"), ("new--",)),
        (True, _("Name"), ("name--", "description--")),
        (True, _("Kinds of help"), ("types",)),
        (True, _("Place"), ("site--",)),
        (False, _("Places it serves"), ("areas",)),
        (True, _("Telephone"), ("phone-",)),
        (False, field("urgent"), ("urgent-",)),
        *field_groups()[3:7],
    ]


def field_groups() -> list[tuple[bool, str, tuple[str, ...]]]:
    """Name the groups of a form of an entry: open from the start, heading, names of its fields."""
    return [
        (True, _("Name"), ("name--", "description--", "status")),
        (True, _("Telephone"), ("phone-",)),
        (False, field("urgent"), ("urgent-",)),
        (False, _("Opening hours"), ("hour-", "let_in--opening")),
        (False, _("Who can come, and what it costs"), WHO),
        (False, _("More about who can come"), ("let_in--",)),
        (False, _("What people are told"), ("access--",)),
        (False, _("Kinds of help and places"), ("types", "areas")),
    ]


def not_taken(because: str) -> str:
    """Say why something about an entry was not taken."""
    return str(NOT_TAKEN[because])
