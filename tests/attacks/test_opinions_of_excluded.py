"""A person excludes one worker of a partner: no second opinion reaches that partner, where any reader opens it."""

import pytest

from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core.refusals import Refused
from suar.records import keyring
from suar.referrals import second_opinions
from suar.screening.models import PartnerPacket
from tests import cast as at_work
from tests.people import acting_as, client_of
from tests.referrals import test_second_opinions as there
from tests.screening.conversing import text

pytestmark = pytest.mark.django_db
world, cast, lower, opinion_request = at_work.world, at_work.cast, there.lower, there.opinion_request


def test_the_organisation_of_an_excluded_worker_is_not_asked(lower, cast):
    assert 'name="partner"' in text(lower.client.get(there.ask_page(lower))), "the control"
    there.keep_away(lower, cast, NewExclusion(ExclusionKind.WORKER, cast.jaya.id))
    assert "No partner can be asked here" in text(lower.client.get(there.ask_page(lower)))
    record = keyring.open_record(lower.left, keys=cast.ben.keys)
    with pytest.raises(Refused, match="partner_not_asked"):
        second_opinions.ask(record, cast.pelita.organisation.id, by=acting_as(cast.ben))
    assert not PartnerPacket.objects.exists()


def test_excluding_a_worker_there_closes_a_waiting_packet(opinion_request, cast):
    jaya = client_of(cast.jaya)
    assert jaya.get(there.read_page(opinion_request)).status_code == 200, "the control"
    there.keep_away(opinion_request, cast, NewExclusion(ExclusionKind.WORKER, cast.jaya.id))
    row = PartnerPacket.objects.get()
    assert (bytes(row.sealed), bytes(row.signature)) == (b"", b"")
    assert jaya.get(there.read_page(opinion_request)).status_code == 409
