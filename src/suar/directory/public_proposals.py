"""Services that readers of the public site propose: drafts without an author, which publish nothing.

An editor completes such a draft and so becomes its author; another editor checks it, as any new entry. Nobody who
proposes is known, and unused drafts are deleted.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet

from suar.core.i18n import staff_languages
from suar.core.ids import new_id
from suar.directory.codes import DraftState, PlaceKind
from suar.directory.models import Proposal
from suar.directory.rules.locations import widen_to_provinces

SITE_KIND, MAX_NOTE = "site.kind", 500
LIMIT, MAX_FOR_A_CALLER, MAX_WAITING = "propose-service", 5, 200
"""Maximum of proposals by one caller in an hour, and of open ones in all, so that nobody can flood the editors."""
LIFETIME = timedelta(days=30)


def record_public_proposal(answers: Mapping[str, str], *, language: str, at: datetime) -> bool:
    """Store a service that a reader proposes as a draft; return False if too many wait.

    `answers`: name, offers, place, note and whether the place is secret. Of a secret place only the province is stored;
    the form refuses texts that lead there.
    """
    if list_public_proposals().count() >= MAX_WAITING:
        return False
    written = [staff_language.code for staff_language in staff_languages()]
    tongue = language if language in written else written[0]
    areas = [answers["place"]]
    content = {
        SITE_KIND: (PlaceKind.HIDDEN if answers["secret"] else PlaceKind.NONE).value,
        f"name.{tongue}": answers["name"],
        f"description.{tongue}": answers["offers"],
        "areas": [*widen_to_provinces(areas)] if answers["secret"] else areas,
    }
    Proposal.objects.create(
        id=new_id(),
        edition=1,
        content=content,
        note=answers["note"][:MAX_NOTE],
        at=at,
    )
    return True


def list_public_proposals() -> "QuerySet[Proposal]":
    """Return the proposals of readers that no editor has completed."""
    return Proposal.objects.filter(service=None, by=None, state=DraftState.DRAFT)


def purge_public_proposals(*, at: datetime) -> int:
    """Delete proposals that no editor completed in time, and return how many."""
    return list_public_proposals().filter(at__lte=at - LIFETIME).delete()[0]
