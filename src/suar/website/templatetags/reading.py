"""Ways to pages that are read: buttons where a page can have them, else links."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from suar.website import languages

register = template.Library()


@register.simple_block_tag(takes_context=True)
def to_read(
    context: template.Context,
    content: str,
    page: str | int,
    *,
    language: str = "",
    speaks: str = "",
    act: bool = False,
) -> SafeString:
    """Lead to a page to read: by a button of the form "reading", or by a link where there is none.

    A text of the shelf is named by its number. `speaks` is the language in which the way is
    named; an `act` looks like one.
    """
    told = language or context.get("language") or languages.now()
    path = f"/{told}/read/{page}" if isinstance(page, int) else f"/{told}/{page}"
    marked = languages.mark(speaks) if speaks else ""
    if not context.get("read_ticket") or getattr(context.get("request"), "published", None):
        look = SafeString(' class="act" data-quiet' if act else "")
        return format_html('<a{} href="{}"{}>{}</a>', look, path, marked, SafeString(content))
    look = SafeString('class="act" data-quiet' if act else 'class="plain"')
    way = '<button form="reading" {} name="read" value="{}"{}>{}</button>'
    return format_html(way, look, path, marked, SafeString(content))
