"""The person gets a copy of each consent: the sentence that was read, in its language, and how to withdraw."""

from django.urls import reverse

from suar.consent import queries as consents
from suar.consent import wording
from suar.referrals import sending
from tests.people import acting_as, agreed, client_of, refresh


def copy_of(client, record, consent):
    return client.get(reverse("consent_copy", args=[record.id, consent]))


def test_the_copy_says_what_was_agreed_in_the_language_of_the_consent(cast, amina, ben):
    consent = agreed(amina, cast.ben)
    assert (
        reverse("consent_copy", args=[amina.id, consent])
        in ben.get(reverse("person", args=[amina.id])).content.decode()
    )
    page = copy_of(ben, amina, consent)
    given, copy = consents.get_consent(amina, consent), page.context["copy"]
    assert copy["language"] == given.document.language == "en"
    assert wording.spoken_date(given.facts.ends_on, language="en") in copy["sentence"]
    assert copy["explained"] == wording.text("before", language="en", version=1)
    assert copy["sentence"] in page.content.decode()
    assert "Amina" not in copy["sentence"]
    assert "000-0000-7741" not in page.content.decode()


def test_the_copy_of_a_withdrawn_consent_says_so(cast, amina, ben):
    consent = agreed(amina, cast.ben)
    assert "Withdrawn on" not in copy_of(ben, amina, consent).content.decode()
    sending.withdraw_consent(amina, consent, by=acting_as(cast.ben))
    refresh(amina, cast.ben)
    assert "Withdrawn on" in copy_of(ben, amina, consent).content.decode()


def test_only_who_holds_the_record_gets_a_copy(cast, amina, ben, chioma):
    consent = agreed(amina, cast.ben)
    for client in (chioma, client_of(cast.lia)):
        assert copy_of(client, amina, consent).status_code == 404
