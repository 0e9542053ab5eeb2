"""Relevance of a service for a search, by the meaning of its words.

Nearness, opening, cost and freshness decide between services that mean the same.
Source: own design, docs/decisions/search.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from suar.directory import catalogue
from suar.directory.facts import ServiceFacts
from suar.directory.rules.fit import is_for_a_sector

IN_NAME, IN_TEXT, BOTH_SHARE = 0.75, 0.4, 0.2
"""Weight of a word in the name or in another text of a service, and its share if the type matches too."""
ONLY_IN_NAME = 0.25
"""The weight of a word with its own meaning that a service has only in its name."""
ONE_TYPE_WEIGHT, GROUP_WEIGHT = 0.9, 0.85
"""Weight of one matching type among others, and of the code of a group."""
OWN_WORDS_ONLY = frozenset(
    {
        "FAM_CHILDCARE",
        "FAM_MEDIATION",
        "HEA_DISABILITY",
        "HEA_FORENSIC",
        "HEA_INSURANCE",
        "HEA_SUBSTANCE",
        "SAF_PROTECTION",
    }
)
"""Types that the name of their group does not include: forensic doctors are not for every sick person."""
NEXT_TYPE_FACTOR, PEOPLE_WEIGHT = 0.94, 0.7
"""The factor for each next type of a row of `related.json`, and the weight of its rows of people."""
STEPS = 8
"""Relevance is compared in eighths, so that nearness decides between services of nearly the same relevance."""
ADULT_YEARS = 18
UNSURE_DEDUCTION = 0.25
ATTRIBUTES = {
    "FOR_CHILDREN": "EL_AGE",
    "FOR_MEN": "EL_SEX",
    "FOR_WOMEN": "EL_SEX",
    "FOR_FOREIGNERS": "EL_NATIONALITY",
}
"""Audiences of services, and the attribute by which a person belongs to one."""
BEREAVED, REMAINS = "FOR_BEREAVED", "RET_REMAINS"
CREWS, SEA = "FOR_CREWS", "SEA"
AUDIENCE_TYPES = {
    "FOR_CHILDREN": frozenset({"COO_GUARDIAN", "HOU_CHILD", "RET_CHILD"}),
    BEREAVED: frozenset({REMAINS, "FAM_SECONDARY"}),
    CREWS: frozenset({SEA}),
}
"""Audiences whose services are listed last unless the search names them, and the types that name them."""
TEXT_PREFIX = "="
"""Prefix of a code that is a word from the texts of a service."""
WIDE = frozenset({SEA, "ABROAD"})
CREWS_SHARE = 0.7
"""Least share of the sea in what is meant most, for a word that speaks of crews."""
MIN_SHARE = 0.5
"""Services with less than this share of the best relevance are listed apart."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word of a search: its spellings, how it may begin, and the weight of each code that it may mean."""

    spellings: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    weights: Mapping[str, float] | None = None

    def is_in(self, words: Collection[str]) -> bool:
        """Return True if one of the words is this one, begins with it, or is spelt nearly alike."""
        if not self.spellings.isdisjoint(words):
            return True
        return bool(self.starts) and any(word.startswith(self.starts) for word in words)


@dataclass(frozen=True, slots=True)
class Offered:
    """A service as a search sees it: its types with their groups, its audience, and the words of its texts.

    `audience` holds codes such as FOR_CHILDREN, and SEA or ABROAD if it serves people there.
    """

    types: Sequence[tuple[str, str]]
    audience: frozenset[str]
    name: frozenset[str]
    text: frozenset[str]

    def says(self, code: str) -> bool:
        """Return True if a code is a word of its texts."""
        word = code.removeprefix(TEXT_PREFIX)
        return word != code and (word in self.name or word in self.text)


def relevance(wanted: Sequence[Wanted], offered: Offered, *, known: Collection[str] = ()) -> float:
    """Return the sum of what each word finds in a service.

    A service for some people only counts a little less, unless the words name them or `known` says that it is known
    whether the person is one of them.

    Source: own design, docs/decisions/search.
    """
    weight = sum(weight_of(word, offered) for word in wanted)
    unsure = {code for code in offered.audience if code in ATTRIBUTES and ATTRIBUTES[code] not in known}
    named = any(code in (word.weights or {}) for word in wanted for code in unsure)
    return weight - UNSURE_DEDUCTION if unsure and not named and weight else weight


def is_for_others(wanted: Sequence[Wanted], offered: Offered, *, known: frozenset[str] = frozenset()) -> bool:
    """Return True if a service is for children, the bereaved or crews only, and nothing speaks of them.

    A word speaks of children if it may mean them, or if it mostly means help that only they get. All words together
    speak of the dead if they mean their return at least half as much as anything else. A word speaks of crews if it
    means the sea nearly as much as anything else. A word of the name of a service asks for it if it has no other
    meaning.

    Source: own design, docs/decisions/search.
    """
    types = {code for code, _group in offered.types}
    audiences = AUDIENCE_TYPES.keys() & offered.audience
    audiences |= {BEREAVED} if REMAINS in types and types <= AUDIENCE_TYPES[BEREAVED] else set()
    is_named = any(word.is_in(offered.name) for word in wanted if not word.weights)
    return not is_named and any(
        known.isdisjoint({code, ATTRIBUTES.get(code, code)}) and not _mentions_audience(code, wanted)
        for code in audiences
    )


def _mentions_audience(audience: str, wanted: Sequence[Wanted]) -> bool:
    if audience == BEREAVED:
        together = Counter[str]()
        for word in wanted:
            together.update(word.weights or {})
        return together[REMAINS] > 0 and together[REMAINS] >= MIN_SHARE * max(together.values())
    for word in wanted:
        weights = word.weights or {}
        most = max(weights.values(), default=0)
        least = CREWS_SHARE * most if audience == CREWS else most
        meant = {code for code, weight in weights.items() if code == audience or weight >= least}
        if meant & {audience, *AUDIENCE_TYPES[audience]}:
            return True
    return False


def weight_of(word: Wanted, offered: Offered) -> float:
    """Return how closely a service answers one word: by its types, its name or its texts; 0 is not at all.

    Source: own design, docs/decisions/search.
    """
    weights = word.weights or {}
    by_type = [
        max(weights.get(code, 0), GROUP_WEIGHT * weights.get(group, 0) * (code not in OWN_WORDS_ONLY))
        for code, group in offered.types
    ]
    if not all(by_type):
        by_type = [(ONE_TYPE_WEIGHT if len(by_type) > 1 else 1) * weight for weight in by_type]
    literal = IN_NAME if word.is_in(offered.name) else IN_TEXT if word.is_in(offered.text) else 0
    if not weights:
        return literal
    other = [weight for code, weight in weights.items() if code in offered.audience or offered.says(code)]
    meant = max([0.0, *by_type, *other])
    return max(meant + BOTH_SHARE * literal, ONLY_IN_NAME) if literal == IN_NAME else meant


def audience(service: ServiceFacts) -> frozenset[str]:
    """Return the audience of a service as codes, including people at sea or abroad.

    Source: own design, docs/decisions/search.
    """
    sexes = service.sex or frozenset()
    audiences = {
        "FOR_CHILDREN": service.age_max is not None and service.age_max < ADULT_YEARS,
        "FOR_MEN": "MALE" in sexes and not sexes & {"ANY", "FEMALE"},
        "FOR_WOMEN": "FEMALE" in sexes and not sexes & {"ANY", "MALE"},
        "FOR_TRANS": "TRANS" in sexes,
        CREWS: is_for_a_sector(service) and SEA in (service.areas or ()),
        "FOR_FOREIGNERS": bool(service.nationality) and not (service.nationality or set()) & {"ANY", "NATIONAL"},
    }
    return frozenset(code for code, is_so in audiences.items() if is_so) | (service.areas or frozenset()) & WIDE


def weights_by_order(codes: Sequence[str]) -> dict[str, float]:
    """Return a weight for each code of a need: the first is meant most, and none less than a third.

    Source: own design, docs/decisions/search.
    """
    return {code: max(1 - 0.1 * at, 0.3) for at, code in reversed([*enumerate(codes)])}


def related_types(meant: Mapping[str, float], people: Collection[str]) -> Mapping[str, float]:
    """Return weights of related types of help for the weights of the search and the kind of person.

    Source: own design, docs/decisions/search; data/related.json.
    """
    most = max(meant.values(), default=0)
    weights = Counter[str]()
    for row in catalogue.related()["rows"]:
        share = max((meant.get(code, 0) for code in row["of"]), default=0) / (most or 1)
        if share >= MIN_SHARE:
            _add_types(weights, row["also"], share)
    for row in catalogue.related()["people"]:
        if row["who"] in people:
            _add_types(weights, row["also"], row.get("share", PEOPLE_WEIGHT))
    return weights


def _add_types(weights: Counter[str], types: Collection[str], share: float) -> None:
    weights.update({code: share * NEXT_TYPE_FACTOR**at for at, code in enumerate(types)})
