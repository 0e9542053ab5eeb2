"""Saying that a service is wrong: no account, no words, no trace of the sender, once a form."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from suar.directory import error_reports, queries
from suar.directory.models import ErrorReport, MergedEntry
from tests.website.asking import OWN, ask, ticket_of
from tests.website.conftest import LEGAL_AID, OLD, SHELTER, STREET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("directory")]


def test_a_reader_reports_an_error_and_reads_what_is_stored(visitor: Client) -> None:
    page = visitor.get(f"/en/s/{SHELTER}")
    assert "Something here is wrong" in page.content.decode()
    asked = ask(visitor, wrong=SHELTER, ticket=ticket_of(page))
    words = asked.content.decode()
    assert "What is wrong here?" in words
    assert "<textarea" not in words
    assert STREET not in words
    assert not ErrorReport.objects.exists()
    sent = {"wrong": SHELTER, "report": "1", "kind": "UNSAFE", "ticket": ticket_of(asked)}
    done = ask(visitor, **sent)
    assert "Thank you for telling us" in done.content.decode()
    assert not done.cookies
    [row] = ErrorReport.objects.all()
    assert (str(row.service_id), row.kind, row.times) == (str(SHELTER), "UNSAFE", 1)
    again = ask(visitor, **sent)
    assert "Something at work" in again.content.decode(), "a form sent again shows the start"
    assert ErrorReport.objects.get().times == 1
    assert queries.public_card(row.service_id).id == row.service_id


@pytest.mark.parametrize("sent", [{"kind": "STORY"}, {}, {"kind": ""}])
def test_an_invalid_kind_is_refused_and_not_stored(visitor: Client, sent: dict) -> None:
    answer = ask(visitor, wrong=LEGAL_AID, report="1", **sent)
    assert answer.status_code == 400
    assert not ErrorReport.objects.exists()
    assert "STORY" not in answer.content.decode()


@pytest.mark.parametrize("service", ["x", "", OLD, "5e1f0000-0000-4000-8000-00000000ffff"])
def test_reports_on_services_that_are_not_public_get_404(visitor: Client, service: str) -> None:
    assert ask(visitor, wrong=service, report="1", kind="CLOSED").status_code == 404
    assert not ErrorReport.objects.exists()


def test_a_report_from_another_origin_gets_404(visitor: Client) -> None:
    sent = {"wrong": LEGAL_AID, "report": "1", "kind": "CLOSED", "ticket": ask_ticket(visitor)}
    other = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert visitor.post("/", sent, headers=other).status_code == 404
    assert visitor.post("/", {**sent, "ticket": "forged"}, headers=OWN).status_code == 200
    assert not ErrorReport.objects.exists()


def test_an_older_address_leads_to_the_entry_it_was_made_one_with(visitor: Client) -> None:
    MergedEntry.objects.create(old=OLD, new_id=LEGAL_AID)
    page = visitor.get(f"/en/s/{OLD}")
    assert page.status_code == 200
    assert str(LEGAL_AID) in page.content.decode()


def ask_ticket(visitor: Client) -> str:
    return ticket_of(visitor.get("/en/"))


def test_a_report_over_the_limit_is_not_announced_as_recorded(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_reports, "MAX_A_DAY", 0)
    done = ask(visitor, wrong=LEGAL_AID, report="1", kind="CLOSED").content.decode()
    assert "We received too many reports today" in done
    assert "will look into it" not in done
    assert not ErrorReport.objects.exists()


@pytest.fixture
def nobody_called() -> None:
    """Forget who called before."""
    shutil.rmtree(Path(settings.SUAR_DATA) / "pace", ignore_errors=True)


@pytest.mark.usefixtures("nobody_called")
def test_the_hourly_limit_is_per_connection(visitor: Client) -> None:
    def say(kind: str, address: str = "203.0.113.8") -> bool:
        visitor.defaults["REMOTE_ADDR"] = address
        done = ask(visitor, wrong=LEGAL_AID, report="1", kind=kind).content.decode()
        return "will look into it" in done

    most = error_reports.MAX_FOR_A_CALLER
    said = [say("HOURS" if number else "CLOSED") for number in range(most + 1)]
    assert said == [*[True] * most, False]
    assert ErrorReport.objects.get(kind="HOURS").times == most - 1
    assert say("UNSAFE"), "a flood of smaller things leaves room for what is unsafe"
    assert say("CLOSED", "203.0.113.9")
    assert ErrorReport.objects.get(kind="CLOSED").times == 2


def test_one_connection_cannot_use_up_the_daily_limit() -> None:
    assert 24 * error_reports.MAX_FOR_A_CALLER < error_reports.MAX_A_DAY
