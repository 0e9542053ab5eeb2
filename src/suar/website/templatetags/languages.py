"""What a page says of its own language, and of parts that speak another one."""

from django import template
from django.utils.safestring import SafeString

from suar.website import languages

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_for_in(context: template.Context) -> str:
    """Give the language of the address, also where the page has to speak another one."""
    return getattr(context.get("request"), "asked_for_in", "") or languages.now()


@register.simple_tag
def spoken_in(code: str, around: str = "") -> SafeString:
    """Mark a part that speaks another language than the page around it."""
    return languages.mark(code, around)


@register.simple_tag
def messages_are_a_draft(code: str) -> bool:
    """Say whether nobody has checked the buttons and messages of a language yet."""
    return languages.is_draft(code)


@register.simple_tag
def of_grave_words(code: str) -> str:
    """Give the language in which a page may tell somebody grave things."""
    return languages.of_grave_words(code)
