"""docs/talk.md lists what the data of the talk says, and nothing else."""

from tools import talking


def test_the_page_is_drawn_from_the_data_as_it_is():
    """`python -m tools.talking` draws it anew."""
    page = talking.PAGE.read_text("utf-8")
    assert talking.drawn(page) == page


def test_every_part_that_can_be_drawn_is_on_the_page():
    page = talking.PAGE.read_text("utf-8")
    assert {part[2] for part in talking.PART.finditer(page)} == set(talking.PARTS)


def test_a_page_with_another_wording_would_be_seen():
    page = talking.PAGE.read_text("utf-8").replace("Strong signs", "Weak signs")
    assert talking.drawn(page) != page
