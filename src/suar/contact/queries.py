"""Desks and requests as pages and rules see them; nothing here opens a letter."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, QuerySet

from suar.accounts import queries as accounts
from suar.accounts.roles import Permission, Viewer
from suar.contact.documents import RequestKind
from suar.contact.models import Desk, Letter, Piece, Request
from suar.contact.return_codes import address_to
from suar.contact.rules.files import Quota
from suar.contact.rules.letters import takes_requests
from suar.crypto import kdf


def is_open(desk: Desk, *, at: datetime) -> bool:
    """Return True if a desk takes requests now."""
    on, hours, looked_at = desk.switched_on, desk.closes_after_hours, desk.looked_at
    return bool(takes_requests(switched_on=on, closes_after_hours=hours, looked_at=looked_at, at=at))


def desks_of(teams: Collection[UUID]) -> list[Desk]:
    """List the desks of these teams."""
    return list(Desk.objects.filter(team__in=teams).order_by("team"))


def open_desks(*, at: datetime) -> list[Desk]:
    """List the desks that take requests now, in a fixed order."""
    return [desk for desk in Desk.objects.order_by("team") if is_open(desk, at=at)]


def has_desks() -> bool:
    """Return True if any desk ever answered here; nothing here depends on a person's letter or summary."""
    return Desk.objects.exists()


def organisation_names(desks: Collection[Desk]) -> dict[UUID, str]:
    """Return the name of each desk's organisation, by team."""
    names = accounts.organisation_names([desk.organisation for desk in desks])
    return {desk.team: names[desk.organisation] for desk in desks}


def help_requests(viewer: Viewer) -> QuerySet[Request]:
    """Return the requests for help to the viewer's teams."""
    return Request.objects.filter(team__in=viewer.teams, organisation=viewer.organisation)


def feedback_requests(organisation: UUID) -> QuerySet[Request]:
    """Return the feedback and complaints for the complaint handlers of an organisation."""
    return Request.objects.filter(organisation=organisation, kind__in=(RequestKind.FEEDBACK, RequestKind.COMPLAINT))


def feedback_begun_between(organisation: UUID, first: datetime, after: datetime) -> list[UUID]:
    """List the feedback and complaints whose first letter came within a time, oldest first."""
    rows = feedback_requests(organisation).order_by("id")
    earlier = Letter.objects.filter(request__in=rows, at__lt=first).values("request")
    here = Letter.objects.filter(request__in=rows, at__gte=first, at__lt=after).values("request")
    return list(rows.filter(id__in=here).exclude(id__in=earlier).values_list("id", flat=True))


def unread(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Return the unread requests: first those that came alone, then those that came after many, oldest first."""
    rows = requests.filter(waits_since__isnull=False).order_by("turn", "waits_since", "id")
    return rows.annotate(listed_at=F("waits_since"))


def in_progress(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Return the requests that were read and are not settled, the latest letter first."""
    rows = requests.filter(waits_since=None, settled_at=None).order_by("-last_letter_at", "id")
    return rows.annotate(listed_at=F("last_letter_at"))


def settled(requests: QuerySet[Request]) -> QuerySet[Request]:
    """Return the settled requests, newest first."""
    rows = requests.filter(waits_since=None, settled_at__isnull=False).order_by("-settled_at", "id")
    return rows.annotate(listed_at=F("last_letter_at"))


def unread_letters(viewer: Viewer) -> QuerySet[Request]:
    """Return the requests for help that nobody of the viewer's teams has read."""
    return unread(help_requests(viewer)) if viewer.may(Permission.ANSWER_REQUESTS) else Request.objects.none()


def addresses_of(proof: bytes) -> list[bytes]:
    """Return the addresses that a request with this code can have: one for each receiver, and one without."""
    return [kdf.digest(proof), *(address_to(proof, *receiver) for receiver in accounts.list_receivers())]


def pieces_today(team: UUID | None, *, at: datetime) -> int:
    """Count the pieces of files that a team was sent within the last day."""
    return Piece.objects.filter(letter__request__team=team, letter__at__gt=at - timedelta(days=1)).count()


def quotas(teams: Collection[UUID]) -> dict[UUID, Quota]:
    """Return the storage that the files of each team use."""
    rows = Piece.objects.filter(letter__request__team__in=teams)
    counted = dict(rows.values_list("letter__request__team").annotate(Count("id")).order_by())
    return {team: Quota(counted.get(team, 0), settings.SUAR_ROOM_FOR_FILES_MB) for team in teams}
