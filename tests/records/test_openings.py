"""Every opening is covered by exactly one entry, written before the page leaves."""

from contextlib import suppress

import pytest
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from suar.accounts.acting import act, acting
from suar.audit import queries as audit
from suar.audit.models import Entry
from suar.core.refusals import Refused
from suar.records import actions, keyring, queries
from suar.records.middleware import AuditOpenings
from suar.records.models import Record
from tests.people import acting_as
from tests.records.conftest import AT, begun, viewer

pytestmark = pytest.mark.django_db


def request_of(player):
    request = RequestFactory().get("/")
    request.keys, request.viewer = player.keys, viewer(player)
    request.resolver_match = None
    return request


def answered(player, view):
    """Run a view inside the middleware, and give what would leave the house."""
    return AuditOpenings(view)(request_of(player))


def openings() -> list[list[str]]:
    return [entry.about for entry in Entry.objects.filter(verb="open").order_by("seq")]


def test_all_records_of_a_request_are_in_one_audit_entry(cast):
    one, two = begun(cast.pelita, cast.chioma), begun(cast.pelita, cast.chioma)

    def view(request):
        for record in (one, two, one):
            keyring.open_record(record.id, keys=request.keys)
        return HttpResponse("a page")

    answered(cast.chioma, view)
    assert openings() == [sorted([str(one.id), str(two.id)])]
    assert cast.chioma.keys.opened == []
    assert [act.by for act in audit.acts_about(one.id) if act.verb == "open"] == [cast.chioma.id]


def test_a_request_that_opens_nothing_writes_nothing(cast):
    before = audit.count()
    assert answered(cast.chioma, lambda request: HttpResponse("x")).content == b"x"
    request = RequestFactory().get("/")
    AuditOpenings(lambda request: HttpResponse("x"))(request)
    assert audit.count() == before


def test_listed_index_entries_are_counted_in_one_list_entry(cast):
    for _ in range(3):
        made = begun(cast.pelita, cast.chioma)
        actions.set_index_entry(made, {"name": "Amina"}, keys=cast.chioma.keys, at=AT)

    def view(request):
        queries.index_entries([row.id for row in queries.visible(viewer(cast.chioma))], keys=request.keys)
        return HttpResponse("a list")

    answered(cast.chioma, view)
    assert openings() == []
    assert Entry.objects.get(verb="list").shown == 3


def test_without_its_audit_entry_no_page_is_sent(cast):
    made = begun(cast.pelita, cast.chioma)

    def view(request):
        keyring.open_record(made.id, keys=request.keys)
        drop_audit_table()
        return HttpResponse("a page with her name")

    response = answered(cast.chioma, view)
    assert (response.status_code, response.content) == (503, b"")
    cast.chioma.keys.opened.clear()


def drop_audit_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_mention RENAME TO audit_mention_gone")


@act("trial", needs=None)
def trial(record, then, *, by):
    actions.set_due(record.id, due=AT.date())
    then()


def acted(cast, then):
    """Answer a request in which a trial act is tried, whatever comes of it."""
    made = begun(cast.pelita, cast.chioma)

    def view(request):
        with suppress(Refused, DatabaseError):
            trial(keyring.open_record(made.id, keys=request.keys), then, by=acting_as(cast.chioma))
        return HttpResponse("done")

    answered(cast.chioma, view)
    return made


def refuse():
    raise Refused("no")


@pytest.mark.parametrize(("then", "verbs"), [(lambda: None, ["trial", "open"]), (refuse, ["open"])])
def test_openings_are_audited_with_the_action_or_after_a_refusal(cast, then, verbs):
    made = acted(cast, then)
    entries = Entry.objects.filter(verb__in=["trial", "open"]).order_by("seq")
    assert list(entries.values_list("verb", "about")) == [(verb, [str(made.id)]) for verb in verbs]
    assert cast.chioma.keys.opened == []


def test_a_record_opened_again_is_audited_once(cast):
    made = begun(cast.pelita, cast.chioma)

    def view(request):
        request.viewer = viewer(cast.chioma)
        trial(keyring.open_record(made.id, keys=request.keys), lambda: None, by=acting(request))
        keyring.open_record(made.id, keys=request.keys)
        return HttpResponse("done")

    answered(cast.chioma, view)
    assert openings() == [[str(made.id)]]
    assert cast.chioma.keys.opened == []


def test_openings_are_audited_if_the_action_fails(cast):
    made = acted(cast, drop_audit_table)  # the table comes back when the act is undone
    assert [entry.about for entry in Entry.objects.filter(verb="open")] == [[str(made.id)]]


def test_an_opening_names_the_route_and_no_id(cast):
    made = begun(cast.pelita, cast.chioma)
    request = request_of(cast.chioma)

    class Match:
        url_name = "person"

    request.resolver_match = Match()

    def view(request):
        keyring.open_record(made.id, keys=request.keys)
        return HttpResponse("")

    AuditOpenings(view)(request)
    assert Entry.objects.get(verb="open").because == "person"


def test_openings_outside_of_a_page_are_audited(cast):
    made = begun(cast.pelita, cast.chioma)
    keyring.open_record(made.id, keys=cast.chioma.keys)
    cast.chioma.keys.write_openings(page="test")
    cast.chioma.keys.write_openings(page="test")
    assert openings() == [[str(made.id)]]


def test_a_refused_opening_is_not_audited_as_an_opening(cast):
    made = begun(cast.pelita, cast.chioma)
    assert not queries.granted_kinds([made.id], keys=cast.farid.keys)
    assert cast.farid.keys.opened == []
    assert Record.objects.count() == 1
