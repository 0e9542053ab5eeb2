"""Whether the public door has booklets to offer."""

from django import template

from suar.core import clock
from suar.website.print import queries

register = template.Library()


@register.simple_tag
def booklets_there() -> bool:
    """Return True if there is a valid booklet."""
    return queries.any_valid(on=clock.today())
