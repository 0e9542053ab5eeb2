"""Notices of samples by recruitment at their limits, and a study's record, worked by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from suar_research.answers import Answer, Limits, Refused
from suar_research.mse import threshold
from suar_research.mse.tables import CaptureTable
from suar_research.rds import diagnostics, notices
from suar_research.rds.diagnostics import Tree, Wave
from suar_research.rds.made_up import population_like
from suar_research.rds.panel import Panel
from suar_research.rds.reading import Columns, read
from suar_research.reading import Unreadable
from suar_research.studies import gate, outputs, protocol, record, telling
from support import DOCS
from support.samples import made


def chains(crossing):
    """Twenty chains of five who know six: those that cross go from `a` to `b` and back."""
    return read(
        made([(n, "" if n < 20 else n - 20, 6, "ab"[(n + n // 20 * crossing(n % 20)) % 2]) for n in range(100)]),
        Columns("said"),
    )


SAMPLE = chains(lambda chain: chain // 2 % 2)


def answer(name, estimate, wide=0.1, tree=0.1, settled=True):
    limits = {
        "salganik": (Limits(0.95, estimate - wide / 2, estimate + wide / 2),),
        "tree": (Limits(0.95, estimate - tree / 2, estimate + tree / 2),),
    }
    return Answer(name, estimate, limits, "m", 50, settled)


def said(*first, waves=None, trees=None, sample=SAMPLE, **more):
    """Give the notices of answers about `a`, `b` being the rest, without what is always said."""
    rest = [replace(each, estimate=1 - each.estimate) for each in first]
    parts = {"answers": {"a": list(first), "b": rest}, "refused": [], "lost": {}, "populations": (), **more}
    waves = waves or [Wave(at, 20, (0.5, 0.5)) for at in range(5)]
    trees = trees or diagnostics.by_tree(sample)
    return notices.notices(sample, Panel(**parts), waves, trees)[:-1]


def test_a_calm_sample_is_told_nothing_and_the_first_wave_is_enough():
    assert said(answer("rds1", 0.4), answer("rds2", 0.41)) == []


@pytest.mark.parametrize(
    ("low", "high", "apart"),
    [(0.4, 0.45, False), (0.4, 0.4501, True), (0.02, 0.0297, False), (0.02, 0.0298, True)],
)
def test_methods_disagree_from_five_points_or_odds_of_one_and_a_half_on(low, high, apart):
    told = said(answer("rds1", high), answer("mean", 0.001), answer("ss", low))
    assert [each.partition(":")[0] for each in told] == ["UNSTABLE"] * apart
    if apart:
        assert f"from {low:.1%} (ss) to {high:.1%} (rds1)" in told[0] and "'a'" in told[0]


def test_intervals_are_wide_or_trees_narrow_from_their_limits_on():
    assert said(answer("rds1", 0.4, 0.2499, 0.2499)) == []
    assert said(answer("rds1", 0.4, 0.2501, 0.2501))[0].startswith("Wide: the limits are over 25%")
    assert said(answer("rds1", 0.4, 0.2, 0.1601)) == []
    told = said(answer("rds1", 0.4, 0.2, 0.1599), answer("rds2", 0.4))
    assert len(told) == 1 and "narrower interval than another way for rds1:" in told[0]


def test_shares_that_move_after_two_thirds_of_the_waves_are_told():
    steps = [Wave(at, 20, (share, 1 - share)) for at, share in enumerate((0.1, 0.2, 0.5, 0.5199))]
    assert said(answer("rds1", 0.4), waves=steps) == []
    moved = [*steps[:3], Wave(3, 20, (0.5201, 0.4799))]
    told = said(answer("rds1", 0.4), waves=moved)
    assert told == ["Not settled: the share of 'a' still moved by 2.0 percentage points after wave 2 of 3."]
    unknown = [*steps[:3], Wave(3, 20, (float("nan"),) * 2)]
    assert said(answer("rds1", 0.4), waves=unknown) == []


def tree(value, people, share=0.5):
    return Tree(value, people, 3, (share, 1 - share), (0.5, 0.5))


def test_seeds_and_trees_are_told_from_their_limits_on():
    own = answer("rds1", 0.4)
    assert said(own, trees=[tree("a", 50), tree("b", 50)]) == []
    assert said(own, trees=[tree("a", 51), tree("b", 49)]) == ["51 of 100 people come from one seed."]
    assert said(own, trees=[tree("a", 50), tree("a", 50)]) == ["All 2 seeds said 'a': estimates lean to them."]
    assert said(own, trees=[tree("a", 50), tree(None, 50)]) == []
    assert said(own, trees=[tree(None, 50), tree(None, 50)]) == []
    assert said(own, trees=[tree("a", 100)])[0].startswith("One seed")
    apart = [tree("a", 30, 0.351), tree("b", 30, 0.65), tree("b", 29, 0.99)]
    assert said(own, trees=apart) == []
    wider = [tree("a", 30, 0.344), *apart[1:]]
    assert said(own, trees=wider)[0].startswith("Bottleneck: trees of 30 people and more say from 34% to 65% of 'a'.")
    assert said(own, trees=[tree("a", 30, 0.1), tree("b", 29, 0.9)]) == []


def test_groups_that_only_recruit_each_other_never_forget_who_began():
    own = [answer("rds1", 0.4)]
    assert said(*own, sample=chains(lambda _: 1), waves=[Wave(9, 100, (0.5, 0.5))])[0] == (
        "Groups do not reach each other, or recruit each other only: recruitment never forgets who began it."
    )
    assert said(*own, waves=[Wave(0, 20, (0.5, 0.5))])[0].startswith("Too few waves: 0, where 1 ")


def test_a_large_part_replicates_and_refusals_are_told():
    own = answer("rds1", 0.4)
    assert said(own, populations=(500, 900)) == []
    assert said(own, populations=(900, 499))[0].startswith("The sample is 20% of 499 people")
    assert said(own, lost={"rds1": 1200})[0].startswith("Some replicates have no estimate: rds1 (1,200).")
    assert said(own, refused=[Refused("ss", "so it is")]) == ["ss: no estimate, so it is."]
    told = said(answer("rds1", 0.4, settled=False), answer("rds2", 0.4))
    assert told == ["The limits had not settled after 50 replicates for rds1."]


def test_a_made_up_population_has_the_contacts_and_leanings_of_its_sample():
    """All know six: 1,000 people, half of each kind, who recruit only the other kind."""
    like = population_like(chains(lambda _: 1), 1000)
    assert like.there.sum() == pytest.approx(1000)
    assert like.there[:2, 0] == pytest.approx([500, 500])
    assert like.leaning[:2, :2] == pytest.approx(np.array([[0.0, 2.0], [2.0, 0.0]]), abs=1e-6)


def test_a_list_that_holds_half_stays_in_the_model_though_its_odds_are_even():
    """Three lists, each with half of the people, alone and together: every effect is 0."""
    drawn = threshold.estimate(CaptureTable.of(("A", "B", "C"), dict.fromkeys(range(1, 8), 100)), seed=1)
    assert drawn.kept[:4].all() and len(drawn.total) == 200 * 100
    assert np.median(drawn.total) == pytest.approx(800, rel=0.05)


TODAY = date(2026, 11, 27)
GOOD = (DOCS / "examples" / "study.toml").read_text("utf-8")
AT = datetime(2026, 11, 27, 9, tzinfo=UTC)


def recorded(*what):
    """Give lines from pairs of a kind and a body, an hour apart."""
    lines = []
    for at, (kind, body) in enumerate(what):
        lines.append(record.made(kind, body, lines, AT + timedelta(hours=at)))
    return lines


def begun():
    found = protocol.read(GOOD, json_format=False)
    return ("registered", {"protocol": found, "plan_sha256": protocol.digest(found["plan"])})


def test_a_line_that_is_earlier_than_the_one_before_is_refused():
    lines = recorded(begun(), ("opened", {"data": [{"name": "d", "sha256": "x"}]}))
    late = record.made("opened", {"data": []}, lines, AT + timedelta(minutes=30))
    text = "".join(each.written() for each in (*lines, late))
    with pytest.raises(Unreadable, match="line 3: it is earlier than the line before"):
        record.read(text)
    same = record.made("opened", {"data": []}, lines, AT + timedelta(hours=1))
    assert len(record.read("".join(each.written() for each in (*lines, same)))) == 3


def test_a_study_is_told_from_its_first_line_to_its_last():
    opening = ("opened", {"data": [{"name": "d", "sha256": "x"}]})
    lines = recorded(begun(), opening, ("closed", {"summary": "s"}))
    told = telling.as_json(lines)
    assert told["registered"]["at"] == lines[0].at and told["closed"] == lines[2].at != lines[0].at
    assert told["opened"] == [{"sha256": "x", "at": lines[1].at, "line": 2}]
    assert telling.as_json(lines[:2])["closed"] is None and told["head"] == lines[2].hash
    names = [each["name"] for each in told["plan"]]
    assert outputs.never_shown(lines[:1], []) == outputs.never_shown(lines, []) == names
    shown = [outputs.Judged("r", outputs.PLANNED, names[0])]
    assert outputs.never_shown(lines, shown) == names[1:]
    other = [outputs.Judged("r", outputs.DEVIATION, names[0])]
    assert outputs.never_shown(lines, other) == names


def test_faults_of_a_plan_and_of_places_are_numbered_from_one():
    found = protocol.read(GOOD, json_format=False)
    one = found["plan"][0]
    found["plan"] = [{**one, "question": ""}, {**one, "run": "rm x"}, {**one, "name": ""}]
    places = [
        {"place": "A", "checked": "2025-11-27", "money": 1, "currency": "IDR"},
        {"place": "", "checked": "2025-11-26", "money": 1, "currency": "IDR"},
    ]
    found["referral"]["places"] = places
    assert [each.partition(". ")[0].rstrip(".") for each in gate.lacks(found, TODAY)] == [
        "[referral] place 2: it has no name",
        "[referral] place 2: services there were not checked within a year",
        "[[plan]] 1: an analysis needs a name of its own",
        "[[plan]] 1: it does not say which question it answers",
        "[[plan]] 2: an analysis needs a name of its own",
        "[[plan]] 2, run: it must begin with tabulate or estimate",
        "[[plan]] 3: an analysis needs a name of its own",
    ]
