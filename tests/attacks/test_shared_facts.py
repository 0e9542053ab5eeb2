"""Facts that another organisation shared protect the person too: the name on papers, and the age."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from suar.consent import actions as consents
from suar.consent.codes import AgeStatus, Field, Guardian, HowGiven, Interpretation, Involvement, Purpose, RecipientKind
from suar.consent.documents import Profile
from suar.consent.rules import ChildFacts, Proposal
from suar.contact.models import Request
from suar.core import clock
from suar.core.urgency import Urgency
from suar.demo.cast import PELITA, Cast
from suar.records.keyring import OpenRecord
from suar.referrals import disclosure, sending
from suar.referrals.disclosure import Offer
from tests.cases.test_case_pages import plan as save_plan
from tests.cases.test_plan_pages import answer
from tests.cast import amina, cast, chioma, handover, world  # noqa: F401 - fixtures
from tests.contact.test_summaries import TYPED
from tests.people import LEGAL_AID, Thread, acting_as, refresh

AGE = frozenset({Field.CALLED_NAME, Field.SAFE_CONTACT, Field.AGE_BAND})


@pytest.mark.parametrize(("words", "status"), [("Amina, come on Monday.", 400), ("Come on Monday.", 200)])
def test_a_summary_does_not_say_the_name_that_another_organisation_shared(
    chioma: Client,  # noqa: F811 - a fixture
    handover: Thread,  # noqa: F811 - a fixture
    words: str,
    status: int,
) -> None:
    page = chioma.post(reverse("summary", args=[handover.case]), {**TYPED, "words": words})
    assert page.status_code == status
    assert Request.objects.exists() is (status == 200)


@pytest.mark.parametrize(("pocket", "status"), [("Amina 000", 400), ("000 5101", 302)])
def test_a_pocket_copy_does_not_say_the_name_that_another_organisation_shared(
    chioma: Client,  # noqa: F811 - a fixture
    handover: Thread,  # noqa: F811 - a fixture
    pocket: str,
    status: int,
) -> None:
    typed = {"what_to_do": "to the neighbour", "copy_for_person": "POCKET", "pocket": pocket, "version": 0}
    page = chioma.post(
        reverse("change_safety_plan", args=[handover.case]),
        {**typed, "review_on": str(clock.today() + timedelta(days=14))},
    )
    assert page.status_code == status


@pytest.fixture
def case_of_a_child(cast: Cast, amina: OpenRecord, chioma: Client) -> UUID:  # noqa: F811 - fixtures
    """Return Chioma's case of a child, whose age only the organisation that sent her knows."""
    profile = (amina.get(Profile) or Profile()).model_copy(
        update={"age": 15, "age_band": "FROM_15_TO_17", "age_status": AgeStatus.CHILD}
    )
    amina.put(profile, by=cast.ben.id, at=clock.now())
    child = ChildFacts(age=AgeStatus.CHILD, assent=True, guardian=Guardian.CONSENTED, involvement=Involvement.NO_SIGN)
    proposal = Proposal(
        recipient=LEGAL_AID,
        recipient_kind=RecipientKind.LEGAL,
        purpose=Purpose.SERVICE,
        fields=AGE,
        ends_on=clock.today() + timedelta(days=90),
        how=HowGiven.SPOKEN,
        language="en",
        interpretation=Interpretation.NOT_NEEDED,
        understood=True,
        informed_of_refusal=True,
        informed_of_withdrawal=True,
        child=child,
        by=cast.ben.id,
        given_on=clock.today(),
        text_version=1,
    )
    consent = consents.record_consent(amina, proposal, by=acting_as(cast.ben))
    assert consent is not None
    refresh(amina, cast.ben)
    offer = Offer(
        service=LEGAL_AID,
        service_name="Legal aid",
        consent=consent,
        urgency=Urgency.WEEK,
        receiving_organisation=PELITA,
        preview=disclosure.preview(amina, AGE, types=[], urgency=Urgency.WEEK),
        shared=disclosure.shared_values(amina, AGE, types=[]),
    )
    made = sending.send(amina, offer, by=acting_as(cast.ben))
    assert made is not None
    page = chioma.post(reverse("accept_referral", args=[made.referral]))
    return UUID(page["Location"].rpartition("/")[2])


def plan(client: Client, case: UUID) -> None:
    assert save_plan(client, case).status_code == 302  # type: ignore[no-untyped-call]  # a helper without types


def say_yes(client: Client, case: UUID, **typed: str) -> Any:
    return answer(client, case, **typed)  # type: ignore[no-untyped-call]  # a helper without types


def test_the_guardian_of_a_child_is_asked_whose_age_another_organisation_shared(
    chioma: Client,  # noqa: F811 - a fixture
    case_of_a_child: UUID,
) -> None:
    plan(chioma, case_of_a_child)
    assert say_yes(chioma, case_of_a_child).status_code == 400
    assert not chioma.get(reverse("plan", args=[case_of_a_child])).context["agreements"]
    assert say_yes(chioma, case_of_a_child, guardian="consented").status_code == 302
