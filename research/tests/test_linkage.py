"""Tokens are those of the published scheme, pairs are exact, nobody is twice on one list."""

import base64
import json
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar_research.files import Unreadable
from suar_research.linkage import matching, schema, tokens
from suar_research.linkage.matching import pairs_above
from suar_research.linkage.schema import NAMES_AND_BIRTH, Feature, Schema, as_date, as_name, as_number
from suar_research.linkage.tokens import Encoder, TokenFile, encode, parts_of, shares
from support import linkage_world as world

FIXTURE = json.loads((Path(__file__).parent / "fixtures/linkage/clkhash.json").read_text("utf-8"))
AS_THERE = (
    ("given_name", "pairs", 80, False),
    ("surname", "pairs", 80, False),
    ("date_of_birth", "pairs", 80, True),
    ("street_number", "letters", 20, False),
    ("address_1", "pairs", 50, False),
    ("state", "whole", 10, False),
    ("postcode", "letters", 30, True),
)
HASHED = {"doubleHash": "double", "blakeHash": "independent"}
HEAD = '{"suar_tokens": 1, "house": "a", "key": "k", "schema": "s", "length": 512}\n'
TOKEN = base64.b64encode(bytes(64)).decode()
KEY = tokens.LinkKey("test", b"k" * 32)


@pytest.mark.parametrize("case", FIXTURE["cases"], ids=lambda case: case["hashed"])
def test_tokens_are_bit_for_bit_those_of_the_published_scheme(case):
    features = tuple(Feature(c, cut, bits, "as_it_is", on) for c, cut, bits, on in AS_THERE)
    agreed = Schema(features, 1024, HASHED[case["hashed"]], case["folds"])
    encoder = Encoder(agreed, b"tea for two")
    assert [encoder.token(row).tobytes().hex() for row in FIXTURE["rows"]] == case["tokens"]


def test_keys_are_derived_as_rfc_5869_shows():
    """Its third example: no salt, no info."""
    (first, _), *_ = tokens.feature_keys(bytes([0x0B]) * 22, 1)
    assert first[:42].hex() == ("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")


@given(st.integers(1, 40), st.integers(0, 40), st.integers(0, 2**32), st.sampled_from([0.4, 0.6]))
@settings(max_examples=60, deadline=None)
def test_pairs_are_exactly_those_that_are_alike_enough(left, right, seed, least):
    drawn = np.random.default_rng(seed)
    tokens = [np.packbits(drawn.random((n, 512)) < 0.35, axis=1) for n in (left, right)]
    if left and right:
        tokens[1][: min(left, right) // 2] = tokens[0][: min(left, right) // 2]
    found = {(i, j): d for i, j, d in zip(*pairs_above(tokens[0], tokens[1], least), strict=True)}
    bits = [np.unpackbits(token, axis=1).astype(int) for token in tokens]
    expected = {
        (i, j): 2 * (a & b).sum() / (a.sum() + b.sum()) for i, a in enumerate(bits[0]) for j, b in enumerate(bits[1])
    }
    assert found == pytest.approx({pair: d for pair, d in expected.items() if d >= least})


@pytest.mark.parametrize("least", [0.05, 0.6, 0.7, 0.9, 1.0])
def test_at_the_threshold_a_pair_is_in_and_a_bit_under_it_is_out(least):
    """Tokens of every fullness, none and all bits too; pairs that sit on it to the last digit."""
    full = np.arange(0, 513, 4)
    tokens = np.packbits(np.arange(512) < full[:, None], axis=1)
    found = set(zip(*(item.tolist() for item in pairs_above(tokens, tokens, least)[:2]), strict=True))
    exact = Fraction(str(least))
    assert found == {
        (i, j)
        for i, a in enumerate(full.tolist())
        for j, b in enumerate(full.tolist())
        if a + b and Fraction(2 * min(a, b), a + b) >= exact
    }
    assert (0, 0) not in found and (128, 128) in found


def test_lists_longer_than_a_block_are_compared_as_one(monkeypatch):
    drawn = np.random.default_rng(1)
    tokens = [np.packbits(drawn.random((n, 512)) < 0.35, axis=1) for n in (50, 70)]
    whole = [item.tolist() for item in pairs_above(tokens[0], tokens[1], 0.35)]
    for name, size in {"ROWS": 7, "COLUMNS": 9, "PAIRS": 3}.items():
        monkeypatch.setattr(matching, f"{name}_AT_ONCE", size)
    assert [item.tolist() for item in pairs_above(tokens[0], tokens[1], 0.35)] == whole
    assert len(whole[0]) > 100


def test_tokens_that_are_all_alike_are_refused_before_they_fill_the_machine():
    same = np.full((2_000, 64), 7, np.uint8)
    with pytest.raises(Unreadable, match="pairs of two lists are alike"):
        pairs_above(same, same, 0.7)


def lists_of(*rows_of_lists):
    return [encode(world.as_csv(rows), NAMES_AND_BIRTH, KEY, f"house{at}") for at, rows in enumerate(rows_of_lists)]


def test_people_on_three_lists_are_found_again_through_slips():
    whole, chance = world.people(700, seed=5), random.Random(8)
    on = [range(400), range(200, 600), range(300, 700)]
    lists = lists_of(*([world.with_slips(whole[at], chance) for at in item] for item in on))
    who = [{code: on[k][row - 2] for code, row in each.rows} for k, each in enumerate(lists)]
    made = [each.file for each in lists]
    matched = matching.match(made, sure=0.7, unsure=0.62)
    right = sum(
        len({who[at][made[at].codes[row]] for at, row in (pair.first, pair.second)}) == 1 for pair in matched.sure
    )
    assert right / len(matched.sure) > 0.95
    true_pairs = 200 + 300 + 100
    assert sum(len(p) * (len(p) - 1) // 2 for p in matched.people) > 0.9 * true_pairs
    counts = matching.patterns(matched.people, 3)
    assert sum(counts.values()) == len(matched.people)
    assert sum(count * sum(pattern) for pattern, count in counts.items()) == 1200


@given(st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_nobody_is_twice_on_one_list_and_everybody_is_there_once(seed):
    drawn = np.random.default_rng(seed)
    base = drawn.random((6, 512)) < 0.3
    made = []
    for at in range(3):
        bits = base[drawn.integers(0, 6, 8)] ^ (drawn.random((8, 512)) < 0.04)
        made.append(TokenFile(str(at), "k", "s", 512, tuple("abcdefgh"), np.packbits(bits, axis=1)))
    matched = matching.match(made, sure=0.6, unsure=0.5)
    assert sorted(r for person in matched.people for r in person) == [(at, row) for at in range(3) for row in range(8)]
    assert all(len({at for at, _ in person}) == len(person) for person in matched.people)
    for pair in matched.unsure:
        assert pair.alike < 0.6
        assert not any({pair.first, pair.second} <= set(person) for person in matched.people)


def test_another_key_or_schema_gives_tokens_that_nobody_finds():
    rows = world.people(40, seed=3)
    one, _ = lists_of(rows, rows)
    other = encode(world.as_csv(rows), NAMES_AND_BIRTH, tokens.LinkKey("x", b"o" * 32), "b")
    assert matching.match([one.file, other.file], sure=0.6, unsure=0.6).sure == ()
    with pytest.raises(Unreadable, match="another key"):
        tokens.check_together([one.file, other.file], ["a.txt", "b.txt"])


def test_order_and_codes_tell_nothing_and_poor_rows_are_left_out():
    poor = [["siti", "", "", "", ""], ["siti", "-", "unknown", "?", "..."]]
    rows = [*world.people(60, seed=2), *poor]
    first, second = lists_of(rows, rows)
    assert first.left_out == (62, 63)
    assert [row for _, row in first.rows] != sorted(row for _, row in first.rows)
    assert not set(first.file.codes) & set(second.file.codes)
    spread = [poor[at // 7 % 2] if at in (0, 14, 29) else row for at, row in enumerate(rows[:30])]
    assert lists_of(spread)[0].left_out == (2, 16, 31), "in the order of the file"


def test_a_file_of_tokens_is_read_as_it_was_written():
    (made,) = lists_of(world.people(5, seed=1))
    again = tokens.parse_tokens(tokens.format_tokens(made.file))
    assert again.codes == made.file.codes
    assert (again.tokens == made.file.tokens).all()
    assert "siti" not in tokens.format_tokens(made.file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no file of tokens"),
        ('{"suar_tokens": 2}\n', "no file of tokens"),
        ('{"suar_tokens": 3}\n', "row 1: tokens of version 3; this program reads versions 1 and 2"),
        (HEAD.replace("512", "9"), "no file"),
        (HEAD, "nobody"),
        (HEAD + "x,AAAA\n", "row 2: not a code and a token"),
        (HEAD + "=1+1," + TOKEN, "row 2: not a code and a token"),
        (HEAD + "x," + TOKEN + "\nx," + TOKEN, "a code stands twice"),
        (HEAD.replace('"a"', '"=1+1"'), "no file of tokens"),
        (HEAD.replace('"a"', '"count"'), "no file of tokens"),
        (HEAD.replace('"a"', '["a"]'), "no file of tokens"),
        (HEAD.replace("512", "512.0"), "no file of tokens"),
        (HEAD.replace("512", "[]"), "no file of tokens"),
        ("[" * 200_000, "no file of tokens"),
    ],
)
def test_a_file_of_tokens_that_cannot_be_used_says_why(text, said):
    with pytest.raises(Unreadable, match=said):
        tokens.parse_tokens(text)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("[]", "no schema"),
        ("[" * 200_000, "no schema"),
        ({"features": []}, "from 1 to 20"),
        ({"features": [{"cut": "pairs"}]}, "feature 1: a `column`"),
        ({"features": [{"column": "a", "cut": "x"}]}, "`cut` is one of"),
        ({"features": [{"column": "a", "bits": 0}]}, "`bits` is a whole number"),
        ({"features": [{"column": "a", "kind": 1}]}, "`kind` is one of"),
        ({"features": [{"column": "a", "placed": 1}]}, "`placed` is true or false"),
        ({"features": [{"column": "a", "x": 1}]}, "`x` is not known"),
        ({"features": [{"column": "a"}, {"column": "a"}]}, "stands twice"),
        ({"features": [{"column": "a"}], "length": 1000}, "`length` is one of"),
        ({"features": [{"column": "a"}], "hashed": "no"}, "`hashed` is one of"),
        ({"features": [{"column": "a"}], "folds": 3}, "`folds` is 0, 1 or 2"),
        ({"features": [{"column": "a", "bits": 400}], "length": 512}, "too many for a token"),
        ({"features": [{"column": "a"}], "more": 1}, "`more` is not known"),
    ],
)
def test_a_schema_that_cannot_be_used_says_why(raw, said):
    with pytest.raises(Unreadable, match=said):
        schema.parse_schema(raw if isinstance(raw, str) else json.dumps(raw))


def test_a_schema_is_read_as_it_was_written():
    assert schema.parse_schema(schema.format_schema(NAMES_AND_BIRTH)) == NAMES_AND_BIRTH


def test_words_are_brought_nearer_to_each_other():
    assert as_name("  Siti-NURHALÍZA ") == "siti nurhaliza"
    assert as_date("17/8/1999") == as_date("1999-08-17") == as_date("19990817") == "19990817"
    assert as_name("Rina_  (Sari)") == "rina sari"
    assert as_name("សុភា") == "សុភា" != as_name("សភ")
    assert as_name("مُحَمَّد") == "محمد"
    assert parts_of("ani", 2, placed=True) == ["1  a", "2 an", "3 ni", "4 i "]
    assert shares(7, 3) == [3, 2, 2]


@pytest.mark.parametrize("zero", [0x0660, 0x17E0, 0xFF10], ids=["Arabic", "Khmer", "full width"])
def test_digits_of_every_script_are_the_same_digits(zero):
    theirs = str.maketrans({str(n): chr(zero + n) for n in range(10)})
    for written in ("17/8/1999", "1999-8-17", "19990817"):
        assert as_date(written.translate(theirs)) == "19990817"
    assert as_number("012 34".translate(theirs)) == "01234"
