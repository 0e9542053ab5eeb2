"""A house's own version in the talk: begun with, kept by, printed, and never changed."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from suar.audit.models import Entry
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.records.terms import Compartment
from suar.screening import paper_pages, reading_pages, rules
from suar.screening import question_editing as editing
from suar.screening import question_shelf as shelf
from suar.screening.models import QuestionDraft, QuestionSet, QuestionUse
from suar.screening.rules import changing, papers
from suar.screening.rules.changes import Changes
from suar.screening.rules.papers import Kind, Paper
from suar.screening.terms import Opens, Unreadable
from tests.people import client_of, viewer
from tests.screening.conversing import SAFE, STRONG, STRONG_END, Conversation, left_at, text
from tests.screening.editing import OWN_OF_BOTH, PAY, SHORT

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
CHANGES = changing.reworded(SHORT, changing.with_own(Changes(), OWN_OF_BOTH), "SG_PAID", PAY)
GONE = changing.without(CHANGES, "SG_PROMISE")


def used(player, changes=CHANGES, *, form="short"):
    """Let somebody take changes into use, and give the version."""
    by = viewer(player)
    draft = editing.draft_of(form, viewer=by, at=clock.now())
    seen = shelf.draft(draft, house=by.organisation).edition
    editing.change(draft, changes, viewer=by, at=clock.now(), expected=seen)
    return editing.take_into_use(draft, viewer=by, at=clock.now(), expected=seen + 1)


@pytest.fixture
def own(village):
    """Esi's house uses an own version of the short form."""
    return used(village.esi)


def test_a_new_talk_begins_with_the_version_in_use_and_other_houses_with_the_shipped(own, village, strangers):
    house = village.house.organisation.id
    talk = Conversation.begun_by(village.ben)
    assert talk.answers().instrument == changing.own_code("short", house)
    assert talk.answers().version == 1
    elsewhere = shelf.opens("short", "", house=strangers.house.organisation.id)
    assert (elsewhere.form, elsewhere.version) == ("short", 2)
    assert shelf.opens("full", "", house=house).form == "full"


def test_the_whole_talk_goes_by_the_own_version_and_its_sign_stands_in_the_sum_up(own, village, services):
    talk = Conversation.begun_by(village.ben).walk(
        SIGNS={
            **STRONG,
            "q-OWN_1": "YES",
            "s-OWN_1": "I_P_LIVING",
        }
    )
    page = text(talk.page("SIGNS"))
    assert PAY.text.en in page
    assert OWN_OF_BOTH.text.en in page
    assert OWN_OF_BOTH.text.en in text(talk.sum_up())
    left = left_at(talk.end(**STRONG_END, keep="no"))
    [finding] = talk.open(left).read(Compartment.CODED, "findings")["list"]
    assert finding["signs"]["OWN_1"] == ["I_P_LIVING"]
    assert finding["instrument"].endswith("-1")


def test_a_second_person_reads_the_signs_of_an_own_version(own, village):
    code = changing.own_code("short", village.house.organisation.id)
    told = {"instrument": f"{code}-1", "outcome": "UNABLE", "signs": {"OWN_1": ["I_P_LIVING"]}}
    signs = reading_pages.reading_page(told).signs
    assert signs == [rules.instrument().signs["I_P_LIVING"].text.en]


def test_a_talk_begun_with_an_older_version_keeps_its_words(own, village):
    talk = Conversation.begun_by(village.ben).walk(SAFE=SAFE)
    used(village.esi, GONE)
    later = begun_later(village.ben)
    assert (talk.answers().version, later.answers().version) == (1, 2)
    promise = rules.instrument().questions["SG_PROMISE"].text.en
    assert promise in text(talk.page("SIGNS"))
    assert promise not in text(later.walk().page("SIGNS"))
    assert talk.post("SIGNS", **STRONG).status_code == 302


def test_a_talk_begun_with_the_shipped_questions_keeps_them(talk, village):
    used(village.esi)
    talk.walk()
    assert talk.answers().instrument == "short"
    assert rules.instrument().questions["SG_PAID"].text.en in text(talk.page("SIGNS"))


def test_back_to_the_shipped_questions_at_any_time(own, village):
    by = viewer(village.esi)
    editing.back_to_shipped("short", viewer=by, at=clock.now())
    assert Conversation.begun_by(village.ben).answers().instrument == "short"
    assert shelf.in_use(by.organisation)["short"].version == shelf.SHIPPED
    with pytest.raises(Refused, match=editing.ALREADY_SHIPPED):
        editing.back_to_shipped("short", viewer=by, at=clock.now())


def test_the_signpost_and_the_full_talk_are_begun_in_own_words_too(village):
    for form, question in (("signpost", "SP_CALM"), ("full", "Q04")):
        base = shelf.raw_set(form, 1)
        usual = changing.usual_words(changing.question_of(base, question))
        words = type(usual)(PAY.text, PAY.child)
        used(village.esi, changing.reworded(base, Changes(), question, words), form=form)
        talk = begun_later(village.ben, form=form)
        asked = rules.instrument_of(talk.answers()).questions[question]
        assert asked.text == PAY.text


def begun_later(player, **how):
    """Begin another talk; within ten seconds it would be the same one."""
    with clock.shifted(timedelta(minutes=1)):
        return Conversation.begun_by(player, **how)


def test_writing_later_and_practice_go_by_the_own_version(own, village):
    later = Conversation.begun_by(village.ben, form="", later="short")
    assert "@" in later.answers().instrument
    client = client_of(village.ben)
    to = client.post(reverse("practise"), {"with": "RUDI", "form": "short"})["Location"]
    practice = Conversation(village.ben, client, UUID(to.split("/")[2]))
    assert practice.walk().answers().version == 1
    assert OWN_OF_BOTH.text.en in text(practice.page("SIGNS"))


def test_papers_and_cards_are_printed_from_the_own_version(own, village, strangers):
    client, promise = client_of(village.ben), PAY.text.en
    for name in ("paper", "pocket"):
        page = text(client.get(reverse(name, args=["short"])))
        assert promise in page
        assert OWN_OF_BOTH.text.en in page
        assert promise not in text(client_of(strangers.farid).get(reverse(name, args=["short"])))
    assert "own version 1" in text(client.get(reverse("paper", args=["short"])))


def test_a_printed_code_of_an_own_version_leads_to_the_talk_and_only_in_its_house(own, village, strangers):
    talk = Conversation.begun_by(village.ben).walk()
    own_paper = Paper(Kind.TALK, talk.answers().instrument, 1, "NEEDS")
    code, client = papers.code_of(own_paper), client_of(village.ben)
    page = text(client.post(reverse("papers"), {"code": code}))
    assert reverse("talk_step", args=[talk.record, "NEEDS"]) in page
    assert "Another version" not in page
    shipped = papers.code_of(Paper(Kind.TALK, "short", 2, "NEEDS"))
    assert "Another version" in text(client.post(reverse("papers"), {"code": shipped}))
    elsewhere = client_of(strangers.farid).post(reverse("papers"), {"code": code})
    assert elsewhere.status_code == 400
    yes = papers.code_of(Paper(Kind.YES))
    assert client.post(reverse("papers"), {"code": yes}).status_code == 200
    assert paper_pages.form("short", viewer(village.ben).organisation).is_own


def test_a_version_in_use_is_changed_by_nobody_not_even_in_the_database(own):
    for table in (QuestionSet, QuestionUse):
        for act in (lambda rows: rows.update(version=9), lambda rows: rows._raw_delete("default")):
            with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                act(table.objects.all())
    assert list(QuestionSet.objects.values_list("version", flat=True)) == [1]


def test_a_number_is_given_once_in_a_house(own, village):
    row = QuestionSet.objects.get()
    row.pk = uuid4()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


def test_what_is_wrong_keeps_a_draft_from_being_used_and_the_draft_stays(village):
    with pytest.raises(Refused, match=editing.NOT_USABLE):
        used(village.esi, Changes())
    assert QuestionDraft.objects.count() == 1
    assert not QuestionSet.objects.exists()
    assert not QuestionUse.objects.exists()


def test_whoever_saves_second_is_told_and_overwrites_nothing(village):
    by = viewer(village.esi)
    draft = editing.draft_of("short", viewer=by, at=clock.now())
    editing.change(draft, CHANGES, viewer=by, at=clock.now(), expected=1)
    for act in (
        lambda: editing.change(draft, GONE, viewer=by, at=clock.now(), expected=1),
        lambda: editing.throw_away(draft, viewer=by, at=clock.now(), expected=1),
        lambda: editing.take_into_use(draft, viewer=by, at=clock.now(), expected=1),
    ):
        with pytest.raises(Conflict):
            act()
    found = shelf.draft(draft, house=by.organisation)
    assert (found.changes, found.edition) == (CHANGES, 2)


def test_two_acts_on_one_form_in_the_same_moment_are_a_conflict(own, village):
    """A colleague has taken the number that comes next."""
    by = viewer(village.esi)
    last = QuestionUse.objects.get()
    QuestionUse.objects.create(
        organisation=last.organisation,
        form=last.form,
        act=last.act + 2,
        version=last.version,
        by=last.by,
        at=last.at,
    )
    with pytest.raises(Conflict), transaction.atomic():
        editing.back_to_shipped("short", viewer=by, at=clock.now())


def test_one_draft_for_each_form(own, village):
    by = viewer(village.esi)
    first = editing.draft_from(own, viewer=by, at=clock.now())
    assert editing.draft_of("short", viewer=by, at=clock.now()) == first
    assert shelf.drafts(by.organisation)["short"].changes == CHANGES
    assert editing.draft_of("full", viewer=by, at=clock.now()) != first


def test_another_house_and_another_role_find_nothing(own, village, strangers):
    at, farid, ben = clock.now(), viewer(strangers.farid), viewer(village.ben)
    draft = editing.draft_of("short", viewer=viewer(village.esi), at=at)
    for by in (farid, ben):
        for act in (
            lambda by: editing.change(draft, GONE, viewer=by, at=at, expected=1),
            lambda by: editing.throw_away(draft, viewer=by, at=at, expected=1),
            lambda by: editing.take_into_use(draft, viewer=by, at=at, expected=1),
        ):
            with pytest.raises(NotYours):
                act(by)
    with pytest.raises(NotYours):
        editing.draft_from(own, viewer=farid, at=at)
    with pytest.raises(NotYours):
        editing.back_to_shipped("short", viewer=ben, at=at)
    assert shelf.own_versions(farid.organisation) == []


@pytest.mark.parametrize("form", ["none", "short@x"])
def test_a_form_that_is_none_is_not_drafted(village, form):
    for act in (editing.draft_of, editing.back_to_shipped):
        with pytest.raises(NotYours):
            act(form, viewer=viewer(village.esi), at=clock.now())


@pytest.mark.parametrize("code", ["short@", "short@zz", "none", f"short@{UUID(int=9).hex}"])
def test_a_version_that_nobody_made_is_refused(db, code):
    with pytest.raises(Unreadable):
        rules.instrument(code, 7)
    with pytest.raises(Unreadable):
        rules.read_draft({"instrument": code, "version": 7})


def test_each_act_stands_in_the_log_by_id(own, village):
    by = viewer(village.esi)
    draft = editing.draft_from(own, viewer=by, at=clock.now())
    editing.throw_away(draft, viewer=by, at=clock.now(), expected=1)
    editing.back_to_shipped("short", viewer=by, at=clock.now())
    acts = Entry.objects.filter(by=village.esi.id, verb__contains="questions").order_by("seq")
    assert [each.verb for each in acts] == [
        "draft_questions",
        "change_questions",
        "use_questions",
        "draft_questions",
        "discard_questions",
        "use_shipped_questions",
    ]
    assert [each.about for each in acts][2] == [str(own)]
    assert PAY.text.en not in "".join(f"{each.because}{each.about}" for each in acts)


def test_a_begun_talk_reads_its_version_once_and_then_remembers_it(own, village):
    code = changing.own_code("short", village.house.organisation.id)
    assert rules.begun(Opens(code, version=1)).version == 1
    talk = rules.instrument(code, 1)
    with connection.execute_wrapper(lambda *_: pytest.fail("asked again")):
        assert rules.instrument(code, 1) is talk
