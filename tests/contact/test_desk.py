"""The desk: reading, answering, settling, writing down, opening and closing the public page."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from suar.accounts.codes import KeyKind
from suar.accounts.models import PublicKey
from suar.audit.models import Entry
from suar.contact import actions, opening, queries, return_codes
from suar.contact.documents import CodeKind, LetterKind
from suar.contact.models import Desk, Letter, LetterKey, Request
from suar.contact.public import actions as public
from suar.contact.tasks import erase_expired_requests
from suar.core import clock
from suar.core.ids import new_id
from suar.core.refusals import KeyNotTrusted, NotYours, Refused
from tests.contact import writing
from tests.contact.writing import WORDS, request_to
from tests.people import acting_as, client_of, viewer

CONTACT = "000-0000-2222 in the morning"


@pytest.fixture
def made(desk):
    return public.create_request_with_code(request_to(desk, contact=CONTACT), kind=CodeKind.DIGITS, at=clock.now())


@pytest.fixture
def letter(made):
    return Request.objects.get().id


@pytest.fixture
def chioma(cast):
    return client_of(cast.chioma)


def test_the_team_reads_and_answers_and_the_person_reads_it(chioma, letter, made):
    page = chioma.get(reverse("request", args=[letter]))
    assert "My wages were kept" in page.content.decode()
    assert "000-0000-2222" in page.content.decode()
    press(chioma, "answer_request", letter, shown_to(chioma, letter), answer="Come on Monday.")
    told = [(each.kind, each.words) for each in public.open_thread(made.plain).letters]
    assert (LetterKind.ANSWER, "Come on Monday.") in told


def test_an_opening_is_audited_once_before_the_response(chioma, cast, letter):
    chioma.get(reverse("request", args=[letter]))
    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.by, entry.because) == ("open", cast.chioma.id, "request")
    assert entry.about == [str(letter)]


def test_a_read_letter_is_no_longer_unread(chioma, cast, letter):
    assert queries.unread_letters(viewer(cast.chioma)).count() == 1
    chioma.get(reverse("request", args=[letter]))
    assert queries.unread_letters(viewer(cast.chioma)).count() == 0
    shown = chioma.get(reverse("requests")).context
    assert [row.id for row in shown["read"]] == [letter]


def shown_to(client, letter):
    """Open a letter and give what its forms say of what was shown."""
    return client.get(reverse("request", args=[letter])).context["opened"].version


def press(client, act, letter, page, **typed):
    """Press a button of the page of a letter."""
    return client.post(reverse(act, args=[letter]), {"version": page, **typed})


@pytest.mark.parametrize("page", ["new_request", "desk", "feedback_readers"])
def test_no_real_letter_is_accepted_before_the_organisation_is_ready(cast, desk, settings, page):
    leader = client_of(cast.kartika if page != "new_request" else cast.chioma)
    assert leader.get(reverse(page)).status_code == 200
    settings.SUAR_MODE = "run"
    for asked in (leader.get(reverse(page)), leader.post(reverse(page), {"words": "help"})):
        assert asked.status_code == 409
        assert "No record of a real person can be stored here" in asked.content.decode()
    assert Desk.objects.count() == 1 and not Letter.objects.exists()


def waits(worker):
    return queries.unread_letters(viewer(worker)).count() == 1


@pytest.mark.parametrize(("act", "verb"), [("answer_request", "help_answered"), ("settle_request", "help_settled")])
def test_answering_or_closing_fails_if_a_newer_letter_came(chioma, letter, act, verb):
    page = shown_to(chioma, letter)
    public.write_again(letter, LetterKind.WORDS, "He found the phone", at=clock.now())
    stopped = press(chioma, act, letter, page, answer="Call me at noon")
    said = stopped.content.decode()
    assert stopped.status_code == 409 and "Another letter arrived in the meantime" in said
    assert "He found the phone" in said and not Entry.objects.filter(verb=verb).exists()
    assert act == "settle_request" or "Call me at noon" in said
    again = press(chioma, act, letter, stopped.context["opened"].version, answer="Do not call")
    assert again.status_code == 302 and Entry.objects.filter(verb=verb).exists()


def test_closing_an_unread_letter_closes_nothing(chioma, letter):
    assert press(chioma, "settle_request", letter, "").status_code == 409
    assert Request.objects.get().settled_at is None


def test_a_letter_shows_the_number_by_which_it_is_listed(chioma, letter):
    number = Request.objects.get().number
    assert number in chioma.get(reverse("requests")).content.decode()
    assert number in shown(chioma, letter)


def test_a_letter_that_does_not_open_stays_unread(chioma, cast, letter):
    LetterKey.objects.exclude(key=None).update(key=new_id())
    page = shown(chioma, letter)
    assert "You do not have a key" in page and 'name="version"' not in page and waits(cast.chioma)


def test_a_request_that_opens_in_part_stays_unread(chioma, cast, letter):
    public.write_again(letter, LetterKind.WORDS, "Second", at=clock.now())
    last = Letter.objects.latest("at")
    LetterKey.objects.filter(letter=last.id).exclude(key=None).update(key=new_id())
    page = shown_to(chioma, letter)
    assert "You do not have keys for some" in shown(chioma, letter)
    assert press(chioma, "settle_request", letter, page).status_code == 302
    assert waits(cast.chioma)


def test_a_letter_that_arrives_after_the_opening_stays_unread(cast, letter):
    keys, who = cast.chioma.keys, viewer(cast.chioma)
    seen = opening.open_request(letter, viewer=who, keys=keys)
    public.write_again(letter, LetterKind.WORDS, "Second", at=clock.now())
    actions.mark_read(seen)
    assert waits(cast.chioma)


@pytest.mark.parametrize("swapped", [{"public": b"x" * 32}, {"public": None, "address": None}])
def test_no_answer_is_sealed_to_a_replaced_code(chioma, letter, swapped):
    Request.objects.update(**swapped)
    public.write_again(letter, LetterKind.WORDS, "Second", at=clock.now())
    page = shown_to(chioma, letter)
    assert "does not match their letters" in shown(chioma, letter)
    assert press(chioma, "answer_request", letter, page, answer="Green house").status_code == 409
    assert not Entry.objects.filter(verb="help_answered").exists()


def shown(client, letter):
    page = client.get(reverse("request", args=[letter])).content.decode()
    return page[page.index("<h1>A letter") :]


@pytest.mark.parametrize("now", ["000-0000-3333 at night", ""])
def test_a_new_contact_replaces_the_previous_one(chioma, made, letter, now):
    before = LetterKey.objects.count()
    public.write_again(letter, LetterKind.CONTACT, now, at=clock.now())
    page = shown(chioma, letter)
    assert "2222" not in page and page.count("How to reach the person safely") == 1
    assert page.index(now or "No way is safe now") < page.index("My wages were kept")
    kinds = [each.kind for each in public.open_thread(made.plain).letters]
    assert kinds.count(LetterKind.CONTACT) == 1 and len(kinds) == 2
    assert LetterKey.objects.count() == before, "the keys of the one before are destroyed"


@pytest.mark.parametrize(
    ("meeting", "words"),
    [("", "No safe way was given. Do not try"), ("Friday", "Only the agreed time and place")],
)
def test_without_a_safe_contact_the_page_says_so(chioma, desk, meeting, words):
    new = request_to(desk, "My number is 000-0000-5555, he reads it", meeting=meeting)
    page = shown(chioma, public.create_request(new, code="", at=clock.now()))
    assert words in page and page.index(words) < page.index("000-0000-5555")


def test_a_contact_that_no_key_opens_is_shown_as_locked(chioma, letter):
    row = Request.objects.get()
    LetterKey.objects.filter(letter=row.contact).delete()
    assert "You do not have a key to the safe way to reach this person. Do not try" in shown(chioma, letter)


def test_the_inbox_shows_no_text_of_letters(chioma, letter):
    page = chioma.get(reverse("requests")).content.decode()
    assert "wages" not in page and "2222" not in page


def test_a_new_letter_reopens_a_closed_request(chioma, letter):
    press(chioma, "settle_request", letter, shown_to(chioma, letter))
    assert chioma.get(reverse("requests")).context["settled"]
    public.write_again(letter, LetterKind.WORDS, "More", at=clock.now())
    shown = chioma.get(reverse("requests")).context
    assert not shown["settled"] and [row.id for row in shown["waiting"]] == [letter]


def test_a_request_without_a_code_cannot_be_answered(chioma, desk):
    new = request_to(desk, "Meet me", meeting="Friday at the market")
    letter = public.create_request(new, code="", at=clock.now())
    page = chioma.get(reverse("request", args=[letter])).content.decode()
    assert "Friday at the market" in page and 'name="answer"' not in page
    page = shown_to(chioma, letter)
    refused = press(chioma, "answer_request", letter, page, answer="Kept words")
    assert refused.status_code == 409 and "Kept words" not in refused.content.decode()


def test_the_day_page_counts_unread_letters(chioma, letter):
    assert "1 unread letter" in chioma.get("/").content.decode()


def test_other_teams_get_404(cast, letter):
    for name in ("farid", "ben", "esi"):
        assert client_of(getattr(cast, name)).get(reverse("request", args=[letter])).status_code == 404
    seen = opening.open_request(letter, viewer=viewer(cast.chioma), keys=cast.chioma.keys)
    with pytest.raises(NotYours):
        actions.answer(seen, "x", version=seen.version, by=acting_as(cast.farid))


def test_a_worker_writes_a_letter_for_a_caller(chioma, desk):
    page = chioma.get(reverse("new_request"))
    assert page.status_code == 200
    typed = {"words": "She says: help", "contact": "", "kind": "digits", "meeting": "", "language": "id"}
    shown = chioma.post(reverse("new_request"), typed)
    code = shown.context["code"]
    assert code.text in shown.content.decode()
    wrong = chioma.post(reverse("new_request"), {"new_code": code.plain, "code": "1" * 12})
    assert wrong.status_code == 400 and code.text in wrong.content.decode()
    said = chioma.post(reverse("new_request"), {"new_code": code.plain, "code": code.text})
    assert said.status_code == 302
    assert public.open_thread(code.plain).letters[0].words == "She says: help"


@pytest.mark.parametrize("language", ["en", "id"])
def test_words_of_a_code_are_in_the_persons_language(chioma, desk, language):
    typed = {"words": "She says: help", "contact": "", "kind": "words", "meeting": "", "language": language}
    code = chioma.post(reverse("new_request"), typed).context["code"]
    assert code.plain.startswith(f"words|{list(return_codes.word_lists()).index(language)}|")


@pytest.mark.parametrize("made", ["", "x", "digits", "digits|" + "1" * 500, "pins|1"])
def test_a_forged_new_code_gets_404(chioma, desk, made):
    answer = chioma.post(reverse("new_request"), {"new_code": made, "code": "1" * 12})
    assert answer.status_code in (400, 404)


def test_a_desk_closes_after_two_days_and_reopens_when_read(chioma, visitor_page, desk):
    with clock.shifted(timedelta(hours=49)):
        assert queries.open_desks(at=clock.now()) == []
        assert client_says_closed(visitor_page)


def test_only_switching_on_reopens_a_closed_desk(cast, desk):
    with clock.shifted(timedelta(hours=49)):
        for switched_on, opens in ((True, False), (False, False), (True, True)):
            words = {**WORDS, "switched_on": switched_on}
            actions.set_desk(Desk(team=desk.team, **words), by=acting_as(cast.kartika))
            assert bool(queries.open_desks(at=clock.now())) is opens


def client_says_closed(page):
    return "Nobody reads letters here now" in page()


@pytest.fixture
def visitor_page():
    def page(do="ask", **typed):
        middleware = list(settings.MIDDLEWARE_PUBLIC)
        with override_settings(ROOT_URLCONF="suar.website.public_urls", MIDDLEWARE=middleware):
            return writing.press(Client(headers={"host": "localhost"}), do, **typed).content.decode()

    return page


def test_reading_the_inbox_reopens_the_desk(cast, desk):
    with clock.shifted(timedelta(hours=49)):
        shown = client_of(cast.chioma).get(reverse("requests"))
        assert shown.context["closed"]
        assert queries.open_desks(at=clock.now())


def test_a_lead_edits_the_desk_of_their_team(cast, desk):
    kartika = client_of(cast.kartika)
    page = kartika.get(reverse("desk"))
    assert "Two women of our team" in page.content.decode()
    typed = {
        "team": str(desk.team),
        "switched_on": "on",
        "who_en": "We",
        "who_id": "Kami",
        "days": ["1", "3"],
        "answers_within_days": "3",
        "closes_after_hours": "24",
    }
    assert kartika.post(reverse("desk"), typed).status_code == 302
    row = Desk.objects.get()
    assert (row.who_en, row.days, row.closes_after_hours) == ("We", "13", 24)
    assert kartika.post(reverse("desk"), {**typed, "days": []}).status_code == 400


def test_the_inbox_states_that_no_team_answers(cast):
    for name, page in (("chioma", "new_request"), ("kartika", "new_request")):
        answer = client_of(getattr(cast, name)).get(reverse(page), follow=True)
        assert "None of your teams answers letters yet" in answer.content.decode()


def test_a_team_with_own_cases_only_has_no_desk(cast):
    typed = {
        "team": str(cast.village.team.id),
        "switched_on": "on",
        "who_en": "We",
        "who_id": "Kami",
        "days": ["1"],
        "answers_within_days": "3",
        "closes_after_hours": "24",
    }
    refused = client_of(cast.esi).post(reverse("desk"), typed)
    assert refused.status_code == 400 and not Desk.objects.exists()


def test_a_letter_is_not_sealed_to_an_uncertified_key(cast, desk):
    PublicKey.objects.filter(kind=KeyKind.TEAM, owner=desk.team).update(certificate=b"\0" * 64)
    with pytest.raises(KeyNotTrusted):
        public.create_request(request_to(desk), code="", at=clock.now())
    assert not Request.objects.exists()


def test_with_an_uncertified_key_the_page_shows_numbers_to_call(cast, desk, visitor_page):
    PublicKey.objects.filter(kind=KeyKind.TEAM, owner=desk.team).update(certificate=b"\0" * 64)
    page = visitor_page("send", words="secret words", kind="digits")
    assert "Nobody reads letters here now" in page and "NOT sent" in page and "secret words" in page
    assert not Request.objects.exists()


def test_altered_and_swapped_letters_are_left_out(made, letter):
    public.write_again(letter, LetterKind.WORDS, "Second", at=clock.now())
    first, second = Letter.objects.filter(sealed__isnull=False).order_by("at")[:2]
    Letter.objects.filter(id=first.id).update(sealed=bytes(second.sealed))
    told = [each.words for each in public.open_thread(made.plain).letters]
    assert "My wages were kept" not in told or CONTACT not in told
    assert len(told) == 2


def test_at_most_twenty_unread_letters_are_accepted(made, letter):
    for number in range(18):
        public.write_again(letter, LetterKind.WORDS, f"more {number}", at=clock.now())
    with pytest.raises(Refused, match="much_unread"):
        public.write_again(letter, LetterKind.WORDS, "one more", at=clock.now())


def test_a_request_is_destroyed_two_years_after_the_last_letter(letter):
    erase_expired_requests.func()
    assert Request.objects.exists()
    with clock.shifted(timedelta(days=730)):
        erase_expired_requests.func()
    assert not (Request.objects.exists() or Letter.objects.exists() or LetterKey.objects.exists())


def test_a_code_in_use_is_refused(desk, made):
    with pytest.raises(Refused, match="code_in_use"):
        public.create_request(request_to(desk), code=made.plain, at=clock.now())


def test_the_demo_code_can_be_read():
    from suar.demo.letters import CODE

    assert return_codes.read_digits(CODE.partition("|")[2]) == CODE
