"""Offers of help are records; declining, not offering, not having, refusing and not answering stay apart."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from suar.audit import queries as audit
from suar.cases import offers
from suar.cases.codes import DECLINE_REASONS, OFFER_OUTCOMES, OfferOutcome
from suar.cases.documents.follow_ups import Offer, OfferWords
from suar.cases.offers import OfferLine
from suar.cases.queries import get_document
from suar.cases.rules import offers as rules
from suar.consent import declined_services
from suar.consent.documents import SafeContact, Tasks
from suar.core import clock
from suar.core.ids import short_code
from suar.core.refusals import Conflict, NotYours, Refused
from suar.core.small_counts import count_at_least, past_year
from suar.demo.cast import Cast
from suar.records import actions as records
from suar.records import keyring
from suar.records.keyring import OpenRecord
from suar.records.models import Record, Value
from suar.records.terms import Compartment
from suar.referrals import matching, queries
from suar.referrals.codes import Verb
from tests.people import CLINIC, LEGAL_AID, acting_as, agreed, client_of, person_of, refresh, sent


def record(client: Client, person: OpenRecord, **typed: str) -> Any:
    return client.post(reverse("offers", args=[person.id]), {"kind": "JUS_WAGES", "outcome": "DECLINED", **typed})


def an_offer(outcome: OfferOutcome, **facts: Any) -> Offer:
    """Return an offer of today."""
    return Offer(service_type="JUS_WAGES", outcome=outcome, on=clock.today(), by=uuid4(), at=clock.now(), **facts)


def lines(cast: Cast, person: OpenRecord) -> list[OfferLine]:
    refresh(person, cast.ben)
    return offers.list_offers(person, queries.sent_for(person))


def outcomes(cast: Cast, person: OpenRecord) -> list[str | None]:
    return [line.outcome for line in lines(cast, person)]


def new_offer(cast: Cast, **facts: Any) -> Offer:
    usual = {"service_type": "JUS_WAGES", "outcome": OfferOutcome.DECLINED, "on": clock.today()}
    return Offer(by=cast.ben.id, at=clock.now(), **{**usual, **facts})


def form_of(client: Client, person: OpenRecord, key: str, **typed: str) -> dict[str, str]:
    """Return the form of an offer as the page shows it, with what is typed."""
    form = client.get(reverse("offer", args=[person.id, key])).context["form"]
    return {bound.html_name: str(bound.value() or "") for bound in form} | typed


# Recording


def test_a_plain_no_takes_three_touches_and_two_from_the_options(ben: Client, amina: OpenRecord) -> None:
    overview = ben.get(reverse("person", args=[amina.id])).content.decode()
    assert reverse("offers", args=[amina.id]) in overview, "the first touch"
    page = ben.get(reverse("offers", args=[amina.id])).content.decode()
    assert 'name="kind" value="JUS_WAGES"' in page, "the second"
    assert 'name="outcome" value="DECLINED"' in page, "the third"
    assert (
        f"{reverse('offers', args=[amina.id])}?kind=JUS_WAGES"
        in ben.get(reverse("options", args=[amina.id])).content.decode()
    )
    chosen = ben.get(reverse("offers", args=[amina.id]), {"kind": "JUS_WAGES"}).context["form"]
    assert chosen["kind"].value() == "JUS_WAGES"


def test_every_outcome_is_recorded_in_its_own_words(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    for outcome in OfferOutcome:
        assert record(ben, amina, outcome=outcome).status_code == 302
    assert set(outcomes(cast, amina)) == set(OfferOutcome)
    page = ben.get(reverse("offers", args=[amina.id])).content.decode()
    labels = [OFFER_OUTCOMES.label(outcome) for outcome in OfferOutcome]
    assert len(set(labels)) == len(labels) == len(OFFER_OUTCOMES)
    for label in labels:
        assert f"{label}: 1" in page
    for side, [*codes] in ben.get(reverse("offers", args=[amina.id])).context["sides"]:
        assert side
        assert codes


def test_an_offer_is_sealed_and_its_words_are_not_among_the_codes(cast: Cast, amina: OpenRecord) -> None:
    words = OfferWords(service=LEGAL_AID, words="we could ask about pay", would_change="if nobody calls her boss")
    key = offers.record_offer(amina, new_offer(cast, reasons=("DC_STIGMA",)), words, by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    coded = amina.read(Compartment.CODED, f"offer-{key}")
    assert coded is not None
    assert not {"words", "would_change", "service", "safe_way"} & coded.keys()
    assert str(LEGAL_AID) not in str(coded)
    sealed = b"".join(bytes(row.sealed) for row in Value.objects.filter(record=amina.id))
    assert b"DC_STIGMA" not in sealed
    assert b"ask about pay" not in sealed
    assert not Offer.storage.shareable


def test_a_kind_of_help_is_needed_and_a_wrong_one_is_refused(ben: Client, amina: OpenRecord) -> None:
    assert record(ben, amina, kind="").status_code == 400
    assert record(ben, amina, kind="NONSENSE").status_code == 400
    assert record(ben, amina, outcome="NONSENSE").status_code == 400
    assert record(ben, amina, kind="", other="HEA_GENERAL").status_code == 302


def test_the_same_form_sent_twice_is_one_offer(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    form = {"form_id": "0190c0de-0000-7000-8000-000000000001"}
    for _ in range(2):
        assert record(ben, amina, **form).status_code == 302
    assert len(lines(cast, amina)) == 1


# What fits together


@pytest.mark.parametrize(
    ("outcome", "reasons", "because"),
    [
        (OfferOutcome.DECLINED, (), ""),
        (OfferOutcome.DECLINED, ("DC_STIGMA", "DP_JOB_NOW", "DS_PLACE"), ""),
        (OfferOutcome.DECLINED, ("DX_NO_REASON",), ""),
        (OfferOutcome.DECLINED, ("DX_NO_REASON", "DC_STIGMA"), "reason_twice"),
        (OfferOutcome.DECLINED, ("DC_STIGMA", "DC_STIGMA"), "reason_twice"),
        (OfferOutcome.DECLINED, ("DC_STIGMA", "DP_JOB_NOW", "DS_PLACE", "DS_RULES"), "reason_twice"),
        (OfferOutcome.DECLINED, ("DS_PROVIDER_REFUSED",), "provider_refused"),
        (OfferOutcome.REFUSED_BY_PROVIDER, ("DC_STIGMA",), "no_reason_here"),
        (OfferOutcome.NOT_OFFERED, ("DC_STIGMA",), "no_reason_here"),
        (OfferOutcome.DECLINED, ("DP_STILL_CONTROLLED",), "not_free"),
        (OfferOutcome.DECLINED_NOT_FREE, ("DP_STILL_CONTROLLED",), ""),
        (OfferOutcome.DECLINED, ("UNHEARD_OF",), "reason_needed"),
    ],
)
def test_reasons_fit_the_outcome(outcome: OfferOutcome, reasons: tuple[str, ...], because: str) -> None:
    today = clock.today()
    decision = rules.may_record_offer(an_offer(outcome, reasons=reasons), today=today)
    assert decision.because == because


@pytest.mark.parametrize(
    ("way", "days", "because"),
    [
        ("MEET", 3, ""),
        ("CALL", 3, ""),
        ("", 3, "again_not_agreed"),
        ("NEVER", 3, "again_not_agreed"),
        ("THEY_COME", 3, "again_not_agreed"),
        ("MEET", 0, "new_date_needed"),
    ],
)
def test_an_offer_is_repeated_only_if_the_person_agrees(way: str, days: int, because: str) -> None:
    today = clock.today()
    day = today + timedelta(days=days)
    offer = an_offer(OfferOutcome.POSTPONED, again_on=day, recontact=way)
    decision = rules.may_record_offer(offer, today=today)
    assert decision.because == because


def test_every_reason_has_a_part_and_a_response() -> None:
    assert len(DECLINE_REASONS) == 46
    for reason in DECLINE_REASONS.members:
        assert reason["addressable"] in ("yes", "partly", "none")
        assert set(reason["response"]) == {"en", "id"}


def test_an_unsafe_way_to_ask_again_is_neither_offered_nor_stored(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    contact = amina.get(SafeContact) or SafeContact()
    safe = contact.model_copy(update={"no_calls": True})
    amina.put(safe, by=cast.ben.id, at=clock.now())
    refresh(amina, cast.ben)
    key = offers.record_offer(amina, new_offer(cast), by=acting_as(cast.ben))
    form = ben.get(reverse("offer", args=[amina.id, key])).context["form"]
    assert "CALL" not in dict(form.fields["recontact"].choices)
    assert "VISIT" in dict(form.fields["recontact"].choices), "positive control"
    with pytest.raises(Refused):
        offers.record_offer(amina, new_offer(cast, recontact="CALL"), by=acting_as(cast.ben))


def test_a_closed_record_takes_no_offer(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    records.close(amina.id)
    page = record(ben, amina)
    assert page.status_code == 400
    assert lines(cast, amina) == []


# A decline and all other help


def test_a_decline_changes_nothing_for_any_other_service(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    before = matching.find_options(amina)
    record(ben, amina)
    offers.record_offer(amina, new_offer(cast, service_type="HEA_GENERAL"), by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    assert matching.find_options(amina) == before
    words = OfferWords(service=LEGAL_AID)
    offers.record_offer(amina, new_offer(cast, reasons=("DS_RULES",)), words, by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    after = matching.find_options(amina)
    changed = [
        (old, new)
        for one, other in zip(before["needs"], after["needs"], strict=True)
        for old, new in zip(one["best"] + one["more"], other["best"] + other["more"], strict=True)
        if old != new
    ]
    [(old, new)] = changed
    assert old["card"].id == new["card"].id == LEGAL_AID, "only the declined service is marked, and stays listed"
    assert {**old, "declined_on": clock.today()} == new


def test_a_decline_that_was_not_free_opens_a_safety_review(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    record(ben, amina, outcome="DECLINED_NOT_FREE")
    refresh(amina, cast.ben)
    [task] = (amina.get(Tasks) or Tasks()).open
    assert (task.kind, task.due) == ("SAFETY_REVIEW", clock.today())
    assert [row.id for row in ben.get(reverse("day")).context["due"]] == [amina.id]
    page = ben.get(reverse("offers", args=[amina.id])).content.decode()
    assert reverse("finish_task", args=[amina.id, task.id]) in page
    assert "SAFETY_REVIEW" not in ben.get(reverse("person", args=[amina.id])).context["task_form"].as_p(), "not by hand"


# Repeating


def test_an_offer_is_due_again_as_agreed_and_repeated_in_one_touch(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    day = clock.today() + timedelta(days=30)
    words = OfferWords(service=LEGAL_AID)
    postponed = new_offer(cast, outcome=OfferOutcome.POSTPONED, recontact="MEET", again_on=day)
    key = offers.record_offer(amina, postponed, words, by=acting_as(cast.ben))
    assert ben.get(reverse("offers", args=[amina.id])).context["again"] == []
    with clock.shifted(timedelta(days=30)):
        ben = client_of(cast.ben)
        assert [row.id for row in ben.get(reverse("day")).context["due"]] == [amina.id]
        [item] = ben.get(reverse("offers", args=[amina.id])).context["again"]
        assert item["line"].key == key
        late = form_of(ben, amina, key, words="she may want it now")
        assert ben.post(reverse("offer", args=[amina.id, key]), late).status_code == 302, "the agreed day has come"
        [item] = ben.get(reverse("offers", args=[amina.id])).context["again"]
        key = item["line"].key
        assert ben.post(reverse("offers", args=[amina.id]), {"follows": key, "outcome": "ACCEPTED"}).status_code == 302
        again = lines(cast, amina)[0]
        assert (again.outcome, again.types, again.service) == (OfferOutcome.ACCEPTED, ("JUS_WAGES",), LEGAL_AID)
        assert (amina.get(Tasks) or Tasks()).open == []
        assert ben.get(reverse("offers", args=[amina.id])).context["again"] == []
        undo = {"what": "offer", "key": again.key}
        assert ben.post(reverse("undo", args=[amina.id]), undo).status_code == 302
        assert ben.get(reverse("offers", args=[amina.id])).context["again"], "it is due again"
        refresh(amina, cast.ben)
        assert len((amina.get(Tasks) or Tasks()).open) == 1


# Correcting


def test_a_correction_keeps_both_versions(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    record(ben, amina)
    key = lines(cast, amina)[0].key
    typed = {"reason": "DP_JOB_NOW", "second": "DS_PLACE", "service": str(LEGAL_AID), "words": "shall we ask"}
    assert ben.post(reverse("offer", args=[amina.id, key]), form_of(ben, amina, key, **typed)).status_code == 302
    [line] = lines(cast, amina)
    assert line.offer
    assert line.offer.reasons == ("DP_JOB_NOW", "DS_PLACE"), "the main reason comes first"
    assert [former.reasons for former in line.former] == [()]
    assert declined_services.declined_on(amina) == {LEGAL_AID: clock.today()}
    page = ben.get(reverse("offers", args=[amina.id])).content.decode()
    assert "Short or evening services" in page, "what the service can do"
    assert ben.get(reverse("offer", args=[amina.id, key])).status_code == 302, "an old address leads to the newest"
    again = ben.get(reverse("offer", args=[amina.id, line.key])).content.decode()
    assert "Do not ask again" in again


def test_two_workers_who_correct_one_offer_see_both(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    record(ben, amina)
    key = lines(cast, amina)[0].key
    esi = client_of(cast.esi)
    mine = form_of(ben, amina, key, reason="DC_STIGMA")
    theirs = form_of(esi, amina, key, reason="DS_RULES")
    assert esi.post(reverse("offer", args=[amina.id, key]), theirs).status_code == 302
    page = ben.post(reverse("offer", args=[amina.id, key]), mine)
    assert page.status_code == 409
    assert DECLINE_REASONS.label("DS_RULES") in page.content.decode()
    assert page.context["form"]["reason"].value() == "DC_STIGMA", "nothing typed is lost"
    newest = page.context["offer"]
    assert ben.post(reverse("offer", args=[amina.id, newest]), mine).status_code == 302
    [line] = lines(cast, amina)
    assert [former.reasons for former in line.former] == [("DS_RULES",), ()]
    with pytest.raises(Conflict):
        offers.correct_offer(amina, key, new_offer(cast, on=clock.today()), OfferWords(), by=acting_as(cast.ben))


def test_a_correction_is_undone_to_the_version_before(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    day = clock.today() + timedelta(days=9)
    first = new_offer(cast, recontact="MEET", again_on=day)
    key = offers.record_offer(amina, first, OfferWords(service=CLINIC, words="a doctor"), by=acting_as(cast.ben)) or ""
    refresh(amina, cast.ben)
    accepted = new_offer(cast, outcome=OfferOutcome.ACCEPTED)
    newer = offers.correct_offer(amina, key, accepted, OfferWords(service=CLINIC), by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    assert (amina.get(Tasks) or Tasks()).open == []
    assert declined_services.declined_on(amina) == {}
    undone = ben.post(reverse("undo", args=[amina.id]), {"what": "offer", "key": newer})
    assert undone.url == reverse("offers", args=[amina.id]) + "#saved"
    [line] = lines(cast, amina)
    assert (line.key, line.outcome) == (key, OfferOutcome.DECLINED)
    assert [task.due for task in (amina.get(Tasks) or Tasks()).open] == [day]
    assert ben.post(reverse("undo", args=[amina.id]), {"what": "offer", "key": key}).status_code == 302
    assert lines(cast, amina) == []
    assert (amina.get(Tasks) or Tasks()).open == []
    with pytest.raises(NotYours):
        get_document(amina, Offer, key)
    assert ben.get(reverse("offer", args=[amina.id, key])).status_code == 404


def test_what_does_not_fit_stays_in_the_form(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    record(ben, amina)
    key = lines(cast, amina)[0].key
    for wrong, name in (
        ({"reason": "DS_PROVIDER_REFUSED"}, "reason"),
        ({"on": str(clock.today() + timedelta(days=1))}, "on"),
        ({"again_on": str(clock.today() + timedelta(days=1))}, "again_on"),
    ):
        page = ben.post(reverse("offer", args=[amina.id, key]), form_of(ben, amina, key, words="kept", **wrong))
        assert page.status_code == 400
        assert list(page.context["form"].errors) == [name]
        assert page.context["form"]["words"].value() == "kept"
    assert len(lines(cast, amina)) == 1


# What follows from referrals and consents


@dataclass(frozen=True)
class Step:
    verb: str
    reason: str = ""


@pytest.mark.parametrize(
    ("verbs", "late", "outcome"),
    [
        ([Verb.SEND], False, None),
        ([Verb.SEND], True, OfferOutcome.NO_REPLY),
        ([Verb.SEND, Verb.RECALL], False, OfferOutcome.NO_REPLY),
        ([Verb.SEND, Verb.LAPSE], False, OfferOutcome.NO_REPLY),
        ([Verb.SEND, Verb.DECLINE], False, OfferOutcome.REFUSED_BY_PROVIDER),
        ([Verb.SEND, Verb.ACCEPT, Verb.DECLINE, Verb.CLOSE_UNMET], False, OfferOutcome.REFUSED_BY_PROVIDER),
        ([Verb.SEND, Verb.DECLINE_BY_PERSON], False, OfferOutcome.DECLINED),
        ([Verb.SEND, Verb.WITHDRAW, Verb.CLOSE_CHOICE], False, OfferOutcome.DECLINED),
        ([Verb.SEND, Verb.ACCEPT, Verb.START, Verb.WITHDRAW], False, OfferOutcome.DROPPED_OUT),
        ([Verb.SEND, Verb.ACCEPT], True, OfferOutcome.ACCEPTED),
        ([Verb.SEND, Verb.ACCEPT, Verb.TRY_CONTACT, Verb.GIVE_UP_CONTACT], False, OfferOutcome.NO_REPLY),
        ([Verb.SEND, Verb.ACCEPT, Verb.START, Verb.COMPLETE, Verb.GIVE_FEEDBACK], False, OfferOutcome.ACCEPTED),
    ],
)
def test_a_referral_says_what_came_of_the_offer(verbs: list[Verb], late: bool, outcome: OfferOutcome | None) -> None:
    assert rules.outcome_of_referral([Step(verb) for verb in verbs], late=late) == outcome


def test_help_that_the_provider_ended_was_not_left_by_the_person() -> None:
    begun = [Step(Verb.SEND), Step(Verb.ACCEPT), Step(Verb.START)]
    for reason, outcome in (
        ("EE_PERSON_STOPPED", OfferOutcome.DROPPED_OUT),
        ("EE_SERVICE_ENDED", OfferOutcome.ACCEPTED),
        ("EE_NEED_MET", OfferOutcome.ACCEPTED),
    ):
        assert rules.outcome_of_referral([*begun, Step(Verb.END_EARLY, reason)], late=False) is outcome


def test_a_refusal_by_a_provider_is_listed_as_such_and_never_as_declined(
    cast: Cast, ben: Client, amina: OpenRecord
) -> None:
    made = sent(amina, agreed(amina, cast.ben), cast.ben)
    assert outcomes(cast, amina) == [None]
    form = {"verb": "decline", "reason": "RF_NO_PLACE"}
    client_of(cast.chioma).post(reverse("answer_referral", args=[made.referral]), form)
    assert outcomes(cast, amina) == [OfferOutcome.REFUSED_BY_PROVIDER]
    page = ben.get(reverse("offers", args=[amina.id]))
    assert page.context["counts"] == [(OFFER_OUTCOMES.label("REFUSED_BY_PROVIDER"), 1)]
    assert reverse("referral_sent", args=[amina.id, made.referral]) in page.content.decode()


def test_a_no_on_the_consent_page_is_listed_once_also_after_a_later_yes(
    cast: Cast, ben: Client, amina: OpenRecord
) -> None:
    ben.post(reverse("consent_for", args=[amina.id, LEGAL_AID]), {"answer": "no"})
    assert outcomes(cast, amina) == [OfferOutcome.DECLINED]
    offers.record_offer(amina, new_offer(cast), OfferWords(service=LEGAL_AID), by=acting_as(cast.ben))
    assert outcomes(cast, amina) == [OfferOutcome.DECLINED], "the same no with its reasons is one offer"
    with clock.shifted(timedelta(days=3)):
        ben = client_of(cast.ben)
        ben.post(reverse("consent_for", args=[amina.id, CLINIC]), {"answer": "no"})
        agreed(keyring.open_record(amina.id, keys=cast.ben.keys), cast.ben, service=CLINIC)
        refresh(amina, cast.ben)
        assert CLINIC not in declined_services.declined_on(amina)
        assert len(lines(cast, amina)) == 2, "a decline that was taken back stays in the list"


# Who sees what


def test_an_offer_stands_on_the_timeline_and_not_in_another_record(cast: Cast, ben: Client, amina: OpenRecord) -> None:
    record(ben, amina)
    [event] = [
        event for event in ben.get(reverse("person", args=[amina.id])).context["events"] if event.kind == "offer"
    ]
    assert event.mark == "declined"
    key = lines(cast, amina)[0].key
    other = client_of(cast.chioma)
    for path in (reverse("offers", args=[amina.id]), reverse("offer", args=[amina.id, key])):
        assert other.get(path).status_code == 404
        assert other.post(path, {"kind": "JUS_WAGES", "outcome": "DECLINED"}).status_code == 404
    assert ben.get(reverse("offer", args=[amina.id, UUID(int=7)])).status_code == 404


# Counting


def five_with(cast: Cast, person: OpenRecord) -> list[OpenRecord]:
    return [person, *(person_of(cast.ben, cast, name=f"Rekaan {number}") for number in range(4))]


def kept(cast: Cast, person: OpenRecord, outcome: OfferOutcome, times: int, **facts: Any) -> None:
    for _ in range(times):
        offer = new_offer(cast, outcome=outcome, on=past_year(clock.today())[0] + timedelta(days=40), **facts)
        offers.record_offer(person, offer, by=acting_as(cast.ben))


def test_counts_are_rounded_down_and_small_ones_are_not_shown(cast: Cast, esi: Client, amina: OpenRecord) -> None:
    kept(cast, amina, OfferOutcome.DECLINED, 1, reasons=("DC_STIGMA",))
    for number, person in enumerate(five_with(cast, amina)):
        kept(cast, person, OfferOutcome.DECLINED, 1, reasons=("DC_STIGMA",))
        kept(cast, person, OfferOutcome.REFUSED_BY_PROVIDER, 1)
        kept(cast, person, OfferOutcome.NOT_OFFERED, min(number, 1))
    offers.record_offer(amina, new_offer(cast, outcome=OfferOutcome.NOT_OFFERED), by=acting_as(cast.ben))
    page = esi.get(reverse("offer_statistics"))
    counted = page.context["counted"]
    outcomes = {code.code: count for code, count in counted["by_outcome"]}
    assert len(outcomes) == len(OfferOutcome), "each outcome has a line of its own"
    assert {code: count for code, count in outcomes.items() if count} == {"DECLINED": 5, "REFUSED_BY_PROVIDER": 5}
    assert [(code.code, count) for code, count in counted["by_reason"]] == [("DC_STIGMA", 5)]
    [row] = counted["by_type"]
    assert [count for count in row.counts if count] == [5, 5]
    assert row.all is None
    text = page.content.decode()
    assert "Amina" not in text
    assert short_code(amina.id) not in text
    assert "count_offers" in [act.verb for act in audit.acts_about(amina.id)], "the counting is in the log"


def test_what_was_offered_to_one_person_often_is_never_a_count(cast: Cast, esi: Client, amina: OpenRecord) -> None:
    kept(cast, amina, OfferOutcome.DECLINED, 7, reasons=("DC_STIGMA",))
    for person in five_with(cast, amina)[:4]:
        kept(cast, person, OfferOutcome.DECLINED, 2, reasons=("DC_STIGMA",))
    counted = esi.get(reverse("offer_statistics")).context["counted"]
    assert not any(count for _, count in counted["by_outcome"])
    assert (counted["by_type"], counted["by_reason"]) == ([], [])


def test_a_kind_of_help_of_five_people_has_a_total_if_no_outcome_has(
    cast: Cast, esi: Client, amina: OpenRecord
) -> None:
    for number, person in enumerate(five_with(cast, amina)):
        kept(cast, person, OfferOutcome.DECLINED if number else OfferOutcome.ACCEPTED, 1)
    [row] = esi.get(reverse("offer_statistics")).context["counted"]["by_type"]
    assert (set(row.counts), row.all) == ({None}, 5)


def test_a_restricted_record_is_not_counted(cast: Cast, esi: Client, amina: OpenRecord) -> None:
    for person in five_with(cast, amina):
        kept(cast, person, OfferOutcome.DECLINED, 1)
    assert esi.get(reverse("offer_statistics")).context["counted"]["by_type"], "positive control"
    Record.objects.filter(id=amina.id).update(restricted=True)
    counted = esi.get(reverse("offer_statistics")).context["counted"]
    assert not any(count for _, count in counted["by_outcome"])


def test_only_a_lead_sees_the_counts(ben: Client) -> None:
    assert ben.get(reverse("offer_statistics")).status_code == 404


@given(st.lists(st.tuples(st.frozensets(st.integers(1, 9), max_size=2), st.sampled_from("abcdef")), max_size=60))
def test_no_count_of_one_to_four_people_is_ever_shown(events: list[tuple[frozenset[int], str]]) -> None:
    shown = count_at_least(events)
    for value in "abcdef":
        had = [people for people, other in events if other == value]
        count = shown.get(value, 0)
        assert count % 5 == 0
        assert bool(count) is (len(had) >= 5 and len(frozenset().union(*had)) >= 5)
        assert not count or 5 <= count <= len(had) < count + 5
