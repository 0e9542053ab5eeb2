"""Every word of referral and case work is said in Indonesian too, with the same places to fill."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import django
import polib
import pytest

SUAR = Path(__file__).parents[2] / "src/suar"
STAGES = ("referrals", "cases")
SHARED = ""
OF_DJANGO = Path(django.__file__).parent / "conf/locale/en/LC_MESSAGES/django.po"
"""Errors of fields that Suar words anew stand in the shared catalogue too."""
TRANSLATE = re.compile(r"{% translate (\"[^\"]*\"|'[^']*')")
BLOCK = re.compile(r"{% blocktranslate([^%]*)%}(.*?){% endblocktranslate %}", re.DOTALL)
PLACE = re.compile(r"%\(\w+\)[sd]")
CALLS = {"_", "gettext_lazy", "gettext", "ngettext"}


def catalogue(stage: str) -> dict[str, polib.POEntry]:
    """Read a stage's catalogue, with the words that several stages share."""
    return {entry.msgid: entry for entry in [*entries(SHARED), *entries(stage)]}


def entries(stage: str) -> polib.POFile:
    """Read the catalogue of a stage, or the shared one."""
    return polib.pofile(str(SUAR / stage / "locale/id/LC_MESSAGES/django.po"))


def reworded() -> set[str]:
    """Return the messages of Django that the shared catalogue words anew."""
    return {entry.msgid for entry in entries(SHARED)} & {entry.msgid for entry in polib.pofile(str(OF_DJANGO))}


def said_in_python(stage: str) -> Iterator[str]:
    """Yield every string that Python hands over to be translated."""
    for path in (SUAR / stage).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if named and node.func.id in CALLS and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def said_in_templates(stage: str) -> Iterator[str]:
    """Yield every string of the templates, as a catalogue writes it."""
    for path in (SUAR / stage / "templates").rglob("*.html"):
        text = path.read_text("utf-8")
        yield from (found[1][1:-1] for found in TRANSLATE.finditer(text))
        for found in BLOCK.finditer(text):
            one = found[2].split("{% plural %}")[0]
            if "trimmed" in found[1]:
                one = " ".join(line.strip() for line in one.strip().splitlines())
            yield re.sub(r"{{ (\w+) }}", r"%(\1)s", one)


@pytest.mark.parametrize("stage", STAGES)
def test_a_shared_word_stands_in_the_shared_catalogue_only(stage):
    twice = {entry.msgid for entry in entries(SHARED)} & {entry.msgid for entry in entries(stage)}
    assert twice == set()


def test_these_stages_share_no_word_by_writing_it_twice():
    one, other = ({entry.msgid for entry in entries(stage)} for stage in STAGES)
    assert one & other == set()


@pytest.mark.parametrize("stage", STAGES)
def test_every_string_has_its_indonesian(stage):
    said = {*said_in_python(stage), *said_in_templates(stage)}
    assert len(said) > 50
    assert said - set(catalogue(stage)) == set()


@pytest.mark.parametrize("stage", STAGES)
def test_no_translation_is_empty_or_left_over(stage):
    said = {*said_in_python(stage), *said_in_templates(stage)}
    kept = {msgid: entry for msgid, entry in catalogue(stage).items() if msgid not in reworded()}
    empty = [msgid for msgid, entry in kept.items() if not (entry.msgstr or entry.msgstr_plural.get(0))]
    assert empty == []
    assert set(kept) - said == set()


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_filled_in_stays_the_same(stage):
    for msgid, entry in catalogue(stage).items():
        told = entry.msgstr or entry.msgstr_plural[0]
        assert sorted(PLACE.findall(told)) == sorted(PLACE.findall(msgid)), msgid
