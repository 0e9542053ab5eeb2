"""Words corrected in the browser: written, brought, published by a second editor, undone."""

from pathlib import Path
from typing import Any

import polib
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suar.audit.models import Entry
from suar.core import clock
from suar.core.i18n import public_languages
from suar.demo import cast as casting
from suar.website import fresh_words, wordings
from suar.website.models import Correction
from suar.website.words import files, own, pages
from suar.website.words.catalogue import READ, shipped
from tests.contact.speaking import at_the_staff_door
from tests.people import client_of
from tests.routes import STAFF

HERE = Path(fresh_words.__file__).parent.parent
LEAVE = ("", "Leave this page now")
LEAD = (READ + "sea.looks.pay", wordings.as_shipped("en")["sea.looks.pay"])
NEW, NEW_LEAD = "Đi khỏi đây ngay", "Trả tiền ít hơn đã hứa."


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Any:
    """Let the words of a house lie in an empty folder, and be forgotten afterwards."""
    settings.SUAR_DATA = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "words" / "locale", HERE / "locale"]
    fresh_words.let_go()
    yield tmp_path
    settings.LOCALE_PATHS = [HERE / "locale"]
    fresh_words.let_go()


@pytest.fixture
def second(cast: Any) -> Any:
    """Give Hadi's house a second editor."""
    return casting.hire(
        cast.village.organisation,
        "sinta",
        "Sinta",
        "DIRECTORY_EDITOR",
        by=cast.gita.id,
        at=clock.now(),
    )


def asks(player: Any, page: str, *args: str, query: str = "", **sent: Any) -> Any:
    """Let an editor ask for a page of words, or send a form to it."""
    path = reverse(page, args=args, urlconf=STAFF) + query
    with at_the_staff_door():
        client = client_of(player)
        return client.post(path, sent) if sent else client.get(path)


def corrects(player: Any, said: str, key: Any = LEAVE) -> Any:
    """Let an editor say a text of Vietnamese otherwise."""
    return asks(player, "word", "vi", pages.mark_of(key), said_0=said)


def settles(player: Any, act: str, *drafts: Correction) -> Any:
    """Let an editor tick what waits, and publish it or take it back."""
    ticked = [each.id for each in drafts]
    return asks(player, "words_waiting", "vi", act=act, ticked=ticked)


def brings(player: Any, content: bytes, name: str = "vi.po") -> Any:
    """Let an editor bring a file."""
    return asks(player, "words_bring", words=SimpleUploadedFile(name, content))


def downloaded(player: Any, changed: dict[Any, str]) -> bytes:
    """Download a language as PO, and give it back as a translator changed it."""
    made = polib.pofile(asks(player, "words_file", "vi", "po").content.decode())
    for entry in made:
        entry.msgstr = changed.get((entry.msgctxt or "", entry.msgid), entry.msgstr)
    return str(made).encode()


def test_two_editors_correct_a_text_and_visitors_read_it_at_once(cast, second, visitor):
    assert corrects(cast.hadi, NEW)["Location"] == "/words/vi/waiting"
    [draft] = Correction.objects.all()
    assert (draft.by, tuple(draft.said)) == (cast.hadi.id, (NEW,))
    assert NEW not in visitor.get("/vi/read/1").content.decode()
    shown = asks(cast.hadi, "words_waiting", "vi").content.decode()
    assert NEW in shown and shipped("vi")[LEAVE].said[0] in shown
    assert 'value="publish"' not in shown
    refused = settles(cast.hadi, "publish", draft)
    assert refused.status_code == 409
    assert "somebody else of your house publishes" in refused.content.decode()
    assert own.kept("vi") == {} and Correction.objects.count() == 1
    assert settles(second, "publish", draft).status_code == 302
    assert NEW in visitor.get("/vi/read/1").content.decode()
    assert not Correction.objects.exists()
    [wrote] = Entry.objects.filter(verb="correct_words")
    [published] = Entry.objects.filter(verb="publish_words")
    assert (wrote.by, published.by) == (cast.hadi.id, second.id)
    assert wrote.about == published.about == [str(draft.id)]


def test_in_a_house_with_one_editor_they_publish_it_themselves(cast, visitor):
    corrects(cast.hadi, NEW)
    assert 'value="publish"' in asks(cast.hadi, "words_waiting", "vi").content.decode()
    assert settles(cast.hadi, "publish", Correction.objects.get()).status_code == 302
    assert NEW in visitor.get("/vi/read/1").content.decode()


def test_undone_it_is_said_as_it_ships_at_once(cast, visitor):
    own.change("vi", said={LEAVE: (NEW,), LEAD: (NEW_LEAD,)})
    page = asks(cast.hadi, "words_of", "vi", query="?show=own").content.decode()
    assert "Said otherwise here" in page
    assert NEW in visitor.get("/vi/read/1").content.decode()
    assert asks(cast.hadi, "word", "vi", pages.mark_of(LEAVE), act="undo").status_code == 302
    assert NEW not in visitor.get("/vi/read/1").content.decode()
    assert own.kept("vi") == {LEAD: (NEW_LEAD,)}
    assert Entry.objects.filter(verb="undo_words", by=cast.hadi.id, because="vi").exists()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("<b>Đi</b>", "What stands in &lt; &gt;"),
        ("", "forms is missing"),
        ("Đi \u202eđây", "cannot be seen"),
        ("Đi %(day)s", "What is filled in"),
    ],
)
def test_what_would_break_a_page_is_refused_and_what_was_typed_stays(cast, said, why):
    answer = corrects(cast.hadi, said)
    page = answer.content.decode()
    assert answer.status_code == 400 and why in page
    assert said.replace("<", "&lt;").replace(">", "&gt;") in page
    assert 'lang="vi" dir="ltr"' in page and "Leave this page now" in page
    assert not Correction.objects.exists()


def test_every_form_of_a_text_is_corrected_in_a_field_of_its_own(cast):
    word = next(word for word in shipped("ru").values() if word.plural)
    page = asks(cast.hadi, "word", "ru", pages.mark_of(word.key)).content.decode()
    assert [f'name="said_{n}"' in page for n in range(4)] == [True, True, True, False]
    sent = {f"said_{n}": said for n, said in enumerate(word.said)}
    asks(cast.hadi, "word", "ru", pages.mark_of(word.key), **{**sent, "said_0": f"{word.said[0]}!"})
    assert Correction.objects.get().said == [f"{word.said[0]}!", *word.said[1:]]


def test_what_is_written_later_takes_the_place_and_what_is_taken_back_is_gone(cast, second):
    corrects(cast.hadi, "Đi")
    corrects(second, NEW)
    [draft] = Correction.objects.all()
    assert (draft.by, draft.said) == (second.id, [NEW])
    assert settles(cast.hadi, "take_back", draft).status_code == 302
    assert not Correction.objects.exists() and own.kept("vi") == {}
    assert settles(cast.hadi, "publish", draft).status_code == 404


def test_nothing_ticked_and_one_of_ones_own_among_others_publish_nothing(cast, second):
    assert settles(cast.hadi, "publish").status_code == 409
    corrects(cast.hadi, NEW)
    corrects(second, NEW_LEAD, LEAD)
    assert settles(cast.hadi, "publish", *Correction.objects.all()).status_code == 409
    assert own.kept("vi") == {} and Correction.objects.count() == 2


def test_a_text_that_suar_no_longer_has_is_not_published(cast):
    corrects(cast.hadi, NEW)
    Correction.objects.update(english="No text of ours")
    refused = settles(cast.hadi, "publish", Correction.objects.get())
    assert refused.status_code == 409 and own.kept("vi") == {}
    assert "no longer has one of these texts" in refused.content.decode()


@pytest.mark.parametrize("kind", ["po", "xlf"])
def test_a_language_is_downloaded_as_a_file_that_no_browser_opens(cast, kind):
    answer = asks(cast.hadi, "words_file", "vi", kind)
    assert answer["Content-Disposition"] == f'attachment; filename="suar-vi.{kind}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert len(files.read(answer.content).told) == len(shipped("vi"))


def test_a_file_is_looked_at_then_waits_then_is_published(cast, second, visitor):
    content = downloaded(cast.hadi, {LEAVE: NEW, LEAD: NEW_LEAD})
    assert brings(cast.hadi, content)["Location"] == "/words/vi/brought"
    page = asks(cast.hadi, "words_brought", "vi").content.decode()
    [line] = [each.linenum for each in polib.pofile(content.decode()) if each.msgid == LEAVE[1]]
    assert f"Line {line}" in page and NEW in page and shipped("vi")[LEAVE].said[0] in page
    assert NEW not in asks(second, "words_brought", "vi").content.decode()
    assert NEW not in asks(second, "words_waiting", "vi").content.decode()
    assert "not taken over yet: 2" in asks(cast.hadi, "words").content.decode()
    asks(cast.hadi, "words_brought", "vi", answer="yes")
    assert "Waits to be published: 2" in asks(second, "words").content.decode()
    assert settles(second, "publish", *Correction.objects.all()).status_code == 302
    assert own.kept("vi") == {LEAVE: (NEW,), LEAD: (NEW_LEAD,)}
    assert NEW in visitor.get("/vi/read/1").content.decode()
    brings(cast.hadi, downloaded(cast.hadi, {}))
    page = asks(cast.hadi, "words_brought", "vi").content.decode()
    assert "Everything in the file is said already" in page


def test_a_file_that_was_looked_at_and_not_wanted_leaves_nothing(cast):
    brings(cast.hadi, downloaded(cast.hadi, {LEAVE: NEW}))
    assert asks(cast.hadi, "words_brought", "vi", answer="no").status_code == 302
    assert not Correction.objects.exists() and own.kept("vi") == {}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"no words", "It cannot be read as PO"),
        (b"", "It holds no words."),
        (b'msgid ""\nmsgstr "Language: en\\n"\n\nmsgid "a"\nmsgstr "b"\n', "nobody can correct here"),
    ],
)
def test_a_file_that_is_none_is_refused(cast, content, why):
    answer = brings(cast.hadi, content)
    assert answer.status_code == 400 and why in answer.content.decode()
    assert not Correction.objects.exists()


def test_with_one_text_refused_nothing_of_a_file_is_kept(cast):
    content = downloaded(cast.hadi, {LEAVE: "<b>Đi</b>", LEAD: NEW_LEAD})
    answer = brings(cast.hadi, content)
    [line] = [each.linenum for each in polib.pofile(content.decode()) if each.msgid == LEAVE[1]]
    assert answer.status_code == 400 and f"Line {line}: " in answer.content.decode()
    assert not Correction.objects.exists()


def test_every_language_is_listed_with_how_whole_it_is(cast):
    page = asks(cast.hadi, "words").content.decode()
    for language in public_languages():
        assert (f'href="/words/{language.code}"' in page) == (language.code != "en")
    count = len([key for key in shipped("vi") if key[0].startswith(READ)])
    assert f"Sentences to read {count}/{count}" in page


def test_a_text_is_found_by_letters_of_either_language_and_by_pages(cast):
    for letters in ("leave this PAGE", shipped("vi")[LEAVE].said[0][:9]):
        page = asks(cast.hadi, "words_of", "vi", query=f"?text={letters}").content.decode()
        assert f"/words/vi/text/{pages.mark_of(LEAVE)}" in page
    first = asks(cast.hadi, "words_of", "vi")
    assert first.content.decode().count("/words/vi/text/") == pages.ON_A_PAGE
    last = asks(cast.hadi, "words_of", "vi", query=f"?after={len(shipped('vi')) - 1}")
    assert last.content.decode().count("/words/vi/text/") == 1
    assert "No text has these letters" in asks(cast.hadi, "words_of", "vi", query="?text=qqqq&after=x").content.decode()


def test_no_two_texts_share_a_name_in_an_address():
    for language in public_languages():
        keys = list(shipped(language.code))
        assert len({pages.mark_of(key) for key in keys}) == len(keys)


PAGES = [
    ("words", ()),
    ("words_of", ("vi",)),
    ("word", ("vi", pages.mark_of(LEAVE))),
    ("words_waiting", ("vi",)),
    ("words_brought", ("vi",)),
    ("words_file", ("vi", "po")),
]


@pytest.mark.parametrize(("page", "args"), PAGES)
def test_only_editors_come_here_and_english_is_not_corrected(cast, page, args):
    assert asks(cast.hadi, page, *args).status_code == 200
    for player in (cast.ben, cast.esi, cast.gita):
        assert asks(player, page, *args).status_code == 404
    for code in {"en", "xx"} if args else ():
        assert asks(cast.hadi, page, code, *args[1:]).status_code == 404


def test_an_address_of_no_text_and_a_file_of_no_kind_are_absent(cast):
    assert asks(cast.hadi, "word", "vi", "00000000").status_code == 404
    assert asks(cast.hadi, "words_file", "vi", "exe").status_code == 404
    assert asks(cast.hadi, "words_waiting", "vi", act="publish", ticked=["x"]).status_code == 404
