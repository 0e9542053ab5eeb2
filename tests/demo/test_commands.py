"""An invented world and its codes are never made where real records could be."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from suar.accounts.models import Organisation
from suar.core import clock
from suar.demo import cast as casting

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]


@pytest.fixture
def data(tmp_path: Path, settings) -> Path:
    settings.SUAR_DATA = tmp_path
    return tmp_path


def test_a_demo_world_is_created_only_in_a_demonstration(data):
    with pytest.raises(CommandError, match="only made in demo mode"):
        call_command("demo_world")
    assert not Organisation.objects.exists()
    assert list(data.iterdir()) == []


def test_an_existing_demo_world_is_not_changed(data, settings):
    settings.SUAR_MODE = "demo"
    casting.gather(at=clock.now())
    before = Organisation.objects.count()
    call_command("demo_world")
    assert Organisation.objects.count() == before > 0
    assert not (data / "demo.json").exists()


@pytest.mark.parametrize("mode", ["run", "test"])
def test_no_code_is_printed_outside_of_a_demonstration(data, settings, mode):
    (data / "demo.json").write_text('{"workers": [{"name": "ben", "totp": "00"}]}', "utf-8")
    settings.SUAR_MODE = mode
    with pytest.raises(CommandError, match="only for a demonstration"):
        call_command("demo_code", "ben")


def test_a_demonstration_prints_a_code_of_six_digits_and_none_for_a_stranger(data, settings, capsys):
    settings.SUAR_MODE = "demo"
    with pytest.raises(CommandError, match="only for a demonstration"):
        call_command("demo_code", "ben")
    (data / "demo.json").write_text(f'{{"workers": [{{"name": "ben", "totp": "{"00" * 20}"}}]}}')
    call_command("demo_code", "Ben")
    assert len(capsys.readouterr().out.strip()) == 6
    with pytest.raises(CommandError, match="Nobody of that name"):
        call_command("demo_code", "farid")
