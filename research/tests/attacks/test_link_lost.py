"""Attack: links that a salt loses make an estimate far too high."""

from collections import Counter
from itertools import product

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.linkage.matching import with_lost_links
from suar_research.linkage.tokens import TokenFile, format_tokens
from suar_research.mse.panel import stepwise
from suar_research.mse.tables import CaptureTable
from suar_research.running import Plan, Runner

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
    assert (tmp_path / "counts.csv").read_text("utf-8").splitlines() == ["a,b,count", "1,1,50", "1,0,50", "0,1,50"]
