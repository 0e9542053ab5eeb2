"""What deleting leaves on the disk: of the keys nothing, read page by page as a thief would."""

import random
import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections, transaction

from suar.contact.models import Letter, LetterKey, Piece
from suar.contact.public import actions as public
from suar.contact.tasks import purge_deleted_keys
from suar.core import clock
from suar.demo import letters as invented
from suar.demo.cast import Cast
from suar.records import erasure
from tests.bars.purging import purge_within_some_rounds
from tests.bars.stored import stored


def lies_somewhere(needles: list[bytes]) -> bool:
    """Say whether one of these lies in a page of the file or of its log."""
    return any(needle in content for _, content in stored() for needle in needles)


def test_deleted_keys_are_in_no_page_of_the_database_file(gathered: Cast) -> None:
    at: datetime = clock.now()
    request = invented.write_letter(gathered, at=at)
    # The middle of a key: a row may be cut where a page ends.
    keys = [bytes(row.sealed)[20:60] for row in LetterKey.objects.all()]
    assert len(keys) == 6, "words, a way of contact and a picture, for the team and the code"
    assert lies_somewhere(keys), "the control: before, they are found"
    public.delete_request(request, at=at)
    assert not Letter.objects.exists() and not Piece.objects.exists()
    purge_within_some_rounds()
    if connection.vendor == "sqlite":
        assert not lies_somewhere(keys)


@pytest.fixture
def reader() -> Iterator[threading.Event]:
    """Let somebody else read in the file until the event is set."""
    reads, done = threading.Event(), threading.Event()

    def read() -> None:
        own = connections["default"]
        with own.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            cursor.execute("SELECT count(*) FROM voice_letterkey")
            cursor.fetchall()
            reads.set()
            done.wait(30)
            cursor.execute("COMMIT")
        own.close()

    somebody = threading.Thread(target=read)
    somebody.start()
    assert reads.wait(30)
    yield done
    done.set()
    somebody.join()


def test_a_reader_delays_the_checkpoint_to_the_next_run(
    gathered: Cast, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL waits for nobody here")
    letter = invented.write_letter(gathered, at=clock.now())
    keys = [bytes(row.sealed)[20:60] for row in LetterKey.objects.all()]
    done = request.getfixturevalue("reader")
    public.delete_request(letter, at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    purge_deleted_keys.func()
    assert "keeps deleted keys until the next round" in caplog.text
    assert str(letter) not in caplog.text
    done.set()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 5000")
    purge_within_some_rounds()
    assert not lies_somewhere(keys)


ORDERS = (122, 245, 676, 681)
"""Seeds of orders of deletion after which a page still holds a deleted row: it had moved to another page before."""


@pytest.fixture
def rows_deleted_in_these_orders(committed: None) -> Iterator[list[bytes]]:
    """Yield the middle of each row that was deleted from some tables of a file."""
    if connection.vendor != "sqlite":
        pytest.skip("pages of PostgreSQL are written anew")
    deleted = []
    for order in ORDERS:
        rows = {number: secrets.token_bytes(400) for number in range(300)}
        numbers = random.Random(order).sample(range(300), 195)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"CREATE TABLE in_order_{order} (id INTEGER PRIMARY KEY, sealed BLOB)")
            insert = f"INSERT INTO in_order_{order} VALUES (%s, %s)"  # noqa: S608 - own names
            delete = f"DELETE FROM in_order_{order} WHERE id = %s"  # noqa: S608 - own names
            cursor.executemany(insert, list(rows.items()))
            cursor.executemany(delete, [(number,) for number in numbers])
        deleted += [rows[number][60:100] for number in numbers]
    erasure._lost_rows.clear()  # their tables are none whose lost rows are counted
    yield deleted
    with connection.cursor() as cursor:
        for order in ORDERS:
            cursor.execute(f"DROP TABLE in_order_{order}")


def test_no_copy_of_a_row_that_had_moved_to_another_page_remains(rows_deleted_in_these_orders: list[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert lies_somewhere(rows_deleted_in_these_orders), "the control: SQLite overwrites rows, and not such copies"
    purge_within_some_rounds()
    assert not lies_somewhere(rows_deleted_in_these_orders)


@pytest.fixture
def unused_pages(gathered: Cast) -> Callable[[], int]:
    """Purge once, and return a function that counts the unused pages, of which a file written anew has none."""
    if connection.vendor != "sqlite":
        pytest.skip("pages of PostgreSQL are written anew")
    invented.write_letter(gathered, at=clock.now())
    purge_within_some_rounds()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE large AS SELECT randomblob(50000)")
        cursor.execute("DROP TABLE large")

    def count() -> int:
        with connection.cursor() as cursor:
            return int(cursor.execute("PRAGMA freelist_count").fetchone()[0])

    return count


def test_a_file_that_lost_no_secret_is_not_written_anew(unused_pages: Callable[[], int]) -> None:
    LetterKey.objects.update(request=uuid4())
    Letter.objects.update(at=clock.now())
    purge_within_some_rounds()
    assert unused_pages()
    LetterKey.objects.first().delete()
    purge_within_some_rounds()
    assert not unused_pages()


def test_a_file_whose_key_was_sealed_anew_is_written_anew(unused_pages: Callable[[], int]) -> None:
    LetterKey.objects.update(sealed=secrets.token_bytes(60))
    purge_within_some_rounds()
    assert not unused_pages()


def test_a_migration_stops_the_count_of_lost_rows_and_the_file_is_written_anew(unused_pages: Callable[[], int]) -> None:
    call_command("migrate", "vault", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%voice_letterkey%'")
        assert cursor.fetchone()[0] == 0, "SQLite removes no column that a trigger names"
    purge_within_some_rounds()
    assert not unused_pages()


def test_a_file_that_cannot_be_written_anew_still_empties_its_log(
    unused_pages: Callable[[], int], caplog: pytest.LogCaptureFixture
) -> None:
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    LetterKey.objects.first().delete()
    assert log.stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        purge_deleted_keys.func()
        cursor.execute("PRAGMA query_only = OFF")
    assert not log.stat().st_size
    assert "attempt to write a readonly database" in caplog.text
    assert "keeps deleted keys until the next round" in caplog.text
    assert "in use" not in caplog.text
    purge_within_some_rounds()
    assert not unused_pages(), "it is tried again"


def test_other_letters_survive_the_checkpoint(gathered: Cast) -> None:
    at = clock.now()
    request = invented.write_letter(gathered, at=at)
    erasure.purge_deleted_keys()
    assert public.open_thread(invented.CODE).id == request


@pytest.mark.db_contract
def test_every_table_is_vacuumed(gathered: Cast) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite overwrites what is deleted")
    erasure.purge_deleted_keys()
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NOT NULL")
        vacuumed = {name for (name,) in cursor.fetchall()}
    assert {model._meta.db_table for model in apps.get_models() if model._meta.managed} <= vacuumed
