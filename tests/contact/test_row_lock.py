"""Two connections at once: no letter comes between what a worker opens and what is noted of it."""

import threading
from uuid import UUID

import pytest
from django.db import transaction

from suar.contact import actions, opening
from suar.contact.documents import LetterKind
from suar.contact.models import Request
from suar.contact.public import actions as public
from suar.core import clock
from suar.demo import letters as invented
from suar.demo.cast import Cast
from tests.at_once import LONG_S, SOON_S, beside
from tests.people import viewer

pytestmark = pytest.mark.db_contract


def test_a_letter_waits_until_what_was_opened_is_noted_and_still_waits_to_be_read(
    gathered_where_rows_lock: Cast,
) -> None:
    gathered = gathered_where_rows_lock
    request: UUID = invented.write(gathered, at=clock.now())
    opened, note, written = threading.Event(), threading.Event(), threading.Event()
    chioma = viewer(gathered.chioma)

    def team() -> None:
        with transaction.atomic():
            found = opening.open_request(request, viewer=chioma, keys=gathered.chioma.keys)
            opened.set()
            note.wait(LONG_S)
            actions.mark_read(request, shown=found.version, viewer=chioma)

    def person() -> None:
        public.write_again(request, LetterKind.WORDS, "And one thing more.", at=clock.now())
        written.set()

    reads = beside(team)
    assert opened.wait(LONG_S)
    writes = beside(person)
    assert not written.wait(SOON_S), "it waits for whoever reads"
    note.set()
    reads.join(LONG_S)
    writes.join(LONG_S)
    assert written.is_set()
    assert Request.objects.get(id=request).waits_since is not None
