"""Names written nearly right are found among many, and nothing of them is kept."""

from bench import people
from suar.records import search
from suar.records.search import nearest, split_name

MANY = {place: [people.full_name(each)] for place, each in enumerate(people.people(3000))}


def test_of_equally_similar_names_the_shorter_comes_first() -> None:
    names = {number: [f"Rina Keluarga{number}"] for number in range(400)}
    names["alone"] = ["Rina"]
    assert nearest("Rjna", names.items())[0] == "alone"
    assert nearest("Rina", names.items(), most=1) == ["alone"]


def test_a_name_misspelt_in_every_part_is_among_the_first_twenty() -> None:
    probes = [MANY[place][0] for place in range(0, 3000, 30)]
    missed = [
        name for name in probes if name not in {MANY[key][0] for key in nearest(people.with_typos(name), MANY.items())}
    ]
    assert len(missed) <= 2


def test_the_most_similar_name_of_a_person_counts() -> None:
    names = {1: ["Dewi Contoh", "Sari"], 2: ["Dewi Lain"], 3: []}
    assert nearest("Sari", names.items()) == [1]
    assert nearest("sari dewi", {3: [], 4: [""], 5: ["..."]}.items()) == []
    assert nearest(" - ", names.items()) == []


def test_marks_case_and_old_spelling_make_no_difference() -> None:
    assert split_name("DJOKO  Soétomo_2") == ("joko", "sutomo", "2")
    assert split_name("Çelik") == ("celik",)
    assert nearest("joko sutomo", [(1, ["Djoko Soetomo"])], least=1.0) == [1]


def test_a_search_caches_no_name() -> None:
    remembering = [name for name, value in vars(search).items() if hasattr(value, "cache_info")]
    assert not remembering
