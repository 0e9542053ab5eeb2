"""Question files on the pages: downloaded, previewed, refused with a reason, confirmed by a second person."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.core import clock
from suar.demo import cast as casting
from suar.screening import question_sets
from suar.screening.models import QuestionDraft, QuestionSet, QuestionUse
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


def file_content(changes=WORDED, base=SHORT):
    return json.dumps(question_file.write_file(base, changes)).encode()


class Filing:
    """A supervisor at the pages of question files."""

    def __init__(self, player):
        self.player, self.client, self.page = player, client_of(player), reverse(PAGE, args=["short"])
        self.organisation = viewer(player).organisation

    def upload(self, content=None):
        """Upload a file, which becomes a draft, and follow to its page."""
        file = SimpleUploadedFile("a.json", file_content() if content is None else content)
        return self.client.post(self.page, {"file": file, "form_id": "1"}, follow=True)

    def answer(self, answer):
        """Press a button on the page of the draft."""
        return self.client.post(reverse("question_draft", args=[QuestionDraft.objects.get().id]), {"answer": answer})


@pytest.fixture
def esi(village):
    return Filing(village.esi)


@pytest.fixture
def rina(village):
    """Rina supervises in the same organisation."""
    return Filing(casting.join(village.house, "rina", "Rina", Role.SUPERVISOR, at=clock.now()))


@pytest.fixture
def in_use(esi, rina):
    """Return the version that Esi wrote and Rina put in use."""
    esi.upload()
    assert rina.answer("use")["Location"] == reverse("questions")
    return QuestionSet.objects.get()


def test_a_lead_comes_from_the_team_and_from_the_account(esi, village):
    for name in ("team", "account"):
        assert f'href="{reverse("questions")}"' in text(esi.client.get(reverse(name)))
    assert f'href="{reverse("questions")}"' not in text(client_of(village.ben).get(reverse("account")))


def test_the_list_shows_each_form_its_versions_and_which_is_in_use(esi, in_use):
    page = squeeze(text(esi.client.get(reverse("questions"))))
    for form in ("full", "short", "signpost"):
        assert instrument(form, 1 if form != "short" else 2).title["en"] in page
        assert reverse("shipped_file", args=[form]) in page
        assert reverse(PAGE, args=[form]) in page
    assert "Own version 1" in page
    assert "by Esi" in page
    assert "confirmed by Rina" in page
    assert reverse("shipped_questions", args=["short"]) in page


def test_the_list_shows_which_drafts_wait(esi):
    assert "No draft is waiting." in text(esi.client.get(reverse("questions")))
    esi.upload()
    page = text(esi.client.get(reverse("questions")))
    assert reverse("question_draft", args=[QuestionDraft.objects.get().id]) in page
    assert reverse(PAGE, args=["short"]) not in page
    assert esi.client.get(esi.page).status_code == 302


def test_the_shipped_questions_and_a_version_are_downloaded_and_come_back(esi, in_use):
    answer = esi.client.get(reverse("shipped_file", args=["short"]))
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="questions-short.json"'
    assert json.loads(answer.content) == question_file.write_file(SHORT, NO_CHANGES)
    saved = esi.client.get(reverse("version_file", args=[in_use.id]))
    assert json.loads(saved.content) == question_file.write_file(SHORT, WORDED)
    assert esi.upload(saved.content).status_code == 200


def test_a_draft_shows_every_change_and_changes_nothing(esi):
    changes = with_own(without(WORDED, "SG_PROMISE"), OWN_OF_BOTH)
    changes = moved(SHORT, changes, "SG_PAID", places=1)
    answer = esi.upload(file_content(changes))
    page = text(answer)
    assert answer.status_code == 200
    assert [f'data-change="{kind}"' in page for kind in ("ADDED", "REWORDED", "LEFT_OUT", "MOVED")] == [True] * 4
    usual = instrument().questions
    for words in (usual["SG_PAID"].text, PAY.text, PAY.child, WATER, WATER_CHILD, usual["SG_PROMISE"].text):
        assert words["en"] in page
    assert "Very bad place to live" in page
    assert PAY.text["id"] in page
    assert not QuestionSet.objects.exists()


def test_the_day_of_another_supervisor_leads_to_a_draft(esi, rina):
    words = "A draft is waiting for a second person"
    assert words not in text(rina.client.get("/"))
    esi.upload()
    assert words in text(rina.client.get("/"))
    assert words not in text(esi.client.get("/"))


def test_the_author_sees_who_has_to_confirm_and_has_no_button(esi, village):
    page = text(esi.upload())
    assert "nobody else here may confirm it" in page
    assert 'value="use"' not in page
    rina = Filing(casting.join(village.house, "rina", "Rina", Role.SUPERVISOR, at=clock.now()))
    draft = reverse("question_draft", args=[QuestionDraft.objects.get().id])
    assert "Another supervisor has to read and confirm it" in text(esi.client.get(draft))
    assert 'value="use"' in text(rina.client.get(draft))
    assert esi.answer("use").status_code == 409


def test_a_draft_is_discarded_by_its_author_or_a_colleague(esi, rina):
    for supervisor in (esi, rina):
        esi.client.post(esi.page, {"file": SimpleUploadedFile("a.json", file_content())})
        assert supervisor.answer("discard")["Location"] == reverse("questions")
        assert not QuestionDraft.objects.exists()


def test_confirmed_it_begins_new_talks_and_going_back_needs_two_as_well(esi, rina, in_use, village):
    version = text(esi.client.get(reverse("question_version", args=[in_use.id])))
    assert PAY.text["id"] in version
    assert "This version is in use." in version
    assert "@" in Conversation.begun_by(village.ben).answers().instrument
    page = esi.client.post(reverse("shipped_questions", args=["short"]), follow=True)
    assert "Use the standard questions" in text(page)
    assert esi.answer("use").status_code == 409
    assert rina.answer("use")["Location"] == reverse("questions")
    assert question_sets.versions_in_use(esi.organisation)["short"].version == question_sets.SHIPPED
    assert esi.client.post(reverse("shipped_questions", args=["short"])).status_code == 422
    page = text(esi.client.get(reverse("questions")))
    assert "again since" in page


def test_pressed_twice_it_is_done_once(esi, rina):
    assert esi.upload().status_code == esi.upload().status_code == 200
    path, sent = reverse("question_draft", args=[QuestionDraft.objects.get().id]), {"answer": "use", "form_id": "2"}
    for _ in range(2):
        assert rina.client.post(path, sent)["Location"] == reverse("questions")
    assert QuestionSet.objects.count() == QuestionUse.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "FILE_NOT_JSON"),
        (b"\xff\xfe", "FILE_NOT_TEXT"),
        (b"[" * 99_999, "FILE_TOO_DEEP"),
        (file_content(WORDED, SIGNPOST), "FILE_OTHER_FORM"),
        (file_content().replace(b'"shipped": 3', b'"shipped": 9'), "FILE_OTHER_SHIPPED"),
        (file_content(NO_CHANGES), "WRONG_NOTHING_CHANGED"),
        (file_content().replace(PAY.text["en"].encode(), b"Can you prove it?"), "NA_PROVE"),
        (file_content().replace(PAY.text["en"].encode(), b"<script>"), "WRONG_MARKS"),
        (file_content().replace(b'"asked": true', b'"asked": false', 1), "WRONG_STAYS"),
        (file_content().replace(b'"form"', b'"\\u202e<b>": 1, "form"'), "FILE_UNKNOWN_KEY"),
    ],
)
def test_an_invalid_file_shows_its_faults_and_stores_nothing(esi, content, fault):
    acts = Entry.objects.count()
    answer = esi.upload(content)
    assert answer.status_code == 400
    assert f'data-fault="{fault}"' in text(answer)
    assert 'type="file"' in text(answer)
    assert not QuestionDraft.objects.exists()
    assert Entry.objects.count() == acts


def test_a_fault_names_its_row_its_question_and_its_language(esi):
    page = squeeze(text(esi.upload(file_content().replace(PAY.text["id"].encode(), b"Apa buktinya?"))))
    number = [item["question"] for item in question_file.write_file(SHORT, WORDED)["questions"]].index("SG_PAID") + 1
    assert f'data-fault="NA_PROVE" data-row="{number}" data-field="text_id"' in page
    assert f"Row {number} · SG_PAID · text_id" in page
    assert "This is never asked: Asking for proof" in page


def test_a_long_list_of_faults_is_cut_and_says_so(esi):
    page = text(esi.upload(json.dumps({**json.loads(file_content()), "questions": [7] * 60}).encode()))
    assert "And 20 more." in page


def test_a_large_upload_is_refused_before_it_is_read(esi):
    answer = esi.client.post(esi.page, {"content": "x"}, CONTENT_LENGTH="100000000")
    assert answer.status_code == 413
    for content in (b" " * (MAX_BYTES + 1), b"[" * 2_600_000):
        answer = esi.upload(content)
        assert answer.status_code == 400
        assert "The limit is 150 kB" in text(answer)


def test_other_roles_and_organisations_get_404(esi, in_use, village, strangers):
    esi.client.post(reverse("shipped_questions", args=["short"]))
    draft = QuestionDraft.objects.get().id
    ben, farid = client_of(village.ben), client_of(strangers.farid)
    for name, ident in (("question_version", in_use.id), ("version_file", in_use.id), ("question_draft", draft)):
        for client in (ben, farid):
            assert client.get(reverse(name, args=[ident])).status_code == 404
    for name, args in (("questions", []), (PAGE, ["short"]), ("shipped_file", ["short"])):
        assert ben.get(reverse(name, args=args)).status_code == 404
    for answer in ("use", "discard"):
        assert farid.post(reverse("question_draft", args=[draft]), {"answer": answer}).status_code == 404
    page = text(farid.get(reverse("questions")))
    assert "Own version" not in page
    assert "No draft is waiting." in page


@pytest.mark.parametrize("name", [PAGE, "shipped_file", "draft_file"])
def test_an_unknown_form_gets_404(esi, name):
    assert esi.client.get(reverse(name, args=["none"])).status_code == 404
    assert esi.client.post(reverse("shipped_questions", args=["none"])).status_code == 404
