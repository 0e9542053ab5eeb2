"""Reads of the printed directory: editions, their content and their files."""

import json
import zlib
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from suar.core.refusals import get_or_refuse
from suar.website.print import pdf
from suar.website.print.models import Edition, Layout, Paper
from suar.website.print.rules import VALID_FOR

MAX_LISTED = 200


def list_editions() -> QuerySet[Edition]:
    """Return the editions of every place and language, newest first."""
    return _with_sizes().order_by("-day", "-made_at", "place", "language")[:MAX_LISTED]


def list_valid(*, on: date) -> QuerySet[Edition]:
    """Return the newest edition of each place and language that is still valid on a day."""
    rows = _with_sizes().filter(day__gte=on - VALID_FOR, papers__isnull=False).distinct()
    return rows.order_by("place", "language")


def get_edition(**lookup: Any) -> Edition:
    """Return one edition, by its id or by place, language and number. Raises NotYours if there is none."""
    return get_or_refuse(_with_sizes().filter(**lookup))


def latest(place: str, language: str) -> Edition | None:
    """Return the last edition of a place and language."""
    return Edition.objects.filter(place=place, language=language).order_by("-number").first()


def get_pdf(edition: UUID, layout: Layout) -> bytes:
    """Return the PDF of an edition, stored or made again from its content. Raises NotYours."""
    return get_stored_pdf(edition, layout) or pdf.render(get_content(edition), layout)


def get_stored_pdf(edition: UUID, layout: str) -> bytes | None:
    """Return the stored PDF, or None."""
    file = Paper.objects.filter(edition=edition, form=layout).values_list("file", flat=True).first()
    return bytes(file) if file is not None else None


def get_content(edition: UUID) -> dict[str, Any]:
    """Return the content from which an edition is made. Raises NotYours."""
    content: dict[str, Any] = json.loads(zlib.decompress(bytes(get_edition(id=edition).content)))
    return content


def _with_sizes() -> QuerySet[Edition]:
    return Edition.objects.defer("content").prefetch_related(Prefetch("papers", Paper.objects.defer("file")))
