"""Somebody with the link of a provider or of a referral uses it without end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from suar.accounts.acting import Anonymous
from suar.audit.models import Entry
from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import proposals, provider_links
from suar.directory.models import EntryLink, Proposal
from suar.referrals.sending import SentReferral
from tests.attacks.test_messages_by_link import cast, link, world
from tests.directory.test_entry_links import BED, OTHER, link_to, token

__all__ = ["cast", "link", "token", "world"]
pytestmark = pytest.mark.django_db
MANY = 40


def propose(token: str, service: UUID, words: str) -> UUID | None:
    turn = EntryLink.objects.get(service=service, ended_at=None).turn
    by = Anonymous(at=clock.now() + timedelta(seconds=turn))
    return provider_links.propose_by_link(token, {"name.en": words}, turn=turn, over=1, by=by)


def test_a_stolen_link_does_not_fill_the_list_of_the_editors(token: str) -> None:
    refused = set()
    for number in range(MANY):
        try:
            propose(token, BED, f"Bed {number}")
        except Refused as refusal:
            refused.add(refusal.because)
    assert len(proposals.list_waiting(BED)) <= 10
    assert refused == {"many_wait"}
    assert propose(link_to(OTHER), OTHER, "Other"), "other entries are changed as before"
    Proposal.objects.filter(service=BED).update(state="REFUSED")
    assert propose(token, BED, "Once more"), "and this one after an editor has looked"


def test_looks_at_a_referral_do_not_fill_the_audit_log(link: SentReferral) -> None:
    where, looks = reverse("link", args=[link.token]), Entry.objects.filter(verb="link_preview")
    statuses = [Client().get(where).status_code for _ in range(3 * MANY)]
    assert looks.count() <= 100
    assert statuses[:MANY] == [200] * MANY, "mail scanners and a colleague look too"
    assert statuses[-1] == 503
    with clock.shifted(timedelta(hours=1)):
        assert Client().get(where).status_code == 200


@pytest.mark.parametrize(("host", "status"), [("127.0.0.1", 404), ("files.example.com", 400)])
def test_the_site_for_files_answers_to_its_own_name_only(settings: Any, host: str, status: int) -> None:
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "suar.website.files_urls", list(configured.MIDDLEWARE_FILES)
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert Client().get("/f/unknown", headers={"host": host}).status_code == status
