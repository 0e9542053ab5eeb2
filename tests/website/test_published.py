"""A published copy: the same bytes each time, nothing of hidden places, light, and whole."""

import gzip
import json
import random
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.core import clock
from suar.demo import directory as invented
from suar.directory import catalogue, models, queries
from suar.directory.search import SearchQuery
from suar.hsds import files
from suar.website import headers
from suar.website.entries import WHOLE_COUNTRY as NATIONAL
from suar.website.forms import NEEDS
from suar.website.published import build, folder
from suar.website.published.build import Builder
from suar.website.published.copy import EVERY_NEED, NUMBERED_NEEDS, codes_of, load_copy
from tests.directory.entries import (
    AT,
    at_place,
    entry,
    entry_id,
    load,
    place,
    provider,
)
from tests.directory.test_hidden_places import HERE, TABLES, THERE, world
from tests.website.publishing import DAY, assets_of, built, pages, read

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("public_site"),
]
PLACE = "32.74"
ROUND_TRIP_BYTES, KEPT_BYTES = 14_000, 500_000
HOSTILE = '"><script src="/x.js">../../..\\en</script>&<a href="/etc/passwd">'


@pytest.fixture
def small():
    """Keep one open and one hidden place, and a service whose words want to be more than words."""
    house = world(HERE)[0]
    evil = entry("evil", types=["HOU_MEN"], areas=["32.74", "NATIONAL"], service_at_locations=at_place("odd"))
    evil |= {"name": HOSTILE, "description": HOSTILE}
    odd = provider(evil, name="odd", locations=[place("odd", name=HOSTILE)]) | {"name": HOSTILE}
    with clock.shifted(AT - clock.now()):
        report = load(house, odd)
    assert report.applied, report.refused
    return built()


def packed(content):
    return len(gzip.compress(content, 9, mtime=0))


def is_meant(card, where):
    """Say whether a service is for a place, its province or a part of it, and not just for all."""
    own = {where, catalogue.province_of(where)} & set(card.areas)
    inside = where in map(catalogue.province_of, card.areas)
    return bool(own or inside) or (where == NATIONAL and not card.areas)


def told_after(*moves):
    """Fill an empty directory, move places in it, and publish it after each move."""
    for table in reversed(TABLES):
        table.objects.all().delete()
    models.Edition.objects.all().delete()
    for entries in moves:
        assert load(*entries).applied
        yield built(address="https://copy.example/")


def test_the_same_directory_gives_the_same_bytes_at_any_hour(small):
    with clock.shifted(timedelta(days=9, hours=7)):
        again = built()
    assert again == small
    assert list(again) == list(small)


def test_another_day_is_another_copy(small):
    assert built(DAY + timedelta(days=1)) != small


def test_moving_every_hidden_point_changes_no_byte_of_the_site():
    before, after = told_after(world(HERE), world(THERE, district="32.01"))
    assert before == after
    canaries = (b"Canary", b"6.7321", b"108.5523", b"+62 111")
    for content in before.values():
        assert not any(canary in content for canary in canaries)


def test_the_same_comparison_sees_a_place_that_is_not_hidden():
    before, after = told_after(world(HERE, hidden=False), world(THERE, hidden=False))
    assert before != after
    assert any(b"Canary house" in item for item in before.values())


def test_every_link_leads_to_a_file_of_the_copy(small):
    checked = 0
    for name, page in pages(small).items():
        for link in read(page).found:
            if link.startswith(("tel:", "#")):
                continue
            checked += 1
            assert link.partition("#")[0] in small, f"{name}: {link}"
    assert checked > 500


def test_markup_in_an_entry_is_escaped(small):
    page = next(each for name, each in small.items() if name.startswith("en-s-") and b"x.js" in each)
    assert b'src="/x.js"' not in page
    assert b"&lt;script" in page
    assert [script for script in read(page).scripts if script["src"].startswith("assets/")] == read(page).scripts
    for name in small:
        assert re.fullmatch(r"(assets/)?[A-Za-z0-9._-]+", name)
        assert ".." not in name
    rows = json.loads(small["en-index.json"])
    assert HOSTILE in rows["texts"], "a browser shows it as text"


@pytest.mark.usefixtures("public_site", "small")
def test_a_copy_in_one_language_holds_what_its_pages_link_to_and_nothing_else():
    files = build.build(load_copy(["en"], day=DAY))
    assert {"en-phone.html", "en-others.html", "en-keep.html", "en-read-0.html"} <= set(files)
    assert not any(name.startswith("id") for name in pages(files) if name != "index.html")
    assert all(link in files for link in read(files["en-phone.html"]).found if link[0] != "#")


@given(st.text(max_size=30), st.sampled_from(["/", "/en/", "/en/p/", "/assets/", "/assets/ab/"]))
def test_no_address_becomes_a_file_elsewhere(text, before):
    try:
        name = build.file_name(before + text)
    except build.UnsafeName:
        return
    assert re.fullmatch(r"(assets/)?[a-z0-9][a-z0-9._-]*", name)
    assert ".." not in name


def test_a_link_that_leads_nowhere_stops_the_copy():
    def nowhere(address):
        raise build.BrokenLink(address)

    with pytest.raises(build.BrokenLink):
        build.replace_links('<a href="/en/gone">', nowhere)
    assert build.replace_links("<p>href=/en</p> <a href='x'>", nowhere)


def test_the_first_visit_to_any_page_fits_one_round_trip(small):
    for name, page in pages(small).items():
        loaded = [page, *(small[asset] for asset in assets_of(page))]
        assert sum(map(packed, loaded)) <= ROUND_TRIP_BYTES, name
        for script in read(page).scripts:
            assert "defer" in script, f"{name}: a script that blocks"


def test_offline_pages_of_a_place_are_small():
    with clock.shifted(AT - clock.now()):
        invented.load(at=clock.now())
    files = built(languages=("id",), district=PLACE)
    listed = files["id-kept-32.74.json"]
    names = json.loads(listed)["files"]
    assert len(names) == len(set(names)) > 60
    assert sum(packed(files[name]) for name in names) + packed(listed) <= KEPT_BYTES
    assert set(names) >= {"id.html", "id-about.html", "id-read-0.html", "id-others.html"}
    stored = [name for name in names if name.endswith(".html")]
    reached, waiting = set(), ["id.html"]
    while waiting:
        reached.add(page := waiting.pop())
        links = [_of_kept_place(stored, link.split("#")[0]) for link in read(files[page]).found]
        waiting += {link for link in links if link in stored} - reached
    assert set(stored) - reached == {"id-away.html"}, "all but the page for what is not stored is reached by links"


def _of_kept_place(stored, link):
    """Return the page that kept.js shows for a link: a province's stands for that of the place in it."""
    found = re.fullmatch(r"(.*-[lp]-\d+)(-\d+-\d+)?\.html", link)
    if link in stored or not found:
        return link
    start, rest = f"{found[1]}.", f"{found[2] or ''}.html"
    return next((name for name in stored if name.startswith(start) and name.endswith(rest)), link)


def test_with_little_room_the_nearest_services_are_stored_first():
    with clock.shifted(AT - clock.now()):
        invented.load(at=clock.now())
        copy = load_copy(["en"], day=DAY)
        builder = Builder(copy)
        builder.build("")
    lists = sum((PLACE, need) in copy.lists for need in (EVERY_NEED, *NUMBERED_NEEDS))
    room = 1 + lists + 3
    builder.compressed_sizes = dict.fromkeys(builder.names.values(), 1)
    own = builder.files_of_place("en", PLACE, room=room)
    assert len(own) == room
    assert own[0] == f"en-p-{PLACE}.html"
    nearest = copy.services_in(PLACE, EVERY_NEED)[:3]
    assert own[-3:] == [f"en-s-{item}.html" for item in nearest]
    whole = builder.files_of_place("en", PLACE, room=10_000)
    assert len(whole) == len(set(whole)) > room


def test_lists_match_the_search_of_the_dynamic_site():
    with clock.shifted(AT - clock.now()):
        invented.load(at=clock.now())
        copy = load_copy(["en"], day=AT.date())
        assert len(copy.places) > 20
        for where in copy.places:
            for number in (EVERY_NEED, *NUMBERED_NEEDS):
                codes = codes_of(number) if number else ()
                asked = SearchQuery(needs=codes, place=where)
                found = queries.search_services(asked, most=500, language="en").cards
                here = [card.id for card in found if is_meant(card, where)]
                alike = list if number <= len(NEEDS) else set
                assert alike(copy.services_in(where, number)) == alike(here), (where, number)


def test_a_picture_that_means_several_things_asks_which_and_lists_nothing_before():
    types = {"trace": ["FAM_TRACING"], "talk": ["MEN_COUNSEL"], "mourn": ["RET_REMAINS"]}
    listed = provider(*(entry(name, types=codes, areas=[PLACE]) for name, codes in types.items()))
    with clock.shifted(AT - clock.now()):
        assert load(listed).applied
        files = built(languages=("en",))
    number = {need.name: at for at, need in NUMBERED_NEEDS.items()}
    family, died, child = (number[name] for name in ("family", "family-died", "family-child"))
    assert f"en-l-{PLACE.lower()}-{family}-1.html" in read(files[f"en-p-{PLACE}.html"]).found
    for page, link in (
        (f"en-n-{family}.html", "en-n-%d.html"),
        (f"en-l-{PLACE}-{family}-1.html", f"en-l-{PLACE}-%d-1.html"),
    ):
        assert "Which of these is it?" in files[page].decode()
        assert "Invented mourn" not in files[page].decode()
        assert link % died in read(files[page]).found
        assert link % child not in read(files[page]).found, "nobody does this"
    assert f"en-l-32-{died}-1.html" in read(files[f"en-n-{died}.html"]).found
    answer = files[f"en-l-{PLACE}-{died}-1.html"].decode()
    assert 0 < answer.index("Invented mourn") < answer.index("Invented talk"), "the likeliest first"
    assert "Invented trace" not in answer


AREAS = {
    "city": ["32.74"],
    "regency": ["32.09"],
    "both": ["32.74", "32.09"],
    "province": ["32"],
    "everywhere": ["NATIONAL"],
    "untold": [],
    "capital": ["31"],
    "centre": ["31.71"],
    "sailors": ["SEA"],
}
HELP_THERE = {
    "32.74": {"city", "both", "province", "everywhere", "untold"},
    "32.01": {"province", "everywhere", "untold"},
    "32": {"city", "regency", "both", "province", "everywhere", "untold"},
    "31.72": {"capital", "everywhere", "untold"},
    "SEA": {"sailors", "everywhere", "untold"},
    "NATIONAL": {"everywhere", "untold"},
}


def test_one_place_keeps_exactly_those_who_help_there():
    names = {entry_id(name): name for name in AREAS}
    told = [entry(name, types=["HOU_MEN"], areas=areas) for name, areas in AREAS.items()]
    with clock.shifted(AT - clock.now()):
        assert load(provider(*told)).applied
        whole = load_copy(["en"], day=AT.date())
        for place_, wanted in HELP_THERE.items():
            part = load_copy(["en"], day=AT.date(), district=place_)
            assert {names[service] for service in part.services} == wanted
            around = {place_, catalogue.province_of(place_), "NATIONAL"}
            assert all(place in around or place[:2] == place_ for place in part.places)
            assert {names[item] for item in part.services_in(place_, 0)} >= wanted - {"everywhere", "untold"}
            assert set(part.services_in("NATIONAL", 0)) == set(whole.services_in("NATIONAL", 0))
    assert len(whole.services) == len(AREAS)


def test_a_copy_of_one_place_is_whole_and_a_part_of_the_whole_copy():
    with clock.shifted(AT - clock.now()):
        invented.load(at=clock.now())
        whole, part = (load_copy(["en"], day=AT.date(), district=item) for item in ("", PLACE))
        files = built(languages=("en",), district=PLACE)
    for need in (EVERY_NEED, *NUMBERED_NEEDS):
        for where in (PLACE, NATIONAL):
            assert part.services_in(where, need) == whole.services_in(where, need)
    meant = [c.id for c in whole.cards["en"].values() if not c.areas or {*c.areas} & {PLACE, "32", NATIONAL}]
    assert part.services == meant
    assert 0 < len(part.services) < len(whole.services)
    assert {name[5:-5] for name in files if name.startswith("en-s-")} == set(map(str, meant))
    assert not any(name.startswith(("en-p-32.09", "en-m-")) for name in files)


def test_no_page_depends_on_the_time_of_reading(small):
    for name, page in pages(small).items():
        assert not re.search(rb"Checked by a person|Open now|Closed now", page), name
    assert any(b"Last checked on 20 November 2026." in page for page in small.values())


def test_a_large_search_index_shows_its_size_before_loading(small):
    assert b"kB once" not in small["en.html"]
    heavy = load_copy(["en"], day=DAY)
    vars(heavy)["indexes"] = {"en": random.Random(1).randbytes(123_000)}
    files = build.build(heavy)
    assert b"it loads about 123 kB once" in files["en.html"]


def test_programs_find_the_services_of_the_copy_as_hsds(small):
    told = json.loads(small["hsds.json"])
    assert {f"en-s-{item['id']}.html" for item in told["contents"]} == {
        name for name in small if name.startswith("en-s-")
    }
    assert not files.parse(small["hsds.json"]).refused, "the importer reads it back"


def test_host_files_have_the_headers_of_the_public_site(small):
    table = folder.page_headers()
    assert {**table, "Content-Security-Policy": ""} == {
        **headers.PUBLIC,
        "Content-Security-Policy": "",
    }
    policy = headers.PUBLIC["Content-Security-Policy"].replace("'none'", "kept")
    assert table["Content-Security-Policy"].replace("'none'", "kept") == policy
    for name in ("_headers", ".htaccess", "nginx-headers.conf"):
        for value in table.values():
            assert value in small[name].decode(), name


def test_only_the_offline_page_stores_anything(small):
    stores = re.compile(rb"serviceWorker|caches\.|localStorage|indexedDB|document\.cookie")
    assert [name for name, content in small.items() if stores.search(content)] == [
        *(name for name in small if name.endswith("js-keep.js")),
        "kept.js",
    ]
    for name, page in pages(small).items():
        assert b"<form" not in page, name
        asks = any(asset.endswith("js-keep.js") for asset in assets_of(page))
        assert asks == name.endswith("-keep.html"), name


def test_the_list_of_pages_names_no_service_and_needs_an_address(small):
    assert "sitemap.xml" not in small
    told = built(address="https://copy.example/sub/")["sitemap.xml"].decode()
    assert "https://copy.example/sub/en-about.html" in told
    assert "-s-" not in told
    assert "read-0" not in told


def test_pages_link_to_the_dynamic_site_if_its_address_is_known(small):
    named = built(site_url="https://site.example/")
    assert b"https://site.example/" in named["en.html"]
    assert not any(b"https://" in page for page in pages(small).values())
