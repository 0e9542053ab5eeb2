"""Render the content of an edition as PDF; the same content gives the same bytes."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import typst

from suar.core.i18n import LANGUAGES
from suar.website.print import fonts, packing
from suar.website.print.models import Form

PAGES = Path(__file__).parent / "pages"
STANDARD = "ua-1"


def render(content: Mapping[str, Any], form: Form) -> bytes:
    """Return one form of an edition as PDF/UA-1. Raises FontMissing if a font of the language is not installed.

    Texts are passed as data and never read as markup.
    """
    noon = datetime.combine(date.fromisoformat(content["day"]), time(12), UTC)
    file = typst.compile(
        _template(form), format="pdf", pdf_standards=[STANDARD], timestamp=noon, **_inputs(content, form)
    )
    return packing.pack(bytes(file))


def render_pictures(content: Mapping[str, Any], form: Form, *, ppi: float = 72) -> list[bytes]:
    """Return the pages of one form as PNG."""
    pictures = typst.compile(_template(form), format="png", ppi=ppi, **_inputs(content, form))
    return [pictures] if isinstance(pictures, bytes) else list(pictures)


def _template(form: Form) -> str:
    return str(PAGES / ("card.typ" if form == Form.CARD else "booklet.typ"))


def _inputs(content: Mapping[str, Any], form: Form) -> dict[str, Any]:
    language = content["language"]
    chosen = fonts.load_fonts(language)
    data = {
        **chosen.printable(content),
        "form": str(form),
        "fonts": chosen.families,
        "tall": chosen.tall,
        "direction": "rtl" if language in LANGUAGES and LANGUAGES[language].rtl else "ltr",
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return {"root": str(PAGES), "font_paths": chosen.loaded, "sys_inputs": inputs}
