"""Tables that meet in people: what they give away together, found by counting through."""

import fcntl
import hashlib
import itertools
import json
import threading

import numpy as np
import pytest

from suar_research.files import Unreadable
from suar_research.releases import ledger, making
from suar_research.releases.auditing import (
    CHANGE,
    JOINT,
    MOST_JOINT,
    OTHER,
    PUBLISHED,
    REST,
    Column,
    Ground,
    audit,
    contradictions,
    ground,
    where,
)
from suar_research.releases.cells import HIDDEN, Design, People, Published, Rules, read_tables

RULES = Rules()
CODES = {"a": ("a0", "a1"), "b": ("b0", "b1"), "c": ("c0", "c1")}
PAIRS = (("a", "b"), ("a", "c"), ("b", "c"))


def people(counts):
    """Give people of three columns with two codes each."""
    at = np.array(list(itertools.product(range(2), repeat=3)))
    return People(tuple("abc"), tuple(CODES.values()), at, np.array(counts))


def released(made, tables, hidden, *, where_=(), rules=RULES):
    """Publish tables in which whole sets of columns are hidden."""
    names = {name for table in tables for name in table}
    design = Design(tables, {name: CODES[name] for name in sorted(names)}, where_)
    counts = made.where(dict(where_)).counted(design)
    fixed = {name for name, _ in where_}
    return Published(
        design,
        {
            key: None if tuple(name for name, _ in key if name not in fixed) in hidden else count
            for key, count in counts.items()
        },
        rules,
    )


def every_table(counts, known):
    """Give all tables with the same numbers by one column: shape (2, 2, 2, tables).

    `known`: the pairs of columns whose cross-table is known too.
    """
    true = np.array(counts).reshape(2, 2, 2)
    whole, of_a, of_b, of_c = (
        true.sum(),
        true[0].sum(),
        true[:, 0].sum(),
        true[:, :, 0].sum(),
    )
    of_pair = {("a", "b"): true[0, 0].sum(), ("a", "c"): true[0, :, 0].sum(), ("b", "c"): true[:, 0, 0].sum()}
    up_to = np.arange(whole + 1)
    axes = [np.array([of_pair[pair]]) if pair in known else up_to for pair in PAIRS]
    ab, ac, bc, abc = (item.ravel() for item in np.meshgrid(*axes, up_to))
    cells = np.array(
        [
            abc,
            ab - abc,
            ac - abc,
            of_a - ab - ac + abc,
            bc - abc,
            of_b - ab - bc + abc,
            of_c - ac - bc + abc,
            whole - of_a - of_b - of_c + ab + ac + bc - abc,
        ]
    )
    return cells[:, (cells >= 0).all(axis=0)].reshape(2, 2, 2, -1)


def of_key(tables, key):
    """Sum each table over the cell of a key."""
    code = dict(key)
    for axis, name in enumerate("abc"):
        if name in code:
            tables = np.take(tables, [CODES[name].index(code[name])], axis=axis)
    return tables.sum(axis=(0, 1, 2))


def lowest(tables, keys, least):
    """Keep the tables in which each of these cells holds at least so many."""
    fits = np.all([of_key(tables, key) >= least for key in keys], axis=0)
    return tables[..., fits]


COUNTS = [(10, 0, 1, 1, 2, 1, 0, 10), (1, 6, 5, 2, 9, 3, 2, 1), (0, 9, 4, 3, 6, 2, 8, 5), (5, 5, 0, 0, 0, 4, 6, 9)]


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize("hidden", [PAIRS[:1], PAIRS[:2], PAIRS])
@pytest.mark.parametrize("zeros", ["shown", HIDDEN])
def test_three_tables_tell_together_what_all_people_who_fit_them_have_in_common(counts, hidden, zeros):
    rules = Rules(zeros=zeros)
    made = released(people(counts), PAIRS, hidden, rules=rules)
    keys = [key for key, count in made.counts.items() if count is None]
    if any(people(counts).counted(made.design)[key] < rules.least for key in keys):
        return
    tables = every_table(counts, [pair for pair in PAIRS if pair not in hidden])
    tables = lowest(tables, keys, rules.least)
    found = {interval.column.key: interval for interval in audit([[made]], rules).intervals}
    assert sorted(found) == sorted(keys)
    for key, each in found.items():
        fits = of_key(tables, key)
        assert (each.low, each.high) == (fits.min(), fits.max())
        assert each.weak == (fits.max() - fits.min() < 5) and each.width == fits.max() - fits.min()


def test_three_tables_tell_more_than_each_by_itself():
    counts = COUNTS[0]
    together = audit([[released(people(counts), PAIRS, PAIRS[:1])]], RULES)
    alone = audit([[released(people(counts), PAIRS[:1], PAIRS[:1])]], RULES)
    assert together.narrowest < alone.narrowest
    assert {interval.column.kind for interval in together.intervals} == {PUBLISHED}
    laid = ground([[released(people(counts), PAIRS, PAIRS[:1])]])
    assert int(laid.of_kind(JOINT).sum()) == 8 and together.cells == 1 + 6 + 12
    apart = ground([[released(people(counts), PAIRS[:1], ())]])
    assert not apart.of_kind(JOINT).any(), "a table that crosses all columns needs no other"


def test_in_which_order_tables_name_their_columns_changes_nothing():
    made = people(COUNTS[0])
    turned = [table[::-1] for table in PAIRS[::-1]]
    one, other = (audit([[released(made, tuple(tables), PAIRS[:1])]], RULES) for tables in (PAIRS, turned))
    assert {interval.column.key: interval for interval in one.intervals} == {
        interval.column.key: interval for interval in other.intervals
    }
    assert one.weak and one.cells == other.cells


def test_a_code_that_only_one_of_two_tables_knows_holds_nobody_of_the_other():
    """The first table is of everybody, without z: so nobody is in z, though that is hidden."""
    rules = Rules(zeros=HIDDEN)
    first = read_tables("a,b,count\nx,p,9\nx,q,8\ny,p,7\ny,q,6\n,,30\nx,,17\ny,,13\n", rules)
    second = read_tables("a,c,count\nx,r,8\nx,s,9\ny,r,7\ny,s,6\nz,r,<5\nz,s,<5\n", rules)
    for together in ([second], [first, second]):
        found = {interval.column.key: interval for interval in audit([together], rules).intervals}
        both = [found[("a", "z"), ("c", code)] for code in "rs"]
        assert [item.low for item in both] == [0, 0]
        assert all(item.high == 0 if first in together else item.high > 5 for item in both)


@pytest.mark.parametrize("counts", COUNTS[:3])
def test_a_table_of_a_part_meets_the_table_of_all(counts):
    """Known: a by b of all but for its inside, and a of those with c0; the rest are those of c1."""
    made = people(counts)
    whole = released(made, (("a", "b"),), [("a", "b")])
    part = released(made, (("a",),), [], where_=(("c", "c0"),))
    keys = [key for key, count in whole.counts.items() if count is None]
    if any(made.counted(whole.design)[key] == 0 for key in keys):
        return
    tables = lowest(every_table(counts, [("a", "c")]), keys, 1)
    found = audit([[whole, part]], RULES)
    inside = {interval.column.key: interval for interval in found.intervals if interval.column.kind == PUBLISHED}
    assert sorted(inside) == sorted(keys)
    for key, each in inside.items():
        fits = of_key(tables, key)
        assert (each.low, each.high) == (fits.min(), fits.max())
    assert found.narrowest == min(item.width for item in inside.values()) > 0
    rest = {interval.column.key: interval for interval in found.intervals if interval.column.kind == REST}
    assert sorted(rest) == sorted(part.counts)
    for key, each in rest.items():
        left = of_key(np.array(counts).reshape(2, 2, 2, 1), (*key[:-1], ("c", "c1")))[0]
        assert each.low == each.high == left
        assert each.weak == (1 <= left < 5)
    weak = [item for item in found.weak if item.column.kind == REST]
    said = [where(item, 1) for item in weak]
    assert said == [
        f"{'a ' + item.column.key[0][1] + ', ' if len(item.column.key) > 1 else ''}c c0"
        f": who is left when these are taken from all is {item.low:.0f}"
        for item in weak
    ]


def test_a_column_that_only_a_part_names_has_others_too():
    made = people(COUNTS[0])
    laid = ground([[released(made, (("a", "b"),), [("a", "b")]), released(made, (("a",),), [], where_=(("c", "c0"),))]])
    joint = {dict(column.key)["c"] for column in laid.columns if column.kind == JOINT}
    assert joint == {"c0", OTHER}
    assert [column.time for column in laid.columns] == [0] * len(laid.columns)


def test_too_many_codes_are_attacked_through_their_margins_and_that_is_told():
    size = int(MOST_JOINT ** (1 / 3)) + 1
    codes = {name: tuple(f"{name}{at}" for at in range(size)) for name in "abc"}
    flat = {key: 9 * size ** (3 - len(key)) for key in Design(PAIRS, codes).cells()}
    laid = ground([[Published(Design(PAIRS, codes), flat, RULES)]])
    assert len(laid.notices) == 1 and "too many codes to be attacked as one" in laid.notices[0]
    assert not laid.of_kind(JOINT).any()


@pytest.mark.slow
def test_codes_whose_crossings_are_beyond_any_whole_number_are_too_many():
    """Eight columns of 256 codes: 2 to the power of 64 crossings, which wraps round to none."""
    names = "abcdefgh"
    rows = [
        ",".join([*(f"c{code}" if item == name else "" for item in names), "9"])
        for name in names
        for code in range(256)
    ]
    laid = ground([[read_tables("\n".join([",".join([*names, "count"]), *rows]), RULES)]])
    assert "too many codes" in laid.notices[0] and len(laid.columns) == 1 + 256 * len(names)


def test_only_what_does_not_add_up_is_named():
    text = "sex,age,count\nF,a,5\nF,b,7\nF,,13\nM,a,8\nM,b,9\nM,,17\n"
    wrong = ["sex F: its parts do not add up to it, by age"]
    assert contradictions(ground([[read_tables(text, RULES)]])) == wrong
    with pytest.raises(Unreadable) as refused:
        audit([[read_tables(text, RULES)]], RULES)
    assert list(refused.value.problems) == wrong
    both = "sex,age,count\n,,40\nF,,12\nM,,17\n,a,13\n,b,16\nF,a,5\nF,b,7\nM,a,8\nM,b,9\n"
    assert contradictions(ground([[read_tables(both, RULES)]])) == [
        "everybody: its parts do not add up to it, by age",
        "everybody: its parts do not add up to it, by sex",
    ], "each once"
    hidden = "a,count\nx,<5\ny,9\n,8\n"
    with pytest.raises(Unreadable, match="the tables cannot all be true at once"):
        audit([[read_tables(hidden, RULES)]], RULES)


def test_of_two_times_it_is_said_which():
    first, second = (read_tables(f"a,count\nx,<5\ny,9\n,{whole}\n", RULES) for whole in (12, 13))
    found = audit([[first], [second]], RULES)
    assert [where(item, 2) for item in found.weak] == [
        "a x in release 1 of 2: what is hidden is 3",
        "a x in release 2 of 2: what is hidden is 4",
        "everybody: what changed since release 1 is 1",
        "a x: what changed since release 1 is 1",
    ]
    assert found.grown and (found.weak[0].low, found.weak[1].high) == (3, 4)
    same = audit([[first, read_tables("a,count\nx,3\ny,9\n", RULES)]], RULES)
    assert not same.grown and not same.intervals, "what one of them shows is shown"
    wide = audit([[read_tables("a,count\nx,<5\ny,<5\n,19\n", RULES)]], RULES)
    assert [(interval.low, interval.high) for interval in wide.intervals] == [(1, 18), (1, 18)]


def made_of(counts, tables, **more):
    made = people(counts)
    return making.make(made, making.design_of(made, tables, {}), RULES, **more)


def test_what_did_not_change_needs_no_protection():
    counts = [12, 30, 25, 14, 18, 22, 9, 40]
    first = made_of(counts, PAIRS).published
    assert first.hidden == 0
    for later in (counts, [counts[0] + 5, *counts[1:]], [*counts[:-1], counts[-1] + 300]):
        again = made_of(later, PAIRS, before=[[first], []])
        assert (again.small, again.others, again.cost) == (0, 0, 0)
    with pytest.raises(Unreadable) as refused:
        made_of([counts[0] + 4, *counts[1:]], PAIRS, before=[[first], []])
    assert all("what changed since release 1" in problem for problem in refused.value.problems)


def test_people_who_cannot_be_those_of_an_earlier_release_are_refused():
    codes = {"b": CODES["b"]}
    earlier = Published(
        Design((("b",),), codes),
        {(): None, (("b", "b0"),): 30, (("b", "b1"),): 80},
        RULES,
        frozenset([()]),
    )
    with pytest.raises(Unreadable, match="what was released before of these people contradicts"):
        made_of([9, 9, 9, 9, 9, 9, 9, 9], [("a",)], before=[[earlier]])


def test_what_cannot_be_protected_is_named_remainders_and_changes_first():
    columns = [Column(0, (), PUBLISHED), Column(1, (("a", "x"),), CHANGE), Column(0, (), REST)]
    said = making._unprotected(Ground(columns), [0, 1, 2])
    assert [item.partition(" could")[0] for item in said] == [
        "everybody: who is left without these",
        "a x: what changed since release 2",
        "everybody: its count",
    ]
    assert said[0].endswith("whatever else is hidden; merge codes, leave a column out, or publish later")


def test_each_line_of_a_ledger_is_a_digest_of_the_line_before_and_of_its_content(tmp_path):
    name = tmp_path / "ledger"
    lines = [
        {"series": "pantai Ø", "kind": "budget", "rho": "1"},
        {"rho": "1/2", "kind": "noise", "series": "pantai Ø", "at": {"z": 1, "a": [2]}},
        {"kind": "noise", "series": "b", "rho": "1/4"},
    ]
    ledger.add(str(name), [], *lines[:2])
    ledger.add(str(name), ledger.read(name.read_text("utf-8")), lines[2])
    before = "0" * 64
    for told, line in zip(name.read_text("utf-8").splitlines(), lines, strict=True):
        plain = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        before = hashlib.sha256(f"{before}\n{plain}".encode()).hexdigest()
        assert json.loads(told) == {"entry": line, "digest": before}
    assert "pantai Ø" in name.read_text("utf-8")
    kept = [(item.number, item.kind, item.series) for item in ledger.read(name.read_text("utf-8"))]
    assert kept == [(1, "budget", "pantai Ø"), (2, "noise", "pantai Ø"), (3, "noise", "b")]


def test_two_who_write_at_once_wait_for_each_other(tmp_path):
    name = tmp_path / "ledger"
    name.touch()
    writing = threading.Thread(target=ledger.add, args=(str(name), [], {"kind": "noise", "series": "b", "rho": "1"}))
    with name.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writing.start()
        writing.join(0.1)
        assert writing.is_alive() and name.read_text("utf-8") == ""
    writing.join(10)
    assert len(ledger.read(name.read_text("utf-8"))) == 1
