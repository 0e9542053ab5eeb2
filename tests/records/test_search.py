"""Names written nearly right are found among many, and nothing of them is kept."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

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


NAMES = st.lists(st.one_of(st.text(max_size=12), st.text("ajtSTDio é_-\u00a0", max_size=12)), max_size=3)


def score_alone(typed: str, name: str) -> tuple[float, int]:
    wanted, words = split_name(typed), split_name(name)
    if not wanted or not words:
        return 0.0, 0
    best = [max(OSA.normalized_similarity(one, other) for other in words) for one in wanted]
    return sum(best) / len(wanted), -len(words)


@given(typed=st.text("ajtsdio é-", max_size=12), names=st.lists(NAMES, max_size=30))
def test_the_order_is_that_of_each_name_compared_alone(typed: str, names: list[list[str]]) -> None:
    scores = [max((score_alone(typed, name) for name in some), default=(0.0, 0)) for some in names]
    ranked = sorted(range(len(names)), key=lambda place: scores[place], reverse=True)
    alike = [place for place in ranked if scores[place][0] >= 0.45]
    assert nearest(typed, enumerate(names)) == alike[:20]


def test_a_search_caches_no_name() -> None:
    remembering = [name for name, value in vars(search).items() if hasattr(value, "cache_info")]
    assert not remembering
