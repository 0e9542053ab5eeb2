"""Handing a person over to a colleague: with their yes, after a list was gone through, and without a gap."""

from uuid import UUID

from django.utils.translation import gettext as _

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting
from suar.accounts.roles import Permission, Viewer
from suar.cases import actions, policy
from suar.cases.codes import Because
from suar.cases.documents import Handover
from suar.consent import exclusions as exclusion_list
from suar.consent import rules as consent_rules
from suar.consent.codes import ExclusionKind
from suar.core.acts import act
from suar.core.ids import new_id
from suar.core.refusals import NotYours, Refused
from suar.records.keyring import OpenRecord
from suar.records.terms import Kind, Status
from suar.referrals import exclusions, sending


def candidates(record: OpenRecord, viewer: Viewer) -> dict[UUID, str]:
    """Return the colleagues who may take the person over, by id with their names; never one whom the person excluded.

    A case needs somebody who manages cases.
    """
    needed = Permission.MANAGE_CASE if record.facts.kind is Kind.CASE else Permission.SEE_RECORD
    able = set(notices.workers_with(needed, organisation=viewer.organisation, certified=True))
    excluded = consent_rules.excluded_ids(exclusion_list.list_exclusions(record), ExclusionKind.WORKER)
    names = {worker.id: worker.display_name for worker in accounts.colleagues(viewer)}
    return {ident: name for ident, name in names.items() if ident in able - excluded - {record.facts.assignee}}


def list_handovers(record: OpenRecord) -> list[Handover]:
    """Return every hand-over of a person, oldest first."""
    return sorted(record.get_all(Handover).values(), key=lambda handover: handover.at)


@act("hand_over", needs=Permission.SEE_RECORD)
def hand_over(record: OpenRecord, handover: Handover, *, by: Acting, note: str = "") -> None:
    """Hand the person over to a colleague, for good or as cover until a day, with a `note` for them.

    The colleague holds the record from this moment, gets the referrals that go on, and a notice. Without the
    person's yes a reason is needed. Raises Refused, and NotYours for somebody who may not hand this person over.
    """
    worker, former = handover.worker, record.facts.assignee
    if not policy.may_hand_over(by.viewer, record.facts):
        raise NotYours
    if record.facts.status is not Status.OPEN:
        raise Refused(Because.CLOSED_NOW)
    if not (handover.agreed or handover.why.strip()):
        raise Refused(Because.REASON_WITHOUT_YES)
    if worker not in candidates(record, by.viewer):
        raise Refused(Because.NOT_A_COLLEAGUE)
    if note:
        actions.add_note(record, note, by=by)
    if handover.until:
        text = _("Hand back to %(who)s") % {"who": accounts.display_names([former]).get(former or worker, "")}
        actions.plan_task(record, "OTHER", handover.until, text=text, by=by)
    exclusions.hand_over(record, worker=worker, keys=by.keys, at=by.at)
    record.put(handover.model_copy(update={"former": former}), key=str(new_id()), by=by.worker, at=by.at)
    sending.pass_on(record, to=worker)
    by.entry.about.append(worker)
    notices.notify({worker, former or worker} - {by.worker}, at=by.at)
