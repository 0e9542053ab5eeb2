"""With a salt, equal names of two years share nothing to count; and who has two years is lost."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.linkage import matching, schema, tokens
from suar_research.linkage.schema import NAMES_AND_BIRTH, SALTED, Salt, Schema, as_year
from suar_research.linkage.tokens import Encoder, encode
from support import linkage_world as world

KEY = tokens.LinkKey("test", b"k" * 32)
years = st.integers(1900, 2026).map(str)
ROW = ["siti ayu", "wijaya", "1999-08-17", "female", "garut"]


def dice(one, other):
    bits = [np.unpackbits(item).astype(int) for item in (one, other)]
    return 2 * int((bits[0] & bits[1]).sum()) / int(sum(bit.sum() for bit in bits))


def encoded(rows, agreed=SALTED, house="a"):
    return encode(world.as_csv(rows), agreed, KEY, house)


def link(*words):
    return main(["link", *map(str, words)])


@given(st.text("abdeghikmnorstu ", min_size=4, max_size=20), years, st.binary(min_size=32, max_size=32))
@settings(max_examples=40, deadline=None)
def test_one_salt_is_one_key_of_its_own(name, year, secret):
    words = [name, *ROW[1:]]
    own = Encoder(NAMES_AND_BIRTH, tokens.salted(secret, year))
    assert (Encoder(SALTED, secret).token(words, year) == own.token(words)).all()
    assert (Encoder(NAMES_AND_BIRTH, secret).token(words, year) != own.token(words)).any()


@given(years, years, st.binary(min_size=32, max_size=32))
@settings(max_examples=40, deadline=None)
def test_the_same_words_under_two_salts_are_as_alike_as_strangers(one, other, secret):
    encoder = Encoder(SALTED, secret)
    alike = dice(encoder.token(ROW, one), encoder.token(ROW, other))
    if one == other:
        assert alike == 1
    else:
        full = np.unpackbits(encoder.token(ROW, one)).mean()
        assert abs(alike - full) < 0.11, "by chance two tokens share about as much as they are full"


def test_keys_of_salts_are_all_different_and_none_is_the_plain_key_or_its_mark():
    salts = ["", "0", *map(str, range(1900, 2027)), "19", "1999 "]
    made = {tokens.salted(KEY.secret, salt) for salt in salts}
    assert len(made) == len(salts)
    assert KEY.secret not in made and KEY.mark not in {item.hex()[:16] for item in made}


@pytest.mark.parametrize(
    ("written", "year"),
    [
        ("17/8/1999", "1999"),
        ("1999-08-17", "1999"),
        ("19990817", "1999"),
        ("1999", "1999"),
        ("១៩៩៩", "1999"),
        ("199908", ""),
        ("17/8/99", ""),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_the_year_of_a_date_is_its_salt_however_it_is_written(written, year):
    assert as_year(written) == year


def test_a_date_written_otherwise_is_found_and_another_year_is_not():
    rows = world.people(60, seed=3)
    there = [[*row[:2], "/".join(reversed(row[2].split("-"))), *row[3:]] for row in rows[:30]]
    slipped = [[*row[:2], f"{int(row[2][:4]) + 1}{row[2][4:]}", *row[3:]] for row in rows[30:]]
    lists = [encoded(rows).file, encoded(there + slipped, house="b").file]
    assert len(matching.match(lists, sure=0.7, unsure=0.7).sure) == 30
    plain = [encoded(rows, NAMES_AND_BIRTH).file, encoded(there + slipped, NAMES_AND_BIRTH, "b").file]
    assert len(matching.match(plain, sure=0.7, unsure=0.7).sure) > 55


def test_people_without_a_salt_are_found_among_each_other_and_named():
    rows = world.people(40, seed=6)
    bare = [[*row[:2], "?" if at < 4 else row[2], *row[3:]] for at, row in enumerate(rows)]
    lists = [encoded(bare), encoded(bare, house="b")]
    assert lists[0].without_salt == (2, 3, 4, 5)
    assert len(matching.match([each.file for each in lists], sure=0.9, unsure=0.9).sure) == 40
    assert encoded(bare, NAMES_AND_BIRTH).without_salt == ()


def test_the_salt_may_stand_in_a_column_that_is_no_feature():
    agreed = Schema(NAMES_AND_BIRTH.features[:2], salt=Salt("born"))
    text = world.as_csv([[*ROW[:2], "1999"], [*ROW[:2], "2000"]], [*world.COLUMNS[:2], "born"])
    one, other = encode(text, agreed, KEY, "a").file.tokens
    assert dice(one, other) < 0.4
    with pytest.raises(Unreadable, match="column born: it is needed"):
        encode(world.as_csv([ROW]), agreed, KEY, "a")


def test_a_salt_that_is_said_to_be_a_date_and_is_none_is_named():
    agreed = Schema(NAMES_AND_BIRTH.features[:2], salt=Salt("born", "date"))
    born = ["1999-02-29", "2000-02-29", "", " 2000-02-30"]
    text = world.as_csv([[*ROW[:2], item] for item in born], [*world.COLUMNS[:2], "born"])
    assert encode(text, agreed, KEY, "a").no_dates == (("born", (2, 5)),)
    by_year = replace(agreed, salt=Salt("born"))
    assert encode(text, by_year, KEY, "a").no_dates == ()


def test_the_mark_of_a_schema_without_a_salt_stays_and_salts_have_their_own():
    assert NAMES_AND_BIRTH.mark == "c94255d190d34d55"
    by_date = replace(SALTED, salt=Salt("date_of_birth", "date"))
    assert len({item.mark for item in (NAMES_AND_BIRTH, SALTED, by_date)}) == 3
    for agreed in (NAMES_AND_BIRTH, SALTED, by_date):
        assert schema.parse_schema(schema.format_schema(agreed)) == agreed
    none = json.loads(schema.format_schema(NAMES_AND_BIRTH)) | {"salt": None}
    assert schema.parse_schema(json.dumps(none)) == NAMES_AND_BIRTH


@pytest.mark.parametrize(
    ("salt", "said"),
    [
        ("year", "salt: a `column`"),
        (False, "salt: a `column`"),
        ({"column": 1}, "salt: a `column`"),
        ({"column": "a", "kind": "x"}, "salt: `kind` is one of"),
        ({"column": "a", "kind": []}, "salt: `kind` is one of"),
        ({"column": "a", "cut": "pairs"}, "salt: `cut` is not known"),
    ],
)
def test_a_salt_that_cannot_be_used_says_why(salt, said):
    with pytest.raises(Unreadable, match=said):
        schema.parse_schema(json.dumps({"features": [{"column": "a"}], "salt": salt}))


def test_salted_tokens_are_a_file_of_another_version_and_read_as_they_were_written():
    made = encoded(world.people(5, seed=1)).file
    assert '"suar_tokens": 2' in tokens.format_tokens(made).splitlines()[0]
    assert tokens.parse_tokens(tokens.format_tokens(made)).salted
    plain = encoded(world.people(5, seed=1), NAMES_AND_BIRTH).file
    assert not tokens.parse_tokens(tokens.format_tokens(plain)).salted


@pytest.fixture
def folder(tmp_path):
    """A key, a schema salted and one not, and the list of a house."""
    assert link("key", "coast 2026", "--out", tmp_path / "key") == 0
    assert link("schema", "--out", tmp_path / "salted") == 0
    assert link("schema", "--unsalted", "--out", tmp_path / "plain") == 0
    rows = [["siti", "wijaya", "", "female", "garut"], *world.people(20, seed=9)]
    (tmp_path / "people.csv").write_text(world.as_csv(rows), "utf-8")
    return tmp_path


def encoding(folder, agreed, house):
    return link(
        "encode",
        folder / "people.csv",
        "--house",
        house,
        "--key",
        folder / "key",
        "--schema",
        folder / agreed,
        "--out",
        folder / f"{house}.tokens",
        "--rows",
        folder / f"{house}.rows",
    )


def test_the_suggested_schema_is_salted_and_without_is_a_choice_with_a_warning(folder, capsys):
    for more, said in (
        (["x"], "salted by year of birth"),
        (["y", "--unsalted"], "Not salted: anybody who"),
    ):
        assert link("schema", "--out", folder / more[0], *more[1:]) == 0
        assert said in " ".join(capsys.readouterr().out.split())
    assert schema.parse_schema((folder / "salted").read_text("utf-8")) == SALTED
    assert schema.parse_schema((folder / "plain").read_text("utf-8")) == NAMES_AND_BIRTH
    assert encoding(folder, "plain", "a") == 0
    assert "Not salted: anybody who has such tokens" in " ".join(capsys.readouterr().out.split())
    assert encoding(folder, "salted", "b") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Not salted" not in said
    assert "only among others without one: 1 person, row 2." in said


def test_salted_and_unsalted_tokens_are_refused_together(folder, capsys):
    assert encoding(folder, "plain", "a") == encoding(folder, "salted", "b") == 0
    for first, second, said in (("a", "b", "b.tokens is salted and"), ("b", "a", "is not salted")):
        capsys.readouterr()
        assert (
            link("match", folder / f"{first}.tokens", folder / f"{second}.tokens", "--out", folder / "counts.csv") == 2
        )
        assert said in " ".join(capsys.readouterr().err.split())
        assert not (folder / "counts.csv").exists()


def test_salts_with_many_people_are_said_and_few_are_not(folder, capsys):
    rows = [[*row[:2], f"2000{row[2][4:]}", *row[3:]] for row in world.people(160, seed=9)]
    (folder / "people.csv").write_text(world.as_csv(rows), "utf-8")
    capsys.readouterr()
    assert encoding(folder, "salted", "a") == 0
    assert "Of one salt there are as many as 160 people" in " ".join(capsys.readouterr().out.split())
    (folder / "people.csv").write_text(world.as_csv(rows[:10]), "utf-8")
    assert encoding(folder, "salted", "b") == 0
    assert "Of one salt" not in capsys.readouterr().out
