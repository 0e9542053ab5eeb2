"""Pages that are read are put together once: what a page shows is what it is kept by.

A page to read differs by its words, its address, its language, and the tokens of its buttons.
The tokens are put in at each answer; all else is the key, so nothing old is ever shown.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from suar.website import readable

MOST = 512
"""Pages kept at once, about 4 MB; each language has some twenty."""

_kept: dict[tuple[Any, ...], str] = {}


def page(request: HttpRequest, template: str, context: dict[str, Any], tokens: dict[str, str]) -> HttpResponse:
    """Show a page whose context holds nothing that changes but the tokens.

    Raises TypeError where the context cannot be told apart from another one. A page that is
    being published is written once anyhow.
    """
    if getattr(request, "published", None):
        return HttpResponse(render_to_string(template, {**context, **tokens}, request))
    key = (*tokens, *_key(request, template, context))
    text = _kept.get(key)
    if text is None:
        places = {name: _place(name) for name in tokens}
        text = render_to_string(template, {**context, **places}, request)
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = text
    for name, token in tokens.items():
        text = text.replace(_place(name), token)
    return HttpResponse(text)


def forget() -> None:
    """Let go of every page: other words are said from now on."""
    _kept.clear()


def _key(request: HttpRequest, template: str, context: dict[str, Any]) -> tuple[Any, ...]:
    return (
        template,
        readable.page_of(request),
        translation.get_language(),
        getattr(request, "asked_for_in", ""),
        settings.SUAR_MODE,
        settings.SUAR_COUNTRY,
        tuple(context.items()),
    )


def _place(name: str) -> str:
    """Give what stands for a token until it is known: no written word holds this sign."""
    return f"\x00{name}\x00"
