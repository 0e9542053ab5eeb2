"""A parsed text of the search field: its words with the codes that they may mean, its places, and its urgency.

A word is looked up as typed, then by its root, then in other languages. If that fails, it is matched without vowels and
then as a misspelling. Word combinations with their own meaning ("child" and "taken") are in `data/combinations.json`.
A text of several words is also compared with the examples.
"""

import gc
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, pairwise, product
from typing import Any, NamedTuple

from suar.directory import catalogue
from suar.directory.rules.relevance import TEXT_PREFIX
from suar.directory.search import SearchWord
from suar.directory.tokens import one_edit_apart, tokenize
from suar.website import keywords
from suar.website.combinations import Combination, combination_rows, combinations, combinations_of
from suar.website.examples import Example, Examples, Similarity, load_examples
from suar.website.keywords import (
    MAX_WORDS,
    SPELLING,
    common_places,
    everyday_rows,
    load_lexicon,
    row_weights,
    words_of,
)
from suar.website.stems import Affixes, consonants, index_roots, plain_spelling
from suar.website.synonyms import Rows, rows_of

MAX_PHRASE_WORDS = 5
APOSTROPHE = re.compile("['\u2019]")
SHORTEST_FORGIVEN, SHORTEST_BEGINNING, LONG_ENOUGH = 5, 5, 6
MAX_SPAN, PART_WEIGHT = 9, 1.0
"""Maximum of words from the first to the last of a combination, and the weight of each of its parts."""
ROOT_WEIGHT, MISSPELT_WEIGHT, BEGINNING_WEIGHT = 0.95, 0.85, 0.7
NAME_WORD_WEIGHT = 0.5
"""Weight of a word that occurs in the name of a type but is not an everyday word."""


COMMON = 4
"""Number of examples that have a common word."""
MIN_WORDS, FULL_WORDS, MAX_WEIGHT, FULL_SIMILARITY = 3, 12, 9, 0.2
"""Minimum of known words for a comparison with examples, the words and the similarity at which examples have the
maximum weight, and that weight."""
MIN_SHARE, EXPONENT, OTHER_CODE_SHARE = 0.6, 4, 0.7
"""Minimum share of the similarity of the nearest type, its exponent, and the share of codes that are neither types nor
words of a service."""
CLEAR_DANGER, MIN_DANGER, MIN_DANGER_OF_WORDS, MAX_WORDS_OF_COMBINATION = 0.485, 0.415, 0.38, 8
"""Similarity to danger from which a text is urgent, from which it may be urgent, the latter for one with urgent words,
and the words from which an urgent combination does not decide alone."""
ROOT, SHORTEST_ROOT = "~", 4
CLEAR_WEIGHT = 0.6
"""A word is vague unless one of its codes has this weight."""
BRING, TOWARD, FROM, AGE, YEARS, UNIT, DESPAIR = (
    "bring",
    "toward",
    "from",
    "age",
    "years",
    "another unit",
    "not wanting to live",
)
ENDS, VILLAGE = frozenset({TOWARD, FROM}), "a village"
HOMEWARD = frozenset({"the way home"})
CHILD = frozenset({"children", "one's own children"})
NUMBER = re.compile(r"(\d{1,2})(?:thn|th|tahun|yo|yrs?)?")
YOUNGEST, OLDEST_CHILD, OLDEST, MAX_DISTANCE = 3, 17, 99, 2
"""Ages of a child, the age up to which a number is one, and the maximum distance in words between an age and the word
for the child."""


class Reading(NamedTuple):
    """Possible meanings of a typed text. `urgent`: somebody is likely in danger now; `may_be_urgent`: or may be.

    `age_years` is the age of who needs help, and `child_age` that of a child who comes along. `vague`: no word
    tells clearly what is needed.
    """

    words: tuple[SearchWord, ...] = ()
    places: tuple[str, ...] = ()
    urgent: bool = False
    age_years: int | None = None
    child_age: int | None = None
    vague: bool = False
    may_be_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everyday words of a language with the weights of their codes, and the rows that have them."""

    weights: Mapping[str, Mapping[str, float]]
    rows: Mapping[str, frozenset[str]]
    affixes: Affixes
    roots: Mapping[str, frozenset[str]]
    small: frozenset[str] = frozenset()
    sets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    short: Mapping[str, Sequence[str]] = field(default_factory=dict)
    initials: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def knows(self, word: str) -> bool:
        """Return True if a word is in the vocabulary as it is typed."""
        return word in self.weights or word in self.small or any(word in words for words in self.sets.values())

    def forms(self, word: str) -> frozenset[str]:
        """Return the known words that are a form of a word, those that share most letters with it.

        A root that is a known word itself stands for no other word.
        """
        shared: dict[int, set[str]] = defaultdict(set)
        for root in self.affixes.roots(word):
            shared[len(root)] |= {root} if root in self.rows else self.roots.get(root, frozenset())
        return frozenset(next((shared[size] for size in sorted(shared, reverse=True) if shared[size]), ()))


@dataclass(frozen=True, slots=True)
class Part:
    """A typed word or phrase as it is compared, with its codes and its rows; `is_end`: it follows "to" or "from"."""

    text: str
    normal: str
    weights: Mapping[str, float]
    rows: frozenset[str]
    is_small: bool = False
    is_end: bool = False


def read_query(text: str, language: str) -> Reading:
    """Return what typed words may mean, without those that name a place, and the places, towns first."""
    lexicon = load_lexicon(language)
    if lexicon.writing.least:
        return Reading(*keywords.read_unspaced(text, language))
    typed = _split(text)
    parts = [*_read_parts(typed, language)][: 2 * MAX_WORDS]
    age, comes_along = _typed_age(text, language), any(BRING in part.rows for part in parts)
    joined, together = _join(parts)
    similarity = _similarity(_features(parts, together, typed, language))
    spoken = [part for part in joined if not part.is_small] or joined
    named = [(part, _named_places(part, lexicon)) for part in spoken]
    narrow = lexicon.writing.narrow
    going_home = any(part.rows & HOMEWARD for part in parts)
    places = common_places(
        (part.normal in narrow, codes) for part, codes in named if codes and not (going_home and part.is_end)
    )
    words = [part for part, codes in named if not (codes and {*places} & codes)]
    words = [part for part in words if part.weights or part.normal not in narrow]
    has_urgent_words = any(part.rows & urgent_rows() for part in words) or any(row.urgent for row in together)
    is_clear = any(row.urgent for row in together) or any(DESPAIR in part.rows for part in words)
    is_clear &= _count_words(parts) < MAX_WORDS_OF_COMBINATION
    meant = [*words[:MAX_WORDS], _part_of_examples(similarity, parts)] if words and similarity else words[:MAX_WORDS]
    return Reading(
        tuple(map(_search_word, meant)),
        places,
        is_clear or (has_urgent_words if similarity is None else similarity.danger >= CLEAR_DANGER),
        None if comes_along else age,
        age if comes_along and age and age <= OLDEST_CHILD else None,
        bool(meant) and all(weight < CLEAR_WEIGHT for part in meant for weight in part.weights.values()),
        similarity is not None and similarity.danger >= (MIN_DANGER_OF_WORDS if has_urgent_words else MIN_DANGER),
    )


def _similarity(features: set[str]) -> Similarity | None:
    """Return the similarity of a text of several known words to the examples, or None."""
    known = sum(feature.isalnum() for feature in _examples().rarity.keys() & features)  # marks set other features apart
    return _examples().compare(features) if known >= MIN_WORDS else None


def _count_words(parts: Sequence[Part]) -> int:
    return sum(len(part.normal.split()) for part in parts)


def _part_of_examples(similarity: Similarity, parts: Sequence[Part]) -> Part:
    """Return the needs of similar examples as one more part without a text; they count less for a text of few words."""
    types = catalogue.types()
    best = max((cosine for code, cosine in similarity.cosines.items() if code in types), default=0.0)
    weight = MAX_WEIGHT * min(1, best / FULL_SIMILARITY) * min(1, _count_words(parts) / FULL_WORDS)
    weights = {
        code: (1 if code in types or code.startswith(TEXT_PREFIX) else OTHER_CODE_SHARE)
        * weight
        * min(1, cosine / best) ** EXPONENT
        for code, cosine in similarity.cosines.items()
        if cosine >= MIN_SHARE * best > 0
    }
    return Part("", "", weights, frozenset())


def _forms_of(word: str, language: str) -> tuple[str, Rows]:
    """Return the shortest root of a word, marked as one, and its rows of synonyms."""
    roots = _load(language).affixes.roots(word)
    root = min((root for root in roots if len(root) >= SHORTEST_ROOT), key=lambda root: (len(root), root), default=word)
    return ROOT + root, rows_of(word, roots, language)


def _features(
    parts: Sequence[Part],
    together: Sequence[Combination],
    typed: Sequence[str],
    language: str,
    forms_of: Callable[[str, str], tuple[str, Rows]] = _forms_of,
) -> set[str]:
    """Return the features of a text: its words, their roots and rows, and pairs of words and of rows."""
    words = [_spellings().get(word, word) for word in typed]
    forms = [forms_of(word, language) for word in words]
    synonyms = [rows for _root, rows in forms if rows]
    near = chain(pairwise(synonyms), zip(synonyms, synonyms[2:], strict=False))
    pairs = {(min(one, other), max(one, other)) for before, after in near for one in before for other in after}
    everyday = chain.from_iterable(part.rows for part in parts)
    meanings = {*(f"={row}" for row in everyday), *(f"+{row.name}" for row in together)}
    meanings |= {f"#{row}" for rows in synonyms for row in rows} | {f"#{one} {other}" for one, other in pairs}
    return {*words, *(root for root, _rows in forms), *map(" ".join, pairwise(words))} | meanings


def warm_up() -> None:
    """Read the examples, so that the first search after a start does not wait for it."""
    gc.disable()  # nothing of this is ever freed, so looking for what can be freed takes time alone
    _examples()
    gc.freeze()
    gc.enable()


@cache
def _examples() -> Examples:
    # For this loop alone: no word that somebody types is stored.
    forms_of, look_up = cache(_forms_of), cache(_look_up)

    def features(example: Example) -> set[str]:
        typed = _split(example.text)
        parts = [*_read_parts(typed, example.language, look_up)]
        return _features(parts, _join(parts)[1], typed, example.language, forms_of)

    return Examples(load_examples(), features)


@cache
def _common_words() -> frozenset[str]:
    """Return the words of several examples. If no vocabulary has one, it is no misspelling and means nothing alone."""
    times = Counter(chain.from_iterable({*_split(example.text)} for example in load_examples()))
    return frozenset(word for word, count in times.items() if count >= COMMON)


def _search_word(part: Part) -> SearchWord:
    codes = frozenset(part.weights)
    return SearchWord(part.text, codes, weights=part.weights)


def _named_places(part: Part, lexicon: keywords.Lexicon) -> frozenset[str]:
    """Return the places that a word names; everyday names of a place are in the rows."""
    inside = frozenset(code for code in part.weights if catalogue.province_of(code))
    return inside if inside and len(inside) == len(part.weights) else lexicon.places_of(part.normal)


def _split(text: str) -> list[str]:
    """Return the words of a text in a plain spelling; "bapak2" is known as it is written."""
    return [word if word in _plurals() else plain_spelling(word) for word in tokenize(APOSTROPHE.sub("", text))]


@cache
def _plurals() -> frozenset[str]:
    """Return the everyday words that are written with a 2 and mean something else without it."""
    return frozenset(word for row in everyday_rows() for word in str(row.get("id", "")).split() if word.endswith("2"))


def _read_parts(
    typed: Sequence[str], language: str, look_up: Callable[[str, str, str], Part] | None = None
) -> Iterator[Part]:
    """Yield the words and phrases of a text."""
    writing = load_lexicon(language).writing
    words = [word for word in typed if not word[0].isdecimal()] or [*typed]
    normal = [_spelled_out(writing.normalise(word), language) for word in words]
    alike = [_spellings().get(word, word) for word in normal]
    phrases, beginnings = _phrases(language)
    look_up = look_up or _look_up
    at, before = 0, frozenset[str]()
    while at < len(words):
        last = min(at + MAX_PHRASE_WORDS, len(words)) if beginnings & {normal[at], alike[at]} else at
        ends = range(last, at + 1, -1)
        spelled = ((end, " ".join(spelling[at:end])) for end in ends for spelling in (normal, alike))
        end, looked = next(((end, phrases[name]) for end, name in spelled if name in phrases), (at + 1, normal[at]))
        part = look_up(" ".join(words[at:end]), looked, language)
        yield replace(part, is_end=True) if before & ENDS else part
        at, before = end, part.rows | (before & ENDS if part.is_small or VILLAGE in part.rows else frozenset())


def _spelled_out(word: str, language: str) -> str:
    """Return a word, or what it is another spelling of if no vocabulary has it."""
    common = _spellings().get(word, word)
    return word if word == common or any(other.knows(word) for other in _vocabularies(language)) else common


def _typed_age(text: str, language: str) -> int | None:
    """Return the age that is typed after a word for age, or beside one for a child, or None; "3 kids" is no age."""
    words = tokenize(text)
    rows = [_all_rows(plain_spelling(word), language) for word in words]
    for at, word in enumerate(words):
        number, following = NUMBER.fullmatch(word), frozenset().union(*rows[at + 1 : at + 2])
        if number and YOUNGEST <= int(number[1]) <= OLDEST and UNIT not in following:
            counts_years = YEARS in following or not word.isdecimal()
            near = frozenset().union(*rows[max(at - MAX_DISTANCE, 0) : at + (MAX_DISTANCE + 2) * counts_years])
            of_child = near & CHILD and int(number[1]) <= OLDEST_CHILD
            if of_child or any(AGE in row for row in rows[max(at - 1, 0) : at]):
                return int(number[1])
    return None


def _all_rows(word: str, language: str) -> frozenset[str]:
    """Return the rows and sets that have a word in any language."""
    matched = (other.rows.get(word, frozenset()) | _sets_with(word, other) for other in _vocabularies(language))
    return frozenset().union(*matched)


def _look_up(typed: str, word: str, language: str) -> Part:
    """Return a word with its meaning: as typed, by its root, in another language, or misspelt."""
    lexicon, (own, *others) = load_lexicon(language), _vocabularies(language)
    if word in own.weights:
        return Part(typed, word, own.weights[word], own.rows.get(word, frozenset()) | _sets_with(word, own))
    if word in own.small or _sets_with(word, own):
        return Part(typed, word, {}, _sets_with(word, own), is_small=True)
    if not own.rows:
        weights = lexicon.weigh(word)
        if weights:
            return Part(typed, word, weights, frozenset())
    places = lexicon.places_of(word)
    if places:
        return Part(typed, word, dict.fromkeys(places, 1.0), frozenset())
    for share, forms, vocabulary in _guesses(word, own, others):
        if forms:
            return _joint_part(typed, word, share, forms, vocabulary)
    small = word in _common_words() or any(word in other.small for other in others)
    return Part(typed, word, {}, frozenset().union(*(_sets_with(word, other) for other in others)), is_small=small)


def _guesses(
    word: str, own: Vocabulary, others: Sequence[Vocabulary]
) -> Iterator[tuple[float, Iterable[str], Vocabulary]]:
    """Yield known words that a word may be, with how likely that is."""
    yield ROOT_WEIGHT, own.forms(word), own
    for other in others:
        yield ROOT_WEIGHT, [word] if word in other.weights else [], other
    if any(word in other.small for other in others):
        return
    for other in others if len(word) >= LONG_ENOUGH else ():
        yield ROOT_WEIGHT, other.forms(word), other
    guesses = [(ROOT_WEIGHT, _expansions), (MISSPELT_WEIGHT, _corrections), (BEGINNING_WEIGHT, _completions)]
    for share, guess in guesses[:1] if word in _common_words() else guesses:
        for vocabulary in (own, *others):
            yield share, guess(word, vocabulary), vocabulary


def _expansions(word: str, vocabulary: Vocabulary) -> list[str]:
    """Return the known words of which a word has the consonants, or none if these mean different things."""
    return _agreed_words(vocabulary.short.get(word, ()), vocabulary)


def _completions(word: str, vocabulary: Vocabulary) -> list[str]:
    """Return the known words that begin with a long word."""
    names = vocabulary.initials.get(word[0], ()) if len(word) >= SHORTEST_BEGINNING else ()
    return [name for name in names if name.startswith(word)]


def _corrections(word: str, vocabulary: Vocabulary) -> list[str]:
    """Return the known words that are one edit apart, or none if these mean different things."""
    if len(word) < SHORTEST_FORGIVEN:
        return []
    return _agreed_words(one_edit_apart(word, vocabulary.initials.get(word[0], ())), vocabulary)


def _agreed_words(near: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """Return known words that may be meant, or none if these mean different things; a place is read elsewhere."""
    near = [name for name in near if not all(map(catalogue.province_of, vocabulary.weights[name]))]
    same = frozenset.intersection(*(frozenset(vocabulary.weights[name]) for name in near)) if near else frozenset()
    return near if same else []


def _joint_part(typed: str, word: str, share: float, forms: Iterable[str], vocabulary: Vocabulary) -> Part:
    """Return a part with all that several known words mean."""
    weights: dict[str, float] = {}
    for form in forms:
        for code, weight in vocabulary.weights[form].items():
            weights[code] = max(weights.get(code, 0), share * weight)
    return Part(typed, word, weights, frozenset().union(*(vocabulary.rows.get(form, frozenset()) for form in forms)))


def _sets_with(word: str, vocabulary: Vocabulary) -> frozenset[str]:
    return frozenset(name for name, words in vocabulary.sets.items() if word in words)


def _join(parts: Sequence[Part]) -> tuple[list[Part], list[Combination]]:
    """Return the parts with those that mean something together as one, and the combinations that were matched."""
    left, joined, matched = dict(enumerate(parts)), [], []
    rows = frozenset().union(*(part.rows for part in parts))
    near = {*chain.from_iterable(combinations_of().get(name, ()) for name in rows)}
    for row in (combinations()[at] for at in sorted(near)):
        chosen = _closest(row, left)
        while chosen:
            members = [left.pop(at) for at in sorted(chosen)]
            joined.append(
                Part(
                    " ".join(part.text for part in members),
                    " ".join(part.normal for part in members),
                    {code: PART_WEIGHT * len(members) * weight for code, weight in row.weights.items()},
                    frozenset({row.name}),
                )
            )
            matched.append(row)
            chosen = _closest(row, left)
    return joined + [left[at] for at in sorted(left)], matched


def _closest(row: Combination, left: Mapping[int, Part]) -> tuple[int, ...]:
    """Return the positions of the words of a combination that stand closest together; empty if some are missing."""
    options = [[at for at, part in left.items() if part.rows & names] for names in row.parts]
    if not all(options):
        return ()
    ways = [way for way in product(*(option[:4] for option in options)) if len({*way}) == len(way)]
    if row.in_order:
        return next((way for way in ways if [*way] == [*range(way[0], way[0] + len(way))]), ())
    near = [way for way in ways if max(way) - min(way) < MAX_SPAN]
    return min(near, key=lambda way: max(way) - min(way), default=())


@cache
def urgent_rows() -> frozenset[str]:
    """Return the rows of everyday words that say that somebody may be in danger."""
    return frozenset(row["about"] for row in everyday_rows() if row.get("urgent"))


@cache
def _phrases(language: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return the phrases that may be typed on a page in a language, by their common spelling, and their first words."""
    known = chain.from_iterable(vocabulary.weights for vocabulary in reversed(_vocabularies(language)))
    names = [name for name in known if " " in name]
    phrases = {" ".join(_spellings().get(word, word) for word in name.split()): name for name in names}
    phrases |= {name: name for name in names}
    return phrases, frozenset(name.partition(" ")[0] for name in phrases)


@cache
def _spellings() -> Mapping[str, str]:
    """Return the common spelling of words that are written in many ways, and of others that say the same."""
    rows = chain.from_iterable(row["same"].items() for row in _forms().values())
    return {other: common for common, others in rows for other in others.split()}


@cache
def _vocabularies(language: str) -> tuple[Vocabulary, ...]:
    """Return the words of a language, then those of the languages that have everyday words."""
    rich = [code for code in _forms() if code != language]
    return tuple(_load(code) for code in (language, *rich))


@cache
def _forms() -> dict[str, Any]:
    """Return the prefixes and suffixes of each language that has everyday words."""
    data: dict[str, Any] = json.loads(SPELLING.read_text("utf-8"))["forms"]
    return data


@cache
def _load(language: str) -> Vocabulary:
    """Return the vocabulary of a language; an everyday word means no more than its rows say."""
    lexicon, row = load_lexicon(language), _forms().get(language)
    sets = {name: frozenset(words.get(language, "").split()) for name, words in combination_rows()["sets"].items()}
    small = frozenset(lexicon.writing.small)
    if row is None:
        return Vocabulary(lexicon.weights, {}, Affixes(), {}, small, sets)
    affixes = Affixes(*(tuple((one, other) for one, other in row[name]) for name in ("prefixes", "suffixes")))
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    rows: dict[str, set[str]] = defaultdict(set)
    for everyday in everyday_rows():
        for word in words_of(f"{everyday.get(language, '')} {everyday.get('any', '')}", lexicon.writing):
            rows[word].add(everyday["about"])
            for code, weight in row_weights(everyday).items():
                weights[word][code] = max(weights[word].get(code, 0), weight)
    for word, codes in lexicon.weights.items():
        if word not in rows:
            weights[word] = {code: NAME_WORD_WEIGHT * weight for code, weight in codes.items()}
    known = {name: frozenset(abouts) for name, abouts in rows.items()}
    single = [word for word in weights if " " not in word]
    named = (word for word in single if not all(map(catalogue.province_of, weights[word])))
    initials, short = _grouped(single, lambda word: {word[0]}), _grouped(single, consonants)
    roots = index_roots(named, affixes)
    return Vocabulary(weights, known, affixes, roots, small, sets, short, initials)


def _grouped(words: Iterable[str], keys: Callable[[str], set[str]]) -> Mapping[str, Sequence[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for key in keys(word):
            groups[key].append(word)
    return groups
