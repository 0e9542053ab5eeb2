"""Searches of the public site without a result: a month, a place, a need and a count.

Nothing of the person or of the typed words is stored. Searches of workers for a person are not counted: the count is
plain, and the needs of a person are sealed.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from suar.core import clock
from suar.directory import catalogue, labels
from suar.directory.models import SearchGap

MAX_NEEDS, MAX_LISTED, MAX_TIMES = 3, 20, 9999
RETENTION, PERIOD = timedelta(days=365), timedelta(days=92)
MAX_FOR_A_CALLER = 20
"""Searches of one caller that are counted in an hour."""
LIMIT, UNKNOWN, OTHER_PLACES = "search-gap", "-", "*"
SMALLEST = 5
"""The smallest count that is shown; counts are rounded down to its multiples."""


@transaction.atomic
def record_gap(place: str, needs: Iterable[str], *, at: datetime) -> None:
    """Count a search without an answer for each group of its needs; an unknown place or need counts as ""."""
    month = clock.local_date(at).replace(day=1)
    known = catalogue.types()
    groups = {known[code]["group"] if code in known else code for code in needs} & catalogue.groups().keys()
    for group in sorted(groups)[:MAX_NEEDS] or [""]:
        row, is_new = SearchGap.objects.get_or_create(
            month=month, place=place if place in catalogue.places() else "", need=group
        )
        SearchGap.objects.filter(id=row.id, times__lt=MAX_TIMES).update(times=F("times") + 1)
        if is_new:
            SearchGap.objects.filter(month__lt=month - RETENTION).delete()


def list_gaps(*, at: datetime) -> list[dict[str, Any]]:
    """List place, need and at least how many searches the last three months had, the most frequent first.

    A place with fewer than five searches for a need is counted with other such places, so that no row is one person's.
    """
    since = clock.local_date(at) - PERIOD
    rows = SearchGap.objects.filter(month__gte=since).values_list("place", "need").annotate(count=Sum("times"))
    counts: Counter[tuple[str, str]] = Counter()
    for place, need, count in rows:
        counts[place if count >= SMALLEST else OTHER_PLACES, need] += count
    frequent = sorted((row for row in counts.items() if row[1] >= SMALLEST), key=lambda row: (-row[1], row[0]))
    return [
        {
            "place": _place_name(place),
            "need": labels.service_type_name(need) if need else UNKNOWN,
            "count": count - count % SMALLEST,
        }
        for (place, need), count in frequent[:MAX_LISTED]
    ]


def _place_name(place: str) -> str:
    if place == OTHER_PLACES:
        return _("Other places together")
    return labels.place_name(place) if place else UNKNOWN
