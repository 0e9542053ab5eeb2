"""Everyday words of each language, word combinations with their own meaning, and synonyms.

They are the rows of `everyday.json`, `combinations.json` and `synonyms.json` in `data`; `spelling.json` has prefixes,
suffixes and other spellings.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any

from suar.core.codes import read_data
from suar.directory import catalogue
from suar.website.keywords import everyday_rows, load_lexicon, row_weights, words_of
from suar.website.stems import Affixes, consonants, index_roots

NAME_WORD_WEIGHT = 0.5
"""Weight of a word that occurs in the name of a type but is not an everyday word."""
MIN_ROOT_LENGTH = 4
"""Minimum length of a root that can replace a word."""
Rows = frozenset[int]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everyday words of a language with the weights of their codes, and the names of the rows that have them.

    `sets` have further words by the name of the set. `by_root`, `by_consonants` and `by_initial` find words.
    """

    weights: Mapping[str, Mapping[str, float]]
    rows: Mapping[str, frozenset[str]]
    stopwords: frozenset[str]
    sets: Mapping[str, frozenset[str]]
    affixes: Affixes = field(default_factory=Affixes)
    by_root: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_consonants: Mapping[str, Sequence[str]] = field(default_factory=dict)
    by_initial: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def knows(self, word: str) -> bool:
        """Return True if a word is in the vocabulary as it is typed."""
        return word in self.weights or word in self.stopwords or bool(self.sets_with(word))

    def sets_with(self, word: str) -> frozenset[str]:
        """Return the names of the sets that have a word."""
        return frozenset(name for name, words in self.sets.items() if word in words)

    def rows_with(self, word: str) -> frozenset[str]:
        """Return the names of the rows and sets that have a word."""
        return self.rows.get(word, frozenset()) | self.sets_with(word)

    def forms(self, word: str) -> frozenset[str]:
        """Return the known words that are a form of a word, those that share most letters with it.

        A root that is a known word itself stands for no other word.
        """
        shared: dict[int, set[str]] = defaultdict(set)
        for root in self.affixes.roots(word):
            shared[len(root)] |= {root} if root in self.rows else self.by_root.get(root, frozenset())
        return frozenset(next((shared[size] for size in sorted(shared, reverse=True) if shared[size]), ()))


@dataclass(frozen=True, slots=True)
class Combination:
    """A combination of words with its own meaning. `parts`: for each word the rows and sets that may have it."""

    name: str
    parts: tuple[frozenset[str], ...]
    weights: Mapping[str, float]
    urgent: bool
    in_order: bool = False


@cache
def load_vocabularies(language: str) -> tuple[Vocabulary, ...]:
    """Return the words of a language, then those of the languages that have everyday words."""
    others = [code for code in _spelling_rules() if code != language]
    return tuple(map(load_vocabulary, (language, *others)))


@cache
def load_vocabulary(language: str) -> Vocabulary:
    """Return the vocabulary of a language; an everyday word means no more than its rows say."""
    lexicon, rules = load_lexicon(language), _spelling_rules().get(language)
    sets = {name: frozenset(words.get(language, "").split()) for name, words in _combinations()["sets"].items()}
    stopwords = frozenset(lexicon.writing.stopwords)
    if rules is None:
        return Vocabulary(lexicon.weights, {}, stopwords, sets)
    affixes = Affixes(*(tuple((one, other) for one, other in rules[name]) for name in ("prefixes", "suffixes")))
    weights: dict[str, dict[str, float]] = defaultdict(dict)
    rows: dict[str, set[str]] = defaultdict(set)
    for row in everyday_rows():
        for word in words_of(f"{row.get(language, '')} {row.get('any', '')}", lexicon.writing):
            rows[word].add(row["about"])
            for code, weight in row_weights(row).items():
                weights[word][code] = max(weights[word].get(code, 0), weight)
    for word, codes in lexicon.weights.items():
        if word not in rows:
            weights[word] = {code: NAME_WORD_WEIGHT * weight for code, weight in codes.items()}
    single = [word for word in weights if " " not in word]
    without_places = (word for word in single if not all(map(catalogue.province_of, weights[word])))
    return Vocabulary(
        weights,
        {word: frozenset(names) for word, names in rows.items()},
        stopwords,
        sets,
        affixes,
        by_root=index_roots(without_places, affixes),
        by_consonants=_group_words(single, consonants),
        by_initial=_group_words(single, lambda word: {word[0]}),
    )


@cache
def load_phrases(language: str) -> tuple[Mapping[str, str], frozenset[str]]:
    """Return the phrases that may be typed on a page in a language, by their common spelling, and their first words."""
    known = chain.from_iterable(vocabulary.weights for vocabulary in reversed(load_vocabularies(language)))
    names = [name for name in known if " " in name]
    phrases = {" ".join(common_spellings().get(word, word) for word in name.split()): name for name in names}
    phrases |= {name: name for name in names}
    return phrases, frozenset(name.partition(" ")[0] for name in phrases)


@cache
def common_spellings() -> Mapping[str, str]:
    """Return the common spelling of words that are written in many ways, and of others that say the same."""
    rows = chain.from_iterable(rules["same"].items() for rules in _spelling_rules().values())
    return {other: common for common, others in rows for other in others.split()}


@cache
def words_with_two() -> frozenset[str]:
    """Return the everyday words that are written with a 2 and mean something else without it."""
    return frozenset(word for row in everyday_rows() for word in str(row.get("id", "")).split() if word.endswith("2"))


@cache
def urgent_rows() -> frozenset[str]:
    """Return the rows of everyday words that say that somebody may be in danger."""
    return frozenset(row["about"] for row in everyday_rows() if row.get("urgent"))


@cache
def load_combinations() -> tuple[Combination, ...]:
    """Return the word combinations with their own meaning, in the order of the file."""
    known = {row["about"] for row in everyday_rows()} | {*_combinations()["sets"]}
    combinations = tuple(
        Combination(
            row["about"],
            tuple(map(frozenset, row["parts"])),
            row_weights(row),
            bool(row.get("urgent")),
            bool(row.get("in_order")),
        )
        for row in _combinations()["rows"]
    )
    for combination in combinations:
        if unknown := frozenset().union(*combination.parts) - known:
            raise LookupError(f"combinations.json: {combination.name}: {sorted(unknown)}")
    return combinations


@cache
def combinations_by_first_part() -> Mapping[str, Sequence[int]]:
    """Return the positions of the combinations of which a row or set is a first part."""
    positions: dict[str, list[int]] = defaultdict(list)
    for at, combination in enumerate(load_combinations()):
        for name in combination.parts[0]:
            positions[name].append(at)
    return positions


def synonym_rows(word: str, roots: Iterable[str], language: str) -> Rows:
    """Return the rows of synonyms of a word in its language, of its longest root that has any, or in another one."""
    own = _synonyms().get(language, {})
    longest = (root for root in sorted(roots, key=lambda root: (-len(root), root)) if len(root) >= MIN_ROOT_LENGTH)
    known = next((own[name] for name in (word, *longest) if name in own), None)
    return known or frozenset().union(*(rows.get(word, frozenset()) for rows in _synonyms().values()))


@cache
def _synonyms() -> Mapping[str, Mapping[str, Rows]]:
    """Return the numbers of the rows that have each word, by language."""
    rows: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, row in enumerate(read_data("website", "synonyms")["rows"]):
        for language, words in row.items():
            for word in words.split():
                rows[language][word].add(number)
    return {language: {word: frozenset(numbers) for word, numbers in words.items()} for language, words in rows.items()}


@cache
def _spelling_rules() -> Mapping[str, Any]:
    """Return prefixes, suffixes and other spellings of each language that has everyday words."""
    rules: Mapping[str, Any] = read_data("website", "spelling")["forms"]
    return rules


@cache
def _combinations() -> Mapping[str, Any]:
    return read_data("website", "combinations")


def _group_words(words: Iterable[str], keys: Callable[[str], set[str]]) -> Mapping[str, Sequence[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for key in keys(word):
            groups[key].append(word)
    return groups
