"""Pages on a house's own questions: drafting, what is wrong, taking into use, going back."""

from uuid import uuid4

import pytest
from django.urls import reverse

from suar.accounts.terms import Role
from suar.core import clock
from suar.demo import cast as casting
from suar.screening import question_editing as editing
from suar.screening import question_shelf as shelf
from suar.screening import rules
from suar.screening.models import QuestionDraft, QuestionSet
from suar.screening.rules.changes import Changes
from suar.screening.rules.checking import LONGEST
from tests.people import client_of, viewer
from tests.screening.conversing import Conversation, text
from tests.screening.editing import OWN, OWN_OF_BOTH, PAY, WATER

pytestmark = pytest.mark.django_db
TYPED = {
    "text_en": PAY.text.en,
    "text_id": PAY.text.id,
    "child_en": PAY.child.en,
    "child_id": PAY.child.id,
}
NEW = {"text_en": WATER.en, "text_id": WATER.id}


class Desk:
    """Somebody who leads, at the draft of a form in a browser."""

    def __init__(self, player, form="short"):
        self.player, self.client = player, client_of(player)
        self.house = viewer(player).organisation
        begun = self.client.post(reverse("questions"), {"form": form})
        self.address = begun["Location"]
        self.id = self.address.rsplit("/", 1)[1]

    @property
    def draft(self):
        """Give the draft as it stands."""
        return shelf.draft(self.id, house=self.house)

    def page(self):
        """Look at the draft."""
        return text(self.client.get(self.address))

    def act(self, act, question="", **more):
        """Press a button of the draft."""
        posted = {"act": act, "question": question, "edition": self.draft.edition, **more}
        return self.client.post(self.address, posted)

    def word(self, question, **typed):
        """Save the words of a question."""
        address = reverse("question_words", args=[self.id, question])
        return self.client.post(address, {"edition": self.draft.edition, **typed})

    def add(self, theme="FREEDOM", **typed):
        """Add a question."""
        address = reverse("question_new", args=[self.id, theme])
        return self.client.post(address, {"edition": self.draft.edition, **typed})

    def use(self, **more):
        """Take the draft into use."""
        posted = {"edition": self.draft.edition, **more}
        return self.client.post(reverse("question_use", args=[self.id]), posted)


@pytest.fixture
def esi(village):
    """Esi at the draft of the short form."""
    return Desk(village.esi)


def test_the_list_says_what_ships_what_is_own_and_what_is_in_use(esi, village):
    page = text(esi.client.get(reverse("questions")))
    for form in ("full", "short", "signpost"):
        assert rules.instrument(form, 1 if form != "short" else 2).title.en in page
    assert "Go on with the draft" in page
    esi.word("SG_PAID", **TYPED)
    assert esi.use()["Location"] == reverse("questions")
    page = text(esi.client.get(reverse("questions")))
    assert "Own version 1" in page
    assert "by Esi · 1 changed" in page
    assert "Back to the shipped questions" in page


def test_whoever_leads_comes_from_the_team_and_from_the_account(esi, village):
    for name in ("team", "account"):
        assert f'href="{reverse("questions")}"' in text(esi.client.get(reverse(name)))
    account = client_of(village.ben).get(reverse("account"))
    assert f'href="{reverse("questions")}"' not in text(account)


def test_words_that_are_kept_lead_back_to_the_question(esi):
    answer = esi.word("SG_PAID", **TYPED)
    assert answer["Location"] == f"{esi.address}?at=PAY_DEBT#SG_PAID"
    assert esi.draft.changes.wording == {"SG_PAID": PAY}
    assert PAY.text.en in esi.page()


def test_the_shipped_words_come_back_by_one_button(esi):
    esi.word("SG_PAID", **TYPED)
    esi.word("SG_PAID", go="usual", **TYPED)
    assert esi.draft.changes == Changes()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("text_en", "Can you prove it?", "This is never asked: Asking for more than words"),
        ("text_id", "Apa buktinya?", "This is never asked: Asking for more than words"),
        ("child_id", "Mengapa kamu tidak pergi?", "It blames"),
        ("text_id", "", "Words are missing here"),
        ("text_en", "x" * (LONGEST + 1), f"At most {LONGEST} signs"),
        ("text_en", "P\u0430y?", "strange signs stand in this text"),
    ],
)
def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(esi, field, typed, said):
    answer = esi.word("SG_PAID", **{**TYPED, field: typed})
    assert answer["Location"] == reverse("question_words", args=[esi.id, "SG_PAID"])
    page = text(esi.client.get(answer["Location"]))
    assert said in page
    assert f'id="id_{field}-error"' in page
    assert typed in page
    assert "kept in the draft" in page
    assert "Look again" in esi.page()
    used = esi.use()
    assert used.status_code == 400
    assert said in text(used)
    assert not QuestionSet.objects.exists()


def test_what_is_far_too_long_is_not_kept_and_not_lost(esi):
    long = "word " * 300
    answer = esi.word("SG_PAID", **{**TYPED, "text_en": long})
    assert answer.status_code == 400
    assert long.strip() in text(answer)
    assert esi.draft.changes == Changes()


def test_a_question_of_ones_own_is_added_changed_moved_and_taken_away(esi):
    answer = esi.add(**NEW, sign="I_P_LIVING")
    assert answer["Location"].endswith("#OWN_1")
    esi.word("OWN_1", **NEW, sign="", theme="FREEDOM", child_en="To drink?", child_id="Minum?")
    [own] = esi.draft.changes.added
    assert (own.sign, own.child.en) == ("", "To drink?")
    esi.act("up", "OWN_1")
    assert esi.draft.changes.order == {"FREEDOM": ("SG_LEAVE", "OWN_1", "SG_WORK")}
    esi.act("down", "OWN_1")
    esi.act("leave_out", "OWN_1")
    assert esi.draft.changes == Changes(last=1)


def test_a_new_question_with_something_wrong_is_kept_and_mended_at_its_own_address(esi):
    answer = esi.add(text_en="Why did you stay?", text_id="")
    assert answer["Location"] == reverse("question_words", args=[esi.id, "OWN_1"])
    page = text(esi.client.get(answer["Location"]))
    assert "Why did you stay?" in page
    assert "Words are missing here" in page
    esi.word("OWN_1", **NEW)
    assert [each.text for each in esi.draft.changes.added] == [WATER]


def test_a_sign_that_is_none_is_said_and_nothing_is_lost(esi):
    answer = esi.add(**NEW, sign="I_O_FEAR")
    assert answer.status_code == 400
    assert "There is no such sign" in text(answer)
    assert WATER.id in text(answer)


def test_a_new_page_is_empty_and_without_a_word_of_blame(esi):
    page = text(esi.client.get(reverse("question_new", args=[esi.id, "FREEDOM"])))
    assert "Words are missing" not in page
    assert "I_P_LIVING" in page


def test_what_may_not_be_left_out_says_why_and_stays(esi):
    page = esi.page()
    assert "These ask whether it is safe." in page
    assert "Without all of this, a yes is no yes." in page
    assert "Help that cannot wait hangs on it." in page
    answer = esi.act("leave_out", "SF_NEAR")
    assert answer.status_code == 409
    assert "may not be left out" in text(answer)
    assert esi.draft.changes == Changes()


def test_a_question_is_left_out_and_put_back(esi):
    esi.act("leave_out", "SG_PROMISE")
    assert esi.draft.changes.left_out == {"SG_PROMISE"}
    assert "Put back" in esi.page()
    esi.act("put_back", "SG_PROMISE")
    assert esi.draft.changes == Changes()


def test_what_changes_is_said_in_plain_words_before_it_is_used(esi):
    esi.word("SG_PAID", **TYPED)
    esi.add(**NEW, sign="I_P_LIVING", child_en="To drink?", child_id="Minum?")
    esi.act("leave_out", "SG_PROMISE")
    esi.act("down", "SG_PAID")
    page = text(esi.client.get(reverse("question_use", args=[esi.id])))
    usual = rules.instrument().questions
    for said in (
        "Other words",
        usual["SG_PAID"].text.en,
        usual["SG_PAID"].text.id,
        PAY.text.id,
        "A question of your own",
        WATER.en,
        WATER.id,
        "Minum?",
        "Left out",
        usual["SG_PROMISE"].text.en,
        "Another order",
        "Very bad place to live",
        "In use now: the shipped questions",
    ):
        assert said in page
    esi.use()
    version = QuestionSet.objects.get().id
    page = text(esi.client.get(reverse("question_version", args=[version])))
    assert WATER.id in page
    assert "It is in use." in page


def test_taken_into_use_it_begins_new_talks_and_going_back_is_one_question(esi, village):
    esi.word("SG_PAID", **TYPED)
    esi.use()
    assert "@" in Conversation.begun_by(village.ben).answers().instrument
    address = reverse("shipped_questions", args=["short"])
    assert "Use the shipped questions" in text(esi.client.get(address))
    assert esi.client.post(address)["Location"] == reverse("questions")
    assert esi.client.post(address)["Location"] == reverse("questions")
    assert shelf.in_use(esi.house)["short"].version == shelf.SHIPPED
    assert esi.client.get(address)["Location"] == reverse("questions")
    page = text(esi.client.get(reverse("questions")))
    assert "used before" in page
    assert "again since" in page


def test_a_newer_version_is_made_from_an_older_one(esi):
    esi.word("SG_PAID", **TYPED)
    esi.use()
    version = QuestionSet.objects.get().id
    again = esi.client.post(reverse("questions"), {"version": str(version)})
    esi.id, esi.address = again["Location"].rsplit("/", 1)[1], again["Location"]
    assert esi.draft.changes.wording == {"SG_PAID": PAY}
    assert "Go on with the draft" in text(esi.client.get(reverse("question_version", args=[version])))
    esi.act("leave_out", "SG_PROMISE")
    esi.use()
    assert [each.version for each in shelf.own_versions(esi.house)] == [2, 1]
    assert "not in use any more" in text(esi.client.get(reverse("question_version", args=[version])))


def test_nothing_changed_is_nothing_to_use(esi):
    page = text(esi.client.get(reverse("question_use", args=[esi.id])))
    assert "Nothing is changed yet." in page
    assert "Take it into use?" not in page
    assert esi.use().status_code == 400


def test_a_draft_is_thrown_away(esi):
    assert esi.act("throw_away")["Location"] == reverse("questions")
    assert not QuestionDraft.objects.exists()
    assert esi.client.get(esi.address).status_code == 404


@pytest.fixture
def lead(village):
    """Rina leads in the same house."""
    return casting.join(village.house, "rina", "Rina", Role.SUPERVISOR, at=clock.now())


def test_of_two_who_edit_at_once_the_second_is_told_and_loses_nothing(esi, lead):
    rina, seen = Desk(lead), esi.draft.edition
    assert rina.id == esi.id
    rina.word("SG_PAID", **TYPED)
    mine = {**TYPED, "text_en": "Was the money as agreed?"}
    answer = esi.word("SG_PAID", **mine, edition=seen)
    assert answer.status_code == 409
    page = text(answer)
    assert "A colleague changed this draft" in page
    assert PAY.text.en in page
    assert mine["text_en"] in page
    assert f'name="edition" value="{seen + 1}"' in page
    assert esi.draft.changes.wording["SG_PAID"] == PAY
    esi.word("SG_PAID", **mine, edition=seen + 1)
    assert esi.draft.changes.wording["SG_PAID"].text.en == mine["text_en"]


def test_an_act_and_a_use_on_an_older_draft_are_told(esi, lead):
    seen = esi.draft.edition
    Desk(lead).word("SG_PAID", **TYPED)
    for answer in (esi.act("leave_out", "SG_PROMISE", edition=seen), esi.use(edition=seen)):
        assert answer.status_code == 409
        assert "A colleague changed this draft" in text(answer)
    assert esi.draft.changes == Changes(wording={"SG_PAID": PAY})
    assert not QuestionSet.objects.exists()


def test_words_of_a_question_that_a_colleague_took_away_are_not_lost(esi, lead):
    esi.add(**NEW)
    seen = esi.draft.edition
    Desk(lead).act("leave_out", "OWN_1")
    answer = esi.word("OWN_1", **NEW, theme="FREEDOM", edition=seen)
    assert answer.status_code == 409
    assert WATER.en in text(answer)
    esi.word("OWN_1", **NEW, theme="FREEDOM")
    assert [each.code for each in esi.draft.changes.added] == ["OWN_2"]


def test_another_house_and_other_roles_find_nothing(esi, village, strangers):
    esi.word("SG_PAID", **TYPED)
    esi.use()
    version, draft = QuestionSet.objects.get().id, Desk(village.esi).id
    pages = [
        reverse("question_draft", args=[draft]),
        reverse("question_use", args=[draft]),
        reverse("question_words", args=[draft, "SG_PAID"]),
        reverse("question_new", args=[draft, "FREEDOM"]),
        reverse("question_version", args=[version]),
    ]
    for player in (strangers.farid, village.ben):
        client = client_of(player)
        for page in pages:
            assert client.get(page).status_code == 404
            posted = {"edition": 1, "act": "throw_away", **TYPED}
            assert client.post(page, posted).status_code in (404, 405)
    assert client_of(village.ben).get(reverse("questions")).status_code == 404
    farid = client_of(strangers.farid)
    assert farid.post(reverse("questions"), {"version": str(version)}).status_code == 404
    assert "Own version" not in text(farid.get(reverse("questions")))


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("question_words", ["NONE"]),
        ("question_words", ["RD_SETTING"]),
        ("question_new", ["SEEN"]),
        ("question_new", ["none"]),
    ],
)
def test_a_question_or_a_theme_that_is_none_is_not_found(esi, name, args):
    assert esi.client.get(reverse(name, args=[esi.id, *args])).status_code == 404


@pytest.mark.parametrize(
    "posted",
    [{}, {"act": "fly", "edition": 1}, {"act": "up", "edition": "x"}, {"act": "up", "edition": 1, "question": "NONE"}],
)
def test_a_forged_act_finds_nothing_and_changes_nothing(esi, posted):
    assert esi.client.post(esi.address, posted).status_code == 404
    assert esi.draft.edition == 1


@pytest.mark.parametrize("posted", [{}, {"form": "none"}, {"version": "x"}, {"version": uuid4()}])
def test_a_draft_of_nothing_is_not_begun(village, posted):
    assert client_of(village.esi).post(reverse("questions"), posted).status_code == 404


def test_a_form_that_is_none_has_no_way_back(village):
    assert client_of(village.esi).get(reverse("shipped_questions", args=["x"])).status_code == 404


def test_use_without_an_edition_shows_the_page_again(esi):
    esi.word("SG_PAID", **TYPED)
    assert esi.client.post(reverse("question_use", args=[esi.id])).status_code == 200
    assert not QuestionSet.objects.exists()


@pytest.mark.parametrize("form", ["full", "signpost"])
def test_every_question_of_every_form_can_be_looked_at(village, form):
    desk = Desk(village.esi, form)
    page = desk.page()
    for code, question in rules.instrument(form, 1).questions.items():
        if question.kind != "place":
            address = reverse("question_words", args=[desk.id, code])
            assert f'href="{address}"' in page
    assert text(desk.client.get(reverse("question_words", args=[desk.id, "SF_NEAR"])))


def test_a_draft_that_was_changed_by_other_ways_still_shows_what_is_wrong(esi):
    strange = Changes(left_out=frozenset({"GONE"}), added=(OWN, OWN_OF_BOTH))
    by = viewer(esi.player)
    editing.change(esi.draft.id, strange, viewer=by, at=clock.now(), expected=1)
    page = text(esi.client.get(reverse("question_use", args=[esi.id])))
    assert "The shipped form has no such question" in page
    assert "Two questions have the same code" in page
