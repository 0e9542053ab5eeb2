"""What is said of a match by probability, in numbers and in words, worked by hand."""

from argparse import Namespace

import numpy as np
import pytest

from suar_research.linkage import judging, telling_chances
from suar_research.linkage.calibration import calibrated
from suar_research.linkage.chances import Chances
from suar_research.linkage.judging import Truth
from suar_research.linkage.matching import Matched, Pair
from test_linkage_exact import FOUR, lists_of, told

KNOWN = Chances(
    (
        told([0.99, 0.6, 0.5, 0.25], *FOUR, alike=[0.91, 0.7, 0.8, 0.6]),
        told([0.95], (0, 3), lists=(0, 2), alike=[0.85]),
    ),
    0.55,
    3,
)
ASKED = Namespace(seed=4, probable=0.5, possible=0.1, draws=200, drawn=None)
FOUND = Matched(
    (((0, 0), (1, 0)), ((0, 1),), ((0, 2), (1, 2), (2, 3))),
    (Pair((0, 0), (1, 0), 0.99), Pair((0, 2), (1, 2), 0.6)),
    (),
)
COUNTS = {(1, 1, 1): 1, (1, 1, 0): 1, (1, 0, 0): 1}


def test_a_match_is_told_with_how_right_it_is_expected_to_be():
    """0.99 and 0.6 of two found are right: 1.59; in all 3.29 matches are expected."""
    said = telling_chances.matched(KNOWN, FOUND, COUNTS, ASKED, 7)
    assert {
        name: said[name] for name in ("seed", "probable", "possible", "people", "on_several", "to_look_at", "draws")
    } == {
        "seed": 4,
        "probable": 0.5,
        "possible": 0.1,
        "people": 3,
        "on_several": 2,
        "to_look_at": 7,
        "draws": 0,
    }
    assert said["model"] == {
        "floor": 0.55,
        "pairs": 5,
        "matches": 2,
        "expected_matches": 3.29,
        "expected_precision": 0.795,
        "expected_recall": 0.4833,
        "alike_from": {"0.99": 0.91, "0.95": 0.85, "0.9": 0.85, "0.8": 0.85, "0.5": 0.7},
        "alike_inside": 3,
    }
    drawn = Namespace(**vars(ASKED) | {"drawn": "there"})
    assert telling_chances.matched(KNOWN, FOUND, COUNTS, drawn, 7)["draws"] == 200


def test_where_nothing_is_found_no_share_is_told_and_of_words_no_likeness():
    none = Chances((told(np.zeros(0)),), 0.0, 0)
    model = telling_chances.matched(none, Matched((), (), ()), {}, ASKED, 0)["model"]
    assert (model["expected_precision"], model["expected_recall"]) == (None, None)
    assert model["alike_from"] == {}
    floored = Chances((told([0.2], (0, 0)),), 0.5, 0)
    model = telling_chances.matched(floored, Matched((), (), ()), {}, ASKED, 0)["model"]
    assert set(model["alike_from"].values()) == {None}, "no pair is so probable"


def test_answers_are_held_against_what_was_thought_before():
    said = {((0, 0), (1, 0)): True, ((0, 1), (1, 1)): False, ((0, 0), (2, 3)): True}
    assert telling_chances.reviewed(KNOWN, said) == {"pairs": 3, "yes": 2, "expected_yes": 2.44}


@pytest.mark.parametrize(("inside", "salted"), [(0, True), (3, False)])
def test_pairs_inside_one_list_are_warned_of_where_there_are_any(inside, salted):
    said = {"model": {"alike_inside": inside}}
    telling_chances.add_notices(said, salted=salted)
    warned = [each for each in said["notices"] if each.startswith(f"{inside} pairs inside one list")]
    assert len(warned) == (1 if inside else 0)
    assert said["notices"][0].startswith("Nobody said who is whom")
    assert said["notices"][-1].startswith("Salted: " if salted else "Not salted: ")


def test_files_of_tokens_are_named_with_their_key_and_their_digests():
    assert telling_chances.of_lists(lists_of(2, 3), ["12", "34"]) == {
        "key": "k",
        "schema": "s",
        "salted": False,
        "lists": [{"house": "a", "people": 2, "sha256": "12"}, {"house": "b", "people": 3, "sha256": "34"}],
    }


def test_rules_of_words_that_may_be_seen_are_named_one_by_one():
    [seen, blocked] = telling_chances.of_words([("name", "sex"), ("birth",)])
    assert seen.startswith("Words of several houses are read together here")
    assert blocked.startswith("Looked at were pairs that agree on one of 2 rules: name and sex; birth.")


def test_what_is_known_of_two_houses_is_held_against_what_was_told():
    """Of four pairs two are true; one more was never looked at. Two of three found are right."""
    known = Chances((told([0.9, 0.05, 1 / 3, 0.2], *FOUR),), 0.5, 0)
    truth = Truth((0, 1), frozenset({(0, 0), (2, 2), (1, 0)}))
    found = Matched(
        (((0, 0), (1, 0)), ((0, 1), (1, 1)), ((0, 2), (1, 2))),
        tuple(Pair((0, at), (1, at), 0.9) for at in range(3)),
        (),
    )
    right = judging.judged(found, truth, 0.5)
    said = telling_chances.judged(lists_of(3, 3), truth, right, calibrated(known, truth))
    assert (said["houses"], said["pairs"], said["true"], said["unseen"]) == (["a", "b"], 3, 2, 1)
    assert (said["brier"], said["brier_of_none"], said["expected"]) == (0.190903, 0.25, 1.48)
    at = said["at_probable"]
    assert (at["sure"], at["found"], at["right"], at["precision"]["value"]) == (0.5, 3, 2, 0.666667)
    assert [
        (each["low"], each["high"], each["pairs"], each["told"], each["true"]["value"]) for each in said["reliability"]
    ] == [
        (0.05, 0.2, 1, 0.05, 0),
        (0.2, 0.4, 2, 0.2667, 0.5),
        (0.8, 0.95, 1, 0.9, 1),
    ]


TOLD = {
    "lists": [{"house": "police", "people": 9}, {"house": "shelter", "people": 8}],
    "people": 12,
    "on_several": 5,
    "probable": 0.5,
    "to_look_at": 4,
    "notices": ["Be kind."],
    "model": {
        "matches": 5,
        "expected_matches": 1234.56,
        "expected_precision": 0.9512,
        "expected_recall": 0.8049,
        "floor": 0.55,
    },
}
WORDS = """police: 9 people
shelter: 8 people
Together: 12 different people, 5 on several lists.
5 pairs are probable from 0.5 on; 1,234.6 are expected among all pairs looked at.
Expected, nobody having said who is whom: 95.1% of the pairs found are right, 80.5% of those to be
  seen are found.
4 pairs are possible and not probable: look at them.
"""


def test_the_words_say_the_same_as_the_numbers():
    assert telling_chances.words(TOLD) == WORDS + "Be kind.\n"
    model = TOLD["model"] | {"expected_precision": None}
    assert "Expected, nobody" not in telling_chances.words(TOLD | {"model": model})
    reviewed = {"reviewed": {"pairs": 6, "yes": 4, "expected_yes": 3.25}}
    assert telling_chances.words(TOLD | reviewed) == (
        f"{WORDS}Of 6 pairs that were looked at 4 are one person; 3.2 were expected.\nBe kind.\n"
    )


def rate(value):
    return {"value": value, "low": value - 0.1, "high": value + 0.1}


@pytest.mark.parametrize(("floor", "where"), [(0.55, "alike from 0.55 on"), (0, "that agree on a rule")])
def test_what_is_true_stands_in_a_table_beside_what_was_told(floor, where):
    truth = {
        "houses": ["police", "shelter"],
        "pairs": 6,
        "brier": 0.01234,
        "brier_of_none": 0.2345,
        "at_probable": {"found": 5, "right": 4, "precision": rate(0.8), "recall": rate(0.66), "f1": rate(0.72)},
        "expected": 5.25,
        "true": 1_006,
        "unseen": 2,
        "reliability": [
            {"low": 0.0, "high": 0.05, "pairs": 1_200, "told": 0.0123, "true": rate(0.5)},
            {"low": 0.95, "high": 1.0, "pairs": 4, "told": 0.9876, "true": rate(0.75)},
        ],
    }
    text = telling_chances.words(TOLD | {"truth": truth, "model": TOLD["model"] | {"floor": floor}})
    _, _, table = text.partition("Be kind.\n")
    rows, notice = table.split("\n")[:7], " ".join(table.split("\n", 7)[7].split())
    assert rows == [
        "",
        "6 pairs of police and shelter are known to be one person.",
        "5 found, 4 right: precision 0.800 (0.700-0.900), recall 0.660 (0.560-0.760), F1 0.720 (0.620-0.820)",
        "told as likely     pairs    mean   truly one",
        "0.00 to 0.05       1,200   0.012   0.500 (0.400-0.600)",
        "0.95 to 1.00           4   0.988   0.750 (0.650-0.850)",
        "Expected matches 5.2, true ones 1,006. Brier score 0.0123",
    ]
    assert notice == (
        f"Probabilities are of pairs {where}. 2 true pairs are not among them, and no threshold "
        "finds them. A Brier score is the mean squared distance from what is true: the less the "
        "better; 0.2345 is that of one probability for all pairs."
    )
