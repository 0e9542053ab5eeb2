"""Every word that is shown also speaks Indonesian."""

import ast
import json
import re
from functools import cache

import polib
import pytest
from django.utils.translation.template import templatize

from suar.website import messages
from tests.house.reading import SUAR, files, name_of, tree

IN_CODE = re.compile(r"_|(u|n|p|np)?gettext(_lazy|_noop)?")
# What Django makes of a template's tags: _('words'), pgettext('context', 'words') and so on.
MADE = re.compile(r"\b(?:_|n?p?gettext)\((?=u?['\"])")
STRING = re.compile(r"\s*(u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")\s*,?", re.DOTALL)
PLACE = re.compile(r"%\(\w+\)[sd]")


def of_call(name, strings):
    """Return the context and the words of one call."""
    name = name.removesuffix("_lazy").removesuffix("_noop")
    has_context = name in ("pgettext", "npgettext")
    return (strings[0], strings[1]) if has_context else (None, strings[0])


def in_code(path):
    for node in ast.walk(tree(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        strings = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        if IN_CODE.fullmatch(node.func.id) and strings and strings[0] == getattr(node.args[0], "value", None):
            yield of_call(node.func.id, strings)


def in_template(text):
    made = templatize(text)
    for match in MADE.finditer(made):
        strings, place = [], match.end()
        while found := STRING.match(made, place):
            strings.append(ast.literal_eval(found[1]))
            place = found.end()
        yield of_call(match[0].removesuffix("("), strings)


def in_table(node):
    """Return the messages of a JSON table, as `suar.website.messages` reads it."""
    if isinstance(node, dict) and "text" in node:
        return [(node.get("context"), node["text"])]
    inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [message for item in inside for message in in_table(item)]


def message_tables():
    """Return each table of messages with its messages."""
    return {path: in_table(json.loads(path.read_text("utf-8"))) for path in sorted(messages.FOLDER.rglob("*.json"))}


@cache
def shown():
    """Pair every shown word with the file it stands in."""
    code = [path for path in files(".py") if SUAR in path.parents]
    pages = [path for path in files(".html", ".txt") if SUAR in path.parents]
    found = [(path, item) for path in code for item in in_code(path)]
    found += [(path, item) for path, items in message_tables().items() for item in items]
    return found + [(path, item) for path in pages for item in in_template(path.read_text("utf-8"))]


@cache
def translated():
    """Return every entry that speaks Indonesian, from all catalogues."""
    return {
        (entry.msgctxt, entry.msgid): [entry.msgstr, *entry.msgstr_plural.values()]
        for path in files(".po")
        if "id" in path.parts
        for entry in polib.pofile(str(path))
        if "fuzzy" not in entry.flags
        if entry.msgstr or (entry.msgstr_plural and all(entry.msgstr_plural.values()))
    }


def test_every_message_has_an_indonesian_translation():
    assert len(shown()) > 500
    missing = [f"{name_of(path)}: {key}" for path, key in shown() if key not in translated()]
    assert missing == []


def test_a_translation_keeps_its_placeholders():
    wrong = [
        key[1]
        for key, said in translated().items()
        if set(PLACE.findall(key[1])) != {place for item in said for place in PLACE.findall(item)}
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{% load i18n %}{% translate "Planted" %}', (None, "Planted")),
        ('{% translate "Planted" context "here" %}', ("here", "Planted")),
        ("{% blocktranslate %}Planted {{ n }}{% endblocktranslate %}", (None, "Planted %(n)s")),
        (
            "{% blocktranslate count n=x %}One{% plural %}More{% endblocktranslate %}",
            (None, "One"),
        ),
        ('{% translate "Don\'t" %}', (None, "Don't")),
    ],
)
def test_the_check_finds_a_planted_word(text, key):
    assert list(in_template(text)) == [key]
