"""Who answers now: services by kind, lines of the whole country, numbers for danger."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.translation import get_language

from suar.directory import queries as directory
from suar.directory.cards import ServiceCard
from suar.website import emergency

register = template.Library()


@register.simple_tag
def who_answers(services: Sequence[str], most: int = 3) -> Sequence[ServiceCard]:
    """Return the services of these types that somebody answers now."""
    return directory.answers_now(list(services), most=most) if services else []


@register.simple_tag
def who_answers_each(needs: Sequence[Any]) -> list[tuple[Any, Sequence[ServiceCard]]]:
    """Return each need with the services that somebody answers now, in one query."""
    found = directory.answers_now_for([each.services for each in needs])
    return list(zip(needs, found, strict=True))


@register.simple_tag
def country_lines() -> Sequence[ServiceCard]:
    """Return the lines that answer now for the whole country."""
    return directory.country_lines()


@register.simple_tag
def emergency_lines() -> Sequence[emergency.Line]:
    """Return the emergency numbers."""
    return emergency.numbers(language=get_language() or "en").lines
