"""Saying how the help was and complaining: what a person sees, and whom it is sealed to."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from suar.accounts import queries as workers
from suar.accounts.codes import KeyKind
from suar.accounts.models import Membership, PublicKey
from suar.accounts.roles import Role
from suar.audit.models import Entry
from suar.contact import letters
from suar.contact.documents import LetterKind
from suar.contact.models import Letter, LetterKey, Request
from suar.core import clock
from suar.core.refusals import KeyNotTrusted
from suar.demo import cast as casting
from suar.demo import hearing
from suar.feedback import actions
from suar.feedback import outside_bodies as outside
from suar.feedback.models import Hearing, OutsideReader
from suar.feedback.rules import routing
from tests.contact.writing import came_back, press, resume_token_of
from tests.feedback.submissions import complain, on_staff_site, organisation_of, say
from tests.people import acting_as, client_of


@pytest.fixture
def hearers(cast):
    """Let another organisation read feedback on Pelita."""
    return hearing.make_hearers(cast, at=clock.now())


def readers_of(request):
    """Name the workers to whose keys the letters of a request are sealed."""
    keys = LetterKey.objects.filter(request=request.id, key__isnull=False)
    return set(PublicKey.objects.filter(id__in=keys.values("key")).values_list("owner", flat=True))


def answered(hearers, row):
    """Let Nur read, answer and say what was done; gives the page as it was read."""
    nur, path = client_of(hearers.nur), reverse("feedback_thread", args=[row.id])
    page = nur.get(path)
    shown = {"version": page.context["opened"].version}
    nur.post(f"{path}/answer", {**shown, "answer": "We will ask."})
    shown = {"version": nur.get(path).context["opened"].version}
    nur.post(f"{path}/done", {**shown, "done": "DN_RULE"})
    return page.content.decode()


def test_feedback_opens_with_its_code_and_shows_the_answer(visitor, hearers, cast):
    made = say(visitor, organisation=organisation_of(cast), words="I could not call home")
    code = made.context["code"].text
    with on_staff_site():
        page = answered(hearers, Request.objects.get())
    for words in ("I could not call home", "I felt safe with the service: A little", "Pelita"):
        assert words in page
    assert "Rules were fair" not in page, "what was skipped is not there"
    back = came_back(visitor, code).content.decode()
    for words in ("There is an answer", "We will ask.", "We changed a rule", "A little"):
        assert words in back
    assert "reach you" not in back, "nobody reaches out after feedback"


def test_feedback_is_sealed_to_complaint_handlers_only(visitor, hearers, cast):
    say(visitor, organisation=organisation_of(cast))
    complain(visitor, organisation=organisation_of(cast), worker="CASE")
    for row in Request.objects.all():
        assert readers_of(row) == {hearers.nur.id}
        assert row.team is None
    kinds = PublicKey.objects.filter(id__in=LetterKey.objects.values("key"))
    assert set(kinds.values_list("kind", flat=True)) == {KeyKind.USER_READ}


def test_rows_do_not_name_the_organisation_or_worker_concerned(visitor, hearers, cast):
    complain(visitor, organisation=organisation_of(cast), worker="CASE")
    row, letters = Request.objects.get(), Letter.objects.all()
    assert organisation_of(cast) not in str(row.__dict__)
    sealed = b"".join(bytes(letter.sealed) for letter in letters)
    assert b"CP_LEAK" not in sealed
    assert cast.pelita.organisation.id.bytes not in sealed


def test_a_later_handler_opens_no_earlier_thread(visitor, hearers, cast):
    say(visitor)
    newer = casting.join(hearers.workplace, "olla", "Olla", Role.COMPLAINT_HANDLER, at=clock.now())
    with on_staff_site():
        page = client_of(newer).get(reverse("feedback_thread", args=[Request.objects.get().id]))
    assert page.status_code == 200
    assert page.context["letters"] == []
    say(visitor)
    latest = Request.objects.latest("last_letter_at")
    assert readers_of(latest) == {newer.id, hearers.nur.id}


def test_former_team_members_are_no_handlers(hearers, cast):
    at, workplace = clock.now(), cast.pelita
    both = casting.join(workplace, "putri", "Putri", Role.COMPLAINT_HANDLER, at=at)
    assert workers.complaint_handlers_of(workplace.organisation.id) == [both.id]
    Membership.objects.create(worker=both.worker, team=workplace.team, since=at)
    assert workers.complaint_handlers_of(workplace.organisation.id) == []
    Membership.objects.filter(worker=both.id).update(until=at)
    assert workers.complaint_handlers_of(workplace.organisation.id) == []


def test_disabled_or_unconfirmed_workers_are_no_handlers(hearers, cast):
    organisation = hearers.workplace.organisation
    casting.hire(organisation, "rara", "Rara", Role.COMPLAINT_HANDLER, by=None, at=clock.now())
    assert workers.complaint_handlers_of(organisation.id) == [hearers.nur.id]
    PublicKey.objects.filter(owner=hearers.nur.id).update(certificate=None)
    assert workers.complaint_handlers_of(organisation.id) == []


def test_feedback_is_not_sealed_to_an_uncertified_key(visitor, hearers):
    PublicKey.objects.filter(owner=hearers.nur.id).update(certificate=b"x" * 64)
    page = say(visitor, words="keep these words")
    assert page.status_code == 503
    assert "keep these words" in page.content.decode()
    assert not Request.objects.exists()


def test_complaints_need_an_outside_reader(visitor, cast):
    page = press(visitor, "complain", page=press(visitor, "enter_code"))
    told = page.content.decode()
    assert "Complaints are not accepted here" in told
    assert 'name="complaint"' not in told
    hearers = hearing.make_hearers(cast, at=clock.now())
    assert 'name="complaint"' in press(visitor, "complain").content.decode()
    actions.name_outside_reader(None, by=acting_as(cast.kartika))
    assert "Complaints are not accepted here" in press(visitor, "complain").content.decode()
    assert hearers


def test_a_complaint_sent_after_closing_is_shown_again(visitor, hearers, cast):
    page = press(visitor, "complain")
    OutsideReader.objects.all().delete()
    typed = {"complaint": "CP_LEAK", "words": "my own words", "kind": "none"}
    answer = press(visitor, "send_complaint", page=page, **typed)
    assert "my own words" in answer.content.decode()
    assert not Request.objects.exists()


def test_feedback_on_readers_needs_an_outside_reader(visitor, cast):
    at, workplace = clock.now(), cast.pelita
    casting.join(workplace, "sita", "Sita", Role.COMPLAINT_HANDLER, at=at)
    words = {**hearing.READERS, "for_others": False}
    actions.set_handlers(Hearing(**words), by=acting_as(cast.kartika))
    page = say(visitor, organisation=organisation_of(cast), worker=routing.WHO_READS, words="it is about her")
    assert page.status_code == 409
    assert "it is about her" in page.content.decode()
    assert not Request.objects.exists()
    assert say(visitor, organisation=organisation_of(cast)).status_code == 200
    assert Request.objects.get().organisation == workplace.organisation.id


def test_feedback_closes_when_nobody_looked_for_two_weeks(visitor, hearers, cast):
    assert say(visitor).status_code == 200
    with clock.shifted(routing.OPEN_FOR + timedelta(minutes=1)):
        assert "Nobody reads here now" in press(visitor, "choose_stage").content.decode()
        with on_staff_site():
            client_of(hearers.nur).get(reverse("feedback_inbox"))
        assert 'name="stage"' in press(visitor, "choose_stage").content.decode()


def test_empty_feedback_is_an_error(visitor, hearers):
    page = say(visitor, FB_AS_SAFE="0")
    assert page.status_code == 400
    assert "Tap at least one answer" in page.content.decode()
    assert press(visitor, "give_feedback", stage="NOWHERE").status_code == 400
    assert press(visitor, "send_feedback", stage="NOWHERE").status_code == 400
    assert say(visitor, FB_AS_SAFE="9").status_code == 400
    assert complain(visitor, complaint="").status_code == 400
    assert not Request.objects.exists()


def test_feedback_without_a_code_gets_no_answer(visitor, hearers):
    page = say(visitor, kind="none")
    assert "It has arrived" in page.content.decode()
    assert Request.objects.get().public is None


def test_a_flood_of_feedback_does_not_delay_requests_for_help(asker, hearers):
    for _each in range(3):
        assert say(asker, kind="none").status_code == 200
    page = say(asker, kind="none", words="patient words")
    assert page.status_code == 429
    assert "patient words" in page.content.decode()
    assert page.context["wait"] > 0
    sent = press(asker, "send", page=press(asker, "ask"), words="help", kind="digits")
    assert sent.status_code == 200
    assert sorted(Request.objects.filter(team=None).values_list("turn", flat=True)) == [0, 1, 2]


def test_a_late_form_is_shown_again_filled_in(visitor, hearers, cast):
    form, complaint = press(visitor, "give_feedback", stage="SHELTER"), press(visitor, "complain")
    typed = {"stage": "SHELTER", "FB_AS_SAFE": "2", "words": "slow words", "kind": "none"}
    with clock.shifted(timedelta(hours=2)):
        for page, do in ((form, "send_feedback"), (complaint, "send_complaint")):
            late = press(visitor, do, page=page, **typed, complaint="CP_LEAK")
            assert late.status_code == 409
            assert "slow words" in late.content.decode()
            assert press(visitor, do, page=late, **typed, complaint="CP_LEAK").status_code == 200
        Hearing.objects.all().delete()
        for page, do in ((form, "send_feedback"), (complaint, "send_complaint")):
            late = press(visitor, do, page=page, **{**typed, "words": "too late"})
            assert Request.objects.count() == 2


def test_the_person_writes_again_and_deletes_everything(visitor, hearers):
    code = say(visitor).context["code"].text
    page = came_back(visitor, code)
    press(visitor, "write", page=page, resume_token=resume_token_of(page), words="and one thing more")
    page = came_back(visitor, code)
    assert "and one thing more" in page.content.decode()
    confirm = press(visitor, "confirm_delete", page=page, resume_token=resume_token_of(page))
    press(visitor, "delete", page=confirm, resume_token=resume_token_of(confirm))
    assert not (Request.objects.exists() or LetterKey.objects.exists())


def test_feedback_pages_set_no_cookie_and_have_neutral_urls(visitor, hearers):
    for page in (press(visitor, "choose_stage"), say(visitor), complain(visitor)):
        assert page.cookies == {}
        assert page.request["PATH_INFO"] == "/"
        assert page["Cache-Control"].startswith("no-store") or "no-store" in page["Cache-Control"]
        assert 'class="leave' in page.content.decode()


def test_answers_are_described_in_the_language_of_the_page(visitor, hearers):
    page = press(visitor, "choose_stage", lang="id")
    assert "Selama saya tinggal di rumah aman" in page.content.decode()


def test_audit_entries_contain_ids_only(visitor, hearers, cast):
    complain(visitor, organisation=organisation_of(cast))
    told = json.dumps([[entry.verb, entry.about, entry.because] for entry in Entry.objects.all()[:9999]])
    assert str(Request.objects.get().id) in told
    assert "CP_LEAK" not in told


def test_outside_bodies_are_real_or_invented_in_a_demonstration(settings):
    settings.SUAR_MODE = "demo"
    assert all("invented" in body["name"] for body in outside.list_bodies())
    settings.SUAR_MODE = "run"
    with translation.override("id"):
        named = [body["name"] for body in outside.list_bodies()]
    assert len(named) >= 4
    assert not any("rekaan" in item for item in named)
    settings.SUAR_COUNTRY = "KH"
    assert outside.list_bodies() == []


def test_every_shipped_body_has_a_source_and_no_number():
    rows = json.loads(outside.SHIPPED.read_text("utf-8"))["bodies"]
    assert all(row["source"] and "reach" not in row for row in rows)
    told = " ".join(row[name] for row in rows for name in ("en", "id", "what_en", "what_id"))
    assert not any(sign.isdigit() for sign in told)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (
            '{"bodies": [{"country": "ID", "demo": true, "en": "A", "id": "B", "what_en": "x", '
            '"what_id": "y", "source": "s", "reach": "by post"}]}',
            ["A"],
        ),
        ("{", ["Listening Post Example (invented)"]),
        (
            '{"bodies": [{"country": "ID", "en": "", "id": "", "what_en": "", "what_id": "", "source": ""}]}',
            ["Listening Post Example (invented)"],
        ),
    ],
)
def test_a_valid_own_file_replaces_the_shipped_bodies(settings, tmp_path, content, found):
    settings.SUAR_MODE, settings.SUAR_DATA = "demo", tmp_path
    (tmp_path / outside.SHIPPED.name).write_text(content, "utf-8")
    assert [body["name"] for body in outside.list_bodies()] == found


def test_an_organisation_without_handlers_accepts_no_feedback(hearers, cast):
    row = Request(kind="feedback", organisation=cast.village.organisation.id)
    with pytest.raises(KeyNotTrusted):
        letters.add_letter(row, LetterKind.WORDS, "x", at=clock.now())


def test_the_survey_is_translated(visitor, hearers, cast):
    for code in ("ar", "km", "ru", "lo", "my", "sr-latn"):
        page = press(visitor, "choose_stage", lang=code).content.decode()
        assert "While I lived in a shelter" not in page
        assert "<span lang" not in page
        form = press(visitor, "give_feedback", stage="SHELTER", lang=code).content.decode()
        assert '<fieldset class="field" lang="en"' not in form
    assert "While I lived in a shelter" in press(visitor, "choose_stage").content.decode()
