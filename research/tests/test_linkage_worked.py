"""Linkage worked by hand: how words are cut, what a file must be, who is joined, what is said."""

import argparse
import json

import numpy as np
import pytest

from suar_research import command
from suar_research.linkage import cleaning, files, keys, matching, schema, telling
from suar_research.linkage.__main__ import parser
from suar_research.linkage.cleaning import CLEANED
from suar_research.linkage.encoding import encode
from suar_research.linkage.files import TokenFile
from suar_research.linkage.judging import Judged, Truth, thresholds
from suar_research.linkage.matching import Pair
from suar_research.linkage.schema import CUTS, Feature, Salt, Schema
from suar_research.linkage.similarity import counted, pairs_above
from suar_research.linkage.tokens import parts_of, shares
from suar_research.linkage.writing import Written, write_new
from suar_research.reading import Unreadable

KEY = keys.LinkKey("coast", bytes(range(32)))


def refused(work, *words):
    with pytest.raises(Unreadable) as found:
        work(*words)
    return list(found.value.problems)


@pytest.mark.parametrize(
    ("cut", "placed", "parts"),
    [
        ("letters", False, ["a", "b", "c"]),
        ("pairs", False, [" a", "ab", "bc", "c "]),
        ("triples", False, ["  a", " ab", "abc", "bc ", "c  "]),
        ("whole", False, ["abc"]),
        ("letters", True, ["1 a", "2 b", "3 c"]),
    ],
)
def test_words_are_cut_into_parts_with_spaces_around(cut, placed, parts):
    assert parts_of("abc", CUTS[cut], placed=placed) == parts
    assert parts_of("", CUTS[cut], placed=placed) == []


def test_bits_are_shared_out_as_evenly_as_can_be():
    assert shares(10, 4) == [3, 3, 2, 2] and shares(2, 3) == [1, 1, 0] and shares(5, 0) == []


@pytest.mark.parametrize(
    ("kind", "word", "wanted"),
    [
        ("name", "  Nguyễn-Văn  O'Đức ", "nguyen van o đuc"),
        ("number", "No. 12b-3", "123"),
        ("number", "\N{KHMER DIGIT ONE}\N{KHMER DIGIT TWO}", "12"),
        ("date", "3/4/1990", "19900403"),
        ("date", "1990.4.3", "19900403"),
        ("date", "03-04-90", "030490"),
        ("date", "13/13/1990", "19901313"),
        ("year", "3 4 1990", "1990"),
        ("year", "1990", "1990"),
        ("year", "199", ""),
        ("year", "19904", ""),
        ("as_it_is", " O. ", " O. "),
    ],
)
def test_words_are_cleaned_by_their_kind(kind, word, wanted):
    assert CLEANED[kind](word) == wanted


@pytest.mark.parametrize(
    ("word", "none"),
    [
        ("17/8/1999", False),
        ("1999-08-17", False),
        ("19990817", False),
        ("29.2.2000", False),
        ("\N{KHMER DIGIT ONE}/1/2000", False),
        ("", False),
        ("-", False),
        ("unknown", False),
        ("13/13/1990", True),
        ("8/17/1999", True),
        ("29.2.1999", True),
        ("1999-00-17", True),
        ("0000-01-01", True),
        ("1999", True),
        ("03-04-90", True),
        ("17 August 1999", True),
        ("199908170", True),
    ],
)
def test_what_is_no_day_of_the_calendar_is_told_from_a_date_and_from_nothing(word, none):
    assert cleaning.is_no_date(word) is none


def test_every_feature_has_two_whole_keys_of_its_own():
    for number in (1, 7, 20):
        drawn = keys.feature_keys(KEY.secret, number)
        every = [each for pair in drawn for each in pair]
        assert [len(pair) for pair in drawn] == [2] * number
        assert {len(each) for each in every} == {64} and len(set(every)) == 2 * number
    assert len(KEY.mark) == 16 and KEY.mark != keys.LinkKey("coast", bytes(32)).mark
    made = keys.made("coast")
    assert (made.name, len(made.secret)) == ("coast", 32) and made.secret != keys.made("x").secret
    assert keys.read(keys.written(made)) == made
    assert keys.salted(KEY.secret, "1990") != keys.salted(KEY.secret, "") != KEY.secret
    told = json.loads(keys.written(KEY))
    for broken in (
        {**told, "suar_link_key": 2},
        {**told, "secret": "ab" * 31},
        [told],
        "x",
        {**told, "secret": "zz" * 32},
        {"suar_link_key": 1, "name": "x"},
    ):
        assert refused(keys.read, json.dumps(broken)) == [keys.NO_KEY]


def agreed(**more):
    return {"features": [{"column": "a"}, {"column": "b", "bits": 400}], **more}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"features": []}, "features: 0 of them; from 1 to 20 can be used"),
        ({"features": [{"column": f"c{at}", "bits": 1} for at in range(21)]}, "features: 21 of"),
        (agreed(x=1), "`x` is not known"),
        (agreed(features=[{"column": 1}]), "feature 1: a `col"),
        (agreed(features=[{"column": "a", "y": 1}]), "feature 1: `y` is not known"),
        (agreed(features=[{"column": "a", "cut": "x"}]), "feature 1: `cut` is one of letters"),
        (agreed(features=[{"column": "a", "kind": "x"}]), "feature 1: `kind` is one of name"),
        (agreed(features=[{"column": "a", "bits": 0}]), "feature 1: `bits` is a whole number"),
        (agreed(features=[{"column": "a", "bits": 401}]), "feature 1: `bits` is a whole number"),
        (agreed(features=[{"column": "a", "bits": True}]), "feature 1: `bits` is a whole number"),
        (agreed(features=[{"column": "a", "placed": 1}]), "feature 1: `placed` is true or false"),
        (agreed(salt={}), "salt: a `column` with its name is needed"),
        (agreed(salt={"column": "a", "z": 1}), "salt: `z` is not known"),
        (agreed(salt={"column": "a", "kind": "x"}), "salt: `kind` is one of"),
        (agreed(length=1000), "`length` is one of 512, 1024, 2048, 4096"),
        (agreed(hashed="x"), "`hashed` is one of independent, double"),
        (agreed(folds=3), "`folds` is 0, 1 or 2"),
        (agreed(folds=True), "`folds` is 0, 1 or 2"),
        (agreed(features=[{"column": "a"}, {"column": "a"}]), "features: a column stands twice"),
        (agreed(length=1024), "features: 480 bits are too many for a token of 1024"),
    ],
)
def test_a_schema_that_cannot_be_says_what_and_where(raw, said):
    assert refused(schema.read, json.dumps(raw))[0].startswith(said)


def test_a_schema_has_the_values_that_are_not_said():
    read = schema.read(json.dumps(agreed(salt={"column": "d"})))
    assert read.features[0] == Feature("a", "pairs", 80, "name", False)
    assert (read.length, read.hashed, read.folds, read.salt) == (
        2048,
        "independent",
        0,
        Salt("d", "year"),
    )
    assert (read.columns, read.needed) == (["a", "b"], ["a", "b", "d"])
    assert schema.read(schema.written(read)) == read and len(read.mark) == 16
    most = agreed(features=[{"column": "a", "bits": 400}, {"column": "b", "bits": 60}])
    assert schema.read(json.dumps({**most, "length": 512, "folds": 1})).folds == 1
    with pytest.raises(Unreadable):
        schema.read(json.dumps({**most, "length": 512, "folds": 0}))
    assert "salt" not in json.loads(schema.written(schema.NAMES_AND_BIRTH))


def test_who_has_too_little_is_left_out_and_codes_say_nothing():
    text = "a,b,d\nAna,Bo,1990\n-,Bo,1991\nIda,,\nEva,Fe,\nGus,Ha,1990\n"
    salted = Schema((Feature("a"), Feature("b")), 512, salt=Salt("d"))
    made = encode(text, salted, KEY, "police")
    assert sorted(row for _, row in made.rows) == [2, 5, 6]
    assert (made.left_out, made.without_salt, made.most_of_a_salt) == ((3, 4), (5,), 2)
    assert [code for code, _ in made.rows] == list(made.file.codes)
    assert {len(code) for code in made.file.codes} == {16} and len(set(made.file.codes)) == 3
    assert made.file.salted and made.file.tokens.shape == (3, 64)
    plain = encode(text, Schema((Feature("a"), Feature("b")), 512), KEY, "police")
    assert (plain.without_salt, plain.most_of_a_salt, plain.file.salted) == ((), 3, False)
    assert refused(encode, "a,b,d\nx,,\n", salted, KEY, "police") == [
        "no row has words in 2 of the columns of the schema"
    ]


def tokens(*rows, house="a", key="k", mark="s", salted=False):
    bits = np.array(rows, dtype=np.uint8).reshape(len(rows), -1)
    bits = np.pad(bits, ((0, 0), (0, 64 - bits.shape[1])))
    codes = tuple(f"{house}{at}" for at in range(len(rows)))
    return TokenFile(house, key, mark, 512, codes, bits, salted)


def test_files_of_tokens_are_compared_only_where_they_agree():
    first = tokens([1])
    others = [
        tokens([1], house=f"h{at}", **each)
        for at, each in enumerate(({}, {"key": "z"}, {"mark": "z"}, {"salted": True}))
    ]
    assert refused(files.check_together, [first, *others, first], list("pqrstu")) == [
        "r: made with another key than p",
        "s: made with another schema than p",
        "t is salted and p is not salted: one schema is needed for all",
        "a: two files are of this house",
    ]
    files.check_together([first, others[0]], ["p", "q"])
    again = files.read(files.written(tokens([1, 2], [3, 4], salted=True)))
    assert again.salted and again.tokens[:, :2].tolist() == [[1, 2], [3, 4]]
    for name in ("", " x", "=x", "count", "person", "list", "a" * 61, "a\nb"):
        assert files.house_problems(name)
    assert files.house_problems("a" * 60) == files.house_problems("7 harbours") == []


def test_rows_of_tokens_that_are_none_are_named():
    text = files.written(tokens([1], [2], [3]))
    head, one, two, three = text.splitlines()
    broken = "\n".join([head, one, "a1,AA==", two, "=x" + three[2:]])
    assert refused(files.read, broken) == [
        "row 3: not a code and a token of 512 bits",
        "row 5: not a code and a token of 512 bits",
        "a code stands twice",
    ]
    assert refused(files.read, head + "\n") == ["it holds nobody"]
    for odd, said in (
        ({"suar_tokens": 3}, "tokens of version 3; this program reads versions 1 and 2"),
        ({"suar_tokens": 0}, "tokens of version 0"),
        ({"suar_tokens": "1"}, "it is no file of"),
        ({"length": 100}, "it is no file of"),
        ({"house": "count"}, "it is no file of"),
        ({"key": 1}, "it is no file of"),
    ):
        line = json.dumps({**json.loads(head), **odd})
        assert refused(files.read, f"{line}\n{one}\n")[0].startswith(f"row 1: {said}")


def test_dice_is_twice_what_both_have_over_what_each_has():
    left = np.array([[0b1111, 0], [0, 0]], dtype=np.uint8)
    right = np.array([[0b0011, 0], [0b1111, 0b1111], [0, 0]], dtype=np.uint8)
    rows, columns, alike = pairs_above(left, right, 0.6)
    assert (rows.tolist(), columns.tolist()) == ([0, 0], [0, 1])
    assert alike == pytest.approx([4 / 6, 8 / 12])
    assert len(pairs_above(left, right, 2 / 3 + 1e-9)[0]) == 0
    assert [len(each) for each in pairs_above(left[:0], right, 0.5)] == [0, 0, 0]
    assert counted(right).tolist() == [2, 8, 0]


def test_the_most_alike_are_joined_first_and_nobody_twice_from_one_list():
    lists = [tokens(*[[1]] * 3, house=house) for house in "abc"]
    pairs = [
        Pair((0, 0), (1, 0), 0.9),
        Pair((1, 0), (2, 0), 0.9),
        Pair((0, 0), (1, 1), 0.8),
        Pair((0, 1), (2, 0), 0.75),
        Pair((0, 1), (1, 2), 0.7),
        Pair((0, 2), (1, 1), 0.69),
        Pair((0, 2), (2, 1), 0.68),
        Pair((1, 1), (2, 2), 0.6),
    ]
    found = matching.joined(lists, pairs, 0.7)
    assert found.people == (
        ((0, 0), (1, 0), (2, 0)),
        ((0, 1), (1, 2)),
        ((0, 2),),
        ((1, 1),),
        ((2, 1),),
        ((2, 2),),
    )
    assert [pair.alike for pair in found.sure] == [0.9, 0.9, 0.7]
    assert [pair.alike for pair in found.unsure] == [0.69]
    counts = matching.patterns(found.people, 3)
    assert list(counts.items()) == [
        ((1, 1, 1), 1),
        ((1, 1, 0), 1),
        ((1, 0, 0), 1),
        ((0, 1, 0), 1),
        ((0, 0, 1), 2),
    ]
    asked = argparse.Namespace(sure=0.7, unsure=0.6)
    told = telling.matched(lists, found, counts, asked, ["x", "y", "z"])
    assert (told["people"], told["on_several"], told["unsure_pairs"]) == (6, 2, 1)
    assert told["lists"][1] == {"house": "b", "people": 3, "sha256": "y"}
    assert told["notices"][1] == telling.NOT_SALTED and not told["salted"]
    words = telling.words(told).splitlines()
    assert words[:5] == [
        "a: 3 people",
        "b: 3 people",
        "c: 3 people",
        "Together: 6 different people, 2 on several lists.",
        "1 pairs are alike, and not enough.",
    ]


def test_a_judgement_is_printed_in_columns():
    lists = [tokens([1], house=house) for house in "ab"]
    rows = [Judged(0.7, 8, 6, 12), Judged(0.725, 0, 0, 12)]
    told = telling.judged(lists, Truth((0, 1), frozenset({(0, 0)})), rows, 0.7)
    assert (told["houses"], told["pairs"], told["at_sure"]["right"]) == (["a", "b"], 1, 6)
    assert told["at_sure"]["precision"]["value"] == 0.75 and told["at_sure"]["recall"]["value"] == 0.5
    assert told["at_sure"]["f1"]["value"] == 0.6 and told["thresholds"][1]["precision"] is None
    asked = argparse.Namespace(sure=0.7, unsure=0.6)
    found = matching.joined(lists, [], 0.7)
    said = telling.matched(lists, found, {(1, 0): 1, (0, 1): 1}, asked, ["", ""]) | {"truth": told}
    lines = telling.words(said).splitlines()
    table = lines[lines.index("1 pairs of a and b are known to be one person.") + 1 :]
    assert table[0].startswith("--sure      found   right   Precision")
    assert table[1].startswith("0.70    *       8       6   0.750 (0.409-0.929)")
    assert table[2].startswith("0.725           0       0   -                      0.000 (0.000-")


def test_thresholds_go_from_unsure_to_a_little_above_sure():
    assert thresholds(0.62, 0.7) == [0.62, 0.64, 0.66, 0.68, 0.7, 0.72, 0.74, 0.76, 0.78, 0.8]
    assert thresholds(0.5, 0.95)[-1] == 1.0 and len(thresholds(0.5, 0.95)) == 11
    assert thresholds(0.615, 0.7)[:3] == [0.615, 0.62, 0.64]


def test_rows_left_out_and_crowds_of_one_salt_are_told():
    text = "a,b,d\n" + "x,,1\n" * 12 + "Ana,Bo,1990\n" * 100
    made = encode(text, Schema((Feature("a"), Feature("b")), 512, salt=Salt("d")), KEY, "police")
    said = " ".join(telling.encoded(made, "out", "rows").split())
    assert "100 people are in out." in said and "rows tells which code is which row" in said
    assert "row 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more." in said
    assert "Of one salt there are as many as 100 people" in said
    assert "Without a salt" not in said and telling.NOT_SALTED not in said
    roomy = Schema((Feature("a"), Feature("b")), 2048, salt=Salt("d"))
    few = encode("a,b,d\nAna,Bo,\n" + "Ida,Bo,1990\n" * 99, roomy, KEY, "police")
    told = " ".join(telling.encoded(few, "out", "rows").split())
    assert "only among others without one: 1 person, row 2." in told
    assert "Of one salt" not in told and "Left out" not in told and "full" not in told


def test_files_are_written_all_or_none_and_for_whom_they_are(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    write_new(Written(str(one), "a"), Written(str(other), b"b", 0o644))
    assert (one.read_text(), other.read_bytes()) == ("a", b"b")
    assert [each.stat().st_mode & 0o777 for each in (one, other)] == [0o600, 0o644]
    with pytest.raises(command.Unusable):
        write_new(Written(str(tmp_path / "new"), "c"), Written(str(one), "d"))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "other"]


def test_what_is_not_said_to_a_match_has_its_value_and_shares_have_their_limits():
    asked = parser().parse_args(["match", "a", "b", "--out", "o"])
    assert (asked.review, asked.truth, asked.seed, asked.json) == (None, None, 1, False)
    assert parser().parse_args(["match", "a", "--out", "o", "--sure", "1"]).sure == 1
    for share in ("0", "1.01", "x", "nan"):
        with pytest.raises(SystemExit):
            parser().parse_args(["match", "a", "--out", "o", "--sure", share])
    with pytest.raises(SystemExit):
        command.answered(parser(), ["match", "a", "--out", "o"])


def test_pairs_to_look_at_are_named_by_house_and_code(tmp_path, capsys):
    same = [255] * 16
    near = [255] * 10 + [1] * 6
    for house, rows in (("police", [same, [0] * 15 + [255]]), ("shelter", [near])):
        (tmp_path / house).write_text(files.written(tokens(*rows, house=house)), "utf-8")
    words = [
        "match",
        str(tmp_path / "police"),
        str(tmp_path / "shelter"),
        "--sure",
        "0.9",
        "--out",
        str(tmp_path / "c"),
        "--review",
        str(tmp_path / "r"),
    ]
    assert command.answered(parser(), words) == 0
    alike = 2 * 86 / (128 + 86)
    assert (tmp_path / "r").read_text().splitlines() == [
        "house,code,other_house,other_code,alike",
        f"police,police0,shelter,shelter0,{alike:.6f}",
    ]
    assert (tmp_path / "c").read_text() == "police,shelter,count\n1,0,2\n0,1,1\n"
    capsys.readouterr()
    plain = [*words[:3], "--out", str(tmp_path / "plain"), "--json"]
    assert command.answered(parser(), plain) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["sure"], told["unsure"]) == (0.7, 0.62)
    assert (tmp_path / "plain").read_text() == "police,shelter,count\n1,1,1\n1,0,1\n"
