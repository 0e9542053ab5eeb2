"""One file is removed, by the desk or by the person; and how much room files take with a team."""

from datetime import timedelta
from typing import Any

import pytest

from suar.accounts.codes import KeyKind
from suar.accounts.models import PublicKey
from suar.audit.models import Entry
from suar.contact.documents import LetterKind
from suar.contact.models import Letter, LetterKey, Piece, Request
from suar.contact.public import actions as public
from suar.contact.rules import files as rules
from suar.core import clock, ratelimit
from suar.core.files.kinds import FREE_BYTES, MEBIBYTE, PIECE_BYTES
from suar.core.refusals import KeyNotTrusted
from tests.contact.uploads import OGG, a_paper, attached, brought
from tests.contact.writing import ask_for_help, came_back, press, resume_token_of
from tests.feedback.submissions import on_staff_site
from tests.people import client_of
from tests.website.asking import OWN, ticket_of

PIECES_OF_A_MEGABYTE = MEBIBYTE // PIECE_BYTES


@pytest.fixture
def code(asker: Any) -> str:
    """Return the code of a letter with two files."""
    code = ask_for_help(asker)[1]
    attached(asker, came_back(asker, code), a_paper(), brought(OGG, "voice.ogg"))
    return code


def page_text(page: Any) -> str:
    return page.content.decode()


def desk(player: Any, path: str = "", *, post: bool = False, shown: str = "") -> Any:
    """Let a worker ask for a page of the one letter, or press its only button."""
    address = f"/letters/{Request.objects.get().id}{path}"
    with on_staff_site():
        client = client_of(player)
        return client.post(address, {"version": shown}) if post else client.get(address)


def files() -> list[Any]:
    """Return the letters beside which files lie, in their order."""
    return [piece.letter_id for piece in Piece.objects.filter(number=0).order_by("letter__at")]


def pressed(asker: Any, page: Any, file: Any, **typed: str) -> Any:
    """Press the button of a file, which says which file and no more."""
    sent = {"ticket": ticket_of(page), "lang": "en", "resume_token": resume_token_of(page), "remove": file, **typed}
    return asker.post("/", sent, headers=OWN)


def removed(asker: Any, page: Any, file: Any) -> Any:
    """Press the button of a file on the page that a code opens, and say yes."""
    sure = pressed(asker, page, file)
    if sure.status_code == 404:
        return sure
    return press(asker, "remove", page=sure, resume_token=resume_token_of(sure), remove=file)


def test_the_desk_removes_one_file_and_both_sides_see_it(asker, code, cast):
    paper, voice = files()
    sure = page_text(desk(cast.kartika, f"/files/{paper}/removed"))
    assert "slip.pdf" in sure and "Yes, remove it" in sure and len(files()) == 2
    assert desk(cast.kartika, f"/files/{paper}/removed", post=True).status_code == 302
    assert files() == [voice]
    assert not LetterKey.objects.filter(letter=paper) and not Letter.objects.filter(id=paper)
    page, thread = page_text(desk(cast.kartika)), page_text(came_back(asker, code))
    assert "Somebody of your team removed it." in page and "Those who read here" in thread
    for item in (page, thread):
        assert "A file was removed" in item and "slip.pdf" not in item and "voice.ogg" in item
    [entry] = Entry.objects.filter(verb="help_file_removed")
    assert (entry.by, entry.about) == (cast.kartika.id, [str(Request.objects.get().id)])
    assert desk(cast.kartika, f"/files/{paper}/removed", post=True).status_code == 404


def test_the_person_removes_one_file_only(asker, code, cast):
    page = came_back(asker, code)
    done = removed(asker, page, files()[0])
    assert "A file was removed" in page_text(done) and len(files()) == 1
    thread = page_text(came_back(asker, code))
    assert "You removed it." in thread and "My wages were kept." in thread
    assert "The person removed it." in page_text(desk(cast.kartika))
    assert Entry.objects.get(verb="help_file_removed").by is None


def test_the_person_removes_all_files_and_the_text_stays(asker, code, cast):
    page = came_back(asker, code)
    sure = press(asker, "confirm_remove_all", page=page, resume_token=resume_token_of(page))
    assert "All files are deleted here at once" in page_text(sure) and len(files()) == 2
    keys = LetterKey.objects.filter(letter__in=files())
    done = press(asker, "remove_all", page=sure, resume_token=resume_token_of(sure))
    assert "All files were removed" in page_text(done)
    assert not (Piece.objects.count() or keys.exists())
    thread = page_text(came_back(asker, code))
    assert "You removed them." in thread and "My wages were kept." in thread
    assert "Remove all files" not in thread
    assert "The person removed them." in page_text(desk(cast.kartika))
    assert Entry.objects.get(verb="help_file_removed").by is None


def test_the_desk_removes_only_files_that_the_page_showed(asker, code, cast):
    assert "Remove all files" in page_text(desk(cast.kartika))
    shown = edition_in(sure := page_text(desk(cast.kartika, "/removed")))
    assert "slip.pdf" in sure and "voice.ogg" in sure
    attached(asker, came_back(asker, code), a_paper(named="later.pdf"))
    late = desk(cast.kartika, "/removed", post=True, shown=shown)
    assert late.status_code == 409 and "later.pdf" in page_text(late) and len(files()) == 3
    assert desk(cast.kartika, "/removed", post=True, shown=edition_in(page_text(late))).status_code == 302
    assert files() == []
    page, thread = page_text(desk(cast.kartika)), page_text(came_back(asker, code))
    assert "Somebody of your team removed them." in page and "Those who read here" in thread
    assert desk(cast.kartika, "/removed").status_code == 404
    assert Entry.objects.get(verb="help_file_removed").by == cast.kartika.id


def edition_in(page: str) -> str:
    """Return what names the letters that a page showed."""
    return page.split('name="version" value="')[1].split('"')[0]


def test_one_file_alone_has_no_button_for_all(asker, cast):
    code = ask_for_help(asker)[1]
    attached(asker, came_back(asker, code), a_paper())
    assert "Remove all files" not in page_text(came_back(asker, code)) + page_text(desk(cast.kartika))
    page = came_back(asker, ask_for_help(asker)[1])
    sure = press(asker, "confirm_remove_all", page=page, resume_token=resume_token_of(page))
    assert press(asker, "remove_all", page=sure, resume_token=resume_token_of(sure)).status_code == 404
    assert len(files()) == 1


def test_unsent_text_comes_before_removing_a_file(asker, code):
    page = came_back(asker, code)
    sure = pressed(asker, page, files()[0], words="There is more")
    assert "There is more" in page_text(sure) and "Your words are still here" in page_text(sure)
    page, all_of_them = came_back(asker, code), "confirm_remove_all"
    sure = press(asker, all_of_them, page=page, resume_token=resume_token_of(page), words="There is more")
    assert "There is more" in page_text(sure)
    assert len(files()) == 2


def test_letters_and_files_of_others_cannot_be_removed(asker, code, cast):
    words = Letter.objects.exclude(id__in=files()).first().id
    page = came_back(asker, code)
    assert removed(asker, page, words).status_code == 404
    assert desk(cast.kartika, f"/files/{words}/removed", post=True).status_code == 404
    assert desk(cast.ben, f"/files/{files()[0]}/removed", post=True).status_code == 404
    _page, other = ask_for_help(asker)
    assert removed(asker, came_back(asker, other), files()[0]).status_code == 404
    assert pressed(asker, came_back(asker, other), "x").status_code == 404
    assert len(files()) == 2 and Letter.objects.filter(id=words)


def test_a_file_is_removed_even_if_the_team_key_is_untrusted(asker, code, cast):
    request = Request.objects.get().id
    PublicKey.objects.filter(kind=KeyKind.TEAM).update(certificate=b"\0" * 64)
    with pytest.raises(KeyNotTrusted):
        public.write_again(request, LetterKind.WORDS, "x", at=clock.now())
    public.remove_files(request, file=files()[0], at=clock.now())
    assert len(files()) == 1


def fill(*, but: int) -> None:
    """Let the team's files take all its room but for some pieces."""
    first, there = Piece.objects.order_by("id").first(), Piece.objects.count()
    many = 10 * PIECES_OF_A_MEGABYTE - there - but
    Piece.objects.bulk_create(Piece(letter_id=first.letter_id, number=n, sealed=b"x") for n in range(1, many + 1))


def test_a_full_quota_refuses_files_but_no_text(asker, code, cast, settings):
    settings.SUAR_ROOM_FOR_FILES_MB = 10
    fill(but=1)
    attached(asker, came_back(asker, code), a_paper(named="last.pdf"))
    assert len(files()) == 3
    page = came_back(asker, code)
    full = press(asker, "add_files", page=page, resume_token=resume_token_of(page))
    assert full.status_code == 409 and 'type="file"' not in page_text(full)
    assert "Your words are here" in page_text(full)
    late = attached(asker, came_back(asker, code), a_paper())
    assert late.status_code == 409 and "no more room for files here now" in page_text(late)
    ratelimit.purge_attempts(at=clock.now() + timedelta(hours=2))
    page = came_back(asker, code)
    more = press(asker, "write", page=page, resume_token=resume_token_of(page), words="There is more")
    assert "Your letter has arrived" in page_text(more)
    with on_staff_site():
        inbox = page_text(client_of(cast.kartika).get("/letters"))
    assert "Files of letters use 10 of 10 MB." in inbox and "cannot add files" in inbox
    desk(cast.kartika, f"/files/{files()[-1]}/removed", post=True)
    assert attached(asker, came_back(asker, code), a_paper()).status_code == 200


@pytest.mark.parametrize(
    ("pieces", "used", "nearly"),
    [
        (0, 0, False),
        (1, 1, False),
        (16, 1, False),
        (17, 2, False),
        (143, 9, False),
        (144, 9, True),
    ],
)
def test_quotas_are_rounded_up_to_megabytes(pieces, used, nearly):
    room = rules.Quota(pieces, most_mb=10)
    assert (room.used_mb, room.most_mb, room.nearly_full) == (used, 10, nearly)
    more = {"stored": 0, "files": 1, "quota": room, "today": 0, "free_bytes": FREE_BYTES}
    assert rules.may_be_added(pieces=160 - pieces, **more)
    assert rules.may_be_added(pieces=161 - pieces, **more).because == "room_full"


def test_one_connection_cannot_fill_the_quota_of_a_team(settings):
    room = rules.Quota(0, most_mb=settings.SUAR_ROOM_FOR_FILES_MB)
    assert room.most > 48 * rules.PIECES_AN_HOUR
