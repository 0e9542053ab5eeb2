"""The tour shows what it names: small pictures, none missing, none left over, one sentence each."""

import pytest

from bench import picturing, tour_pictures

PICTURES = [*tour_pictures.PUBLIC, *tour_pictures.STAFF]


def test_every_picture_is_there_small_and_none_besides():
    # Those of each language belong to docs/access.md.
    found = [path for path in picturing.FOLDER.glob("*") if not path.name.startswith("access-")]
    kept = {path.name: path.stat().st_size for path in found}
    assert set(kept) == {each.file.name for each in PICTURES}
    assert len(kept) <= picturing.MOST_PICTURES
    assert {name: size for name, size in kept.items() if size > picturing.MOST_BYTES} == {}


def test_the_page_is_written_from_the_plan():
    """`./suar tour` writes it anew."""
    assert picturing.PAGE.read_text("utf-8") == picturing.page_of(PICTURES)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda each: each.name)
def test_a_picture_has_one_short_sentence_or_two(picture):
    assert picture.says.endswith(".")
    assert len(picture.says) < 160


def test_both_languages_all_widths_and_the_dark_are_shown():
    assert {each.language for each in PICTURES} == {"en", "id"}
    assert {each.width_px for each in PICTURES} == {320, 360, 1280}
    assert any(each.dark for each in PICTURES)
