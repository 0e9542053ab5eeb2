"""Filters that print cases."""

from datetime import date
from uuid import UUID

from django import template

from suar.cases import labels, rules
from suar.cases.codes import CONFIRMATIONS
from suar.core import clock
from suar.core.codes import Code
from suar.referrals import messages as referrals

register = template.Library()
register.filter("since_month", labels.since_month)


@register.filter
def near_day(day: date) -> str:
    """Return a day the way people say it: today, tomorrow, in 3 days, or its date."""
    return labels.near_day(day, today=clock.today())


@register.filter
def name_in(ident: UUID | None, names: dict[UUID, str]) -> str:
    """Return the name of an organisation or worker, or of somebody with a link."""
    return names.get(ident, "") if ident else str(referrals.BY_LINK)


@register.filter
def confirmations(reason: Code) -> list[Code]:
    """Return what a worker confirms before a case is closed for a reason."""
    return [CONFIRMATIONS[code] for code in rules.confirmations(rules.ClosureReason(reason.code))]
