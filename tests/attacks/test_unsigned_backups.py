"""Somebody who knows the public half of the backup sheet, or the passphrase, writes a backup of their own (3.8)."""

from collections.abc import Callable
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command

from suar.accounts import pins
from suar.accounts.models import Organisation, PublicKey
from suar.audit import heads
from suar.records.backups.archive import BackupKey, open_part
from suar.records.backups.reading import Source, newest_backup
from suar.records.backups.tables import Part
from suar.records.backups.writing import write_backup
from tests import at_once
from tests.attacks.test_swapped_keys import check_keys, swap_keys
from tests.audit.wiping import triggers_off
from tests.records.conftest import AT

pytestmark = pytest.mark.db_contract
TYPED = "empat kata yang panjang"
Change = Callable[[list[bytes]], list[bytes]]


@pytest.fixture
def world(committed, settings, tmp_path):
    """The cast in a database that commits, with an own file of pinned keys."""
    settings.SUAR_KEY_PINS = tmp_path / "pins"
    return at_once.committed_cast(at=AT)


@pytest.fixture
def made(world, tmp_path) -> Source:
    """A backup by passphrase."""
    write_backup(tmp_path / "kept", key=BackupKey(passphrase=TYPED), at=AT)
    (tmp_path / "typed").write_text(TYPED)
    return newest_backup(tmp_path / "kept")


def restore(tmp_path, **options: object) -> tuple[str, str]:
    """Restore into an empty database by the command; return what it prints and its warnings."""
    with triggers_off():
        call_command("flush", verbosity=0, interactive=False)
    out, err = StringIO(), StringIO()
    call_command("restore", tmp_path / "kept", passphrase_file=tmp_path / "typed", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def change(source: Source, changed: Change, *, parts: tuple[Part, ...] = (Part.DATA,)) -> None:
    """Change lines of parts and seal them again as anybody can who knows how they are sealed."""
    for part in parts:
        path, opened = (source.data if part is Part.DATA else source.keys), BytesIO()
        with path.open("rb") as file:
            ident = open_part(part, TYPED, file, opened)
        with path.open("wb") as file:
            BackupKey(passphrase=TYPED).seal(
                part, ident, iter(changed(opened.getvalue().splitlines(keepends=True))), file
            )


def renamed(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"Pelita", b"Peluta") for line in lines]


def unsigned(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if not line.startswith(b'{"signature"')]


def signed_then_more(lines: list[bytes]) -> list[bytes]:
    return [*lines, b'{"more":1}\n']


def signature_first(lines: list[bytes]) -> list[bytes]:
    return [lines[-1], *lines[:-1]]


def test_a_backup_names_the_key_that_signed_it(made, tmp_path):
    printed, warned = restore(tmp_path)
    assert heads.own_public().hex() in printed
    assert "signature" not in warned
    assert "Word" in restore(tmp_path, key=heads.own_public().hex())[0]


@pytest.mark.db_contract(False)
@pytest.mark.parametrize("changed", [renamed, signed_then_more, signature_first])
def test_a_changed_backup_is_refused_unless_somebody_says_so(made, tmp_path, changed):
    change(made, changed)
    with pytest.raises(CommandError, match=r"signature of the backup does not fit.*--any-signature"):
        restore(tmp_path)
    assert not Organisation.objects.exists()
    assert "no valid signature" in restore(tmp_path, any_signature=True)[1]


@pytest.mark.db_contract(False)
def test_a_backup_of_another_installation_is_refused_by_its_key(made, tmp_path, settings):
    own, pasted = heads.own_public().hex(), {}
    change(made, lambda lines: [pasted.setdefault("data", lines[-1]), *lines][1:])
    settings.SECRET_KEY = "another installation"
    assert heads.own_public().hex() != own
    assert own in restore(tmp_path)[0], "the key of a new folder is another one"
    with pytest.raises(CommandError, match="another key"):
        restore(tmp_path, key=heads.own_public().hex())
    with pytest.raises(CommandError, match="64 hex"):
        restore(tmp_path, key="pelita")


@pytest.mark.db_contract(False)
@pytest.mark.parametrize("parts", [(Part.DATA,), (Part.KEYS,), tuple(Part)])
def test_a_removed_signature_is_refused_like_a_wrong_one(made, tmp_path, parts):
    """A signature of one part does not vouch for the other; backups of 0.1 have none."""
    change(made, lambda lines: renamed(unsigned(lines)), parts=parts)
    with pytest.raises(CommandError, match=r"no signature.*--any-signature"):
        restore(tmp_path)
    with pytest.raises(CommandError, match="no signature"):
        restore(tmp_path, key=heads.own_public().hex())
    assert not Organisation.objects.exists()
    assert "no valid signature" in restore(tmp_path, any_signature=True)[1]


def test_a_restore_pins_the_keys_that_were_pinned_before_a_swap(world, tmp_path, settings):
    swap_keys(world.pelita.organisation.id, world.pelita.team.id)
    write_backup(tmp_path / "kept", key=BackupKey(passphrase=TYPED), at=AT)
    (tmp_path / "typed").write_text(TYPED)
    settings.SUAR_KEY_PINS = tmp_path / "new pins"
    assert "is not the pinned one" in restore(tmp_path)[1]
    with pytest.raises(CommandError, match="not the pinned one"):
        check_keys()


def test_a_restore_pins_the_keys_that_were_replaced_before(world, tmp_path, settings):
    """One key was replaced before keys had lines; a writer of rows brought back another one before the backup."""
    earlier, revived = (bytes(row.public) for row in PublicKey.objects.order_by("made_at", "id")[:2])
    PublicKey.objects.filter(public=earlier).update(retired_at=AT)
    pins.pin_retired([revived])
    write_backup(tmp_path / "kept", key=BackupKey(passphrase=TYPED), at=AT)
    (tmp_path / "typed").write_text(TYPED)
    settings.SUAR_KEY_PINS = tmp_path / "new pins"
    restore(tmp_path)
    assert pins.retired_keys() == {earlier, revived}
