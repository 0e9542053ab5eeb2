"""Offers recorded from the needs that a talk found."""

from django.urls import reverse

from suar.demo.cast import Cast
from tests.screening.conversing import KEPT, UNABLE, Conversation

TRIED = {"": "YES", "-acted": "TRIED"}


def test_needs_that_the_same_service_meets_are_one_choice(cast: Cast) -> None:
    talk = Conversation.begun_by(cast.ben)
    needed = {f"n-{need}{what}": value for need in ("ND_PAIN", "ND_MEDICAL") for what, value in TRIED.items()}
    talk.walk(NEEDS=needed)
    person = talk.end(**UNABLE, **KEPT)["Location"].split("/")[2]
    form = talk.client.get(reverse("offers", args=[person]), {"kind": "HEA_EMERGENCY"}).context["form"]
    assert [code for code, _ in form.fields["kind"].choices] == ["HEA_EMERGENCY"]
    assert " · " in form.fields["kind"].choices[0][1]
    assert (form["kind"].value(), form["other"].value()) == ("HEA_EMERGENCY", "")
