"""The list of pages to read, for search engines: no link of the start leads to them.

Source: the Sitemaps protocol 0.9, https://www.sitemaps.org/protocol.html. It names what
everybody may read and nothing of the directory.
"""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from suar.website import texts

PLAIN = ("", "about", "others", "phone")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """List the pages to read in every language in which they are offered."""
    told = to_xml(request.build_absolute_uri(path) for path in _paths())
    response = HttpResponse(told, content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def to_xml(addresses: Iterable[str]) -> str:
    """Return a sitemap of absolute addresses."""
    told = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{told}</urlset>\n'
    )


def _paths() -> Iterator[str]:
    for code, _name in settings.LANGUAGES:
        yield from (f"/{code}/{page}" for page in PLAIN)
        for kind in texts.KINDS:
            for page in texts.list_pages(kind, language=code):
                if page.language == code:
                    yield f"/{code}/read/{page.number}"
