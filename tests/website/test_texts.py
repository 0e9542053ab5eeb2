"""What a visitor may read: whole in each language, kind, sourced, and only what counts here."""

import re

import pytest
from django.conf import settings as configured

from suar.website import texts
from suar.website.forms import NEEDS
from suar.website.rules import may_publish
from suar.website.templatetags.website import pictogram
from suar.website.texts import WordsMissing, load_words, read_words, structure
from tests.website.test_words import CODE, UNKIND

LANGUAGES = [code for code, _ in configured.LANGUAGES]
PAGES = structure()["pages"]
CHECK = structure()["check"]
BASES = {"read", "cited", "known", "own"}
READ = {"44", "51"}
"""The articles of Law 21 of 2007 whose text was read itself."""
VERDICT = re.compile(
    r"\b(you (are|were) (a |being )?traffick\w*|traffick\w*|slave\w*|score|risk"
    r"|perdagangan orang|diperdagangkan|budak|perbudakan|skor|risiko)\b"
    r"|торговл\w* людьми|тр[аэ]фф?ик|\bраб(?:ы|ом|ов|ами?|ынь)?\b|рабств|риск|баллы?\b"  # noqa: RUF001 - Russian
    r"|\b(?:[وفبكل]?ال|لل)?(?:اتجار|متاجرة|عبيد|عبودية|استرقاق)|ជួញដូរ|ទាសករ|ទាសភាព|ពិន្ទុ"
    r"|\b(?:trafic\w*|sclav\w*|scor(?:ul)?\b|risc\w*)"
    r"|\b(?:(?:buôn|buôn bán|mua bán) người|nô lệ|điểm số|rủi ro)\b"
    r"|\b(?:trafik\w*|skllav\w*|skllev\w*)"
    r"|\b(?:trgovin\w* ljudima|rop(?:stv|k|č)\w*|robov\w*|robinj\w*|rizi[kcč]\w*)"
    r"|ค้ามนุษย์|ทาส|คะแนน|ความเสี่ยง|贩运|贩卖|拐卖|奴隶|奴役|评分|风险"
    r"|ຄ້າ(?:ມະນຸດ|ຄົນ)|ຂ້າທາດ|ເປັນທາດ|ຄະແນນ|ຄວາມສ່ຽງ"
    r"|လူကုန်ကူး|လူရောင်းကုန်|ကျွန်(?:ပြု|ခံ|ဘဝ)|ကျေးကျွန်|ရမှတ်|စွန့်စားရ",
    re.IGNORECASE,
)


def sourced():
    """Yield every row that carries a source."""
    for page in PAGES:
        yield page["lead"]
        for part in page["parts"]:
            yield from part["lines"]
    for group in CHECK["groups"]:
        yield from group["boxes"]
    yield from CHECK["advice"]


def raw(words=None, **changed):
    whole = dict(load_words("en").words)
    plain = {"language": "xx", "falls_back_to": "", "checked": "", "words": words or whole}
    return {**plain, **changed}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_complete_or_names_a_fallback(language):
    words = load_words(language)
    if words.falls_back_to:
        assert words.falls_back_to in LANGUAGES
    else:
        assert set(words.words) == texts.all_keys()


def test_english_and_indonesian_are_whole_and_say_something_of_their_own():
    english, indonesian = load_words("en").words, load_words("id").words
    assert set(english) == set(indonesian)
    assert [key for key in english if english[key] == indonesian[key]] == []


def test_a_language_without_fallback_that_lacks_a_sentence_is_refused():
    words = dict(load_words("en").words)
    words["sea.title"] = " "
    with pytest.raises(WordsMissing, match=r"sea\.title"):
        read_words(raw(words))
    assert read_words(raw(words, falls_back_to="en")).falls_back_to == "en"


def test_unknown_keys_are_refused_even_with_a_fallback():
    with pytest.raises(WordsMissing, match="planted"):
        read_words(raw({**load_words("en").words, "planted": "x"}, falls_back_to="en"))


def test_a_page_that_lacks_a_sentence_is_shown_in_the_fallback_language():
    words = {key: f"X {text}" for key, text in load_words("en").words.items()}
    del words["home.lead"]
    own = read_words(raw(words, falls_back_to="en"))

    def load(code):
        return own if code == "xx" else load_words(code)

    def told(keys):
        return texts.choose_words("xx", keys, critical=False, load=load)

    rows = {row["number"]: row for row in structure()["pages"]}
    lacking = [number for number, row in rows.items() if "home.lead" in row["keys"]]
    assert lacking == [2]
    assert told(rows[1]["keys"]).words[rows[1]["title"]].startswith("X ")
    assert told(rows[2]["keys"]) == load_words("en")
    assert told(CHECK["keys"]) == own


def test_circular_fallbacks_end():
    key = {"not there"}
    assert texts.choose_words("en", key, critical=False) is None


def test_every_line_names_a_source_that_is_listed_and_how_far_it_was_read():
    listed = {one["code"] for one in structure()["sources"]}
    rows = list(sourced())
    assert len(rows) > 120
    assert {row["source"] for row in rows} == listed
    assert {row["basis"] for row in rows} <= BASES
    assert [row for row in rows if (row["source"] == "OWN") != (row["basis"] == "own")] == []


def test_a_line_on_a_law_names_its_article_and_country():
    laws = [row for row in sourced() if row["source"] == "ID-UU21"]
    assert len(laws) >= 10
    assert all(row.get("at") and row["country"] == "ID" for row in laws)


def test_an_article_is_marked_as_far_as_it_was_read():
    laws = [row for row in sourced() if row["source"] == "ID-UU21"]
    assert {row["at"] for row in laws if row["basis"] == "read"} == READ


def test_a_line_on_an_unread_law_is_critical():
    light = [
        line["words"]
        for page in PAGES
        if not page["critical"]
        for part in page["parts"]
        for line in part["lines"]
        if "country" in line and line["basis"] in {"known", "cited"} and not line.get("critical")
    ]
    assert light == []
    assert [page["code"] for page in PAGES if page["critical"]] == ["acts", "body", "rights", "questions", "witness"]


def test_a_line_on_a_law_names_the_law_and_a_lawyer():
    for language, law, lawyer in (
        ("en", "The law", "lawyer"),
        ("id", "Hukum", "pengacara"),
        ("km", "ច្បាប់", "មេធាវី"),
        ("ar", "قانون", "محام"),
        ("ru", "Закон", "юрист"),
        ("lo", "ກົດໝາຍ", "ທະນາຍຄວາມ"),
        ("my", "အင်ဒိုနီးရှားဥပဒေ", "ရှေ့နေ"),
    ):
        words = load_words(language).words
        for key in ("common.acts", "common.debt", "common.wages", "common.secret"):
            assert words[key].startswith(law)
            assert lawyer in words[key]


def test_a_live_site_leaves_critical_lines_out_of_a_draft(settings):
    assert "lost pay" in str(texts.get_page(2, language="en")["parts"])
    settings.SUAR_MODE = "run"
    page = texts.get_page(2, language="en")
    assert page["draft"]
    assert "lost pay" not in str(page["parts"])
    assert not [rule for rule in page["sources"] if rule.startswith("Law 21")]


def test_numbers_of_pages_are_their_own_and_say_nothing():
    numbers = [page["number"] for page in PAGES]
    assert len(numbers) == len(set(numbers)) == 13
    situations = [page["code"] for page in PAGES if page["kind"] == "situation"]
    assert situations == ["sea", "home", "plantation", "factory", "building", "begging", "acts", "marriage", "body"]


@pytest.mark.parametrize("page", PAGES, ids=[page["code"] for page in PAGES])
def test_each_page_has_a_picture_of_ours(page):
    assert 'aria-hidden="true"' in pictogram(page["picture"])


def test_each_situation_has_signs_an_example_and_what_one_may_ask_for():
    for page in PAGES[:9]:
        assert [part["code"] for part in page["parts"]] == ["looks", "story", "ask"]
        assert len(page["parts"][0]["lines"]) >= 5


def test_examples_tell_of_men_women_children_and_families():
    stories = " ".join(text for key, text in load_words("en").words.items() if ".story." in key)
    for person in ("Rudi, 34", "Siti, 27", "two children", "Putri is 10", "Nico, 16", "Hasan, 41"):
        assert person in stories


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_unkind_a_code_or_a_verdict(language):
    words = load_words(language).words
    found = {
        key: text
        for key, text in words.items()
        if UNKIND.search(text) or VERDICT.search(text) or CODE.search(text.replace("KTP", ""))
    }
    assert found == {}
    assert VERDICT.search("You are being trafficked.")
    assert VERDICT.search("Anda diperdagangkan.")
    assert VERDICT.search("នេះជាការជួញដូរមនុស្ស")
    assert VERDICT.search("هذا هو الاتجار بالبشر")
    assert VERDICT.search("Đây là mua bán người.")
    assert UNKIND.search("អ្នកជាជនរងគ្រោះ")
    assert UNKIND.search("Bạn là nạn nhân")
    assert VERDICT.search("นี่คือการค้ามนุษย์")
    assert UNKIND.search("คุณเป็นเหยื่อ")
    assert VERDICT.search("这是贩卖人口")
    assert UNKIND.search("您是受害者")
    assert UNKIND.search("أنت الضحية")
    assert VERDICT.search("Это торговля людьми.")
    assert UNKIND.search("Вы жертва.")
    assert VERDICT.search("Ești în sclavie.")
    assert UNKIND.search("Ai fost salvată.")
    assert VERDICT.search("Ky është trafikim.")
    assert UNKIND.search("Ti je viktimë.")
    assert VERDICT.search("ນີ້ແມ່ນການຄ້າມະນຸດ")
    assert UNKIND.search("ເຈົ້າເປັນຜູ້ຖືກເຄາະຮ້າຍ")
    assert VERDICT.search("ဒါက လူကုန်ကူးမှုပါ")
    assert UNKIND.search("သင်က သားကောင်ပါ")
    assert VERDICT.search("Ovo je trgovina ljudima.")
    assert UNKIND.search("Vi ste žrtva.")


def test_every_box_leads_to_a_sentence_and_every_sentence_to_needs_that_exist():
    told = {row["code"]: row["needs"] for row in CHECK["advice"]}
    leads = {box["leads"] for group in CHECK["groups"] for box in group["boxes"]}
    assert leads == set(told)
    assert {name for needs in told.values() for name in needs} <= set(NEEDS)
    assert [code for code, needs in told.items() if not needs] == ["danger"]


def test_no_heading_of_the_check_judges_or_reveals_what_happened():
    judging = re.compile(r"\b(not|will|sex|tidak|tanpa|seks|kemauan)\b", re.IGNORECASE)
    for language in ("en", "id"):
        words = load_words(language).words
        titles = [words[row["title"]] for row in CHECK["advice"]]
        assert [title for title in titles if judging.search(title)] == []


@pytest.mark.parametrize("number", [10, 11, 13])
def test_lines_on_indonesia_are_left_out_in_other_countries(settings, number):
    here = texts.get_page(number, language="en")
    settings.SUAR_COUNTRY = "KH"
    there = texts.get_page(number, language="en")
    assert "Indonesia" in str(here["parts"])
    assert "Indonesia" not in str(there["parts"])
    assert there["parts"]
    assert all(part["pairs"] for part in there["parts"] if part["shape"] == "questions")
    assert not [rule for rule in there["sources"] if rule.startswith("Law 21")]


@pytest.mark.parametrize(
    ("grave", "live", "checked", "shown"),
    [
        (True, True, False, False),
        (True, True, True, True),
        (True, False, False, True),
        (False, True, False, True),
    ],
)
def test_a_live_site_publishes_critical_texts_only_if_checked(grave, live, checked, shown):
    assert bool(may_publish(critical=grave, live=live, checked=checked)) is shown


def test_a_live_site_has_no_self_check_and_no_witness_page_in_a_draft(settings):
    assert texts.get_check("en")["draft"]
    settings.SUAR_MODE = "run"
    assert texts.get_check("en") is None
    assert texts.get_page(13, language="id") is None
    assert texts.get_page(1, language="id")["draft"]
    assert [page["number"] for page in texts.list_pages("more", language="en")] == [12]
    checked = read_words({**raw(language="en"), "checked": "2027-01-10, a teacher"})
    every = CHECK["keys"]
    assert texts.choose_words("en", every, critical=True, load=lambda _: checked) == checked


def test_a_number_that_is_no_page_gives_none():
    assert texts.get_page(99, language="en") is None
