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
    """Give the services of these types that somebody answers now, with number and last test."""
    return directory.answers_now(list(services), most=most) if services else []


@register.simple_tag
def who_answers_each(needs: Sequence[Any]) -> list[tuple[Any, Sequence[ServiceCard]]]:
    """Give each need with the services that somebody answers now, with one look for all."""
    found = directory.answers_now_for([each.services for each in needs])
    return list(zip(needs, found, strict=True))


@register.simple_tag
def country_lines() -> Sequence[ServiceCard]:
    """Give lines that answer now for the whole country, where nobody nearer does."""
    return directory.country_lines()


@register.simple_tag
def emergency_lines() -> Sequence[emergency.Line]:
    """Give the numbers for somebody in danger, where the directory knows nobody to call."""
    return emergency.numbers(language=get_language() or "en").lines
