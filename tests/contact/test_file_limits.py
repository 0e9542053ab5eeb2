"""How much room files may take, what it costs to bring them, and that a refusal costs nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest

from suar.contact.documents import FileFacts, LetterKind
from suar.contact.models import Letter, Piece, Request
from suar.contact.public import actions as public
from suar.contact.rules import files as rules
from suar.core import clock, locks, ratelimit
from suar.core.files import redrawing
from suar.core.files.kinds import MAX_FILE_BYTES, FileKind
from suar.core.refusals import Refused
from tests.contact.uploads import OGG, a_paper, a_picture, a_sound, attached, brought
from tests.contact.writing import ask_for_help, came_back, press, resume_token_of


@pytest.fixture
def code(asker: Any) -> str:
    """Return the code of a letter that was sent."""
    return ask_for_help(asker)[1]


def page_text(page: Any) -> str:
    return page.content.decode()


def use(address: str, pieces: int, *, at: datetime) -> bool:
    """Use up room of a caller, and return True if it fitted."""
    return ratelimit.use("files", address, limit=rules.PIECES_AN_HOUR, amount=pieces, at=at)


def test_files_of_one_connection_are_limited_per_hour(asker, on_the_hour):
    large = b"%PDF-" + bytes(MAX_FILE_BYTES - 5)
    taken = [use("2001:db8::7", rules.count_pieces(len(large)), at=on_the_hour) for _ in range(5)]
    assert taken == [True] * 4 + [False]
    assert use("2001:db8:1::7", 1, at=on_the_hour), "somebody else is not kept out"
    assert use("2001:db8::7", 1, at=on_the_hour + timedelta(hours=1))
    assert 24 * rules.PIECES_AN_HOUR < rules.PIECES_A_DAY, "one connection fills no team's day"


def test_refused_files_use_no_limit(asker, code):
    bring(*[SMALL] * rules.MAX_FILES_IN_A_REQUEST)
    assert attached(asker, came_back(asker, code), a_paper()).status_code == 409
    assert has_all_room()
    _page, other = ask_for_help(asker)
    fill_the_day(but=1)
    large = brought(a_sound(seconds=90), "long.ogg")
    assert attached(asker, came_back(asker, other), large).status_code == 409
    assert has_all_room(), "also where only the last look refuses"
    assert attached(asker, came_back(asker, other), a_paper()).status_code == 200
    assert not has_all_room(), "the control: what is kept is counted"


def has_all_room() -> bool:
    """Say whether this machine has used up nothing in this hour."""
    return ratelimit.has_left(
        "files", "127.0.0.1", limit=rules.PIECES_AN_HOUR, amount=rules.PIECES_AN_HOUR, at=clock.now()
    )


@contextmanager
def nobody_else_may_draw(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold the only place where pictures are drawn."""
    monkeypatch.setattr(redrawing, "MAX_WAIT_S", 0.05)
    monkeypatch.setattr(redrawing, "SLOTS", 1)
    with locks.queue_slot(redrawing.QUEUE, slots=1):
        yield


def test_pictures_over_quota_are_not_redrawn(asker, code, monkeypatch):
    bring(*[SMALL] * rules.MAX_FILES_IN_A_REQUEST)
    page = came_back(asker, code)
    with nobody_else_may_draw(monkeypatch):
        assert attached(asker, page, brought(a_picture())).status_code == 409


def test_a_busy_redrawer_still_stores_other_files(asker, code, monkeypatch):
    page = came_back(asker, code)
    with nobody_else_may_draw(monkeypatch):
        files = [brought(OGG, "first.ogg"), brought(a_picture(), "one.jpg"), brought(OGG, "voice.ogg")]
        page = attached(asker, page, *files)
        assert page.status_code == 200 and "Not every file has arrived" in page_text(page)
        assert [bool(item.why) for item in page.context["results"]] == [False, True, False]
        page = attached(asker, page, brought(a_picture(), "one.jpg"))
    assert page.status_code == 503 and "Please wait" in page_text(page) and "one.jpg" in page_text(page)
    assert Piece.objects.count() == 2
    assert "have arrived" in page_text(attached(asker, page, brought(a_picture(), "one.jpg")))


def test_after_a_broken_picture_no_more_pictures_are_redrawn(asker, code):
    cut = brought(a_picture(size=(640, 480))[:900], "cut.jpg")
    page = attached(asker, came_back(asker, code), a_paper(), cut, brought(a_picture()))
    assert [str(item.why)[:12] for item in page.context["results"]] == [
        "",
        "This file is",
        "Please try a",
    ]
    assert Piece.objects.count() == 1


def bring(*files: tuple[FileFacts, bytes]) -> None:
    """Add files to the one request."""
    public.add_files(Request.objects.get().id, files, at=clock.now())


SMALL = (FileFacts(kind=FileKind.SOUND, size=64, name="a.ogg"), OGG)


def test_a_full_disk_refuses_files_but_no_text(asker, code, monkeypatch):
    monkeypatch.setattr(rules, "FREE_BYTES", 2**63)
    with pytest.raises(Refused) as refused:
        bring(SMALL)
    assert refused.value.because == "no_room" and not Piece.objects.exists()
    page = came_back(asker, code)
    again = press(asker, "write", page=page, resume_token=resume_token_of(page), words="words still arrive")
    assert "Your letter has arrived" in page_text(again)


def fill_the_day(*, but: int = 0) -> None:
    """Let a team have been sent as much as it takes in a day, but for some pieces."""
    first, there = Piece.objects.first(), Piece.objects.count()
    Piece.objects.bulk_create(
        Piece(letter_id=first.letter_id, number=n, sealed=b"x") for n in range(1, rules.PIECES_A_DAY - there - but + 1)
    )


def test_files_of_a_team_are_limited_per_day(asker, code):
    bring(SMALL)
    fill_the_day()
    with pytest.raises(Refused) as refused:
        bring(SMALL)
    assert refused.value.because == "no_room"
    Letter.objects.update(at=clock.now() - timedelta(days=1, minutes=1))
    bring(SMALL)


def test_files_of_a_request_are_limited(asker, code):
    bring(*[SMALL] * rules.MAX_FILES_IN_A_REQUEST)
    with pytest.raises(Refused) as refused:
        bring(SMALL)
    assert refused.value.because == "many_files"
    page = attached(asker, came_back(asker, code), a_paper())
    assert page.status_code == 409 and "There is no room for more files here." in page_text(page)


def test_files_count_as_unread_letters(asker, code):
    bring(*[SMALL] * 12)
    for number in range(7):
        public.write_again(Request.objects.get().id, LetterKind.WORDS, str(number), at=clock.now())
    with pytest.raises(Refused) as refused:
        bring(SMALL)
    assert refused.value.because == "much_unread"
