"""A provider without an account: preview and answer by link, the fields only with a code given by voice.

Stored are the digest of the link's token and wraps under keys that only token and code yield.
Source: security.md 3.6, 'Answer by link'.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import F

from suar.accounts.acting import Anonymous, act
from suar.audit import actions as audit
from suar.core import locks, ratelimit
from suar.core.refusals import AuditFailed, Refused, TooBusy, get_or_refuse
from suar.crypto import kdf, values
from suar.crypto.kdf import KdfParameters
from suar.crypto.values import SealBroken
from suar.referrals import packets, rules
from suar.referrals.codes import Actor, Share, Verb
from suar.referrals.history import add_act
from suar.referrals.models import Act, Link, Packet, PacketWrap, Referral
from suar.referrals.packets import FIELDS, PREVIEW, close_share
from suar.referrals.receiving import FORGED, ReceivedReferral, add_contents, receiver_status

MAX_ATTEMPTS, MAX_PREVIEWS = 5, 100
"""Wrong codes of a link, and previews by link in an hour, each of which is an audit entry."""
CODE_DIGITS = 6
ENDED, NEEDS_CODE = "link_ended", "link_needs_code"


# Token and code


def new_code() -> str:
    """Return a code of six digits, which the worker gives by phone."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def recipient_of(token: str) -> bytes:
    """Return the recipient of a packet made for the holder of this token; the token cannot be derived from it."""
    return kdf.digest(_link_secret(token))


def store_link(referral: Referral, token: str, code: str, keys: Mapping[str, bytes], *, expires_at: datetime) -> None:
    """Wrap the preview's key under the token, the fields' key under token and code."""
    cost, salt, secret = KdfParameters(**settings.SUAR_KDF), os.urandom(16), _link_secret(token)
    digest = kdf.token_digest(token)
    Link.objects.create(referral=referral, digest=digest, salt=salt, kdf=asdict(cost), expires_at=expires_at)
    wrapping = {PREVIEW: kdf.subkey(secret, purpose="preview"), FIELDS: _code_key(secret, code, salt, cost)}
    for part, key in wrapping.items():
        sealed = values.wrap(key, keys[part], label=f"{referral.id}|{part}")
        PacketWrap.objects.create(referral=referral.id, part=part, sealed=sealed)


def get_link(token: str) -> Link:
    """Return the link of a token, ended or not; raises NotYours when there is none."""
    return get_or_refuse(Link.objects.select_related("referral").filter(digest=kdf.token_digest(token)))


def submission_id(token: str, form: Mapping[str, str]) -> UUID:
    """Return the id of a form with this content; without the token the id reveals nothing."""
    return UUID(bytes=kdf.mac(_link_secret(token), json.dumps(form, sort_keys=True).encode())[:16])


def open_fields_key(link: Link, token: str, code: str, *, at: datetime) -> bytes:
    """Unwrap the key of the fields with the code that was given by phone.

    Five wrong codes destroy the packet; raises Refused("link_code") or ("link_destroyed").
    An attempt is counted before it is made, so that concurrent attempts cannot exceed five. The caller
    must not roll back a refusal, or a wrong code would not count.
    """
    digits = "".join(filter(str.isdigit, code))
    # A link from before the parameters were stored has today's.
    cost = KdfParameters(**(link.kdf or settings.SUAR_KDF))
    usable_links = Link.objects.filter(referral=link.referral_id, wrong_codes__lt=MAX_ATTEMPTS)
    with locks.queue_slot("links", slots=1):
        if not usable_links.update(wrong_codes=F("wrong_codes") + 1):
            raise Refused("link_destroyed")
        key = _code_key(_link_secret(token), digits, bytes(link.salt), cost)
    try:
        fields_key = _unwrap(link, FIELDS, key)
    except SealBroken:
        link.refresh_from_db(fields=["wrong_codes"])
        if link.wrong_codes < MAX_ATTEMPTS:
            raise Refused("link_code") from None
        close_share(link.referral_id, at=at)
        raise Refused("link_destroyed") from None
    Link.objects.filter(referral=link.referral_id).update(wrong_codes=0)
    return fields_key


def check_code(token: str, code: str, *, at: datetime) -> bytes:
    """Return the key of the fields, as `open_fields_key` does; an empty code is refused and counts as no attempt."""
    if not any(map(str.isdigit, code)):
        raise Refused(NEEDS_CODE)
    return open_fields_key(get_link(token), token, code, at=at)


def _unwrap(link: Link, part: str, key: bytes) -> bytes:
    wrap = get_or_refuse(PacketWrap.objects.filter(referral=link.referral_id, part=part))
    return values.unwrap(key, bytes(wrap.sealed), label=f"{link.referral_id}|{part}")


def _link_secret(token: str) -> bytes:
    return kdf.subkey(token.encode(), purpose="link")


def _code_key(secret: bytes, code: str, salt: bytes, cost: KdfParameters) -> bytes:
    """Mix the code in through Argon2id, so that a thief with the link cannot try all codes."""
    derived = kdf.derive(code, salt, cost)
    return kdf.subkey(secret + derived.wrapping, purpose="fields")


# Preview and answer


def preview_by_link(token: str, *, at: datetime) -> ReceivedReferral:
    """Open the preview for a visitor with the link; this changes nothing.

    Each look is an audit entry, written before anything is shown. Raises NotYours for a token that
    never existed, TooBusy after many looks in an hour, and AuditFailed.
    """
    link = get_link(token)
    status = receiver_status(link.referral, at=at)
    if not status.closed and (link.ended_at is not None or link.expires_at <= at):
        status = replace(status, closed=ENDED)
    if status.closed:
        return status
    packet = packets.get_packet(link.referral_id, with_fields=False)
    packets.verify(link.referral, packet, recipient=recipient_of(token), receiver=None, at=at).enforce()
    try:
        key = _unwrap(link, PREVIEW, kdf.subkey(_link_secret(token), purpose="preview"))
        preview = packets.open_part(packet, PREVIEW, key)
    except SealBroken:
        raise Refused(FORGED) from None
    if not ratelimit.use("link", str(link.referral_id), limit=MAX_PREVIEWS, at=at):
        raise TooBusy(retry_after_s=600)
    try:
        audit.record("link_preview", by=None, at=at, about=[link.referral_id])
    except Exception as failure:
        raise AuditFailed from failure
    return add_contents(status, preview, None)


def answer_by_link(
    token: str, verb: Verb, *, by: Anonymous, code: str = "", reason: str = "", expected_on: date | None = None
) -> ReceivedReferral:
    """Answer without an account: accepting, and each act after it, needs the code that is given by voice.

    Not one transaction as a whole: a wrong code must count even though the answer is refused. No attempt is counted
    while nothing can be accepted. Accepting again with the right code opens the fields again and is no second
    act; any other form that is sent twice counts once.
    """
    received = preview_by_link(token, at=by.at)
    accepts, fields_key = verb is Verb.ACCEPT, None
    decision = rules.reason_fits(verb, reason=reason, expected_on=expected_on)
    if accepts and rules.share(received.state) is not Share.FIELDS:
        decision = rules.may(verb, received.state, Actor.LINK_HOLDER)
    if not decision or (accepts and received.closed):
        raise Refused(received.closed or decision.because)
    if accepts or received.accepted:
        fields_key = check_code(token, code, at=by.at)
    referral = Referral.objects.get(id=received.id)
    new_act = Act(verb=verb, actor=Actor.LINK_HOLDER, at=by.at, expected_on=expected_on)
    return _answer(referral, new_act, received, (reason, fields_key), by=by) or receiver_status(referral, at=by.at)


@act("referral", needs=None)
def _answer(
    referral: Referral, new_act: Act, received: ReceivedReferral, details: tuple[str, bytes | None], *, by: Anonymous
) -> ReceivedReferral:
    """Add the act once, with its reason; an acceptance opens the fields with their key, which counts as an opening.

    Somebody may have accepted since the page was opened: then an act without the code is refused.
    """
    reason, fields_key = details
    by.entry.verb = f"referral_{new_act.verb}"
    by.entry.about.append(referral.record)
    current = receiver_status(referral, at=by.at)
    if received.closed or current.closed:
        raise Refused(received.closed or current.closed)
    accepts = new_act.verb == Verb.ACCEPT
    if current.accepted and fields_key is None:
        raise Refused(NEEDS_CODE)
    if accepts and current.accepted:
        by.entry.skip = True
    else:
        add_act(referral, new_act, reason=reason, thread=received.thread)
    shared = None
    if accepts and fields_key:
        shared = packets.open_part(packets.get_packet(referral.id, with_fields=True), FIELDS, fields_key)
        Packet.objects.filter(referral=referral.id, opened_at=None).update(opened_at=by.at)
        audit.record("open", by=None, at=by.at, about=[referral.id], because="link")
    answered = receiver_status(referral, at=by.at)
    if answered.closed:
        return answered
    return replace(answered, preview=received.preview, shared=shared, thread=received.thread)
