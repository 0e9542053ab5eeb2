"""What a person may see is kind, in both languages, and never a code."""

import re
from dataclasses import replace
from datetime import date
from uuid import UUID

import polib
import pytest
from django.conf import settings as configured
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from suar.directory import catalogue
from suar.directory.candidates import person_facts
from suar.directory.facts import PersonFacts, ServiceFacts
from suar.directory.rules.fit import fit
from suar.directory.search import SearchQuery
from suar.website.entries import SENTENCES, Entry, checked_words, reason_lines
from suar.website.forms import NEEDS, WHO, FindForm
from suar.website.templatetags.website import pictogram
from tests.house.reading import SUAR

DOORS = SUAR / "website"
UNKIND = re.compile(
    r"\b(victim\w*|suspect\w*|illegal\w*|rescue\w*|client\w*|beneficiar\w*"
    r"|korban|tersangka|ilegal|penyelamatan|klien|penerima manfaat)\b"
    # Arabic joins its article and small words to the next one; Khmer writes no spaces at all.
    r"|\b(?:[وفبكل]?ال|لل)?(?:ضحية|ضحايا|مشتبه|إنقاذ|مستفيد)|غير قانوني"
    r"|жертв|потерпевш|подозрева|нелегальн|незаконн|спасени|спасти|\bклиент|бенефициар"  # noqa: RUF001 - Russian
    r"|\b(?:victim\w*|suspec[tț]\w*|ilegal\w*|salv(?:are|at\w*)|beneficiar\w*)"
    r"|\b(?:nạn nhân|nghi phạm|nghi can|bất hợp pháp|giải cứu|khách hàng|người thụ hưởng)\b"
    r"|\b(?:viktim\w*|(?:i|e|të|së) dyshuar\w*|shpëtim\w*|klient\w*|përfitues\w*)"
    r"|\b(?:žrtv\w*|osumnjičen\w*|(?:i|ne)legaln\w*|spa[sš]ava\w*|klijent\w*|korisni[ckč]\w*)"
    r"|เหยื่อ|ผู้เสียหาย|ผู้ต้องสงสัย|ผิดกฎหมาย|กู้ภัย|ลูกค้า|ผู้รับประโยชน์"
    r"|受害|被害|嫌疑|非法|违法|营救|解救|客户|受益人"
    r"|ຜູ້(?:ຖືກ)?ເຄາະຮ້າຍ|ຜູ້ຕ້ອງສົງໄສ|ຜິດກົດໝາຍ|ກູ້ໄພ|ກູ້ຊີບ|ລູກຄ້າ|ຜູ້ໄດ້ຮັບຜົນປະໂຫຍດ"
    r"|သားကောင်|နစ်နာသူ|သံသယရှိသူ|တရားမဝင်|ကယ်ဆယ်|ကယ်တင်|ဖောက်သည်|အကျိုးခံစား"
    r"|ជនរងគ្រោះ|ជនសង្ស័យ|ខុសច្បាប់|សង្គ្រោះ|អតិថិជន|អ្នកទទួលផល",
    re.IGNORECASE,
)
CODE = re.compile(r"[A-Z]{2,}_|\b[A-Z]{5,}\b|%\(|24_7|\bEL_")
NUMBER = UUID(int=1)
ADVICE = "On the first page, at “What do you need?”, choose:"


def catalogue_of_words():
    return polib.pofile(str(DOORS / "locale" / "id" / "LC_MESSAGES" / "django.po"))


def one_of(attribute):
    values = sorted(map(str, catalogue.attributes()[attribute]["values"]))
    return st.one_of(st.none(), st.sampled_from(values))


def some_of(attribute):
    values = sorted(map(str, catalogue.attributes()[attribute]["values"]))
    return st.one_of(st.none(), st.frozensets(st.sampled_from(values), min_size=1))


services = st.builds(
    ServiceFacts,
    id=st.just(NUMBER),
    areas=st.one_of(st.none(), st.frozensets(st.sampled_from(["31", "31.71", "NATIONAL"]), min_size=1)),
    districts=st.frozensets(st.sampled_from(["31.71", "31.74"])),
    sex=some_of("EL_SEX"),
    age_min=st.one_of(st.none(), st.integers(0, 60)),
    age_max=st.one_of(st.none(), st.integers(0, 120)),
    children_with=one_of("EL_CHILDREN_WITH"),
    children_age_limit=st.one_of(st.none(), st.integers(0, 17)),
    nationality=some_of("EL_NATIONALITY"),
    stay=one_of("EL_STAY"),
    papers=one_of("EL_PAPERS"),
    formal=one_of("EL_FORMAL"),
    cooperation=st.sampled_from([None, True, False]),
    cost=one_of("EL_COST"),
    languages=st.one_of(st.none(), st.frozensets(st.sampled_from(["id", "jv", "INTERPRETER"]), min_size=1)),
    opening=one_of("EL_TIME"),
    residential=some_of("EL_RESIDENTIAL"),
    exclusions=some_of("EL_EXCLUSION"),
    disability=some_of("EL_DISABILITY"),
    family=some_of("EL_FAMILY"),
    free_places=st.one_of(st.none(), st.integers(0, 9)),
    free_places_days_ago=st.integers(0, 30),
    confirmed_days_ago=st.one_of(st.none(), st.integers(0, 500)),
)
wishes = st.builds(
    SearchQuery,
    place=st.sampled_from(["", "31", "31.71", "ABROAD"]),
    sex=st.sampled_from(["", "FEMALE", "MALE", "TRANS"]),
    age=st.sampled_from(["", "CHILD", "ADULT"]),
    language=st.sampled_from(["", "id", "rhg"]),
    without_papers=st.booleans(),
    now=st.booleans(),
)


# The first of a language translates all of its words at once.
@settings(deadline=None)
@given(services, wishes, st.sampled_from(["en", "id"]))
def test_reasons_are_sentences_and_never_codes(service, wanted, language):
    with translation.override(language):
        lines = reason_lines(fit(person_facts(wanted), service))
    assert len(set(lines)) == len(lines)
    for line in lines:
        assert line.words.endswith(".")
        assert not CODE.search(line.words.replace("KTP", "").replace("BPJS", "").replace("DKI", ""))


def test_reasons_about_answers_come_first():
    service = ServiceFacts(id=NUMBER, sex=frozenset({"ANY"}), papers="NONE", cost="FREE")
    lines = reason_lines(fit(PersonFacts(papers="NONE"), service), chosen=["EL_PAPERS"])
    assert lines[0].words == "You need no papers."


MEN = ServiceFacts(
    id=NUMBER,
    sex=frozenset({"MALE"}),
    age_min=18,
    papers="NONE",
    cost="FREE",
    cooperation=False,
    opening="24_7",
    areas=frozenset({"NATIONAL"}),
)
WOMEN = replace(MEN, sex=frozenset({"FEMALE", "TRANS"}), age_min=None)
HOME = replace(MEN, sex=frozenset({"ANY"}), age_min=None, age_max=17)


def short(service, language="en", chosen=("EL_PAPERS",), **person):
    with translation.override(language):
        lines = reason_lines(fit(PersonFacts(**person), service), chosen=chosen)
        return [line.words for line in Entry(None, tuple(lines)).main_reasons]


@pytest.mark.parametrize(
    ("service", "language", "first"),
    [
        (MEN, "en", ["It is for men.", "From 18 years."]),
        (MEN, "id", ["Untuk laki-laki.", "Mulai usia 18 tahun."]),
        (WOMEN, "en", ["It is for women and girls. Trans people may come."]),
        (WOMEN, "id", ["Untuk perempuan dan anak perempuan. Transpuan dan transpria boleh datang."]),
        (HOME, "en", ["Up to 17 years."]),
        (replace(HOME, sex=frozenset({"MALE"})), "en", ["It is for boys.", "Up to 17 years."]),
    ],
)
def test_whom_a_place_is_for_stands_first_even_in_the_shortest_list(service, language, first):
    shown = short(service, language, papers="NONE")
    assert shown[: len(first)] == first
    assert "You need no papers." in shown or language == "id"


def test_a_home_for_children_names_girls_and_boys():
    shown = " ".join(short(HOME))
    assert "Girls and boys may come." in shown
    assert "Women and men" not in shown


def test_no_public_page_has_an_unkind_word():
    texts = [path.read_text("utf-8") for path in (DOORS / "templates").rglob("*.html")]
    texts += [f"{entry.msgid} {entry.msgstr}" for entry in catalogue_of_words()]
    texts += [str(words) for words in (*SENTENCES.values(), *(need.words for need in NEEDS.values()))]
    assert [match[0] for text in texts for match in UNKIND.finditer(text)] == []
    assert UNKIND.search("Selter untuk korban")
    assert UNKIND.search("a Victim")


def test_every_word_is_there_in_indonesian():
    assert [entry.msgid for entry in catalogue_of_words() if not (entry.msgstr or entry.msgstr_plural)] == []
    assert [entry.msgid for entry in catalogue_of_words() if entry.fuzzy] == []


@pytest.mark.parametrize("name", NEEDS)
def test_each_need_has_a_picture_and_known_codes(name):
    assert 'aria-hidden="true"' in pictogram(name)
    assert len(catalogue.types_of(NEEDS[name].codes)) >= 1


def test_a_picture_that_is_not_ours_is_not_drawn():
    assert pictogram("../icon") == ""
    assert pictogram("nothing") == ""


def test_answers_to_who_use_the_codes_of_the_directory():
    codes = {(row["sex"], row["age"]) for row in WHO.values()}
    assert codes == {
        ("FEMALE", "ADULT"),
        ("MALE", "ADULT"),
        ("FEMALE", "CHILD"),
        ("MALE", "CHILD"),
        ("TRANS", ""),
    }


def test_an_empty_form_asks_for_nothing():
    form = FindForm({})
    assert form.is_valid()
    assert form.search_query() == SearchQuery()


def test_a_day_is_written_in_the_language_of_the_page():
    with translation.override("id"):
        assert "5 Maret 2026" in checked_words(date(2026, 3, 5))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "5 November 2026"),
        ("ru", "5 ноября 2026"),
        ("lo", "5 ພະຈິກ 2026"),
        ("my", "5 နိုဝင်ဘာ 2026"),
    ],
)
def test_a_day_is_written_as_its_language_writes_it(language, said):
    with translation.override(language):
        assert said in checked_words(date(2026, 11, 5))
        assert said in checked_words(date(2026, 11, 5), today=date(2026, 11, 20))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "1 такого дня"),
        (2, "2 таких дней"),
        (5, "5 таких дней"),
        (11, "11 таких дней"),
        (21, "21 такого дня"),
    ],
)
def test_a_number_of_days_bends_the_words_after_it(days, said):
    with translation.override("ru"):
        found = translation.ngettext("within %(days)d of these days", "within %(days)d of these days", days)
        assert said in found % {"days": days}


@pytest.mark.parametrize("language", [code for code, _name in configured.LANGUAGES])
def test_the_advice_of_the_check_names_a_heading_of_the_first_page(language):
    with translation.override(language):
        heading, advice = map(translation.gettext, ("What do you need?", ADVICE))
    assert heading in advice
    assert language == "en" or advice != ADVICE
