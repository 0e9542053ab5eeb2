"""Cover for all people of a worker who is away: one form, a colleague for each, and nobody who was excluded."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from suar.cases.tasks import end_covers
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.refusals import NotYours
from suar.demo.cast import Cast, Player
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.models import Record
from suar.referrals import sending
from tests.people import acting_as, client_of, person_of

pytestmark = pytest.mark.django_db
PAGE = reverse("cover")


@pytest.fixture
def people(cast: Cast) -> list[OpenRecord]:
    """Return five people of Ben's."""
    return [person_of(cast.ben, cast, name=f"Orang Rekaan {number}") for number in range(5)]


def address(away: Player, *to: Player) -> str:
    return f"{PAGE}?worker={away.id}" + "".join(f"&to={player.id}" for player in to)


def proposed(client: Client, away: Player, *to: Player) -> dict[str, str]:
    """Return what the page would hand over: a colleague for each record."""
    return {field.name: str(field.value() or "") for _row, field in client.get(address(away, *to)).context["form"].rows}


def cover(client: Client, away: Player, *to: Player, **fields: str) -> HttpResponse:
    answers = {
        "until": str(clock.today() + timedelta(days=9)),
        "agreed": "yes",
        **proposed(client, away, *to),
        **fields,
    }
    return client.post(address(away, *to), answers)


def owners(people: list[OpenRecord]) -> list[UUID | None]:
    return [Record.objects.get(id=person.id).assignee for person in people]


def holds(player: Player, person: OpenRecord) -> bool:
    try:
        return bool(keyring.open_record(person.id, keys=player.keys))
    except NotYours:
        return False


@pytest.mark.db_contract
def test_one_form_covers_for_everybody_and_all_go_back_after_the_last_day(
    cast: Cast, people: list[OpenRecord], esi: Client
) -> None:
    assert not holds(cast.lia, people[0]), "the control"
    answered = cover(esi, cast.ben, cast.lia)
    assert answered["Location"] == reverse("caseload")
    assert owners(people) == [cast.lia.id] * 5
    assert all(holds(cast.lia, person) and holds(cast.ben, person) for person in people)
    with clock.shifted(timedelta(days=10)):
        assert end_covers.call() == 5
    assert owners(people) == [cast.ben.id] * 5
    assert not any(holds(cast.lia, person) for person in people)


def test_several_colleagues_share_and_each_person_can_be_changed(
    cast: Cast, people: list[OpenRecord], esi: Client
) -> None:
    dealt = proposed(esi, cast.ben, cast.lia, cast.esi)
    assert sorted(dealt.values()) == sorted([str(cast.lia.id)] * 3 + [str(cast.esi.id)] * 2)
    first, second, *rest = people
    changed = {str(first.id): "", **{str(person.id): str(cast.esi.id) for person in (second, *rest)}}
    cover(esi, cast.ben, cast.lia, cast.esi, **changed)
    assert owners(people) == [cast.ben.id, *[cast.esi.id] * 4]


def test_nobody_goes_to_a_colleague_whom_they_excluded_and_the_page_shows_them_again(
    cast: Cast, people: list[OpenRecord], esi: Client
) -> None:
    excluded = [NewExclusion(ExclusionKind.WORKER, cast.lia.id)]
    sending.record_exclusions(people[2], excluded, by=acting_as(cast.ben))
    answered = cover(esi, cast.ben, cast.lia)
    assert answered["Location"] == address(cast.ben, cast.lia)
    assert owners(people) == [cast.lia.id, cast.lia.id, cast.ben.id, cast.lia.id, cast.lia.id]
    assert not holds(cast.lia, people[2])
    assert proposed(esi, cast.ben, cast.lia).keys() <= {str(people[2].id)}


def test_nobody_covers_for_themselves(cast: Cast, people: list[OpenRecord], esi: Client) -> None:
    assert cast.ben.id not in dict(esi.get(PAGE).context["form"].fields["to"].choices)
    person_of(cast.lia, cast, name="Orang Rekaan 6")
    assert cast.ben.id in dict(esi.get(PAGE).context["form"].fields["to"].choices)
    page = esi.get(address(cast.ben, cast.ben, cast.lia))
    assert page.status_code == 400
    assert "This colleague is away and cannot cover." in page.content.decode()
    esi.post(address(cast.ben, cast.ben, cast.lia), {"agreed": "yes", str(people[0].id): str(cast.lia.id)})
    assert owners(people) == [cast.ben.id] * 5


def test_only_own_people_and_those_of_a_team_one_leads_are_shared_out(cast: Cast, people: list[OpenRecord]) -> None:
    lia, kartika, ben = client_of(cast.lia), client_of(cast.kartika), client_of(cast.ben)
    for client in (lia, kartika):
        assert "Ben" not in client.get(PAGE).content.decode()
        assert client.get(address(cast.ben, cast.lia)).status_code == 400
        assert client.post(address(cast.ben, cast.lia), {"agreed": "yes"}).status_code == 302
    assert owners(people) == [cast.ben.id] * 5
    cover(ben, cast.ben, cast.lia)
    assert owners(people) == [cast.lia.id] * 5


@pytest.mark.parametrize(
    "wrong", [{"until": ""}, {"until": "2020-01-01"}, {"agreed": ""}, {"agreed": "not_asked"}, {"agreed": "no"}]
)
def test_what_is_missing_is_named_and_nobody_is_handed_over(
    cast: Cast, people: list[OpenRecord], esi: Client, wrong: dict[str, str]
) -> None:
    answered = cover(esi, cast.ben, cast.lia, **wrong)
    assert answered.status_code == 400
    assert b'role="alert"' in answered.content
    assert owners(people) == [cast.ben.id] * 5


def test_a_form_that_was_sent_twice_hands_over_once(cast: Cast, people: list[OpenRecord], esi: Client) -> None:
    fields = proposed(esi, cast.ben, cast.lia)
    answers = {
        "until": str(clock.today()),
        "agreed": "not_asked",
        "why": "Ben is ill",
        "form_id": f"{uuid4()}",
        **fields,
    }
    assert esi.post(address(cast.ben, cast.lia), answers).status_code == 302
    assert owners(people) == [cast.lia.id] * 5
    Record.objects.filter(assignee=cast.lia.id).update(assignee=cast.ben.id)
    esi.post(address(cast.ben, cast.lia), answers)
    assert owners(people) == [cast.ben.id] * 5, "the form was sent before"
    esi.post(address(cast.ben, cast.lia), answers | {"form_id": f"{uuid4()}"})
    assert owners(people) == [cast.lia.id] * 5, "the control"


def test_a_case_is_offered_only_to_those_who_manage_cases(cast: Cast, case: UUID) -> None:
    kartika = client_of(cast.kartika)
    [(_row, field)] = kartika.get(address(cast.chioma, cast.jaya)).context["form"].rows
    offered = {str(ident) for ident, _name in field.field.choices}
    assert str(cast.jaya.id) in offered
    assert not offered & {str(cast.chioma.id), str(cast.ben.id)}
