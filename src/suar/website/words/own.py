"""Words that a house says otherwise than they ship: in the folder `words` of its data.

`suar.website.fresh_words` sees by a stamp that they changed. A text that a new version no longer has
is passed over.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation import to_locale

from suar.website.fresh_words import STAMP
from suar.website.wordings import OWN
from suar.website.words import files
from suar.website.words.catalogue import READ, Key, Word, shipped


def as_said(language: str) -> dict[Key, Word]:
    """Give every word of a language as this house says it."""
    own = kept(language)
    return {
        key: Word(word.context, word.english, own.get(key, word.said), word.plural)
        for key, word in shipped(language).items()
    }


def kept(language: str) -> dict[Key, tuple[str, ...]]:
    """Give the texts that this house says otherwise."""
    path = _folder() / f"{language}.po"
    if not path.exists():
        return {}
    return {each.key: each.said for each in files.read(path.read_bytes()).told}


def change(language: str, *, said: Mapping[Key, tuple[str, ...]], undone: Iterable[Key] = ()) -> None:
    """Say these texts otherwise, and those that are undone as they ship; all others stay.

    What is said as it ships needs no keeping. Only one process changes words at a time.
    """
    with _alone():
        ships = shipped(language)
        there = {**kept(language), **said}
        gone = {*undone, *(key for key in there if key not in ships)}
        keep(
            {key: forms for key, forms in there.items() if key not in gone and forms != ships[key].said},
            language=language,
        )


@contextmanager
def _alone() -> Iterator[None]:
    _folder().mkdir(parents=True, exist_ok=True)
    with (_folder() / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def keep(changed: Mapping[Key, tuple[str, ...]], *, language: str) -> None:
    """Keep these texts and forget all earlier ones; with none, what ships is said again."""
    words = shipped(language)
    there = [Word(*key, said, words[key].plural) for key, said in changed.items()]
    messages = [word for word in there if not word.context.startswith(READ)]
    reading = {word.context.removeprefix(READ): word.said[0] for word in there if word.context.startswith(READ)}
    compiled = polib.pofile(_written(messages, language)).to_binary()
    _put(_compiled(language), compiled if messages else b"")
    _put(_folder() / f"{language}.json", json.dumps(reading).encode() if reading else b"")
    _put(_folder() / f"{language}.po", _written(there, language).encode() if there else b"")
    _put(_folder() / STAMP, b"changed")


def _written(words: Iterable[Word], language: str) -> str:
    return files.to_po(words, language=language, plural_forms=plural_forms(language))


def plural_forms(language: str) -> str:
    """Give the rule by which a language has a form for one and for many, as its files say it."""
    path = Path(__file__).parent.parent / "locale" / to_locale(language) / "LC_MESSAGES"
    return str(polib.pofile(str(path / "django.po")).metadata.get("Plural-Forms", ""))


def count_forms(language: str) -> int:
    """Count the forms of a text that a language has for one, for many and so on."""
    found = re.search(r"nplurals\s*=\s*(\d)", plural_forms(language))
    return int(found[1]) if found else 1


def _folder() -> Path:
    return Path(settings.SUAR_DATA) / OWN


def _compiled(language: str) -> Path:
    return _folder() / "locale" / to_locale(language) / "LC_MESSAGES" / "django.mo"


def _put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; without content, take it away."""
    if not content:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    os.replace(new, path)  # noqa: PTH105 - the one that takes the other's place at once
