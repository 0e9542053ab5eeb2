"""Typing errors as people make them, and typed words as the script of a static copy reads them."""

from suar.directory.search import SearchWord
from suar.directory.tokens import tokenize
from suar.website import keywords


def without_a_letter(text: str) -> str:
    """Leave out the letter in the middle of the longest word."""
    word = max(text.split(), key=len)
    return text.replace(word, word[: len(word) // 2] + word[len(word) // 2 + 1 :], 1)


def read_on_device(text: str, language: str) -> tuple[SearchWord, ...]:
    """Return the meanings of typed words by the keywords of a language alone, as `search.js` does."""
    lexicon = keywords.load_lexicon(language)
    words = []
    if lexicon.writing.least:
        for run in lexicon.writing.runs(text):
            words += [
                SearchWord(run, codes, needed=bool(codes)) for codes in lexicon.meanings_of_run(run) or [frozenset()]
            ]
    else:
        typed = [(word, lexicon.writing.normalise(word)) for word in tokenize(text)]
        for word, normal in [pair for pair in typed if pair[1] not in lexicon.writing.small] or typed:
            weights = lexicon.weigh(normal)
            words.append(SearchWord(word, frozenset(weights), needed=bool(weights), weights=weights))
    return tuple(words[: keywords.MAX_WORDS]) if any(word.codes for word in words) else ()
