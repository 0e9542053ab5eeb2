"""Requests in lists, as the standard row: those that were sent, and those that were received."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suar.consent.codes import Field
from suar.core import clock
from suar.core.i18n import localize
from suar.core.ids import short_code
from suar.core.rows import Deadline, Row
from suar.core.urgency import CANNOT_WAIT
from suar.directory import labels as directory
from suar.referrals import messages, rules
from suar.referrals.codes import URGENCY, Actor
from suar.referrals.models import Act, Referral

NOW, TODAY = "now", "today"
OTHER_SIDE = {"sender": (Actor.RECEIVER, Actor.LINK_HOLDER), "receiver": (Actor.SENDER,)}
Names = Mapping[UUID, str]


def format_deadline(due: datetime | date) -> Deadline:
    """Return a deadline, a day or a moment, in words."""
    moment = due if isinstance(due, datetime) else clock.start_of(due + timedelta(days=1))
    day = clock.local_date(due) if isinstance(due, datetime) else due
    days = (day - clock.today()).days
    if days < 0:
        late = ngettext("%(days)d day late", "%(days)d days late", -days) % {"days": -days}
        return Deadline(late, NOW)
    at = formats.time_format(timezone.localtime(moment), "H:i")
    if moment < clock.now():
        return Deadline(_("Late since %(at)s") % {"at": at}, NOW)
    if days == 0:
        return Deadline(_("Due today at %(at)s") % {"at": at} if isinstance(due, datetime) else _("Due today"), TODAY)
    return Deadline(_("Due tomorrow") if days == 1 else _("Due %(at)s") % {"at": formats.date_format(day, "j F")})


def is_due(referral: Referral) -> bool:
    """Return True if the sender has to act on a referral now: it is late, came back, or cannot wait for an answer."""
    waits = referral.state in rules.UNANSWERED and referral.urgency in CANNOT_WAIT
    return referral.is_back or (referral.is_open and referral.is_late) or waits


def sent_row(referral: Referral, person: str, *, organisations: Names, authors: Names) -> Row:
    """Return the row of a referral that was sent; `person` is empty if the worker does not open the record."""
    receiver = receiver_name(referral, organisations)
    is_urgent = is_due(referral) and not referral.is_back
    name, _dot, number = person.partition(" · ")
    if referral.is_back or (is_urgent and referral.is_late):
        href = reverse("referral_sent", args=[referral.record, referral.id])
    else:
        href = reverse("options" if is_urgent else "person", args=[referral.record])
    return Row(
        href=href,
        who=name or receiver,
        number=number,
        help=f"{receiver} · {URGENCY.label(referral.urgency)}" if referral.state in rules.UNANSWERED else receiver,
        owner=" · ".join(filter(None, (messages.state_label(referral.state), authors.get(referral.author, "")))),
        next=_("Call them, or ask another provider") if is_urgent else next_act(referral, "sender"),
        deadline=_deadline(referral),
    )


def received_row(referral: Referral, preview: Mapping[str, Any], *, organisations: Names) -> Row:
    """Return the row of a request for help; `preview` is what may be seen before an acceptance, or empty."""
    needs = [directory.service_type_name(need["service_type"]) for need in preview.get(Field.NEEDS, ())]
    about = [messages.field_value(field, preview[field]) for field in (Field.SEX, Field.AGE_BAND) if preview.get(field)]
    return Row(
        href=reverse("inbox_item", args=[referral.id]),
        who=", ".join(about) or _("A person"),
        number=short_code(referral.id),
        help=", ".join(needs) or _("Kind of help not shared beforehand"),
        owner=f"{organisations.get(referral.sending_organisation, '')} · {URGENCY.label(referral.urgency)}",
        next=next_act(referral, "receiver"),
        deadline=Deadline() if referral.is_back else _deadline(referral),
    )


def change_row(change: Act, other_side: UUID | None, *, organisations: Names) -> Row:
    """Return the row of a change, or of an end of a consent that is near; `other_side` is the other organisation."""
    referral, ours = change.referral, other_side == change.referral.sending_organisation
    return Row(
        href=reverse("inbox_item", args=[referral.id])
        if ours
        else reverse("referral_sent", args=[referral.record, referral.id]),
        who=organisations.get(other_side, "") if other_side else str(messages.BY_LINK),
        number=short_code(referral.id if ours else referral.record),
        help=messages.change_text(change),
    )


def receiver_name(referral: Referral, organisations: Names) -> str:
    """Return the name of the receiving organisation, or a text for somebody with a link."""
    organisation = referral.receiving_organisation
    return organisations.get(organisation, "") if organisation else str(messages.BY_LINK)


def next_act(referral: Referral, side: str) -> str:
    """Return what the "sender" or the "receiver" of a referral does next."""
    if referral.is_open and getattr(referral, "last_writer", None) in OTHER_SIDE[side]:
        return _("Read their message")
    following = rules.TABLE.states[referral.state].get("next", {}).get(side)
    return localize(following) if following else messages.state_label(referral.state)


def _deadline(referral: Referral) -> Deadline:
    if referral.is_back:
        return Deadline(_("Your turn"), TODAY)
    return format_deadline(referral.due_at) if referral.due_at and referral.is_open else Deadline()
