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


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def words(name: str) -> set[str]:
    """Return the words of a name or a phrase in lower case; `open_requests` and `OpenRequest` have the same."""
    return {part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def is_known(word: str) -> bool:
    return word in KNOWN or word.removesuffix("s") in KNOWN or word.removesuffix("ies") + "y" in KNOWN


TITLES = ("People and organisations", "Records and protection", "Talk and outcome", "Consent and help")
TERMS = [row for title in (*TITLES, "Directory and public site") for row in rows(title)]
KNOWN = {word for term, _meaning, _id, _field, code in TERMS for word in words(term) | words(code)}
KNOWN |= words(section("Other words in names"))
NOT_ON_SCREENS = {"en": rows("Do not use"), "id": rows("Jangan dipakai")}
TERMS_OF_LAW = {"Illegal adoption or sale of a child", "Adopsi ilegal atau penjualan anak", "Ditetapkan sebagai korban"}
DATA = [path for path in files(".json") if path.match("suar/*/data/*.json") or path.match("suar/*/codes/*.json")]
"""Words of the talk and labels of codes; what people type into the search (`everyday.json`) stays as they type it."""


def named_files() -> list[Path]:
    modules = [path for path in files(".py") if path.is_relative_to(SUAR) and not is_migration(path)]
    return [*(path for path in modules if "__" not in path.stem), *SUAR.glob("*/codes/*.json")]


def test_the_glossary_is_read():
    assert len(TERMS) > 50
    assert {"referral", "consent", "compartment"} <= KNOWN


def test_names_of_modules_and_code_lists_are_words_of_the_glossary():
    unknown = {name_of(path): [word for word in words(path.stem) if not is_known(word)] for path in named_files()}
    assert {name: left for name, left in unknown.items() if left} == {}


def test_every_code_that_the_glossary_names_exists():
    defined = {node.name for path in files(".py") for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)}
    defined |= {
        node.name for path in files(".py") for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)
    }
    codes = [code for row in TERMS for code in re.findall(r"`([^`]+)`", row[4])]
    assert len(codes) > 40
    assert [code for code in codes if not exists(code, defined)] == []


def exists(code: str, defined: set[str]) -> bool:
    """Return True if a path (`records.Record`, `screening/rules/stops`, `Verb.ACCEPT`) names a file or a definition."""
    parts = re.split(r"[./]", code)
    folder = SUAR.joinpath(*parts)
    if folder.exists() or folder.with_suffix(".py").exists() or SUAR.joinpath(*code.split("/")).exists():
        return True
    return parts[-1] in defined or (parts[0][0].isupper() and parts[0] in defined)


def screen_words(language: str) -> Iterator[tuple[str, str]]:
    """Yield each text of the screens in a language, with the app it belongs to."""
    for path in sorted(SUAR.glob("*/locale/id/LC_MESSAGES/django.po")):
        for entry in polib.pofile(str(path)):
            texts = (
                (entry.msgid, entry.msgid_plural) if language == "en" else (entry.msgstr, *entry.msgstr_plural.values())
            )
            yield from ((path.parts[-5], text) for text in texts if text)
    for path in DATA:
        if path.name != "everyday.json":
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
