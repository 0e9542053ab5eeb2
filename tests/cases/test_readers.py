"""Who opened a record: a day's repetitions are one line, so that a stranger stands out."""

from suar.cases import pages
from suar.demo.cast import Cast, Player
from suar.vault import keyring
from suar.vault.keyring import OpenRecord
from suar.vault.middleware import write_openings


def opens(player: Player, record: OpenRecord, *, times: int) -> None:
    """Open a record so often, each time for a page of its own."""
    for _ in range(times):
        keyring.open_record(record.id, keys=player.keys)
        write_openings(player.keys, path="test")


def test_what_one_worker_does_again_on_a_day_is_one_line(cast: Cast, amina: OpenRecord) -> None:
    opens(cast.ben, amina, times=3)
    opens(cast.esi, amina, times=1)
    opens(cast.ben, amina, times=2)
    found = [(each.who, each.times) for each in pages.readers(amina.id)][:3]
    assert found == [("Ben", 2), ("Esi", 1), ("Ben", 3)]
