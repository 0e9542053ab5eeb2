"""Translations of the public site as files for translators: PO and XLIFF 2.0, written, checked and read back.

Messages keep their gettext context. A sentence of the reading pages has the context `read:` and its
name, such as `read:sea.looks.pay`. Corrections are stored in the folder `words` of the data directory,
where Django finds them through LOCALE_PATHS at the next start.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import polib
from django.conf import locale, settings
from django.utils.translation import to_locale

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

Key = tuple[str, str]
"""Context and English text."""


class InvalidFile(ValueError):
    """The file is no catalogue of translations; the message says why."""


@dataclass(frozen=True, slots=True)
class Message:
    """An English text and its translation, with one form for each plural of the language.

    `translation` is empty where it is missing; `plural` is the English plural, if there is one.
    `line` and `fuzzy` come from a translator's file.
    """

    context: str
    english: str
    translation: tuple[str, ...]
    plural: str = ""
    line: int = 0
    fuzzy: bool = False

    @property
    def key(self) -> Key:
        return self.context, self.english

    @property
    def missing(self) -> bool:
        return not self.translation or not all(self.translation)


@dataclass(slots=True)
class Comparison:
    """A translator's file compared with what ships: counts, changed translations, and errors by line."""

    same: int = 0
    empty: int = 0
    fuzzy: int = 0
    changed: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)


@cache
def shipped(language: str) -> dict[Key, Message]:
    """Return every message of the public site, then every sentence to read, as they ship.

    Messages that Django itself translates, such as the names of months, are left out.
    """
    own, by_django = _messages(language), _django_messages(language)
    messages = {
        key: own.get(key, Message(*key, (), plural))
        for key, plural in _public_messages().items()
        if key in own or key not in by_django
    }
    english, translated = texts.shipped_words("en"), texts.shipped_words(language)
    for name, text in english.items():
        translation = (translated[name],) if name in translated else ()
        messages[READ + name, text] = Message(READ + name, text, translation)
    return messages


def current(language: str) -> dict[Key, Message]:
    """Return every message with the corrections of this organisation."""
    corrected = corrections(language)
    return {
        key: replace(message, translation=corrected.get(key, message.translation))
        for key, message in shipped(language).items()
    }


def corrections(language: str) -> dict[Key, tuple[str, ...]]:
    """Return the translations that this organisation replaced."""
    path = _folder() / f"{language}.po"
    if not path.exists():
        return {}
    _language, messages = parse(path.read_bytes())
    return {message.key: message.translation for message in messages}


def add_corrections(language: str, changed: Mapping[Key, tuple[str, ...]]) -> None:
    """Store these corrections beside the earlier ones."""
    save_corrections(language, corrections(language) | changed)


def save_corrections(language: str, changed: Mapping[Key, tuple[str, ...]]) -> None:
    """Store these corrections and no others; texts that no longer ship or did not change are left out."""
    ships = shipped(language)
    messages = [
        replace(ships[key], translation=forms)
        for key, forms in changed.items()
        if key in ships and forms != ships[key].translation
    ]
    reading = {m.context.removeprefix(READ): m.translation[0] for m in messages if m.context.startswith(READ)}
    catalogue = [message for message in messages if not message.context.startswith(READ)]
    compiled = polib.pofile(to_po(catalogue, language=language)).to_binary()
    folder = _folder()
    _write(folder / "locale" / to_locale(language) / "LC_MESSAGES" / "django.mo", compiled if catalogue else b"")
    _write(folder / f"{language}.json", json.dumps(reading).encode() if reading else b"")
    _write(folder / f"{language}.po", to_po(messages, language=language).encode() if messages else b"")


def compare(messages: Sequence[Message], ships: Mapping[Key, Message]) -> Comparison:
    """Compare a translator's file with the messages that ship."""
    comparison, seen = Comparison(), set()
    for message in messages:
        original = ships.get(message.key)
        if message.key in seen:
            comparison.errors.append((message.line, "The text is in the file twice."))
        elif original is None and any(message.translation):
            comparison.errors.append((message.line, "Suar has no such text in English."))
        elif original is None or not any(message.translation):
            comparison.empty += 1
        elif message.fuzzy:
            comparison.fuzzy += 1
        elif error := find_error(message.translation, original):
            comparison.errors.append((message.line, error))
        elif message.translation == original.translation:
            comparison.same += 1
        else:
            comparison.changed[message.key] = message.translation
        seen.add(message.key)
    return comparison


def find_error(translation: Sequence[str], original: Message) -> str:
    """Return why a translation would break a page, or an empty string."""
    if len(translation) > 1 and not original.plural:
        return "The text has one form only."
    return next((error for form in translation if (error := _find_form_error(form, original))), "")


def _find_form_error(form: str, original: Message) -> str:
    if not form:
        return "One of the plural forms is missing."
    if not form.strip() and re.search(r"\w", original.english):
        return "The translation is blank."
    if INVISIBLE.search(form):
        return "The translation holds an invisible character."
    if _count(TAG, form) != _count(TAG, original.english):
        return "Tags in < > must be the same as in English."
    if not _same_placeholders(form, original):
        return "Placeholders such as %(day)s must be the same as in English."
    if len(form) > MAX_LENGTH_RATIO * len(original.english) + EXTRA_LENGTH:
        return "The translation is much longer than the English text."
    return ""


def _same_placeholders(form: str, original: Message) -> bool:
    """Return True if the placeholders match; one of several plural forms may leave some out."""
    found = _count(PLACEHOLDER, form)
    if original.plural:
        return found <= _count(PLACEHOLDER, original.plural)
    return found == _count(PLACEHOLDER, original.english)


def _count(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(pattern.findall(text))


def to_po(messages: Iterable[Message], *, language: str) -> str:
    """Return the messages as a PO file."""
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Project-Id-Version": "Suar",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": _plural_forms(language),
    }
    for message in messages:
        entry = polib.POEntry(msgctxt=message.context or None, msgid=message.english)
        entry.flags = ["python-format"] if "%(" in message.english else []
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = dict(enumerate(message.translation or ("",)))
        else:
            entry.msgstr = "".join(message.translation)
        catalogue.append(entry)
    return str(catalogue)


def to_xliff(messages: Iterable[Message], *, language: str) -> str:
    """Return the messages as an XLIFF 2.0 file, with a segment for each plural form."""
    ElementTree.register_namespace("", XLIFF)
    root = ElementTree.Element(f"{{{XLIFF}}}xliff", version="2.0", srcLang="en", trgLang=language)
    file = ElementTree.SubElement(root, f"{{{XLIFF}}}file", id="suar")
    for number, message in enumerate(messages, 1):
        unit = ElementTree.SubElement(file, f"{{{XLIFF}}}unit", id=f"w{number}", name=message.context)
        for form, translation in enumerate(message.translation or ("",)):
            segment = ElementTree.SubElement(unit, f"{{{XLIFF}}}segment", id=f"f{form}")
            ElementTree.SubElement(segment, f"{{{XLIFF}}}source").text = message.english
            ElementTree.SubElement(segment, f"{{{XLIFF}}}target").text = translation
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def parse(content: bytes) -> tuple[str, list[Message]]:
    """Return the language and the messages of a PO or XLIFF file. Raises InvalidFile."""
    if len(content) > MAX_BYTES:
        raise InvalidFile(f"The file is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFile(f"The file is not UTF-8 (byte {error.start}).") from None
    language, messages = _parse_xliff(text) if text.lstrip().startswith("<") else _parse_po(text)
    if not messages:
        raise InvalidFile("The file holds no texts.")
    if not language:
        raise InvalidFile("The file does not name its language.")
    return language.replace("_", "-").lower(), messages


def _parse_po(text: str) -> tuple[str, list[Message]]:
    try:
        # The line end keeps polib from reading the text as the name of a file to open.
        catalogue = polib.pofile(text + "\n", check_for_duplicates=True)
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise InvalidFile(f"The file is no PO file: {error}.") from None
    messages = [_from_entry(entry) for entry in catalogue if not entry.obsolete]
    return catalogue.metadata.get("Language", ""), messages


def _from_entry(entry: polib.POEntry) -> Message:
    forms = tuple(entry.msgstr_plural.values()) or (entry.msgstr,)
    return Message(entry.msgctxt or "", entry.msgid, forms, entry.msgid_plural, entry.linenum, entry.fuzzy)


def _parse_xliff(text: str) -> tuple[str, list[Message]]:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InvalidFile("The file declares a document type, which no XLIFF file needs.")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there are no entities
    except ElementTree.ParseError as error:
        raise InvalidFile(f"The file is no XLIFF file: {error}.") from None
    if root.tag != f"{{{XLIFF}}}xliff":
        raise InvalidFile("The file is not XLIFF 2.0.")
    messages = []
    for number, unit in enumerate(root.iter(f"{{{XLIFF}}}unit"), 1):
        sources = list(_unit_texts(unit, "source"))
        forms = tuple(_unit_texts(unit, "target"))
        messages.append(Message(unit.get("name", ""), sources[0] if sources else "", forms, line=number))
    return root.get("trgLang", ""), messages


def _unit_texts(unit: ElementTree.Element, name: str) -> Iterator[str]:
    for element in unit.iter(f"{{{XLIFF}}}{name}"):
        if len(element):
            raise InvalidFile(f"Unit {unit.get('id')}: inline elements are not supported.")
        yield element.text or ""


@cache
def _public_messages() -> dict[Key, str]:
    """Return each message of the public site with its English plural: those that any public-only language has."""
    codes = [language.code for language in public_languages() if not language.staff]
    return {key: message.plural for code in codes for key, message in _messages(code).items()}


@cache
def _messages(language: str) -> dict[Key, Message]:
    paths = sorted(APPS.glob(f"*/locale/{to_locale(language)}/LC_MESSAGES/django.po"))
    messages = (_from_entry(entry) for path in paths for entry in polib.pofile(str(path)))
    return {message.key: replace(message, line=0, fuzzy=False) for message in messages}


def _django_messages(language: str) -> set[Key]:
    path = DJANGO_LOCALE / to_locale(language) / "LC_MESSAGES" / "django.mo"
    return {(entry.msgctxt or "", entry.msgid) for entry in polib.mofile(str(path))} if path.exists() else set()


def _plural_forms(language: str) -> str:
    path = Path(__file__).parent / "locale" / to_locale(language) / "LC_MESSAGES" / "django.po"
    return str(polib.pofile(str(path)).metadata.get("Plural-Forms", ""))


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
