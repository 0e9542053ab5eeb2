"""Every text can be set: signs without a shape are replaced, signs that mislead are dropped."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.website.print import packing, pdf
from suar.website.print.pdf import FONT_LIST, OWN_FONTS, FontMissing

REGULAR, BOLD = (OWN_FONTS / f"NotoSans-{weight}.ttf" for weight in ("Regular", "Bold"))


@given(st.text())
def test_whatever_is_typed_only_signs_with_a_shape_are_set(typed):
    fonts = pdf.load_fonts("en")
    kept = set(fonts.printable(typed)) - {"\n"} - pdf.JOINERS
    assert {ord(sign) for sign in kept} <= fonts.characters


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Alamat: Jl. Contoh 1-3, “Šárka” ở Đà Nẵng, Москва", None),
        ("call 0\u202e12\u202c3", "call 0123"),
        ("a\u0000b\u0007c\ud800", "abc"),
        ("ring 😀 ក", "ring ? ?"),
        ("one\r\n\n\u2028two\tthree", "one\ntwo three"),
        ("e\u0301", "é"),
    ],
)
def test_a_text_is_made_fit_to_be_set(typed, shown):
    assert pdf.load_fonts("en").printable(typed) == (typed if shown is None else shown)


def test_a_word_without_end_may_break_and_a_usual_one_is_left_alone():
    broken = pdf.load_fonts("en").printable("x" * 500)
    assert max(map(len, broken.split("\u200b"))) <= 24
    assert broken.replace("\u200b", "") == "x" * 500
    assert pdf.load_fonts("en").printable("Rehabilitationseinrichtung") == "Rehabilitationseinrichtung"


def test_texts_in_lists_and_tables_are_made_fit_and_numbers_stay():
    shown = pdf.load_fonts("id").printable({"a": ["😀", {"b": ("x\u0000", 3, None, True)}]})
    assert shown == {"a": ["?", {"b": ["x", 3, None, True]}]}


def test_both_weights_show_the_same_signs():
    assert pdf.code_points(REGULAR) == pdf.code_points(BOLD)
    assert {ord(sign) for sign in "AzéßŐđЖё“”€"} <= pdf.code_points(REGULAR)
    assert ord("ក") not in pdf.code_points(REGULAR)


def test_english_and_indonesian_need_no_font_of_the_machine():
    for language in ("en", "id", "ro", "sq", "ru", "sr", "vi"):
        assert {font.path for font in pdf.load_fonts(language).loaded.fonts()} == {str(REGULAR), str(BOLD)}


@pytest.fixture
def put(tmp_path):
    """Write a list of fonts with other families for Khmer into a file of its own."""

    def written(*families):
        listed = json.loads(FONT_LIST.read_text("utf-8"))
        listed["languages"]["km"] = families
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        path.write_text(json.dumps(listed), "utf-8")
        return path

    return written


def test_a_language_whose_font_is_missing_is_refused_by_name(put):
    with pytest.raises(FontMissing) as missing:
        pdf.load_fonts("km", put("Noto Sans Nowhere", "Noto Sans"))
    assert str(missing.value) == "Noto Sans Nowhere"


def test_of_several_fonts_for_the_same_signs_one_that_is_there_is_taken(put):
    fonts = pdf.load_fonts("km", put("Noto Sans", ["Noto Sans Nowhere", "Noto Sans"]))
    assert fonts.families == ("Noto Sans", "Noto Sans")
    with pytest.raises(FontMissing, match="Nowhere"):
        pdf.load_fonts("km", put(["Noto Sans Nowhere", "Noto Sans Neither"]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\nstartxref\n99\n%%EOF",
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \nno trailer\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\nxref\n0 2\n0000000000 65535 f \n0000000003 00000 n \ntrailer\n<</Size 2>>\nstartxref\n9\n%%EOF",
    ],
)
def test_what_is_not_laid_out_as_expected_is_not_packed(content):
    with pytest.raises(ValueError, match=re.compile("no plain table|not where the table")):
        packing.pack(content)
