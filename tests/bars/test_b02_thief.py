"""B2: a thief with the disk opens nothing; with one password, exactly what that worker opens."""

from suar.demo.cast import PASSWORD, Cast
from suar.sealing import passwords
from suar.sealing.passwords import KdfParameters
from suar.vault.models import Grant, Value
from tests.bars.thief import grants_of, keys_lying_about, steal, steal_with_password
from tests.people import Thread, client_of


def test_a_thief_with_disk_configuration_and_secret_key_opens_nothing(
    cast: Cast, told: Thread
) -> None:
    client_of(cast.ben)
    keys = keys_lying_about()
    assert len(keys) > 300
    loot = steal(keys)
    assert (loot.values, loot.sessions, loot.wraps, loot.grants) == (set(), 0, set(), set())


def test_with_one_password_the_thief_opens_exactly_that_workers_grants(
    cast: Cast, told: Thread
) -> None:
    for name in ("ben", "esi", "chioma", "farid", "gita"):
        worker = getattr(cast, name).worker
        worker.refresh_from_db()
        loot = steal_with_password(worker, PASSWORD)
        assert loot.grants == grants_of(worker), name
    ben = steal_with_password(cast.ben.worker, PASSWORD)
    assert ben.values, "the control: a password does open something"
    assert len(ben.grants) < Grant.objects.count()
    assert len(ben.values) < Value.objects.count()


def test_the_search_would_find_a_key_left_in_a_row(cast: Cast, told: Thread) -> None:
    worker = cast.ben.worker
    worker.refresh_from_db()
    derived = passwords.derive(PASSWORD, bytes(worker.salt), KdfParameters(**worker.kdf))
    worker.totp = derived.wrapping
    worker.save(update_fields=["totp"])
    assert steal(keys_lying_about()).wraps
