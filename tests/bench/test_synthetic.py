"""What the bench invents is the same each time, and says that it is invented."""

import json
import re
from itertools import islice
from pathlib import Path

from bench import people, synthetic

ROOT = Path(__file__).resolve().parents[2]
CANNOT_RING = re.compile(r"\+62 000 \d{7}\Z")


def test_the_same_seed_gives_the_same_people_and_another_gives_others() -> None:
    assert list(people.people(50)) == list(people.people(50))
    assert list(people.people(50, seed=2)) != list(people.people(50))


def test_a_longer_run_begins_with_the_shorter_one_and_may_be_begun_in_the_middle() -> None:
    assert list(people.people(60))[:20] == list(people.people(20))
    assert list(people.people(10, start=50)) == list(people.people(60))[50:]


def test_every_person_says_that_they_are_synthetic_and_cannot_be_called() -> None:
    for each in people.people(200):
        assert each["synthetic"] is True
        assert each["id"].startswith("SYN-")
        assert CANNOT_RING.match(each["number"])


def test_a_form_has_thirty_three_fields_and_one_instance() -> None:
    form = people.as_form(people.person(3), instance="one")
    assert len(re.findall(r"<(\w+)>[^<]*</\1>", form)) == 33 + 1
    assert form.count("<instanceID>uuid:one</instanceID>") == 1


def test_typing_errors_are_one_in_each_part_and_the_same_each_time() -> None:
    name = "Siti Harmansaga"
    assert people.with_typos(name) == people.with_typos(name)
    parts = zip(name.split(), people.with_typos(name).split(), strict=True)
    assert all(abs(len(one) - len(other)) <= 1 for one, other in parts)
    names = {people.full_name(each) for each in people.people(100)}
    assert sum(people.with_typos(each) != each for each in names) >= 0.9 * len(names)


def test_the_same_seed_gives_the_same_services_and_searches() -> None:
    for made in (synthetic.services, synthetic.searches):
        assert list(made(30)) == list(made(30))
        assert list(made(60))[:30] == list(made(30))
        assert list(made(30, seed=2)) != list(made(30))


def test_every_service_says_that_it_is_synthetic_and_cannot_be_called() -> None:
    for provider in synthetic.services(100):
        assert provider["name"].startswith("SYN ")
        for one in provider["services"]:
            assert one["name"].startswith("SYN ")
            assert all(CANNOT_RING.match(phone["number"]) for phone in one["phones"])
        assert json.dumps(provider)


def test_typed_names_are_not_all_alike() -> None:
    names = [people.full_name(each) for each in islice(people.people(2000), 2000)]
    assert len(set(names)) > 1000


def test_that_lists_cost_as_many_queries_for_ten_rows_as_for_fifty_is_tested_elsewhere() -> None:
    kept = {
        "tests/records/test_lists.py": "same_number_of_queries",
        "tests/directory/test_search.py": "same_number_of_statements",
    }
    for path, rule in kept.items():
        assert rule in (ROOT / path).read_text("utf-8")
