"""Read answers: files, and pages without the white space of their templates."""

import re

from django.http import HttpResponse


def read_file(response: HttpResponse) -> bytes:
    """Return the content of a file that was served; the test client closes it then."""
    return b"".join(response) if response.streaming else response.content


def squeeze(page: str | bytes) -> str:
    """Return a page without white space around tags and with one space elsewhere."""
    text = page.decode() if isinstance(page, bytes) else page
    return re.sub(r" ?(<|>) ?", r"\1", re.sub(r"\s+", " ", text))
