"""The receiver sees the same page after every withdrawal, without its reason or author."""

import pytest
from django.urls import reverse

from suar.accounts.models import Worker
from suar.cases.models import Case
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.directory import providers
from suar.records import keyring
from suar.referrals import sending
from tests.people import LEGAL_AID, acting_as, agreed, bare, client_of, person_of, sent

BY_THE_PERSON = ("person took", "their yes", "Orangnya menarik")


def path(name, *ids):
    return reverse(name, args=ids)


def exclude_receiver(cast, record, consent):
    """Exclude the organisation that received the share."""
    name = next(iter(providers.provider_names(providers.provider_identities(LEGAL_AID))))
    sending.record_exclusions(
        keyring.open_record(record.id, keys=cast.ben.keys),
        [NewExclusion(ExclusionKind.ORGANISATION, name)],
        by=acting_as(cast.ben),
    )


def withdraw_consent(cast, record, consent):
    """Withdraw the consent for the person."""
    sending.withdraw_consent(record, consent, by=acting_as(cast.ben), reason="a wish")


def pages_after_end(cast, end, *, accepted):
    """End a share and return the pages that the receiver sees then."""
    chioma = client_of(cast.chioma)
    record = person_of(cast.ben, cast)
    consent = agreed(record, cast.ben)
    referral = sent(record, consent, cast.ben).referral
    urls = [path("inbox_item", referral)]
    if accepted:
        chioma.post(path("accept_referral", referral))
        urls.append(path("person", Case.objects.get(referral=referral).record))
    end(cast, record, consent)
    responses = [(chioma.get(url), url) for url in urls]
    refused = chioma.post(path("answer_referral", referral), {"verb": "acknowledge"})
    day = chioma.get(path("day")).content.decode()
    bodies = [bare(page.content, asked=url.rsplit("/", 1)[1]) for page, url in responses]
    return [item.decode() for item in bodies], refused.content.decode(), day


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("end", [withdraw_consent, exclude_receiver])
def test_the_receiver_does_not_learn_that_the_person_withdrew(cast, end, language):
    Worker.objects.filter(id=cast.chioma.id).update(language=language)
    pages, refused, day = pages_after_end(cast, end, accepted=True)
    expected = {"en": "Consent withdrawn", "id": "Persetujuan dicabut"}[language]
    for page in (*pages, refused, day):
        assert expected in page, "positive control"
        assert not [words for words in BY_THE_PERSON if words in page]


def test_the_item_looks_the_same_whoever_ended_it(cast):
    by_list, _, _ = pages_after_end(cast, exclude_receiver, accepted=False)
    by_wish, _, _ = pages_after_end(cast, withdraw_consent, accepted=False)
    assert by_list == by_wish
