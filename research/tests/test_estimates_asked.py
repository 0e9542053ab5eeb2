"""What `./suar estimate` is asked and how: names with spaces, limits of options, pictures."""

import json

import pytest

from suar_research import command
from suar_research.mse import panel
from support import published, samples

SHORT = ["--replicates", "60", "--workers", "1"]


@pytest.fixture
def lists(tmp_path):
    def written(name):
        (tmp_path / name).write_text(published.text(name), "utf-8")
        return ["mse", str(tmp_path / name), *SHORT]

    return written


def names(capsys, words):
    assert command.main([*words, "--json"]) == 0
    return [each["name"] for each in json.loads(capsys.readouterr().out)["methods"]]


def refused(capsys, words):
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_methods_are_named_with_commas_and_as_many_spaces_as_one_likes(lists, capsys):
    words = lists("korea_3")
    assert names(capsys, [*words, "--methods", " main ,, aic,"]) == ["main", "aic"]
    assert "--methods: none is named" in refused(capsys, [*words, "--methods", " , "])
    said = refused(capsys, [*words, "--methods", "main,moon, sun"])
    assert f"unknown methods: moon, sun; there are: {', '.join(panel.METHODS)}" in said


def test_a_picture_of_all_models_is_made_where_all_could_be_compared(lists, tmp_path):
    for name, pictures in (("korea_3", 1), ("neworl_8_n185", 0)):
        page, picture = tmp_path / f"{name}.html", tmp_path / f"{name}.svg"
        words = [*lists(name), "--methods", "main", "--report", str(page), "--plot", str(picture)]
        assert command.main(words) == 0
        assert page.read_text("utf-8").count("<svg") == pictures == picture.exists()


def test_a_page_says_which_group_is_told_and_names_none_where_there_are_none(lists, tmp_path):
    words, page = lists("korea_3"), tmp_path / "r.html"
    asked = [*words, "--methods", "main", "--report", str(page)]
    assert command.main(asked) == 0
    assert "None" not in page.read_text("utf-8")
    page.unlink()
    head, *rows = published.text("korea_3").splitlines()
    by_sex = "\n".join([f"{head},sex", *(f"{row},{sex}" for sex in "fm" for row in rows)])
    (tmp_path / "korea_3").write_text(by_sex, "utf-8")
    assert command.main([*asked, "--by", "sex"]) == 0
    told = page.read_text("utf-8")
    assert 0 < told.index("sex: f") < told.index("sex: m") and told.count("<svg") == 2


def test_people_on_two_lists_are_too_few_though_links_are_given(tmp_path, capsys):
    (tmp_path / "people.csv").write_text("person,list\na,A\nb,B\nc,B\n", "utf-8")
    (tmp_path / "pairs.csv").write_text("first,second,probability\na,b,0.9\n", "utf-8")
    words = ["mse", str(tmp_path / "people.csv"), "--links", str(tmp_path / "pairs.csv"), *SHORT]
    assert command.main(words) == 2
    said = capsys.readouterr().err
    assert "people.csv cannot be used" in said and "2 lists" in said


@pytest.fixture
def sample(tmp_path):
    """Twelve people, of whom the first recruited three."""
    people = [(n, "" if n < 2 else max(0, n - 3) // 2 * 2, 5, "ab"[n // 2 % 2]) for n in range(12)]
    (tmp_path / "s.csv").write_text(samples.made(people), "utf-8")
    return ["rds", str(tmp_path / "s.csv"), "--outcome", "said", *SHORT]


def test_more_recruits_than_coupons_are_refused_and_as_many_are_not(sample, capsys):
    assert command.main([*sample, "--coupons", "3"]) == 0
    capsys.readouterr()
    assert command.main([*sample, "--coupons", "2"]) == 2
    assert "recruit" in capsys.readouterr().err
    refused(capsys, [*sample, "--coupons", "few"])


def test_populations_are_whole_numbers_that_are_each_asked_about_once(sample, capsys):
    told = names(capsys, [*sample, "--value", "a", "--population", " 90, 50,90,"])
    assert told[-2:] == ["ss_50", "ss_90"] and len(told) == 7
    for wrong in ("0", "9.5", "-3", "\u0664"):
        said = refused(capsys, [*sample, f"--population={wrong}"])
        assert "--population: whole numbers from 1, with commas between" in said


def test_a_value_that_nobody_has_is_refused_without_repeating_it(sample, capsys):
    assert command.main([*sample, "--value", "moon"]) == 2
    said = capsys.readouterr().err
    assert "column said: nobody has the value that was asked for" in said and "moon" not in said
