"""Filters that print cases."""

from datetime import date

from django import template

from suar.cases import labels, rows, rules
from suar.cases.codes import CONFIRMATIONS, ClosureReason
from suar.core import clock
from suar.core.codes import Code
from suar.core.i18n import localize

register = template.Library()
register.filter("time_span", labels.time_span)
register.filter("next_kind", labels.next_kind)
register.filter("last_contact", labels.last_contact)
register.filter("spoken", labels.spoken)
register.filter("translated", localize)


register.filter("note_row", rows.note_row)


@register.filter
def near_day(day: date) -> str:
    """Return a day the way people say it: today, tomorrow, in 3 days, or its date."""
    return labels.near_day(day, today=clock.today())


@register.filter
def confirmations(reason: Code) -> list[Code]:
    """Return what a worker confirms before a case is closed for a reason."""
    return [CONFIRMATIONS[code] for code in rules.confirmations(ClosureReason(reason.code))]
