"""Synonyms in Indonesian and English: the rows of `data/synonyms.json`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from suar.website.keywords import DATA

SYNONYMS = DATA / "synonyms.json"
MIN_ROOT_LENGTH = 4
"""Minimum length of a root that can replace a word."""
Rows = frozenset[int]


def rows_of(word: str, roots: Iterable[str], language: str) -> Rows:
    """Return the rows of a word in its language, of its longest root that has any, or of the word in another one."""
    own = load_rows().get(language, {})
    longest = (root for root in sorted(roots, key=lambda root: (-len(root), root)) if len(root) >= MIN_ROOT_LENGTH)
    known = next((own[name] for name in (word, *longest) if name in own), None)
    return known or frozenset().union(*(rows.get(word, frozenset()) for rows in load_rows().values()))


@cache
def load_rows() -> Mapping[str, Mapping[str, Rows]]:
    """Return the rows that have each word, by language."""
    rows: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for at, row in enumerate(json.loads(SYNONYMS.read_text("utf-8"))["rows"]):
        for language, words in row.items():
            for word in words.split():
                rows[language][word].add(at)
    return {language: {word: frozenset(ats) for word, ats in words.items()} for language, words in rows.items()}
