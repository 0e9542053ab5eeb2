"""The desk of those who hear: who comes there, what they do, and what nobody else sees."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from suar.accounts import notices
from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.contact import opening
from suar.contact.documents import LetterKind, NewRequest, RequestKind
from suar.contact.models import LetterKey, Request
from suar.contact.public import actions as public
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.crypto.values import SealBroken
from suar.demo import cast as casting
from suar.demo import hearing
from suar.feedback import actions, queries
from suar.feedback.models import Hearing, OutsideReader, Quarter
from suar.feedback.rules import counting
from suar.feedback.survey import SurveyAnswers
from tests.house.public_words import public_words_in
from tests.people import acting_as, client_of, viewer

STAFF = ("ben", "esi", "gita", "hadi", "indah", "lia", "chioma", "jaya", "kartika", "farid")
TOLD = {"text_en": "Many wished for a phone.", "text_id": "Banyak yang ingin ponsel."}


@pytest.fixture
def hearers(cast):
    """Let another organisation read feedback on Pelita."""
    return hearing.make_hearers(cast, at=clock.now())


@pytest.fixture
def complaint(cast, hearers):
    """Let somebody complain about who stays with people at Pelita."""
    return hearing.send_feedback(cast, at=clock.now())


@pytest.fixture
def nur(hearers):
    return client_of(hearers.nur)


def shown_to(client, said):
    return client.get(reverse("feedback_thread", args=[said])).context["opened"].version


def press(client, act, said, **typed):
    return client.post(reverse(act, args=[said]), {"version": shown_to(client, said), **typed})


@pytest.mark.parametrize("name", [*STAFF, "maya"])
def test_other_roles_cannot_open_feedback(cast, hearers, complaint, name):
    """By the keys alone, whatever a page or a permission would let through."""
    player = {**cast.players, **hearers.players}[name]
    held = player.keys.list_keys()
    rows = LetterKey.objects.filter(request=complaint, key__isnull=False)
    assert rows
    assert {row.key for row in rows}.isdisjoint({item.id for item in held})
    for row in rows:
        for key in held:
            with pytest.raises(SealBroken):
                player.keys.pair(key.id).open(bytes(row.sealed))


def test_a_handler_opens_feedback(hearers, complaint):
    [key] = hearers.nur.keys.list_keys()
    for row in LetterKey.objects.filter(request=complaint, key=key.id):
        assert hearers.nur.keys.pair(key.id).open(bytes(row.sealed))


@pytest.mark.parametrize("name", STAFF)
def test_other_roles_get_404(cast, complaint, name):
    client = client_of(cast.players[name])
    for route in ("feedback_thread", "request"):
        real, absent = (client.get(reverse(route, args=[item])) for item in (complaint, uuid4()))
        assert real.status_code == absent.status_code == 404
    for route in ("feedback_inbox", "feedback_numbers", "publish_quarter"):
        assert client.get(reverse(route)).status_code == 404
    with pytest.raises(NotYours):
        opening.open_request(complaint, viewer=viewer(cast.players[name]), keys=cast.players[name].keys)


def test_handlers_of_the_organisation_concerned_get_404(cast, hearers):
    at = clock.now()
    inside = casting.join(cast.pelita, "tuti", "Tuti", Role.COMPLAINT_HANDLER, at=at)
    said = hearing.send_feedback(cast, at=at)
    client = client_of(inside)
    assert client.get(reverse("feedback_thread", args=[said])).status_code == 404
    assert str(said) not in client.get(reverse("feedback_inbox")).content.decode()
    assert not LetterKey.objects.filter(request=said, key__in=[key.id for key in inside.keys.list_keys()])


def test_only_handlers_are_notified(cast, hearers):
    everybody = {**cast.players, **hearers.players}
    before = {name for name, each in everybody.items() if notices.unseen_of(each.id).exists()}
    hearing.send_feedback(cast, at=clock.now())
    names = {name for name, each in everybody.items() if notices.unseen_of(each.id).exists()}
    assert names - before == {"nur"}


def test_looking_leaves_a_thread_unread_until_an_action(nur, complaint):
    nur.get(reverse("feedback_thread", args=[complaint]))
    assert Request.objects.get(id=complaint).waits_since
    assert Entry.objects.latest("seq").about == [str(complaint)]
    press(nur, "mark_feedback_read", complaint)
    assert Request.objects.get(id=complaint).waits_since is None
    shown = nur.get(reverse("feedback_inbox")).context
    assert [row.id for row in shown["going_on"]] == [complaint]
    assert not shown["complaint"]


def test_complaints_are_listed_first_with_their_deadlines(nur, complaint):
    shown = nur.get(reverse("feedback_inbox")).context
    assert [row.id for row in shown["complaint"]] == [complaint]
    assert len(shown["feedback"]) == 6
    page = nur.get(reverse("feedback_thread", args=[complaint]))
    days = [page.context["complaint"][name] for name in ("acknowledge_days", "answer_days")]
    assert days == [1, 7]
    feedback = nur.get(reverse("feedback_thread", args=[shown["feedback"][0].id]))
    assert feedback.context["complaint"] is None


def test_a_complaint_shows_the_number_by_which_it_is_listed(nur, complaint):
    number = Request.objects.get(id=complaint).number
    for page in (reverse("feedback_inbox"), reverse("feedback_thread", args=[complaint])):
        assert number in nur.get(page).content.decode()


def test_one_day_is_written_in_the_singular(nur, complaint):
    page = " ".join(nur.get(reverse("feedback_thread", args=[complaint])).content.decode().split())
    assert "Confirm within 1 day that you have read it. Answer within 7 days." in page


def test_an_outcome_code_closes_a_thread(nur, complaint):
    assert press(nur, "close_feedback", complaint, done="anything").status_code == 400
    assert press(nur, "close_feedback", complaint, done="DN_LOOKS").status_code == 302
    assert [row.id for row in nur.get(reverse("feedback_inbox")).context["done"]] == [complaint]
    said = [letter.words for letter in public.open_thread(hearing.CODE).letters]
    assert "DN_LOOKS" in said


def test_an_answer_to_letters_that_were_not_shown_is_not_sent(nur, complaint):
    for act, typed in (
        ("answer_feedback", {"answer": "my words"}),
        ("close_feedback", {"done": "DN_RULE"}),
    ):
        page = nur.post(reverse(act, args=[complaint]), {"version": "older", **typed})
        assert page.status_code == 409
        assert "Another letter arrived" in page.content.decode()
    assert press(nur, "answer_feedback", complaint, answer="").status_code == 400
    assert len(public.open_thread(hearing.CODE).letters) == 2


def test_without_a_code_no_answer_is_sent(nur, complaint):
    said = Request.objects.filter(public=None).first().id
    page = press(nur, "answer_feedback", said, answer="into the air")
    assert page.status_code == 409
    assert "into the air" not in [letter.words for letter in public.open_thread(hearing.CODE).letters]


def test_numbers_tell_nothing_of_fewer_than_five(nur, complaint):
    page = nur.get(reverse("feedback_numbers"))
    [(stage, rows)] = page.context["stages"]
    told = {name: (row.low, row.middle, row.high, row.all) for name, row in rows}
    assert stage == "While I lived in a shelter"
    assert told["Safety"] == (None, None, 5, None)
    assert told["Freedom"] == (5, None, None, None)
    assert told["Privacy"] == (None, None, None, 5)
    entry = Entry.objects.latest("seq")
    assert (entry.verb, len(entry.about)) == ("open", 6)


def test_a_quarter_without_feedback_has_no_numbers(nur, cast):
    shown = nur.get(reverse("feedback_numbers"), {"quarter": "1999-7"})
    assert shown.context["stages"] == []
    assert shown.context["chosen"] != "1999-7"


def test_complaints_and_what_was_done_are_counted_as_well(cast, hearers, nur):
    year, number = counting.past_quarters(clock.today())[0]
    at = clock.start_of(counting.quarter_days(year, number)[0]) + timedelta(days=3)
    for each in range(5):
        answers = SurveyAnswers(complaint="CP_DELAY" if each else "CP_CHILD")
        letters = [(LetterKind.TAPS, answers.model_dump_json(by_alias=True))]
        new = NewRequest(RequestKind.COMPLAINT, hearing.OUTSIDE, None, letters)
        public.create_request(new, code="", at=at)
    for each in queries.threads_begun_in(hearing.OUTSIDE, year, number):
        press(nur, "close_feedback", each, done="DN_RULE")
    numbers = nur.get(reverse("feedback_numbers")).context
    assert [many for _name, many in numbers["complaints"]] == [None, None]
    assert numbers["outcomes"] == [("We changed a rule", 5)]


def test_a_published_quarter_shows_a_rounded_count(nur, complaint):
    quarter = nur.get(reverse("publish_quarter")).context["form"].fields["quarter"].choices[0][0]
    for words in ({"text_en": "Two women said so."}, {"text_id": "20 % bilang begitu."}):
        page = nur.post(reverse("publish_quarter"), {"quarter": quarter, **TOLD, **words})
        assert page.status_code == 400
    assert nur.post(reverse("publish_quarter"), {"quarter": quarter, **TOLD}).status_code == 302
    again = {**TOLD, "text_en": "Phones stay with people now."}
    nur.post(reverse("publish_quarter"), {"quarter": quarter, **again})
    row = Quarter.objects.get()
    assert (row.heard, row.text_en) == (5, "Phones stay with people now.")


def test_the_public_page_says_when_nothing_was_told_yet(visitor, hearers):
    assert "Nothing is published here yet" in visitor.get("/en/changed").content.decode()


def test_the_public_page_tells_it_in_both_languages(visitor, cast, hearers):
    hearing.send_feedback(cast, at=clock.now())
    hearing.publish_changes(hearers, at=clock.now())
    told = visitor.get("/en/changed").content.decode()
    assert "at least 5 times" in told
    assert hearing.QUARTER_TEXTS[0].split(".")[0] in told
    assert hearing.QUARTER_TEXTS[1].split(".")[0] in visitor.get("/id/changed").content.decode()


def test_the_public_page_says_in_other_languages_that_it_is_told_in_these_two(visitor, cast, hearers):
    only = "What was written here is only in English and Indonesian. You see it in English."
    assert only not in visitor.get("/km/changed").content.decode()
    hearing.send_feedback(cast, at=clock.now())
    hearing.publish_changes(hearers, at=clock.now())
    for code in ("km", "ar", "ro", "sq", "sr-latn"):
        page = visitor.get(f"/{code}/changed").content.decode()
        [said] = public_words_in(code)[None, only]
        assert page.count(said) == 1
        assert f'<div lang="en" dir="ltr"><p>{hearing.QUARTER_TEXTS[0].split(".")[0]}' in page
    for code in ("en", "id"):
        assert 'role="note"' not in visitor.get(f"/{code}/changed").content.decode()


def test_only_handlers_publish_and_only_past_quarters(cast, hearers):
    today = clock.today()
    now, over = counting.quarter_of(today), counting.past_quarters(today)[0]
    words = ("Fine.", "Baik.")
    for quarter, told, because in ((now, words, "not_over"), (over, ("Two left.", "x"), "small")):
        with pytest.raises(Refused) as refused:
            actions.publish_quarter(quarter, told, today=today, by=acting_as(hearers.nur))
        assert refused.value.because.startswith(because)
    with pytest.raises(NotYours):
        actions.publish_quarter(over, words, today=today, by=acting_as(cast.kartika))


def test_a_lead_describes_handlers_and_names_an_outside_reader(cast, hearers):
    kartika = client_of(cast.kartika)
    words = {"switched_on": "on", "who_en": "Two of us", "who_id": "Kami", "days": ["1"], "answers_within_days": "2"}
    page = kartika.post(reverse("feedback_readers"), words)
    assert "Nobody in your organisation may read it yet" in page.content.decode()
    casting.join(cast.pelita, "umi", "Umi", Role.COMPLAINT_HANDLER, at=clock.now())
    assert kartika.post(reverse("feedback_readers"), words).status_code == 302
    assert Hearing.objects.filter(organisation=cast.pelita.organisation.id).exists()
    outside = {"about": "outside", "reader": ""}
    assert kartika.post(reverse("feedback_readers"), outside).status_code == 302
    assert not OutsideReader.objects.exists()
    outside["reader"] = str(hearing.OUTSIDE)
    assert kartika.post(reverse("feedback_readers"), outside).status_code == 302
    assert OutsideReader.objects.get().reader == hearing.OUTSIDE
    outside["reader"] = str(cast.pelita.organisation.id)
    assert kartika.post(reverse("feedback_readers"), outside).status_code == 400
    assert "Umi" in kartika.get(reverse("feedback_readers")).content.decode()


def test_others_name_no_reader_and_no_organisation_names_itself(cast, hearers):
    for player in (cast.chioma, hearers.nur):
        with pytest.raises(NotYours):
            actions.set_handlers(Hearing(**hearing.READERS), by=acting_as(player))
    for reader in (cast.pelita.organisation.id, cast.village.organisation.id):
        with pytest.raises(NotYours):
            actions.name_outside_reader(reader, by=acting_as(cast.kartika))
    assert OutsideReader.objects.get(organisation=cast.pelita.organisation.id)


def test_the_day_page_shows_unread_feedback_to_handlers_only(nur, complaint, cast):
    day = nur.get(reverse("day")).content.decode()
    assert "Not read yet: 7" in day
    assert "feedback and complaints" in day
    for name in STAFF:
        other = client_of(getattr(cast, name)).get(reverse("day")).content.decode()
        assert "Not read yet" not in other, name
