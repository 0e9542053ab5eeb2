"""The glossary is the one list of terms: names of modules and code lists, and words on screens, follow it."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
import pytest

from tests.house.reading import ROOT, SUAR, files, is_migration, name_of, tree

PAGE = (ROOT / "docs/glossary.md").read_text("utf-8")
OTHER_WORDS = (ROOT / "tests/house/words_in_names.txt").read_text("utf-8")
"""Words of Django, of software and of the law that names of modules and code lists may use."""


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def words(name: str) -> set[str]:
    """Return the words of a name or a phrase in lower case; `open_requests` and `OpenRequest` have the same."""
    return {part.lower() for part in re.findall(r"i18n|[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def spellings(word: str) -> set[str]:
    """Return a word and its singular."""
    return {word, word.removesuffix("s"), word.removesuffix("ies") + "y"}


def is_known(word: str, known: set[str]) -> bool:
    return not known.isdisjoint(spellings(word))


TITLES = ("People and organisations", "Records and protection", "Talk and outcome", "Consent and help")
TERMS = [row for title in (*TITLES, "Directory and public site") for row in rows(title)]
OF_TERMS = {word for term, _meaning, _id, code in TERMS for word in words(term) | words(code)}
KNOWN = OF_TERMS | words(OTHER_WORDS)
NOT_ON_SCREENS = {"en": rows("Do not use"), "id": rows("Jangan dipakai")}
TERMS_OF_LAW = {"Illegal adoption or sale of a child", "Adopsi ilegal atau penjualan anak", "Ditetapkan sebagai korban"}
DATA = [path for path in files(".json") if path.match("suar/*/data/*.json") or path.match("suar/*/codes/*.json")]
"""Words of the talk and labels of codes."""
AS_TYPED = frozenset({"everyday.json", "synonyms.json"})
"""Words that people type into the search, which stay as they type them."""


def named_files() -> list[Path]:
    modules = [path for path in files(".py") if path.is_relative_to(SUAR) and not is_migration(path)]
    return [*(path for path in modules if "__" not in path.stem), *SUAR.glob("*/codes/*.json")]


def test_the_glossary_is_read():
    assert len(TERMS) > 50
    assert {term for term, _field in rows("The same in the standards")} < {row[0] for row in TERMS}
    assert {"referral", "consent", "compartment"} <= KNOWN


def test_names_of_modules_and_code_lists_are_words_of_the_glossary():
    unknown = {
        name_of(path): [word for word in words(path.stem) if not is_known(word, KNOWN)] for path in named_files()
    }
    assert {name: left for name, left in unknown.items() if left} == {}


def test_every_other_word_is_needed():
    """A word that no name has, or that a term has already, leaves the list."""
    used = {word for path in named_files() for word in words(path.stem) if not is_known(word, OF_TERMS)}
    others = words(OTHER_WORDS)
    assert len(others) > 100
    assert others - {spelling for word in used for spelling in spellings(word)} == set()


def test_every_code_that_the_glossary_names_exists():
    codes = [code for row in TERMS for code in re.findall(r"`([^`]+)`", row[3])]
    assert len(codes) > 40
    assert [code for code in codes if not exists(code)] == []


@pytest.mark.parametrize("code", ["records.Outcome", "cases/rules/Need.nowhere", "Kind.NOBODY", "cases/data/none.json"])
def test_a_code_of_another_app_or_of_no_class_is_noticed(code):
    assert not exists(code)


def exists(code: str) -> bool:
    """Return True if a path (`records.Record`, `screening/rules/stops`, `Verb.ACCEPT`) names a file or a definition.

    A name after an app or a module is looked for inside it.
    """
    if SUAR.joinpath(*code.split("/")).exists():
        return True
    place, names = SUAR, re.split(r"[./]", code)
    while names and ((place / names[0]).is_dir() or (place / names[0]).with_suffix(".py").exists()):
        place /= names.pop(0)
    return not names or any(is_defined(names, tree(path).body) for path in modules_in(place))


def modules_in(place: Path) -> list[Path]:
    return [place.with_suffix(".py")] if place.with_suffix(".py").exists() else sorted(place.rglob("*.py"))


def is_defined(names: list[str], body: list[ast.stmt]) -> bool:
    """Return True if a class, function or value of this name is defined here, and the next name in it."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found = {node.name}
        else:
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            found = {target.id for target in targets if isinstance(target, ast.Name)}
        if names[0] in found and (not names[1:] or is_defined(names[1:], getattr(node, "body", []))):
            return True
    return False


def screen_words(language: str) -> Iterator[tuple[str, str]]:
    """Yield each text of the screens in a language, with the app it belongs to."""
    for path in sorted(SUAR.glob("*/locale/id/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            texts = (
                (entry.msgid, entry.msgid_plural) if language == "en" else (entry.msgstr, *entry.msgstr_plural.values())
            )
            yield from ((path.parts[-5], text) for text in texts if text)
    for path in DATA:
        if path.name not in AS_TYPED:
            yield from ((name_of(path), text) for text in texts_of(json.loads(path.read_text("utf-8")), language))


def texts_of(value: Any, language: str) -> Iterator[str]:
    """Yield the texts of a language in a value of JSON."""
    if isinstance(value, dict):
        if isinstance(value.get(language), str):
            yield value[language]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from texts_of(part, language)


@pytest.mark.parametrize("language", NOT_ON_SCREENS)
def test_no_screen_uses_a_word_that_the_glossary_rejects(language):
    rejected = [word.strip() for row in NOT_ON_SCREENS[language] for word in re.sub(r"\(.*?\)", "", row[0]).split(",")]
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, rejected))})\b", re.IGNORECASE)
    assert len(rejected) > 5
    texts = list(screen_words(language))
    assert pattern.search(f"x {rejected[0]} y")
    assert len(texts) > 3_000
    assert [(app, text) for app, text in texts if pattern.search(text) and text not in TERMS_OF_LAW] == []
