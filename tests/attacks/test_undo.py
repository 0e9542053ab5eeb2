"""Undo takes back the worker's own words only: what a colleague wrote meanwhile stays."""

import pytest

from suar.cases import actions, corrections
from suar.cases.documents import Note
from suar.cases.queries import get_document
from suar.core.refusals import Refused
from suar.demo.cast import Cast
from suar.records import keyring
from suar.records.keyring import OpenRecord
from tests import cast as at_work
from tests.people import acting_as, person_of

world, cast = at_work.world, at_work.cast
FIRST, THEIRS = "She rang at noon.", "She rang at ten, and is afraid of her uncle."


def opened(cast: Cast, record: OpenRecord) -> OpenRecord:
    return keyring.open_record(record.id, keys=cast.esi.keys)


@pytest.mark.parametrize("touched", ["corrected", "struck out"])
def test_undoing_a_note_does_not_take_what_a_colleague_wrote_in_it(cast: Cast, touched: str) -> None:
    person = person_of(cast.ben, cast)
    actions.add_note(person, FIRST, by=acting_as(cast.ben))
    [key] = opened(cast, person).get_all(Note)
    if touched == "corrected":
        corrections.correct_note(opened(cast, person), key, THEIRS, seen=FIRST, by=acting_as(cast.esi))
    else:
        corrections.strike_note(opened(cast, person), key, THEIRS, by=acting_as(cast.esi))
    with pytest.raises(Refused):
        corrections.undo(keyring.open_record(person.id, keys=cast.ben.keys), "note", key, by=acting_as(cast.ben))
    note = get_document(opened(cast, person), Note, key)
    assert THEIRS in (note.text, note.struck)


def test_a_worker_undoes_a_note_that_nobody_touched(cast: Cast) -> None:
    person = person_of(cast.ben, cast)
    actions.add_note(person, FIRST, by=acting_as(cast.ben))
    [key] = opened(cast, person).get_all(Note)
    corrections.undo(keyring.open_record(person.id, keys=cast.ben.keys), "note", key, by=acting_as(cast.ben))
    assert opened(cast, person).get_all(Note)[key].undone
