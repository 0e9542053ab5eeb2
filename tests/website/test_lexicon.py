"""Typed words in every language: kinds of help, needs and places as a page names them."""

import importlib
import unicodedata
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils.translation import override

from suar.core.i18n import localize, public_languages
from suar.directory import catalogue
from suar.directory.candidates import Part
from suar.directory.models import SearchEntry
from suar.directory.search import SearchQuery
from suar.website import keywords
from suar.website.find_help import find
from suar.website.forms import NEEDS
from tests.directory.entries import at_place, entry, first_apps, load, place, provider
from tests.website.typing import read_on_device, without_a_letter

HELD = ("en", "id")
EVERY = [public_language.code for public_language in public_languages()]
OTHERS = [code for code in EVERY if code not in HELD]
MARKED, UNSPACED = ("ar", "ro", "ru", "sq", "sr-latn", "vi"), ("km", "lo", "my", "th", "zh-hans")
FORGIVEN = 0.96
"""Share of names that are found with a letter left out; by chance some become another name."""


def names(language: str) -> Iterator[tuple[str, str]]:
    """Yield every name as a page says it, with a code it stands for."""
    with override(language):
        yield from ((str(n.words), c) for n in NEEDS.values() for c in n.codes if n.name != "unsure")
    if language not in HELD:
        for coded in (catalogue.types(), catalogue.groups(), catalogue.places()):
            yield from ((coded.label(code, language), code) for code in coded)


def leads(text: str, language: str) -> frozenset[str]:
    """Return the codes that all that was typed has in common."""
    known = [meaning.codes for meaning in read_on_device(text, language) if meaning.codes]
    return frozenset.intersection(*known) if known else frozenset()


def without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@pytest.mark.parametrize("language", EVERY)
def test_every_name_means_its_code_and_few_others(language):
    led = {(text, code): leads(text, language) for text, code in names(language)}
    assert [told for told, codes in led.items() if told[1] not in codes] == []
    assert max(map(len, led.values())) <= 16, "of the 173 codes that there are"


@pytest.mark.parametrize("language", OTHERS)
def test_a_missing_letter_is_tolerated(language):
    long = [(text, code) for text, code in names(language) if len(max(text.split(), key=len)) > 4]
    lost = [text for text, code in long if code not in leads(without_a_letter(text), language)]
    assert len(lost) <= (1 - FORGIVEN) * len(long), lost


@pytest.mark.parametrize("language", MARKED)
def test_marks_may_be_left_out(language):
    lost = [t for t, code in names(language) if code not in leads(without_marks(t), language)]
    assert lost == []
    assert any(without_marks(text) != text for text, _ in names(language))


@pytest.mark.parametrize("language", UNSPACED)
def test_the_beginning_or_the_end_of_a_name_is_enough(language):
    long = [(text, code) for text, code in names(language) if len(text) > 9]
    small = keywords.load_lexicon(language).writing.stopwords
    halves = [(half, code) for text, code in long for half in (text[:5], text[-5:]) if half.strip() not in ("", *small)]
    assert [half for half, code in halves if code not in leads(half, language)] == []


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("ru", "жилье", "HOUSING"),
        ("ru", "жильём", "HOUSING"),
        ("ru", "юриста", "JUSTICE"),
        ("ru", "мне нужен врач", "HEALTH"),
        ("ru", "в Джакарте", "31"),
        ("ar", "سكن", "HOUSING"),
        ("ar", "السَّكَن", "HOUSING"),
        ("ar", "الاقامة", "HOUSING"),
        ("ar", "اقامه", "HOUSING"),
        ("ar", "سـكـن", "HOUSING"),
        ("ar", "أريد طبيب", "HEALTH"),
        ("vi", "bac si o Jakarta", "31"),
        ("vi", "luat su", "JUSTICE"),
        ("vi", "bác sĩ", "HEALTH"),
        ("ro", "vreau un adapost", "HOU_SHELTER"),
        ("ro", "adăposturi", "HOU_SHELTER"),
        ("sq", "strehe", "HOUSING"),
        ("sr-latn", "smestaj", "HOUSING"),
        ("sr-latn", "смештај", "HOUSING"),
        ("sr-latn", "сестринство", ""),
        ("th", "ฉันต้องการหมอ", "HEALTH"),
        ("th", "หมอ", "HEALTH"),
        ("th", "หางานที่บาหลี", "51"),
        ("th", "ทนายจาการ์ตา", "31"),
        ("th", "จากาตา", "31"),
        ("zh-hans", "我想找住处", "HOUSING"),
        ("zh-hans", "雅加达医生", "31"),
        ("zh-hans", "药", "HEALTH"),
        ("km", "ខ្ញុំត្រូវការផ្ទះ", "HOUSING"),
        ("my", "ဆရာဝန်", "HEALTH"),
        ("lo", "ທ່ານໝໍ", "HEALTH"),
        ("en", "a doctor", "HEALTH"),
        ("id", "dokter", "HEALTH"),
        ("en", "zebra", ""),
    ],
)
def test_typed_words_have_the_expected_codes(language, text, code):
    meanings = {each for one in read_on_device(text, language) for each in one.codes}
    assert code in meanings if code else not meanings


@pytest.mark.parametrize("text", ["", " ", "\u200b", "'\"*", "ฺ", "x" * 60, "ก" * 60, "的" * 60])
@pytest.mark.parametrize("language", EVERY)
def test_any_text_is_accepted(language, text):
    assert len(read_on_device(text, language)) <= keywords.MAX_WORDS


@pytest.fixture
def directory():
    """Fill the directory with a bed and a lawyer in one district, and a lawyer in another."""
    report = load(
        provider(
            entry("bed", types=["HOU_EMERGENCY"], areas=["32.74"]),
            entry("lawyer", types=["JUS_ADVICE"], areas=["32"], service_at_locations=at_place("house")),
            entry("other lawyer", types=["JUS_ADVICE"], areas=["31.71"]),
            locations=[place("house")],
        )
    )
    assert report.applied


def found(text: str, language: str, **wanted: str) -> set[str]:
    """Return the names of the services that a text finds, without those that are listed because they may help too."""
    with override("en"):
        parts = find(SearchQuery(text=text, **wanted), language=language).parts
    entries = [entry for part, some in parts if part not in (Part.NO, Part.ALSO) for entry in some]
    return {str(entry.card.name).removeprefix("Invented ") for entry in entries}


@pytest.mark.django_db
@pytest.mark.parametrize("language", OTHERS)
def test_kinds_and_places_find_in_every_language_what_english_words_find(directory, language):
    known = catalogue.types() | catalogue.groups() | catalogue.places()
    for codes in (["HOU_EMERGENCY"], ["32.74"], ["HOU_EMERGENCY", "32.74"], ["JUSTICE"]):
        theirs, english = (" ".join(localize(known[c].labels, tag) for c in codes) for tag in (language, "en"))
        assert found(theirs, language) == found(english, "en") != set(), theirs
    both = " ".join(localize(known[code].labels, language) for code in ("32.74", "JUSTICE"))
    assert found(both, language) == {"lawyer"}, "its open place is there, and no area of it is"


@pytest.mark.django_db
def test_an_unknown_word_is_ignored_and_a_name_matches(directory):
    assert found("помогите бедному Чиребон юрист", "ru") == {"lawyer"}
    assert found("lawyer", "ru") == {"lawyer", "other lawyer"}
    assert found("lawyer zebra", "en") == found("pengacara zebra", "id") == found("lawyer", "en")
    assert found("зебра", "ru") == found("zebra", "en") == set()
    assert found("律师斑马", "zh-hans", place="31.71") == {"other lawyer"}


LATER = ("qxd", "qxk", "qxo")


@pytest.mark.django_db
def test_an_older_index_is_rebuilt_with_places_and_people(directory):
    search_entries = list(SearchEntry.objects.order_by("position").values_list("terms"))
    for row in SearchEntry.objects.all():
        row.terms = " ".join(part for part in row.terms.split() if part[:3] not in LATER)
        row.save()
    assert list(SearchEntry.objects.order_by("position").values_list("terms")) != search_entries
    step = importlib.import_module("suar.directory.migrations.0010_found_by_named_place")
    step.add_places(first_apps(), SimpleNamespace(connection=connection))
    assert list(SearchEntry.objects.order_by("position").values_list("terms")) == search_entries
    assert found("井里汶", "zh-hans") == {"bed", "lawyer"}
