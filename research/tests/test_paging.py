"""An answer as one page: all that is told, its picture behind the panel, nothing written over."""

import re

import pytest

from suar_research import command, paging
from support import DOCS, published

EXAMPLES = DOCS / "examples"
KINDS = {
    "mse": [str(published.PLACE / "korea_3.csv"), "--methods", "stepwise,bic"],
    "rds": [str(EXAMPLES / "boats.csv"), "--outcome", "papers", "--value", "held"],
    "nsum": [
        str(EXAMPLES / "neighbours.csv"),
        "--sizes",
        str(EXAMPLES / "sizes.csv"),
        "--target",
        "domestic",
        "--population",
        "200000",
    ],
}
SHORT = ["--replicates", "200", "--workers", "1"]


def squeezed(text):
    return re.sub(r"[\s\-]+", " ", re.sub(r"<[^>]*>", " ", text)).lower()


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_tells_all_that_the_screen_tells(kind, tmp_path, capsys):
    report = tmp_path / "r.html"
    assert command.main([kind, *KINDS[kind], *SHORT, "--report", str(report)]) == 0
    out = capsys.readouterr().out
    page = report.read_text("utf-8")
    told = squeezed(page.replace("&amp;", "&").replace("&#x27;", "'").replace("&gt;", ">"))
    for line in out.splitlines()[2:]:
        assert squeezed(line).strip() in told, line
    assert page.count("<svg") == (0 if kind == "nsum" else 1)
    assert "<svg" not in page.partition("95% between")[0], "a picture before all methods"
    assert page.count("<h1>") == 1 and "<script" not in page and "http" not in page.partition("<svg")[0]


@pytest.mark.parametrize("name", ["there.html", "r.txt", "no/folder/r.html"])
def test_a_report_that_cannot_be_is_refused_before_any_work(name, tmp_path, capsys):
    (tmp_path / "there.html").write_text("mine", "utf-8")
    words = ["mse", *KINDS["mse"], *SHORT, "--report", str(tmp_path / name)]
    assert command.main(words) == 2
    assert capsys.readouterr().out == ""
    assert sorted(each.name for each in tmp_path.iterdir()) == ["there.html"]
    assert (tmp_path / "there.html").read_text("utf-8") == "mine"


def test_words_of_a_file_are_words_on_the_page():
    page = paging.page("<t>", [("<b> & more\n\nNOTICES\n- one\n  and on\n- two", "<svg/>")], "f")
    assert "&lt;b&gt; &amp; more" in page and "<title>&lt;t&gt;</title>" in page
    assert "<h2>Notices</h2><ul><li>one and on</li><li>two</li></ul>" in page
    assert page.index("&amp; more") < page.index("<svg/>") < page.index("<h2>")


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_file_of_another_sign_is_told_so(sign, name, tmp_path, capsys):
    path = tmp_path / "lists.csv"
    path.write_text(published.text("korea_3").replace(",", sign), "utf-8")
    assert command.main(["mse", str(path)]) == 2
    assert f"its cells are parted by {name}" in capsys.readouterr().err
