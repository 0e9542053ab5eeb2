"""Our own line drawings, kept as files and printed into the page so that they take its colours."""

from functools import lru_cache
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).parent / "static" / "website" / "pictograms"


@lru_cache(maxsize=128)
def drawing(name: str) -> SafeString:
    """Give the drawing as markup that assistive technology passes over; empty if there is none."""
    file = FOLDER / f"{name}.svg"
    if not name.replace("-", "").isalnum() or not file.is_file():
        return SafeString("")
    # Only files of this folder come here, and the test of pictograms reads each of them.
    return mark_safe(file.read_text("utf-8").strip())  # noqa: S308 - our own file, not input
