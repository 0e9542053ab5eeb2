"""Emergency access to a record, and decoy records that reveal a stolen account.

Source: security.md T3, T7, 5 (break-glass: reason, four hours, review within a day).
"""

from uuid import UUID

from suar.accounts import access_reviews, notices
from suar.accounts.acting import Acting, act
from suar.accounts.roles import Permission
from suar.cases.calendars import update_index_entry
from suar.cases.models import TeamNotice
from suar.consent.documents import Person
from suar.core import clock
from suar.core.ids import read_spoken, short_code
from suar.core.refusals import NotYours, Refused
from suar.records import actions as records
from suar.records import budgets
from suar.records import queries as lists
from suar.records.terms import Kind


@act("open_in_emergency", needs=Permission.SEE_READERS)
def open_in_emergency(number: str, *, code: str, words: str, by: Acting) -> UUID:
    """Open a record by its number or address for four hours; its worker, team and all reviewers are notified.

    Raises Refused if no record that a duty officer may open has this number.
    """
    record = _find(number, by=by)
    by.entry.skip = True
    access_reviews.record_emergency_access(record, code=code, words=words, by=by)
    assignee = lists.facts(record).assignee
    notices.notify([assignee] if assignee and assignee != by.worker else [], at=by.at)
    TeamNotice.objects.update_or_create(record=record, defaults={"at": clock.start_of(by.today)})
    return record


def _find(typed: str, *, by: Acting) -> UUID:
    """Return the one record with this number, or with the id at the end of this address."""
    number, address = read_spoken(typed), typed.strip().rstrip("/").rpartition("/")[2]
    openable = lists.emergency_records(by.viewer, keys=by.keys)
    matching = [
        record
        for record in openable
        if str(record) == address or (number and short_code(record).replace(" ", "") == number)
    ]
    if len(matching) != 1:
        raise Refused("no_such_record")
    return matching[0]


@act("make_decoy", needs=Permission.SEE_READERS)
def make_decoy(team: UUID, name: str, *, by: Acting) -> None:
    """Create the record of an invented person, which looks like any other; opening it raises an alarm."""
    if team not in by.viewer.leads:
        raise NotYours
    organisation, worker = by.viewer.organisation, by.worker
    record = records.new_record(Kind.PERSON, organisation=organisation, team=team, by=worker, at=by.at, assignee=worker)
    record.put(Person(name=name), by=by.worker, at=by.at)
    update_index_entry(record, by=by)
    budgets.add_decoy(record.id, by=by.worker, at=by.at)
    by.entry.about.append(record.id)
