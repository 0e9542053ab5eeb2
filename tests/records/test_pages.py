"""A page of a team costs the same however many records the team has."""

import pytest
from django.db import connection

from suar.records import queries
from suar.records.queries import PEOPLE
from tests.records.conftest import viewer


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL chooses by numbers that a test has not")
def test_a_team_page_uses_the_index_order(cast) -> None:
    rows = queries.visible(viewer(cast.jaya), *PEOPLE).filter(team=cast.pelita.team.id)
    assert "TEMP B-TREE" in rows.order_by("opened_month")[:51].explain(), "the positive control"
    assert "TEMP B-TREE" not in rows.order_by("id")[:51].explain()
