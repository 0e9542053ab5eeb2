"""The first run: an organisation made in the browser, its keys on paper."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from suar.accounts import sessions, setup, workers
from suar.accounts.acting import Anonymous
from suar.accounts.codes import KeyKind, WorkerState
from suar.accounts.keys import UserPairs, newest_public
from suar.accounts.models import Membership, Organisation, PublicKey, Session, Worker
from suar.core import clock
from suar.core.ids import spoken_code
from suar.core.refusals import NotYours, Refused
from suar.crypto import recovery
from suar.crypto.recovery import RecoveryCode
from tests.accounts.conftest import AT, anonymous_client, words
from tests.accounts.test_workers import prove_sheet

pytestmark = pytest.mark.django_db
NEW = "empat kata yang lain"
TYPED = {
    "organisation": "Rumah Baru Contoh",
    "team": "Tim satu",
    "name": "wulan",
    "display_name": "Wulan",
    "new_password": NEW,
    "again": NEW,
    "administrator": "yusuf",
    "administrator_display_name": "Yusuf",
}


def printed_code() -> str:
    out = StringIO()
    call_command("setup_code", stdout=out)
    return re.search(r"Set-up code: ([0-9A-Z ]+)", out.getvalue())[1]


@pytest.fixture
def founded(db, own_keys_folder):
    """A browser in which the set-up was just sent, and the page it got."""
    client = anonymous_client()
    page = client.post("/set-up", {**TYPED, "set_up_code": printed_code()})
    return client, page


def test_the_set_up_page_warns_that_there_was_no_review(db, own_keys_folder):
    assert "This software has not been reviewed" in words(anonymous_client().get("/set-up"))


def test_sign_in_redirects_to_the_set_up(db, own_keys_folder):
    for path in ("/", "/sign-in"):
        assert anonymous_client().get(path, follow=True).redirect_chain[-1][0] == "/set-up"
    assert anonymous_client().post("/set-up", TYPED).status_code == 400, "the code is asked all the same"
    assert not Organisation.objects.exists()


def test_after_the_set_up_visitors_are_redirected_to_sign_in(founded):
    client, _ = founded
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/account/factors"
    client.post("/account/codes", {"password": NEW})
    chain = anonymous_client().get("/", follow=True).redirect_chain
    assert [path for path, _status in chain] == ["/sign-in?to=/"]


def test_the_set_up_creates_keys_papers_and_two_workers(founded):
    _, page = founded
    text = words(page)
    sheets = re.findall(r'<p class="numbers"><strong>([^<]+)</strong>', text)
    assert len(sheets) == 5
    organisation = Organisation.objects.get()
    escrow = recovery.join([recovery.Share.read(sheet) for sheet in sheets[:2]])
    public = newest_public(KeyKind.ESCROW, organisation.id).public
    assert setup.BoxPair.from_private(escrow).public == bytes(public)
    backup = setup.backup_pair(RecoveryCode.read(sheets[3]))
    assert backup.public == bytes(newest_public(KeyKind.BACKUP, organisation.id).public)
    assert workers.welcome("yusuf", code=sheets[4], password=NEW, by=Anonymous(at=clock.now()))
    assert Membership.objects.get().leads


def test_the_first_worker_is_led_to_a_factor_and_a_recovery_sheet(founded):
    client, page = founded
    assert "/account/factors" in words(page)
    assert client.get("/set-up/state").url == "/account/factors"
    client.post("/account/codes", {"password": NEW})
    prove_sheet(client)
    state = words(client.get("/set-up/state"))
    assert "1 of 2" in state
    assert "has not been reviewed" in state
    assert anonymous_client().get("/set-up").status_code == 404


def test_only_the_newest_set_up_code_works_once(db, own_keys_folder):
    old, code = printed_code(), printed_code()
    client = anonymous_client()
    for wrong in (old, "", "made up", spoken_code(15)):
        assert client.post("/set-up", {**TYPED, "set_up_code": wrong}).status_code == 400
    assert not Organisation.objects.exists()
    assert client.post("/set-up", {**TYPED, "set_up_code": code.lower()}).status_code == 200
    assert list(own_keys_folder.iterdir()) == []
    with pytest.raises(Refused, match="set_up_code"):
        setup.check_code(code)


def test_the_keys_folder_holds_only_a_digest(db, own_keys_folder):
    code = printed_code()
    kept = (own_keys_folder / "set-up.digest").read_text()
    assert code.replace(" ", "") not in kept
    assert (own_keys_folder / "set-up.digest").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"administrator": " WULAN"}, "two people"),
        ({"new_password": "short", "again": "short"}, "at least 12 characters"),
        ({"team": ""}, "required"),
    ],
)
def test_an_invalid_set_up_creates_nothing(db, own_keys_folder, changed, says):
    typed = {**TYPED, "set_up_code": printed_code(), **changed}
    page = anonymous_client().post("/set-up", typed)
    assert page.status_code == 400
    assert says in words(page)
    assert not Organisation.objects.exists()


def test_an_unfinished_set_up_can_be_repeated(founded):
    first = Organisation.objects.get().id
    page = anonymous_client().post("/set-up", {**TYPED, "set_up_code": printed_code()})
    assert page.status_code == 200
    assert Organisation.objects.get().id != first
    assert Session.objects.count() == 1


def test_a_demonstration_has_no_set_up(db, settings):
    settings.SUAR_MODE = "demo"
    assert not setup.is_open()
    assert anonymous_client().get("/sign-in").status_code == 200


def test_the_papers_can_be_printed_again_before_real_records(founded):
    client, page = founded
    client.post("/account/codes", {"password": NEW})
    assert client.get("/set-up/papers").status_code == 200
    again = words(client.post("/set-up/papers"))
    old, new = (re.findall(r"<strong>([^<]+)</strong>", item) for item in (words(page), again))
    assert not set(old) & set(new)
    assert PublicKey.objects.filter(kind=KeyKind.ESCROW, retired_at=None).count() == 1
    Worker.objects.filter(name="yusuf").update(state=WorkerState.ACTIVE)
    assert "Invitation for" not in words(client.post("/set-up/papers"))
    Organisation.objects.update(ready_at=clock.now())
    assert client.get("/set-up/papers").status_code == 404
    own = UserPairs.new()
    with pytest.raises(NotYours):
        setup.print_again(by=sessions.acting_as(Worker.objects.get(name="wulan"), own, at=AT))
