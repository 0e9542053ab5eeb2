"""Filters that print cases."""

from datetime import date

from django import template

from suar.cases import labels, rules
from suar.cases.codes import CONFIRMATIONS, ClosureReason
from suar.core import clock
from suar.core.codes import Code
from suar.core.i18n import localize
from suar.records.queries import ListedRecord

register = template.Library()
register.filter("since_month", labels.since_month)
register.filter("time_span", labels.time_span)
register.filter("translated", localize)


@register.filter
def near_day(day: date) -> str:
    """Return a day the way people say it: today, tomorrow, in 3 days, or its date."""
    return labels.near_day(day, today=clock.today())


@register.filter
def due_now(record: ListedRecord) -> str:
    """Return what is due on a record by today."""
    return labels.due_text(record, today=clock.today())


@register.filter
def confirmations(reason: Code) -> list[Code]:
    """Return what a worker confirms before a case is closed for a reason."""
    return [CONFIRMATIONS[code] for code in rules.confirmations(ClosureReason(reason.code))]
