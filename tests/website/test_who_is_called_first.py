"""Beside each sentence of the check stands somebody to call, who does what it speaks of."""

import pytest

from suar.website import find_help, texts
from tests.directory.entries import entry, load

pytestmark = pytest.mark.django_db
URGENT = {"number": "+62 000", "tested": "2026-11-20", "hours": {"en": "Always"}}
PHONES = [{"id": "0d5c1d8e-7d1f-4f53-8c3c-000000000001", "number": "+62 000"}]


def line(name: str, *types: str, area: str = "NATIONAL", **more: object) -> dict:
    return entry(name, types=list(types), areas=[area], urgent=URGENT, **more)


def called() -> dict[str, list[str]]:
    """Return the names of who is to be called, without what tests put before, by sentence."""
    found = texts.get_check("en")
    assert found
    return {
        answer["code"]: [str(helper.card.name).removeprefix("Invented ") for helper in answer["helpers"]]
        for answer in find_help.list_self_check_advice(found["advice"], language="en")
    }


def test_national_services_come_first_then_the_first_type() -> None:
    load(
        line("interpreter", "COO_INTERPRET"),
        line("crisis", "MEN_CRISIS"),
        line("ride", "SAF_RISK", area="32.74"),
        line("births", "HEA_REPRO", area="32.74"),
        line("emergency", "HEA_EMERGENCY", area="31.71"),
        line("doctor", "HEA_GENERAL", area="32.74"),
    )
    found = called()
    assert found["danger"] == ["crisis", "ride"]
    assert found["health"] == ["emergency", "doctor"]
    assert found["body"] == ["crisis", "emergency"]


def test_where_nobody_answers_now_or_everywhere_it_names_who_does_it_somewhere() -> None:
    load(
        entry("advice", types=["JUS_ADVICE"], areas=["31.71"], phones=PHONES),
        entry("wages", types=["JUS_WAGES"], areas=["32.74"], phones=PHONES),
        entry("mute", types=["STA_IDENTITY"], areas=["NATIONAL"]),
        line("crisis", "MEN_CRISIS"),
    )
    found = called()
    assert found["pay"] == ["wages", "advice"]
    assert found["papers"] == ["crisis"]
    assert all(found.values())
