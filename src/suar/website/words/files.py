"""Words as a file for translators, PO or XLIFF 2.0, and a file read back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as Tree

import polib
from django.utils.translation import gettext, gettext_noop

from suar.website.words.catalogue import Key, Word

MOST_BYTES = 5_000_000
TOO_LARGE = gettext_noop("It is larger than %(most)d MB.")
NOT_UTF8 = gettext_noop("It is not written in UTF-8 (byte %(byte)d).")
NO_PO = gettext_noop("It cannot be read as PO: %(found)s.")
NO_XLIFF = gettext_noop("It cannot be read as XLIFF: %(found)s.")
OTHER_XLIFF = gettext_noop("It is no XLIFF 2.0.")
HAS_TYPE = gettext_noop("It declares a document type, which no file of words needs.")
PARTS_INSIDE = gettext_noop("Unit %(unit)s: parts inside of a text are not read.")
NO_WORDS = gettext_noop("It holds no words.")
NO_LANGUAGE = gettext_noop("It does not say for which language it is.")
XLIFF = "urn:oasis:names:tc:xliff:document:2.0"


class NotRead(ValueError):
    """A file that is no catalogue of words; says why, in English or in the language of the page."""

    def __init__(self, why: str, **told: Any) -> None:
        super().__init__(why % told)
        self.why, self.told = why, told

    @property
    def words(self) -> str:
        """Say why in the language of the page; what another program found stays in English."""
        return gettext(self.why) % self.told


@dataclass(frozen=True, slots=True)
class Told:
    """One text of a file: where it stands, what it is about, and what was written."""

    line: int
    key: Key
    said: tuple[str, ...]
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class TheirFile:
    """What a file says: for which language, and each text."""

    language: str
    told: tuple[Told, ...]


def to_po(words: Iterable[Word], *, language: str, plural_forms: str) -> str:
    """Write a PO file, in the order of the words."""
    made = polib.POFile()
    made.metadata = {
        "Project-Id-Version": "Suar",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_forms,
    }
    made.extend(_entry(word) for word in words)
    return str(made)


def _entry(word: Word) -> polib.POEntry:
    flags = ["python-format"] if "%(" in word.english else []
    common = {"msgctxt": word.context or None, "msgid": word.english, "flags": flags}
    if word.plural:
        forms = dict(enumerate(word.said or ("",)))
        return polib.POEntry(**common, msgid_plural=word.plural, msgstr_plural=forms)
    return polib.POEntry(**common, msgstr="".join(word.said))


def to_xliff(words: Iterable[Word], *, language: str) -> str:
    """Write an XLIFF 2.0 file; a text with several forms has one segment for each."""
    Tree.register_namespace("", XLIFF)
    root = Tree.Element(f"{{{XLIFF}}}xliff", version="2.0", srcLang="en", trgLang=language)
    file = Tree.SubElement(root, f"{{{XLIFF}}}file", id="suar")
    for number, word in enumerate(words, 1):
        unit = Tree.SubElement(file, f"{{{XLIFF}}}unit", id=f"w{number}", name=word.context)
        for form, said in enumerate(word.said or ("",)):
            segment = Tree.SubElement(unit, f"{{{XLIFF}}}segment", id=f"f{form}")
            Tree.SubElement(segment, f"{{{XLIFF}}}source").text = word.english
            Tree.SubElement(segment, f"{{{XLIFF}}}target").text = said
    Tree.indent(root)
    return Tree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def read(content: bytes) -> TheirFile:
    """Read a file of words; raises NotRead for anything else, with the reason."""
    if len(content) > MOST_BYTES:
        raise NotRead(TOO_LARGE, most=MOST_BYTES // 1_000_000)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotRead(NOT_UTF8, byte=error.start) from None
    return _of_xliff(text) if text.lstrip().startswith("<") else _of_po(text)


def _of_po(text: str) -> TheirFile:
    try:
        # With a line end it is never the name of a file here, which polib would open.
        found = polib.pofile(text + "\n", check_for_duplicates=True)
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise NotRead(NO_PO, found=error) from None
    told = tuple(
        Told(
            entry.linenum,
            (entry.msgctxt or "", entry.msgid),
            tuple(entry.msgstr_plural.values()) or (entry.msgstr,),
            entry.fuzzy,
        )
        for entry in found
        if not entry.obsolete
    )
    return _whole(found.metadata.get("Language", ""), told)


def _of_xliff(text: str) -> TheirFile:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotRead(HAS_TYPE)
    try:
        root = Tree.fromstring(text)  # noqa: S314 - without a document type there are no entities
    except Tree.ParseError as error:
        raise NotRead(NO_XLIFF, found=error) from None
    if root.tag != f"{{{XLIFF}}}xliff":
        raise NotRead(OTHER_XLIFF)
    units = root.iter(f"{{{XLIFF}}}unit")
    told = tuple(_of_unit(number, unit) for number, unit in enumerate(units, 1))
    return _whole(root.get("trgLang", ""), told)


def _of_unit(number: int, unit: Tree.Element) -> Told:
    sources = list(_texts(unit, "source"))
    forms = tuple(_texts(unit, "target"))
    return Told(number, (unit.get("name", ""), sources[0] if sources else ""), forms)


def _texts(unit: Tree.Element, name: str) -> Iterator[str]:
    for each in unit.iter(f"{{{XLIFF}}}{name}"):
        if len(each):
            raise NotRead(PARTS_INSIDE, unit=unit.get("id"))
        yield each.text or ""


def _whole(language: str, told: tuple[Told, ...]) -> TheirFile:
    if not told:
        raise NotRead(NO_WORDS)
    if not language:
        raise NotRead(NO_LANGUAGE)
    return TheirFile(language.replace("_", "-").lower(), told)
