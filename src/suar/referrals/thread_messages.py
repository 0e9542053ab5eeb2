"""Questions and answers inside a referral, sealed under the key of the thread, which only its two sides store.

They need no name: before an acceptance the receiver does not know the person. Source: security.md 3.6.
"""

import re
from collections.abc import Collection
from uuid import UUID

from suar.accounts import notices
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, Anonymous, act
from suar.accounts.roles import Permission
from suar.consent.codes import Field
from suar.consent.documents import Person
from suar.core.refusals import Refused
from suar.records import search
from suar.records.keyring import OpenRecord
from suar.referrals import disclosure, links, packets, queries, receiving
from suar.referrals.codes import Actor
from suar.referrals.documents import ThreadMessage
from suar.referrals.models import Message, Referral
from suar.referrals.receiving import ReceivedReferral, receiver_status

MAX_MESSAGES = 40
"""Of one side; somebody with a link cannot fill the disk."""
MIN_WORD, MIN_DIGITS = 3, 5
SENDERS, RECEIVERS = (Actor.SENDER,), (Actor.RECEIVER, Actor.LINK_HOLDER)
DIGITS, AFTER_NUMBER = re.compile(r"\d+"), re.compile(r"[(\[·]")


def list_messages(referral: UUID, key: bytes, *, own: Collection[Actor]) -> list[Message]:
    """Return the messages of a referral, oldest first, opened with the key of its thread.

    `own` are the parts in which the reader's side acts; only workers of that side are named.
    """
    messages = list(Message.objects.filter(referral=referral))
    names = accounts.display_names(row.by for row in messages if row.by and row.actor in own) if messages else {}
    for row in messages:
        content = packets.open_message(key, referral, row.id, bytes(row.sealed))
        row.text, row.own = content.text, content.actor in own
        row.author = names.get(row.by, "") if row.own and row.by else ""
    return messages


@act("referral_message", needs=Permission.REFER)
def write_to_receiver(record: OpenRecord, referral: UUID, text: str, *, by: Acting) -> None:
    """Write to the receiver of a referral; raises Refused if the text names the person, or nobody may read it now."""
    key = queries.get_document(record, referral).open_thread().key
    row = Referral.objects.select_for_update().get(id=referral, record=record.id)
    _check_names_nobody(record, text)
    _add(row, receiver_status(row, at=by.at), Actor.SENDER, text, key=key, by=by)


@act("referral_message", needs=Permission.ANSWER_REFERRAL)
def write_to_sender(referral: Referral, text: str, *, by: Acting, case: OpenRecord | None = None) -> None:
    """Write to the sender of a referral, after an acceptance with the thread that the `case` stores.

    Raises Refused as `write_to_receiver` does, and for a case that was opened in an emergency.
    """
    if case:
        case.check_writable()
    thread = receiving.thread_of(case) if case else None
    received = receiving.receive(referral.id, viewer=by.viewer, keys=by.keys, at=by.at, thread=thread)
    thread = thread or received.thread
    if thread is None:
        raise Refused(received.closed or receiving.WITH_CASE)
    if case:
        _check_names_nobody(case, text)
    _add(referral, received, Actor.RECEIVER, text, key=thread.key, by=by)


def write_by_link(token: str, text: str, *, by: Anonymous, code: str = "") -> None:
    """Write to the sender without an account; from the acceptance on, with the code."""
    received = links.preview_by_link(token, at=by.at)
    if received.thread is None:
        raise Refused(received.closed)
    if received.accepted:
        links.check_code(token, code, at=by.at)
    _write_by_link(Referral.objects.get(id=received.id), received.thread.key, text, by=by)


@act("referral_message", needs=None)
def _write_by_link(referral: Referral, key: bytes, text: str, *, by: Anonymous) -> None:
    _add(referral, receiver_status(referral, at=by.at), Actor.LINK_HOLDER, text, key=key, by=by)


def _add(
    referral: Referral, status: ReceivedReferral, actor: Actor, text: str, *, key: bytes, by: Acting | Anonymous
) -> None:
    """Seal and store a message in the caller's act, which has locked the referral, and notify the other side."""
    if status.closed and not status.goes_on:
        raise Refused(status.closed)
    if Message.objects.filter(referral=referral.id, actor=actor).count() >= MAX_MESSAGES:
        raise Refused("too_many_messages")
    row = Message(referral=referral, actor=actor, by=by.worker, at=by.at)
    row.sealed = packets.seal_message(key, referral.id, row.id, ThreadMessage(text=text, actor=actor))
    row.save(force_insert=True)
    by.entry.about[:] = [referral.record, referral.id]
    notices.notify(queries.receivers_of(referral) if actor is Actor.SENDER else [referral.author], at=by.at)


def _check_names_nobody(record: OpenRecord, text: str) -> None:
    """Raise Refused if a text contains a name or number of the person: it may be read before an acceptance.

    Source: security.md 3.6, a preview does not identify.
    """
    person = record.known(Person) or Person()
    names = search.split_name(" ".join((*person.names, person.legal_name)))
    number, *_conditions = AFTER_NUMBER.split(disclosure.known_values(record).get(Field.SAFE_CONTACT, ""))
    numbers = "".join(DIGITS.findall(number))
    typed = "".join(DIGITS.findall(text))
    if search.names_in(names, text, shortest=MIN_WORD) or (len(numbers) >= MIN_DIGITS and numbers in typed):
        raise Refused("names_the_person")
