"""The language of answers changes without losing what was chosen, and nothing of it is in an address."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest

from suar.core import clock
from tests.website.asking import OWN, ask
from tests.website.conftest import LEGAL_AID

pytestmark = pytest.mark.db_contract
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
PLACE, WORD = "32.74", "upah"


def in_another_language(visitor, response, code: str) -> object:
    """Press the button of a language as a browser without script does."""
    page = response.content.decode()
    menu = page.partition('class="locales"')[2].partition("</details>")[0]
    assert f"/{code}/" not in menu, "a link would lose what was chosen"
    button = re.search(rf'<button class="plain" form="reading"[^>]*name="lang"\s+value="{code}"', menu)
    assert button
    fields = HIDDEN.findall(page.partition('<form id="reading"')[2].partition("</form>")[0])
    sent = {name: [value for other, value in fields if other == name] for name, _value in fields}
    return visitor.post("/", {**sent, "lang": code}, headers=OWN)


@pytest.mark.parametrize(
    ("more", "heading"),
    [
        ({}, "Orang yang bisa membantu"),
        ({"kinds": "wages-debt"}, "Orang yang bisa membantu"),
        ({"open": str(LEGAL_AID)}, "Wage desk (id)"),
        ({"short": "on"}, "Daftar pendek untuk dicetak atau dikirim"),
    ],
)
def test_answers_stay_in_another_language(visitor, directory, more, heading):
    chosen = {"needs": ["wages", "rights"], "place": PLACE, "text": WORD, "who": "woman", "now": "on"}
    page = in_another_language(visitor, ask(visitor, **chosen, **more), "id")
    assert page["Content-Language"] == "id"
    text = page.content.decode()
    assert heading in text
    sent = {*HIDDEN.findall(text.partition('<form id="reading"')[2])}
    wanted = {(name, value) for name, values in (chosen | more).items() for value in [*values] if name == "needs"}
    wanted |= {(name, value) for name, value in (chosen | more).items() if name != "needs"}
    assert {(name, value) for name, value in sent if name != "ticket"} == wanted
    assert not any(PLACE in unquote(link) or WORD in unquote(link) for link in re.findall('href="(/[^"]*)"', text))


def start_in_another_language(visitor, page: str, code: str, **chosen):
    """Press the button of a language on the start page as a browser without script does."""
    menu = page.partition('class="locales"')[2].partition("</details>")[0]
    assert f"/{code}/" not in menu, "a link would lose what was chosen"
    [name] = re.findall(rf'<button class="plain" form="find"[^>]*name="(\w+)"\s+value="{code}"', menu)
    fields = dict(HIDDEN.findall(page.partition('id="find"')[2].partition("</form>")[0]))
    return visitor.post("/", {name: code, **fields, **chosen}, headers=OWN)


def test_what_is_chosen_on_the_start_page_stays_in_another_language(visitor, directory):
    chosen = {"needs": ["wages", "rights"], "place": PLACE, "text": WORD, "who": "woman", "now": "on"}
    page = start_in_another_language(visitor, visitor.get("/en/").content.decode(), "id", **chosen)
    assert page.status_code == 200
    assert page["Content-Language"] == "id"
    text = page.content.decode()
    assert "<h1>Ada yang tidak beres" in text
    for field in ('value="wages"', 'value="rights"', 'value="woman"', f'value="{PLACE}"', 'name="now"'):
        assert re.search(rf"<(?:input|option)[^>]*{field}[^>]*(?:checked|selected)", text), field
    assert f'value="{WORD}"' in text
    back = start_in_another_language(visitor, text, "en", **chosen)
    assert back["Content-Language"] == "en"


def test_choices_of_an_old_start_page_stay_in_another_language_without_a_reproach(visitor, directory):
    page = visitor.get("/en/").content.decode()
    with clock.shifted(timedelta(minutes=30)):
        changed = start_in_another_language(visitor, page, "id", needs="wages").content.decode()
    assert re.search('value="wages"[^>]*checked', changed)
    assert 'class="note" role="status"' not in changed


def test_the_question_stays_in_another_language(visitor, directory):
    page = in_another_language(visitor, ask(visitor, needs="family", place=PLACE), "id").content.decode()
    assert 'value="family-died"' in page
    assert "Yang mana yang Anda alami?" in page
    assert f'name="place" value="{PLACE}"' in page
