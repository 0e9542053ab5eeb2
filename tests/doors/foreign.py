"""Finds words of another writing in a page: English that was left where a language should speak."""

import re
from html.parser import HTMLParser

LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]{2,}")
NAMES = {"Suar", "SAPA", "Esc", "Escape"}
ALONE = {"input", "meta", "link", "br", "img", "use", "path", "circle", "rect", "hr"}
PASSED = {"script", "style", "symbol"}
SAID_ALOUD = ("aria-label", "placeholder", "alt", "title")


class Spoken(HTMLParser):
    """Collects what a page says in its own language; parts that name another one are passed.

    So are parts of which only the direction is left open: they are names and letters of people.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inside: list[bool] = [False]
        self.words: list[str] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note whether this part speaks the language of the page."""
        told = dict(attrs)
        if tag == "html":
            self.language = told.get("lang") or ""
        other = told.get("lang", self.language) != self.language
        own = tag == "bdi" or told.get("dir") == "auto" or told.get("translate") == "no"
        passed = self.inside[-1] or other or own or tag in PASSED
        if not passed:
            self.words += [str(told[name]) for name in SAID_ALOUD if told.get(name)]
        if tag not in ALONE:
            self.inside.append(passed)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read an element that closes itself; it holds nothing."""

    def handle_endtag(self, tag: str) -> None:
        """Leave a part."""
        if tag not in ALONE and len(self.inside) > 1:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        """Keep what is said in the language of the page."""
        if not self.inside[-1] and data.strip():
            self.words.append(data.strip())


def left_over(page: str) -> list[str]:
    """List what a page in another writing still says in Latin letters."""
    spoken = [text for text in Spoken(page).words if set(LATIN.findall(text)) - NAMES]
    return list(dict.fromkeys(spoken))
