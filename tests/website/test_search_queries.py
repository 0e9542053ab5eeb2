"""Typed words by their root, in another language and together; ages, aims and urgency."""

import re

import pytest

from suar.directory import catalogue
from suar.website.search_queries import read_query
from suar.website.stems import Affixes, plain_spelling
from suar.website.vocabularies import load_combinations
from tests.website.asking import ask


def best(text: str, language: str) -> set[str]:
    """Return the codes that all words mean most; several may be equal."""
    weights: dict[str, float] = {}
    for word in read_query(text, language).words:
        for code, weight in (word.weights or dict.fromkeys(word.codes, 1.0)).items():
            weights[code] = weights.get(code, 0) + weight
    return {code for code, weight in weights.items() if weight == max(weights.values())} or {""}


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("id", "mukulin", "SAF_RISK"),
        ("id", "utangnya", "ECO_DEBT"),
        ("id", "dipulangin", "RET_TRAVEL"),
        ("id", "giginya sakiiit", "HEA_DENTAL"),
        ("id", "anak2nya demam", "HEA_GENERAL"),
        ("en", "pregnat", "HEA_REPRO"),
        ("en", "gaji saya belum dibayar", "JUS_WAGES"),
        ("id", "not paid", "JUS_WAGES"),
        ("en", "nawawala", "FAM_TRACING"),
        ("en", "I can't sleep", "MEN_COUNSEL"),
        ("id", "mata kabur", "HEA_DENTAL"),
        ("id", "pengen kabur", "SAF_RISK"),
        ("en", "doctor now", "HEA_EMERGENCY"),
        ("en", "doctor this week", "HEA_GENERAL"),
        ("en", "my child was taken", "FAM_TRACING"),
        ("id", "anak saya dibawa suami", "JUS_FAMILYLAW"),
        ("id", "paspor saya ditahan", "STA_TRAVEL"),
        ("id", "ktp hilang", "STA_IDENTITY"),
        ("vi", "dokter", "HEA_GENERAL"),
        ("th", "ฉันต้องการหมอ", "HEALTH"),
        ("id", "gji ga dbyr", "JUS_WAGES"),
        ("id", "mw plg ke rmh", "RETURN"),
        ("id", "tdk dikasih mkn", "BAS_FOOD"),
        ("en", "dont have nowhere to slept", "HOU_EMERGENCY"),
        ("id", "disuruh tidur sama laki laki", "SAF_RISK"),
        ("id", "saya dipaksa melayani laki laki", "SAF_RISK"),
        ("en", "i must sleep with men for money", "SAF_RISK"),
        ("id", "laki laki butuh tempat tidur", "HOU_MEN"),
        ("en", "zebra", ""),
    ],
)
def test_words_mean_what_their_forms_and_neighbours_mean(language, text, code):
    meant = best(text, language)
    groups = {known: row["group"] for known, row in catalogue.types().items()}
    assert code in meant | {groups.get(known) for known in meant}


@pytest.mark.parametrize(
    ("text", "urgent"),
    [
        ("dia ambil paspor saya dan saya tidak boleh keluar", True),
        ("they dont let her out", True),
        ("anak saya diculik", True),
        ("suami mukulin saya", True),
        ("mata kabur", False),
        ("paspor hilang", False),
        ("saya tidak bisa kembali ke negara saya", True),
        ("ibu dua anak cari kerja dekat rumah", False),
    ],
)
def test_danger_is_urgent_and_a_word_that_means_something_else_is_not(text, urgent):
    reading = read_query(text, "id")
    assert (reading.urgent or reading.may_be_urgent) is urgent


def test_proof_of_blows_may_be_danger_and_puts_no_line_first():
    assert not read_query("surat dokter buat bukti dipukul", "id").urgent


def test_a_text_that_may_tell_of_danger_opens_the_numbers_above_the_list(directory, visitor):
    def is_open(text):
        page = ask(visitor, text=text, lang="id").content.decode()
        return " open" in re.search(r"<details([^>]*)>\s*<summary>Dalam bahaya", page)[1]

    assert is_open("dia ambil paspor saya dan saya tidak boleh keluar")
    assert not is_open("paspor hilang")


def test_in_danger_abroad_no_short_number_of_this_country_is_named(directory, visitor):
    def numbers(place):
        page = ask(visitor, text="dia ambil paspor saya dan saya tidak boleh keluar", place=place, lang="id")
        return re.search(r"<details[^>]*>\s*<summary>Dalam bahaya.*?</details>", page.content.decode(), re.DOTALL)[0]

    assert 'href="tel:129"' in numbers("")
    assert 'href="tel:129"' not in numbers("ABROAD")


def test_who_cannot_return_to_their_country_is_not_led_to_the_way_home():
    assert "STA_ASYLUM" in best("I cannot return to my country, they will kill me", "en")


@pytest.mark.parametrize(
    ("text", "age", "child_age"),
    [
        ("boy 15 wants to learn a trade", 15, None),
        ("anak umur 14 kabur", 14, None),
        ("tempat aman sama anak cowo 14 thn", None, 14),
        ("anak saya hilang sejak lama, 8 tahun", None, None),
        ("anak 3 bulan demam", None, None),
        ("kerja 16 jam", None, None),
        ("me and my 3 kids", None, None),
        ("a 15 year old boy", 15, None),
        ("paket b umur 24 masih bisa", 24, None),
        ("umur 30 bawa anak cari kamar", None, None),
        ("kerja 24 tahun", None, None),
    ],
)
def test_an_age_is_read(text, age, child_age):
    reading = read_query(text, "id")
    assert (reading.age_years, reading.child_age) == (age, child_age)


def test_a_place_is_read_in_every_spelling_and_where_somebody_goes_is_not_where_they_are():
    assert read_query("dokter bdg", "id").places == read_query("doctor in bandong", "en").places == ("32.73",)
    assert read_query("kupang", "vi").places == ("53",), "a town outside of the listed districts is its province"
    assert read_query("tiket pulang ke kupang", "id").places == ()
    assert read_query("di kupang mau pulang", "id").places == ("53",)
    assert read_query("baru balik dari batam, bingung", "id").places == ()
    assert read_query("cari kerja di batam", "id").places == ("21",)


def test_a_common_word_is_no_misspelling_and_is_understood():
    reading = read_query("aku bekas pembantu, sejak dulu sendiri", "id")
    assert (reading.places, {"bekas", "sejak"} & {word.text for word in reading.words if not word.codes}) == ((), set())


def test_a_province_without_listed_districts_has_a_distance_too():
    assert catalogue.distance_km("53", "32") == 1790
    assert catalogue.distance_km("32", "32.74") is catalogue.distance_km("32.74", "32") is None
    assert catalogue.distance_km("32.74", "NATIONAL") is None


def test_every_combination_names_rows_and_codes_that_there_are():
    known = {*catalogue.types(), *catalogue.groups(), "SEA", "ABROAD", "FOR_CHILDREN", "FOR_MEN", "FOR_WOMEN"}
    known |= {"FOR_FOREIGNERS", "=complaint", "=pengaduan"}
    assert {code for row in load_combinations() for code in row.weights} <= known
    assert len(load_combinations()) > 50


def test_roots_of_a_word():
    affixes = Affixes((("me", ""), ("ny", "s")), (("kan", ""), ("nya", "")))
    assert affixes.roots("nyimpannya") >= {"nyimpannya", "simpan"}
    assert affixes.roots("kan") == {"kan"}
    assert [plain_spelling(word) for word in ("anak2nya", "toloooong", "15", "laki2")] == [
        "anaknya",
        "tolong",
        "15",
        "laki",
    ]


@pytest.mark.parametrize(("text", "language"), [("group for men who were also slaves", "en"), ("grup bapak2", "id")])
def test_a_group_of_men_is_asked_for_by_name(text, language):
    weights = [word.weights or {} for word in read_query(text, language).words if word.text]
    assert {"FOR_MEN", "MEN_GROUP"} <= {code for weight in weights for code in weight}


def test_who_would_rather_write_is_not_taught_to_write_nor_given_a_phone():
    assert best("I am ashamed to call by phone, can I only write to ask about my rights", "en") >= {"COO_INFO"}
