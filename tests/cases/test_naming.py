"""People of the same name are told apart in every list, and roles without records have a day."""

import pytest
from django.urls import reverse

from suar.core.ids import read_spoken, short_code
from tests.html import squeeze
from tests.people import agreed, client_of, person_of, sent


def test_people_of_the_same_name_have_different_numbers(cast, ben, esi):
    two = [person_of(cast.ben, cast, name="Melati") for _ in range(2)]
    numbers = {short_code(item.id) for item in two}
    assert len(numbers) == 2
    day = ben.get(reverse("day")).content.decode()
    found = ben.post(reverse("find_person"), {"name": "Melati"}).content.decode()
    team = esi.get(reverse("team")).content.decode()
    for page in map(squeeze, (day, found, team)):
        assert all(number in page for number in numbers)
        assert "since" in page
    for item in two:
        page = ben.get(reverse("person", args=[item.id])).content.decode()
        assert short_code(item.id) in page


def test_a_referral_shows_the_number_of_its_person(cast, ben):
    melati = person_of(cast.ben, cast, name="Melati")
    sent(melati, agreed(melati, cast.ben), cast.ben)
    [row] = [item.row for item in ben.get(reverse("day")).context["sent"]]
    assert (row.who, row.number) == ("Melati", short_code(melati.id))


def test_a_number_is_the_first_match(cast, ben):
    people = [person_of(cast.ben, cast, name=f"Melati {place}") for place in range(3)]
    typed = short_code(people[1].id).lower()
    found = ben.post(reverse("find_person"), {"name": typed}).context["people"]
    assert found[0].id == people[1].id


def test_a_case_shows_its_code_beside_a_name_of_its_own(cast, chioma, handover):
    chioma.post(reverse("name_person", args=[handover.case]), {"name": "Mina"})
    [found] = chioma.post(reverse("find_person"), {"name": "Mina"}).context["people"]
    assert read_spoken(found.number)
    chioma.post(reverse("name_person", args=[handover.case]), {"name": ""})
    [bare] = chioma.post(reverse("find_person"), {"name": found.number}).context["people"]
    assert (bare.name, bare.number) == (found.number, ""), "the code is not said twice"


def test_the_shared_name_is_offered_until_a_case_has_a_name_of_its_own(chioma, handover):
    page = chioma.get(reverse("person", args=[handover.case]))
    assert page.context["name_form"].initial["name"] == page.context["called_name"] != ""
    assert reverse("name_person", args=[handover.case]) in page.content.decode()
    chioma.post(reverse("name_person", args=[handover.case]), {"name": "Mina"})
    page = chioma.get(reverse("person", args=[handover.case])).content.decode()
    assert reverse("name_person", args=[handover.case]) not in page


@pytest.mark.parametrize(
    ("page", "args"), [("plan_part", ["goal"]), ("agree_plan", []), ("rate", ["all"]), ("close_case", [])]
)
def test_each_form_of_a_case_says_whose_it_is(chioma, handover, page, args):
    chioma.post(reverse("name_person", args=[handover.case]), {"name": "Mina"})
    heading = chioma.get(reverse(page, args=[handover.case, *args])).content.decode().partition("</h1>")[0]
    assert "Mina" in heading.partition("<h1")[2]


def test_a_closed_case_is_not_in_the_list_of_people(cast, chioma, handover):
    from suar.records import actions as vault

    assert [item.id for item in chioma.get(reverse("day")).context["people"]] == [handover.case]
    vault.close(handover.case)
    assert chioma.get(reverse("day")).context["people"] == []
    assert chioma.get(reverse("person", args=[handover.case])).status_code == 200


@pytest.mark.parametrize(
    ("name", "there", "absent"),
    [
        ("gita", "workers", "directory"),
        ("hadi", "directory", "workers"),
        ("indah", "account", "workers"),
        ("indah", "accesses", "workers"),
        ("indah", "erasures", "workers"),
        ("gita", "accesses", "erasures"),
    ],
)
def test_a_role_without_records_has_links_to_its_own_pages(cast, name, there, absent):
    client = client_of(getattr(cast, name))
    page = client.get(reverse("day"))
    own = {reverse(item.code) for item in page.context["own_pages"]}
    assert reverse(there) in own
    assert reverse(absent) not in own
    assert "Your tasks" in page.content.decode()
    assert all(client.get(item).status_code == 200 for item in own)


def test_case_workers_have_no_list_of_own_pages(ben):
    assert "own_pages" not in ben.get(reverse("day")).context
