"""Question files on the pages: saved, tried, refused with a reason, and made the draft by a yes."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suar.accounts.terms import Role
from suar.audit.models import Entry
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.demo import cast as casting
from suar.screening import question_editing as editing
from suar.screening import question_files as files
from suar.screening import question_shelf as shelf
from suar.screening.models import QuestionDraft, QuestionSet, QuestionUse
from suar.screening.rules import changing, filing
from suar.screening.rules.changes import Changes
from suar.screening.rules.file_text import MOST_BYTES
from tests.html import squeeze
from tests.people import client_of, viewer
from tests.screening.conversing import text
from tests.screening.editing import NO_CHANGES, OWN, PAY, SHORT, SIGNPOST, WATER
from tests.screening.test_question_pages import NEW, TYPED, Desk

pytestmark = pytest.mark.django_db
WORDED = changing.reworded(SHORT, NO_CHANGES, "SG_PAID", PAY)
HIDDEN = 'name="told" value="'


def told(changes=WORDED, base=SHORT):
    return json.dumps(filing.written(base, changes)).encode()


class Filing(Desk):
    """Somebody who leads, at the page that takes a file over."""

    @property
    def import_page(self):
        """Give its address."""
        return reverse("import_questions", args=["short"])

    def choose(self, content=None):
        """Choose a file and see what it would change."""
        file = SimpleUploadedFile("a.json", told() if content is None else content)
        return self.client.post(self.import_page, {"file": file})

    def say_yes(self, content=None, **sent):
        """Make a file that was tried the draft."""
        content = (told() if content is None else content).decode()
        return self.client.post(self.import_page, {"told": content, **sent})


@pytest.fixture
def esi(village):
    """Esi at the draft of the short form."""
    return Filing(village.esi)


@pytest.fixture
def bare(village):
    """Esi where no draft stands."""
    desk = Filing(village.esi)
    desk.act("throw_away")
    return desk


@pytest.fixture
def lead(village):
    """Rina leads in the same house."""
    return casting.join(village.house, "rina", "Rina", Role.SUPERVISOR, at=clock.now())


def test_a_draft_and_a_version_are_saved_as_files_and_come_back(esi):
    esi.word("SG_PAID", **TYPED)
    answer = esi.client.get(reverse("draft_file", args=[esi.id]))
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="questions-short.json"'
    assert json.loads(answer.content) == filing.written(SHORT, WORDED)
    esi.use()
    version = QuestionSet.objects.get().id
    again = esi.client.get(reverse("version_file", args=[version]))
    assert again.content == answer.content
    assert HIDDEN in text(esi.choose(again.content))


def test_links_lead_to_saving_and_to_taking_over(esi):
    page = esi.page()
    assert reverse("draft_file", args=[esi.id]) in page
    assert esi.import_page in page
    assert esi.import_page in text(esi.client.get(reverse("questions")))
    assert "Take a question file over" in text(esi.client.get(esi.import_page))


def test_a_dry_reading_shows_what_would_change_and_changes_nothing(bare):
    answer = bare.choose()
    page = text(answer)
    assert answer.status_code == 200
    assert PAY.text.id in page
    assert "Make it the draft?" in page
    assert "Nothing of it stays" not in page
    assert not QuestionDraft.objects.exists()


def test_it_becomes_the_draft_by_a_yes_and_is_not_in_use(bare):
    answer = bare.say_yes(edition=0)
    draft = QuestionDraft.objects.get()
    assert answer["Location"] == reverse("question_draft", args=[draft.id])
    assert shelf.draft(draft.id, house=bare.house).changes == WORDED
    assert not QuestionSet.objects.exists()
    assert not QuestionUse.objects.exists()
    assert shelf.in_use(bare.house)["short"].version == shelf.SHIPPED
    entry = Entry.objects.filter(verb="import_questions").get()
    assert (entry.by, entry.about) == (bare.player.id, [str(draft.id)])


def test_pressed_twice_it_is_one_draft(bare):
    first, second = bare.say_yes(edition=0), bare.say_yes(edition=0)
    assert first["Location"] == second["Location"]
    assert QuestionDraft.objects.get().edition == 1
    assert Entry.objects.filter(verb="import_questions").count() == 1


def test_a_draft_that_stands_stays_until_somebody_says_it_should_not(esi):
    esi.act("leave_out", "SG_PROMISE")
    before = esi.draft
    page = text(esi.choose())
    assert "Nothing of it stays when the file takes its place" in page
    assert reverse("draft_file", args=[esi.id]) in page
    answer = esi.say_yes(edition=before.edition)
    assert answer.status_code == 400
    assert "Tick that the file takes its place" in text(answer)
    assert esi.draft == before
    answer = esi.say_yes(edition=before.edition, replace="on")
    assert answer["Location"] == esi.address
    assert (esi.draft.changes, esi.draft.edition) == (WORDED, before.edition + 1)


def test_a_draft_that_a_colleague_changed_meanwhile_is_not_replaced(esi, lead):
    seen = esi.draft.edition
    Desk(lead).act("leave_out", "SG_PROMISE")
    answer = esi.say_yes(edition=seen, replace="on")
    assert answer.status_code == 409
    assert "Nothing was overwritten" in text(answer)
    assert "by Rina" in text(answer)
    assert esi.draft.changes == Changes(left_out=frozenset({"SG_PROMISE"}))


def test_a_draft_that_came_or_went_meanwhile_is_told(esi, bare):
    assert bare.say_yes(edition=3, replace="on").status_code == 409
    Desk(bare.player).act("leave_out", "SG_PROMISE")
    answer = bare.say_yes(edition=0)
    assert answer.status_code == 409
    assert 'name="replace"' in text(answer)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "Save it as UTF-8"),
        (b"[" * 99_999, "nested deeper"),
        (b" " * (MOST_BYTES + 1), "At most 150 kB"),
        (told(WORDED, SIGNPOST), "for another form"),
        (told().replace(b'"shipped": 2', b'"shipped": 1'), "drafts now begin from version 2"),
        (told(NO_CHANGES), "Nothing is changed yet."),
        (told().replace(PAY.text.en.encode(), b"Can you prove it?"), "This is never asked"),
        (told().replace(PAY.text.en.encode(), b"<script>"), "none of these signs: &lt; &gt;"),
        (told().replace(b'"asked": true', b'"asked": false', 1), "may not be left out"),
        (told().replace(b'"kind"', b'"\\u202e<b>", "kind"', 1), "not JSON"),
        (told().replace(b'"form"', b'"\\u202e<b>": 1, "form"'), "\\u202e&lt;b&gt;"),
    ],
)
def test_whatever_is_wrong_is_said_and_changes_nothing(esi, content, said):
    before, acts = esi.draft, Entry.objects.count()
    answer = esi.choose(content)
    assert answer.status_code == 400
    assert said in text(answer)
    assert 'type="file"' in text(answer)
    answer = esi.say_yes(content[:MOST_BYTES].replace(b"\xff\xfe", b"x"), edition=1, replace="on")
    assert answer.status_code == 400
    assert esi.draft == before
    assert Entry.objects.count() == acts


def test_a_row_is_named_by_its_number_its_question_and_its_language(esi):
    page = text(esi.choose(told().replace(PAY.text.id.encode(), b"Apa buktinya?")))
    number = [each["question"] for each in filing.written(SHORT, WORDED)["questions"]].index("SG_PAID")
    assert f"Row {number + 1} · SG_PAID · in Indonesian" in squeeze(page)
    assert "Nothing was changed. This stands in the way:" in page


def test_a_long_list_of_faults_is_cut_and_says_so(esi):
    page = text(esi.choose(json.dumps({**json.loads(told()), "questions": [7] * 60}).encode()))
    assert "And 20 more." in page


def test_a_hundred_megabytes_are_refused_before_anything_reads_them(esi):
    size = {"CONTENT_LENGTH": "100000000"}
    answer = esi.client.post(esi.import_page, {"told": "x"}, **size)
    assert answer.status_code == 413
    assert "too much at once" in text(answer)
    file = SimpleUploadedFile("a.json", b"[" * 2_600_000)
    answer = esi.client.post(esi.import_page, {"file": file})
    assert answer.status_code == 400
    assert "At most 150 kB" in text(answer)
    assert esi.draft.changes == NO_CHANGES


@pytest.mark.parametrize("sent", [{}, {"edition": "x"}, {"edition": -1}, {"edition": 1, "told": "a\0"}])
def test_a_forged_yes_changes_nothing(esi, sent):
    answer = esi.client.post(esi.import_page, {"told": told().decode(), **sent})
    assert answer.status_code == 400
    assert esi.draft.edition == 1


def test_own_questions_of_another_house_get_numbers_that_were_never_used_here(esi):
    esi.add(**NEW)
    esi.use()
    other = changing.with_own(NO_CHANGES, OWN)
    draft = esi.say_yes(told(other), edition=0)["Location"].rsplit("/", 1)[1]
    assert [each.code for each in shelf.draft(draft, house=esi.house).changes.added] == ["OWN_2"]


def test_a_new_draft_never_uses_a_number_again(esi):
    esi.add(**NEW)
    esi.use()
    editing.back_to_shipped("short", viewer=viewer(esi.player), at=clock.now())
    again = Filing(esi.player)
    again.add(text_en="Was there light?", text_id="Apakah ada lampu?")
    assert [each.code for each in again.draft.changes.added] == ["OWN_2"]


def test_the_action_itself_refuses_what_the_page_would_not_send(bare, village):
    by, at = viewer(bare.player), clock.now()
    with pytest.raises(Refused):
        files.import_file("short", b"{}", viewer=by, at=at, over=0)
    with pytest.raises(Conflict):
        files.import_file("short", told(), viewer=by, at=at, over=5)
    for form, who in (("none", by), ("short", viewer(village.ben))):
        with pytest.raises(NotYours):
            files.import_file(form, told(), viewer=who, at=at, over=0)
    assert not QuestionDraft.objects.exists()


def test_other_roles_and_another_house_find_nothing_and_another_form_is_none(esi, village, strangers):
    assert esi.client.get(reverse("import_questions", args=["none"])).status_code == 404
    ben, farid = client_of(village.ben), client_of(strangers.farid)
    assert ben.get(esi.import_page).status_code == 404
    assert ben.post(esi.import_page, {"told": told(), "edition": 0}).status_code == 404
    for client in (ben, farid):
        assert client.get(reverse("draft_file", args=[esi.id])).status_code == 404
        assert client.get(reverse("version_file", args=[esi.id])).status_code == 404
    farid.post(esi.import_page, {"told": told().decode(), "edition": 1, "replace": "on"})
    assert esi.draft.changes == NO_CHANGES


def test_a_draft_with_nothing_changed_offers_no_look_at_changes(esi):
    page = esi.page()
    assert "Nothing is changed yet. Change words" in page
    assert "See what changes" not in page
    assert "Before it can be used" not in page
    esi.word("SG_PAID", **TYPED)
    assert "See what changes" in esi.page()


@pytest.mark.parametrize("gone", ["throw_away", "use"])
def test_words_typed_into_a_draft_that_is_gone_stay_and_begin_a_new_one(esi, lead, gone):
    esi.act("leave_out", "SG_PROMISE")
    rina, seen = Desk(lead), esi.draft.edition
    assert (rina.use() if gone == "use" else rina.act("throw_away"))["Location"]
    sent = {**TYPED, "edition": seen, "form": "short"}
    address = reverse("question_words", args=[esi.id, "SG_PAID"])
    answer = esi.client.post(address, sent)
    assert answer.status_code == 409
    assert "used this draft or threw it away" in text(answer)
    assert PAY.text.en in text(answer)
    assert not QuestionDraft.objects.exists()
    answer = esi.client.post(address, {**sent, "edition": 1, "go": "begin"})
    begun = QuestionDraft.objects.get()
    assert str(begun.id) in answer["Location"]
    changes = shelf.draft(begun.id, house=esi.house).changes
    assert changes.wording == {"SG_PAID": PAY}
    assert changes.left_out == ({"SG_PROMISE"} if gone == "use" else frozenset())


def test_words_for_a_gone_draft_are_offered_to_the_one_that_stands(esi, lead):
    esi.act("throw_away")
    rina = Desk(lead)
    for name, args in (("question_words", ["SG_PAID"]), ("question_new", ["FREEDOM"])):
        sent = {**TYPED, "edition": 1, "form": "short"}
        answer = esi.client.post(reverse(name, args=[esi.id, *args]), sent)
        assert answer.status_code == 409
        assert "another draft stands" in text(answer)
        assert f'action="{reverse(name, args=[rina.id, *args])}"' in text(answer)
    assert rina.draft.changes == NO_CHANGES
    assert WATER.en not in text(answer)


def test_taken_into_use_by_two_presses_it_is_one_version_and_no_fault(esi):
    esi.word("SG_PAID", **TYPED)
    seen = esi.draft.edition
    for _ in range(2):
        page = reverse("question_use", args=[esi.id])
        answer = esi.client.post(page, {"edition": seen, "form": "short"})
        assert answer["Location"] == reverse("questions")
    assert QuestionSet.objects.count() == QuestionUse.objects.count() == 1
    with clock.shifted(timedelta(minutes=2)):
        answer = client_of(esi.player).post(page, {"edition": seen, "form": "short"})
    assert answer.status_code == 409


def test_an_act_on_a_gone_draft_leads_to_how_it_stands_now(esi, lead):
    esi.word("SG_PAID", **TYPED)
    seen = esi.draft.edition
    page = reverse("question_use", args=[esi.id])
    Desk(lead).use()
    for address in (page, esi.address):
        sent = {"edition": seen, "form": "short", "act": "up", "question": "SG_PAID"}
        answer = esi.client.post(address, sent)
        assert answer.status_code == 409
        assert "This is how the questions stand now" in text(answer)
        assert esi.client.post(address, {**sent, "form": "none"}).status_code == 404
        assert esi.client.get(address).status_code == 404


def test_a_draft_of_another_house_and_one_that_never_was_answer_the_same(esi, strangers):
    farid, never = client_of(strangers.farid), str(esi.house)
    for name, args in (("question_words", ["SG_PAID"]), ("question_use", [])):
        sent = {**TYPED, "edition": 1, "form": "short"}
        theirs, none = (
            farid.post(reverse(name, args=[each, *args]), sent).content.decode() for each in (esi.id, never)
        )
        assert "csrfmiddlewaretoken" in theirs
        assert len(theirs) == len(none)
        assert esi.id not in theirs
    assert esi.draft.changes == NO_CHANGES
