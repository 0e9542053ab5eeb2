"""`./suar link`: three houses, one key, counts that `./suar estimate mse` reads."""

import csv
import hashlib
import json
import random
import resource
import stat

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.linkage import tokens
from suar_research.linkage.tokens import TokenFile
from suar_research.mse.tables import read_lists
from support import linkage_world as world


def link(*words):
    return main(["link", *map(str, words)])


@pytest.fixture
def houses(tmp_path):
    """Three lists encoded by their houses; gives the folder and the files of tokens."""
    assert link("key", "coast 2026", "--out", tmp_path / "key") == 0
    assert link("schema", "--unsalted", "--out", tmp_path / "schema") == 0
    whole, chance = world.people(300, seed=4), random.Random(2)
    for name, on in {
        "police": range(180),
        "shelter": range(90, 240),
        "clinic": range(150, 300),
    }.items():
        rows = [world.with_slips(whole[at], chance) for at in on]
        (tmp_path / f"{name}.csv").write_text(world.as_csv(rows), "utf-8")
        assert encoded(tmp_path, name) == 0
    return tmp_path, [tmp_path / f"{name}.tokens" for name in ("police", "shelter", "clinic")]


def encoded(folder, name, *, key="key"):
    return link(
        "encode",
        folder / f"{name}.csv",
        "--house",
        name,
        "--key",
        folder / key,
        "--schema",
        folder / "schema",
        "--out",
        folder / f"{name}.tokens",
        "--rows",
        folder / f"{name}.rows",
    )


def table_of(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_tokens_become_counts_that_the_estimate_reads(houses, capsys):
    folder, tokens = houses
    capsys.readouterr()
    assert link("match", *tokens, "--out", folder / "counts.csv", "--review", folder / "look.csv", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    table = read_lists((folder / "counts.csv").read_text("utf-8"))["all"]
    assert table.lists == ("police", "shelter", "clinic")
    assert said["people"] == sum(table.counts) and 295 <= said["people"] <= 330
    assert [item["people"] for item in said["lists"]] == [180, 150, 150]
    assert said["lists"][0]["sha256"] == hashlib.sha256(tokens[0].read_bytes()).hexdigest()
    look = table_of(folder / "look.csv")
    assert len(look) == said["unsure_pairs"]
    assert all(float(row["alike"]) < 0.7 for row in look)


def test_what_is_given_away_holds_no_word_and_what_stays_is_its_owners(houses):
    folder, tokens = houses
    written = (folder / "police.csv").read_text("utf-8").splitlines()
    words = {word for row in csv.reader(written) for word in row if word}
    given = tokens[0].read_text("utf-8")
    assert not [word for word in words if len(word) > 3 and word in given]
    for kept in ("key", "police.rows", "police.tokens"):
        assert stat.S_IMODE((folder / kept).stat().st_mode) == 0o600
    rows = {row["code"] for row in table_of(folder / "police.rows")}
    assert rows == {line.split(",")[0] for line in given.splitlines()[1:]}


def test_nothing_is_written_over(houses, capsys):
    folder, _ = houses
    before = (folder / "police.rows").read_bytes(), (folder / "key").read_bytes()
    assert encoded(folder, "police") == 2
    assert link("key", "again", "--out", folder / "key") == 2
    assert "it exists already" in capsys.readouterr().err
    assert ((folder / "police.rows").read_bytes(), (folder / "key").read_bytes()) == before


def test_tokens_of_another_key_are_refused_by_name(houses, capsys):
    folder, tokens = houses
    assert link("key", "other", "--out", folder / "other") == 0
    for kept in (folder / "clinic.tokens", folder / "clinic.rows"):
        kept.unlink()
    assert encoded(folder, "clinic", key="other") == 0
    capsys.readouterr()
    assert link("match", *tokens, "--out", folder / "counts.csv") == 2
    assert "clinic.tokens: made with another key" in capsys.readouterr().err
    assert not (folder / "counts.csv").exists()
    assert link("match", tokens[0], tokens[0], "--out", folder / "counts.csv") == 2
    assert "two files are of this organisation" in capsys.readouterr().err


def test_a_pair_just_under_sure_is_not_told_as_sure(tmp_path):
    """Tokens of 2,000 and 2,001 bits that share 1,400: 2,800 of 4,001."""
    for house, bits in {"a": range(2_000), "b": range(600, 2_601)}.items():
        token = np.packbits(np.isin(np.arange(4_096), bits))[None]
        file = TokenFile(house, "k", "s", 4_096, ("x",), token)
        (tmp_path / house).write_text(tokens.format_tokens(file), "utf-8")
    assert (
        link(
            "match", tmp_path / "a", tmp_path / "b", "--out", tmp_path / "counts.csv", "--review", tmp_path / "look.csv"
        )
        == 0
    )
    [pair] = table_of(tmp_path / "look.csv")
    assert pair["alike"] == "0.699825"


def test_of_two_files_both_are_written_or_none_and_nothing_stays_beside(houses, capsys):
    folder, tokens = houses
    (folder / "police.rows").unlink()
    before = sorted(folder.iterdir())
    assert encoded(folder, "police") == 2, "new rows would name the wrong people of old tokens"
    assert link("match", *tokens, "--out", folder / "c.csv", "--review", folder / "key") == 2
    assert link("match", *tokens, "--out", folder / "c.csv", "--review", folder / "no/look") == 2
    assert sorted(folder.iterdir()) == before


def test_a_disk_that_is_full_leaves_no_name_behind(tmp_path, capsys):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        given = link("schema", "--out", tmp_path / "schema")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert given == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("given_name,sex\na,b\n", "column family_name: it is needed"),
        (world.as_csv([["siti", "", "", "", ""]]), "no row has words in 2"),
        ('given_name,sex\n"' + "a" * 200_000, "row 2: its cells cannot be told apart"),
    ],
)
def test_a_list_that_cannot_be_encoded_says_what_is_wrong(houses, capsys, text, said):
    folder, _ = houses
    (folder / "bad.csv").write_text(text, "utf-8")
    assert encoded(folder, "bad") == 2
    assert said in capsys.readouterr().err
    assert not (folder / "bad.tokens").exists() and not (folder / "bad.rows").exists()


def test_what_is_no_date_is_encoded_and_its_row_named_but_never_what_stands_there(houses, capsys):
    """Published lists hold such slips, and people are found in spite of them."""
    folder, _ = houses
    rows = world.people(20, seed=1)
    for at, word in enumerate(["31/2/1999", "2001-13-05", "", "unknown", "17 Aug 1999"]):
        rows[at][2] = word
    rows[7][4] = "kampung 5"
    rows.append(["", "", "1999-99-99", "", ""])
    (folder / "odd.csv").write_text(world.as_csv(rows), "utf-8")
    capsys.readouterr()
    assert encoded(folder, "odd") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "Column date_of_birth: 3 people have a date that is no day of the calendar, or is written "
        "neither as day, month, year nor as year, month, day (row 2, 3, 6). It was encoded" in said
    )
    assert "Left out, for they hold too little: row 22." in said
    assert "31/2" not in said and "Aug" not in said and said.count("Column ") == 1
    assert len(table_of(folder / "odd.rows")) == 20
    (folder / "one.csv").write_text(world.as_csv([*rows[:1], *rows[5:20]]), "utf-8")
    assert encoded(folder, "one") == 0
    assert "date_of_birth: 1 person has a date that is no day of the calendar" in " ".join(
        capsys.readouterr().out.split()
    )
    (folder / "even.csv").write_text(world.as_csv(rows[5:20]), "utf-8")
    assert encoded(folder, "even") == 0
    assert "calendar" not in capsys.readouterr().out


@pytest.mark.parametrize(("sparse", "named"), [(1, False), (4, True)])
def test_rows_that_can_hardly_be_found_are_named(houses, capsys, sparse, named):
    """Where 15% of rows have words in two columns only, the stepwise answer is a third too high."""
    folder, rows = houses[0], world.people(100, seed=3)
    for row in rows[:sparse]:
        row[2:] = ["", "-", ""]
    (folder / "poor.csv").write_text(world.as_csv(rows), "utf-8")
    words = ["--key", folder / "key", "--schema", folder / "schema", "--out", folder / "t", "--rows", folder / "r"]
    assert link("encode", folder / "poor.csv", "--house", "poor", *words) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert (f"{sparse} rows have words in fewer than half of the columns (row 2, 3, 4, 5)" in text) is named


def test_lines_of_an_old_machine_are_lines(houses):
    folder, _ = houses
    (folder / "old.csv").write_bytes(world.as_csv(world.people(3, seed=1)).replace("\n", "\r").encode())
    assert encoded(folder, "old") == 0
    assert len(table_of(folder / "old.rows")) == 3


@pytest.mark.parametrize("text", ["", "{}", "[" * 200_000, '{"suar_link_key": 1, "name": "a", "secret": "00"}'])
def test_what_is_no_key_is_refused_and_not_repeated(houses, capsys, text):
    folder, _ = houses
    (folder / "bad").write_text(text, "utf-8")
    (folder / "new.csv").write_text(world.as_csv(world.people(3, seed=1)), "utf-8")
    assert encoded(folder, "new", key="bad") == 2
    assert "it is no key of a linkage" in capsys.readouterr().err


@pytest.mark.parametrize("house", ["", "=1+1", "count", "a\nb", " a", "a" * 61])
def test_a_house_is_called_by_plain_words(tmp_path, house):
    assert link("encode", "x", "--house", house, "--key", "x", "--schema", "x", "--out", "x", "--rows", "x") == 2


@pytest.mark.parametrize(
    "words",
    [
        ["match", "one"],
        ["match", "a", "b", "--sure", "1.5"],
        ["match", "a", "b", "--unsure", "0.8"],
        ["x"],
    ],
)
def test_a_command_that_cannot_be_is_refused(tmp_path, words):
    assert link(*words, *(["--out", tmp_path / "x"] if words[0] == "match" else [])) == 2


def test_a_folder_that_is_not_there_is_said(tmp_path, capsys):
    assert link("schema", "--out", tmp_path / "none" / "schema") == 2
    assert "cannot be written" in capsys.readouterr().err
