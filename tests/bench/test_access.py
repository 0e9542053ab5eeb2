"""`./suar prove access` finds what somebody would stumble over, and its page shows its pictures."""

import re

import pytest

from bench import prove_access
from bench.prove_access import FOLDER, MOST_BYTES, PAGE, Walked

FAULTY = (
    "<html lang=en><title>x</title><main><h1>x</h1><img src=''>"
    "<p style='width: 900px'>x</p><button style='padding: 0; height: 9px'>press</button>"
    "<label style='display: block; width: 90px'><i style='padding: 80px'>x</i></label></main>"
)


@pytest.mark.story
def test_what_one_stumbles_over_would_be_found(browser):
    tab, made = browser.new_page(), Walked("en", "English")
    tab.set_content(FAULTY)
    prove_access._look(tab, "planted", made)
    tab.close()
    assert any("image-alt" in fault for fault in made.faults)
    assert made.sideways[0] == "planted: scrolls sideways"
    assert "planted: runs out of LABEL x" in made.sideways
    assert [each for each in made.small if each.endswith("BUTTON press")]
    assert made.row.startswith("| English | `en` | 0 | ")
    assert "planted" in prove_access._page([made], "commit").partition("## Found")[2]


def test_the_page_shows_one_small_picture_of_each_language_it_names():
    page = PAGE.read_text("utf-8")
    named = re.findall(r"\| `([a-z-]+)` \| \d+ \|.*\(tour/(access-[a-z-]+\.webp)\)", page)
    assert [picture for _, picture in named] == [f"access-{code}.webp" for code, _ in named]
    kept = {path.name: path.stat().st_size for path in FOLDER.glob("access-*")}
    assert set(kept) == {picture for _, picture in named}
    assert {name for name, size in kept.items() if size > MOST_BYTES} == set()
    assert {"en", "id", "km", "ar"} <= {code for code, _ in named}
    assert len({row.split("|")[3] for row in page.splitlines() if "(tour/" in row}) == 1
