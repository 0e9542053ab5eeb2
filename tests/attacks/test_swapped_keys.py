"""An attacker who writes rows, without any key, wants to read the next letters: by another key or organisation (T6)."""

import logging
import shutil
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from suar.accounts import pins, setup, tasks, workers
from suar.accounts.acting import Anonymous
from suar.accounts.codes import AlarmKind, KeyKind
from suar.accounts.keys import add_public, newest_public
from suar.accounts.models import Alarm, PublicKey, Team
from suar.accounts.pins import certified_text
from suar.accounts.roles import Role
from suar.contact.models import Desk, LetterKey, Request
from suar.core import clock
from suar.core.refusals import KeyNotTrusted
from suar.crypto.pairs import BoxPair, SignPair
from suar.crypto.values import SealBroken
from tests.contact.conftest import asker, cast, desk, world  # noqa: F401 - fixtures
from tests.contact.writing import ASKED, press
from tests.people import client_of
from tests.website.conftest import public_site, visitor  # noqa: F401 - fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


def swap_keys(organisation: UUID, team: UUID) -> BoxPair:
    """Replace the signing key of an organisation, and sign an own key of its team; return what opens new letters."""
    thief, box = SignPair.new(), BoxPair.new()
    PublicKey.objects.filter(kind=KeyKind.IDENTITY, owner=organisation).update(public=thief.public)
    certificate = thief.sign(certified_text(KeyKind.TEAM, team, box.public))
    PublicKey.objects.filter(kind=KeyKind.TEAM, owner=team).update(public=box.public, certificate=certificate)
    return box


def add_organisation() -> tuple[UUID, UUID, BoxPair]:
    """Add an organisation with a team and keys of the attacker; return their ids and what opens new letters."""
    at, thief, box = clock.now(), SignPair.new(), BoxPair.new()
    organisation = setup.create_organisation("Pelita", by=Anonymous(at=at))
    team = Team.objects.create(organisation=organisation, name="Team")
    add_public(KeyKind.IDENTITY, organisation.id, thief.public, at=at)
    add_public(KeyKind.TEAM, team.id, box.public, at=at, signed_by=thief)
    return organisation.id, team.id, box


def opened_by(box: BoxPair) -> int:
    """Count the letters that a pair opens."""
    opened = 0
    for row in LetterKey.objects.all():
        try:
            opened += bool(box.open(bytes(row.sealed)))
        except SealBroken:
            continue
    return opened


def check_keys(**options: object) -> str:
    out = StringIO()
    call_command("keys", stdout=out, **options)
    return out.getvalue()


def send(asker) -> int:  # noqa: F811 - a fixture
    return press(asker, "send", page=press(asker, "ask"), **ASKED).status_code


def test_no_letter_is_sealed_to_a_swapped_key(asker, cast):  # noqa: F811 - fixtures
    page = press(asker, "ask")
    box = swap_keys(cast.pelita.organisation.id, cast.pelita.team.id)
    answer = press(asker, "send", page=page, **ASKED)
    assert (opened_by(box), Request.objects.count()) == (0, 0)
    assert ASKED["words"] in answer.content.decode(), "what was typed is not lost"


def test_no_letter_is_sealed_to_an_organisation_of_the_attacker(asker, cast):  # noqa: F811 - fixtures
    organisation, team, box = add_organisation()
    Desk.objects.update(team=team, organisation=organisation)
    send(asker)
    assert (opened_by(box), Request.objects.count()) == (0, 0)


def test_the_attack_works_where_no_key_was_pinned(asker, cast, settings, tmp_path):  # noqa: F811 - fixtures
    """The positive control: both tests above would find a letter that the attacker reads."""
    settings.SUAR_KEY_PINS = tmp_path / "pins"
    box = swap_keys(cast.pelita.organisation.id, cast.pelita.team.id)
    send(asker)
    assert opened_by(box)
    organisation, team, other = add_organisation()
    Desk.objects.update(team=team, organisation=organisation)
    send(asker)
    assert opened_by(other)


def test_letters_arrive_while_the_key_is_the_pinned_one(asker, cast):  # noqa: F811 - fixtures
    assert send(asker) == 200
    assert Request.objects.count() == 1
    assert "All keys are the pinned ones" in check_keys()


def test_a_swapped_key_is_reported_by_alarm_log_and_command(cast, caplog):  # noqa: F811 - a fixture
    assert tasks.check_keys.call() == 0
    swap_keys(cast.pelita.organisation.id, cast.pelita.team.id)
    with caplog.at_level(logging.ERROR):
        assert [tasks.check_keys.call(), tasks.check_keys.call()] == [1, 1]
        assert client_of(cast.kartika).get("/").status_code == 409
    assert str(cast.pelita.organisation.id) in caplog.text
    assert Alarm.objects.filter(kind=AlarmKind.KEY_CHANGED).count() == 1
    page = client_of(cast.esi).get("/").content.decode()
    assert "The key of an organisation was exchanged" in page
    assert cast.pelita.organisation.name in page
    with pytest.raises(CommandError, match="not the pinned one"):
        check_keys()


def test_nobody_new_remembers_a_swapped_key(cast):  # noqa: F811 - a fixture
    worker, code = workers.invite("Oni", "Oni", Role.PROVIDER, by=cast.gita.acting(at=clock.now()))
    swap_keys(cast.village.organisation.id, cast.village.team.id)
    with pytest.raises(KeyNotTrusted):
        workers.welcome(worker.name, code=code, password="empat kata yang panjang", by=Anonymous(at=clock.now()))


def test_the_operator_pins_a_key_by_its_groups(cast, settings, tmp_path):  # noqa: F811 - a fixture
    settings.SUAR_KEY_PINS = shutil.copy(settings.SUAR_KEY_PINS, tmp_path)
    organisation = cast.pelita.organisation.id
    swap_keys(organisation, cast.pelita.team.id)
    groups = pins.organisation_fingerprint(organisation, newest_public(KeyKind.IDENTITY, organisation).public)
    for wrong in ((str(organisation), groups[::-1]), ("pelita", groups)):
        with pytest.raises(CommandError):
            check_keys(pin=wrong)
    assert "All keys are the pinned ones" in check_keys(pin=(str(organisation), groups.lower()))
    assert tasks.check_keys.call() == 0


def test_an_installation_of_before_pins_its_keys_once(cast, settings, tmp_path):  # noqa: F811 - a fixture
    settings.SUAR_KEY_PINS = tmp_path / "pins"
    assert "No key was pinned yet" in check_keys()
    assert tasks.check_keys.call() == 0
    assert "All keys are the pinned ones" in check_keys(first=True)
    swap_keys(cast.pelita.organisation.id, cast.pelita.team.id)
    with pytest.raises(CommandError, match="not the pinned one"):
        check_keys(first=True)


def test_a_spoilt_file_of_pins_trusts_nobody(asker, settings, tmp_path):  # noqa: F811 - a fixture
    settings.SUAR_KEY_PINS = tmp_path / "pins"
    settings.SUAR_KEY_PINS.write_bytes(b"\xff\n")
    send(asker)
    assert Request.objects.count() == 0
