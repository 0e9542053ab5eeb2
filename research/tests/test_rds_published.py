"""What the R package gives for four samples comes out again, and simulated draws agree."""

import csv

import numpy as np
import pytest

from suar_research.rds import study
from suar_research.rds.estimators import inclusion, transitions
from suar_research.rds.panel import methods_for
from suar_research.rds.samples import tallied
from support import samples

ROWS = list(csv.DictReader(samples.text("estimates").splitlines()))
# The published figures have four to six digits; theirs of `ss` have the noise of their draws.
CLOSE = {"ss": 0.003, "mean": 5.1e-5}


def found(row):
    sample = samples.sample(row["sample"])
    populations = [int(row["population"])] if row["population"] else []
    method = next(method for method in methods_for(populations) if method.name == row["method"])
    return method.estimator(tallied(sample))[0][sample.values.index(row["value"])]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.values()))
def test_a_published_share_comes_out_again(row):
    assert found(row) == pytest.approx(float(row["share"]), abs=CLOSE.get(row["method"], 1e-6))


def test_every_published_share_is_asked_about():
    assert len(ROWS) == 19
    assert {row["sample"] for row in ROWS} == set(samples.NAMES)


@pytest.mark.parametrize(
    ("name", "counts", "contacts"),
    [
        ("fauxmadrona", [[299, 57], [64, 70]], [6.067365, 10.742506]),
        ("fauxsycamore", [[289, 43], [83, 75]], [5.137723, 10.384194]),
    ],
)
def test_recruitments_and_contacts_are_those_published(name, counts, contacts):
    counted = tallied(samples.sample(name))
    assert counted.ties[0, :-1, :-1].tolist() == counts
    mixed = study.mixing(samples.sample(name))
    assert [item.contacts for item in mixed] == pytest.approx(contacts, abs=1e-6)
    assert [list(item.recruited) for item in mixed] == counts
    assert transitions(counted)[0].sum(axis=1) == pytest.approx([1, 1])


@pytest.mark.parametrize("name", ["fauxmadrona", "fauxsycamore", "faux"])
def test_every_weight_is_that_of_simulated_draws(name):
    """The package keeps weights for 1,000 people, which are simulated: rare contacts are noisy."""
    sample, column = samples.sample(name), samples.COLUMNS[name].degree
    counted = tallied(sample)
    chances = inclusion(counted.degrees, counted.people.sum(axis=1), 1000)[0]
    ours = dict(zip(sample.degrees.tolist(), 1 / chances, strict=True))
    kept = [(ours[int(row[column])], float(row["weights"])) for row in samples.rows(name)]
    mine, theirs = np.array(kept).T
    assert mine / mine.sum() == pytest.approx(theirs / theirs.sum(), rel=0.03)


def test_computed_chances_are_those_of_drawing_one_after_another():
    """Draw 200 of 400 people 4,000 times in proportion to contacts, nobody twice, and count."""
    degrees = np.array([1.0, 2, 5, 10, 40])
    there = np.array([150, 100, 80, 50, 20])
    clocks = np.random.default_rng(3).exponential(size=(4000, there.sum()))
    rank = np.argsort(clocks / np.repeat(degrees, there), axis=1)[:, :200]
    counted = np.bincount(np.repeat(np.arange(5), there)[rank.ravel()], minlength=5) / 4000
    chances = inclusion(degrees, counted[None], 400.0)[0]
    assert chances == pytest.approx(counted / there, abs=0.004)
    assert counted / chances == pytest.approx(there, rel=0.01)
