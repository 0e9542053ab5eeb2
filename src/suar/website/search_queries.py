"""A parsed text of the search field: its words with the codes that they may mean, its places, and its urgency.

A word is looked up as typed, then by its root, then in other languages. If that fails, it is matched without vowels and
then as a misspelling. Word combinations with their own meaning ("child" and "taken") are in `data/combinations.json`.
A text of several words is also compared with the examples.
"""

import gc
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, pairwise, product
from typing import NamedTuple

from suar.directory import catalogue
from suar.directory.rules.relevance import TEXT_PREFIX
from suar.directory.search import SearchWord
from suar.directory.tokens import one_edit_apart, tokenize
from suar.website import keywords, vocabularies
from suar.website.examples import Example, Examples, Similarity, load_examples
from suar.website.keywords import MAX_WORDS, common_places, load_lexicon
from suar.website.stems import plain_spelling
from suar.website.vocabularies import Combination, Rows, Vocabulary, common_spellings, load_vocabularies

# Words.
MAX_PHRASE_WORDS = 5
SHORTEST_FORGIVEN, SHORTEST_BEGINNING, SHORTEST_FOREIGN_FORM, SHORTEST_ROOT = 5, 5, 6, 4
"""Minimum length of a word that may be misspelt, be a beginning, or be a form of a word in another language, and of a
root as a feature."""
MAX_SPAN = 9
"""Maximum of words from the first to the last of a combination."""
MIN_EXAMPLES_WITH_WORD = 4
"""Number of examples that have a common word."""

# Weights.
ROOT_WEIGHT, MISSPELT_WEIGHT, BEGINNING_WEIGHT = 0.95, 0.85, 0.7
"""Weight of a form of a word, a misspelt word, and a beginning."""
CLEAR_WEIGHT = 0.6
"""A word is vague unless one of its codes has this weight."""

# Examples.
MIN_WORDS = 3
"""Minimum of known words of a text that is compared with examples."""
FULL_WORDS, FULL_SIMILARITY, MAX_WEIGHT = 12, 0.2, 9
"""Words and similarity from which examples have the maximum weight, and that weight."""
MIN_SHARE, EXPONENT = 0.6, 4
"""Least share of the similarity of the nearest type that a code needs, and the exponent of that share."""
OTHER_CODE_SHARE = 0.7
"""Weight of codes that are neither types nor words of a service, as a share."""

# Danger: the similarity of a text to examples of danger, from 0 to 1, measured on the rounds of tests/search.
URGENT = 0.485
"""From here somebody is likely in danger now."""
MAY_BE_URGENT, MAY_BE_URGENT_WITH_WORDS = 0.415, 0.38
"""From here somebody may be, and the same for a text with words of danger."""
MAX_WORDS_OF_URGENT = 8
"""From so many words on, a word of despair or a combination of danger does not decide alone."""

# Rows of everyday words and of combinations.
BRING, TOWARD, FROM, AGE, YEARS = "bring", "toward", "from", "age", "years"
UNIT, DESPAIR, VILLAGE = "another unit", "not wanting to live", "a village"
DIRECTIONS, HOMEWARD = frozenset({TOWARD, FROM}), frozenset({"the way home"})
CHILD = frozenset({"children", "one's own children"})

ROOT_MARK, APOSTROPHE = "~", re.compile("['\u2019]")
AGE_NUMBER = re.compile(r"(\d{1,2})(?:thn|th|tahun|yo|yrs?)?")
YOUNGEST, OLDEST_CHILD, OLDEST = 3, 17, 99
MAX_DISTANCE = 2
"""Maximum distance in words between an age and the word for the child."""


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
class Part:
    """A typed word or phrase, as it is compared, with the weights of its codes and its rows.

    `follows_direction`: it follows "to" or "from".
    """

    text: str
    normal: str
    weights: Mapping[str, float]
    rows: frozenset[str]
    is_stopword: bool = False
    follows_direction: bool = False


def read_query(text: str, language: str) -> Reading:
    """Return what typed words may mean, without those that name a place, and the places, towns first."""
    lexicon = load_lexicon(language)
    if lexicon.writing.least:
        return Reading(*keywords.read_unspaced(text, language))
    typed = _split(text)
    parts = [*_read_parts(typed, language)][: 2 * MAX_WORDS]
    joined, matched = _join_combinations(parts)
    similarity = _similarity(_features(parts, matched, typed, language))
    words, places = _take_places(joined, lexicon, going_home=any(part.rows & HOMEWARD for part in parts))
    is_short = _count_words(parts) < MAX_WORDS_OF_URGENT
    urgent, may_be_urgent = _danger(words, matched, similarity, is_short=is_short)
    meant = words[:MAX_WORDS] + ([_part_of_examples(similarity, parts)] if words and similarity else [])
    age, comes_along = _typed_age(text, language), any(BRING in part.rows for part in parts)
    return Reading(
        words=tuple(SearchWord(part.text, frozenset(part.weights), part.weights) for part in meant),
        places=places,
        urgent=urgent,
        age_years=None if comes_along else age,
        child_age=age if comes_along and age and age <= OLDEST_CHILD else None,
        vague=bool(meant) and all(weight < CLEAR_WEIGHT for part in meant for weight in part.weights.values()),
        may_be_urgent=may_be_urgent,
    )


def _take_places(
    parts: Sequence[Part], lexicon: keywords.Lexicon, *, going_home: bool
) -> tuple[list[Part], tuple[str, ...]]:
    """Return the words that name no place, and the places; the way home is not where help is searched."""
    spoken = [part for part in parts if not part.is_stopword] or parts
    named = [(part, _named_places(part, lexicon)) for part in spoken]
    qualifiers = lexicon.writing.qualifiers
    places = common_places(
        (part.normal in qualifiers, codes)
        for part, codes in named
        if codes and not (going_home and part.follows_direction)
    )
    words = [part for part, codes in named if not (codes and {*places} & codes)]
    return [part for part in words if part.weights or part.normal not in qualifiers], places


def _danger(
    words: Sequence[Part], matched: Sequence[Combination], similarity: Similarity | None, *, is_short: bool
) -> tuple[bool, bool]:
    """Return whether somebody is likely in danger now, and whether somebody may be."""
    has_urgent_combination = any(row.urgent for row in matched)
    has_urgent_words = has_urgent_combination or any(part.rows & vocabularies.urgent_rows() for part in words)
    is_clear = is_short and (has_urgent_combination or any(DESPAIR in part.rows for part in words))
    if similarity is None:
        return is_clear or has_urgent_words, False
    least = MAY_BE_URGENT_WITH_WORDS if has_urgent_words else MAY_BE_URGENT
    return is_clear or similarity.danger >= URGENT, similarity.danger >= least


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


def _root_and_synonyms(word: str, language: str) -> tuple[str, Rows]:
    """Return the shortest root of a word, marked as one, and its rows of synonyms."""
    roots = vocabularies.load_vocabulary(language).affixes.roots(word)
    root = min((root for root in roots if len(root) >= SHORTEST_ROOT), key=lambda root: (len(root), root), default=word)
    return ROOT_MARK + root, vocabularies.synonym_rows(word, roots, language)


def _features(
    parts: Sequence[Part],
    matched: Sequence[Combination],
    typed: Sequence[str],
    language: str,
    root_and_synonyms: Callable[[str, str], tuple[str, Rows]] = _root_and_synonyms,
) -> set[str]:
    """Return the features of a text: its words, their roots and rows, and pairs of words and of rows."""
    words = [common_spellings().get(word, word) for word in typed]
    forms = [root_and_synonyms(word, language) for word in words]
    synonyms = [rows for _root, rows in forms if rows]
    near = chain(pairwise(synonyms), zip(synonyms, synonyms[2:], strict=False))
    pairs = {(min(one, other), max(one, other)) for before, after in near for one in before for other in after}
    everyday = chain.from_iterable(part.rows for part in parts)
    meanings = {*(f"={row}" for row in everyday), *(f"+{row.name}" for row in matched)}
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
    root_and_synonyms, look_up = cache(_root_and_synonyms), cache(_look_up)

    def features(example: Example) -> set[str]:
        typed = _split(example.text)
        parts = [*_read_parts(typed, example.language, look_up)]
        return _features(parts, _join_combinations(parts)[1], typed, example.language, root_and_synonyms)

    return Examples(load_examples(), features)


@cache
def _common_words() -> frozenset[str]:
    """Return the words of several examples. If no vocabulary has one, it is no misspelling and means nothing alone."""
    times = Counter(chain.from_iterable({*_split(example.text)} for example in load_examples()))
    return frozenset(word for word, count in times.items() if count >= MIN_EXAMPLES_WITH_WORD)


def _named_places(part: Part, lexicon: keywords.Lexicon) -> frozenset[str]:
    """Return the places that a word names; everyday names of a place are in the rows."""
    inside = frozenset(code for code in part.weights if catalogue.province_of(code))
    return inside if inside and len(inside) == len(part.weights) else lexicon.places_of(part.normal)


def _split(text: str) -> list[str]:
    """Return the words of a text in a plain spelling; "bapak2" is known as it is written."""
    return [
        word if word in vocabularies.words_with_two() else plain_spelling(word)
        for word in tokenize(APOSTROPHE.sub("", text))
    ]


def _read_parts(
    typed: Sequence[str], language: str, look_up: Callable[[str, str, str], Part] | None = None
) -> Iterator[Part]:
    """Yield the words and phrases of a text."""
    writing = load_lexicon(language).writing
    words = [word for word in typed if not word[0].isdecimal()] or [*typed]
    normal = [_spelled_out(writing.normalise(word), language) for word in words]
    alike = [common_spellings().get(word, word) for word in normal]
    phrases, beginnings = vocabularies.load_phrases(language)
    look_up = look_up or _look_up
    at, before = 0, frozenset[str]()
    while at < len(words):
        last = min(at + MAX_PHRASE_WORDS, len(words)) if beginnings & {normal[at], alike[at]} else at
        ends = range(last, at + 1, -1)
        spelled = ((end, " ".join(spelling[at:end])) for end in ends for spelling in (normal, alike))
        end, looked = next(((end, phrases[name]) for end, name in spelled if name in phrases), (at + 1, normal[at]))
        part = look_up(" ".join(words[at:end]), looked, language)
        yield replace(part, follows_direction=True) if before & DIRECTIONS else part
        at, before = end, part.rows | (before & DIRECTIONS if part.is_stopword or VILLAGE in part.rows else frozenset())


def _spelled_out(word: str, language: str) -> str:
    """Return a word, or what it is another spelling of if no vocabulary has it."""
    common = common_spellings().get(word, word)
    return word if word == common or any(other.knows(word) for other in load_vocabularies(language)) else common


def _typed_age(text: str, language: str) -> int | None:
    """Return the age that is typed after a word for age, or beside one for a child, or None; "3 kids" is no age."""
    words = tokenize(text)
    rows = [_all_rows(plain_spelling(word), language) for word in words]
    for at, word in enumerate(words):
        number, following = AGE_NUMBER.fullmatch(word), frozenset().union(*rows[at + 1 : at + 2])
        if number and YOUNGEST <= int(number[1]) <= OLDEST and UNIT not in following:
            counts_years = YEARS in following or not word.isdecimal()
            near = frozenset().union(*rows[max(at - MAX_DISTANCE, 0) : at + (MAX_DISTANCE + 2) * counts_years])
            of_child = near & CHILD and int(number[1]) <= OLDEST_CHILD
            if of_child or any(AGE in row for row in rows[max(at - 1, 0) : at]):
                return int(number[1])
    return None


def _all_rows(word: str, language: str) -> frozenset[str]:
    """Return the rows and sets that have a word in any language."""
    return frozenset().union(*(vocabulary.rows_with(word) for vocabulary in load_vocabularies(language)))


def _look_up(typed: str, word: str, language: str) -> Part:
    """Return a word with its meaning: as typed, by its root, in another language, or misspelt."""
    lexicon, (own, *others) = load_lexicon(language), load_vocabularies(language)
    if word in own.weights:
        return Part(typed, word, own.weights[word], own.rows_with(word))
    if word in own.stopwords or own.sets_with(word):
        return Part(typed, word, {}, own.sets_with(word), is_stopword=True)
    if not own.rows and (weights := lexicon.weigh(word)):
        return Part(typed, word, weights, frozenset())
    if places := lexicon.places_of(word):
        return Part(typed, word, dict.fromkeys(places, 1.0), frozenset())
    for share, forms, vocabulary in _guesses(word, own, others):
        if forms:
            return _joint_part(typed, word, share, forms, vocabulary)
    is_stopword = word in _common_words() or any(word in other.stopwords for other in others)
    sets = frozenset().union(*(other.sets_with(word) for other in others))
    return Part(typed, word, {}, sets, is_stopword=is_stopword)


def _guesses(
    word: str, own: Vocabulary, others: Sequence[Vocabulary]
) -> Iterator[tuple[float, Iterable[str], Vocabulary]]:
    """Yield known words that a word may be, with how likely that is."""
    yield ROOT_WEIGHT, own.forms(word), own
    for other in others:
        yield ROOT_WEIGHT, [word] if word in other.weights else [], other
    if any(word in other.stopwords for other in others):
        return
    for other in others if len(word) >= SHORTEST_FOREIGN_FORM else ():
        yield ROOT_WEIGHT, other.forms(word), other
    guesses = [(ROOT_WEIGHT, _expansions), (MISSPELT_WEIGHT, _corrections), (BEGINNING_WEIGHT, _completions)]
    for share, guess in guesses[:1] if word in _common_words() else guesses:
        for vocabulary in (own, *others):
            yield share, guess(word, vocabulary), vocabulary


def _expansions(word: str, vocabulary: Vocabulary) -> list[str]:
    """Return the known words of which a word has the consonants, or none if these mean different things."""
    return _agreed_words(vocabulary.by_consonants.get(word, ()), vocabulary)


def _completions(word: str, vocabulary: Vocabulary) -> list[str]:
    """Return the known words that begin with a long word."""
    names = vocabulary.by_initial.get(word[0], ()) if len(word) >= SHORTEST_BEGINNING else ()
    return [name for name in names if name.startswith(word)]


def _corrections(word: str, vocabulary: Vocabulary) -> list[str]:
    """Return the known words that are one edit apart, or none if these mean different things."""
    if len(word) < SHORTEST_FORGIVEN:
        return []
    return _agreed_words(one_edit_apart(word, vocabulary.by_initial.get(word[0], ())), vocabulary)


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


def _join_combinations(parts: Sequence[Part]) -> tuple[list[Part], list[Combination]]:
    """Return the parts with those that mean something together as one, and the combinations that were matched."""
    left, joined, matched = dict(enumerate(parts)), [], []
    rows = frozenset().union(*(part.rows for part in parts))
    near = {*chain.from_iterable(vocabularies.combinations_by_first_part().get(name, ()) for name in rows)}
    for row in (vocabularies.load_combinations()[at] for at in sorted(near)):
        while chosen := _closest(row, left):
            members = [left.pop(at) for at in sorted(chosen)]
            joined.append(
                Part(
                    " ".join(part.text for part in members),
                    " ".join(part.normal for part in members),
                    {code: len(members) * weight for code, weight in row.weights.items()},
                    frozenset({row.name}),
                )
            )
            matched.append(row)
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
