"""B2: a thief with the disk opens nothing; with one password, exactly what that worker opens."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from suar.accounts.codes import KeyKind
from suar.accounts.cookies import WRAPPING_COOKIE
from suar.accounts.keys import give_key, newest_public
from suar.consent.codes import Field
from suar.consent.queries import get_consent
from suar.core import clock
from suar.crypto import kdf, recovery
from suar.crypto.kdf import KdfParameters
from suar.crypto.pairs import BoxPair
from suar.crypto.recovery import RecoveryCode
from suar.crypto.values import SealBroken
from suar.demo.cast import PASSWORD, Cast
from suar.records import actions as vault
from suar.records import keyring
from suar.records.models import Grant, Record, Value
from suar.records.terms import Compartment, HolderKind, Kind
from suar.referrals import sending
from suar.referrals.codes import State
from suar.referrals.models import Referral
from suar.referrals.packets import FIELDS, PREVIEW
from tests.bars import opening
from tests.bars.lying_about import PURPOSES, cells, files, keys_in, keys_lying_about
from tests.bars.thief import Disk, Loot, steal, steal_with_password, steal_with_sheet
from tests.cast import cast, handover, world  # noqa: F401 - fixtures
from tests.house.reading import SUAR
from tests.people import LEGAL_AID, Thread, acting_as, agreed, client_of, person_of, received, sent, write

pytestmark = pytest.mark.db_contract

NOTHING = Loot()
WORKERS = (
    "ben",
    "chioma",
    "esi",
    "farid",
    "gita",
    "hadi",
    "indah",
    "jaya",
    "kartika",
    "lia",
)
WITHOUT_RECORDS = ("farid", "gita", "hadi", "indah")
SUBKEY = re.compile(r"""subkey\([^"]*purpose="([^"]+)\"""")
FIRST = ("esi", "farid", "kartika")
CEREMONIES = (HolderKind.BREAK_GLASS, HolderKind.STATISTICS)
PEOPLE = (Kind.PERSON, Kind.CASE)


@pytest.fixture
def full(cast: Cast, handover: Thread) -> Cast:  # noqa: F811 - fixtures
    """Let every kind of record be there, a referral that waits, and somebody signed in."""
    at, village, pelita = clock.now(), cast.village, cast.pelita
    for player, workplace, kind, restricted in (
        (cast.ben, village, Kind.TALK, False),
        (cast.ben, village, Kind.CODES, False),
        (cast.lia, village, Kind.REPORT, False),
        (cast.jaya, pelita, Kind.CASE, True),
    ):
        record = vault.new_record(
            kind,
            organisation=workplace.organisation.id,
            team=workplace.team.id,
            by=player.id,
            at=at,
            restricted=restricted,
        )
        write(record, Compartment.CODED, "profile", {"age": 24}, by=player.id, at=at)
        if kind is not Kind.CODES:
            write(record, Compartment.NARRATIVE, "words", {"text": "told"}, by=player.id, at=at)
    waiting = person_of(cast.lia, cast, name="Melati")
    sent(waiting, agreed(waiting, cast.lia, service=LEGAL_AID), cast.lia)
    client_of(cast.ben)
    return cast


def test_a_thief_with_disk_configuration_and_secret_key_opens_nothing(full: Cast) -> None:
    keys = keys_lying_about()
    assert len(keys) > 1000
    for name in ("db.key", "secret.key"):
        written = (Path(settings.SUAR_DATA) / "keys" / name).read_text("ascii")
        assert bytes.fromhex(written) in keys
    assert steal(keys) == NOTHING


@pytest.mark.parametrize("name", WORKERS)
def test_a_password_opens_exactly_what_the_workers_pages_open(full: Cast, name: str) -> None:
    player = getattr(full, name)
    player.worker.refresh_from_db()
    loot = steal_with_password(player.worker, PASSWORD)
    assert loot.values == opening.values_of(player)
    assert loot.sheets == opening.sheets_of(player)
    assert bool(loot.values) is (name not in WITHOUT_RECORDS), "the control: something opens"
    people = {record for record in records_of(loot) if Record.objects.get(id=record).kind in PEOPLE}
    assert people == opening.shown_to(player)
    assert loot.packets - waiting(loot) == opening.packets_of(player)


def test_workers_without_shared_records_open_no_common_value(full: Cast) -> None:
    opened = {name: stolen(full, name).values for name in WORKERS}
    assert opened["ben"].isdisjoint(opened["lia"])
    assert opened["chioma"] < opened["jaya"], "of one team, and Jaya holds one alone"
    assert opened["ben"] | opened["lia"] == opened["esi"], "who leads both"
    assert opened["esi"].isdisjoint(opened["kartika"])
    every = set().union(*opened.values())
    assert every == set(Value.objects.values_list("record", "compartment", "field"))


def test_ceremony_keys_open_one_organisation_for_its_first_worker_only(full: Cast) -> None:
    """Break-glass and statistics: what a password opens that no page of that worker does."""
    for name in WORKERS:
        loot, player = stolen(full, name), getattr(full, name)
        records = Record.objects.filter(organisation=player.worker.organisation_id)
        granted = Grant.objects.filter(holder__in=CEREMONIES, record__in=records.values("id"))
        expected = set(granted.values_list("record", flat=True)) if name in FIRST else set()
        assert {record for record, _, _ in loot.by_ceremony} == expected, name
        assert bool(expected) is (name in ("esi", "kartika")), "the control: something opens"


@pytest.mark.parametrize("anew", [False, True], ids=["as accepted", "sealed anew"])
def test_statistics_open_codes_and_no_packet(full: Cast, handover: Thread, anew: bool) -> None:  # noqa: F811 - fixtures
    """The record of the sender and the case of the receiver both have coded values, read by statistics."""
    opened: set[str] = set()
    if anew:
        record, by = keyring.open_record(handover.person, keys=full.ben.keys), acting_as(full.ben)
        ends_on = get_consent(record, handover.consent).facts.ends_on
        sending.narrow_consent(record, handover.consent, fields=frozenset({Field.CALLED_NAME}), ends_on=ends_on, by=by)
        assert received(full.chioma, handover.referral).shared, "the control: the case opens it"
    for holder in (full.esi, full.kartika):
        key = next(iter(holder.keys.list_keys(KeyKind.STATISTICS)))
        disk = Disk()
        disk.try_pair(holder.keys.pair(key.id))
        assert {compartment for _, compartment, _ in disk.loot.by_ceremony} == {Compartment.CODED}
        assert disk.loot.packets == disk.loot.values == set()
        opened |= {name.split("-")[0] for _, _, name in disk.loot.by_ceremony}
    assert {"referral", "code"} <= opened, "the control: of both sides"


def test_the_check_finds_a_packet_key_among_the_codes(full: Cast, handover: Thread) -> None:  # noqa: F811 - fixtures
    """The control of the one before: the key of the case, written where statistics read."""
    case = keyring.open_record(handover.case, keys=full.chioma.keys)
    thread = case.read(Compartment.NARRATIVE, "thread")
    write(case, Compartment.CODED, "left", thread, by=full.chioma.id, at=clock.now())
    disk = Disk()
    disk.try_pair(full.kartika.keys.pair(next(iter(full.kartika.keys.list_keys(KeyKind.STATISTICS))).id))
    assert disk.loot.packets == {(handover.referral, PREVIEW), (handover.referral, FIELDS)}


def test_a_recovery_sheet_opens_with_its_words_and_not_without(full: Cast) -> None:
    ben = full.ben
    assert steal_with_sheet(ben.worker, ben.recovery).values == stolen(full, "ben").values
    for other in (RecoveryCode.new().printed(), full.lia.recovery):
        with pytest.raises(SealBroken):
            steal_with_sheet(ben.worker, other)
    blank = ben.recovery[:-4].encode()
    assert steal(keys_in([blank, blank.replace(b"-", b"")])) == NOTHING


def test_one_escrow_share_opens_nothing_and_two_open_their_organisation(
    full: Cast,
) -> None:
    one, two, _ = full.village.shares
    assert steal(keys_in([one.piece, one.printed().encode()])) == NOTHING
    disk = Disk()
    disk.try_pair(BoxPair.from_private(recovery.join([one, two])))
    records = Record.objects.filter(organisation=full.village.organisation.id)
    granted = Grant.objects.filter(holder=HolderKind.ESCROW, record__in=records.values("id"))
    assert records_of(disk.loot) == set(granted.values_list("record", flat=True))


def test_a_wrap_inserted_by_the_thief_opens_on_no_page(full: Cast) -> None:
    """The control of equality: here the two sets differ, and it is seen."""
    chioma, farid = full.chioma.keys, full.farid
    key = newest_public(KeyKind.TEAM, full.pelita.team.id)
    to = newest_public(KeyKind.USER_READ, farid.id)
    give_key(key, chioma.private(key.id), to=to, at=clock.now())
    farid.keys.forget()
    assert stolen(full, "farid").values > opening.values_of(farid) == set()


@pytest.mark.parametrize("where", ["row", "file", "code", "session"])
def test_the_search_finds_a_planted_key(full: Cast, where: str, tmp_path: Path) -> None:
    worker = full.ben.worker
    worker.refresh_from_db()
    made = kdf.derive(PASSWORD, bytes(worker.salt), KdfParameters(**worker.kdf))
    left = {
        "row": made.wrapping,
        "file": made.wrapping.hex().encode(),
        "code": RecoveryCode.read(full.ben.recovery).secret,
        "session": client_of(full.ben).cookies[WRAPPING_COOKIE].value.encode(),
    }[where]
    if where == "file":
        (tmp_path / "left").write_bytes(left)
        assert steal(keys_in(files(tmp_path))).wraps
        return
    worker.totp = left
    worker.save(update_fields=["totp"])
    loot = steal(keys_in(cells("accounts_worker")))
    assert loot.sessions if where == "session" else loot.wraps


def test_the_thief_knows_every_purpose_for_which_a_key_is_derived() -> None:
    texts = [path.read_text("utf-8") for path in SUAR.rglob("*.py")]
    matches = {match for text in texts for match in SUBKEY.findall(text)}
    assert matches | {"recovery"} == set(PURPOSES)


def stolen(full: Cast, name: str) -> Loot:
    """Return what one worker's password opens."""
    player = getattr(full, name)
    player.worker.refresh_from_db()
    return steal_with_password(player.worker, PASSWORD)


def records_of(loot: Loot) -> set[UUID]:
    """Return the records of which a value was opened."""
    return {record for record, _, _ in loot.values | loot.by_ceremony}


def waiting(loot: Loot) -> set[tuple[UUID, str]]:
    """Return the fields of referrals that wait for an answer: sealed to the inbox, served to nobody.

    The server withholds them until an acceptance; who has the disk and a password need not ask.
    """
    rows = Referral.objects.filter(state=State.SENT)
    return {(item, FIELDS) for item in rows.values_list("id", flat=True)} & loot.packets
