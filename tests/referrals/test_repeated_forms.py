"""Repeated forms: the same worker's act counts once, and a colleague gets a 409 with the current state."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from suar.accounts.acting import FORM_ID, Anonymous
from suar.accounts.models import Notice
from suar.audit.models import Entry
from suar.cases.models import Case
from suar.consent.models import Consent
from suar.core import clock
from suar.referrals import links
from suar.referrals.codes import Actor, Verb
from suar.referrals.models import Act, Referral
from tests.people import CLINIC, agreed, client_of, sent

pytestmark = pytest.mark.db_contract

LATER = "2027-02-01"


def path(name, *ids):
    return reverse(name, args=ids)


@pytest.fixture
def new_referral(cast, amina):
    """Send a referral to Pelita without an answer."""
    return sent(amina, agreed(amina, cast.ben), cast.ben).referral


@pytest.fixture
def jaya(cast):
    """Return the client of Jaya, who works in Chioma's team."""
    return client_of(cast.jaya)


def count_rows():
    """Count the rows that an act writes: acts, audit entries and notifications."""
    entries = Entry.objects.exclude(verb__in=["open", "list", "link_preview"])
    notices = Notice.objects.order_by("worker").values_list("worker", "since")
    return Act.objects.count(), entries.count(), list(notices)


def twice(client, address, fields):
    """Send a form twice and return both responses; check that the second writes nothing."""
    fields = fields | {FORM_ID: str(uuid4())}
    first, before = client.post(address, fields), count_rows()
    with clock.shifted(timedelta(seconds=5)):
        second = client.post(address, fields)
    assert count_rows() == before
    return first, second


RECEIVED = [
    ({"verb": "acknowledge"}, Verb.ACKNOWLEDGE),
    ({"verb": "waitlist", "expected_on": LATER}, Verb.WAITLIST),
    ({"verb": "decline", "reason": "RF_AREA"}, Verb.DECLINE),
]


@pytest.mark.parametrize(("fields", "verb"), RECEIVED)
def test_an_answer_sent_twice_counts_once_and_leads_to_the_same_page(chioma, new_referral, fields, verb):
    first, second = twice(chioma, path("answer_referral", new_referral), fields)
    assert first["Location"] == second["Location"] == path("inbox_item", new_referral)
    assert Act.objects.filter(verb=verb).count() == 1


@pytest.mark.parametrize(("fields", "verb"), RECEIVED)
def test_a_colleague_who_sends_the_same_sees_who_was_first(chioma, jaya, new_referral, fields, verb):
    chioma.post(path("answer_referral", new_referral), fields)
    page = jaya.post(path("answer_referral", new_referral), fields)
    assert page.status_code == 409
    assert "It is now:" in page.content.decode()
    assert "Chioma" in page.content.decode()
    assert Act.objects.filter(verb=verb).count() == 1


@pytest.mark.parametrize("other", [{"verb": "waitlist", "expected_on": "2027-03-01"}, {"verb": "acknowledge"}])
def test_another_act_of_the_same_worker_is_no_repeat(chioma, new_referral, other):
    chioma.post(path("answer_referral", new_referral), {"verb": "waitlist", "expected_on": LATER})
    page = chioma.post(path("answer_referral", new_referral), other)
    assert page.status_code == 409
    assert "It is now: On the waiting list" in page.content.decode()


def test_an_overtaken_act_is_not_done_again(chioma, jaya, new_referral):
    chioma.post(path("answer_referral", new_referral), {"verb": "acknowledge"})
    jaya.post(path("answer_referral", new_referral), {"verb": "waitlist", "expected_on": LATER})
    page = chioma.post(path("answer_referral", new_referral), {"verb": "acknowledge"})
    assert page.status_code == 409
    assert "Jaya" in page.content.decode()


@pytest.mark.parametrize(
    "fields",
    [
        {"verb": "recall", "reason": "RC_UNSAFE"},
        {"verb": "decline_by_person"},
    ],
)
def test_an_act_of_the_sender_sent_twice_counts_once(cast, ben, esi, amina, new_referral, fields):
    address = path("follow_referral", amina.id, new_referral)
    first, second = twice(ben, address, fields)
    assert first["Location"] == second["Location"] == path("referral_sent", amina.id, new_referral)
    page = esi.post(address, fields)
    assert page.status_code == 409
    assert "Ben" in page.content.decode()


def test_a_recall_for_another_reason_is_another_act(ben, amina, new_referral):
    address = path("follow_referral", amina.id, new_referral)
    ben.post(address, {"verb": "recall", "reason": "RC_UNSAFE"})
    assert ben.post(address, {"verb": "recall", "reason": "RC_WRONG"}).status_code == 409


@pytest.fixture
def case(chioma, new_referral):
    """Accept the referral as Chioma and return the case."""
    chioma.post(path("accept_referral", new_referral))
    return Case.objects.get().record


@pytest.mark.parametrize(
    ("before", "name", "fields"),
    [
        ([], "arrived", {}),
        ([], "referral_act", {"verb": "try_contact"}),
        ([], "referral_act", {"verb": "decline", "reason": "RF_NO_PLACE"}),
        ([], "referral_act", {"verb": "decline_by_person"}),
        (["start"], "referral_act", {"verb": "complete"}),
        (["start"], "referral_act", {"verb": "end_early", "reason": "EE_NEED_MET"}),
    ],
)
def test_progress_reported_twice_counts_once(chioma, jaya, case, before, name, fields):
    for verb in before:
        chioma.post(path("referral_act", case), {"verb": verb})
    first, second = twice(chioma, path(name, case), fields)
    assert first["Location"] == second["Location"]
    assert first["Location"].partition("#")[0] == path("person", case)
    if fields.get("verb") != "try_contact":
        page = jaya.post(path(name, case), fields)
        assert page.status_code == 409
        assert "Chioma" in page.content.decode()


def test_another_reason_for_an_early_end_is_no_repeat(chioma, case):
    chioma.post(path("arrived", case))
    chioma.post(path("referral_act", case), {"verb": "end_early", "reason": "EE_NEED_MET"})
    other = {"verb": "end_early", "reason": "EE_MOVED"}
    assert chioma.post(path("referral_act", case), other).status_code == 409


@pytest.fixture
def declined(chioma, new_referral):
    """Decline a referral as Chioma because of the area."""
    chioma.post(path("answer_referral", new_referral), {"verb": "decline", "reason": "RF_AREA"})
    return new_referral


@pytest.mark.parametrize("reason", ["RF_AREA", "RF_NO_PLACE"])
def test_a_reason_that_nobody_can_read_any_more_is_the_same_only_for_a_moment(cast, declined, reason):
    before = count_rows()
    with clock.shifted(timedelta(days=1)):
        fields = {"verb": "decline", "reason": reason}
        page = client_of(cast.chioma).post(path("answer_referral", declined), fields)
    assert page.status_code == 409
    assert "It is now:" in page.content.decode()
    assert count_rows() == before


def test_a_later_try_to_reach_somebody_is_a_try_of_its_own(cast, chioma, case):
    chioma.post(path("referral_act", case), {"verb": "try_contact"})
    with clock.shifted(timedelta(minutes=5)):
        client_of(cast.chioma).post(path("referral_act", case), {"verb": "try_contact"})
    assert Act.objects.filter(verb=Verb.TRY_CONTACT).count() == 2


def test_a_narrowed_consent_in_between_changes_nothing(cast, ben, chioma, case):
    row = Referral.objects.get()
    arrived = {FORM_ID: str(uuid4())}
    chioma.post(path("arrived", case), arrived)
    less = {"shared_fields": ["called_name"], "ends_on": str(clock.today() + timedelta(days=9))}
    assert ben.post(path("narrow_consent", row.record, row.consent), less).status_code == 302
    assert chioma.post(path("arrived", case), arrived).status_code == 302


@pytest.mark.parametrize(("fields", "verb"), RECEIVED)
def test_an_answer_by_link_sent_twice_counts_once(cast, dan, amina, fields, verb):
    consent = agreed(amina, cast.ben, service=CLINIC)
    link = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    first, second = twice(dan, path("link", link.token), fields)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.templates[0].name == second.templates[0].name == "referrals/link_done.html"
    assert Act.objects.filter(verb=verb).count() == 1


@pytest.mark.parametrize(("fields", "verb"), RECEIVED)
def test_two_answers_by_link_at_once_count_once(cast, amina, fields, verb):
    consent = agreed(amina, cast.ben, service=CLINIC)
    token = sent(amina, consent, cast.ben, by_link=True, service=CLINIC).token
    day = date.fromisoformat(fields["expected_on"]) if "expected_on" in fields else None
    # Both read the page before either of them locks the referral.
    both = [links.preview_by_link(token, at=clock.now()) for _ in range(2)]
    row, form = Referral.objects.get(id=both[0].id), uuid4()
    answers = []
    for seen in both:
        new = Act(verb=verb, actor=Actor.LINK_HOLDER, at=clock.now(), expected_on=day)
        by = Anonymous(at=clock.now(), form_id=form)
        answers.append(links._answer(row, new, seen, (fields.get("reason", ""), None), by=by))
    assert answers[0]
    assert answers[1] is None
    assert Act.objects.filter(verb=verb).count() == 1


@pytest.mark.parametrize("minutes", [0, 5])
def test_a_corrected_reason_by_link_is_refused_visibly(cast, dan, amina, minutes):
    """The reason cannot be changed, so the page must not confirm a change."""
    consent = agreed(amina, cast.ben, service=CLINIC)
    token = sent(amina, consent, cast.ben, by_link=True, service=CLINIC).token
    fields = {"verb": "decline", "reason": "RF_AREA", FORM_ID: str(uuid4())}
    assert dan.post(path("link", token), fields).status_code == 200
    for form in (fields[FORM_ID], str(uuid4())):
        with clock.shifted(timedelta(minutes=minutes)):
            corrected = dan.post(path("link", token), fields | {"reason": "RF_AGE", FORM_ID: form})
        assert corrected.status_code == 410
        assert corrected.templates[0].name == "referrals/link_ended.html"
    assert Act.objects.filter(verb=Verb.DECLINE).count() == 1


def test_accepting_twice_leads_to_the_case_and_a_colleague_sees_a_reason(chioma, jaya, new_referral):
    first, second = twice(chioma, path("accept_referral", new_referral), {})
    assert first["Location"] == second["Location"]
    page = jaya.post(path("accept_referral", new_referral))
    assert page.status_code == 409
    assert "Chioma has already accepted this." in page.content.decode()
    assert "their case" not in page.content.decode()
    gone = jaya.post(path("accept_referral", new_referral), {"go": "case"})
    assert gone["Location"] == first["Location"], "the button that leads to the case"
    assert b'name="go"' in jaya.get(path("inbox_item", new_referral)).content


def test_a_consent_sent_twice_is_recorded_once_and_leads_to_the_same_page(ben, amina):
    address = path("consent_for", amina.id, CLINIC)
    form = ben.get(address).context["form"]
    fields = {name: form[name].value() for name in ("ident", "shared_fields", "ends_on", "how", "interpretation")}
    fields |= {"language": "id", "understood": "on", "explained": "on", "answer": "yes"}
    first, second = twice(ben, address, fields)
    assert first["Location"] == second["Location"]
    assert Consent.objects.count() == 1


def test_a_referral_sent_twice_is_one_and_leads_to_the_same_page(cast, ben, amina):
    address = path("send_referral", amina.id, agreed(amina, cast.ben))
    first, second = twice(ben, address, {})
    assert first["Location"] == second["Location"] == path("referral_sent", amina.id, Referral.objects.get().id)
