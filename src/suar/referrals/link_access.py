"""A provider without an account: preview and answer by link, fields only with the code."""

from dataclasses import replace
from datetime import date, datetime

from suar.accounts.acting import Anonymous
from suar.audit import actions as audit
from suar.core.acts import act
from suar.core.refusals import AuditFailed, Refused
from suar.crypto.secret import SealBroken
from suar.referrals import links, packets, rules
from suar.referrals.codes import Actor, Share, Verb
from suar.referrals.history import NewAct, add_act, repeats_last
from suar.referrals.models import Link, Packet, Referral
from suar.referrals.packets import FIELDS, PREVIEW
from suar.referrals.receiving import FORGED, ReceivedReferral, closed_now, with_contents

ENDED = "link_ended"


def preview_by_link(token: str, *, at: datetime) -> ReceivedReferral:
    """Open the preview for whoever holds the link; looking changes nothing.

    Each look is an audit entry, written before anything is shown. Raises NotYours for a token that
    never existed, and AuditFailed.
    """
    link = links.get_link(token)
    closed = _closed(link, at=at)
    if closed.closed:
        return closed
    envelope = packets.envelope_of(link.referral_id, with_fields=False)
    decision = packets.verify(link.referral, envelope, recipient=links.recipient_of(token), receiver=None, at=at)
    if not decision:
        raise Refused(decision.because)
    try:
        preview = packets.open_part(envelope, PREVIEW, links.open_preview_key(link, token))
    except SealBroken:
        raise Refused(FORGED) from None
    try:
        audit.record("link_preview", by=None, at=at, about=[link.referral_id])
    except Exception as failure:
        raise AuditFailed from failure
    return with_contents(closed, preview, None)


def answer_by_link(
    token: str,
    verb: Verb,
    *,
    at: datetime,
    code: str = "",
    reason: str = "",
    expected_on: date | None = None,
) -> ReceivedReferral:
    """Answer without an account: accepting needs the code told by voice, declining does not.

    Not one transaction as a whole: a wrong code must count even though the answer is refused.
    Accepting again with the right code opens the fields again and is no second act; any other
    answer sent twice counts once.
    """
    seen = preview_by_link(token, at=at)
    decision = rules.reason_fits(verb, reason=reason, expected_on=expected_on)
    if not decision:
        raise Refused(seen.closed or decision.because)
    key = _fields_key(seen, token, code, at=at) if verb is Verb.ACCEPT else None
    row = Referral.objects.get(id=seen.id)
    new = NewAct(verb, None, at, reason, expected_on)
    return _answer(row, seen, new, key, by=Anonymous(at=at)) or closed_now(row, at=at)


def _fields_key(seen: ReceivedReferral, token: str, code: str, *, at: datetime) -> bytes:
    """Open the key of the fields with the code; where nothing can be accepted no attempt is lost."""
    if seen.closed:
        raise Refused(seen.closed)
    decision = rules.may(Verb.ACCEPT, seen.state, Actor.LINK_HOLDER)
    if not decision and rules.share(seen.state) is not Share.FIELDS:
        raise Refused(decision.because)
    return links.open_fields_key(links.get_link(token), token, code, at=at)


@act("referral", needs=None)
def _answer(
    row: Referral, seen: ReceivedReferral, new: NewAct, key: bytes | None, *, by: Anonymous
) -> ReceivedReferral:
    """Add the act once, and with a key open the fields."""
    by.entry.verb = f"referral_{new.verb}"
    by.entry.about.append(row.record)
    now = closed_now(row, at=by.at)
    closed = seen.closed or now.closed
    if key is None and repeats_last(row, new, thread=seen.thread):
        by.entry.skip = True
        return replace(now, closed=closed, preview={} if closed else seen.preview)
    if closed:
        raise Refused(closed)
    if key is None or rules.share(now.state) is not Share.FIELDS:
        add_act(row, new, actor=Actor.LINK_HOLDER, thread=seen.thread, hours=seen.hours)
    else:
        by.entry.skip = True
    shared = _read_fields(row, key, by=by) if key else None
    after = closed_now(row, at=by.at)
    return after if after.closed else replace(after, preview=seen.preview, shared=shared)


def _read_fields(row: Referral, key: bytes, *, by: Anonymous) -> dict[str, str]:
    """Open the fields for a link holder after their acceptance; counts as an opening."""
    shared = packets.open_part(packets.envelope_of(row.id, with_fields=True), FIELDS, key)
    Packet.objects.filter(referral=row.id, opened_at=None).update(opened_at=by.at)
    audit.record("open", by=None, at=by.at, about=[row.id], because="link")
    return shared


def _closed(link: Link, *, at: datetime) -> ReceivedReferral:
    """Return the state of the referral behind a link, with why nothing opens, if so."""
    found = closed_now(link.referral, at=at)
    if found.closed or not links.has_ended(link, at=at):
        return found
    return replace(found, closed=ENDED)
