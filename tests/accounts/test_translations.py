"""Every sentence of accounts is there in Indonesian, with the same places to fill in."""

import re
from pathlib import Path

import polib

STAGE = Path(__file__).parents[2] / "src" / "suar" / "accounts"
CATALOGUE = polib.pofile(str(STAGE / "locale" / "id" / "LC_MESSAGES" / "django.po"))
TAG = re.compile(r"""{% translate (?:"([^"]+)"|'([^']+)')""")
CALL = re.compile(r'(?<!\w)_\(\s*"((?:[^"\\]|\\.)+)"')
PLACES = re.compile(r"%\(\w+\)[sd]|{{ ?\w+ ?}}")


def sentences() -> set[str]:
    pages = "".join(path.read_text("utf-8") for path in STAGE.rglob("*.html"))
    code = "".join(path.read_text("utf-8") for path in STAGE.glob("*.py"))
    return {one or other for one, other in TAG.findall(pages)} | set(CALL.findall(code))


def test_every_sentence_is_translated():
    known = {entry.msgid for entry in CATALOGUE}
    assert len(known) > 150
    assert sentences() - known == set()


def test_a_translation_fills_in_the_same_places():
    said = {entry.msgid: entry.msgstr or entry.msgstr_plural[0] for entry in CATALOGUE}
    assert all(said.values())
    apart = {told: words for told, words in said.items() if set(PLACES.findall(told)) != set(PLACES.findall(words))}
    assert apart == {}
