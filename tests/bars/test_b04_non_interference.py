"""B4: two worlds that differ only in what a viewer may not see look the same to that viewer.

Every page of the staff site is looked at, those of the viewer's own records too, and every page
of the public site; then much happens elsewhere, and every page is looked at again.
"""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import get_resolver, reverse

from suar.accounts import workers
from suar.accounts.acting import Anonymous
from suar.accounts.roles import Permission, Role
from suar.cases import actions as cases
from suar.cases.rules import UNDO_WITHIN
from suar.contact import opening
from suar.core import clock
from suar.demo import hearing, letters
from suar.demo.cast import Cast, Player
from suar.directory import provider_links
from suar.feedback import actions
from suar.records import actions as vault
from suar.records.terms import Compartment, Kind
from suar.referrals import links
from suar.referrals.codes import Verb
from suar.website.print import actions as printing
from suar.website.print import queries as editions
from tests import cast as at_work
from tests.bars import matrix
from tests.bars.matrix import Asked
from tests.bars.test_b03_authorisation import taken, undone
from tests.contact.writing import press
from tests.people import CLINIC, LEGAL_AID, acting_as, agreed, bare, client_of, person_of, sent, thread, viewer, write
from tests.routes import STAFF, ids_of, policy_of, staff_routes
from tests.screening.conversing import Conversation
from tests.website.asking import ask

world, cast = at_work.world, at_work.cast
HIDDEN_FROM = ("ben", "chioma", "jaya", "kartika", "gita", "hadi", "indah")
CHANGING = re.compile(rb'\d{1,2}:\d{2}|name="(ident|form_id|ticket)" value="[^"]*"')
"""Times of the day, and what a form carries to be told from another one."""

FRESH_EACH_TIME = {"add_app", "add_passkey", "sign_in_challenge", "recovery_sheet"}
"""Pages whose whole point is a new secret each time; they read no record."""

Seen = dict[str, tuple[int, bytes]]


def pages_without_ids(*players: Player) -> list[str]:
    """Return every staff page that takes no id and does not make a new secret each time.

    With players, pages that the role of none of them may open are left out: B3 shows that they look like nothing.
    """
    may = {permission for player in players for permission in viewer(player).permissions}
    plain = [route for route in staff_routes() if route.name not in {None, *FRESH_EACH_TIME} and not ids_of(route)]
    shut = {route.name for route in plain if isinstance(policy := policy_of(route), Permission) and policy not in may}
    return [reverse(route.name, urlconf=STAFF) for route in plain if not players or route.name not in shut]


def own_pages(cast: Cast, pages: list[Asked], name: str) -> list[str]:
    """Return the pages with ids that a viewer finds, as far as they can be looked at."""
    player = getattr(cast, name)
    client = client_of(player)
    theirs = [page.real for page in pages if page.is_for(name, player)]
    return [their for their in theirs if "GET" in taken(client, their)]


def seen_by(client: Client, paths: list[str]) -> Seen:
    """Look at every page, and look for two names, without what changes by itself."""
    looks: dict[str, Callable[[], Any]] = {path: lambda path=path: client.get(path) for path in paths}
    for name in ("Amina Rekaan", "Somebody Else"):
        looks[name] = lambda name=name: client.post(reverse("find_person"), {"name": name})
    seen = {}
    for path, look in looks.items():
        with undone():
            answer = look()
        seen[path] = (answer.status_code, CHANGING.sub(b"", bare(answer.content, asked=path)))
    return seen


def lia_works(cast: Cast) -> None:
    """Let Lia work with her own people in Ben's organisation, where neighbours hold only their own."""
    lia, at = cast.lia, clock.now()
    person = person_of(lia, cast)
    write(person, Compartment.NARRATIVE, "health", {"text": "x"}, by=lia.id, at=at)
    sent(person, agreed(person, lia, service=CLINIC), lia, by_link=True, service=CLINIC)
    Conversation.begun_by(lia).walk()


def farid_works(cast: Cast) -> None:
    """Let Farid's organisation do all that it does."""
    farid, at, workplace = cast.farid, clock.now(), cast.elsewhere
    made = vault.new_record(
        Kind.PERSON, organisation=workplace.organisation.id, team=workplace.team.id, by=farid.id, at=at
    )
    vault.set_index_entry(made, {"name": "Amina Rekaan"}, keys=farid.keys, at=at)
    Conversation.begun_by(farid).walk()
    cases.open_case(team=workplace.team.id, by=acting_as(farid))
    workers.add_worker("sinta", "Sinta", Role.PROVIDER, organisation=workplace.organisation.id, by=farid.acting(at=at))


def changed(before: Seen, after: Seen) -> list[str]:
    """Name the pages that look otherwise."""
    return [path for path in before if before[path] != after[path]]


def test_hidden_records_change_no_byte_of_a_page(cast: Cast) -> None:
    pages, working = matrix.pages(cast), ("lia", "farid")
    everywhere = {
        name: [*pages_without_ids(getattr(cast, name)), *own_pages(cast, pages, name)]
        for name in (*HIDDEN_FROM, *working)
    }
    clients = {name: client_of(getattr(cast, name)) for name in everywhere}

    def look(names: Iterable[str]) -> dict[str, Seen]:
        return {name: seen_by(clients[name], everywhere[name]) for name in names}

    # A page of a person offers to undo what was done within a minute, so all looks are later than that.
    with clock.shifted(2 * UNDO_WITHIN):
        first = look(everywhere)
        lia_works(cast)
        between = look(working)
        farid_works(cast)
        last = look(everywhere)
    assert changed(first["lia"], between["lia"]), "the control: whoever may see it sees a difference"
    assert changed(between["farid"], last["farid"]), "the control"
    assert changed(first["farid"], between["farid"]) == changed(between["lia"], last["lia"]) == []
    # A privacy officer reads when colleagues of the own organisation worked, and nothing of anybody.
    log = {"indah": [reverse("access_log")]}
    assert {name: changed(first[name], last[name]) for name in HIDDEN_FROM} == {key: [] for key in HIDDEN_FROM} | log
    looked = {path for paths in first.values() for path, (status, _) in paths.items() if status == 200}
    assert {page.name for page in pages if page.real in looked} >= LOOKED_AT


def test_acts_of_others_change_no_byte_of_a_link_page(cast: Cast) -> None:
    told, provided = thread(cast), provider_links.create_link(CLINIC, by=cast.hadi.acting(at=clock.now()))
    paths = [
        reverse("link", args=[told.token], urlconf=STAFF),
        reverse("provider_link", args=[provided], urlconf=STAFF),
    ]
    holder = Client()
    before = seen_by(holder, paths)
    assert all(before[path][0] == 200 for path in paths)
    lia_works(cast)
    farid_works(cast)
    assert seen_by(holder, paths) == before
    now = clock.now()
    links.answer_by_link(told.token, Verb.DECLINE, by=Anonymous(at=now), reason="RF_NO_PLACE")
    provider_links.end_links(CLINIC, by=cast.hadi.acting(at=now))
    assert changed(before, seen_by(holder, paths)) == paths, "the control"


LOOKED_AT = {
    "person",
    "card",
    "exclusions",
    "withdraw",
    "options",
    "consent_for",
    "referral_sent",
    "narrow_consent",
    "close_case",
    "ask_partner",
    "opinion",
    "talk_step",
    "talk_outcome",
    "talk_stop",
    "talk_ended",
    "inbox_item",
    "request",
    "directory_entry",
    "edit_entry",
    "entry_draft",
    "entry_history",
    "merge_entries",
    "import_report",
    "booklet",
    "booklet_file",
}
"""Pages with an id that were seen open by somebody, so that being the same means something."""


def test_a_referral_between_others_changes_no_byte_for_an_outsider(cast: Cast) -> None:
    client, paths = client_of(cast.farid), pages_without_ids(cast.farid)
    # That an organisation offers to hear what is said of others is for every lead to see.
    hearing.make_hearers(cast, at=clock.now())
    before = seen_by(client, paths)
    matrix.pages(cast)
    assert before == seen_by(client, paths)


def test_feedback_changes_no_byte_for_the_workers_it_is_about(
    cast: Cast,
) -> None:
    hearers = hearing.make_hearers(cast, at=clock.now())
    everybody = {**cast.players, **hearers.players}
    of_each_role = {(player.worker.organisation_id, player.worker.role): name for name, player in everybody.items()}
    clients = {name: client_of(everybody[name]) for name in of_each_role.values()}
    paths = {name: pages_without_ids(everybody[name]) for name in clients}
    before = {name: seen_by(client, paths[name]) for name, client in clients.items()}
    said = hearing.send_feedback(cast, at=clock.now())
    opened = opening.open_request(said, viewer=viewer(hearers.nur), keys=hearers.nur.keys)
    actions.close(opened, "DN_RULE", version=opened.version, by=acting_as(hearers.nur))
    found = {name: changed(before[name], seen_by(client, paths[name])) for name, client in clients.items()}
    assert found.pop("nur"), "the control: who hears sees a difference"
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_no_public_page_depends_on_any_record(cast: Cast, settings: Any) -> None:
    letters.open_desk(cast, at=clock.now())
    # Of the directory, so it may change the public site; made again the same day it is the same.
    printing.make_edition("32.74", language="en", by=cast.hadi.id, at=clock.now())
    settings.ROOT_URLCONF = "suar.website.public_urls"
    settings.MIDDLEWARE = list(configured.MIDDLEWARE_PUBLIC)
    before = dict(public_pages())
    assert len(before) > 20
    settings.ROOT_URLCONF, settings.MIDDLEWARE = STAFF, list(configured.MIDDLEWARE_STAFF)
    matrix.pages(cast)
    lia_works(cast)
    farid_works(cast)
    settings.ROOT_URLCONF = "suar.website.public_urls"
    settings.MIDDLEWARE = list(configured.MIDDLEWARE_PUBLIC)
    assert before == dict(public_pages())


def public_pages() -> Iterator[tuple[str, tuple[int, bytes]]]:
    """Look at every address of the public site, and look for help there in many ways.

    Whoever tried codes before on this connection is forgotten: waiting depends on callers alone.
    """
    shutil.rmtree(Path(configured.SUAR_DATA) / "pace", ignore_errors=True)
    visitor = Client(headers={"host": "localhost"})
    for path in public_paths():
        yield path, _seen(visitor.get(path))
    [made] = editions.list_valid(on=clock.today())
    yield "booklet", _seen(visitor.get(f"/en/booklets/{made.id}/a5"))
    for needs in ("bed", "wages", "talk"):
        for place in ("", "32.74", "31.71"):
            yield f"{needs} {place}", _seen(ask(visitor, needs=needs, place=place))
            yield (
                f"{needs} {place} drawn",
                _seen(ask(visitor, needs=needs, place=place, picture="1")),
            )
    checked = ask(visitor, check="1")
    assert b"data-leads" in checked.content
    yield "check", _seen(checked)
    opened = ask(visitor, needs="wages", open=str(LEGAL_AID))
    assert opened.status_code == 200
    yield "opened", _seen(opened)
    for do in ("ask", "enter_code", "write", "delete"):
        yield do, _seen(press(visitor, do))
    yield "no code", _seen(press(visitor, "read", code="123456789012"))


def public_paths() -> list[str]:
    """Return each address of the public site; those of a service for two of them."""
    paths = ["/", "/weather", "/nothing"]
    for language in get_resolver("suar.website.public_urls").url_patterns:
        for route in getattr(language, "url_patterns", []):
            plain = str(route.pattern).replace("<int:number>", "9")
            plain = plain.replace("<str:ident>", "<uuid:service>").replace("<path:rest>", "x")
            filled = [plain.replace("<uuid:service>", f"{item}") for item in (LEGAL_AID, CLINIC)]
            paths += [f"/{language.pattern}{fromkey}" for fromkey in dict.fromkeys(filled)]
    return paths


def _seen(answer: Any) -> tuple[int, bytes]:
    return answer.status_code, CHANGING.sub(b"", answer.content)


@pytest.mark.parametrize("door", ["staff", "public"])
def test_every_page_of_both_sites_is_compared(door: str) -> None:
    assert len(pages_without_ids() if door == "staff" else public_paths()) >= 12
