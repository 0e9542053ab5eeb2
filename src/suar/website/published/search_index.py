"""The index that a browser searches: words, and the rows they lead to, in one language.

It is made of what the lists show, and of the words by which the directory itself finds a service.
Words of kinds, needs and places in the language itself stand apart, with how it is read:
`suar.website.keywords`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING, Any
from uuid import UUID

from suar.directory import cards, catalogue
from suar.directory.cards import ServiceCard
from suar.directory.tokens import tokenize
from suar.website import keywords
from suar.website.entries import Entry
from suar.website.reasons import place_words

if TYPE_CHECKING:
    from suar.website.published.copy import Copy


def build(copy: "Copy", services: Sequence[UUID], language: str) -> dict[str, Any]:
    """Return rows in the order of the directory, and every word with the rows that contain it.

    A row is the id, the name, who offers it, where, and the number to call first; names that
    come again stand once in `said`, and `spoken` gives the language of each by its place in
    `languages`. Words that only a text holds stand in `more`: whoever
    mistypes is forgiven for the others alone, as the directory does it. `known` gives names
    with the numbers of codes, `coded` their rows, and `places` the numbers of those of places.
    """
    said: dict[tuple[str, str], int] = {}
    rows: list[list[Any]] = []
    coded: dict[str, list[int]] = {}
    named: dict[str, list[int]] = {}
    more: dict[str, list[int]] = {}
    for at, service in enumerate(services):
        card = copy.cards[language][service]
        where = ", ".join(place_words(each, language) for each in card.districts or card.areas)
        texts = [(each, each.language) for each in (card.name, card.provider_name)]
        texts.append((where, language))
        numbers = [said.setdefault(each, len(said)) for each in texts]
        rows.append([str(card.id), *numbers, Entry(card, (), language).first_number])
        names = _names(copy, service, card)
        _add(named, names, at)
        _add(coded, _codes(card), at)
        _add(more, _words([card.description]) - names, at)
    languages = sorted({each for _, each in said})
    return {
        "said": [text for text, _ in said],
        "languages": languages,
        "spoken": [languages.index(each) for _, each in said],
        "rows": rows,
        "named": _spread(named),
        "more": _spread(more),
        **_known(coded, language),
    }


def to_json(content: object) -> bytes:
    """Return compact JSON."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _names(copy: "Copy", service: UUID, card: ServiceCard) -> set[str]:
    """Return the words of names in every language, and of places and types of help."""
    every = [told[service] for told in copy.cards.values()]
    names = chain.from_iterable((each.name, each.provider_name) for each in every)
    return _words([*names, *cards.place_and_type_names(card.facts, card.types)])


def _codes(card: ServiceCard) -> set[str]:
    """Return the codes of types and places by whose names a service is found."""
    groups = {catalogue.types()[each].group for each in card.types}
    return {*card.types, *groups, *cards.named_places(card.facts)}


def _known(coded: Mapping[str, list[int]], language: str) -> dict[str, Any]:
    """Return the names of the codes of any row, and how the language is normalised."""
    known, numbered = keywords.of(language), {code: at for at, code in enumerate(sorted(coded))}
    names = {name: sorted(numbered[each] for each in codes if each in numbered) for name, codes in known.codes.items()}
    told = sorted(name for name, codes in names.items() if codes)
    return {
        "read": asdict(known.writing),
        "known": [told, [names[each] for each in told]],
        "coded": [coded[each] for each in numbered],
        "places": [at for code, at in numbered.items() if code in catalogue.places()],
    }


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in tokenize(text)}


def _add(found: dict[str, list[int]], words: Iterable[str], at: int) -> None:
    for word in words:
        found.setdefault(word, []).append(at)


def _spread(found: Mapping[str, list[int]]) -> list[Any]:
    """Return the sorted words as one text, and the rows of each."""
    ordered = sorted(found)
    return [" ".join(ordered), [found[word] for word in ordered]]
