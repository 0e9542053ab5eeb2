"""The places as a picture: what the lists hold, by form alone, and whatever file a house brings."""

import gzip
import json
import os
import re
from pathlib import Path

import pytest
from django.core import checks
from django.core.management import CommandError, call_command

from suar.core import clock
from suar.demo import directory as invented
from suar.directory import catalogue, outlines, queries
from suar.directory.terms import Wanted
from suar.website import picture
from tests.directory.entries import AT, HADI
from tests.directory.test_outlines import blob, feature, file_of
from tests.website.asking import ask
from tests.website.conftest import STREET
from tests.website.publishing import built
from tests.website.test_reading_pages import ROUND_TRIP_BYTES, weight

pytestmark = pytest.mark.django_db
TILE = re.compile(
    r'<li data-many="(\d)"(?: data-x="(\d)" data-y="(\d+)")?>'
    r'(?:<button name="place" value="([^"]*)">|<div>)'
    r'<span>([^<]+)</span> <strong class="numbers" dir="ltr">(\d+\+?)</strong>'
    r"</(button|div)>\s*</li>"
)
JAVA = [code for code, one in catalogue.places().items() if one.group == "32"]


@pytest.fixture
def world(visitor):
    """Keep the invented directory, and look at it on the day for which it was written."""
    with clock.shifted(AT - clock.now()):
        invented.load(by=HADI, at=clock.now())
        yield visitor


@pytest.fixture
def brought(settings, tmp_path):
    """Give the file that a house may bring, in a data folder of its own."""
    settings.SUAR_DATA = tmp_path
    return Path(tmp_path) / outlines.NAME


def tiles(answer):
    """Read the places of a picture: by code the shade, column, row and number."""
    page = answer.content.decode()
    codes = {one.say("en"): code for code, one in catalogue.places().items()}
    found = {}
    for shade, x, y, value, named, many, element in TILE.findall(page):
        code = value or codes.get(named.replace(picture.SOFT_HYPHEN, ""), "")
        found[code] = (shade, x, y, many)
        assert (element == "div") is (many == "0"), "where nobody is, nothing is pressed"
    assert len(found) == page.count("<li data-many=") > 1
    return found


def test_each_tile_says_how_many_its_list_begins_with(world):
    drawn = tiles(ask(world, needs="talk", place="32", picture="1"))
    assert set(drawn) == {*JAVA, "32", ""}
    for code in JAVA:
        found = queries.search(Wanted(needs=("MENTAL",), place=code), most=100).cards
        there = sum(code in card.areas for card in found)
        assert drawn[code][3] == str(there), code
        assert all(code in card.areas for card in found[:there])
    assert any(int(many) for *_, many in drawn.values())


def test_a_place_leads_to_its_list_with_all_else_that_was_chosen(world):
    asked = {"needs": "talk", "who": "woman", "text": "aid", "free": "on"}
    answer = ask(world, place="32.74", picture="1", **asked)
    page = answer.content.decode()
    carried = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page)
    assert set(carried) - {each for each in carried if each[0] == "ticket"} == {
        ("lang", "en"),
        *asked.items(),
    }
    assert 'method="get"' not in page
    assert 'href="/en/l' not in page
    led = ask(world, place="32.74", **asked)
    assert led.status_code == 200


def test_without_a_place_the_provinces_are_shown_and_what_is_wide(world):
    drawn = tiles(ask(world, picture="1"))
    assert {"11", "31", "32", "96", "ABROAD", "SEA", ""} <= set(drawn)
    assert "32.74" not in drawn
    assert int(drawn["32"][3]) > int(drawn["11"][3])
    assert (drawn["32"][0], drawn["11"][0]) == ("4", "0")


def test_every_place_has_a_tile_of_its_own():
    for inside, placed in catalogue.tiles().items():
        parts = {code for code, one in catalogue.places().items() if one.group == inside and code[0].isdigit()}
        assert set(placed) == parts
        assert len(set(placed.values())) == len(placed)
        assert max(column for column, _ in placed.values()) <= 5
        assert max(row for _, row in placed.values()) <= 12


def test_a_place_without_a_tile_is_listed_beside():
    # Every place that ships has its tile, as the test above holds.
    drawn = picture.pictured("32", lambda _: {"32.01": 2}, "en", tiles={"32.74": (1, 1)})
    assert [(each.code, each.column, each.row) for each in drawn.spots] == [("32.74", 1, 1)]
    assert {"32.01", "32.73", "32", ""} <= {each.code for each in drawn.beside}


@pytest.mark.parametrize(
    ("named", "parted"),
    [
        ("Kalimantan", "Kali-man-tan"),
        ("Yogyakarta", "Yog-ya-karta"),
        ("Bali", "Bali"),
        ("Papua Pegunungan", "Papua Pegu-nu-ngan"),
        ("Southeast", "Southeast"),
        ("Калимантан", "Кали-ман-тан"),
        ("廖内", "廖内"),
    ],
)
def test_a_long_name_parts_between_syllables(named, parted):
    shown = picture.Spot("x", named, 1).parted
    assert shown.replace(picture.SOFT_HYPHEN, "-") == parted


def test_nobody_counts_further_than_a_hundred():
    spots = [picture.Spot("x", "x", count) for count in (0, 1, 5, 9, 99, 100)]
    assert [each.many for each in spots] == ["0", "1", "5", "9", "99", "100+"]
    assert [each.shade for each in spots] == [0, 1, 2, 3, 4, 4]


def test_a_hidden_place_is_drawn_in_its_province_and_in_no_district(visitor, directory):
    answer = ask(visitor, place="31", needs="bed", picture="1")
    drawn = tiles(answer)
    assert STREET not in answer.content.decode()
    assert drawn["31.74"][3] == "0", "the shelter is there, and nobody may see that"
    assert drawn["31"][3] == "1"


@pytest.mark.parametrize("odd", [{"place": "planted"}, {"place": "32.74'"}, {"needs": "planted"}, {"text": "x" * 99}])
def test_what_is_none_of_the_choices_draws_nothing(visitor, directory, odd):
    answer = ask(visitor, picture="1", **odd)
    assert answer.status_code == 400
    assert "planted" not in answer.content.decode()


def test_outlines_that_a_house_brings_are_drawn_and_every_place_is_listed(world, brought):
    shapes = [feature(code, at=[blob(107 + n % 6 / 3, -7 + n // 6 / 3, points=900)]) for n, code in enumerate(JAVA)]
    brought.write_bytes(file_of(*shapes))
    answer = ask(world, place="32.74", picture="1")
    page = answer.content.decode()
    assert page.count("<path data-many") == page.count("<text x=") == len(JAVA)
    assert 'aria-hidden="true"' in page.partition('class="outlines"')[2][:80]
    assert set(tiles(answer)) == {*JAVA, "32", ""}
    assert weight(world, answer) <= ROUND_TRIP_BYTES
    country = ask(world, place="", picture="1").content.decode()
    assert '<svg class="outlines"' not in country, "no province is outlined"
    brought.unlink()
    assert "outlines" not in ask(world, place="32.74", picture="1").content.decode()


@pytest.mark.parametrize("raw", [b"\xff", b"[" * 99_999, b'{"type": "FeatureCollection", "features": [1]}', b""])
def test_a_hostile_file_breaks_no_page_and_a_start_says_so(world, brought, raw, caplog):
    brought.write_bytes(raw)
    for _ in range(2):
        answer = ask(world, place="32", picture="1")
        assert answer.status_code == 200
        assert "data-placed" in answer.content.decode()
    assert caplog.text.count("places.geojson is not used") == 1
    [said] = [each for each in checks.run_checks() if each.id == "directory.W001"]
    assert "shown as tiles" in said.msg
    with pytest.raises(CommandError) as refused:
        call_command("check_places")
    assert refused.value.returncode == 2


@pytest.mark.parametrize("odd", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_is_no_plain_file_is_not_waited_for(world, brought, odd):
    odd(brought)
    assert "data-placed" in ask(world, place="32", picture="1").content.decode()
    with pytest.raises(CommandError, match="no plain file"):
        call_command("check_places")


def test_a_file_can_be_looked_at_before_it_is_put_in_place(brought, tmp_path, capsys):
    mine = tmp_path / "mine.geojson"
    mine.write_bytes(file_of(feature("32.74"), feature("31")))
    call_command("check_places", mine)
    assert capsys.readouterr().out == "provinces: 1 of 38 are drawn\nWest Java: 1 of 27 are drawn\n"
    assert not brought.exists()
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("check_places")
    assert not [each for each in checks.run_checks() if each.id == "directory.W001"]


def test_a_picture_is_light_in_every_language(world):
    for language in ("en", "id", "km", "ar"):
        for place in ("", "32"):
            answer = ask(world, lang=language, place=place, picture="1")
            assert weight(world, answer) <= ROUND_TRIP_BYTES


@pytest.mark.usefixtures("public_door")
def test_a_copy_shows_the_picture_with_links_to_its_lists(db):
    with clock.shifted(AT - clock.now()):
        invented.load(by=HADI, at=clock.now())
        files = built(languages=("en",))
        wanted = queries.count_by_place(Wanted(), JAVA)
    for name, page in (("en.html", "en-m-national.html"), ("en-p-32.html", "en-m-32.html")):
        assert f'href="{page}"'.encode() in files[name]
    drawn = files["en-m-32.html"].decode()
    told = dict(re.findall(r'href="en-p-([\d.]+)\.html"><span>[^<]+</span> <strong[^>]+>(\d+)', drawn))
    assert {code: int(many) for code, many in told.items() if code in JAVA} == {
        code: many for code, many in wanted.items() if f"en-p-{code}.html" in files
    }
    assert "<button" not in drawn
    kept = json.loads(files["en-kept-32.74.json"])["files"]
    assert not [name for name in kept if "-m-" in name]
    assert len(gzip.compress(files["en-m-national.html"])) < 4_000
