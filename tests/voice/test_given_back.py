"""Where a letter cannot be taken, its words are on the page, and the page says so."""

import pytest

from suar.accounts.models import PublicKey
from suar.accounts.terms import KeyKind
from suar.voice.models import Desk
from tests.voice.writing import asked, came_back, hold_of, press


@pytest.mark.parametrize("do", ["send", "write"])
def test_where_the_key_is_not_trusted_the_words_stay_and_numbers_are_there(asker, desk, do):
    page, code = asked(asker)
    if do == "write":
        page = came_back(asker, code)
    typed = {"hold": hold_of(page)} if do == "write" else {"kind": "digits"}
    PublicKey.objects.filter(kind=KeyKind.TEAM, owner=desk.team).update(certificate=b"\0" * 64)
    for _ in range(4):
        stopped = press(asker, do, words="A long letter", **typed)
        assert stopped.status_code == 503
    shown = stopped.content.decode()
    assert "Your letter was NOT sent and is not kept." in shown and "A long letter" in shown
    assert "In danger now?" in shown and "Please try again" not in shown


def test_a_desk_that_closes_while_somebody_writes_gives_the_words_back(asker):
    page = press(asker, "ask")
    Desk.objects.update(switched_on=False)
    stopped = press(asker, "send", page=page, words="A long letter", kind="digits")
    assert "A long letter" in stopped.content.decode() and "NOT sent" in stopped.content.decode()
