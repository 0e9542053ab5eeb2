"""B4: two worlds that differ only in what a viewer may not see look the same to that viewer."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from suar.consent.terms.never import Named, NeverKind
from suar.demo.cast import Cast
from suar.kernel import clock
from suar.referral import never_telling
from suar.vault import actions as vault
from suar.vault.keyring import OpenRecord
from suar.vault.terms import Compartment, Kind
from tests.bars.test_b03_authorisation import policy_of, staff_routes
from tests.people import CLINIC, bare, client_of, person_of, thread, viewer

HIDDEN_FROM = ("farid", "gita", "hadi", "lia", "jaya")
TIMES = re.compile(rb"\d{1,2}:\d{2}")


FRESH_EACH_TIME = {"add_app", "add_passkey", "sign_in_challenge"}
"""Pages whose whole point is a new secret each time; they read no record."""


def pages_without_ids() -> list[str]:
    """Give every staff page that takes no id and does not make a new secret each time."""
    names = [each.name for each in staff_routes() if each.name and not each.pattern.converters]
    kept = [name for name in names if name not in FRESH_EACH_TIME]
    return [reverse(name, urlconf="suar.doors.staff_urls") for name in kept]


def seen_by(client: Client, paths: list[str]) -> dict[str, tuple[int, bytes]]:
    """Look at every page, and look for two names, without what changes by itself."""
    seen = {}
    for path in paths:
        answer = client.get(path)
        seen[path] = (answer.status_code, TIMES.sub(b"", bare(answer.content, asked=path)))
    for name in ("Amina Rekaan", "Somebody Else"):
        found = client.post(reverse("find_person"), {"name": name})
        seen[f"find {name}"] = (found.status_code, bare(found.content, asked="-"))
    return seen


@pytest.mark.parametrize("name", HIDDEN_FROM)
def test_what_a_viewer_may_not_see_changes_no_byte_of_their_pages(
    cast: Cast, services: None, name: str
) -> None:
    client, paths = client_of(getattr(cast, name)), pages_without_ids()
    before = seen_by(client, paths)
    record = person_of(cast.ben, cast)
    record.write(Compartment.NARRATIVE, "health", {"text": "x"}, by=cast.ben.id, at=clock.now())
    after = seen_by(client, paths)
    assert [path for path in before if before[path] != after[path]] == []


def test_the_owner_does_see_the_difference(cast: Cast, services: None) -> None:
    client, paths = client_of(cast.ben), pages_without_ids()
    before = seen_by(client, paths)
    person_of(cast.ben, cast)
    assert before != seen_by(client, paths), "the control: the comparison can see a difference"


def of_pelita(cast: Cast) -> OpenRecord:
    """Give a person whose record the whole team of Pelita holds."""
    house, by, at = cast.pelita, cast.chioma, clock.now()
    record = vault.new_record(
        Kind.PERSON, organisation=house.organisation.id, team=house.team.id, by=by.id, at=at
    )
    vault.set_sheet(record, {"name": "Amina Rekaan"}, keys=by.keys, at=at)
    return record


@pytest.mark.parametrize("kept_away", [True, False], ids=["on the list", "the control"])
def test_a_person_who_named_a_colleague_changes_no_byte_of_their_pages(
    cast: Cast, services: None, kept_away: bool
) -> None:
    client, paths = client_of(cast.jaya), pages_without_ids()
    before = seen_by(client, paths)
    named = [Named(NeverKind.WORKER, cast.jaya.id)] if kept_away else []
    never_telling.keep_away(
        of_pelita(cast), named, viewer=viewer(cast.chioma), keys=cast.chioma.keys, at=clock.now()
    )
    assert (before == seen_by(client, paths)) is kept_away


def test_a_referral_between_others_changes_no_byte_for_an_outsider(
    cast: Cast, services: None
) -> None:
    client, paths = client_of(cast.farid), pages_without_ids()
    before = seen_by(client, paths)
    thread(cast)
    assert before == seen_by(client, paths)


def test_no_public_page_depends_on_any_record(cast: Cast, services: None, settings: object) -> None:
    settings.ROOT_URLCONF = "suar.doors.public_urls"
    paths = ["/", "/en/", "/id/", "/en/about", "/id/about", f"/en/s/{CLINIC}", f"/id/s/{CLINIC}"]
    before = {path: _public(path) for path in paths}
    thread(cast)
    with clock.shifted(timedelta(seconds=1)):
        assert before == {path: _public(path) for path in paths}
    assert any(status == 200 for status, _ in before.values())


def _public(path: str) -> tuple[int, bytes]:
    answer = Client().get(path)
    return answer.status_code, re.sub(rb'name="ticket" value="[^"]*"', b"", answer.content)


def test_every_page_without_an_id_is_walked() -> None:
    assert len(pages_without_ids()) >= 8
    assert all(policy_of(each) != "undeclared" for each in staff_routes())
