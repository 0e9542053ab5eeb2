"""The whole public directory as HSDS, for a file: what the lists of the interface give, at once."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings

from suar.directory import published
from suar.directory.search import PublicFilters
from suar.hsds.api import objects
from suar.hsds.api.extension import Told


def services() -> Iterator[Told]:
    """Give every service that everybody may have, whole, in the order of their ids."""
    return (objects.service(each, full=True) for each in published.iter_services(PublicFilters()))


def directory() -> dict[str, Any]:
    """Give the whole public directory as one page of HSDS, which the importer reads back.

    Equal for an equal directory; the day of the last change stands in each service.
    """
    return {"version": settings.SUAR_HSDS_VERSION, "contents": list(services())}
