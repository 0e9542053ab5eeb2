"""Everyday words, which no page says, find somebody who does what they are about."""

from collections.abc import Collection

import pytest

from suar.core import clock
from suar.demo import directory as invented
from suar.directory import catalogue
from suar.directory.candidates import Part
from suar.directory.rules.relevance import ATTRIBUTES, TEXT_PREFIX
from suar.directory.search import SearchQuery
from suar.website import keywords
from suar.website.find_help import find
from tests.directory.entries import AT

PHRASES = {
    "en": {
        "JUS_WAGES": "salary not paid|boss does not pay|no wages|unpaid overtime|salery",
        "STATUS": "passport taken|they took my passport|papers|embassy|no visa",
        "SAFETY": "beaten|boss hits me|violence|i am scared|locked in|ran away|he will kill me",
        "HEALTH": "doctor|i am sick|wound|raped|need medicine",
        "HEA_REPRO": "pregnant|i am pregant",
        "ECO_DEBT": "debt|i owe money|loan",
        "SEA": "ship|on a fishing boat|vessel",
        "JUSTICE": "lawyer|agent cheated me|police arrested me|broker",
        "HOUSING": "sleep|nowhere to sleep|homeless|runaway",
        "RETURN": "go home|back to my village",
        "FAMILY": "child|my baby",
        "MENTAL": "depressed|want to die|kill myself|cannot sleep nightmares",
        "ECO_SAFE_MIGRATION": "migrant worker|abroad",
        "BASIC": "hungry|no food",
    },
    "id": {
        "JUS_WAGES": "gaji|gaji tidak dibayar|saya tidak digaji|gaji dipotong majikan|duit lembur",
        "STATUS": "paspor ditahan|paspor saya diambil|ktp disita|surat-surat",
        "SAFETY": "dipukul|dipukuli majikan|kekerasan|saya takut|disekap|kabur|mau bunuh saya",
        "HEALTH": "dokter|sakit|luka|diperkosa|butuh obat",
        "HEA_REPRO": "hamil|saya hamill",
        "ECO_DEBT": "utang|hutang|terlilit utang|pinjol",
        "SEA": "kapal|abk|di kapal ikan|pelaut",
        "JUSTICE": "pengacara|ditipu calo|lapor polisi|sponsor|agen",
        "HOUSING": "tidur|tidak bisa pulang, tidur di jalan|diusir|tempat menginap",
        "RETURN": "pulang|mau pulang kampung",
        "FAMILY": "anak|anak saya",
        "MENTAL": "stres|sedih|mau bunuh diri",
        "ECO_SAFE_MIGRATION": "TKI|PMI|TKW|agen TKI",
        "BASIC": "lapar|tidak ada makanan",
    },
}
EACH = [
    (language, phrase, code)
    for language, kinds in PHRASES.items()
    for code, phrases in kinds.items()
    for phrase in phrases.split("|")
]


@pytest.fixture
def world(db):
    """Fill the directory with the invented one, on its own day."""
    with clock.shifted(AT - clock.now()):
        invented.load(at=clock.now())
        yield


def found(text: str, language: str, parts: Collection[Part] = tuple(Part)) -> list[set[str]]:
    """Return the kinds, groups and places of each service on the first page, in some parts of it."""
    results = find(SearchQuery(text=text), language=language)
    cards = [entry.card for part, entries in results.parts if part in parts for entry in entries]
    return [{*c.types, *(catalogue.types()[t]["group"] for t in c.types), *c.areas} for c in cards]


def test_everyday_phrases_find_who_does_what_they_are_about(world):
    lost = [item for item in EACH if not any(item[2] in one for one in found(item[1], item[0]))]
    assert lost == []
    assert len(EACH) >= 80


def test_results_are_of_a_type_that_the_word_may_mean(world):
    for text, language, codes in (
        ("gaji tidak dibayar", "id", {"JUS_WAGES"}),
        ("salary not paid", "en", {"JUS_WAGES"}),
        ("hamil", "id", {"HEA_REPRO"}),
        ("pinjol", "id", {"ECO_DEBT"}),
    ):
        assert all(codes & one for one in found(text, language, [Part.FITS])), text


def test_of_several_kinds_one_is_enough_where_nobody_does_all_and_a_place_stays(world):
    kinds = set().union(*found("hamil utang", "id"))
    assert {"HEA_REPRO", "ECO_DEBT"} <= kinds
    assert found("utang Cirebon", "id") != []
    assert all({"32.74", "32.09", "32", "NATIONAL"} & one for one in found("Cirebon gaji utang", "id"))


def test_an_unknown_word_goes_once_another_one_is_known(world):
    assert found("gaji blablabla", "id") == found("gaji", "id") != []
    assert found("blablabla", "id") == found("blablabla blublublu", "en") == []


def test_every_row_names_codes_that_there_are_and_words_that_are_not_left_out():
    known = {*catalogue.types(), *catalogue.groups(), *catalogue.places(), *ATTRIBUTES, "FOR_TRANS", "FOR_DEAF"}
    rows = keywords.everyday_rows()
    assert {code for row in rows for code in row["codes"] if not code.startswith(TEXT_PREFIX)} <= known
    for language in ("en", "id"):
        words = {word for row in rows for word in row.get(language, "").split()}
        assert [word for word in words if not keywords.load_lexicon(language).weigh(word.replace("_", " "))] == []
        assert not words & set(keywords.load_lexicon(language).writing.stopwords)
        assert len(words) > 150
