"""Reads a booklet as a reader of PDF does: by its table, with its fonts, along its marks."""

import re
import zlib
from dataclasses import dataclass
from functools import cached_property

STREAM = re.compile(rb"(.*?)\sstream\r?\n(.*)\nendstream\Z", re.DOTALL)
WORD = re.compile(rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\)|\[|\]|/[^\s/\[\]()<>]+|[^\s/\[\]()<>]+", re.DOTALL)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
CODE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*\n")
REF = rb"\s+(\d+) 0 R"


@dataclass(frozen=True)
class Booklet:
    """The bytes of a PDF, and what stands in them."""

    file: bytes

    @cached_property
    def objects(self) -> dict[int, bytes]:
        """Return each object by its number, found where the table says that it lies."""
        start = int(re.search(rb"startxref\s+(\d+)\s+%%EOF\s*\Z", self.file)[1])
        head, table = parts(self._at(start))
        spans = [int(part) for part in re.search(rb"/Index\[([\d ]+)\]", head)[1].split()]
        numbers = [n for first, count in zip(spans[::2], spans[1::2], strict=True) for n in range(first, first + count)]
        rows = [table[at : at + 7] for at in range(0, len(table), 7)]
        places = {
            n: (row[0], int.from_bytes(row[1:5]), int.from_bytes(row[5:])) for n, row in zip(numbers, rows, strict=True)
        }
        plain = {n: self._at(at, n) for n, (kind, at, _) in places.items() if kind == 1}
        pressed = {n: inside(plain[bundle], at) for n, (kind, bundle, at) in places.items() if kind == 2}
        assert all(number == n for n, (number, _) in pressed.items()), "each where the table says"
        return plain | {n: body for n, (_, body) in pressed.items()} | {-1: head}

    @cached_property
    def catalog(self) -> bytes:
        """Return the root of the document."""
        return self.objects[int(re.search(rb"/Root" + REF, self.objects[-1])[1])]

    @cached_property
    def pages(self) -> list[bytes]:
        """Return the pages in their order."""
        root = self.objects[int(re.search(rb"/Pages" + REF, self.catalog)[1])]
        return [self.objects[int(n)] for n in re.findall(rb"(\d+) 0 R", root.split(b"/Kids")[1])]

    @cached_property
    def texts(self) -> list[str]:
        """Return the words of each page."""
        return [" ".join(self._text(page).split()) for page in self.pages]

    @property
    def text(self) -> str:
        """Return all words."""
        return " ".join(self.texts)

    def kinds(self) -> list[str]:
        """List the kinds of marks of the reading order."""
        found = (re.search(rb"/Type/StructElem/S/(\w+)", item) for item in self.objects.values())
        return [item[1].decode() for item in found if item]

    def spoken(self) -> dict[str, str]:
        """Return what stands in each language other than the document's, by the marks of its text."""
        return {language: " ".join(said.split()) for language, said in self._spoken().items()}

    def kinds_in(self, language: str) -> set[str]:
        """Name the kinds of marks of the reading order that are in another language."""
        lang = rf"/Lang\({language}\)".encode()
        found = (
            re.search(rb"/S/(\w+)", item)
            for item in self.objects.values()
            if b"/StructElem" in item and re.search(lang, item)
        )
        return {item[1].decode() for item in found if item}

    def headings(self) -> list[int]:
        """List the levels of the headings in their order of reading, from the root downwards."""
        root = int(re.search(rb"/StructTreeRoot" + REF, self.catalog)[1])
        return list(self._levels(root))

    def links(self) -> list[bytes]:
        """List the links."""
        return [item for item in self.objects.values() if b"/Subtype/Link" in item]

    def fonts(self) -> set[str]:
        """Name the fonts, as they are embedded."""
        found = (re.search(rb"/FontName/([\w+-]+)", item) for item in self.objects.values() if b"/FontFile" in item)
        return {item[1].decode() for item in found if item}

    def metadata(self) -> str:
        """Return what the document tells of itself."""
        number = int(re.search(rb"/Metadata" + REF, self.catalog)[1])
        return parts(self.objects[number])[1].decode()

    def _at(self, start: int, number: int | None = None) -> bytes:
        named = re.compile(rb"(\d+) 0 obj\s").match(self.file, start)
        assert named, "the table points at an object"
        assert number in (None, int(named[1]))
        return self.file[named.end() : self.file.index(b"\nendobj", named.end())]

    def _levels(self, number: int):
        body = self.objects[number]
        if found := re.search(rb"/S/H(\d)", body):
            yield int(found[1])
        children = re.search(rb"/K\s*\[((?:[^\[\]<>]|<<.*?>>)*)\]|/K\s*(\d+ 0 R)", body, re.DOTALL)
        for child in re.findall(rb"(\d+) 0 R", re.sub(rb"<<.*?>>", b"", children[0]) if children else b""):
            if b"/StructElem" in self.objects[int(child)]:
                yield from self._levels(int(child))

    def _spoken(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for page in self.pages:
            content = parts(self.objects[int(re.search(rb"/Contents" + REF, page)[1])])[1]
            fonts, words, codes, language = self._fonts(page), WORD.findall(content), {}, None
            for at, word in enumerate(words):
                if word == b"Tf":
                    codes = fonts[words[at - 2][1:]]
                if word == b"EMC":
                    language = None
                if word == b"/Lang":
                    language = words[at + 1][1:-1].decode()
                    found[language] = found.get(language, "") + " "
                elif word.startswith(b"(") and language and words[at - 1] != b"/Lang":
                    found[language] += _shown(word, codes)
        return found

    def _text(self, page: bytes) -> str:
        content = parts(self.objects[int(re.search(rb"/Contents" + REF, page)[1])])[1]
        fonts = self._fonts(page)
        said, words, codes = [], WORD.findall(content), {}
        for at, word in enumerate(words):
            if word == b"Tf":
                codes = fonts[words[at - 2][1:]]
            if word.startswith(b"("):
                said.append(_shown(word, codes))
            if word == b"ET":
                said.append(" ")
        return "".join(said)

    def _fonts(self, page: bytes) -> dict[bytes, dict[bytes, str]]:
        listed = page
        while (named := re.search(rb"/(?:Resources|Font)" + REF, listed)) is not None:
            listed = self.objects[int(named[1])]
        every = re.search(rb"/Font\s*<<(.*?)>>", listed, re.DOTALL)
        found = re.findall(rb"/(\w+)\s+(\d+) 0 R", every[1] if every else listed)
        return {name: self._codes(int(number)) for name, number in found}

    def _codes(self, font: int) -> dict[bytes, str]:
        named = re.search(rb"/ToUnicode" + REF, self.objects[font])
        table = parts(self.objects[int(named[1])])[1] if named else b""
        return {
            bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be")
            for code, text in CODE.findall(table)
        }


def parts(body: bytes) -> tuple[bytes, bytes]:
    """Return the head of a stream and its content, unpressed."""
    found = STREAM.match(body)
    head, content = found[1], found[2]
    return head, zlib.decompress(content) if b"/FlateDecode" in head else content


def inside(bundle: bytes, at: int) -> tuple[int, bytes]:
    """Return the number and the body of one object out of a stream of objects."""
    head, content = parts(bundle)
    first = int(re.search(rb"/First (\d+)", head)[1])
    heads = [int(part) for part in content[:first].split()]
    starts = [*heads[1::2], len(content) - first]
    return heads[2 * at], content[first + starts[at] : first + starts[at + 1]].strip()


def _shown(word: bytes, codes: dict[bytes, str]) -> str:
    raw = ESCAPED.sub(_escaped, word[1:-1])
    return "".join(codes.get(raw[n : n + 2], "") for n in range(0, len(raw), 2))


def _escaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    return bytes([int(sign, 8)]) if sign.isdigit() else ESCAPES.get(sign, sign)
