"""A provider without an account: preview and answer by link, fields only with the code."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from suar.audit import actions as audit
from suar.core.refusals import AuditFailed, Refused
from suar.crypto.secret import SealBroken
from suar.referrals import links, packets, rules, trust
from suar.referrals.answering import FORGED, Received, closed_now, opened
from suar.referrals.history import Doing, add_act, pressed_twice
from suar.referrals.models import Link, Packet, Referral
from suar.referrals.packets import FIELDS, PREVIEW
from suar.referrals.terms import Actor, Share, Verb

ENDED = "link_ended"


def preview_by_link(token: str, *, at: datetime) -> Received:
    """Open the preview for whoever holds the link; nothing is changed by looking.

    Each look is an entry of the audit, written before anything is shown. Raises NotYours for a
    token that never was, and AuditFailed.
    """
    link = links.find(token)
    closed = _closed(link, at=at)
    if closed.closed:
        return closed
    envelope = trust.envelope_of(link.referral_id, with_fields=False)
    decision = trust.check(link.referral, envelope, recipient=links.recipient_of(token), ours=None, at=at)
    if not decision:
        raise Refused(decision.because)
    try:
        preview = packets.open_part(envelope, PREVIEW, links.preview_key(link, token))
    except SealBroken:
        raise Refused(FORGED) from None
    _note_the_look(link.referral_id, at=at)
    return opened(closed, preview, None)


def answer_by_link(
    token: str,
    verb: Verb,
    *,
    at: datetime,
    code: str = "",
    reason: str = "",
    expected_on: date | None = None,
) -> Received:
    """Answer without an account: accepting needs the code told by voice, declining does not.

    Not one transaction as a whole: a wrong code must count even though the answer is refused.
    Accepting again with the right code opens the fields again and is no second act; any other
    answer sent twice is done once.
    """
    seen = preview_by_link(token, at=at)
    decision = rules.reason_fits(verb, reason=reason, expected_on=expected_on)
    if not decision:
        raise Refused(seen.closed or decision.because)
    key = _fields_key(seen, token, code, at=at) if verb is Verb.ACCEPT else None
    said = {"reason": reason} if reason else None
    return _act(seen, verb, key, at=at, said=said, expected_on=expected_on)


def _fields_key(seen: Received, token: str, code: str, *, at: datetime) -> bytes:
    """Open the key of the fields with the code; where nothing can be accepted no try is lost."""
    if seen.closed:
        raise Refused(seen.closed)
    decision = rules.may(Verb.ACCEPT, seen.state, Actor.LINK_HOLDER)
    if not decision and rules.share(seen.state) is not Share.FIELDS:
        raise Refused(decision.because)
    return links.fields_key(links.find(token), token, code, at=at)


@transaction.atomic
def _act(
    seen: Received,
    verb: Verb,
    key: bytes | None,
    *,
    at: datetime,
    said: dict | None,
    expected_on: date | None,
) -> Received:
    """Add the act under the referral's lock, once, and with a key open the fields."""
    row = Referral.objects.select_for_update().get(id=seen.id)
    now = closed_now(row, at=at)
    closed = seen.closed or now.closed
    act = Doing(verb, None, at, said, expected_on)
    if key is None and pressed_twice(row, act, thread=seen.thread):
        return replace(now, closed=closed, preview={} if closed else seen.preview)
    if closed:
        raise Refused(closed)
    if key is None or rules.share(now.state) is not Share.FIELDS:
        add_act(row, act, actor=Actor.LINK_HOLDER, thread=seen.thread, hours=seen.hours)
        audit.record(f"referral_{verb}", by=None, at=at, about=[row.id, row.record])
    told = _read(row.id, key, at=at) if key else None
    after = closed_now(row, at=at)
    return after if after.closed else replace(after, preview=seen.preview, told=told)


def _note_the_look(referral: UUID, *, at: datetime) -> None:
    try:
        audit.record("link_preview", by=None, at=at, about=[referral])
    except Exception as failure:
        raise AuditFailed from failure


def _read(referral: UUID, key: bytes, *, at: datetime) -> dict:
    """Open the fields for a link holder after their acceptance; counts as an opening."""
    told = packets.open_part(trust.envelope_of(referral, with_fields=True), FIELDS, key)
    Packet.objects.filter(referral=referral, opened_at=None).update(opened_at=at)
    audit.record("open", by=None, at=at, about=[referral], because="link")
    return told


def _closed(link: Link, *, at: datetime) -> Received:
    """Say why nothing opens behind a link, if so."""
    found = closed_now(link.referral, at=at)
    if found.closed or not links.has_ended(link, at=at):
        return found
    return replace(found, closed=ENDED)
