"""Why a service fits, in the words of the person: short, in the second person, without codes."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from suar.directory import catalogue, labels
from suar.directory.codes import Effect
from suar.directory.facts import Fit, Reason


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
SENTENCES: dict[tuple[str, str, str], str | Promise] = {
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
"""Sentences of a reason by attribute, outcome and value; an empty value stands for any."""
WHO_MAY_COME: dict[tuple[str, str], Promise] = {
    ("", "ANY"): gettext_lazy("Women and men may come."),
    ("", "FEMALE"): gettext_lazy("It is for women and girls."),
    ("", "MALE"): gettext_lazy("It is for men and boys."),
    ("", "TRANS"): gettext_lazy("Trans people may come."),
    ("adults", "FEMALE"): gettext_lazy("It is for women."),
    ("adults", "MALE"): gettext_lazy("It is for men."),
    ("children", "ANY"): gettext_lazy("Girls and boys may come."),
    ("children", "FEMALE"): gettext_lazy("It is for girls."),
    ("children", "MALE"): gettext_lazy("It is for boys."),
}
"""Sentences about sex, by whether the service is for adults or children only."""
ADULT_AGE = 18

COMPARES_SELF = ("EL_SEX", "EL_AGE", "EL_AREA", "EL_LANGUAGE", "EL_CHILDREN_WITH")
"""Attributes that a person compares with themselves; what they did not answer is not asked back."""
WHO_ATTRIBUTES = ("EL_SEX", "EL_AGE")
LIMITS = ("match", "restricts")
ORDER = ("yes", "note", "warn", "ask")
WHOLE_COUNTRY = "NATIONAL"
NAMES_ITS_PEOPLE = ("ABROAD", "SEA")
"""Places whose name is a sentence of its own: no "in" stands before it."""


def why(fit: Fit, *, chosen: Collection[str] = ()) -> list[Why]:
    """Return the reasons that help a person choose: what fits, what to know, what to ask.

    Whom a place is for comes first, so that nobody calls in vain. `chosen` names the attributes
    that the person answered; of each kind they come first.
    """

    def order(reason: Reason) -> tuple[bool, int, bool]:
        is_who = reason.attribute in WHO_ATTRIBUTES and reason.outcome in LIMITS
        return not is_who, ORDER.index(_kind(reason)), reason.attribute not in chosen

    ages = _ages_taken(fit.because)
    reasons = sorted((part for reason in fit.because for part in _split_areas(reason)), key=order)
    lines = [Why(_kind(reason), words) for reason in reasons if (words := _sentence(reason, ages))]
    return list(dict.fromkeys(lines))


def listed(words: Iterable[str]) -> str:
    """Join words with the comma of the language."""
    return pgettext("between the words of a list", ", ").join(words)


def _split_areas(reason: Reason) -> Iterable[Reason]:
    """Split off the places that need a sentence of their own."""
    wide = tuple(code for code in reason.values if code in NAMES_ITS_PEOPLE)
    if reason.attribute != "EL_AREA" or not wide or len(wide) == len(reason.values):
        return (reason,)
    inside = tuple(code for code in reason.values if code not in wide)
    return (replace(reason, values=inside), replace(reason, values=wide))


def _ages_taken(reasons: Sequence[Reason]) -> str:
    """Return "adults" or "children" if a service is for them only."""
    for reason in reasons:
        if reason.attribute == "EL_AGE" and reason.outcome in LIMITS:
            low, high = reason.values
            return "adults" if int(low) >= ADULT_AGE else "children" if high and int(high) < ADULT_AGE else ""
    return ""


def _kind(reason: Reason) -> str:
    if reason.attribute in COMPARES_SELF and reason.outcome == "restricts":
        return "note"
    return KINDS[reason.effect]


def _sentence(reason: Reason, ages: str) -> str:
    if reason.attribute == "EL_SEX":
        sentences = [WHO_MAY_COME.get((ages, value)) or WHO_MAY_COME.get(("", value)) for value in reason.values]
        return " ".join(str(sentence) for sentence in sentences if sentence and reason.outcome in ("open", *LIMITS))
    value = reason.values[0] if len(reason.values) == 1 else ""
    for key in ((reason.attribute, reason.outcome, value), (reason.attribute, reason.outcome, "")):
        if key in SENTENCES:
            return str(SENTENCES[key])
    build = BUILT.get((reason.attribute, reason.outcome))
    return build(reason.values) if build and reason.values else ""


def _ages(values: Sequence[str]) -> str:
    low, high = int(values[0]), values[1]
    if not high:
        return _("From %(low)d years.") % {"low": low} if low else ""
    if not low:
        return _("Up to %(high)s years.") % {"high": high}
    return _("From %(low)d to %(high)s years.") % {"low": low, "high": high}


def _located(values: Sequence[str]) -> str:
    return _("It is in %(place)s.") % {"place": listed(map(labels.place_name, values))}


def _serves(values: Sequence[str]) -> str:
    places = listed(map(labels.place_name, values))
    return places if values[0] in NAMES_ITS_PEOPLE else _("It is for people in %(place)s.") % {"place": places}


def _speaks(values: Sequence[str]) -> str:
    known = catalogue.languages()
    names = listed(known[code].label() if code in known else code for code in values)
    return _("They speak: %(languages)s.") % {"languages": names}


def _children_up_to(values: Sequence[str]) -> str:
    return _("Children up to %(age)s years may come along.") % {"age": values[0]}


BUILT: dict[tuple[str, str], Callable[[Sequence[str]], str]] = {
    **{("EL_AGE", outcome): _ages for outcome in LIMITS},
    ("EL_AREA", "site"): _located,
    **{("EL_AREA", outcome): _serves for outcome in (*LIMITS, "mismatch")},
    **{("EL_LANGUAGE", outcome): _speaks for outcome in (*LIMITS, "mismatch")},
    **{("EL_CHILDREN_WITH", outcome): _children_up_to for outcome in LIMITS},
}
"""Sentences that name values."""
