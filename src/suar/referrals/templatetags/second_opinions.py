"""Show beside an outcome whether a partner was asked, or may be asked, for a second opinion."""

from uuid import UUID

from django import template

from suar.accounts import queries as accounts
from suar.referrals import second_opinions

register = template.Library()


@register.inclusion_tag("referrals/opinion_line.html", takes_context=True)
def opinion_line(context: template.Context, record: UUID) -> dict[str, object]:
    """Link to the page on which a partner is asked, if this viewer may ask about what a talk left."""
    opinion = second_opinions.line_for(record, context["request"].viewer)
    names = accounts.organisation_names([opinion["asked"]]) if opinion else {}
    return {"record": record, "opinion": opinion, "name": next(iter(names.values()), "")}
