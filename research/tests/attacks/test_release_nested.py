"""Attack: tables of nested columns give hidden cells away to an attacker who knows how codes nest."""

import json
import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from suar_research.cli.main import main
from suar_research.files import Unreadable
from suar_research.releases import dependencies
from suar_research.releases.auditing import audit
from suar_research.releases.cells import HIDDEN, People, Published, Rules, as_json, of_json, read_people
from suar_research.releases.making import CELLS, design_of, make
from suar_research.releases.report import public_report, release_report
from suar_research.report import html
from support import DOCS
from support.nested_world import intervals, nested

RULES, EXAMPLES = Rules(), DOCS / "examples"


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


@pytest.mark.parametrize("seed", [0, 1, 2, 13, 19, 37])
def test_somebody_alone_in_a_cell_works_out_no_other_small_cell(seed):
    """In the last three files somebody would: more must be hidden than what strangers need."""
    people, tables, allowed = nested(seed)
    published = make(people, design_of(people, tables, {}), RULES).published
    counted = people.counted(published.design)
    person = {key: int(people.rows_of(dict(key)).argmax()) for key, count in counted.items() if count == 1}
    for key, row in person.items():
        limits = intervals(published, allowed, {key: 1})
        others = {cell for cell in limits if counted[cell] < RULES.threshold and person.get(cell) != row}
        assert all(limits[cell][0] < limits[cell][1] for cell in others)


def thin(large):
    """Return people of a few districts of many and ten of one person, each in a province; and what goes together."""
    lies_in = {f"d{at:02}": f"p{at % 2}" for at in range(len(large) + 10)}
    sizes = dict(zip(lies_in, [*large, *[1] * 10], strict=True))
    rows = [(place, lies_in[place], "FM"[at % 5 == 0]) for place, size in sizes.items() for at in range(size)]
    text = "\n".join(map(",".join, [("district", "province", "sex"), *rows]))
    return read_people(text), {("district", "province"): set(lies_in.items())}


LARGE = [(18, 21, 18, 15), *(pytest.param(sizes, marks=pytest.mark.long) for sizes in ((12, 24, 13, 23), (20, 14)))]


@pytest.mark.slow
@pytest.mark.parametrize("large", LARGE)
def test_districts_of_one_person_do_not_hide_how_the_others_nest(large):
    people, allowed = thin(large)
    assert {name for key in dependencies.find_impossible(people, people.names) for name in dict(key)} >= {"district"}
    published = make(people, design_of(people, [("province", "sex"), ("district", "sex")], {}), RULES).published
    assert [width for low, high in intervals(published, allowed).values() if (width := high - low) < RULES.width] == []


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


@pytest.mark.slow
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
    hidden = re.findall(r"^(d\d),(?:\(all\),)+hidden$", (tmp_path / "out.csv").read_text("utf-8"), re.M)
    assert "d0" in hidden and {"d2", "d4"} & {*hidden}, "its province less the others would give it away"


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


def ages(seed):
    """Return people whose age follows from two years, and all combinations that can be."""
    chance = np.random.default_rng(seed)
    births, years = chance.dirichlet(np.full(5, 2.0)), chance.dirichlet(np.full(3, 3.0))
    rows = []
    for _ in range(int(chance.integers(80, 250))):
        birth, year = int(chance.choice(5, p=births)), int(chance.choice(3, p=years))
        rows.append((f"b{birth}", f"r{year}", f"g{year + 4 - birth}", str(chance.choice(["F", "M"], p=[0.7, 0.3]))))
    return rows


def columns_of(rows, names):
    coded = [np.unique(column, return_inverse=True) for column in zip(*rows, strict=True)]
    codes = tuple(tuple(map(str, values)) for values, _ in coded)
    return People(names, codes, np.column_stack([at for _, at in coded]), np.ones(len(rows), np.int64))


AGES = ("birth", "registered", "age", "sex")


@pytest.mark.parametrize(
    "tables",
    [[("birth", "registered"), ("age", "registered")], [("age", "sex"), ("birth", "sex"), ("registered", "sex")]],
)
def test_three_columns_of_which_two_give_the_third_are_found(tables):
    """No two of them say so alone: the age is the year of registration less that of birth."""
    widths = []
    for seed in range(1, 5):
        rows = ages(seed)
        people = columns_of(rows, AGES)
        published = make(people, design_of(people, tables, {}), RULES).published
        allowed = {AGES[:3]: {(f"b{b}", f"r{r}", f"g{r + 4 - b}") for b in range(5) for r in range(3)}}
        widths += [high - low for low, high in intervals(published, allowed).values()]
    assert widths and min(widths) >= RULES.width


def test_three_independent_columns_are_not_taken_as_dependent():
    chance = np.random.default_rng(6)
    tables = [chance.multinomial(150, np.full(60, 1 / 60)).reshape(5, 4, 3) for _ in range(100)]
    assert sum(map(dependencies.dependent, tables)) < 5


def test_three_columns_can_be_declared():
    people = columns_of(ages(3), AGES)
    rows = [f"b{b},r{r},g{r + 4 - b}" for b in range(5) for r in range(3)]
    declared = dependencies.declared("\n".join(["birth,registered,age", *rows]), people).impossible
    assert (("age", "g3"), ("birth", "b2"), ("registered", "r2")) in declared
    assert (("age", "g0"), ("birth", "b0")) in declared
    assert not any({("age", "g0"), ("birth", "b0")} < set(key) for key in declared), "the two say it alone"


def released(folder, name, rows, table, *, series="coast"):
    """Release a table of district, province and sex, or some of these; return the exit code."""
    (folder / name).write_text("\n".join(map(",".join, rows)), "utf-8")
    words = ["release", "tables", folder / name, "--by", table, "--ledger", folder / "ledger", "--series", series]
    return main([*map(str, words)])


def test_nested_columns_of_another_time_or_series_are_refused(tmp_path, capsys):
    """The same people with districts in one release and provinces in the other give hidden districts away."""
    chance = np.random.default_rng(2)
    rows = [("district", "province", "sex")]
    for at in chance.choice(6, 150, p=[0.4, 0.3, 0.2, 0.05, 0.03, 0.02]):
        rows.append((f"d{at}", f"p{at % 2}", str(chance.choice(["F", "M"]))))
    recoded, grown = [row[1:] for row in rows], [*rows, *[("d0", "p0", "F")] * 8]
    assert released(tmp_path, "march.csv", rows, "district,sex") == 0
    assert released(tmp_path, "recoded.csv", recoded, "province,sex") == 2
    assert "column district: earlier releases" in " ".join(capsys.readouterr().err.split())
    assert released(tmp_path, "april.csv", grown, "province,sex") == 2
    assert "add --by district,sex" in " ".join(capsys.readouterr().err.split())
    assert released(tmp_path, "march.csv", rows, "province,sex", series="other") == 2
    assert "in series coast already" in " ".join(capsys.readouterr().err.split())
    assert released(tmp_path, "march.csv", rows, "province,sex") == 0, "the same people are protected together"
    assert released(tmp_path, "april.csv", grown, "sex") == 0, "nothing here depends on a district"


def test_groups_whose_people_all_have_one_code_are_named(tmp_path, capsys):
    """Nobody can work out how many they are, and everybody sees what they are."""
    rows = ["place,form", *["a,labour"] * 20, *["a,sexual"] * 12, *["b,sexual"] * 2, *["c,labour"] * 9, "c,sexual"]
    (tmp_path / "people.csv").write_text("\n".join(rows), "utf-8")
    words = ["release", "tables", str(tmp_path / "people.csv"), "--by", "place,form"]
    assert main(words) == 0
    assert "form sexual, place b" in " ".join(capsys.readouterr().out.split())
    assert main([*words, "--zeros", "hidden"]) == 0
    assert "same code" not in capsys.readouterr().out


def test_an_audit_of_files_says_that_it_does_not_know_which_codes_nest(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("a,b,count\nx,(all),9\ny,(all),8\n(all),u,9\n(all),v,8\n(all),(all),17\n", "utf-8")
    assert main(["release", "audit", str(tmp_path / "t.csv")]) == 0
    assert "Codes that cannot go together" in " ".join(capsys.readouterr().out.split())


def test_the_page_for_readers_does_not_say_how_many_cells_are_small():
    """Hidden cells less those that protect others are the small ones, which helps to guess which these are."""
    people = read_people((EXAMPLES / "harbours.csv").read_text("utf-8"))
    made = replace(make(people, design_of(people, [("sex", "age"), ("form", "place")], {}), RULES), bound=1.0)
    result = audit([[made.published]], RULES)
    assert "none costs less than" in " ".join(release_report(made, result, RULES, CELLS).text().split())
    page = html(public_report(made, result, "1"))
    assert "Empty cells" in page and "cost" not in page and "hides less" not in page


def test_noise_beside_hidden_cells_says_how_near_it_comes(tmp_path, capsys):
    """Each is safe alone; a hidden count with noise beside it is known to a person or two."""
    people, ledger = EXAMPLES / "harbours.csv", tmp_path / "ledger"
    noted = ["--ledger", str(ledger), "--series", "coast"]
    noise = ["release", "noise", str(people), "--by", "sex,age", "--rho", "0.5", *noted]
    assert main([*noise, "--budget", "2", "--out", str(tmp_path / "before.csv")]) == 0
    assert "tables with hidden cells" not in " ".join(capsys.readouterr().out.split())
    assert main(["release", "tables", str(people), "--by", "sex,age", *noted]) == 0
    capsys.readouterr()
    assert main([*noise, "--out", str(tmp_path / "after.csv")]) == 0
    assert "This series has tables with hidden cells" in " ".join(capsys.readouterr().out.split())
