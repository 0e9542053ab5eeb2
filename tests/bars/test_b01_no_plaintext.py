"""B1: nothing that was typed about a person lies anywhere in clear; the pages still show it."""

import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail

from suar.accounts.models import Team
from suar.demo.cast import Cast
from tests.bars import leaks
from tests.bars.journey import shown_canaries, walk

JOURNEYS = 5


def test_no_canary_of_a_whole_journey_lies_in_clear(
    cast: Cast, services: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    journeys = [walk(cast, number) for number in range(JOURNEYS)]
    canaries = [canary for way in journeys for canary in way.canaries]
    assert len(canaries) >= 60
    assert leaks.leaks(canaries, leaks.rows()) == []
    assert leaks.leaks(canaries, leaks.files(Path(settings.SUAR_DATA))) == []
    told = [("log", caplog.text.encode()), ("mail", repr(mail.outbox).encode())]
    assert leaks.leaks(canaries, told) == []
    for way in journeys:
        assert len(list(shown_canaries(way))) >= 8, "a page must show what was sealed"


def test_the_search_finds_a_leak_in_a_row_in_every_disguise(cast: Cast) -> None:
    canary = "canaryofcontrol"
    Team.objects.filter(id=cast.village.team.id).update(name=canary)
    assert leaks.leaks([canary], leaks.rows())
    for form in leaks.disguises(canary):
        assert leaks.leaks([canary], [("control", b"before" + form + b"after")])


def test_the_search_finds_a_leak_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "left.behind").write_text("x canaryofcontrol y")
    assert leaks.leaks(["canaryofcontrol"], leaks.files(tmp_path))
