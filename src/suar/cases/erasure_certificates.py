"""Certificates of erasure: what was erased, when, why and by whom, without a name; each is an entry of the audit log.

The number of a certificate is the number of its entry and the beginning of the digest that chains it.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from suar.accounts import queries as accounts
from suar.accounts.roles import Permission, Viewer
from suar.audit import queries as audit
from suar.audit.queries import Entry
from suar.cases.models import Erasure, ErasureAsk
from suar.cases.retention import WISH
from suar.core import clock
from suar.core.ids import short_code
from suar.records import retention
from suar.records.backups.writing import KEYS_RETENTION

DIGEST_BYTES = 4
FORGET = "forget"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One erased record. `replies` are the organisations that were asked to erase too, each with the code of its reply.

    The paper for the person leaves the replies out: a name of an organisation may tell what happened.
    """

    number: str
    code: str
    organisation: str
    erased_on: date
    on_request: bool
    workers: tuple[str, ...]
    backups_until: date
    replies: tuple[tuple[str, str], ...] = ()


def list_certificates(viewer: Viewer) -> list[Certificate]:
    """Return the certificates that a viewer may read, newest first."""
    rows = list(_readable(viewer).order_by("-entry"))
    entries = audit.entries_with([row.entry for row in rows if row.entry])
    asks = ErasureAsk.objects.filter(record__in=[row.record for row in rows]).order_by("at")
    replies: dict[UUID, list[ErasureAsk]] = {}
    for ask in asks:
        replies.setdefault(ask.record, []).append(ask)
    names = accounts.organisation_names([*(row.organisation for row in rows), *(ask.organisation for ask in asks)])
    workers = accounts.display_names(worker for row in rows for worker in (row.asked_by, row.confirmed_by))
    return [
        _certificate(row, entries[row.entry or 0], replies.get(row.record, []), names, workers)
        for row in rows
        if _proves(entries.get(row.entry or 0), row.record)
    ]


def find_certificate(number: str, *, viewer: Viewer) -> Certificate | None:
    """Return the certificate with this number if the viewer may read it; None for a wrong or a forged number."""
    wanted = "".join(number.split()).upper()
    return next((item for item in list_certificates(viewer) if item.number == wanted), None)


def number_of(entry: Entry) -> str:
    """Return the number of the certificate of an entry."""
    return f"{entry.seq}-{bytes(entry.digest)[:DIGEST_BYTES].hex()}".upper()


def _readable(viewer: Viewer) -> QuerySet[Erasure]:
    """Return the erased records whose certificate a viewer may read: own acts, led teams, for privacy officers all."""
    rows = Erasure.objects.filter(organisation=viewer.organisation, entry__isnull=False)
    if viewer.may(Permission.SEE_ACCESS_LOG):
        return rows
    return rows.filter(_own(viewer) | Q(record__in=retention.erased_of_teams(viewer.leads)))


def was_erased_by(record: UUID, viewer: Viewer) -> bool:
    """Return True if a record was erased that this worker asked or agreed to erase, and still might know of then."""
    return Erasure.objects.filter(_own(viewer), record=record, entry__isnull=False).exists()


def _own(viewer: Viewer) -> Q:
    """Return the condition of the erasures that a worker asked or agreed to; nobody finds one if excluded since."""
    own = Q(asked_by=viewer.worker) | Q(confirmed_by=viewer.worker)
    return own & (Q(entry__in=audit.mentions_of(viewer.worker)) | ~Q(record__in=retention.restricted_ids()))


def _proves(entry: Entry | None, record: UUID) -> bool:
    """Return True if an entry of the audit log says that this record was destroyed."""
    return entry is not None and entry.verb == FORGET and str(record) in entry.about


def _certificate(
    row: Erasure, entry: Entry, asks: list[ErasureAsk], names: dict[UUID, str], workers: dict[UUID, str]
) -> Certificate:
    erased_on, on_request = clock.local_date(entry.at), entry.because == WISH
    involved = (row.asked_by, row.confirmed_by) if on_request else ()
    return Certificate(
        number=number_of(entry),
        code=short_code(row.record),
        organisation=names.get(row.organisation, ""),
        erased_on=erased_on,
        on_request=on_request,
        workers=tuple(workers.get(worker, "") for worker in involved if worker),
        backups_until=clock.local_date(entry.at + KEYS_RETENTION),
        replies=tuple((names.get(ask.organisation, ""), ask.reply) for ask in asks),
    )
