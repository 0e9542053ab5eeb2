"""What a page says of its own language, and of parts that speak another one."""

from django import template
from django.utils.safestring import SafeString

from suar.website import languages

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_for_in(context: template.Context) -> str:
    """Return the language of the address, which may differ from the language of the page."""
    return getattr(context.get("request"), "asked_for_in", "") or languages.now()


@register.simple_tag
def spoken_in(code: str, around: str = "") -> SafeString:
    """Return the attributes of a part in another language than the page around it."""
    return languages.mark(code, around)


@register.simple_tag
def messages_are_a_draft(code: str) -> bool:
    """Return True if no native speaker has checked the messages of a language."""
    return languages.is_draft(code)


@register.simple_tag
def of_grave_words(code: str) -> str:
    """Return the language in which critical texts may be shown."""
    return languages.of_grave_words(code)
