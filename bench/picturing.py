"""The pictures of docs/tour.md: which page, in which language, how wide, by day or in the dark."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.stories.looking import Look, plain_path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "tour"
PAGE = ROOT / "docs" / "tour.md"
MOST_BYTES, MOST_PICTURES = 60_000, 27
NAMES = {"en": "English", "id": "Bahasa Indonesia"}
HEAD = """# A walk along the thread

Written by `./suar tour`, which walks the whole thread in a browser on an invented world, in both
languages, on small and large screens, by mouse and by keyboard alone, and takes these pictures on
the way. Everybody here is invented, and no number rings. Start `./suar demo` to walk it yourself.

"""


@dataclass(frozen=True)
class Picture:
    """A picture to take when a page is first reached; `at` is its path without ids."""

    name: str
    at: str
    says: str
    language: str = "en"
    width_px: int = 360
    dark: bool = False
    having: str = "main"
    height_px: int = 780

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return FOLDER / f"{self.name}.webp"

    @property
    def alt(self) -> str:
        """Name the page for who does not see it."""
        return f"The page: {self.name.replace('-', ' ')}"

    @property
    def how(self) -> str:
        """Say how it was taken."""
        return f"{NAMES[self.language]}, {self.width_px} px{', in the dark' if self.dark else ''}"


@dataclass
class PicturingLook(Look):
    """An inspector with a camera: takes each planned picture the first time its page is reached."""

    planned: list[Picture] = field(default_factory=list)

    def at(self, page: Any, *, path: str = "") -> None:
        """Look at the page, and take the pictures planned of it; `path` is what was asked for."""
        super().at(page)
        path = plain_path(path or page.url.removeprefix(self.own))
        for each in [each for each in self.planned if each.at == path]:
            if page.locator(each.having).count() and self._speaks(page, each):
                take(page, each)
                self.planned.remove(each)

    def _speaks(self, page: Any, picture: Picture) -> bool:
        return bool(page.locator("html").get_attribute("lang") == picture.language)


def take(page: Any, picture: Picture) -> None:
    """Take a picture, small enough to be looked at over a slow line."""
    before = page.viewport_size
    page.set_viewport_size({"width": picture.width_px, "height": picture.height_px})
    page.emulate_media(color_scheme="dark" if picture.dark else "light")
    page.evaluate("scrollTo(0, 0)")
    session = page.context.new_cdp_session(page)
    for quality in (80, 60, 40, 20):
        asked = {"format": "webp", "quality": quality}
        shot = base64.b64decode(session.send("Page.captureScreenshot", asked)["data"])
        if len(shot) <= MOST_BYTES:
            break
    session.detach()
    FOLDER.mkdir(exist_ok=True)
    picture.file.write_bytes(shot)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(before)


def page_of(pictures: list[Picture]) -> str:
    """Write the page from the pictures."""
    parts = [
        f"**{place}. {each.says}** *{each.how}*\n\n![{each.alt}](tour/{each.file.name})\n"
        for place, each in enumerate(pictures, 1)
    ]
    return HEAD + "\n".join(parts)
