"""Evidence is not destroyed by any holder at once, and a summary under a code can be taken back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from suar.accounts import setup, workers
from suar.accounts.models import Notice
from suar.accounts.queries import worker_fingerprint
from suar.cases import attachments, community, contact_status, ecomap, persons_copy
from suar.cases.documents.history import TieState
from suar.cases.documents.plan import Goal, Plan, PlanStep
from suar.cases.models import CommunityWork
from suar.cases.rules.dates import PartialDate
from suar.cases.tasks import remove_expired_files
from suar.consent.documents import Person
from suar.contact.models import LetterKey, Request
from suar.contact.public import actions as public
from suar.core import clock
from suar.core.refusals import NotYours
from suar.demo.cast import Cast
from suar.records import actions as records
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.models import FileKey, StoredFile
from suar.referrals.models import Message
from tests.cases.test_attachments import SAID, add, in_days
from tests.cases.test_community import TALK
from tests.cast import amina, ben, cast, chioma, world  # noqa: F401 - fixtures
from tests.contact.test_summaries import SHOWN_CODE, leave
from tests.contact.uploads import a_telling_picture
from tests.people import acting_as, agreed, client_of, person_of, refresh, sent

STRIKE = {"strike": "yes", "strike-reason": "of her sister", "strike-destroy": "on"}


def opened(player: Any, record: OpenRecord) -> OpenRecord:
    return keyring.open_record(record.id, keys=player.keys)


@pytest.fixture
def case(cast: Cast, amina: OpenRecord, chioma: Client) -> OpenRecord:  # noqa: F811 - fixtures
    """Return the case of Chioma; Kartika leads her team, and Jaya is a colleague who holds it too."""
    referral = sent(amina, agreed(amina, cast.ben), cast.ben).referral
    page = chioma.post(reverse("accept_referral", args=[referral]))
    return keyring.open_record(UUID(page["Location"].rpartition("/")[2]), keys=cast.chioma.keys)


def evidence(client: Client, record: OpenRecord, player: Any, **typed: str) -> str:
    """Add a picture whose original is evidence, and return the address of its page."""
    assert add(client, record, a_telling_picture(), **{"why_original": "the court asks", **typed}).status_code == 302
    key = next(iter(attachments.list_attachments(opened(player, record))))
    return reverse("attachment", args=[record.id, key])


def test_a_colleague_destroys_no_document(cast: Cast, chioma: Client, case: OpenRecord) -> None:  # noqa: F811 - a fixture
    address, jaya = evidence(chioma, case, cast.chioma), client_of(cast.jaya)
    page = jaya.post(address, STRIKE)
    assert page.status_code == 400
    assert "Only the person&#x27;s worker" in page.content.decode()
    said = {**SAID, "keep_until": in_days(1), "version": "1"}
    assert jaya.post(address, said).status_code == 400
    assert {file.expires_on for file in StoredFile.objects.all()} == {clock.today() + timedelta(days=30)}
    assert jaya.post(address, {**said, "keep_until": in_days(40)}).status_code == 302, "a later day harms nobody"


def test_evidence_goes_after_a_week_and_the_lead_can_stop_it(cast: Cast, chioma: Client, case: OpenRecord) -> None:  # noqa: F811 - a fixture
    address, kartika = evidence(chioma, case, cast.chioma), client_of(cast.kartika)
    Notice.objects.all().delete()
    assert chioma.post(address, STRIKE).status_code == 302
    assert FileKey.objects.count() == StoredFile.objects.count() == 2
    assert {file.expires_on for file in StoredFile.objects.all()} == {clock.today() + timedelta(days=7)}
    assert Notice.objects.filter(worker=cast.kartika.id).exists()
    assert "are destroyed after" in kartika.get(address).content.decode()
    assert client_of(cast.jaya).post(address, {"keep": "yes"}).status_code == 404
    assert kartika.post(address, {"keep": "yes"}).status_code == 302
    with clock.shifted(timedelta(days=29)):
        assert remove_expired_files.func() == 0


def test_evidence_that_nobody_stops_is_destroyed(cast: Cast, chioma: Client, case: OpenRecord) -> None:  # noqa: F811 - a fixture
    address = evidence(chioma, case, cast.chioma)
    chioma.post(address, STRIKE)
    with clock.shifted(timedelta(days=8)):
        assert remove_expired_files.func() == 2
    assert "are destroyed after" not in chioma.get(address).content.decode()


def test_an_earlier_day_leaves_evidence_for_a_week(cast: Cast, chioma: Client, case: OpenRecord) -> None:  # noqa: F811 - a fixture
    address = evidence(chioma, case, cast.chioma)
    Notice.objects.all().delete()
    assert chioma.post(address, {**SAID, "keep_until": in_days(0), "version": "1"}).status_code == 302
    assert {file.expires_on for file in StoredFile.objects.all()} == {clock.today() + timedelta(days=7)}
    assert Notice.objects.filter(worker=cast.kartika.id).exists()


def test_staff_take_a_summary_back(cast: Cast, ben: Client, amina: OpenRecord) -> None:  # noqa: F811 - a fixture
    [code] = SHOWN_CODE.findall(leave(ben, amina).content.decode())
    copy = ben.get(reverse("persons_copy", args=[amina.id]))
    assert "Take it back" in copy.content.decode()
    [key] = copy.context["summaries"]
    taken = {"take_back": key}
    assert client_of(cast.farid).post(reverse("summary", args=[amina.id]), taken).status_code == 404
    for _again in range(2):
        assert ben.post(reverse("summary", args=[amina.id]), taken).status_code == 302
    with pytest.raises(NotYours):
        public.open_thread(code)
    assert not (Request.objects.exists() or LetterKey.objects.exists())
    assert "Take it back" not in ben.get(reverse("persons_copy", args=[amina.id])).content.decode()
    assert ben.post(reverse("summary", args=[amina.id]), {"take_back": str(uuid4())}).status_code == 404


@pytest.mark.parametrize("verb", ["report_missing", "record_death"])
def test_no_summary_waits_for_somebody_who_may_not_be_reached(
    cast: Cast,  # noqa: F811 - a fixture
    ben: Client,  # noqa: F811 - a fixture
    amina: OpenRecord,  # noqa: F811 - a fixture
    verb: str,
) -> None:
    leave(ben, amina)
    contact_status.change_status(opened(cast.ben, amina), verb, by=acting_as(cast.ben))
    assert not (Request.objects.exists() or LetterKey.objects.exists())
    page = leave(ben, amina)
    assert page.status_code == 400
    assert not Request.objects.exists()


def test_a_record_that_keeps_only_codes_leaves_no_summary(cast: Cast, ben: Client, amina: OpenRecord) -> None:  # noqa: F811 - a fixture
    leave(ben, amina)
    records.delete_all_but_coded(opened(cast.ben, amina), by=cast.ben.id, at=clock.now())
    assert not (Request.objects.exists() or LetterKey.objects.exists())


def test_the_public_pages_do_not_say_whether_a_summary_waits(ben: Client, amina: OpenRecord) -> None:  # noqa: F811 - a fixture
    def shown() -> list[bool]:
        with override_settings(ROOT_URLCONF="suar.website.public_urls", MIDDLEWARE=settings.MIDDLEWARE_PUBLIC):
            page = Client(headers={"host": "localhost"}).get("/en/").content.decode()
        return [f'value="{name}"' in page for name in ("ask", "enter_code")]

    before = shown()
    leave(ben, amina)
    assert shown() == before == [False, True]


def test_why_a_document_is_kept_is_not_printed(cast: Cast, ben: Client, amina: OpenRecord) -> None:  # noqa: F811 - a fixture
    add(ben, amina, a_telling_picture(), why="her uncle sold her")
    [line] = persons_copy._attachments(opened(cast.ben, amina))
    assert "uncle" not in line
    assert line.startswith("Contract or pay slip")


def test_a_summary_names_nobody_by_one_word(cast: Cast, amina: OpenRecord) -> None:  # noqa: F811 - a fixture
    tie = TieState(on=PartialDate.parse("2024"), who="uncle Darmo with the shop", by=cast.ben.id, at=clock.now())
    ecomap.save_state(amina, tie, by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    step = PlanStep(id="1-1", what="copy papers", who="The worker Wulan")
    amina.put(Plan(goals=(Goal(id="1", text="papers", steps=(step,)),)), by=cast.ben.id, at=clock.now())
    person = amina.known(Person) or Person()
    amina.put(person.model_copy(update={"legal_name": "Siti Aminah Rekaan"}), by=cast.ben.id, at=clock.now())
    record = opened(cast.ben, amina)
    for text, named in {
        "Dear Amina, we meet on Monday.": ["amina"],
        "Siti, come on Monday.": ["siti"],
        "darmo will not be there.": ["darmo"],
        "Ask Wulan.": ["wulan"],
        "The worker waits with the papers at the shop of your uncle.": [],
    }.items():
        assert persons_copy.names_in(record, text) == named


def test_a_lead_of_another_team_strikes_no_work(cast: Cast, ben: Client) -> None:  # noqa: F811 - a fixture
    ben.post(reverse("community_work"), TALK)
    [work] = CommunityWork.objects.all()
    acting, at = acting_as(cast.esi), clock.now()
    other = setup.make_team("Tim lain", organisation=work.organisation, by=cast.esi.acting(at=at))
    elsewhere = replace(acting, viewer=replace(acting.viewer, leads=frozenset({other.id})))
    workers.admit(cast.lia.id, team=other.id, fingerprint=worker_fingerprint(cast.lia.id), by=cast.esi.acting(at=at))
    with pytest.raises(NotYours):
        community.strike_work(work.id, by=elsewhere)
    community.strike_work(work.id, by=acting_as(cast.esi))
    work.refresh_from_db()
    assert work.struck


def test_an_unchecked_sentence_says_so(ben: Client, amina: OpenRecord) -> None:  # noqa: F811 - a fixture
    address = reverse("messenger", args=[amina.id])
    for language, is_draft in {"vi": True, "id": False, "en": False}.items():
        ben.post(address, {"sentence": "CALL_BACK", "language": language, "agreed": "on"})
        assert ("Nobody has checked this translation." in ben.get(address).content.decode()) is is_draft


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ring Amina", 1),
        ("Ring Aminanya", 1),
        ("Ring Ami\u200bna", 1),
        ("Ring amin", 0),
        ("Aminasi", 0),
        ("Ring her sister", 0),
    ],
)
def test_a_summary_without_names_holds_none_with_an_ending_or_an_invisible_sign(
    cast: Cast,  # noqa: F811 - a fixture
    text: str,
    names: int,
) -> None:
    record = person_of(cast.ben, cast)
    assert len(persons_copy.names_in(record, text)) == names


@pytest.mark.parametrize("text", ["Ask for Amina", "Ask for Aminanya", "Ask for Ami\u200bna"])
def test_a_message_before_an_acceptance_holds_no_name_in_disguise(cast: Cast, text: str) -> None:  # noqa: F811 - a fixture
    person = person_of(cast.ben, cast)
    referral = sent(person, agreed(person, cast.ben), cast.ben).referral
    address = reverse("write_to_receiver", args=[person.id, referral])
    assert client_of(cast.ben).post(address, {"text": text}).status_code == 400
    assert not Message.objects.exists()
    assert client_of(cast.ben).post(address, {"text": "Which days are you open?"}).status_code == 302, "the control"
