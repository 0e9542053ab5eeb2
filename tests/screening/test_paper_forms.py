"""The talk on paper: printed from any instrument, and found again by a code that is nobody's."""

import re
from html import escape

import pytest
from django.urls import reverse

from suar.core.ids import read_spoken
from suar.screening.models import Talk
from suar.screening.rules import papers
from suar.screening.rules.answers import LATEST, Path
from suar.screening.rules.instrument import instrument
from suar.screening.rules.papers import CONSENT, Paper
from suar.screening.rules.reference import country_lines, settings
from tests.people import client_of
from tests.screening.conversing import text

PLACE = next(iter(settings().settings))
FORMS = sorted(LATEST)


def newest(code):
    return instrument(code, LATEST[code])


@pytest.fixture
def ben(village):
    return client_of(village.ben)


def test_every_part_of_every_version_has_a_code_of_its_own():
    every = list(papers.every_paper())
    codes = [papers.code_of(item) for item in every]
    assert len(set(codes)) == len(codes) > 5
    for paper, code in zip(every, codes, strict=True):
        assert read_spoken(code)
        assert papers.paper_of(code) == paper
        assert papers.paper_of(code.replace(" ", "").lower()) == paper


@pytest.mark.parametrize("typed", ["", "x", "22222222", "ABC DE", "🙂"])
def test_an_unknown_code_has_no_paper(typed):
    assert papers.paper_of(typed) is None


def test_a_code_with_one_wrong_character_has_no_paper():
    code = read_spoken(papers.code_of(CONSENT))
    for place, sign in enumerate(code):
        for other in set("23456789ABCDEFGHJKMNPQRSTVWXYZ") - {sign}:
            assert papers.paper_of(code[:place] + other + code[place + 1 :]) is None


@pytest.mark.parametrize("code", FORMS)
def test_a_form_holds_every_question_option_need_and_sign_of_its_instrument(ben, code):
    talk, printed = newest(code), text(ben.get(reverse("paper", args=[code])))
    asked = [question for question in talk.questions.values() if question.kind not in ("place", "noted")]
    wanted = [item.text for item in asked]
    wanted += [option.text for item in asked for option in item.options if item.kind != "needs"]
    if any(item.kind == "country" for item in asked):
        wanted += [country_line.text for country_line in country_lines("ID")]
    wanted += [sign.text for item in asked for path in Path for sign in talk.signs_of(item.code, path)]
    if any(question.kind == "needs" for question in talk.questions.values()):
        wanted += [need.text for need in talk.needs.values()]
    wanted += [stop.label for stop in talk.stops.values()]
    assert [words["en"] for words in wanted if escape(words["en"]) not in printed] == []


@pytest.mark.parametrize("code", FORMS)
def test_form_and_pocket_card_are_pages_with_the_code_of_each_step(ben, code):
    talk = newest(code)
    for name in ("paper", "pocket_card"):
        page = text(ben.get(reverse(name, args=[code])))
        for step in talk.order:
            assert papers.code_of(Paper(talk.code, talk.version, step)) in page


@pytest.mark.parametrize("code", FORMS)
def test_the_pocket_card_leaves_off_what_is_only_tapped(ben, code):
    page = text(ben.get(reverse("pocket_card", args=[code])))
    talk = newest(code)
    tapped = [question for question in talk.questions.values() if question.kind in ("needs", "outcome")]
    questions = [question for question in talk.questions.values() if question.kind == "say"]
    assert [item.code for item in tapped if item.text["en"] in page] == []
    assert [item.code for item in questions if item.text["en"] not in page] == []


def test_an_unknown_form_gets_404(ben):
    for name in ("paper", "pocket_card"):
        assert ben.get(reverse(name, args=["none"])).status_code == 404


def test_a_code_leads_to_the_step_of_the_open_talk(talk):
    code = papers.code_of(Paper("short", instrument().version, "NEEDS"))
    page = text(talk.client.post(reverse("papers"), {"code": code.lower()}))
    assert reverse("talk_step", args=[talk.record, "NEEDS"]) in page
    assert reverse("talk_start") in page


def test_without_an_open_talk_it_leads_to_a_new_one(ben):
    code = papers.code_of(Paper("short", instrument().version, "NEEDS"))
    page = text(ben.post(reverse("papers"), {"code": code}))
    assert "/NEEDS" not in page
    assert "Start to write up a talk" in page
    assert f"{reverse('talk_start')}?written=short" in page


def test_a_talk_on_paper_is_written_up_in_its_form_in_any_setting(ben):
    page = text(ben.get(reverse("talk_start"), {"written": "short"}))
    assert "You are entering a paper form" in page
    assert '<input type="hidden" name="written" value="short"' in page
    briefing = text(ben.post(reverse("talk_start"), {"place": PLACE, "written": "short"}))
    assert briefing.count("data-main") == 1
    assert briefing.index('name="later" value="short" data-main') < briefing.index('name="form"')
    begun = {"place": PLACE, "written": "short", "later": "short"}
    answer = ben.post(reverse("talk_start"), begun)
    [talk] = Talk.objects.all()
    assert answer["Location"].startswith(f"/talk/{talk.record}/")
    assert "Enter it as it was when you talked" in text(ben.get(answer["Location"]))


@pytest.mark.parametrize("other", ["signpost", "none", "<b>"])
def test_no_other_form_is_written_up(ben, other):
    assert "You are entering a paper form" not in text(ben.get(reverse("talk_start"), {"written": other}))
    answer = ben.post(reverse("talk_start"), {"place": PLACE, "written": other})
    assert answer.status_code == 400
    assert "<b>" not in text(answer)


def test_a_talk_of_somebody_else_is_not_offered(talk, strangers):
    code = papers.code_of(Paper("short", instrument().version, "NEEDS"))
    page = text(client_of(strangers.lia).post(reverse("papers"), {"code": code}))
    assert str(talk.record) not in page


def test_consent_on_paper_leads_to_finding_the_person(ben):
    page = text(ben.post(reverse("papers"), {"code": papers.code_of(CONSENT)}))
    assert reverse("find_person") in page


@pytest.mark.parametrize(("typed", "error"), [("", "Type the code"), ("AAAAA", "No paper has")])
def test_an_invalid_code_shows_an_error(ben, typed, error):
    answer = ben.post(reverse("papers"), {"code": typed})
    assert answer.status_code == 400
    assert error in text(answer)


def test_a_paper_of_an_older_version_says_that_the_screen_may_differ(ben):
    first = instrument().steps[0].code
    for version, differs in ((1, True), (LATEST["short"], False)):
        code = papers.code_of(Paper("short", version, first))
        page = text(ben.post(reverse("papers"), {"code": code}))
        assert ("Another version of this form is in use now" in page) is differs


def test_consent_on_paper_has_the_wording_of_the_screen(ben):
    page = text(ben.get(reverse("consent_on_paper")))
    assert papers.code_of(CONSENT) in page
    assert "Safe way to reach them" in page
    assert re.search(r"<p data-said>Is there anyone who must never know[^<]*\.</p>", page), "no space in the quotes"


@pytest.mark.parametrize("template", ["paper", "pocket_card"])
def test_the_paper_that_says_where_help_is_has_no_theme_without_a_question(ben, template):
    pages = {form: text(ben.get(reverse(template, args=[form]))) for form in ("signpost", "short")}
    assert "Pay and debt" in pages["short"], "positive control"
    assert "Pay and debt" not in pages["signpost"]
    assert "without a question" not in pages["signpost"]


def test_no_paper_has_a_place_for_a_name(ben):
    for page in [text(ben.get(reverse("paper", args=[code]))) for code in FORMS]:
        main = page.split("<main", 1)[1].split("</main>", 1)[0]
        assert "<input" not in main
        assert "Write no name on this paper." in main


@pytest.mark.parametrize("form", ["short", "full"])
def test_on_paper_the_sentence_for_somebody_who_is_held_says_for_whom_it_is(ben, form):
    printed = text(ben.get(reverse("paper", args=[form])))
    assert printed.count("Only if the person is held or called in, and not accused:") == 1
