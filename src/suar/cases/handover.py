"""Hand a person over to a colleague, with their consent and a checklist; somebody is always responsible."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import cycle, islice
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.keys import Keys
from suar.accounts.roles import Permission, Viewer
from suar.cases import actions, duplicates, policy
from suar.cases.documents import Handover
from suar.consent import exclusions as exclusion_list
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records import actions as records
from suar.records import keyring, queries
from suar.records.keyring import OpenRecord
from suar.records.queries import ListedRecord
from suar.records.terms import Kind, RecordFacts
from suar.referrals import exclusions, sending
from suar.referrals.codes import State
from suar.referrals.receiving import Referral

TAKES_OVER = "COO_CASE"
"""The service of an organisation that takes over a person: case management."""
TAKEN_OVER = (State.ACCEPTED, State.CONTACT_TRIED, State.STARTED, State.COMPLETED, State.FEEDBACK_DONE)


def candidates(record: OpenRecord) -> dict[UUID, dict[UUID, str]]:
    """Return the colleagues who may take the person over, by team and id with their names; the own team is first.

    Never one whom the person excluded. A case needs somebody who manages cases.
    """
    return _colleagues_for(record.facts, excluded=exclusion_list.excluded_workers(record))


def _colleagues_for(facts: RecordFacts, *, excluded: frozenset[UUID] = frozenset()) -> dict[UUID, dict[UUID, str]]:
    needed = Permission.MANAGE_CASE if facts.kind is Kind.CASE else Permission.SEE_RECORD
    able_workers = set(notices.workers_with(needed, organisation=facts.organisation, certified=True))
    able_workers -= excluded | {facts.assignee}
    teams: dict[UUID, dict[UUID, str]] = {}
    own_members = accounts.members_of(facts.team)
    for team in sorted(accounts.teams_of(facts.organisation), key=lambda team: team.id != facts.team):
        members = accounts.members_by_name(team.id)
        listed_before = own_members if team.id != facts.team else frozenset()
        if names := {worker: name for worker, name in members.items() if worker in able_workers - listed_before}:
            teams[team.id] = names
    return teams


def list_handovers(record: OpenRecord) -> list[Handover]:
    """Return every hand-over of a person, oldest first."""
    return sorted(record.get_all(Handover).values(), key=lambda handover: handover.at)


def was_taken_over(sent: Iterable[Referral]) -> bool:
    """Return True if another organisation has taken the person over."""
    return any(TAKES_OVER in row.document.types and row.state in TAKEN_OVER for row in sent)


@act("hand_over", needs=Permission.SEE_RECORD, lock_first=keyring.lock_several)
def hand_over(record: OpenRecord, handover: Handover, *, by: Acting, note: str = "") -> None:
    """Hand the person over to a colleague, for good or as cover until a day, with a `note` for them.

    The colleague gets access to the record and its open referrals now, and a notice. Notices also go to the former
    worker, a covered worker, and the leads of a team that loses it. For good, the grants go to the `team` of the
    hand-over, if it is another one. Records that were merged into this one go along. Without the person's consent a
    reason is needed. Raises Refused, also while a merged record does not open, and NotYours for somebody who may not
    hand this person over.
    """
    worker, former, team = handover.worker, record.facts.assignee, handover.team or record.facts.team
    leads = queries.leads_who_know(record.facts) if handover.team else frozenset()
    concerned = {worker, former, record.facts.covered_for, *leads} - exclusion_list.excluded_workers(record)
    if not policy.may_hand_over(by.viewer, record.facts):
        raise NotYours
    actions.check_open(record)
    if not (handover.agreed or handover.why.strip()):
        raise Refused("reason_without_yes")
    offered = candidates(record)
    if not any(worker in offered.get(ident, ()) for ident in (offered if handover.until else {team})):
        raise Refused("not_a_colleague")
    if note:
        actions.add_note(record, note, by=by)
    if handover.until:
        text = _("Hand back to %(who)s") % {"who": accounts.display_names([former]).get(former or worker, "")}
        actions.plan_task(record, "OTHER", handover.until, text=text, by=by)
    record.add(handover.model_copy(update={"former": former}), by=by.worker, at=by.at)
    exclusions.hand_over(record, worker=worker, team=handover.team, until=handover.until, keys=by.keys, at=by.at)
    sending.pass_on(record.id, to=worker, team=team)
    _hand_over_merged(record, handover, by=by)
    by.entry.about.append(worker)
    notices.notify({other for other in concerned if other and other != by.worker}, at=by.at)


def _hand_over_merged(record: OpenRecord, handover: Handover, *, by: Acting) -> None:
    """Hand over the merged records too, and take them from their former worker and from that of the record."""
    worker, until = handover.worker, handover.until
    team = None if until else handover.team
    for other in list(duplicates.iter_merged(record, keys=by.keys)):
        exclusions.hand_over(other, worker=worker, team=team, until=until, keys=by.keys, at=by.at)
        records.take_from_former(replace(record.facts, id=other.id), worker=worker, until=until)
        sending.pass_on(other.id, to=worker, team=team or other.facts.team)


def people_to_cover(viewer: Viewer, *, keys: Keys) -> QuerySet[ListedRecord]:
    """Return the open people and cases that a viewer may hand over: their own, and those of teams they lead."""
    return queries.caseload(viewer, keys=keys).filter(
        Q(assignee=viewer.worker) | Q(team__in=viewer.leads), assignee__isnull=False
    )


def share_out(
    rows: Iterable[ListedRecord], among: Sequence[UUID]
) -> Iterator[tuple[ListedRecord, dict[UUID, str], UUID | None]]:
    """Yield each record with the colleagues who may cover it, and one of `among` in turn.

    Exclusions are not read here, because nothing is opened: `cover` hands nobody over to a colleague they excluded.
    """
    offered: dict[tuple[str, UUID], dict[UUID, str]] = {}
    turns = cycle(among)
    for row in rows:
        if (colleagues := offered.get((row.kind, row.team))) is None:
            colleagues = dict(ChainMap(*_colleagues_for(keyring.facts_of(row)).values()))
            offered[row.kind, row.team] = colleagues
        in_turn = (worker for worker in islice(turns, len(among)) if worker in colleagues)
        yield row, colleagues, next(in_turn, None)


def cover(chosen: Mapping[UUID, UUID], handover: Handover, *, by: Acting) -> int:
    """Hand several people over, each to the chosen colleague, as a `handover` of the absent worker; return how many.

    Each is a hand-over of its own, so that one that is refused stops no other one. A person whom somebody handed over
    meanwhile stays where they are.
    """
    count = 0
    for record, worker in chosen.items():
        own_form = replace(by, form_id=by.form_id and uuid5(by.form_id, str(record)))
        try:
            opened = keyring.open_record(record, keys=by.keys)
            if opened.facts.assignee == handover.worker:
                hand_over(opened, handover.model_copy(update={"worker": worker}), by=own_form)
                count += 1
        except (Refused, NotYours, Conflict):
            continue
    return count


def end_covers(*, at: datetime) -> int:
    """End every cover whose last day has passed and return their number. Needs no keys."""
    return sum(_end_cover(record, at=at) for record in queries.covers_ended_before(clock.local_date(at)))


@transaction.atomic
def _end_cover(record: UUID, *, at: datetime) -> bool:
    """End a cover, and notify both workers, or the leads if nobody is responsible for the person now."""
    before = records.end_cover(record, at=at)
    if before is None:
        return False
    facts = queries.facts(record)
    if before.cover_until and facts.assignee:
        sending.pass_on(record, to=facts.assignee, team=facts.team)
    notified = {facts.assignee} if facts.assignee else queries.leads_who_know(facts)
    notices.notify({worker for worker in (before.assignee, *notified) if worker}, at=at)
    return True
