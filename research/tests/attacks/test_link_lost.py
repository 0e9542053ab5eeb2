"""Attack: links that a salt loses make an estimate far too high."""

import json
import random
import re
from collections import Counter
from itertools import product

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.linkage.matching import with_lost_links
from suar_research.linkage.schema import SALTED, as_year
from suar_research.linkage.tokens import Encoder, TokenFile, format_tokens
from suar_research.mse.panel import stepwise
from suar_research.mse.tables import CaptureTable
from suar_research.running import Plan, Runner
from support import linkage_world as world

PEOPLE, LOST = 4_000, 0.28


def split_counts(seed):
    """Return the counts of four independent lists, and those seen where records have wrong salts."""
    chance = np.random.default_rng(seed)
    on = chance.random((PEOPLE, 4)) < [0.4, 0.35, 0.3, 0.3]
    wrong = on & (chance.random(on.shape) < 1 - (1 - LOST) ** 0.5)
    seen = Counter(tuple(map(int, row)) for row in on & ~wrong if row.any())
    for at, number in enumerate(wrong.sum(axis=0).tolist()):
        seen[tuple(int(place == at) for place in range(4))] += number
    return Counter(tuple(map(int, row)) for row in on if row.any()), dict(seen)


def estimate(counts):
    table = CaptureTable.of(
        tuple("abcd"), {sum(1 << at for at, one in enumerate(on) if one): n for on, n in counts.items()}
    )
    return stepwise(table, Plan(seed=1, least=20, most=20), Runner()).estimate


def test_lost_links_make_the_estimate_too_high_and_the_correction_mends_it():
    seen = [split_counts(seed)[1] for seed in range(3)]
    assert min(map(estimate, seen)) > 1.25 * PEOPLE
    corrected = [with_lost_links(counts, LOST) for counts in seen]
    assert np.mean([estimate(counts) for counts in corrected]) == pytest.approx(PEOPLE, rel=0.05)
    for before, after in zip(seen, corrected, strict=True):
        for at in range(4):
            assert sum(n for on, n in after.items() if on[at]) == sum(n for on, n in before.items() if on[at])


def test_without_lost_links_nothing_changes():
    counts = {on: 7 for on in product((0, 1), repeat=3) if any(on)}
    assert with_lost_links(counts, 0.0) == dict(sorted(counts.items(), reverse=True))


def test_the_command_writes_corrected_counts_and_says_so(tmp_path, capsys):
    """Forty people on both lists were found; with a quarter lost there are more, and each list stays as long."""
    chance = np.random.default_rng(4)
    bits = chance.integers(0, 256, (160, 64), dtype=np.uint8)
    for name, rows in {"a": range(100), "b": range(60, 160)}.items():
        codes = tuple(f"{name}{row}" for row in rows)
        file = TokenFile(name, "k", "s", 512, codes, bits[list(rows)], True)
        (tmp_path / name).write_text(format_tokens(file), "utf-8")
    words = ["link", "match", tmp_path / "a", tmp_path / "b", "--sure", "0.9", "--unsure", "0.8"]
    assert main([*map(str, words), "--lost", "0.2", "--out", str(tmp_path / "counts.csv")]) == 0
    assert "20% of true pairs were lost" in " ".join(capsys.readouterr().out.split())
    assert (tmp_path / "counts.csv").read_text("utf-8").splitlines() == [
        "a,b,salt_lost,count",
        "1,1,0.2,50",
        "1,0,0.2,50",
        "0,1,0.2,50",
    ]


def answer(capsys, *words):
    """Return the answer of a command as JSON."""
    capsys.readouterr()
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def salted_lists(folder, people=1_200, wrong=0.15):
    """Write four salted lists, a share of whose records have a wrong year, and the pairs on the first two."""
    chance, everybody = random.Random(5), world.people(people, seed=5)
    encoder, on = Encoder(SALTED, b"k" * 32), {}
    for name, share in zip("abcd", (0.5, 0.45, 0.4, 0.4), strict=True):
        on[name] = [at for at in range(people) if chance.random() < share]
        rows = [list(everybody[at]) for at in on[name]]
        for row in rows:
            row[2] = f"{int(row[2][:4]) + (chance.random() < wrong)}{row[2][4:]}"
        tokens = np.array([encoder.token(row, as_year(row[2])) for row in rows])
        codes = tuple(f"{name}{at}" for at in on[name])
        (folder / name).write_text(
            format_tokens(TokenFile(name, "k", "s", SALTED.length, codes, tokens, True)), "utf-8"
        )
    both = "".join(f"a{at},b{at}\n" for at in sorted({*on["a"]} & {*on["b"]}))
    (folder / "same.csv").write_text(f"a,b\n{both}", "utf-8")
    return [folder / name for name in "abcd"]


@pytest.mark.slow
def test_known_pairs_say_the_share_and_without_it_the_estimate_says_how_far_off_it_is(tmp_path, capsys):
    """15% of records have a wrong year, so 28% of pairs are lost; 1,200 people are true."""
    lists, out, truth = salted_lists(tmp_path), tmp_path / "out.csv", tmp_path / "same.csv"
    judged = answer(capsys, "link", "match", *lists, "--probable", "0.5", "--truth", truth, "--out", out)
    lost = 1 - judged["truth"]["at_probable"]["recall"]["value"]
    assert lost == pytest.approx(0.28, abs=0.07)
    quick = ("--methods", "stepwise", "--replicates", "20")
    before = answer(capsys, "estimate", "mse", out, *quick)
    assert before["notices"][0].startswith("TOO HIGH")
    too_high = int(re.search(r"If 28% .* is (\d+)% too high", before["notices"][0])[1])
    assert before["methods"][0]["estimate"] / 1_200 - 1 == pytest.approx(too_high / 100, abs=0.12)
    out.unlink()
    assert main([*map(str, ["link", "match", *lists, "--probable", "0.5", "--truth", truth, "--out", out])]) == 0
    assert f"`--lost {lost:.2f}`" in " ".join(capsys.readouterr().out.split())
    out.unlink()
    answer(capsys, "link", "match", *lists, "--probable", "0.5", "--lost", f"{lost:.2f}", "--out", out)
    after = answer(capsys, "estimate", "mse", out, *quick)
    assert f"corrected as if {lost:.0%}" in after["notices"][0]
    assert after["methods"][0]["estimate"] == pytest.approx(1_200, rel=0.1)


def test_a_person_on_four_lists_is_six_pairs_found_and_not_three(tmp_path, capsys):
    """Nearly all pairs are found, and the forecast says so, though fewer were joined."""
    words = ["link", "match", *salted_lists(tmp_path, wrong=0.0), "--probable", "0.5", "--out", tmp_path / "out.csv"]
    found = answer(capsys, *words)
    assert found["model"]["matches"] < 0.9 * found["model"]["expected_matches"]
    assert found["model"]["expected_recall"] > 0.97
    assert not any("expected to be missed" in notice for notice in found["notices"])


@pytest.mark.parametrize("share", ["", "much", "0.95", "-0.1"])
def test_a_share_that_is_none_is_refused(tmp_path, capsys, share):
    rows = ["1,0,0,SHARE,90", "0,1,0,SHARE,70", "0,0,1,SHARE,60", "1,1,0,SHARE,20", "1,0,1,SHARE,16", "0,1,1,0,12"]
    (tmp_path / "counts.csv").write_text("\n".join(["a,b,c,salt_lost,count", *rows]).replace("SHARE", share), "utf-8")
    assert main(["estimate", "mse", str(tmp_path / "counts.csv")]) == 2
    assert "column salt_lost" in capsys.readouterr().err
