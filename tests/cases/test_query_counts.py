"""How many queries the main pages of the staff site need, with lists that are not empty."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.people import client_of

pytestmark = pytest.mark.django_db
CEILINGS = {"day": 15, "team": 15, "person": 16, "case": 21, "inbox": 7}


def count(client, name, *ids):
    """Return the number of queries of a page, without the lock of the audit log on PostgreSQL."""
    client.get(reverse(name, args=ids))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(name, args=ids)).status_code == 200
    return sum("pg_advisory" not in query["sql"] for query in queries)


@pytest.mark.db_contract
def test_the_main_pages_stay_below_their_ceilings(cast, amina, case, ben, chioma, esi):
    counts = {
        "day": max(count(client, "day") for client in (ben, chioma, esi, client_of(cast.kartika))),
        "team": count(esi, "team"),
        "person": count(ben, "person", amina.id),
        "case": count(chioma, "person", case),
        "inbox": count(chioma, "inbox"),
    }
    assert {page: number for page, number in counts.items() if number > CEILINGS[page]} == {}
