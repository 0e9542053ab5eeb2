"""Tags and filters that print cases."""

from typing import Any
from uuid import UUID

from django import template
from django.urls import reverse

from suar.cases import labels, rows, rules
from suar.cases.codes import CONFIRMATIONS, FOLLOW_UPS, RATINGS, RECORD_PAGES, ClosureReason
from suar.core.codes import Code
from suar.core.i18n import localize
from suar.records import keyring
from suar.records.terms import Kind

register = template.Library()
register.filter("time_span", labels.time_span)
register.filter("near_day", labels.near_day)
register.filter("long_ago", labels.long_ago)
register.filter("next_kind", labels.next_kind)
register.filter("last_contact", labels.last_contact)
register.filter("record_code", labels.record_code)
register.filter("partial_date", labels.partial_date)
register.filter("rating_lines", labels.rating_lines)
register.filter("note_row", rows.note_row)


@register.filter
def rating(code: str) -> str:
    """Return a rating with its label; a dash if the domain was not asked."""
    label = RATINGS.label(code or "-")
    return f"{code}: {label}" if code in RATINGS and RATINGS[code].get("number") else label


@register.filter
def topics(due: rules.Due) -> str:
    """Return the topics of a follow-up."""
    return localize(FOLLOW_UPS[due.code]["content"])


@register.filter
def confirmations(reason: Code) -> list[Code]:
    """Return the confirmations that a worker gives before a case is closed for a reason."""
    return [CONFIRMATIONS[code] for code in rules.confirmations(ClosureReason(reason.code))]


@register.inclusion_tag("cases/record_pages.html", takes_context=True)
def record_pages(context: template.Context, record: UUID, kind: Kind) -> dict[str, Any]:
    """Link to the pages of a person or case that the viewer may see; say if it was opened in an emergency."""
    request = context["request"]
    here = request.resolver_match.url_name
    pages = [
        {"label": page.label, "href": reverse(page.code, args=[record]), "is_current": page.code == here}
        for page in RECORD_PAGES.members
        if kind in page["kinds"] and request.viewer.may(page["permission"])
    ]
    return {"pages": pages, "reads_only": keyring.is_read_only(record, keys=request.keys)}
