"""Asking for help on the public site, and coming back with the code."""

import re
from contextlib import ExitStack
from datetime import timedelta

import pytest

from suar.audit.models import Entry
from suar.contact import return_codes
from suar.contact.models import CodeSalt, Letter, LetterKey, Request
from suar.contact.public import resume
from suar.core import clock, locks
from tests.contact.uploads import a_picture, brought
from tests.contact.writing import MADE, ask_for_help, came_back, press, resume_token_of
from tests.html import squeeze
from tests.people import client_of
from tests.website.asking import OWN, ticket_of


def test_the_first_page_offers_to_ask_if_a_desk_is_open(asker):
    page = asker.get("/en/").content.decode()
    assert 'value="ask"' in page and 'value="enter_code"' in page


def test_without_a_desk_there_is_no_form(visitor, db):
    assert 'value="ask"' not in visitor.get("/en/").content.decode()
    assert "Nobody reads letters here now" in press(visitor, "ask").content.decode()


def test_the_page_states_who_reads_when_and_how_soon(asker):
    page = press(asker, "ask").content.decode()
    for words in ("Two women of our team", "Monday, Tuesday", "within 2 of these days"):
        assert words in page


def test_a_request_opens_with_its_code(asker):
    _page, code = ask_for_help(asker)
    assert len(code.replace(" ", "")) == 16
    page = came_back(asker, code.replace(" ", "-"))
    assert page.status_code == 200
    assert "My wages were kept." in page.content.decode()
    assert "There is no answer yet" in page.content.decode()


def test_who_comes_back_reads_whether_and_when_the_letter_was_read(asker, desk):
    _page, code = ask_for_help(asker)
    assert "Nobody has read it yet." in squeeze(came_back(asker, code).content)
    Request.objects.update(waits_since=None, read_on="2026-11-24")
    told = squeeze(came_back(asker, code).content)
    assert "There is no answer yet" in told and "Your letter was read on Tuesday, 24 November 2026." in told
    page = came_back(asker, code)
    press(asker, "write", page=page, resume_token=resume_token_of(page), words="One thing more")
    told = squeeze(came_back(asker, code).content)
    assert "read on Tuesday, 24 November 2026. What you wrote later has not been read yet." in told


def test_files_come_with_the_first_letter(asker):
    files = [brought(a_picture()), brought(b"no picture", "a.exe")]
    page, code = ask_for_help(asker, files=files)
    told = squeeze(page.content)
    assert "It has arrived" in told and "This kind of file is not accepted" in told
    back = squeeze(came_back(asker, code).content)
    assert "My wages were kept." in back and back.count("Remove this file") == 1
    assert Request.objects.count() == 1


def test_a_letter_arrives_even_if_no_file_may_be_stored(asker, settings):
    settings.SUAR_ROOM_FOR_FILES_MB = 0
    page, code = ask_for_help(asker, files=[brought(a_picture())])
    assert "It has arrived" not in page.content.decode() and "a.jpg" in page.content.decode()
    assert "My wages were kept." in came_back(asker, code).content.decode()


def test_files_come_with_a_letter_without_a_code(asker):
    page, _none = ask_for_help(asker, kind="none", meeting="Friday, market", files=[brought(a_picture())])
    assert "It has arrived" in page.content.decode()
    assert Letter.objects.count() == 3


def test_too_many_files_lose_no_words(asker):
    page = press(asker, "send", page=press(asker, "ask"), words="Help", kind="digits", files=[brought(a_picture())] * 4)
    told = squeeze(page.content)
    assert page.status_code == 400 and "At most 3 files" in told and "choose your files once more" in told
    assert ">Help</textarea>" in told.replace(" </textarea>", "</textarea>") and not Request.objects.exists()


def test_the_code_is_checked_by_typing_it(asker):
    page, code = ask_for_help(asker)
    made = MADE.search(page.content.decode())[1]
    wrong = press(asker, "check_code", page=page, new_code=made, code="1" * 12)
    assert wrong.status_code == 400
    assert code in wrong.content.decode()
    right = press(asker, "check_code", page=wrong, new_code=made, code=code)
    assert "Your code is right" in right.content.decode()


def test_without_a_code_a_time_and_place_is_needed(asker):
    page = press(asker, "ask")
    refused = press(asker, "send", page=page, words="Help", kind="none")
    assert refused.status_code == 400
    done = press(asker, "send", page=refused, words="Help", kind="none", meeting="Friday, market")
    told = squeeze(done.content)
    assert "<h1>Your letter has arrived</h1>" in told and "Your code is right" not in told
    assert "nobody has promised yet to come" in told and "do not wait there" in told
    assert "on these days: Monday, Tuesday" in told and "comes or calls" not in told
    row = Request.objects.get()
    assert (row.address, row.public) == (None, None)


def test_a_meeting_beside_a_code_is_an_error(asker):
    typed = {"words": "Help me", "kind": "digits", "meeting": "Friday, market"}
    page = press(asker, "send", page=press(asker, "ask"), **typed)
    assert page.status_code == 400 and not Request.objects.exists()
    shown = page.content.decode()
    assert "nobody comes to a time and place" in shown
    assert "Help me" in shown and "Friday, market" in shown


@pytest.mark.parametrize("typed", ["", "1", "12345678901x", "1" * 13, "<script>", "\0" * 12, "٣" * 5])
def test_an_invalid_code_opens_nothing(asker, typed):
    ask_for_help(asker)
    assert came_back(asker, typed).status_code == 400


def test_a_wrong_code_and_an_unknown_one_get_the_same_page(asker):
    ask_for_help(asker)
    page = came_back(asker, "000000000000")
    assert page.status_code == 404
    assert "We have nothing stored under this code" in page.content.decode()


def test_the_person_writes_again_and_changes_the_safe_contact(asker):
    _page, code = ask_for_help(asker, contact="call 000-0000-1111")
    page = came_back(asker, code)
    done = press(asker, "write", page=page, resume_token=resume_token_of(page), words="There is more.")
    assert "Your letter has arrived" in done.content.decode()
    page = came_back(asker, code)
    press(asker, "contact", page=page, resume_token=resume_token_of(page), contact="")
    page = came_back(asker, code).content.decode()
    assert "There is more." in page and "No way is safe now." in page


def test_an_empty_letter_is_an_error_and_keeps_other_fields(asker):
    _page, code = ask_for_help(asker)
    page = came_back(asker, code)
    again = press(asker, "write", page=page, resume_token=resume_token_of(page), words=" ")
    assert again.status_code == 400
    done = press(asker, "write", page=again, resume_token=resume_token_of(again), words="Now")
    assert "Your letter has arrived" in done.content.decode()


def test_deleting_a_request_deletes_its_keys_first(asker):
    _page, code = ask_for_help(asker)
    page = came_back(asker, code)
    sure = press(asker, "confirm_delete", page=page, resume_token=resume_token_of(page))
    assert Request.objects.exists()
    gone = press(asker, "delete", page=sure, resume_token=resume_token_of(sure))
    assert "Everything is deleted" in gone.content.decode()
    assert not (Request.objects.exists() or Letter.objects.exists() or LetterKey.objects.exists())
    assert came_back(asker, code).status_code == 404


def test_restored_letters_stay_closed_without_their_keys(asker):
    _page, code = ask_for_help(asker)
    rows = [*Request.objects.all()], [*Letter.objects.all()]
    page = came_back(asker, code)
    press(asker, "delete", page=page, resume_token=resume_token_of(page))
    Request.objects.bulk_create(rows[0])
    Letter.objects.bulk_create(rows[1])
    assert came_back(asker, code).status_code == 404


def test_restored_letters_open_with_their_keys(asker):
    _page, code = ask_for_help(asker)
    rows = [*Request.objects.all()], [*Letter.objects.all()], [*LetterKey.objects.all()]
    page = came_back(asker, code)
    press(asker, "delete", page=page, resume_token=resume_token_of(page))
    for row in rows:
        type(row[0]).objects.bulk_create(row)
    assert came_back(asker, code).status_code == 200


@pytest.mark.parametrize("do", ["write", "contact", "confirm_delete", "delete"])
@pytest.mark.parametrize("token", ["", "x", "====", "AQ" * 90, "é"])
def test_a_forged_resume_token_gets_404(asker, do, token):
    ask_for_help(asker)
    assert press(asker, do, resume_token=token, words="x").status_code == 404
    assert Request.objects.count() == 1


def test_secret_key_and_database_cannot_forge_a_resume_token(asker):
    _page, code = ask_for_help(asker)
    row, at = Request.objects.get(), clock.now()
    salt = bytes(CodeSalt.objects.get().salt)
    for item in (bytes(row.address), bytes(row.public), row.id.bytes * 2, salt * 2):
        forged = resume.make_token(item, at=at)
        assert press(asker, "delete", resume_token=forged).status_code == 404
    assert Request.objects.exists()
    own = resume_token_of(came_back(asker, code))
    assert press(asker, "delete", resume_token=own).status_code == 200, "the control"


def test_a_resume_token_expires_after_an_hour(asker):
    _page, code = ask_for_help(asker)
    token = resume_token_of(came_back(asker, code))
    with clock.shifted(timedelta(minutes=61)):
        assert press(asker, "delete", resume_token=token).status_code == 404


def test_a_form_sent_again_redirects_to_the_first_page(asker):
    page = press(asker, "ask")
    typed = {"ticket": ticket_of(page), "lang": "en", "do": "send", "words": "x", "kind": "digits"}
    asker.post("/", typed, headers=OWN)
    with clock.shifted(timedelta(seconds=30)):
        again = asker.post("/", typed, headers=OWN).content.decode()
    assert "Something at work" in again
    assert Request.objects.count() == 1


def test_a_letter_form_is_valid_longer_than_a_search_form(asker):
    writing, looking = press(asker, "ask"), asker.get("/en/")
    with clock.shifted(timedelta(minutes=30)):
        done = press(asker, "send", page=writing, words="slow", kind="digits")
        assert done.context["code"]
        assert "too old" in press(asker, "enter_code", page=looking).content.decode()


def test_pages_set_no_cookie_and_are_not_cached(asker):
    page, code = ask_for_help(asker)
    for item in (page, came_back(asker, code), press(asker, "ask")):
        assert not item.cookies
        assert item["Cache-Control"] == "no-store"
        assert b"<title>Information</title>" in item.content


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_for_friends_has_no_form(visitor, db, language):
    page = visitor.get(f"/{language}/others").content.decode()
    assert "<form" not in page and "<input" not in page
    assert '<a href="tel:' in page and 'class="number"' in page and "/others" not in page.split("<main")[1]


@pytest.mark.parametrize("do", ["send", "read"])
def test_when_the_server_is_busy_typed_text_is_shown_again(asker, do):
    typed = {"words": "A long letter", "kind": "digits"} if do == "send" else {"code": "1" * 12}
    page = press(asker, "ask" if do == "send" else "enter_code")
    with ExitStack() as taken:
        for _ in range(return_codes.slots()):
            queue = return_codes.QUEUE_OF_NEW if do == "send" else return_codes.QUEUE
            taken.enter_context(locks.queue_slot(queue, slots=return_codes.slots()))
        busy = press(asker, do, page=page, **typed)
    assert busy.status_code == 503
    assert "Please wait 5 seconds" in busy.content.decode()
    assert next(iter(typed.values())) in busy.content.decode()
    assert press(asker, do, page=busy, **typed).status_code == (200 if do == "send" else 404)


def test_reading_with_a_code_writes_nothing(asker):
    _page, code = ask_for_help(asker)
    before = Entry.objects.count()
    came_back(asker, code)
    assert Entry.objects.count() == before


def test_the_team_is_notified(asker, cast, settings):
    ask_for_help(asker)
    settings.ROOT_URLCONF = "suar.website.staff_urls"
    from django.conf import settings as configured

    settings.MIDDLEWARE = list(configured.MIDDLEWARE_STAFF)
    page = client_of(cast.chioma).get("/account").content.decode()
    assert "Something waits" in page


@pytest.mark.parametrize("language", ["en", "id"])
def test_words_open_a_request_however_they_are_typed(asker, language):
    page = press(asker, "send", page=press(asker, "ask"), words="x", kind="words", lang=language)
    code = page.context["code"].text
    assert came_back(asker, code.upper().replace(" ", ", ")).status_code == 200


def test_pictures_open_a_request_and_have_names(asker):
    page = press(asker, "send", page=press(asker, "ask"), words="x", kind="pictures")
    made = page.context["code"]
    tapped = {}
    for number, (thing, many) in enumerate(made.pictures, 1):
        assert f"<strong>{thing} {many}</strong>" in page.content.decode()
        tapped |= {f"thing{number}": thing, f"many{number}": str(many)}
    kept = press(asker, "check_code", page=page, new_code=made.plain, **tapped)
    assert "Your code is right" in kept.content.decode()
    pictures = press(asker, "pictures", page=press(asker, "enter_code"))
    back = press(asker, "read", page=pictures, kind="pictures", **tapped)
    assert back.status_code == 200
    half = {name: value for name, value in tapped.items() if name != "many4"}
    refused = press(asker, "read", page=press(asker, "enter_code"), kind="pictures", **half)
    assert refused.status_code == 400
    assert folds(page) == ['name="place" open', *['name="place"'] * 7], "one picture at a time"
    assert folds(refused) == ["", "", "", "open", "", "", "", ""], "what is missing is seen at once"
    wrong = {**tapped, "thing1": "ant" if tapped["thing1"] != "ant" else "bag"}
    other = press(asker, "read", page=press(asker, "enter_code"), kind="pictures", **wrong)
    assert other.status_code == 404


def folds(page):
    folded = re.findall(r'<details class="place"([^>]*)>', page.content.decode())
    return [" ".join(attributes.split()) for attributes in folded]


FORGED = [
    "",
    "x",
    "digits|1",
    "digits|",
    "pictures|9fish",
    "pictures|" + "1fish " * 6,
    "words|9|1",
    "words|0|1 2 3 4 999",
    "words|0|1 2 3 4",
    "none|",
    "digits|" + "1" * 500,
]


@pytest.mark.parametrize("made", FORGED)
def test_a_forged_new_code_gets_404(asker, made):
    assert press(asker, "check_code", new_code=made, code="1" * 12).status_code == 404
