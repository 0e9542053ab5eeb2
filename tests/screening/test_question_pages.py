"""Question files on the pages: downloaded, previewed, refused with a reason, put in use."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.core import clock
from suar.demo import cast as casting
from suar.screening import question_sets
from suar.screening.models import QuestionSet, QuestionUse
from suar.screening.rules import question_file
from suar.screening.rules.instrument import instrument
from suar.screening.rules.question_file import MAX_BYTES
from tests.html import squeeze
from tests.people import client_of, viewer
from tests.screening.conversing import Conversation, text
from tests.screening.editing import (
    NO_CHANGES,
    OWN_OF_BOTH,
    PAY,
    SHORT,
    SIGNPOST,
    WATER,
    WATER_CHILD,
    moved,
    reword,
    with_own,
    without,
)

pytestmark = pytest.mark.django_db
WORDED = reword(SHORT, NO_CHANGES, "SG_PAID", PAY)
PAGE = "import_questions"


def told(changes=WORDED, base=SHORT):
    return json.dumps(question_file.write_file(base, changes)).encode()


class Filing:
    """Somebody who leads, at the page on which a file is uploaded."""

    def __init__(self, player):
        self.player, self.client, self.page = player, client_of(player), reverse(PAGE, args=["short"])
        self.organisation = viewer(player).organisation

    def upload(self, content=None):
        """Upload a file to see what it changes."""
        file = SimpleUploadedFile("a.json", told() if content is None else content)
        return self.client.post(self.page, {"file": file})

    def use(self, content=None, *, seen=0, **sent):
        """Put a file that was previewed in use."""
        content = (told() if content is None else content).decode()
        return self.client.post(self.page, {"content": content, "seen": seen, "form_id": "1", **sent})


@pytest.fixture
def esi(village):
    return Filing(village.esi)


@pytest.fixture
def lead(village):
    """Rina leads in the same organisation."""
    return Filing(casting.join(village.house, "rina", "Rina", Role.SUPERVISOR, at=clock.now()))


def test_a_lead_comes_from_the_team_and_from_the_account(esi, village):
    for name in ("team", "account"):
        assert f'href="{reverse("questions")}"' in text(esi.client.get(reverse(name)))
    assert f'href="{reverse("questions")}"' not in text(client_of(village.ben).get(reverse("account")))


def test_the_list_shows_each_form_its_versions_and_which_is_in_use(esi):
    page = text(esi.client.get(reverse("questions")))
    for form in ("full", "short", "signpost"):
        assert instrument(form, 1 if form != "short" else 2).title["en"] in page
        assert reverse("shipped_file", args=[form]) in page
        assert reverse(PAGE, args=[form]) in page
    assert esi.use()["Location"] == reverse("questions")
    page = text(esi.client.get(reverse("questions")))
    assert "Own version 1" in page
    assert "by Esi" in page
    assert reverse("shipped_questions", args=["short"]) in page


def test_the_shipped_questions_and_a_version_are_downloaded_and_come_back(esi):
    answer = esi.client.get(reverse("shipped_file", args=["short"]))
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="questions-short.json"'
    assert json.loads(answer.content) == question_file.write_file(SHORT, NO_CHANGES)
    esi.use()
    saved = esi.client.get(reverse("version_file", args=[QuestionSet.objects.get().id]))
    assert json.loads(saved.content) == question_file.write_file(SHORT, WORDED)
    assert 'name="content"' in text(esi.upload(saved.content))


def test_a_preview_shows_every_change_and_changes_nothing(esi):
    changes = with_own(without(WORDED, "SG_PROMISE"), OWN_OF_BOTH)
    changes = moved(SHORT, changes, "SG_PAID", places=1)
    answer = esi.upload(told(changes))
    page = text(answer)
    assert answer.status_code == 200
    assert [f'data-change="{kind}"' in page for kind in ("ADDED", "REWORDED", "LEFT_OUT", "MOVED")] == [True] * 4
    usual = instrument().questions
    for words in (usual["SG_PAID"].text, PAY.text, PAY.child, WATER, WATER_CHILD, usual["SG_PROMISE"].text):
        assert words["en"] in page
    assert "Very bad place to live" in page
    assert PAY.text["id"] in page
    assert not QuestionSet.objects.exists()
    assert not Entry.objects.filter(verb__contains="questions").exists()


def test_used_it_begins_new_talks_and_going_back_is_one_question(esi, village):
    assert esi.use()["Location"] == reverse("questions")
    assert esi.use()["Location"] == reverse("questions")
    assert QuestionSet.objects.count() == QuestionUse.objects.count() == 1
    version = text(esi.client.get(reverse("question_version", args=[QuestionSet.objects.get().id])))
    assert PAY.text["id"] in version
    assert "This version is in use." in version
    assert "@" in Conversation.begun_by(village.ben).answers().instrument
    address = reverse("shipped_questions", args=["short"])
    assert "Use the standard questions" in text(esi.client.get(address))
    assert esi.client.post(address)["Location"] == reverse("questions")
    assert esi.client.post(address)["Location"] == reverse("questions")
    assert question_sets.in_use(esi.organisation)["short"].version == question_sets.SHIPPED
    assert esi.client.get(address)["Location"] == reverse("questions")
    page = text(esi.client.get(reverse("questions")))
    assert "used before" in page
    assert "again since" in page


def test_of_two_who_use_files_at_once_the_second_sees_the_preview_again(esi, lead):
    lead.use(told(without(NO_CHANGES, "SG_PROMISE")))
    answer = esi.use()
    assert answer.status_code == 409
    assert "A colleague changed the questions in use" in text(answer)
    assert 'name="seen" value="1"' in text(answer)
    assert QuestionSet.objects.count() == 1
    assert esi.use(seen=1)["Location"] == reverse("questions")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "FILE_NOT_JSON"),
        (b"\xff\xfe", "FILE_NOT_TEXT"),
        (b"[" * 99_999, "FILE_TOO_DEEP"),
        (told(WORDED, SIGNPOST), "FILE_OTHER_FORM"),
        (told().replace(b'"shipped": 2', b'"shipped": 1'), "FILE_OTHER_SHIPPED"),
        (told(NO_CHANGES), "WRONG_NOTHING_CHANGED"),
        (told().replace(PAY.text["en"].encode(), b"Can you prove it?"), "NA_PROVE"),
        (told().replace(PAY.text["en"].encode(), b"<script>"), "WRONG_MARKS"),
        (told().replace(b'"asked": true', b'"asked": false', 1), "WRONG_STAYS"),
        (told().replace(b'"form"', b'"\\u202e<b>": 1, "form"'), "FILE_UNKNOWN_KEY"),
    ],
)
def test_whatever_is_wrong_is_said_and_changes_nothing(esi, content, fault):
    acts = Entry.objects.count()
    answer = esi.upload(content)
    assert answer.status_code == 400
    assert f'data-fault="{fault}"' in text(answer)
    assert 'type="file"' in text(answer)
    assert esi.use(content[:MAX_BYTES].replace(b"\xff\xfe", b"x")).status_code == 400
    assert not QuestionSet.objects.exists()
    assert Entry.objects.count() == acts


def test_a_fault_names_its_row_its_question_and_its_language(esi):
    page = squeeze(text(esi.upload(told().replace(PAY.text["id"].encode(), b"Apa buktinya?"))))
    number = [item["question"] for item in question_file.write_file(SHORT, WORDED)["questions"]].index("SG_PAID") + 1
    assert f'data-fault="NA_PROVE" data-row="{number}" data-field="text_id"' in page
    assert f"Row {number} · SG_PAID · text_id" in page
    assert "This is never asked: Asking for more than words" in page


def test_a_long_list_of_faults_is_cut_and_says_so(esi):
    page = text(esi.upload(json.dumps({**json.loads(told()), "questions": [7] * 60}).encode()))
    assert "And 20 more." in page


def test_a_hundred_megabytes_are_refused_before_anything_reads_them(esi):
    answer = esi.client.post(esi.page, {"content": "x"}, CONTENT_LENGTH="100000000")
    assert answer.status_code == 413
    for content in (b" " * (MAX_BYTES + 1), b"[" * 2_600_000):
        answer = esi.upload(content)
        assert answer.status_code == 400
        assert "The limit is 150 kB" in text(answer)


@pytest.mark.parametrize("sent", [{}, {"seen": "x"}, {"seen": -1}, {"seen": 0, "content": "a\0"}])
def test_a_forged_act_changes_nothing(esi, sent):
    assert esi.client.post(esi.page, {"content": told().decode(), **sent}).status_code == 400
    assert not QuestionSet.objects.exists()


def test_other_roles_and_another_organisation_find_nothing(esi, village, strangers):
    esi.use()
    version = QuestionSet.objects.get().id
    ben, farid = client_of(village.ben), client_of(strangers.farid)
    for name in ("question_version", "version_file"):
        for client in (ben, farid):
            assert client.get(reverse(name, args=[version])).status_code == 404
    for name, args in (("questions", []), (PAGE, ["short"]), ("shipped_file", ["short"])):
        assert ben.get(reverse(name, args=args)).status_code == 404
    assert ben.post(esi.page, {"content": told(), "seen": 1}).status_code == 404
    assert "Own version" not in text(farid.get(reverse("questions")))


@pytest.mark.parametrize("name", [PAGE, "shipped_questions", "shipped_file", "draft_file"])
def test_a_form_that_is_unknown_is_not_found(esi, name):
    assert esi.client.get(reverse(name, args=["none"])).status_code == 404
