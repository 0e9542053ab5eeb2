"""A house's own version in the talk: begun with, kept by, printed, and never changed."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from suar.accounts.models import Notice
from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.core import clock
from suar.core.decisions import SAME_PERSON
from suar.core.refusals import Conflict, NotYours, Refused
from suar.demo import cast as casting
from suar.records.terms import Compartment
from suar.screening import question_sets
from suar.screening.models import QuestionDraft, QuestionSet, QuestionUse
from suar.screening.rules import papers, question_file
from suar.screening.rules import question_changes as changing
from suar.screening.rules.answers import LATEST, Unreadable
from suar.screening.rules.data_files import load_set
from suar.screening.rules.draft import read_draft
from suar.screening.rules.instrument import instrument, instrument_of
from suar.screening.rules.papers import CONSENT, Paper
from suar.screening.rules.question_changes import Changes
from suar.screening.rules.question_file import InvalidFile
from suar.screening.rules.setting import initial_answers
from suar.screening.team_opinions import codes_context
from tests.people import acting_as, client_of
from tests.screening.conversing import SAFE, STRONG, STRONG_END, Conversation, left_at, text
from tests.screening.editing import BASES, OWN, OWN_OF_BOTH, PAY, SHORT, reword, with_own, without

pytestmark = [pytest.mark.django_db, pytest.mark.db_contract]
CHANGES = reword(SHORT, with_own(Changes(), OWN_OF_BOTH), "SG_PAID", PAY)
GONE = without(CHANGES, "SG_PROMISE")


def file_of(changes=CHANGES, form="short"):
    """Return changes as a file."""
    file = question_file.write_file(BASES[form], changes)
    return json.dumps(file, ensure_ascii=False, indent=1).encode()


def drafted(village, changes=CHANGES, *, form="short"):
    """Store a draft of Esi, and return its id."""
    return question_sets.draft_file(form, file_of(changes, form), by=acting_as(village.esi))


def used(village, changes=CHANGES, *, form="short"):
    """Let Rina put a draft of Esi in use, and return the version."""
    question_sets.use_draft(drafted(village, changes, form=form), by=acting_as(village.rina))
    return QuestionSet.objects.filter(organisation=village.rina.worker.organisation_id, form=form).latest("version").id


@pytest.fixture
def village(village):
    """Rina supervises beside Esi."""
    village.rina = casting.join(village.house, "rina", "Rina", Role.SUPERVISOR, at=clock.now())
    return village


@pytest.fixture
def own(village):
    """Esi's house uses an own version of the short form."""
    return used(village)


def test_a_new_talk_begins_with_the_version_that_its_organisation_uses(own, village, strangers):
    house = village.house.organisation.id
    talk = Conversation.begun_by(village.ben)
    assert talk.answers().instrument == changing.own_code("short", house)
    assert talk.answers().version == 1
    elsewhere = question_sets.answers_to_begin("short", "", organisation=strangers.house.organisation.id)
    assert (elsewhere.instrument, elsewhere.version) == ("short", LATEST["short"])
    assert question_sets.answers_to_begin("full", "", organisation=house).instrument == "full"


def test_the_whole_talk_uses_the_own_version_and_counts_its_sign(own, village, services):
    talk = Conversation.begun_by(village.ben).walk(
        SIGNS={
            **STRONG,
            "q-OWN_1": "YES",
            "s-OWN_1": "I_P_LIVING",
        }
    )
    assert PAY.text["en"] in text(talk.page("SIGNS", "PAY_DEBT"))
    assert OWN_OF_BOTH.text["en"] in text(talk.page("SIGNS", "FREEDOM"))
    assert OWN_OF_BOTH.text["en"] in text(talk.sum_up())
    left = left_at(talk.end(**STRONG_END, keep="no"))
    [finding] = talk.open(left).read(Compartment.CODED, "findings")["list"]
    assert finding["signs"]["OWN_1"] == ["I_P_LIVING"]
    assert finding["instrument"].endswith("-1")


def test_a_second_person_reads_the_signs_of_an_own_version(own, village):
    code = changing.own_code("short", village.house.organisation.id)
    told = {"instrument": f"{code}-1", "outcome": "UNABLE", "signs": {"OWN_1": ["I_P_LIVING"]}}
    signs = codes_context(told)["signs"]
    assert signs == ["I_P_LIVING"]


def test_a_talk_begun_with_an_older_version_keeps_its_words(own, village):
    talk = Conversation.begun_by(village.ben).walk(SAFE=SAFE)
    used(village, GONE)
    later = begun_later(village.ben)
    assert (talk.answers().version, later.answers().version) == (1, 2)
    promise = instrument().questions["SG_PROMISE"].text["en"]
    assert promise in text(talk.page("SIGNS"))
    assert promise not in text(later.walk().page("SIGNS"))
    assert talk.post("SIGNS", **STRONG).status_code == 302


def test_a_talk_begun_with_the_shipped_questions_keeps_them(talk, village):
    used(village)
    talk.walk()
    assert talk.answers().instrument == "short"
    assert instrument().questions["SG_PAID"].text["en"] in text(talk.page("SIGNS", "PAY_DEBT"))


def test_back_to_the_shipped_questions_at_any_time(own, village):
    by = acting_as(village.esi)
    draft = question_sets.draft_shipped("short", by=by)
    with pytest.raises(Refused, match=SAME_PERSON):
        question_sets.use_draft(draft, by=by)
    question_sets.use_draft(draft, by=acting_as(village.rina))
    assert Conversation.begun_by(village.ben).answers().instrument == "short"
    assert question_sets.versions_in_use(by.viewer.organisation)["short"].version == question_sets.SHIPPED
    with pytest.raises(Refused, match=question_sets.ALREADY_SHIPPED):
        question_sets.draft_shipped("short", by=by)


def test_the_signpost_and_the_full_talk_are_begun_in_own_words_too(village):
    for form, question in (("signpost", "SP_CALM"), ("full", "Q04")):
        base = load_set(form, 1)
        used(village, reword(base, Changes(), question, PAY), form=form)
        talk = begun_later(village.ben, form=form)
        asked = instrument_of(talk.answers()).questions[question]
        assert asked.text == PAY.text


def begun_later(player, **how):
    """Begin another talk; within ten seconds it would be the same one."""
    with clock.shifted(timedelta(minutes=1)):
        return Conversation.begun_by(player, **how)


def test_writing_later_and_practice_go_by_the_own_version(own, village):
    later = Conversation.begun_by(village.ben, form="", later="short")
    assert "@" in later.answers().instrument
    client = client_of(village.ben)
    to = client.post(reverse("practice"), {"with": "RUDI", "form": "short"})["Location"]
    practice = Conversation(village.ben, client, UUID(to.split("/")[2]))
    assert practice.walk().answers().version == 1
    assert OWN_OF_BOTH.text["en"] in text(practice.page("SIGNS", "FREEDOM"))


def test_papers_and_cards_are_printed_from_the_own_version(own, village, strangers):
    client, promise = client_of(village.ben), PAY.text["en"]
    for name in ("paper", "pocket_card"):
        page = text(client.get(reverse(name, args=["short"])))
        assert promise in page
        assert OWN_OF_BOTH.text["en"] in page
        assert promise not in text(client_of(strangers.farid).get(reverse(name, args=["short"])))
    assert "own version 1" in text(client.get(reverse("paper", args=["short"])))


def test_a_printed_code_of_an_own_version_works_only_in_its_organisation(own, village, strangers):
    talk = Conversation.begun_by(village.ben).walk()
    own_paper = Paper(talk.answers().instrument, 1, "NEEDS")
    code, client = papers.code_of(own_paper), client_of(village.ben)
    page = text(client.post(reverse("papers"), {"code": code}))
    assert reverse("talk_step", args=[talk.record, "NEEDS"]) in page
    assert "Another version" not in page
    shipped = papers.code_of(Paper("short", LATEST["short"], "NEEDS"))
    assert "Another version" in text(client.post(reverse("papers"), {"code": shipped}))
    elsewhere = client_of(strangers.farid).post(reverse("papers"), {"code": code})
    assert elsewhere.status_code == 400
    yes = papers.code_of(CONSENT)
    assert client.post(reverse("papers"), {"code": yes}).status_code == 200


def test_the_database_refuses_to_change_a_version_in_use(own):
    for table in (QuestionSet, QuestionUse):
        for act in (lambda rows: rows.update(version=9), lambda rows: rows._raw_delete("default")):
            with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
                act(table.objects.all())
    assert list(QuestionSet.objects.values_list("version", flat=True)) == [1]


def test_a_version_number_is_unique_in_an_organisation(own, village):
    row = QuestionSet.objects.get()
    row.pk = uuid4()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save(force_insert=True)


def test_a_file_with_a_fault_is_not_used(village):
    with pytest.raises(InvalidFile):
        drafted(village, Changes())
    assert not QuestionDraft.objects.exists()


def test_a_colleagues_draft_is_not_overwritten(village):
    draft = drafted(village)
    with pytest.raises(Conflict), transaction.atomic():
        question_sets.draft_file("short", file_of(GONE), by=acting_as(village.rina))
    assert QuestionDraft.objects.get().id == draft


def test_the_author_alone_puts_nothing_in_use(village):
    draft = drafted(village)
    with pytest.raises(Refused, match=SAME_PERSON):
        question_sets.use_draft(draft, by=acting_as(village.esi))
    assert not QuestionUse.objects.exists()
    assert QuestionDraft.objects.exists()


def test_a_discarded_draft_is_gone(village):
    draft = drafted(village)
    question_sets.discard_draft(draft, by=acting_as(village.esi))
    for act in (question_sets.use_draft, question_sets.discard_draft):
        with pytest.raises(NotYours):
            act(draft, by=acting_as(village.rina))


def test_other_supervisors_get_a_notice_of_a_draft(village):
    drafted(village)
    assert list(Notice.objects.values_list("worker", flat=True)) == [village.rina.id]


def test_own_questions_get_numbers_that_were_never_used_here(own, village):
    used(village, with_own(Changes(), replace(OWN, theme="FEAR")))
    assert [change["code"] for change in QuestionSet.objects.get(version=2).changes["added"]] == ["OWN_2"]


def test_a_draft_of_an_earlier_release_is_exported_and_checked_before_it_is_used(village):
    """Two workers of that release wrote it: neither of them is the second person."""
    stored_draft(village, CHANGES)
    client, rina = client_of(village.esi), acting_as(village.rina)
    draft = QuestionDraft.objects.get()
    assert reverse("question_draft", args=[draft.id]) in text(client.get(reverse("questions")))
    saved = client.get(reverse("draft_file", args=["short"]))
    assert saved.content == file_of(CHANGES)
    assert client.get(reverse("draft_file", args=["full"])).status_code == 404
    with pytest.raises(Refused, match=SAME_PERSON):
        question_sets.use_draft(draft.id, by=rina)
    tari = casting.join(village.house, "tari", "Tari", Role.SUPERVISOR, at=clock.now())
    question_sets.use_draft(draft.id, by=acting_as(tari))
    assert QuestionSet.objects.get().made_by == village.esi.id


@pytest.mark.parametrize("base", [LATEST["short"], 1])
def test_a_draft_of_an_earlier_release_with_a_fault_is_not_used(village, base):
    stored_draft(village, without(CHANGES, "SF_HEARD"), base=base)
    draft, tari = QuestionDraft.objects.get(), casting.join(village.house, "tari", "T", Role.SUPERVISOR, at=clock.now())
    answer = client_of(tari).post(reverse("question_draft", args=[draft.id]), {"answer": "use"})
    assert answer.status_code == 400
    assert "data-fault" in text(answer)
    assert not QuestionUse.objects.exists()


def stored_draft(village, changes, *, base=LATEST["short"]):
    """Store a draft as an earlier release did: Esi began it, and Rina saved it last."""
    QuestionDraft.objects.create(
        organisation=village.esi.worker.organisation_id,
        form="short",
        base=base,
        changes=changing.write_changes(changes),
        made_by=village.esi.id,
        made_at=clock.now(),
        changed_by=village.rina.id,
        changed_at=clock.now(),
    )


def test_other_organisations_and_roles_get_not_yours(own, village, strangers):
    farid, ben = acting_as(strangers.farid), acting_as(village.ben)
    draft = drafted(village, GONE)
    for act in (
        lambda: question_sets.draft_file("short", file_of(GONE), by=ben),
        lambda: question_sets.draft_shipped("short", by=ben),
        lambda: question_sets.export_file("short", None, by=ben),
        lambda: question_sets.use_draft(draft, by=ben),
        lambda: question_sets.discard_draft(draft, by=ben),
        lambda: question_sets.use_draft(draft, by=farid),
        lambda: question_sets.discard_draft(draft, by=farid),
        lambda: question_sets.get_version(own, organisation=farid.viewer.organisation),
    ):
        with pytest.raises(NotYours):
            act()
    assert question_sets.list_versions(farid.viewer.organisation) == []


@pytest.mark.parametrize("form", ["none", "short@x"])
def test_a_form_that_is_unknown_is_not_used(village, form):
    by = acting_as(village.esi)
    for act in (
        lambda: question_sets.draft_file(form, file_of(CHANGES), by=by),
        lambda: question_sets.draft_shipped(form, by=by),
        lambda: question_sets.export_file(form, None, by=by),
    ):
        with pytest.raises(NotYours):
            act()


@pytest.mark.parametrize("code", ["short@", "short@zz", "none", f"short@{UUID(int=9).hex}"])
def test_an_unknown_version_is_refused(db, code):
    with pytest.raises(Unreadable):
        instrument(code, 7)
    with pytest.raises(Unreadable):
        read_draft({"instrument": code, "version": 7})


def test_each_action_has_an_audit_entry_without_wording(own, village):
    by = acting_as(village.esi)
    question_sets.export_file("short", None, by=by)
    question_sets.discard_draft(question_sets.draft_shipped("short", by=by), by=by)
    acts = Entry.objects.filter(verb__contains="questions").order_by("seq")
    verbs = ["draft_questions", "use_questions", "export_questions", "draft_questions", "discard_questions"]
    assert [act.verb for act in acts] == verbs
    assert acts[1].about == [str(own)]
    assert acts[1].by == village.rina.id
    assert PAY.text["en"] not in "".join(f"{act.because}{act.about}" for act in acts)


def test_a_version_is_read_once_and_cached(own, village):
    code = changing.own_code("short", village.house.organisation.id)
    assert initial_answers(code, version=1).version == 1
    talk = instrument(code, 1)
    with connection.execute_wrapper(lambda *_: pytest.fail("asked again")):
        assert instrument(code, 1) is talk
