"""People and cases in lists, as the standard row, and all that is due today in one order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from suar.accounts.keys import Keys
from suar.accounts.roles import Viewer
from suar.cases import labels
from suar.cases.codes import ERASURE_STATES, LIFE_STATES, TASK_KINDS
from suar.core import clock
from suar.core.i18n import format_day
from suar.core.ids import short_code
from suar.core.rows import Deadline, Row
from suar.records import queries as records
from suar.records.queries import NAMELESS, ListedRecord
from suar.records.terms import TASK_PRIORITY, Kind
from suar.referrals.receiving import Referral
from suar.referrals.rows import NOW, Names, format_deadline, next_act, receiver_name
from suar.screening.queries import entry_in_words

NO_NAMES: Names = MappingProxyType({})
DUE_PAGES = {"follow_up": "follow_up", "step": "plan", "review": "plan", "safety": "safety_plan", "offer": "offers"}
"""The page on which a due thing is done, by a code of codes/dues.json; the rest is done on the page of the record."""
CASE_DUES = {"follow_up", "step", "review"}


def is_unreached(record: ListedRecord) -> bool:
    """Return True for a talk or report without a name after which nobody was reached about an urgent need."""
    return record.kind in NAMELESS and record.priority != TASK_PRIORITY


def due_order(item: Any) -> tuple[int, datetime]:
    """Return the sort key of a due record or referral: unreached people first, then by time, then returned ones."""
    if isinstance(item, Referral):
        return (2, item.made_at) if item.is_back or not item.due_at else (1, item.due_at)
    return int(not is_unreached(item)), clock.start_of(item.next_due)


def due_row(
    record: ListedRecord, *, owners: Names, withdrawn: Collection[UUID | None] = (), manages: bool = False
) -> Row:
    """Return the row of a record on which something is due, with an owner who is not the reader.

    `withdrawn` are cases whose consent was withdrawn lately: their follow-ups have stopped. Each due thing links to
    the page on which it is done, that of a case only for somebody who `manages` cases.
    """
    owner = owners.get(record.assignee, "") if record.assignee else ""
    if record.kind in NAMELESS:
        return talk_row(record, owner=owner)
    return Row(
        href=reverse("person", args=[record.id]),
        who=record.name,
        number=record.number,
        owner=_owner_and_contact(record, owner),
        next=str(labels.CONSENT_WITHDRAWN) if record.id in withdrawn else labels.due_text(record, today=clock.today()),
        acts=_due_acts(record, manages=manages) if record.id not in withdrawn else (),
        deadline=format_deadline(record.next_due) if record.next_due else Deadline(),
    )


def _due_acts(record: ListedRecord, *, manages: bool) -> tuple[tuple[str, str], ...]:
    """Return the due work of a record, each item with its page if any; empty if none has one, or nobody was reached."""
    if record.kind == Kind.PERSON and record.priority != TASK_PRIORITY:
        return ()

    def address(code: str) -> str:
        is_offer = code == "task" and TASK_KINDS[record.entry["task"]].get("from_offer")
        page = DUE_PAGES.get("offer" if is_offer else code)
        return reverse(page, args=[record.id]) if page and (manages or code not in CASE_DUES) else ""

    acts = [(labels.due_label(record, code), address(code)) for code in labels.due_codes(record, today=clock.today())]
    return tuple(acts) if any(href for _label, href in acts) else ()


def notice_row(record: ListedRecord) -> Row:
    """Return the row by which a team learns that something changed in a record: by code only."""
    state, end = record.entry.get("life", "OPEN"), record.entry.get("ending", "")
    who = labels.record_code(record)
    if end and state == "OPEN":
        return Row(href=reverse("erasure", args=[record.id]), who=who, next=ERASURE_STATES.label(end))
    page = "person" if state == "OPEN" else "contact_status"
    return Row(href=reverse(page, args=[record.id]), who=who, next=LIFE_STATES.label(state))


def talk_row(record: ListedRecord, *, owner: str = "") -> Row:
    """Return the row of a talk or a report without a name: nobody was reached, or the next step is due."""
    unreached = is_unreached(record)
    day = record.next_due or clock.today()
    nameless = _("Report about a person") if record.kind == Kind.REPORT else _("Talk without a name")
    if record.talked_at:
        nameless = f"{nameless}, {date_format(localtime(record.talked_at), 'j F, H:i')}"
    about, step = entry_in_words(record.entry)
    if unreached:
        on = format_day(date.fromisoformat(record.entry["step_day"])) if "step_day" in record.entry else ""
        step = " · ".join(filter(None, (_("Nobody reached yet: call now"), step, on)))
    return Row(
        href=reverse("talk_ended", args=[record.id], query={"later": "on"}),
        who=_("Talk of %(day)s") % {"day": format_day(day)} if unreached and not record.talked_at else nameless,
        number=short_code(record.id),
        help=about or (_("Child alone, danger or medical care") if unreached else ""),
        owner=owner,
        next=step or str(labels.NEXT_STEP),
        deadline=Deadline(_("Now"), NOW) if unreached else format_deadline(day),
    )


def note_row(talk: Any, viewer: Viewer) -> Row:
    """Return the row of a talk whose note is not finished; a lead sees the late ones of colleagues."""
    at = date_format(localtime(talk.saved_at), "j F, H:i")
    return Row(
        href=reverse("talk_note", args=[talk.record]),
        who=_("Finish your note of %(day)s") % {"day": at},
        owner="" if talk.author == viewer.worker else _("of a colleague"),
        deadline=format_deadline(talk.due_at),
    )


def person_row(
    record: ListedRecord, *, sent: Sequence[Referral] = (), organisations: Names = NO_NAMES, owners: Names = NO_NAMES
) -> Row:
    """Return the row of a person, a case or a report in a list of people; `sent` are their open referrals."""
    if record.kind == Kind.REPORT:
        report = reverse("talk_ended", args=[record.id])
        return Row(href=report, who=record.name, number=short_code(record.id), help=_("Report about a person"))
    about = [receiver_name(row, organisations) for row in sent]
    owner = owners.get(record.assignee, "") if record.assignee else ""
    following = [next_act(row, "sender") for row in sent if row.is_back]
    return Row(
        href=reverse("person", args=[record.id]),
        who=record.name,
        number=record.number,
        help=", ".join(dict.fromkeys(about)),
        owner=_owner_and_contact(
            record, _("Without a worker: hand over") if getattr(record, "is_nobodys", False) else owner
        ),
        next=labels.next_kind(record) if record.next_due or not following else following[0],
        deadline=format_deadline(record.next_due) if record.next_due else Deadline(),
    )


def open_people(listed: Iterable[ListedRecord], *, keys: Keys, owners: Names = NO_NAMES) -> list[ListedRecord]:
    """Return those of some records whose index entry the worker opens, each with its row."""
    listed = list(listed)
    people = records.with_entries(listed, records.index_entries([record.id for record in listed], keys=keys))
    for record in people:
        record.row = person_row(record, owners=owners)
    return people


def group_by(field: str, sent: Iterable[Referral]) -> Mapping[UUID, list[Referral]]:
    """Return referrals by the `record` for which they were sent, or by their `author`."""
    grouped: dict[UUID, list[Referral]] = {}
    for row in sent:
        grouped.setdefault(getattr(row, field), []).append(row)
    return grouped


def _owner_and_contact(record: ListedRecord, owner: str) -> str:
    return " · ".join(filter(None, (owner, labels.last_contact(record))))
