"""docs/talk.md lists what the data of the talk says, and nothing else."""

from tests.house import talk_page


def test_the_page_of_the_talk_is_current():
    """`python -m tests.house.talk_page` draws it anew."""
    page = talk_page.PAGE.read_text("utf-8")
    assert talk_page.render_page(page) == page


def test_every_part_of_the_talk_is_on_the_page():
    page = talk_page.PAGE.read_text("utf-8")
    assert {part[2] for part in talk_page.PART.finditer(page)} == set(talk_page.PARTS)


def test_a_changed_wording_changes_the_page():
    page = talk_page.PAGE.read_text("utf-8").replace("Strong signs", "Weak signs")
    assert talk_page.render_page(page) != page
