"""The people of a worker or a team in one list, and the week on paper."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from suar.cases import actions
from suar.consent import exclusions
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.demo.cast import Cast
from suar.records import actions as records
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.referrals import sending
from tests.people import acting_as, client_of, person_of

MANY = 60


@pytest.fixture
def people(cast: Cast) -> list[UUID]:
    """Return people of Ben's: late, today, in two days, in a month, and without a next step."""
    made = []
    for number, days in enumerate((-1, 0, 2, 30, None)):
        record = person_of(cast.ben, cast, name=f"Orang Rekaan {number}")
        records.set_due(record.id, due=None if days is None else clock.today() + timedelta(days=days), is_task=True)
        made.append(record.id)
    return made


def listed(client: Client, **filters: Any) -> list[UUID]:
    """Return the records of the caseload in their order."""
    return [row.id for row in client.get(reverse("caseload"), filters).context["people"]]


@pytest.mark.db_contract
def test_those_due_first_come_first_and_groups_are_counted(ben: Client, people: list[UUID]) -> None:
    assert listed(ben) == people
    everybody, *groups = ben.get(reverse("caseload")).context["by_due"]
    assert (everybody.total, [group.total for group in groups]) == (5, [1, 1, 1, 1, 1])
    for code, record in zip(("late", "today", "week", "later", "nothing"), people, strict=True):
        assert listed(ben, due=code) == [record]


def test_a_person_is_found_from_the_day_and_the_caseload(cast: Cast, ben: Client) -> None:
    for page in ("day", "caseload"):
        assert f'action="{reverse("find_person")}"' in ben.get(reverse(page)).content.decode()
    assert reverse("find_person") not in client_of(cast.gita).get(reverse("day")).content.decode()


def test_nobody_sees_the_people_of_a_neighbour_nor_their_number(cast: Cast, people: list[UUID]) -> None:
    lia = client_of(cast.lia)
    assert listed(lia) == listed(lia, team="1") == []
    assert lia.get(reverse("caseload"), {"team": "1"}).context["by_due"][0].total == 0


@pytest.mark.db_contract
def test_a_lead_filters_the_team_by_worker(cast: Cast, esi: Client, people: list[UUID]) -> None:
    assert listed(esi) == []
    assert listed(esi, team="1", worker=str(cast.ben.id)) == listed(esi, team="1") == people
    assert "Ben" in esi.get(reverse("caseload"), {"team": "1"}).content.decode()


def test_an_excluded_colleague_is_not_told_of_one_more(cast: Cast, chioma: Client, case: UUID) -> None:
    jaya = client_of(cast.jaya)
    assert listed(jaya, team="1") == [case]
    record = keyring.open_record(case, keys=cast.chioma.keys)
    excluded = [NewExclusion(ExclusionKind.WORKER, ref=cast.jaya.id)]
    sending.record_exclusions(record, excluded, by=acting_as(cast.chioma))
    page = jaya.get(reverse("caseload"), {"team": "1"})
    assert (list(page.context["people"]), page.context["by_due"][0].total) == ([], 0)
    assert listed(chioma) == [case]
    assert exclusions.was_asked(keyring.open_record(case, keys=cast.chioma.keys))


def test_a_closed_case_is_not_listed(chioma: Client, case: UUID) -> None:
    records.close(case)
    assert listed(chioma, team="1") == []


@pytest.mark.parametrize("filters", [{"due": "sometime"}, {"worker": "x"}, {"page": "0"}])
def test_unknown_filters_are_not_found(ben: Client, filters: dict[str, str]) -> None:
    assert ben.get(reverse("caseload"), filters).status_code == 404


@pytest.mark.db_contract
def test_pages_of_many_need_no_more_queries(cast: Cast, ben: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert ben.get(reverse("caseload"), {"team": "1"}).status_code == 200
        return sum("pg_advisory" not in query["sql"] for query in queries)

    person_of(cast.ben, cast, name="Satu Rekaan")
    ben.get(reverse("caseload"))
    few = count()
    for number in range(MANY):
        person_of(cast.ben, cast, name=f"Rekaan {number}")
    assert count() <= few <= 12
    assert len(listed(ben)) == 50
    assert len(listed(ben, page="2")) == MANY + 1 - 50


def test_the_week_on_paper_has_codes_and_no_name(
    cast: Cast, ben: Client, chioma: Client, case: UUID, amina: OpenRecord
) -> None:
    opened = keyring.open_record(case, keys=cast.chioma.keys)
    actions.name_person(opened, "Melati Rekaan", by=acting_as(cast.chioma))
    actions.plan_task(opened, "MEET", clock.today(), by=acting_as(cast.chioma))
    actions.plan_task(amina, "PAPERS", clock.today(), by=acting_as(cast.ben))
    for client, name, what in ((chioma, "Melati", "Meet the person"), (ben, "Amina", "Help with papers")):
        page = client.get(reverse("week_list")).content.decode()
        assert name not in page
        assert what in page
        assert f"{clock.today().day} " in page


def test_the_address_and_title_say_nothing_of_a_person(ben: Client, people: list[UUID]) -> None:
    page = ben.get(reverse("caseload")).content.decode()
    assert "<title>Work</title>" in " ".join(page.split()).replace("> Work <", ">Work<")
