"""Compare parts of a page without the white space of its templates."""

import re


def squeeze(page: str | bytes) -> str:
    """Return a page without white space around tags and with one space elsewhere."""
    text = page.decode() if isinstance(page, bytes) else page
    return re.sub(r" ?(<|>) ?", r"\1", re.sub(r"\s+", " ", text))
