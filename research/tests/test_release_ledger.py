"""What was published before: chained, audited together, and part of what is hidden next."""

import json
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest

from suar_research.files import FileError, Unreadable
from suar_research.releases import ledger
from suar_research.releases.auditing import CHANGE, audit, where
from suar_research.releases.cells import Published, Rules, as_json, of_json, read_people
from suar_research.releases.making import design_of, make

RULES = Rules()
MARCH = "sex,age,count\nF,child,14\nF,adult,40\nF,old,22\nM,child,9\nM,adult,31\nM,old,17\n"


def made_of(text, *, before=((),), where=None, by=("sex", "age")):
    people = read_people(text)
    design = design_of(people, [by], where or {})
    return make(people.where(where or {}), design, RULES, before=before)


def more(text, **added):
    """Add people to cells named like F_child."""
    lines = []
    for line in text.splitlines():
        cells = line.split(",")
        if cells[-1] != "count":
            cells[-1] = str(int(cells[-1]) + added.get("_".join(cells[:-1]), 0))
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def naive(text):
    people = read_people(text)
    design = design_of(people, [("sex", "age")], {})
    return Published(design, people.counted(design), RULES)


def test_one_person_more_is_found_in_the_difference():
    found = audit([[naive(MARCH)], [naive(more(MARCH, F_child=1))]], RULES)
    assert found.grown
    said = [where(item, 2) for item in found.weak]
    assert "age child, sex F: what changed since release 1 is 1" in said
    assert not audit([[naive(MARCH)], [naive(MARCH)]], RULES).weak


def test_one_person_less_is_found_too():
    found = audit([[naive(MARCH)], [naive(more(MARCH, M_old=-1))]], RULES)
    assert not found.grown
    assert ("age", "old") in found.weak[-1].column.key
    assert found.weak[-1].low == found.weak[-1].high == -1


def test_a_release_too_soon_is_refused_with_what_and_where():
    first = made_of(MARCH).published
    with pytest.raises(Unreadable, match="everybody: what changed since release 1"):
        made_of(more(MARCH, F_child=1), before=[[first], []])


def test_a_small_change_is_hidden_within_a_larger_one():
    first = made_of(MARCH).published
    april = more(MARCH, F_child=2, F_adult=12, F_old=9, M_child=7, M_adult=11, M_old=8)
    second = made_of(april, before=[[first], []])
    assert second.small == 0 and second.others > 0
    found = audit([[first], [second.published]], RULES)
    assert not found.weak
    changes = {interval.column.key: interval for interval in found.intervals if interval.column.kind == CHANGE}
    assert changes[("age", "child"), ("sex", "F")].width >= 5
    assert audit([[first], [naive(april)]], RULES).weak


def test_a_part_of_the_people_is_not_the_rest_in_disguise():
    text = "sex,age,form,count\n" + "".join(
        f"{sex},{age},{form},{count}\n"
        for (sex, age, form), count in zip(
            product("FM", ("child", "adult"), ("sex", "labour", "other")),
            (20, 15, 11, 30, 22, 14, 3, 12, 2, 9, 33, 4),
            strict=True,
        )
    )
    whole = made_of(text, by=("age", "form")).published
    assert whole.hidden == 0
    part = made_of(text, by=("age", "form"), where={"sex": "F"}, before=[[whole]])
    assert part.others > 0, "all less women would show three boys"
    plain = make(
        read_people(text).where({"sex": "F"}), design_of(read_people(text), [("age", "form")], {"sex": "F"}), RULES
    )
    assert plain.others == 0


def test_the_same_people_cannot_have_two_counts():
    with pytest.raises(Unreadable, match="two counts of the same people"):
        audit([[naive(MARCH), naive(more(MARCH, F_old=1))]], RULES)


def test_a_release_reads_back_as_it_was_written():
    made = made_of(more(MARCH, M_child=-6)).published
    again = of_json(json.loads(json.dumps(as_json(made))))
    assert again == made and made.hidden > 0


def entry(series="coast", **more_noted):
    return {"kind": ledger.TABLES, "series": series, **more_noted}


def test_lines_follow_each_other_and_a_changed_one_is_noticed(tmp_path):
    name = str(tmp_path / "ledger")
    ledger.add(name, [], entry(people="a"), entry(people="b"))
    ledger.add(name, ledger.read(Path(name).read_text("utf-8")), entry(people="c"))
    text = (tmp_path / "ledger").read_text("utf-8")
    assert [item.number for item in ledger.read(text)] == [1, 2, 3]
    lines = text.splitlines()
    for broken in (
        text.replace('"b"', '"x"'),
        "\n".join([lines[0], lines[2]]),
        "\n".join(lines[1:]),
    ):
        with pytest.raises(Unreadable, match=r"line \d: it does not follow"):
            ledger.read(broken)
    with pytest.raises(Unreadable, match="line 4: it is no entry"):
        ledger.read(text + "{}\n")
    with pytest.raises(FileError) as refused:
        ledger.add(name, [], entry(people="d"))
    assert "somebody else has added" in refused.value.problems[0]


def test_what_is_left_of_a_budget_is_counted_as_fractions():
    entries = [
        ledger.Entry(1, ledger.BUDGET, "coast", {"rho": "1"}, ""),
        ledger.Entry(2, ledger.NOISE, "coast", {"rho": "1/3"}, ""),
        ledger.Entry(3, ledger.NOISE, "hills", {"rho": "1/2"}, ""),
        ledger.Entry(4, ledger.NOISE, "coast", {"rho": "2/3"}, ""),
    ]
    assert ledger.left(entries, "coast") == 0
    assert ledger.left(entries[:2], "coast") == Fraction(2, 3)
    assert ledger.left(entries, "hills") is None
