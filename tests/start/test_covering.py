"""Coverage is judged by stage: the bars of pyproject.toml, what meets them, what misses."""

from pathlib import PurePath

from tools import covering


def told(**files):
    """Give a report as coverage writes it: for each file lines, branches, and what is missing."""
    return {
        "files": {
            f"src/suar/{name.replace('__', '/')}.py": {
                "summary": {
                    "num_statements": lines,
                    "covered_lines": lines - len(missing),
                    "num_branches": 2,
                    "covered_branches": 2 - len(ways),
                },
                "missing_lines": missing,
                "missing_branches": ways,
            }
            for name, (lines, missing, ways) in files.items()
        }
    }


def rows(**files):
    return {(row.stage, row.asked): row for row in covering.rows(told(**files), covering.bars())}


def test_the_bars_are_those_that_were_promised():
    bars = covering.bars()
    asked = {
        path: bars.of(PurePath("src/suar", path))
        for path in (
            "core/clock.py",
            "law/rules.py",
            "crypto/wraps.py",
            "records/backups/packing.py",
            "referrals/rules/states.py",
            "accounts/policy.py",
            "audit/rules.py",
            "website/views.py",
            "wsgi.py",
        )
    }
    whole = [path for path, percent in asked.items() if percent == 100]
    assert whole == list(asked)[:7]
    assert {percent for path, percent in asked.items() if path not in whole} == {90}


def test_one_way_that_was_not_taken_misses_a_whole_bar():
    found = rows(vault__rules=(10, [], []), vault__keyring=(10, [], [[7, 9]]))
    assert found["vault", 100].holds is False
    assert found["vault", 100].missing == {"src/suar/records/keyring.py": ["7->9"]}


def test_a_way_out_is_named_and_lines_that_were_never_reached_are_named_once():
    found = rows(doors__views=(10, [4], [[4, 5], [6, -1]]))
    assert found["doors", 90].missing == {"src/suar/website/views.py": ["4", "6->exit"]}


def test_elsewhere_nine_of_ten_are_enough_and_fewer_are_not():
    assert rows(doors__views=(18, [1, 2], []))["doors", 90].holds
    assert not rows(doors__views=(18, [1, 2, 3], []))["doors", 90].holds


def test_the_rules_of_a_stage_are_judged_apart_from_its_rest():
    found = rows(cases__rules=(10, [3], []), cases__views=(100, [], []))
    assert {key: row.holds for key, row in found.items()} == {
        ("cases", 100): False,
        ("cases", 90): True,
    }


def test_the_table_says_where_a_bar_is_missed_and_is_silent_where_it_holds():
    drawn = covering.table(rows(cases__rules=(10, [3], []), cases__views=(100, [9], [])).values())
    assert "MISSED" in drawn and "src/suar/cases/rules.py: 3" in drawn
    assert "views" not in drawn


def test_what_has_nothing_to_reach_holds():
    assert covering.Row("empty", 100).holds
