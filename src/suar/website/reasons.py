"""Why a service fits, said to the person: short, in the second person, without codes."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from suar.directory import catalogue
from suar.directory.codes import Effect
from suar.directory.facts import Fit, Reason

Values = Sequence[str]
Say = Callable[[Values, str], str]


@dataclass(frozen=True, slots=True)
class Why:
    """One line: `kind` is "yes", "note", "warn" or "ask" (ask first)."""

    kind: str
    words: str


KINDS = {
    Effect.FOR: "yes",
    Effect.NOTE: "note",
    Effect.ASK: "ask",
    Effect.AGAINST: "ask",
    Effect.WARN: "warn",
}
PLAIN: dict[tuple[str, str, str], str | Promise] = {
    ("EL_PAPERS", "open", "NONE"): gettext_lazy("You need no papers."),
    ("EL_PAPERS", "open", "HELP_GIVEN"): gettext_lazy("They help you to get papers."),
    ("EL_PAPERS", "restricts", ""): gettext_lazy("Ask which papers they accept."),
    ("EL_PAPERS", "mismatch", ""): gettext_lazy("Ask which papers they accept."),
    ("EL_FORMAL", "open", ""): gettext_lazy("You need no report and no decision of an office."),
    ("EL_FORMAL", "restricts", ""): gettext_lazy("Ask whether they want a report first."),
    ("EL_COOPERATION", "states", "NO"): gettext_lazy("You do not have to talk to the police."),
    ("EL_COOPERATION", "states", "YES"): gettext_lazy(
        "They ask you to speak with the police. You may say no and look elsewhere."
    ),
    ("EL_COST", "states", "FREE"): gettext_lazy("It costs nothing."),
    ("EL_COST", "states", "PARTLY"): gettext_lazy("Some of it costs money."),
    ("EL_COST", "states", "FULL"): gettext_lazy("It costs money."),
    ("EL_COST", "states", "INSURANCE"): gettext_lazy("Ask what it costs without insurance."),
    ("EL_LANGUAGE", "open", ""): gettext_lazy("They have an interpreter."),
    ("EL_TIME", "states", "24_7"): gettext_lazy("Open day and night."),
    ("EL_TIME", "urgent", "24_7"): gettext_lazy("Open day and night."),
    ("EL_CAPACITY", "free", ""): gettext_lazy("There was room when we last asked."),
    ("EL_CAPACITY", "full", ""): gettext_lazy("It was full when we last asked. Ask again."),
    ("EL_CHILDREN_WITH", "open", ""): gettext_lazy("Your children may come along."),
    ("EL_STAY", "warning", ""): gettext_lazy(
        "They ask for a stay permit. You have a right to help without one too: ask others."
    ),
    ("EL_NATIONALITY", "restricts", ""): gettext_lazy("Ask whether they help foreigners."),
    ("EL_EXCLUSION", "restricts", ""): gettext_lazy("They cannot take everybody. Ask first."),
    ("EL_AREA", "open", ""): gettext_lazy("It helps people everywhere in Indonesia."),
    ("EL_AREA", "part", ""): gettext_lazy("It serves a part of the province. Ask first."),
    ("AC_CHECKED", "old", ""): gettext_lazy("We have not checked this for a long time. Call first."),
    ("AC_CHECKED", "never", ""): gettext_lazy("We have not checked this yet. Call first."),
}
"""Words of a reason by attribute, outcome and value; an empty value stands for any."""


WHOM: dict[tuple[str, str], Promise] = {
    ("", "ANY"): gettext_lazy("Women and men may come."),
    ("", "FEMALE"): gettext_lazy("It is for women and girls."),
    ("", "MALE"): gettext_lazy("It is for men and boys."),
    ("", "TRANS"): gettext_lazy("Trans people may come."),
    ("grown", "FEMALE"): gettext_lazy("It is for women."),
    ("grown", "MALE"): gettext_lazy("It is for men."),
    ("young", "ANY"): gettext_lazy("Girls and boys may come."),
    ("young", "FEMALE"): gettext_lazy("It is for girls."),
    ("young", "MALE"): gettext_lazy("It is for boys."),
}
"""Words of whom a place takes, by whether it is for grown people or for children only."""
GROWN = 18

TELLS_ONLY = ("EL_SEX", "EL_AGE", "EL_AREA", "EL_LANGUAGE", "EL_CHILDREN_WITH")
"""Attributes that a person compares with themselves; what was not said is not asked back."""
SAYS_WHOM = ("EL_SEX", "EL_AGE")
LIMITS = ("match", "restricts")
TAKES = ("open", *LIMITS)
ORDER = ("yes", "note", "warn", "ask")
WHOLE_COUNTRY = "NATIONAL"
SENTENCES = ("ABROAD", "SEA")
"""Places whose name says where people are by itself: no "in" stands before it."""


def why(fit: Fit, language: str, *, chosen: Collection[str] = ()) -> list[Why]:
    """Return the reasons that help a person choose: what fits, what to know, what to ask.

    Whom a place is for stands before all, so that nobody calls in vain. `chosen` names the
    attributes that the person said something about; of each kind they come first.
    """
    ages = _ages_taken(fit.because)
    reasons = chain.from_iterable(map(_apart, fit.because))
    said = [
        Why(_kind(each), words)
        for each in sorted(reasons, key=_place_of(chosen))
        if (words := _say(each, language, ages=ages))
    ]
    return list(dict.fromkeys(said))


def place_words(code: str, language: str) -> str:
    """Return the name of a place, or its code if it is unknown."""
    place = catalogue.places().get(code)
    return place.label(language) if place else code


def listed(words: Iterable[str]) -> str:
    """Join words with the comma of the language."""
    return pgettext("between the words of a list", ", ").join(words)


def language_words(code: str, language: str) -> str:
    """Return the name of a language, or its code if it is unknown."""
    named = catalogue.languages().get(code)
    return named.label(language) if named else code


def _place_of(chosen: Collection[str]) -> Callable[[Reason], tuple[bool, int, bool]]:
    """Return the sort key of reasons."""
    return lambda each: (
        not _says_whom(each),
        ORDER.index(_kind(each)),
        each.attribute not in chosen,
    )


def _apart(reason: Reason) -> Iterable[Reason]:
    """Split off the places that need a sentence of their own."""
    wide = tuple(each for each in reason.values if each in SENTENCES)
    if reason.attribute != "EL_AREA" or not wide or len(wide) == len(reason.values):
        return (reason,)
    inside = tuple(each for each in reason.values if each not in wide)
    return (replace(reason, values=inside), replace(reason, values=wide))


def _says_whom(reason: Reason) -> bool:
    return reason.attribute in SAYS_WHOM and reason.outcome in LIMITS


def _ages_taken(reasons: Sequence[Reason]) -> str:
    """Return "grown" or "young" if a service is for adults or children only."""
    for low, high in (each.values for each in reasons if each.attribute == "EL_AGE" and each.outcome in LIMITS):
        return "grown" if int(low) >= GROWN else "young" if high and int(high) < GROWN else ""
    return ""


def _kind(reason: Reason) -> str:
    if reason.attribute in TELLS_ONLY and reason.outcome == "restricts":
        return "note"
    return KINDS[reason.effect]


def _say(reason: Reason, language: str, *, ages: str) -> str:
    if reason.attribute == "EL_SEX":
        sentences = [WHOM.get((ages, value)) or WHOM.get(("", value)) for value in reason.values]
        return " ".join(str(each) for each in sentences if each) if reason.outcome in TAKES else ""
    value = reason.values[0] if len(reason.values) == 1 else ""
    for key in ((reason.attribute, reason.outcome, value), (reason.attribute, reason.outcome, "")):
        if key in PLAIN:
            return str(PLAIN[key])
    made = MADE.get((reason.attribute, reason.outcome))
    return made(reason.values, language) if made and reason.values else ""


def _ages(values: Values, language: str) -> str:
    low, high = int(values[0]), values[1]
    if not high:
        return _("From %(low)d years.") % {"low": low} if low else ""
    if not low:
        return _("Up to %(high)s years.") % {"high": high}
    return _("From %(low)d to %(high)s years.") % {"low": low, "high": high}


def _here(values: Values, language: str) -> str:
    return _("It is in %(place)s.") % {"place": _places(values, language)}


def _for_place(values: Values, language: str) -> str:
    named = _places(values, language)
    if values[0] in SENTENCES:
        return named
    return _("It is for people in %(place)s.") % {"place": named}


def _speaks(values: Values, language: str) -> str:
    spoken = listed(language_words(code, language) for code in values)
    return _("They speak: %(languages)s.") % {"languages": spoken}


def _children_to(values: Values, language: str) -> str:
    return _("Children up to %(age)s years may come along.") % {"age": values[0]}


def _places(values: Values, language: str) -> str:
    return listed(place_words(code, language) for code in values)


MADE: dict[tuple[str, str], Say] = {
    ("EL_AGE", "match"): _ages,
    ("EL_AGE", "restricts"): _ages,
    ("EL_AREA", "site"): _here,
    ("EL_AREA", "match"): _for_place,
    ("EL_AREA", "restricts"): _for_place,
    ("EL_AREA", "mismatch"): _for_place,
    ("EL_LANGUAGE", "match"): _speaks,
    ("EL_LANGUAGE", "restricts"): _speaks,
    ("EL_LANGUAGE", "mismatch"): _speaks,
    ("EL_CHILDREN_WITH", "restricts"): _children_to,
    ("EL_CHILDREN_WITH", "match"): _children_to,
}
