"""Typing errors as people make them, and typed words as the script of a static copy reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from suar.directory import catalogue, queries, search
from suar.directory.search import MAX_WORDS, Group
from suar.directory.tokens import tokenize
from suar.website import keywords

MIN_WORDS, EVERY_SERVICE = 2, 500


@dataclass(frozen=True)
class ReadWord:
    """A typed word, and the codes of types and places that match as well."""

    text: str
    codes: frozenset[str]


def without_a_letter(text: str) -> str:
    """Leave out the letter in the middle of the longest word."""
    word = max(text.split(), key=len)
    return text.replace(word, word[: len(word) // 2] + word[len(word) // 2 + 1 :], 1)


def read_on_device(text: str, language: str) -> tuple[ReadWord, ...]:
    """Return the meanings of typed words by the keywords of a language alone, as `search.js` does."""
    lexicon = keywords.load_lexicon(language)
    words = []
    if lexicon.writing.least:
        for run in lexicon.writing.runs(text):
            words += [ReadWord(run, codes) for codes in lexicon.meanings_of_run(run) or [frozenset[str]()]]
    else:
        typed = [(word, lexicon.writing.normalise(word)) for word in tokenize(text)]
        for word, normal in [pair for pair in typed if pair[1] not in lexicon.writing.stopwords] or typed:
            words.append(ReadWord(word, frozenset(lexicon.weigh(normal))))
    return tuple(words[: keywords.MAX_WORDS]) if any(word.codes for word in words) else ()


def found_with(text: str, words: tuple[ReadWord, ...], *, needs: tuple[str, ...] = ()) -> list[str]:
    """Return the ids of the services that the index has for the words, in the order of the directory.

    Words without a meaning are dropped if no service has all of them; then one of several types of help is enough.
    """
    own = [Group(search.need_terms(needs))] if needs else []
    for wanted in _relaxed(words) if words else [()]:
        groups = _groups(wanted) if wanted else search.forgiving_groups(search.query_words(text))
        matches = search.select(search.tiers_by_distance([*own, *groups], ""), most=EVERY_SERVICE)
        if matches:
            return [match.document["service"]["id"] for match in matches]
    return []


def _relaxed(words: tuple[ReadWord, ...]) -> Iterator[tuple[ReadWord, ...]]:
    yield words
    known = tuple(word for word in words if word.codes)
    if 0 < len(known) < len(words):
        yield known
    types = [word for word in known if not word.codes <= catalogue.places().keys()]
    if len(types) > 1:
        any_of = ReadWord("", frozenset(chain.from_iterable(word.codes for word in types)))
        yield (*(word for word in known if word not in types), any_of)


def _groups(words: tuple[ReadWord, ...]) -> list[Group]:
    """Return a group for each word: a service has it, or is of a type or at a place that it means."""
    most = max(MIN_WORDS, MAX_WORDS // len(words))
    typed = [tokenize(word.text)[:most] for word in words]
    forgiving, groups = iter(search.forgiving_groups([*chain.from_iterable(typed)])), list[Group]()
    for word, tokens in zip(words, typed, strict=True):
        codes = frozenset(map(queries.term_of, word.codes))
        own = islice(forgiving, len(tokens)) if tokens else [Group()]
        groups += [Group(group.terms | codes, group.starts) for group in own]
    return [group for group in groups if any(group)]
