"""The words that the public site may show: those of its templates and of the code behind them.

Run with a language, it writes what is missing there, to be filled in and put at the end of a
catalogue.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import polib
from django.utils.translation import to_locale

from tests.house.reading import SUAR, tree
from tests.house.test_translations import IN_CODE, in_template, message_tables, of_call

DOORS, CONTACT, FEEDBACK = SUAR / "website", SUAR / "contact", SUAR / "feedback"
PUBLIC_BASE = 'extends "website/public.html"'
BY_TAG = ("field", "problems", "empty", "languages_public", "quick_exit_public")
CODE = [
    *(DOORS / f"{name}.py" for name in ("entries", "forms", "recordings")),
    *(DOORS / "print" / f"{name}.py" for name in ("booklet", "entry", "models")),
    *sorted((CONTACT / "public").glob("*.py")),
    *(CONTACT / f"{name}.py" for name in ("forms", "form_parts", "messages")),
    *(FEEDBACK / f"{name}.py" for name in ("forms", "public", "survey")),
]
OF_WORKERS = {
    "check_no_way_to_reach",
    "RecordingForm",
    "Edition",
    "AnswerForm",
    "DictatedForm",
    "WeekdaysField",
    "answer_days",
    "DeskForm",
    "SummaryForm",
    "LETTERS_STAFF",
    "REMOVED_STAFF",
    "CONTACT",
    "NEWER_LETTER",
    "NEWER_FILES",
    "OutcomeForm",
    "QuarterForm",
    "HandlersForm",
    "OutsideReaderForm",
    "check_small_numbers",
}
"""Classes and tables of the code above that only workers see."""
TABLES: dict[Path, str] = {}
"""Tables of other code that visitors see."""
SAID_TO_WORKERS = {
    "Too many wrong addresses",
    "You opened very many records today",
    "More than a day of work needs. Your supervisor was informed. Records that you opened before still open. If you "
    "need another one now, call your supervisor.",
    "You often opened pages that are not yours or do not exist. Your supervisor was informed. Your own pages still "
    "open. For other pages, wait an hour.",
    "In this team each worker sees only their own records. A letter would be read by all: choose another team.",
    "Nobody would come back to read an answer: the person chose no code.",
    "The key for this person's code does not match their letters: somebody else may have replaced "
    "it. No answer can be sent. Inform the administrator.",
}
Key = tuple[str | None, str]


def templates() -> set[Path]:
    """Return the templates of public pages, with all that they take in."""
    every = {str(path).partition("/templates/")[2]: path for path in SUAR.rglob("*.html")}
    found = {name for name, path in every.items() if PUBLIC_BASE in path.read_text("utf-8")}
    found |= {"website/public.html", "website/base.html", "website/exit.html"}
    found |= {f"website/{name}.html" for name in BY_TAG}
    while True:
        taken = {name for name in every if any(f'include "{name}"' in _text(every[one]) for one in found)}
        if taken <= found:
            return {every[name] for name in found}
        found |= taken


@cache
def public_words() -> dict[Key, str]:
    """Return each message of the public site with the file in which it stands."""
    found: dict[Key, str] = {}
    for path in sorted(templates()):
        found |= dict.fromkeys(in_template(_text(path)), path.name)
    for path in CODE:
        parts = [part for part in tree(path).body if _name(part) not in OF_WORKERS]
        found |= dict.fromkeys(_in_code(parts), path.name)
    for path, name in TABLES.items():
        parts = [part for part in tree(path).body if _name(part) == name]
        found |= dict.fromkeys(_in_code(parts), path.name)
    for path, messages in message_tables().items():
        found |= dict.fromkeys(messages if path.parent.name != "staff" else (), path.name)
    return {key: name for key, name in found.items() if key[1] not in SAID_TO_WORKERS}


@cache
def public_words_in(language: str) -> dict[Key, list[str]]:
    """Return what each message says in a language, from all its catalogues."""
    return {
        (entry.msgctxt, entry.msgid): [entry.msgstr, *entry.msgstr_plural.values()]
        for path in sorted(SUAR.glob(f"*/locale/{to_locale(language)}/LC_MESSAGES/django.po"))
        for entry in polib.pofile(str(path))
        if not entry.fuzzy and (entry.msgstr or all(entry.msgstr_plural.values() or [""]))
    }


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _in_code(parts: Iterable[ast.stmt]) -> Iterator[Key]:
    for node in (node for part in parts for node in ast.walk(part)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            strings = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            if IN_CODE.fullmatch(node.func.id) and strings:
                yield of_call(node.func.id, strings)


def _name(part: ast.stmt) -> str:
    if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
        return part.targets[0].id
    if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
        return part.target.id
    return getattr(part, "name", "")


def missing(language: str) -> Iterator[str]:
    """Write an empty entry for each message that a language lacks, as a catalogue holds it."""
    said = public_words_in(language)
    for context, words in public_words():
        if (context, words) not in said:
            flags = ["python-format"] if "%(" in words else []
            yield str(polib.POEntry(msgid=words, msgctxt=context, flags=flags))


if __name__ == "__main__":
    sys.stdout.write("\n".join(missing(sys.argv[1])))
