"""The pages: tagged, titled, in order; markup stays text; the card betrays nothing."""

import re
from itertools import pairwise

import pytest

from suar.demo import directory as invented
from suar.directory import catalogue, snapshots
from suar.directory.cards import LocalText
from suar.directory.models import Provider, Service
from suar.website.print import booklet, queries
from suar.website.print.entry import Parts, to_plain
from suar.website.print.models import Layout
from tests.booklets.printing import (
    AT,
    HADI,
    bed,
    clinic,
    directory_of,
    load,
    made,
    printed,
    with_place,
)
from tests.directory.entries import at_place
from tests.hsds.files import service

pytestmark = pytest.mark.django_db
PAGED = (Layout.A5, Layout.LARGE, Layout.COMPACT)
HOSTILE = [
    '#panic("x")',
    '#read("/etc/passwd")',
    "$ x^2 $ *bold* _it_ `code`",
    "x\n= Head\n- item\n+ one",
    "// gone /* gone */",
    "<label> @label [content] #[x]",
    "\\ \\u{41} ~ -- ---",
    "https://example.org/x?a=1#b",
    '"; #set page(fill: red)',
    "{{ name|safe }} {% x %} <script>",
]
NEVER = re.compile(
    r"traffick|victim|shelter|violen|abuse|police|rescue|exploit|safe house|perdagangan|korban|"
    r"kekerasan|polisi|selter|rumah aman|suar",
    re.IGNORECASE,
)
TITLES = {"en": "Addresses and numbers, Cirebon City", "id": "Alamat dan nomor, Kota Cirebon"}
CARD_TITLES = {"en": "Numbers", "id": "Nomor"}
SIZES = {Layout.A5: (420, 595), Layout.LARGE: (595, 842), Layout.COMPACT: (298, 420), Layout.CARD: (243, 153)}


@pytest.mark.parametrize("form", Layout)
@pytest.mark.parametrize("language", ["en", "id", "km", "ar"])
def test_each_form_is_a_tagged_pdf_with_title_language_and_own_fonts(form, language):
    load(with_place(bed(), clinic()))
    edition = made(language=language)
    booklet = printed(edition, form)
    assert booklet.file.startswith(b"%PDF-1.7")
    assert "<pdfuaid:part>1</pdfuaid:part>" in booklet.metadata()
    assert f"/Lang({language})".encode() in booklet.catalog
    assert b"/Marked true" in booklet.catalog
    assert b"/DisplayDocTitle true" in booklet.catalog
    title = (CARD_TITLES if form is Layout.CARD else TITLES).get(language, "")
    assert f"{title}</rdf:li>" in booklet.metadata()
    assert all(re.fullmatch(r"[A-Z]{6}\+NotoSans(Khmer|Arabic)?-(Regular|Bold)", font) for font in booklet.fonts())
    assert all(b"/Contents" in link for link in booklet.links())
    box = re.search(rb"/MediaBox\s*\[([^\]]+)\]", booklet.pages[0])[1]
    assert tuple(round(float(part)) for part in box.split()[2:]) == SIZES[form]


@pytest.mark.parametrize(
    ("language", "font"),
    [
        ("km", "NotoSansKhmer"),
        ("ar", "NotoSansArabic"),
        ("th", "NotoSansThai"),
        ("lo", "NotoSansLao"),
        ("my", "NotoSansMyanmar"),
        ("ru", "NotoSans"),
        ("zh-hans", "(NotoSansCJK|DroidSansFallback)"),
    ],
)
def test_a_draft_is_marked_and_set_in_its_script_and_direction(language, font):
    load(with_place(bed()))
    edition = made(language=language)
    values = queries.get_content(edition)
    booklet = printed(edition)
    assert values["draft"]
    assert values["words"]["draft"] != "These words are a draft."
    assert any(re.search(font, item) for item in booklet.fonts())
    assert (b"/Direction/R2L" if language == "ar" else b"/Direction/L2R") in booklet.catalog


@pytest.mark.parametrize("form", PAGED)
def test_headings_go_down_one_step_at_a_time_and_each_entry_has_one(form):
    load(with_place(bed(), clinic(types=["HEA_GENERAL", "MEN_COUNSEL"])))
    levels = printed(made(), form).headings()
    assert levels.count(3) == 2
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_reading_goes_cover_use_contents_numbers_needs_indexes_changes():
    load(with_place(bed(), clinic()))
    text = printed(made()).text
    marks = [
        "Addresses and numbers",
        "How to use this booklet",
        "What is inside",
        "Numbers to call now 129",
        "A safe place to sleep Cirebon City 1. Invented bed",
        "A doctor or medicine Cirebon City 2. Invented clinic",
        "Find by place",
        "Find by kind of help",
        "What has changed This is",
        "About this booklet It holds 2",
    ]
    places = [text.rfind(mark) for mark in marks]
    assert -1 not in places
    assert places == sorted(places)


def test_the_cover_reveals_nothing_of_the_content():
    load(with_place(bed()))
    for form in PAGED:
        cover = printed(made(), form).texts[0]
        assert cover == (
            "Addresses and numbers Cirebon City Edition 1 25 November 2026 "
            "Use it until 24 May 2027. Ask for a new one then."
        )


def test_an_entry_has_people_cost_papers_hours_and_place():
    load(with_place(clinic(sex=["FEMALE"], age_min=18, description="A doctor looks at you.")))
    text = printed(made()).text
    for told in (
        "A doctor looks at you.",
        "For whom: It is for women.",
        "From 18 years.",
        "Identity papers: You need no papers.",
        "Cost: It costs nothing.",
        "Open: Day and night",
        "Jalan Rekaan 1",
        "Last checked on 20 November 2026.",
    ):
        assert told in text


@pytest.mark.parametrize("form", Layout)
def test_markup_in_any_field_is_printed_as_it_was_typed(form):
    services = [clinic(f"n{number}", description=typed, named=typed) for number, typed in enumerate(HOSTILE)]
    load(with_place(*services))
    edition = made()
    text = printed(edition, form).text
    if form is Layout.CARD:
        return
    for typed in HOSTILE:
        assert " ".join(typed.split()) in text.replace("\u200b", "")
    assert not any(b"/URI" in link and b"example.org" in link for link in printed(edition, form).links())


def test_very_long_and_strange_texts_stop_no_form_and_lose_no_entry():
    strange = "ក្មេង 你好 😀 ﷺ" * 30
    load(
        with_place(
            clinic("long", named="w" * 400, description="y" * 5000 + " end"),
            clinic("words", named="word " * 90, description="many words " * 900),
            clinic("strange", named=f"odd {strange}"[:300], description=strange),
            bed("last"),
        )
    )
    edition = made()
    for form in Layout:
        booklet = printed(edition, form)
        if form is not Layout.CARD:
            assert booklet.headings().count(3) == 4
            assert "Invented last" in booklet.text


@pytest.mark.parametrize("language", ["en", "id", "my"])
def test_the_card_is_one_page_of_numbers_and_everyday_words_and_betrays_nothing(language):
    invented.load(at=AT)
    small, booklet = (printed(made(language=language), form) for form in (Layout.CARD, Layout.A5))
    assert len(small.pages) == 1
    assert NEVER.search(booklet.text), "the control: the booklet does hold such words"
    assert not NEVER.search(small.text + small.metadata())
    said = small.text.casefold()
    services = snapshots.load_services(Service.objects.values_list("id", flat=True)).values()
    names = [item for name in Provider.objects.values_list("name", flat=True) for item in name.values()]
    names += [item for service in services for item in service.name.values()]
    assert len(names) > 120
    assert not [name for name in names if name.casefold() in said]
    assert "129" in said
    assert len(re.findall(r"000-0000-\d{4}", said)) == 7


def test_the_booklets_of_two_languages_have_the_same_services_in_the_same_order():
    invented.load(at=AT)
    english, theirs = (queries.get_content(made(language=language)) for language in ("en", "id"))
    assert [row["number"] for row in english["card"]] == [row["number"] for row in theirs["card"]]
    assert [row["number"] for row in english["lines"]] == [row["number"] for row in theirs["lines"]]
    assert [entry["id"] for entry in english["entries"]] == [entry["id"] for entry in theirs["entries"]]
    assert english["entries"][0]["name"] != theirs["entries"][0]["name"]


def test_a_word_with_a_hyphen_is_not_cut_at_the_end_of_a_line():
    invented.load(at=AT)
    text = printed(made(language="id")).text
    assert "laki-laki" in text
    assert not re.search(r"\b(\w+)- \1\b", text)


def test_what_nobody_knows_is_a_blank_line_to_write_on():
    bare = service("bare", assured_date="2026-11-20", service_at_locations=at_place("corner"))
    load(with_place(bed(), bare))
    known, unknown = queries.get_content(made())["entries"]
    assert not any(row["blank"] for row in known["rows"])
    blank = {row["label"]: row["text"] for row in unknown["rows"] if row["blank"]}
    ask = "We do not know. Ask, and write it here:"
    assert blank == dict.fromkeys(("For whom", "Identity papers", "Cost", "Open"), ask)
    assert printed(made()).text.count(ask) == 4
    assert [row["number"] for row in queries.get_content(made())["card"]] == ["129", "000-0000-0001", *[""] * 6]


def test_words_that_somebody_wrote_never_reach_the_card():
    load(
        with_place(
            bed(
                named="Shelter for the abused",
                schedules=[{"id": "5f0b6b5e-0000-4000-8000-00000000000a", "description": "only if beaten"}],
                description="rescue",
                phones=[
                    {"id": "5f0b6b5e-0000-4000-8000-00000000000b", "number": "000-0000-0001", "description": "police"}
                ],
            )
        )
    )
    text = printed(made(), Layout.CARD).text
    assert "000-0000-0001" in text
    assert re.fullmatch(r"Now 129 Room 000-0000-0001 Day and night 1 · 11/2026", text)


def test_a_whole_district_weighs_at_most_300_kB_in_its_compact_form():
    invented.load(at=AT)
    edition = made()
    assert queries.get_edition(id=edition).count >= 40
    assert len(queries.get_pdf(edition, Layout.COMPACT)) <= 100_000


def test_three_hundred_entries_weigh_at_most_300_kB_in_their_compact_form():
    directory_of(300)
    edition = made()
    booklet = printed(edition, Layout.COMPACT)
    assert len(queries.get_content(edition)["entries"]) == 300
    assert booklet.headings().count(3) == 300
    assert len(booklet.file) <= 300_000


def test_every_need_has_an_everyday_word_for_the_card():
    assert set(booklet.MESSAGES["card"]) == set(catalogue.groups())
    assert not NEVER.search(" ".join(map(str, booklet.MESSAGES["card"].values())))


@pytest.mark.parametrize("form", PAGED)
def test_text_in_another_language_is_tagged_for_screen_readers(form):
    own = {
        "translations": {
            "id": {"name": "Rumah Rekaan", "access": {"AC_BRING": "Bawa surat."}},
            "en": {"access": {"AC_HOW": "Ring twice."}},
        }
    }
    days = [{"id": str(HADI), "freq": "WEEKLY", "byday": "MO", "opens_at": "08:00", "closes_at": "16:00"}]
    urgent = {"number": "000-0000-0009", "tested": "2026-11-20", "hours": {"id": "Siang malam"}}
    load(with_place(bed(**own, schedules=days, urgent=urgent), clinic()))
    english = printed(made(), form)
    said = english.spoken()
    assert "Siang malam" in said["id"]
    assert "Ring twice" not in said["id"]
    assert ("Bawa surat." in said["id"]) == (form is not Layout.COMPACT), "it tells that in full"
    assert "Siang malam" not in said.get("en", "")
    assert "H3" in english.kinds_in("id") or "Rumah Rekaan" in said["id"]
    theirs = printed(made(language="id"), form)
    assert "Siang malam" in theirs.text
    assert "Siang malam" not in theirs.spoken().get("id", "")
    assert ("Ring twice." in theirs.spoken().get("en", "")) == (form is not Layout.COMPACT)


def test_only_the_part_in_another_language_is_tagged():
    text = Parts(("Monday", " (", LocalText("Ketuk dua kali", "id"), ")"))
    english, theirs, british = (to_plain({"text": text}, language)["text"] for language in ("en", "id", "en-gb"))
    assert english == ["Monday", " (", {"said": "Ketuk dua kali", "language": "id"}, ")"]
    assert theirs == "Monday (Ketuk dua kali)"
    assert british == english
