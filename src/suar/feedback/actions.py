"""Actions of complaint handlers and leads: name who hears feedback, answer, and publish what changed."""

from datetime import date, datetime
from uuid import UUID

from suar.accounts import queries as accounts
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.contact import actions as contact
from suar.contact.opening import OpenRequest
from suar.core.refusals import NotYours, Refused
from suar.core.small_counts import at_least
from suar.feedback import queries
from suar.feedback.models import Hearing, OutsideReader, Quarter
from suar.feedback.rules import counting


@act("hearing_set", needs=Permission.SET_DESK)
def set_handlers(handlers: Hearing, *, by: Acting) -> None:
    """Describe the complaint handlers of the own organisation; raises NotYours, Refused("nobody_apart").

    Only switching it on counts as a look.
    """
    organisation = _led_organisation(by)
    if handlers.switched_on and not accounts.complaint_handlers_of(organisation):
        raise Refused("nobody_apart")
    before = Hearing.objects.filter(organisation=organisation, switched_on=True).first()
    handlers.organisation, handlers.by = organisation, by.worker
    handlers.looked_at = before.looked_at if before else by.at
    handlers.save()
    by.entry.about.append(organisation)


@act("outside_reader_named", needs=Permission.SET_DESK)
def name_outside_reader(reader: UUID | None, *, by: Acting) -> None:
    """Name another organisation that reads what is said about the own one, or none; raises NotYours."""
    organisation = _led_organisation(by)
    by.entry.about.append(organisation)
    OutsideReader.objects.filter(organisation=organisation).delete()
    if reader is not None:
        offered = Hearing.objects.filter(organisation=reader, switched_on=True, for_others=True)
        if reader == organisation or not offered.exists():
            raise NotYours
        OutsideReader.objects.create(organisation=organisation, reader=reader, by=by.worker, at=by.at)
        by.entry.about.append(reader)


def record_look(organisation: UUID, *, at: datetime) -> None:
    """Record that somebody opened the list: it stays open to those who want to say something."""
    Hearing.objects.filter(organisation=organisation, looked_at__lt=at).update(looked_at=at)


@act("help_answered", needs=Permission.HEAR_FEEDBACK)
def answer(opened: OpenRequest, words: str, *, version: str, by: Acting) -> None:
    """Answer the letters that were shown; if all opened, nothing of them is unread then.

    Raises Refused, KeyNotTrusted, and Conflict if a newer letter came.
    """
    contact.seal_answer(opened, words, version=version, at=by.at)


@act("help_settled", needs=Permission.HEAR_FEEDBACK)
def close(opened: OpenRequest, outcome: str, *, version: str, by: Acting) -> None:
    """Close a thread with a code for what was done, which the person reads too; a newer letter reopens it.

    Raises KeyNotTrusted, and Conflict if a newer letter came.
    """
    contact.seal_outcome(opened, outcome, version=version, at=by.at)


@act("quarter_told", needs=Permission.HEAR_FEEDBACK)
def publish_quarter(quarter: tuple[int, int], texts: tuple[str, str], *, today: date, by: Acting) -> None:
    """Publish what changed in a past quarter, in English and Indonesian.

    Raises Refused if the quarter is not over or a text tells of fewer than five people.
    """
    if quarter not in counting.past_quarters(today):
        raise Refused("not_over")
    if any(counting.find_small_numbers(text) for text in texts):
        raise Refused("small_numbers")
    year, number = quarter
    organisation = by.viewer.organisation
    count = len(queries.threads_begun_in(organisation, year, number))
    values = {"text_en": texts[0], "text_id": texts[1], "by": by.worker, "at": by.at}
    values["heard"] = at_least(count) or 0
    Quarter.objects.update_or_create(organisation=organisation, year=year, number=number, defaults=values)
    by.entry.about.append(organisation)


def _led_organisation(by: Acting) -> UUID:
    """Return the worker's organisation; raises NotYours unless they lead a team: only a lead names the readers."""
    if not by.viewer.leads:
        raise NotYours
    return by.viewer.organisation
