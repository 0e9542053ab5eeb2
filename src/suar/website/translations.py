"""Translations of the public site as files for translators: PO and XLIFF 2.0, written, checked and read back.

Messages keep their gettext context. A sentence of the reading pages has the context `read:` and its
name, such as `read:sea.looks.pay`. Corrections are stored in the folder `words` of the data directory,
where Django finds them through LOCALE_PATHS at the next start.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import polib
from django.conf import locale, settings
from django.utils.translation import to_locale
from polib import POEntry

from suar.core.i18n import public_languages
from suar.website import texts

APPS = Path(__file__).parent.parent
DJANGO_LOCALE = Path(locale.__file__).parent
READ = "read:"
XLIFF = "urn:oasis:names:tc:xliff:document:2.0"
MAX_BYTES = 5_000_000
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd%]|\{\w*\}")
TAG = re.compile(r"<[^>]*>?")
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
MAX_LENGTH_RATIO, EXTRA_LENGTH = 3, 80
LONGER = "The translation is much longer than the English text."

Key = tuple[str, str]
"""Context and English text."""


class InvalidFile(ValueError):
    """The file is no catalogue of translations; the message says why."""


@dataclass(slots=True)
class Comparison:
    """A translator's file compared with what ships: `counts` by kind, changed translations, and errors by line."""

    counts: Counter[str] = field(default_factory=Counter)
    changed: dict[Key, POEntry] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)


def key_of(entry: POEntry) -> Key:
    """Return the context and the English text of a message."""
    return entry.msgctxt or "", entry.msgid


def forms_of(entry: POEntry) -> tuple[str, ...]:
    """Return the translation of a message: one form for each plural of the language."""
    return tuple(entry.msgstr_plural.values()) or (entry.msgstr,)


@cache
def shipped(language: str) -> dict[Key, POEntry]:
    """Return every message of the public site, then every sentence to read, as they ship.

    Messages that Django itself translates, such as the names of months, are left out.
    """
    own, by_django = _messages(language), _django_messages(language)
    messages = {
        key: own.get(key, POEntry(msgctxt=entry.msgctxt, msgid=entry.msgid, msgid_plural=entry.msgid_plural))
        for key, entry in _public_messages().items()
        if key in own or key not in by_django
    }
    translated = texts.shipped_words(language)
    for name, text in texts.shipped_words("en").items():
        entry = POEntry(msgctxt=READ + name, msgid=text, msgstr=translated.get(name, ""))
        messages[key_of(entry)] = entry
    return messages


def current(language: str) -> list[POEntry]:
    """Return every message with the corrections of this organisation."""
    return list((shipped(language) | corrections(language)).values())


def corrections(language: str) -> dict[Key, POEntry]:
    """Return the translations that this organisation replaced."""
    path = _folder() / f"{language}.po"
    return {key_of(entry): entry for entry in parse(path.read_bytes())[1]} if path.exists() else {}


def save_corrections(language: str, entries: Mapping[Key, POEntry]) -> None:
    """Store these corrections and no others; texts that no longer ship or did not change are left out."""
    ships = shipped(language)
    changed = [entry for key, entry in entries.items() if key in ships and forms_of(entry) != forms_of(ships[key])]
    reading = {entry.msgctxt.removeprefix(READ): entry.msgstr for entry in changed if is_reading(entry)}
    messages = [entry for entry in changed if not is_reading(entry)]
    compiled = polib.pofile(to_po(messages, language=language)).to_binary()
    folder = _folder()
    _write(folder / "locale" / to_locale(language) / "LC_MESSAGES" / "django.mo", compiled if messages else b"")
    _write(folder / f"{language}.json", json.dumps(reading).encode() if reading else b"")
    _write(folder / f"{language}.po", to_po(changed, language=language).encode() if changed else b"")


def is_reading(entry: POEntry) -> bool:
    """Return True for a sentence of the reading pages."""
    return (entry.msgctxt or "").startswith(READ)


def compare(entries: Iterable[POEntry], ships: Mapping[Key, POEntry]) -> Comparison:
    """Compare a translator's file with the messages that ship."""
    comparison, seen = Comparison(), set()
    for entry in entries:
        key, forms = key_of(entry), forms_of(entry)
        original = ships.get(key)
        if key in seen:
            comparison.errors.append((entry.linenum, "The text is in the file twice."))
        elif not any(forms):
            comparison.counts["empty"] += 1
        elif original is None:
            comparison.errors.append((entry.linenum, "Suar has no such text in English."))
        elif entry.fuzzy:
            comparison.counts["fuzzy"] += 1
        elif error := find_error(forms, original):
            comparison.errors.append((entry.linenum, error))
        elif forms == forms_of(original):
            comparison.counts["same"] += 1
        else:
            comparison.changed[key] = entry
        seen.add(key)
    return comparison


def find_error(forms: tuple[str, ...], original: POEntry) -> str:
    """Return why a translation would break a page, or an empty string."""
    if len(forms) > 1 and not original.msgid_plural:
        return "The text has one form only."
    return next((error for form in forms if (error := _find_form_error(form, original))), "")


def _find_form_error(form: str, original: POEntry) -> str:
    present, wanted = (Counter(PLACEHOLDER.findall(text)) for text in (form, original.msgid_plural or original.msgid))
    # One of several plural forms may leave placeholders out.
    same_placeholders = present <= wanted if original.msgid_plural else present == wanted
    tags, wanted_tags = (Counter(TAG.findall(text)) for text in (form, original.msgid))
    errors = {
        "One of the plural forms is missing.": not form,
        "The translation is blank.": not form.strip() and re.search(r"\w", original.msgid),
        "The translation holds an invisible character.": INVISIBLE.search(form),
        "Tags in < > must be the same as in English.": tags != wanted_tags,
        "Placeholders such as %(day)s must be the same as in English.": not same_placeholders,
        LONGER: len(form) > MAX_LENGTH_RATIO * len(original.msgid) + EXTRA_LENGTH,
    }
    return next((error for error, applies in errors.items() if applies), "")


def to_po(entries: Iterable[POEntry], *, language: str) -> str:
    """Return the messages as a PO file."""
    catalogue = polib.POFile()
    own = polib.pofile(str(APPS / "website" / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"))
    catalogue.metadata = own.metadata | {"Language": language}
    catalogue.extend(entries)
    return str(catalogue)


def to_xliff(entries: Iterable[POEntry], *, language: str) -> str:
    """Return the messages as an XLIFF 2.0 file, with a segment for each plural form."""
    ElementTree.register_namespace("", XLIFF)
    root = ElementTree.Element(f"{{{XLIFF}}}xliff", version="2.0", srcLang="en", trgLang=language)
    file = ElementTree.SubElement(root, f"{{{XLIFF}}}file", id="suar")
    for number, entry in enumerate(entries, 1):
        unit = ElementTree.SubElement(file, f"{{{XLIFF}}}unit", id=f"w{number}", name=entry.msgctxt or "")
        for form, translation in enumerate(forms_of(entry)):
            segment = ElementTree.SubElement(unit, f"{{{XLIFF}}}segment", id=f"f{form}")
            ElementTree.SubElement(segment, f"{{{XLIFF}}}source").text = entry.msgid
            ElementTree.SubElement(segment, f"{{{XLIFF}}}target").text = translation
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def parse(content: bytes) -> tuple[str, list[POEntry]]:
    """Return the language and the messages of a PO or XLIFF file. Raises InvalidFile."""
    if len(content) > MAX_BYTES:
        raise InvalidFile(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        text = content.decode("utf-8-sig")
        language, entries = _parse_xliff(text) if text.lstrip().startswith("<") else _parse_po(text)
    except UnicodeDecodeError as error:
        raise InvalidFile(f"The file is not UTF-8 (byte {error.start}).") from None
    except (OSError, ValueError, ElementTree.ParseError) as error:
        raise InvalidFile(f"The file cannot be read: {error}.") from None
    if not entries:
        raise InvalidFile("The file holds no texts.")
    if not language:
        raise InvalidFile("The file does not name its language.")
    return language.replace("_", "-").lower(), entries


def _parse_po(text: str) -> tuple[str, list[POEntry]]:
    # The line end keeps polib from reading the text as the name of a file to open.
    catalogue = polib.pofile(text + "\n", check_for_duplicates=True)
    return catalogue.metadata.get("Language", ""), [entry for entry in catalogue if not entry.obsolete]


def _parse_xliff(text: str) -> tuple[str, list[POEntry]]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("it declares a document type, which no XLIFF file needs")
    root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there are no entities
    if root.tag != f"{{{XLIFF}}}xliff":
        raise ValueError("it is not XLIFF 2.0")
    entries = []
    for number, unit in enumerate(root.iter(f"{{{XLIFF}}}unit"), 1):
        if any(len(text) for name in ("source", "target") for text in unit.iter(f"{{{XLIFF}}}{name}")):
            raise ValueError(f"unit {unit.get('id')} has inline elements, which are not supported")
        forms = [target.text or "" for target in unit.iter(f"{{{XLIFF}}}target")]
        text = unit.findtext(f".//{{{XLIFF}}}source", "")
        several = {"msgstr_plural": dict(enumerate(forms))} if len(forms) > 1 else {"msgstr": "".join(forms)}
        entries.append(POEntry(msgctxt=unit.get("name"), msgid=text, linenum=number, **several))
    return root.get("trgLang", ""), entries


@cache
def _public_messages() -> dict[Key, POEntry]:
    """Return each message of the public site: those that a language without the staff site has."""
    codes = [language.code for language in public_languages() if not (language.staff or language.talk)]
    return {key: entry for code in codes for key, entry in _messages(code).items()}


@cache
def _messages(language: str) -> dict[Key, POEntry]:
    paths = sorted(APPS.glob(f"*/locale/{to_locale(language)}/LC_MESSAGES/django.po"))
    return {key_of(entry): entry for path in paths for entry in polib.pofile(str(path))}


def _django_messages(language: str) -> set[Key]:
    path = DJANGO_LOCALE / to_locale(language) / "LC_MESSAGES" / "django.mo"
    return set(map(key_of, polib.mofile(str(path)))) if path.exists() else set()


def _folder() -> Path:
    return Path(settings.SUAR_DATA) / texts.CORRECTIONS


def _write(path: Path, content: bytes) -> None:
    """Replace a file at once; without content, delete it."""
    if not content:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(content)
    temporary.replace(path)
