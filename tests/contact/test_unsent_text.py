"""Where a letter cannot be taken, its words are on the page, and the page says so."""

import re
from datetime import timedelta

import pytest

from suar.accounts.codes import KeyKind
from suar.accounts.models import PublicKey
from suar.contact.models import Desk, Request
from suar.core import clock
from tests.contact.uploads import a_paper, attached
from tests.contact.writing import ask_for_help, came_back, press, resume_token_of
from tests.html import squeeze
from tests.website.asking import OWN, ticket_of


@pytest.mark.parametrize("do", ["send", "write"])
def test_with_an_untrusted_key_the_text_and_phone_numbers_are_shown(asker, desk, do):
    page, code = ask_for_help(asker)
    if do == "write":
        page = came_back(asker, code)
    typed = {"resume_token": resume_token_of(page)} if do == "write" else {"kind": "digits"}
    PublicKey.objects.filter(kind=KeyKind.TEAM, owner=desk.team).update(certificate=b"\0" * 64)
    for _ in range(4):
        stopped = press(asker, do, words="A long letter", **typed)
        assert stopped.status_code == 503
    shown = stopped.content.decode()
    assert "Your letter was NOT sent and is not stored." in shown and "A long letter" in shown
    assert "In danger now?" in shown and "Please try again" not in shown


def test_a_desk_closed_meanwhile_shows_the_text_again(asker):
    page = press(asker, "ask")
    Desk.objects.update(switched_on=False)
    stopped = press(asker, "send", page=page, words="A long letter", kind="digits")
    assert "A long letter" in stopped.content.decode() and "NOT sent" in stopped.content.decode()


HOUR = timedelta(minutes=61)
BACK = re.compile(
    r'name="ticket" value="([^"]+)"><input type="hidden" name="lang" value="en">'
    r'<button class="act" data-quiet name="do" value="enter_code">'
)


@pytest.mark.parametrize(("language", "said"), [("en", "NOT sent and is not stored"), ("id", "TIDAK terkirim")])
def test_a_late_letter_is_shown_again_and_can_be_sent(asker, language, said):
    page, typed = press(asker, "ask"), {"words": "A long letter", "kind": "digits"}
    with clock.shifted(HOUR):
        late = press(asker, "send", page=page, lang=language, **typed)
        assert late.status_code == 409 and late["Cache-Control"] == "no-store"
        assert said in late.content.decode() and "A long letter" in late.content.decode()
        assert not Request.objects.exists()
        assert press(asker, "send", page=late, **typed).context["code"]


@pytest.mark.parametrize(("do", "name"), [("write", "words"), ("contact", "contact")])
def test_a_late_second_letter_is_shown_again(asker, do, name):
    page = came_back(asker, ask_for_help(asker)[1])
    with clock.shifted(HOUR):
        late = press(asker, do, page=page, resume_token=resume_token_of(page), **{name: "There is more"})
    shown = late.content.decode()
    assert "NOT sent" in shown and "There is more" in shown and "What you typed" in shown
    assert 'value="read"' in shown


def test_a_late_letter_to_a_closed_desk_is_shown_again(asker):
    page = press(asker, "ask")
    Desk.objects.update(switched_on=False)
    with clock.shifted(HOUR):
        late = press(asker, "send", page=page, words="A long letter", kind="digits")
    assert "A long letter" in late.content.decode() and "NOT sent" in late.content.decode()


@pytest.mark.parametrize("seconds", [7, 2 * 3600, 30 * 3600])
def test_a_form_sent_again_later_shows_no_text(asker, seconds):
    page, typed = press(asker, "ask"), {"words": "A long letter", "kind": "digits"}
    press(asker, "send", page=page, **typed)
    with clock.shifted(timedelta(seconds=seconds)):
        again = press(asker, "send", page=page, **typed).content.decode()
    assert "A long letter" not in again and "NOT sent" not in again
    assert "was already sent" in again


def test_returned_text_is_shown_once(asker):
    page, typed = press(asker, "ask"), {"words": "A long letter", "kind": "digits"}
    with clock.shifted(HOUR):
        for _ in range(2):
            twice = press(asker, "send", page=page, **typed)
            assert twice.status_code == 409 and "A long letter" in twice.content.decode()
    with clock.shifted(HOUR + timedelta(seconds=10)):
        assert "A long letter" not in press(asker, "send", page=page, **typed).content.decode()
    assert not Request.objects.exists()


FALSE = (
    "without it nobody can",
    "Nothing of this stays",
    "nobody can open the letters",
    "the letters are lost",
    "Nobody can bring them back",
    "keeps nothing about you and",
)


def test_no_page_makes_a_false_promise(asker):
    writing = press(asker, "ask")
    page, code = ask_for_help(asker)
    back = press(asker, "enter_code")
    thread = came_back(asker, code)
    sure = press(asker, "confirm_delete", page=thread, resume_token=resume_token_of(thread))
    for item in (writing, page, back, sure, asker.get("/en/phone")):
        told = item.content.decode()
        assert not [words for words in FALSE if words in told]
    assert "The team can still read" in page.content.decode()
    assert "at most 35 days" in sure.content.decode()


OPEN = re.compile(r'name="file" value="([^"]+)"')
MORE = {"words": "There is\nmore", "contact": "Only by day"}


def left_on(page) -> dict[str, str]:
    """Read what a page holds in its fields, open or hidden."""
    shown = page.content.decode()
    hidden = re.findall(r'type="hidden" name="(words|contact)" value="([^"]*)"', shown)
    seen = re.findall(r'<textarea[^>]*name="(words|contact)"[^>]*>\s*([^<]*)</textarea>', shown)
    return {name: typed.replace("\r", "") for name, typed in (*hidden, *seen)}


@pytest.mark.parametrize("button", ["file", "add_files", "confirm_delete"])
def test_other_buttons_keep_unsent_text(asker, button):
    code = ask_for_help(asker)[1]
    attached(asker, came_back(asker, code), a_paper())
    page = came_back(asker, code)
    assert page.content.decode().count('<form class="form"') == 1, "one form holds all buttons"
    token, file = resume_token_of(page), OPEN.search(page.content.decode())[1]
    typed = {"ticket": ticket_of(page), "lang": "en", "resume_token": token, **MORE}
    pressed = {"file": file} if button == "file" else {"do": button}
    stays = asker.post("/", {**typed, **pressed}, headers=OWN)
    assert left_on(stays) == MORE
    if button == "confirm_delete":
        stays = press(asker, "keep", page=stays, resume_token=resume_token_of(stays), **left_on(stays))
        assert left_on(stays) == MORE
    then = press(asker, "write", page=stays, resume_token=resume_token_of(stays), **left_on(stays))
    assert left_on(then) == {"contact": MORE["contact"]}
    assert "Your letter has arrived" in then.content.decode()
    press(asker, "contact", page=then, resume_token=resume_token_of(then), **left_on(then))
    read = came_back(asker, code).content.decode()
    assert "There is<br>more" in read and "Only by day" in read


@pytest.mark.parametrize(("do", "other"), [("write", "contact"), ("contact", "words")])
def test_sending_one_field_keeps_the_other_unsent(asker, do, other):
    code = ask_for_help(asker)[1]
    page = came_back(asker, code)
    then = press(asker, do, page=page, resume_token=resume_token_of(page), **MORE)
    assert left_on(then) == {other: MORE[other]}


def test_confirmed_deletion_shows_no_typed_text(asker):
    page = came_back(asker, ask_for_help(asker)[1])
    sure = press(asker, "confirm_delete", page=page, resume_token=resume_token_of(page), **MORE)
    gone = press(asker, "delete", page=sure, resume_token=resume_token_of(sure))
    assert left_on(gone) == {} and not Request.objects.exists()


@pytest.mark.parametrize("do", ["file_code", "confirm_delete", "keep"])
def test_late_buttons_show_typed_text_again(asker, do):
    page = came_back(asker, ask_for_help(asker)[1])
    with clock.shifted(HOUR):
        late = press(asker, do, page=page, resume_token=resume_token_of(page), **MORE).content.decode()
    assert "NOT sent" in late and "Only by day" in late


def test_an_empty_letter_page_links_back_and_shows_numbers(asker):
    thread = came_back(asker, ask_for_help(asker)[1])
    empty = press(asker, "write", page=thread, resume_token=resume_token_of(thread), words=" ")
    shown = empty.content.decode()
    assert "Write again" in shown and "In danger now?" in shown
    [ticket] = BACK.findall(squeeze(shown))
    told = {"ticket": ticket, "lang": "en", "do": "enter_code"}
    assert 'name="code"' in asker.post("/", told, headers=OWN).content.decode()


def test_no_button_loses_unsent_text(asker):
    thread = came_back(asker, ask_for_help(asker)[1])
    late = press(asker, "add_files", page=thread, resume_token=resume_token_of(thread), **MORE).content.decode()
    assert "Your words are still here" in late and "In danger now?" in late
    assert not BACK.findall(late)
