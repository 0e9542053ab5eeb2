"""Complaint handlers, the threads sent to them, and what they published."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from suar.accounts import queries as accounts
from suar.accounts.roles import Permission, Viewer
from suar.contact import queries as contact
from suar.contact.messages import text_in_page_language
from suar.core import clock
from suar.feedback.models import Hearing, OutsideReader, Quarter
from suar.feedback.rules import counting
from suar.feedback.rules.routing import Handlers, takes_feedback
from suar.feedback.survey import months_of

QUARTERS_LISTED = 8


def present_handlers(*, at: datetime) -> list[Hearing]:
    """List the complaint handlers who read now, in a fixed order."""
    return [row for row in Hearing.objects.order_by("organisation") if _is_open(row, at=at)]


def handlers_of(rows: Iterable[Hearing]) -> Handlers:
    """Return who reads now, as the rules see it."""
    rows = list(rows)
    return Handlers(
        own=frozenset(row.organisation for row in rows),
        for_others=frozenset(row.organisation for row in rows if row.for_others),
        outside=dict(OutsideReader.objects.values_list("organisation", "reader")),
    )


def offered_readers(viewer: Viewer) -> dict[UUID, str]:
    """Return the other organisations that may be named as the outside reader, with their names."""
    rows = Hearing.objects.filter(for_others=True, switched_on=True).exclude(organisation=viewer.organisation)
    return accounts.organisation_names(rows.order_by("organisation").values_list("organisation", flat=True))


def unread_feedback(viewer: Viewer) -> QuerySet[Any]:
    """Return the feedback that no complaint handler of the viewer's organisation has read."""
    requests = contact.feedback_requests(viewer.organisation)
    return contact.unread(requests) if viewer.may(Permission.HEAR_FEEDBACK) else requests.none()


def threads_begun_in(organisation: UUID, year: int, number: int) -> list[UUID]:
    """List the threads that somebody began in a quarter, oldest first."""
    first, after = (clock.start_of(day) for day in counting.quarter_days(year, number))
    return contact.feedback_begun_between(organisation, first, after)


def published_quarters() -> list[dict[str, object]]:
    """List the last published quarters as the public page shows them, newest first."""
    rows = list(Quarter.objects.order_by("-year", "-number", "organisation")[:QUARTERS_LISTED])
    names = accounts.organisation_names([row.organisation for row in rows])
    quarters = []
    for row in rows:
        words, language = text_in_page_language(row, "text_")
        name = names.get(row.organisation, "")
        months = months_of(row.year, row.number)
        quarters.append({"name": name, "months": months, "heard": row.heard, "words": words, "language": language})
    return quarters


def _is_open(row: Hearing, *, at: datetime) -> bool:
    """Return True if the handlers of an organisation read what is sent now."""
    handlers = len(accounts.complaint_handlers_of(row.organisation))
    return bool(takes_feedback(switched_on=row.switched_on, handlers=handlers, looked_at=row.looked_at, at=at))
