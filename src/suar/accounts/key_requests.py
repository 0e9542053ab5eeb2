"""Requests about keys that need several people: open lost ones with two of three papers, or vouch for a colleague.

Each request needs two people: two accounts type the two papers, and two colleagues vouch for a forgotten password.
Everybody in charge is notified of each step and may cancel. A request expires after a day; one to recover lost keys
after three, because two stolen papers open nothing on the day on which they are typed.
Source: security.md 3.2, 3.5 and T17; docs/decisions/keys-and-sessions.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from suar.accounts import alarms, factors, notices, pins, policy, sessions, setup, workers
from suar.accounts.acting import Acting, act
from suar.accounts.codes import AlarmKind, KeyKind, RequestKind, Way, WorkerState
from suar.accounts.key_changes import begin_change
from suar.accounts.keys import certify_keys, give_key, newest_public, retire
from suar.accounts.models import KeyAct, KeyRequest, Membership, PublicKey, Worker, Wrap
from suar.accounts.pins import check_certificate
from suar.accounts.roles import Permission, Viewer
from suar.core.refusals import KeyNotTrusted, NotYours, Refused
from suar.core.workflow import Workflow, workflow
from suar.crypto import recovery
from suar.crypto.pairs import BoxPair, SignPair, seal_to
from suar.crypto.recovery import Share, SharesRefused

OPEN_FOR = {
    RequestKind.RECOVERY: timedelta(hours=72),
    RequestKind.REHEARSAL: timedelta(hours=24),
    RequestKind.RESET: timedelta(hours=24),
}
PAPERS_NEEDED = 2
RECOVERY_WAITS = timedelta(hours=24)
"""So long after the second paper lost keys stay shut, and everybody in charge can cancel."""
IN_CHARGE = (Permission.ADMIT_TO_TEAM, Permission.MANAGE_WORKERS, Permission.SEE_ACCESS_LOG)
"""Permissions of the workers who are notified of each step and may cancel."""
WITH_PAPERS = (RequestKind.RECOVERY, RequestKind.REHEARSAL)
ANOTHER = {"same_person": "second_person"}


def table_of(kind: str) -> Workflow:
    """Return the workflow of a kind of request."""
    return workflow("accounts", "reset" if kind == RequestKind.RESET else "recovery")


def list_open(viewer: Viewer, kinds: Iterable[RequestKind], *, at: datetime) -> list[tuple[KeyRequest, str]]:
    """List the open requests of the viewer's organisation with their states, oldest first."""
    rows = KeyRequest.objects.filter(organisation=viewer.organisation, kind__in=kinds).order_by("made_at")
    rows = rows.filter(made_at__gt=at - max(OPEN_FOR.values()))
    states = ((row, table_of(row.kind).derive(row.acts.order_by("id"))) for row in rows if ends_at(row) > at)
    return [(row, state) for row, state in states if state not in table_of(row.kind).ended_states()]


def ends_at(request: KeyRequest) -> datetime:
    """Return when a request expires."""
    return request.made_at + OPEN_FOR[RequestKind(request.kind)]


def opens_at(request: KeyRequest) -> datetime | None:
    """Return when two typed papers open the keys at the earliest; None while a paper is missing."""
    typed = request.acts.exclude(sealed=None).order_by("at").values_list("at", flat=True)
    if len(typed) < PAPERS_NEEDED:
        return None
    return typed[len(typed) - 1] + (RECOVERY_WAITS if request.kind == RequestKind.RECOVERY else timedelta(0))


def may_cancel(viewer: Viewer) -> bool:
    """Return True if the viewer is in charge of the organisation's keys, accounts or access log."""
    return any(viewer.may(permission) for permission in IN_CHARGE)


@act("cancel_request", needs=Permission.SEE_OWN_DAY)
def cancel(request: UUID, *, by: Acting) -> None:
    """End a request; typed papers are deleted."""
    if not may_cancel(by.viewer):
        raise NotYours
    _step(request, "cancel", actor="LEADERSHIP", by=by).acts.update(sealed=None)


def purge_papers(*, at: datetime) -> int:
    """Delete typed papers of requests that nobody finished; return how many."""
    typed = KeyAct.objects.exclude(sealed=None)
    return sum(
        typed.filter(request__kind=kind, request__made_at__lte=at - lasts).update(sealed=None)
        for kind, lasts in OPEN_FOR.items()
    )


# Lost keys: two of three papers


@act("ask_recovery", needs=Permission.ADMIT_TO_TEAM)
def ask_recovery(kind: RequestKind, *, by: Acting) -> None:
    """Ask two holders of papers to type them, to recover lost keys or to rehearse it: both raise an alarm."""
    if list_open(by.viewer, WITH_PAPERS, at=by.at):
        raise Refused("under_way")
    _start(kind, Worker.objects.get(id=by.worker), actor="WORKER", by=by)
    alarms.raise_worker_alarm(AlarmKind.PAPERS_USED, by.worker, at=by.at)


@act("type_paper", needs=Permission.SEE_OWN_DAY)
def type_paper(request: UUID, typed: str, *, fingerprint: str, by: Acting) -> None:
    """Seal a typed paper to the worker who asked, whose `fingerprint` was compared; two people type one each.

    After the second one for lost keys a day begins in which everybody in charge can cancel. Raises Mistyped with the
    group that is wrong, Refused for a paper that cannot join the one before, or that is too late for that day.
    """
    share = Share.read(typed)
    paper = f"{share.set_id.hex()}-{share.index}"
    row = _step(request, "type", actor="COLLEAGUE", by=by, paper=paper)
    is_recovery = row.kind == RequestKind.RECOVERY
    if is_recovery and by.at + RECOVERY_WAITS >= ends_at(row):
        raise Refused("request_lapsed")
    before = row.acts.exclude(sealed=None).values_list("paper", flat=True)
    if paper in before:
        raise Refused("paper_repeated")
    if any(not other.startswith(paper[:5]) for other in before):
        raise Refused("paper_other_print")
    workers.check_fingerprint(row.worker_id, fingerprint)
    sealed = seal_to(bytes(newest_public(KeyKind.USER_READ, row.worker_id).public), share.printed().encode())
    row.acts.filter(id=row.acts.latest("id").id).update(sealed=sealed)
    if is_recovery and opens_at(row):
        alarms.raise_worker_alarm(AlarmKind.PAPERS_TYPED, row.worker_id, at=by.at)


@act("open_lost_keys", needs=Permission.ADMIT_TO_TEAM, once=False)
def open_lost_keys(request: UUID, *, by: Acting) -> list[str]:
    """Join the two papers, take over the keys that no active worker holds, and return three new papers.

    The new papers also open what the old ones did, until all of it is sealed anew: the first worker may be lost too.
    A rehearsal proves that the papers open the keys, and changes and returns nothing. Raises Refused if they do not,
    or before `opens_at`, and KeyNotTrusted for an account confirmed in a role that reads no records.
    """
    row = _step(request, "open", actor="WORKER", by=by)
    opens = opens_at(row)
    if opens is None or by.at < opens:
        raise Refused("opens_later")
    old, escrow = _join(row, by=by)
    row.acts.update(sealed=None)
    if row.kind == RequestKind.REHEARSAL:
        return []
    opened = {wrap.key: escrow.open(wrap.sealed) for wrap in _escrow_wraps(row.organisation)}
    keys = {key: opened[key.id] for key in PublicKey.objects.filter(id__in=opened)}
    identity = _check_keys(keys, row.organisation, by=by)
    own = newest_public(KeyKind.USER_READ, by.worker)
    if own.certificate:
        check_certificate(own, identity.public, for_records=True)
    certify_keys(by.worker, identity)
    for key in (key for key in keys if not _has_other_holder(key.id, by.worker)):
        give_key(key, keys[key], to=own, at=by.at)
        if key.kind == KeyKind.TEAM:
            lead = {"leads": True, "since": by.at}
            Membership.objects.update_or_create(worker_id=by.worker, team_id=key.owner, until=None, defaults=lead)
    give_key(old, escrow.private, to=own, at=by.at)
    retire(PublicKey.objects.filter(id=old.id), at=by.at)
    papers = setup.new_escrow(row.organisation, identity=identity, at=by.at)
    _escrow_wraps(row.organisation).delete()
    for key, private in (keys | {old: escrow.private}).items():
        setup.seal_key_to_escrow(key, private, organisation=row.organisation, at=by.at)
    begin_change(old, newest_public(KeyKind.ESCROW, row.organisation), organisation=row.organisation, at=by.at)
    by.keys.forget()
    return [share.printed() for share in papers]


@act("type_papers_again", needs=Permission.ADMIT_TO_TEAM)
def restart(request: UUID, *, by: Acting) -> None:
    """Delete two papers that do not open the keys, so that they can be typed again."""
    _step(request, "restart", actor="WORKER", by=by).acts.update(sealed=None)


def _join(row: KeyRequest, *, by: Acting) -> tuple[PublicKey, BoxPair]:
    """Return the escrow key that two typed papers form, with its key pair."""
    own = by.keys.pair(newest_public(KeyKind.USER_READ, by.worker).id)
    shares = [Share.read(own.open(typed.sealed).decode()) for typed in row.acts.exclude(sealed=None) if typed.sealed]
    try:
        escrow = BoxPair.from_private(recovery.join(shares))
        key = PublicKey.objects.get(kind=KeyKind.ESCROW, owner=row.organisation, public=escrow.public, retired_at=None)
    except (SharesRefused, PublicKey.DoesNotExist):
        raise Refused("papers_do_not_open") from None
    return key, escrow


def _check_keys(keys: dict[PublicKey, bytes], organisation: UUID, *, by: Acting) -> SignPair:
    """Return the organisation's signing pair; raises KeyNotTrusted if a row of a key was exchanged."""
    trusted = pins.trusted_key(organisation, pins.stored_key(organisation))
    pairs = {key: (SignPair if key.kind == KeyKind.IDENTITY else BoxPair).from_private(keys[key]) for key in keys}
    for key, pair in pairs.items():
        if pair.public != bytes(key.public):
            raise KeyNotTrusted
        if not isinstance(pair, SignPair):
            check_certificate(key, trusted)
    signing = next((pair for pair in pairs.values() if isinstance(pair, SignPair)), None)
    identity = signing or by.keys.identity(organisation)
    if identity.public != trusted:
        raise KeyNotTrusted
    return identity


def _escrow_wraps(organisation: UUID) -> QuerySet[Wrap]:
    return Wrap.objects.filter(way=Way.ESCROW, holder=organisation)


def _has_other_holder(key: UUID, worker: UUID) -> bool:
    """Return True if an active worker other than this one holds a key."""
    holders = Wrap.objects.filter(key=key, way=Way.MEMBER).exclude(holder=worker).values("holder")
    return Worker.objects.filter(id__in=holders, state=WorkerState.ACTIVE).exists()


# A forgotten password: two colleagues vouch


@act("ask_reset", needs=Permission.VOUCH)
def ask_reset(worker: UUID, *, by: Acting) -> None:
    """Ask for new keys for a colleague whom one has seen or spoken with; raises Refused, NotYours."""
    row, facts = workers.lock_worker(worker, by=by)
    policy.may_reset(by.viewer, facts).enforce()
    if any(request.worker_id == worker for request, _ in list_open(by.viewer, [RequestKind.RESET], at=by.at)):
        raise Refused("under_way")
    _check_other_holders(worker)
    _start(RequestKind.RESET, row, actor="COLLEAGUE", by=by)


@act("confirm_reset", needs=Permission.VOUCH, once=False)
def confirm_reset(request: UUID, *, by: Acting) -> tuple[Worker, str]:
    """Confirm as the second colleague: all that the old password opened is deleted; return a code for new keys.

    The worker then chooses a password and a factor. A lead compares fingerprints and adds them to their team again.
    """
    worker = _step(request, "confirm", actor="COLLEAGUE", by=by).worker_id
    row, facts = workers.lock_worker(worker, by=by)
    policy.may_reset(by.viewer, facts).enforce()
    _check_other_holders(worker)
    Wrap.objects.filter(holder=worker).delete()
    retire(PublicKey.objects.filter(owner=worker, retired_at=None), at=by.at)
    Membership.objects.filter(worker=worker, until=None).update(until=by.at)
    factors.remove_all(row)
    sessions.end_all(worker)
    row.state, row.verifier, row.recovery_proven_at = WorkerState.INVITED, b"", None
    return row, workers.set_invitation(row, at=by.at)


def _check_other_holders(worker: UUID) -> None:
    """Raise Refused if a key would be lost with this worker's."""
    keys = Wrap.objects.filter(holder=worker, way=Way.MEMBER).values_list("key", flat=True)
    if not all(_has_other_holder(key, worker) for key in keys):
        raise Refused("only_holder")


# Steps of both


def _start(kind: RequestKind, worker: Worker, *, actor: str, by: Acting) -> None:
    organisation = by.viewer.organisation
    row = KeyRequest.objects.create(kind=kind, organisation=organisation, worker=worker, made_at=by.at)
    _step(row.id, "ask", actor=actor, by=by)


def _step(request: UUID, verb: str, *, actor: str, by: Acting, paper: str = "") -> KeyRequest:
    """Add an act to a locked request, and notify everybody in charge.

    Raises NotYours for a request of another organisation or another worker's, Refused for an act that may not follow.
    """
    row = KeyRequest.objects.select_for_update().filter(id=request, organisation=by.viewer.organisation).first()
    if row is None or (actor == "WORKER" and row.worker_id != by.worker):
        raise NotYours
    if ends_at(row) <= by.at:
        raise Refused("request_lapsed")
    step = KeyAct(request=row, verb=verb, actor=actor, by=by.worker, at=by.at, paper=paper)
    decision = table_of(row.kind).may_follow(list(row.acts.order_by("id")), step)
    if not decision:
        raise Refused(ANOTHER.get(decision.because, decision.because))
    step.save()
    by.entry.about += [row.id, row.worker_id]
    in_charge = {
        worker for permission in IN_CHARGE for worker in notices.workers_with(permission, organisation=row.organisation)
    }
    notices.notify(in_charge - {by.worker}, at=by.at)
    return row
