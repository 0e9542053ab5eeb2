"""The person gets a copy of each consent: the sentence that was read, in its language, and how to withdraw."""

from datetime import timedelta

from django.urls import reverse

from suar.consent import queries as consents
from suar.consent import wording
from suar.consent.codes import Field
from suar.consent.models import Consent
from suar.records import keyring
from suar.referrals import sending
from tests.people import LEGAL_AID, acting_as, agreed, client_of, refresh
from tests.referrals.test_pages import asked_form


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


def test_a_copy_says_later_what_was_read(amina, ben, monkeypatch):
    form = asked_form(ben, amina) | {"language": "id"}
    ben.post(reverse("consent_for", args=[amina.id, LEGAL_AID]), form)
    given = Consent.objects.get(record=amina.id).id
    before = copy_of(ben, amina, given).context["copy"]["sentence"]
    monkeypatch.setitem(wording.SPOKEN, "sentence", {"en": "Edited: {recipient}", "id": "Diubah: {recipient}"})
    assert copy_of(ben, amina, given).context["copy"]["sentence"] == before
    assert "Diubah" not in before


def test_the_copy_of_a_consent_without_a_stored_sentence_or_narrowed_is_composed(cast, amina, ben):
    consent = agreed(amina, cast.ben)
    document = consents.get_consent(amina, consent).document
    assert document.sentence == ""
    assert copy_of(ben, amina, consent).context["copy"]["sentence"]
    by = acting_as(cast.ben)
    read = document.model_copy(update={"sentence": "what was read"})
    amina.put(read, key=f"{consent}", by=by.worker, at=by.at)
    assert copy_of(ben, amina, consent).context["copy"]["sentence"] == "what was read"
    ends_on = document.ends_on - timedelta(days=1)
    fields = document.fields - {Field.SAFE_CONTACT}
    sending.narrow_consent(
        keyring.open_record(amina.id, keys=cast.ben.keys),
        consent,
        fields=fields,
        ends_on=ends_on,
        by=acting_as(cast.ben),
    )
    sentence = copy_of(ben, amina, consent).context["copy"]["sentence"]
    assert wording.spoken_date(ends_on, language="en") in sentence
