"""Attack: tables of nested columns give hidden cells away to an attacker who knows how codes nest."""

import json
from itertools import product

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.releases import dependencies
from suar_research.releases.auditing import audit
from suar_research.releases.cells import HIDDEN, People, Published, Rules, as_json, of_json
from suar_research.releases.making import design_of, make
from support.nested_world import intervals, nested

RULES = Rules()


def narrowest(seed):
    """Return the narrowest interval of a hidden cell, or None where the release is refused."""
    people, tables, allowed = nested(seed)
    try:
        made = make(people, design_of(people, tables, {}), RULES)
    except Unreadable:
        return None
    assert not audit([[made.published]], RULES).weak
    return min((high - low for low, high in intervals(made.published, allowed).values()), default=RULES.width)


def assert_protected(seeds):
    widths = [narrowest(seed) for seed in seeds]
    made = [width for width in widths if width is not None]
    assert len(made) > 0.6 * len(widths), "most files can be released"
    assert [width for width in made if width < RULES.width] == []


def test_no_hidden_cell_of_nested_columns_is_worked_out():
    assert_protected(range(10))


@pytest.mark.long
def test_no_hidden_cell_of_200_nested_files_is_worked_out():
    assert_protected(range(200))


@pytest.mark.parametrize("seed", range(6))
def test_somebody_alone_in_a_cell_works_out_no_other_small_cell(seed):
    people, tables, allowed = nested(seed)
    published = make(people, design_of(people, tables, {}), RULES).published
    counted = people.counted(published.design)
    person = {key: int(people.rows_of(dict(key)).argmax()) for key, count in counted.items() if count == 1}
    for key, row in person.items():
        limits = intervals(published, allowed, {key: 1})
        others = {cell for cell in limits if counted[cell] < RULES.threshold and person.get(cell) != row}
        assert all(limits[cell][0] < limits[cell][1] for cell in others)


def test_codes_that_are_known_not_to_go_together_stay_hidden_where_empty_cells_are():
    people, _, _ = nested(4)
    published = make(people, design_of(people, [("district", "province")], {}), Rules(zeros=HIDDEN)).published
    empty = [key for key, count in people.counted(published.design).items() if not count]
    assert empty and all(published.counts[key] is None for key in empty)
    assert not audit([[published]], Rules(zeros=HIDDEN)).weak
    assert of_json(json.loads(json.dumps(as_json(published)))) == published


def test_columns_that_nest_are_found_and_independent_ones_are_not():
    people, _, _ = nested(2)
    pairs = {tuple(dict(key)) for key in dependencies.find_impossible(people, people.names)}
    assert {("district", "province"), ("age", "minor")} <= pairs
    chance = np.random.default_rng(5)
    false = sum(dependencies.dependent(chance.multinomial(60, np.full(40, 1 / 40)).reshape(8, 5)) for _ in range(200))
    assert false < 20


def test_tables_beyond_the_limit_are_attacked_two_by_two_and_the_answer_says_so(tmp_path, capsys):
    """A district of three people is hidden; the columns cross too many codes for one attack."""
    chance = np.random.default_rng(3)
    names = ("district", "province", *(f"v{at}" for at in range(5)))
    rows = []
    for number in range(3_000):
        district = 0 if number < 3 else int(chance.integers(1, 6))
        rows.append([f"d{district}", f"p{district % 2}", *(f"c{code}" for code in chance.integers(0, 9, 5))])
    (tmp_path / "people.csv").write_text("\n".join(map(",".join, [names, *rows])), "utf-8")
    tables = ["district", "province", *(f"v{at}" for at in range(5))]
    options = [word for name in tables for word in ("--by", name)]
    assert main(["release", "tables", str(tmp_path / "people.csv"), *options, "--out", str(tmp_path / "out.csv")]) == 0
    answer = " ".join(capsys.readouterr().out.split())
    assert "All tables at once were NOT attacked" in answer and "no hidden cell can be worked out" not in answer


def test_a_hierarchy_can_be_declared_and_must_fit_the_people(tmp_path, capsys):
    """Too few people to see that the columns nest: the file says so."""
    at = np.array(list(product(range(2), range(2))))[[0, 0, 3]]
    people = People(("a", "b"), (("a0", "a1"), ("b0", "b1")), at, np.array([8, 9, 7]))
    declared = dependencies.declared("a,b\na0,b0\na1,b1\n", people).impossible
    assert declared == {(("a", "a0"), ("b", "b1")), (("a", "a1"), ("b", "b0"))}
    with pytest.raises(Unreadable, match="some people have codes together"):
        dependencies.declared("a,b\na0,b1\na1,b1\n", people)
    design = design_of(people, [("a",), ("b",)], {})
    counts = {key: None if key else 24 for key in design.cells()} | {(("a", "a0"),): 17}
    published = Published(design, counts, RULES, impossible=declared)
    assert {item.low for item in audit([[published]], RULES).weak} == {7, 17}
    (tmp_path / "people.csv").write_text("a,b\n" + "a0,b0\n" * 17 + "a1,b1\n" * 7, "utf-8")
    (tmp_path / "codes.csv").write_text("a,b\na0,b0\na1,b1\n", "utf-8")
    words = ["release", "tables", str(tmp_path / "people.csv"), "--by", "a", "--by", "b"]
    assert main([*words, "--hierarchy", str(tmp_path / "codes.csv")]) == 0
    assert "the codes of a and b" in " ".join(capsys.readouterr().out.split())
