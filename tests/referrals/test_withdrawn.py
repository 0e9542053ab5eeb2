"""A house reads the same of every yes that was taken back, and nothing of why or by whom."""

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


def kept_away(cast, record, consent):
    """Put the house that holds the share on the person's list."""
    house = next(iter(providers.provider_names(providers.provider_identities(LEGAL_AID))))
    sending.record_exclusions(
        keyring.open_record(record.id, keys=cast.ben.keys),
        [NewExclusion(ExclusionKind.ORGANISATION, house)],
        by=acting_as(cast.ben),
    )


def taken_back(cast, record, consent):
    """Take the yes back as the person wishes."""
    sending.withdraw_consent(record, consent, by=acting_as(cast.ben), reason="a wish")


def shown_to_the_house(cast, end, *, accepted):
    """Let a share end and give what the house reads of it then."""
    chioma = client_of(cast.chioma)
    record = person_of(cast.ben, cast)
    consent = agreed(record, cast.ben)
    referral = sent(record, consent, cast.ben).referral
    pages = [path("inbox_item", referral)]
    if accepted:
        chioma.post(path("accept_referral", referral))
        pages.append(path("person", Case.objects.get(referral=referral).record))
    end(cast, record, consent)
    told = [(chioma.get(page), page) for page in pages]
    refused = chioma.post(path("answer_referral", referral), {"verb": "acknowledge"})
    day = chioma.get(path("day")).content.decode()
    shown = [bare(page.content, asked=each.rsplit("/", 1)[1]) for page, each in told]
    return [item.decode() for item in shown], refused.content.decode(), day


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("end", [taken_back, kept_away])
def test_the_receiver_does_not_learn_that_the_person_withdrew(cast, end, language):
    Worker.objects.filter(id=cast.chioma.id).update(language=language)
    pages, refused, day = shown_to_the_house(cast, end, accepted=True)
    said = {"en": "Consent withdrawn", "id": "Persetujuan dicabut"}[language]
    for page in (*pages, refused, day):
        assert said in page, "positive control"
        assert not [words for words in BY_THE_PERSON if words in page]


def test_the_item_looks_the_same_whoever_ended_it(cast):
    by_list, _, _ = shown_to_the_house(cast, kept_away, accepted=False)
    by_wish, _, _ = shown_to_the_house(cast, taken_back, accepted=False)
    assert by_list == by_wish
