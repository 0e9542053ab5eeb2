"""From the content of an edition to the bytes of one form: the same content, the same bytes."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import typst

from suar.booklets import fonts, packing
from suar.booklets.terms import Form

PAGES = Path(__file__).parent / "pages"
STANDARD = "ua-1"
PAGE_OF = {Form.CARD: "card.typ"}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ps", "ur"})


def pdf(content: Mapping[str, Any], form: Form) -> bytes:
    """Set one form of an edition as PDF/UA-1.

    `content` is what `suar.booklets.content.of` gives. Words go in as data and are never read as
    markup. Raises FontMissing when the language has no font here.
    """
    made = typst.compile(
        _page(form), format="pdf", pdf_standards=[STANDARD], timestamp=_noon(content), **_given(content, form)
    )
    return packing.packed(bytes(made))


def pictures(content: Mapping[str, Any], form: Form, *, ppi: float = 72) -> list[bytes]:
    """Set the same pages as PNG, to be looked at."""
    drawn = typst.compile(_page(form), format="png", ppi=ppi, **_given(content, form))
    return [drawn] if isinstance(drawn, bytes) else list(drawn)


def _page(form: Form) -> str:
    return str(PAGES / PAGE_OF.get(form, "booklet.typ"))


def _given(content: Mapping[str, Any], form: Form) -> dict[str, Any]:
    language = content["language"]
    found = fonts.of(language)
    data = {
        **found.shown(content),
        "form": form.value,
        "fonts": found.families,
        "tall": found.tall,
        "direction": "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr",
    }
    told = {"data": json.dumps(data, ensure_ascii=False)}
    return {"root": str(PAGES), "font_paths": found.loaded, "sys_inputs": told}


def _noon(content: Mapping[str, Any]) -> datetime:
    """Date the file by the edition, never by the hour at which somebody set it."""
    return datetime.combine(date.fromisoformat(content["day"]), time(12), UTC)
