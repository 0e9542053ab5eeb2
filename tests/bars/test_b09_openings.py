"""B9: every opening of every page in the whole suite stands in exactly one entry.

The watch that asks so after each test stands in tests/openings.py; here it is shown to see.
"""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.audit.models import Entry
from suar.cases import queries as case_queries
from suar.core import clock
from suar.demo.cast import Cast
from suar.records import keyring
from suar.records import queries as vault
from suar.referrals import receiving
from suar.referrals.receiving import thread_of
from tests import cast as at_work
from tests import openings
from tests.people import Thread, client_of

pytestmark = pytest.mark.db_contract

world, cast, handover = at_work.world, at_work.cast, at_work.handover
THREAD: dict[str, Any] = {}


def open_person(request: HttpRequest) -> None:
    keyring.open_record(THREAD["handover"].person, keys=request.keys)


def forgotten(request: HttpRequest) -> None:
    open_person(request)
    request.keys.opened.clear()


def sheets_forgotten(request: HttpRequest) -> None:
    assert list(vault.iter_index_entries(request.viewer, keys=request.keys))
    request.keys.has_listed = False


def packet_forgotten(request: HttpRequest) -> None:
    thread = thread_of(keyring.open_record(THREAD["handover"].case, keys=request.keys))
    receiving.receive(
        THREAD["handover"].referral, viewer=request.viewer, keys=request.keys, at=clock.now(), thread=thread
    )
    request.keys.opened.remove(THREAD["handover"].referral)


def nobody_found(request: HttpRequest) -> None:
    assert not case_queries.find_people("zzzz", viewer=request.viewer, keys=request.keys)


FAULTY = {forgotten, sheets_forgotten, packet_forgotten}
TRIALS = [open_person, *sorted(FAULTY, key=lambda each: each.__name__), nobody_found]


def page(trial: Any) -> Any:
    @permission_required(Permission.SEE_OWN_DAY)
    def shown(request: HttpRequest) -> HttpResponse:
        trial(request)
        return HttpResponse("a page")

    return shown


urlpatterns = [path(each.__name__, page(each), name=each.__name__) for each in TRIALS]


@pytest.mark.parametrize("trial", TRIALS, ids=lambda each: each.__name__)
def test_the_check_finds_an_opening_without_an_audit_entry(
    cast: Cast, handover: Thread, settings: Any, trial: Any
) -> None:
    THREAD["handover"] = handover
    settings.ROOT_URLCONF = __name__
    player = cast.chioma if trial is packet_forgotten else cast.ben
    assert client_of(player).get(f"/{trial.__name__}").status_code == 200
    found = openings.faults()
    assert len(found) == (1 if trial in FAULTY else 0), found


def test_a_search_without_a_match_is_audited(cast: Cast, handover: Thread, settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    before = Entry.objects.filter(verb="list").count()
    client_of(cast.ben).get("/nobody_found")
    [entry] = Entry.objects.filter(verb="list").order_by("seq")[before:]
    assert (entry.by, entry.shown, entry.because) == (cast.ben.id, 0, "nobody_found")
