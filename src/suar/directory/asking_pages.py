"""What the page of whom to ask shows, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.core import clock
from suar.core.i18n import format_day
from suar.directory import labels, pages
from suar.directory.codes import AskingState
from suar.directory.freshness import Asking, DueProvider


@dataclass(frozen=True, slots=True)
class AskRow:
    """A provider with what is due of it; `own` where this editor asked it last."""

    service: UUID
    name: str
    entries: Sequence[pages.Row]
    email: str
    numbers: Sequence[str]
    asked: datetime | None
    who: str
    times: int
    own: bool


def rows(groups: Sequence[DueProvider], *, viewer: Viewer) -> list[AskRow]:
    """Say providers and their entries in words."""
    names = accounts.shown_names(each.asked_by for each in groups)
    return [
        AskRow(
            each.service,
            each.name,
            pages.rows(each.cards),
            each.email,
            each.numbers,
            each.asked,
            names.get(each.asked_by, "") if each.asked_by else "",
            each.times,
            each.asked_by == viewer.worker,
        )
        for each in groups
    ]


def asked_words(once: Asking | None) -> str:
    """Say when somebody asked about an entry, and who; "" where nobody did."""
    if once is None:
        return ""
    day = format_day(clock.local_date(once.at))
    who = accounts.shown_names([once.by]).get(once.by, "")
    return _("Asked on %(day)s by %(who)s.") % {"day": day, "who": who}


def turns(now: AskingState) -> list[tuple[AskingState, str | Promise, bool]]:
    """Give the lists there are, with the words of each and whether it is the one shown now."""
    return [(each, labels.code_label("asking_states", each), each is now) for each in AskingState]
