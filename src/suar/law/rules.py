"""What the international definition asks for: which path, which elements, whose consent counts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from types import MappingProxyType

from suar.core.decisions import Decision
from suar.law.terms import AgeBand, AgeFacts, Doubt, Element, Path

TABLE = FilePath(__file__).parent / "data" / "definition-1.json"
MAJORITY = 18
UNDER_18 = frozenset({AgeBand.UNDER_12, AgeBand.FROM_12_TO_14, AgeBand.FROM_15_TO_17})
NO_DOUBT = frozenset({Doubt.NO, Doubt.NOT_ASKED})


@dataclass(frozen=True, slots=True)
class Listed:
    """One form of an element as the definition lists it, in plain words of two languages."""

    code: str
    en: str
    id: str
    source: str


@lru_cache(maxsize=1)
def definition() -> Mapping[Element, tuple[Listed, ...]]:
    """Give the acts, means and purposes that the definition lists; purposes are a minimum.

    Source: Palermo Protocol, art. 3(a); data/definition-1.json.
    """
    raw = json.loads(TABLE.read_text("utf-8"))["elements"]
    return MappingProxyType({element: tuple(Listed(**row) for row in raw[element.value]) for element in Element})


def path_of(age: AgeFacts) -> Path:
    """Say which path an age takes: whoever may be under 18 is a child until it is settled.

    A stated age of 18 or over is doubted where the worker doubts it; an unknown age is that of an
    adult only where the worker says that the person cannot be under 18. Never looks alone.

    Source: Palermo Protocol, art. 3(d); UNICEF Guidelines 2006; CETS 197, art. 10(3).
    """
    if age.settled is not None:
        return age.settled
    if age.band in UNDER_18 or (age.years is not None and age.years < MAJORITY):
        return Path.CHILD
    if age.doubt is Doubt.NO:
        return Path.ADULT
    stated_adult = age.years is not None or age.band is AgeBand.ADULT
    return Path.ADULT if stated_adult and age.doubt in NO_DOUBT else Path.CHILD


def needed_elements(path: Path) -> frozenset[Element]:
    """Say which elements the definition needs: a child never needs means.

    Source: Palermo Protocol, art. 3(a) and 3(c).
    """
    return frozenset(Element) - ({Element.MEANS} if path is Path.CHILD else frozenset())


def consent_counts(path: Path, *, any_means: bool) -> Decision:
    """Say whether a yes to the exploitation has weight: never a child's, nor after means were used.

    Source: Palermo Protocol, art. 3(b) and 3(c).
    """
    if path is Path.CHILD:
        return Decision.no("A_CHILDS_CONSENT_NEVER_COUNTS")
    return Decision.no("MEANS_WERE_USED") if any_means else Decision.yes()
