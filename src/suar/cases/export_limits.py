"""A limit on how many different people a worker exports alone in a day; beyond it somebody else agrees first."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from suar.accounts import access_reviews, alarms
from suar.accounts import queries as accounts
from suar.accounts.acting import Acting
from suar.accounts.codes import AlarmKind
from suar.audit import queries as audit
from suar.cases.codes import ARCHIVE_PURPOSES, EXPORT_PURPOSES
from suar.core.refusals import Refused

MAX_ALONE, DAY = 25, timedelta(days=1)
VERBS = ("export_htcds", "save_archive")
WITH_IDENTITY, PERSON_SEPARATOR = "+ID", ":"
"""Parts of an agreement code: the suffix for a file with names, and the separator before the id of one person."""


def must_ask(people: Collection[UUID], *, by: Acting) -> bool:
    """Return True if a file of these people is beyond the limit, together with the worker's other files of a day.

    Nobody counts twice. Files of more people than the limit do not count: somebody agreed to them.
    """
    if len(people) > MAX_ALONE:
        return True
    files = audit.mentions_by(by.worker, verbs=VERBS, since=by.at - DAY)
    exported = set[UUID]().union(*(file for file in files if len(file) <= MAX_ALONE))
    new = set(people) - exported
    return bool(new) and len(exported) + len(new) > MAX_ALONE


def enforce_limit(people: Collection[UUID], code: str, *, by: Acting) -> None:
    """Raise Refused if a file of these people needs somebody who agrees, and an alarm if somebody has agreed.

    Parallel requests of a worker count one after the other.
    """
    accounts.lock_worker(by.worker)
    if must_ask(people, by=by):
        if not is_agreed(code, by=by):
            raise Refused("not_agreed")
        alarms.raise_worker_alarm(AlarmKind.MANY_EXPORTED, by.worker, at=by.at)


def agreement_code(purpose: str, *, with_identity: bool = True, person: UUID | None = None) -> str:
    """Return the code of a request to agree: the purpose, whether people are named, and the person, if only one."""
    return purpose + WITH_IDENTITY * with_identity + (PERSON_SEPARATOR + person.hex[:12] if person else "")


def is_agreed(code: str, *, by: Acting) -> bool:
    """Return True if somebody else agreed within a day to such a file, and it was not made yet."""
    with transaction.atomic():
        request = access_reviews.last_export_request(code, by.worker, at=by.at)
    return request is not None and request.reviewed_at is not None


def ask_agreement(people: Collection[UUID], code: str, *, by: Acting) -> bool:
    """Ask somebody else to agree to a file beyond the limit, once; return True while it waits for them."""
    if not must_ask(people, by=by) or is_agreed(code, by=by):
        return False
    access_reviews.request_export(code, by=by)
    return True


def agreement_in_words(code: str) -> str:
    """Return a request in words: the purpose, whether people are named, and of how many; empty for any other code.

    It does not name the person, who may have excluded the reader.
    """
    kind, _separator, person = code.partition(PERSON_SEPARATOR)
    purpose, with_names = kind.removesuffix(WITH_IDENTITY), kind.endswith(WITH_IDENTITY)
    purposes = next((codes for codes in (EXPORT_PURPOSES, ARCHIVE_PURPOSES) if purpose in codes), None)
    if purposes is None:
        return ""
    text = f"{purposes.label(purpose)}. {_('With names') if with_names else _('Without names')}"
    return f"{text}. {_('One person, beyond 25 in a day')}" if person else text
