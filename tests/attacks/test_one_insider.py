"""One insider tries to change what people in danger rely on, by every path there is (security.md T17).

A number, an address, a hidden flag, a recording or a question of the talk is published only after one confirmed
person proposed it and another one confirmed it.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core.management import get_commands

from suar.accounts.acting import Acting, Anonymous
from suar.accounts.roles import CONFIRMED_ONLY, Role
from suar.core import clock
from suar.core.refusals import Conflict, NotYours, Refused
from suar.demo import cast as casting
from suar.directory import actions as recordings
from suar.directory import freshness, importing, proposals, provider_links, revisions
from suar.directory.models import Provider, Recording, Service, ServiceSnapshot, Site
from suar.directory.rules import opus
from suar.hsds import files
from suar.screening import question_sets
from suar.screening.models import QuestionUse
from suar.screening.rules.data_files import load_set
from suar.screening.rules.question_changes import Changes, RewordedQuestion
from suar.screening.rules.question_file import write_file
from tests import worlds
from tests.directory.additions import CONTENT
from tests.directory.conftest import on_the_day
from tests.directory.entries import AT, at_place, entry, entry_id, load, place, provider, rewrite
from tests.hsds.files import an_id, as_json
from tests.routes import policy_of, staff_routes

__all__ = ["on_the_day"]
pytestmark = pytest.mark.django_db
OWN, FOREIGN, SAFE = entry_id("own"), entry_id("foreign"), entry_id("safe")
OLD, TRUE, FALSE = "+62 000 0000 055", "+62 000 0000 011", "+62 000 0000 066"
NOW = 2
"""The revision of every entry: the first one had another number."""
FIELDS = {"phones": [{"number": FALSE, "words": {}}]}
Confirm = Callable[[Acting], object]
Path_ = Callable[[Acting], Confirm]


def directory_file(
    number: str, *, street: str, hidden: bool, organisation: UUID, day: str = "2026-11-20"
) -> list[dict[str, Any]]:
    """Return the entries of an own and a foreign provider, one with an address and one at a hidden place."""

    def service(name: str, at: str = "") -> dict[str, Any]:
        phones = [{"id": an_id(f"phone {name}"), "number": f"{number}{len(name)}"}]
        places = {"service_at_locations": at_place(at)} if at else {}
        return entry(name, phones=phones, types=["HOU_MEN"], areas=["32"], assured_date=day, **places)

    address = {"id": an_id("address"), "address_1": street, "city": "Rekaan", "country": "ID"}
    address |= {"state_province": "Rekaan", "postal_code": "00000", "address_type": "physical"}
    shelter = place("shelter", suar={"hidden": hidden} if hidden else {"hidden": False, "district": "32.74"})
    foreign = (service("foreign", "office"), service("safe", "shelter"))
    return [
        provider(service("own"), name="own provider", suar={"organisation": str(organisation)}),
        provider(*foreign, name="foreign provider", locations=[place("office", addresses=[address]), shelter]),
    ]


def two_providers() -> SimpleNamespace:
    """Make two organisations and a directory with an entry of each."""
    with clock.shifted(AT - clock.now()):
        return _two_providers()


def _two_providers() -> SimpleNamespace:
    house = casting.make_workplace("Rumah Rekaan", "esi", "Esi", at=AT)
    partner = casting.make_workplace("Mitra Rekaan", "kartika", "Kartika", at=AT)
    settled: dict[str, Any] = {"street": "Jalan Benar 1", "hidden": True, "organisation": partner.organisation.id}
    assert load(*directory_file(OLD, **settled, day="2026-11-19")).applied
    assert load(*directory_file(TRUE, **settled)).applied
    return SimpleNamespace(house=house, partner=partner)


def copied(two: SimpleNamespace) -> SimpleNamespace:
    """Return both organisations with nothing opened yet."""
    workplaces = vars(two).items()
    return SimpleNamespace(
        **{name: worlds.workplace_of(one, first=worlds.afresh(one.first)) for name, one in workplaces}
    )


both = worlds.given(two_providers, copied)


@pytest.fixture
def world(both: SimpleNamespace, db: None) -> SimpleNamespace:
    """Two organisations and a directory with an entry of each."""
    return copied(both)


def published() -> dict[str, Any]:
    """Return everything that the public reads or hears, and what the next talk asks."""
    return {
        "services": list(ServiceSnapshot.objects.order_by("service_id").values_list("service_id", "document")),
        "sites": list(Site.objects.order_by("id").values()),
        "providers": list(Provider.objects.order_by("id").values()),
        "recordings": list(Recording.objects.exclude(published_at=None).values_list("id", flat=True)),
        "questions": list(QuestionUse.objects.values_list("form", "version")),
    }


# The paths. Each proposes as one person and returns how another one confirms.


def publish(draft: UUID | None) -> Confirm:
    """Check and publish a proposal."""

    def confirm(by: Acting) -> None:
        assert draft is not None
        over = proposals.get_proposal(draft).edition
        for step in (proposals.check_proposal, proposals.publish_proposal):
            step(proposals.get_proposal(draft), over=over, districts_seen=True, by=by)

    return confirm


def edit_own_entry(by: Acting) -> Confirm:
    return publish(proposals.propose_change(OWN, FIELDS, over=NOW, by=by))


def edit_foreign_entry(by: Acting) -> Confirm:
    return publish(proposals.propose_change(FOREIGN, FIELDS, over=NOW, by=by))


def add_entry(by: Acting) -> Confirm:
    """Add an entry that claims to be of the organisation itself, so that referrals arrive there."""
    return publish(proposals.propose_entry({**CONTENT, "house.own": str(by.viewer.organisation)}, by=by))


def add_entry_to_foreign_provider(by: Acting) -> Confirm:
    content = {name: value for name, value in CONTENT.items() if name != "house.name"}
    return publish(proposals.propose_entry({**content, "provider": an_id("foreign provider")}, by=by))


def rewrite_new_entry(by: Acting) -> Confirm:
    draft = proposals.propose_entry(CONTENT, by=by)
    assert draft is not None
    proposals.rewrite_entry(proposals.get_proposal(draft), {**CONTENT, **FIELDS}, over=1, by=by)
    return publish(draft)


def restore_revision(by: Acting) -> Confirm:
    """Bring back a number that was corrected."""
    return publish(proposals.propose_restored(FOREIGN, 1, over=NOW, by=by))


def merge_entries(by: Acting) -> Confirm:
    return publish(proposals.propose_merge(FOREIGN, OWN, paths=["phones", "name.en"], over=NOW, by=by))


def change_by_link(by: Acting) -> Confirm:
    """Write as the provider with a link that the editor made."""
    token = provider_links.create_link(FOREIGN, by=by)
    assert token is not None
    draft = provider_links.propose_by_link(token, FIELDS, turn=0, over=NOW, by=Anonymous(at=AT))
    provider_links.end_links(FOREIGN, by=by)
    return publish(draft)


def import_page(by: Acting) -> Confirm:
    """Import a file with another number and street, which opens the hidden place and takes over referrals."""
    own = by.viewer.organisation
    parsed = files.parse(as_json(*directory_file(FALSE, street="Jalan Salah 6", hidden=False, organisation=own)))
    upload = importing.store_upload("", file_name="x", by=by)
    assert upload is not None
    mark = importing.plan_import(parsed, today=AT.date()).warnings_digest
    return lambda other: importing.import_upload(upload, lambda _: parsed, file_wins=(), seen_warnings=mark, by=other)


def recording(by: Acting) -> Confirm:
    stored = recordings.store_recording(opus.Audio(1, b"x"), text="read-1", language="id", by=by)
    assert stored is not None
    return lambda other: recordings.publish_recording(stored, by=other)


def question_file(by: Acting) -> Confirm:
    changes = Changes(wording={"SF_HEARD": RewordedQuestion({"en": "Is it raining?", "id": "Apakah hujan turun?"})})
    content = json.dumps(write_file(load_set("short", 2), changes)).encode()
    draft = question_sets.draft_file("short", content, by=by)
    assert draft is not None
    return lambda other: question_sets.use_draft(draft, by=other)


PATHS: dict[Path_, set[str]] = {
    edit_own_entry: {"edit_entry", "entry_draft"},
    edit_foreign_entry: {"edit_entry", "entry_draft"},
    add_entry: {"add_entry", "entry_draft"},
    add_entry_to_foreign_provider: {"add_entry", "entry_draft"},
    rewrite_new_entry: {"edit_draft", "entry_draft"},
    restore_revision: {"entry_history", "entry_draft"},
    merge_entries: {"merge_entries", "entry_draft"},
    change_by_link: {"entry_link", "ask_provider", "entry_draft"},
    import_page: {"import_directory", "import_report"},
    recording: {"recordings", "recording"},
    question_file: {"import_questions", "question_draft", "shipped_questions"},
}
"""Every path by which something is published, with the names of its addresses."""

CHANGES_NOTHING_PUBLIC = {
    *("directory", "directory_entry", "entry_duplicates", "providers_to_ask", "recording_sound", "partners"),
    *("questions", "shipped_file", "draft_file", "question_version", "version_file"),
    *("confirm_entry", "hide_entry", "settle_reports", "discard_draft"),
    *("booklets", "booklet", "booklet_file", "follow_up_settings", "retention_settings"),
    *("accesses", "review_access", "resets", "ask_reset", "confirm_reset", "cancel_reset", "access_log"),
    *("feedback_inbox", "feedback_numbers", "feedback_thread", "mark_feedback_read", "answer_feedback"),
    *("close_feedback", "inbox", "inbox_item", "answer_referral", "write_to_sender", "accept_referral"),
}
"""Pages for confirmed workers that only read, hide, delete a draft, set dates, or print what is published.

Those for reviews and new keys are attacked in test_lost_keys_and_reviews.
"""

WRITTEN_BY_ONE = {"publish_quarter"}
"""Public texts of one confirmed worker; numbers and addresses are refused, see test_public_texts."""

COMMANDS = {
    *("audit", "audit_role", "backup", "restore", "jobs", "setup_code", "keys", "demo_code", "demo_world"),
    *("booklet", "publish", "words", "import_hsds"),
}


# The people. Each list acts together as one insider.


def role_for(path: Path_) -> Role:
    return Role.SUPERVISOR if path is question_file else Role.DIRECTORY_EDITOR


def unconfirmed_account(world: SimpleNamespace, role: Role) -> list[casting.Player]:
    casting.join(world.partner, "rani", "Rani", role, at=AT)
    return [invited(world, "hadi", role)]


def one_confirmed_editor(world: SimpleNamespace, role: Role) -> list[casting.Player]:
    casting.join(world.partner, "rani", "Rani", role, at=AT)
    casting.join(world.house, "sari", "Sari", role, at=AT)
    return [casting.join(world.house, "hadi", "Hadi", role, at=AT)]


def only_editor_of_all(world: SimpleNamespace, role: Role) -> list[casting.Player]:
    return [casting.join(world.house, "hadi", "Hadi", role, at=AT)]


def only_editor_with_invited_account(world: SimpleNamespace, role: Role) -> list[casting.Player]:
    return [*only_editor_of_all(world, role), invited(world, "rani", role)]


def administrator_without_keys(world: SimpleNamespace, role: Role) -> list[casting.Player]:
    del role
    return [casting.join(world.house, "gita", "Gita", Role.ADMINISTRATOR, at=AT)]


def two_accounts_nobody_vouched_for(world: SimpleNamespace, role: Role) -> list[casting.Player]:
    return [invited(world, name, role) for name in ("hadi", "rani")]


def invited(world: SimpleNamespace, name: str, role: Role) -> casting.Player:
    organisation, by = world.house.organisation, world.house.first.id
    return casting.hire(organisation, name, name.title(), role, by=by, at=AT)


def confirmed_people(world: SimpleNamespace, path: Path_) -> list[Acting]:
    """Return two confirmed people: of one organisation for its questions, of two for the directory they share."""
    second = world.house if path is question_file else world.partner
    people = (("hadi", world.house), ("rani", second))
    return [casting.join(house, name, name, role_for(path), at=AT).acting(at=AT) for name, house in people]


INSIDERS = [
    unconfirmed_account,
    one_confirmed_editor,
    only_editor_of_all,
    only_editor_with_invited_account,
    administrator_without_keys,
    two_accounts_nobody_vouched_for,
]


@pytest.mark.parametrize("insider", INSIDERS)
@pytest.mark.parametrize("path", PATHS)
def test_one_insider_publishes_nothing(
    world: SimpleNamespace, path: Path_, insider: Callable[..., list[casting.Player]]
) -> None:
    people = [player.acting(at=AT) for player in insider(world, role_for(path))]
    before = published()
    confirm: list[Confirm] = []
    for person in people:
        with suppress(NotYours, Refused, Conflict):
            confirm.append(path(person))
    for person in people * 2:
        for attempt in confirm:
            with suppress(NotYours, Refused, Conflict):
                attempt(person)
    assert published() == before


@pytest.mark.parametrize("path", PATHS)
def test_two_confirmed_people_publish(world: SimpleNamespace, path: Path_) -> None:
    one, two = confirmed_people(world, path)
    before = published()
    confirm = path(one)
    confirm(two)
    assert published() != before


def test_who_wrote_a_false_number_does_not_confirm_it_after_a_colleague_corrected_a_word(
    world: SimpleNamespace,
) -> None:
    liar, colleague = confirmed_people(world, add_entry)
    third = casting.join(world.partner, "sari", "Sari", Role.DIRECTORY_EDITOR, at=AT).acting(at=AT)
    draft = proposals.propose_entry({**CONTENT, **FIELDS}, by=liar)
    assert draft is not None
    corrected = {**CONTENT, **FIELDS, "name.en": "Legal advice at sea"}
    proposals.rewrite_entry(proposals.get_proposal(draft), corrected, over=1, by=colleague)
    for writer in (liar, colleague):
        with pytest.raises(Refused, match="same_person"):
            publish(draft)(writer)
    publish(draft)(third)
    service = proposals.new_service_id(draft)
    assert not any(revisions.may_confirm_entry(service, editor.worker) for editor in (liar, colleague))


def test_every_page_that_needs_a_confirmed_account_is_in_a_table() -> None:
    names = {route.name for route in staff_routes() if policy_of(route) in CONFIRMED_ONLY}
    assert names == CHANGES_NOTHING_PUBLIC | WRITTEN_BY_ONE | {name for used in PATHS.values() for name in used}


def test_every_command_was_looked_at() -> None:
    assert {name for name, app in get_commands().items() if app.startswith("suar.")} == COMMANDS


@pytest.mark.parametrize("path", [edit_own_entry, edit_foreign_entry, restore_revision, merge_entries, change_by_link])
def test_a_changed_number_loses_its_confirmation_date(world: SimpleNamespace, path: Path_) -> None:
    changed = OWN if path is edit_own_entry else FOREIGN
    assert Service.objects.get(id=changed).confirmed
    one, two = confirmed_people(world, path)
    path(one)(two)
    assert Service.objects.get(id=changed).confirmed is None
    assert Service.objects.get(id=SAFE).confirmed, "the control: an entry whose number stays"


def test_a_number_changed_by_a_file_loses_its_confirmation_date(world: SimpleNamespace) -> None:
    settled: dict[str, Any] = {"street": "Jalan Benar 1", "hidden": True, "organisation": world.partner.organisation.id}
    for day, confirmed in (("2026-11-20", None), ("2026-11-20", None), ("2026-11-25", "2026-11-25")):
        assert load(*directory_file(FALSE, **settled, day=day)).applied
        [stored] = set(Service.objects.values_list("confirmed", flat=True))
        assert stored == (date.fromisoformat(confirmed) if confirmed else None)
    assert load(*directory_file(FALSE, **settled)).changed.services == 0, "the control: the newer day stays"


@pytest.mark.parametrize("street", ["Jalan Benar 1", "Jalan Salah 6"])
def test_a_service_loses_its_confirmation_date_with_the_address_of_its_place(
    world: SimpleNamespace, street: str
) -> None:
    """The file states the place and not the service."""
    settled: dict[str, Any] = {"hidden": True, "organisation": world.partner.organisation.id}
    [_, foreign] = directory_file(TRUE, street=street, **settled)
    assert load({**foreign, "services": []}).applied
    assert bool(Service.objects.get(id=FOREIGN).confirmed) is (street == "Jalan Benar 1")
    assert bool(ServiceSnapshot.objects.get(service=FOREIGN).document["service"]["confirmed"]) is (
        street == "Jalan Benar 1"
    )
    assert Service.objects.get(id=SAFE).confirmed, "the control: another place of the provider"


URGENT = {"number": f"{TRUE}7", "hours": {}}


@pytest.mark.parametrize(
    "change",
    [
        {"phones": []},
        {"phones": [{"number": FALSE, "words": {}}]},
        {"urgent": {"number": f"{TRUE}8", "hours": {}}},
        {"urgent": None},
        {"sites": ["shelter"]},
        {"sites": ["office", "branch"]},
    ],
)
def test_a_moved_or_removed_contact_loses_its_confirmation_date(world: SimpleNamespace, change: dict[str, Any]) -> None:
    """The new urgent number is another number of the entry, and the new site is another address of its provider."""
    foreign = Provider.objects.get(service=FOREIGN).id
    Site.objects.create(id=an_id("branch"), provider_id=foreign, address={"address_1": "Jalan Salah 6"})
    rewrite(FOREIGN, urgent=URGENT, phones=[{"number": f"{TRUE}{n}", "words": {}} for n in (7, 8)])
    one, _two = confirmed_people(world, edit_foreign_entry)
    freshness.confirm_entry(FOREIGN, by=one)
    assert Service.objects.get(id=FOREIGN).confirmed
    if "sites" in change:
        change = {"sites": [an_id(name) for name in change["sites"]]}
    rewrite(FOREIGN, **change)
    assert Service.objects.get(id=FOREIGN).confirmed is None


@pytest.mark.parametrize("field", ["email", "website"])
def test_a_changed_email_or_website_of_a_provider_loses_the_confirmation_date(
    world: SimpleNamespace, field: str
) -> None:
    settled: dict[str, Any] = {"street": "Jalan Benar 1", "hidden": True, "organisation": world.partner.organisation.id}
    [_, foreign] = directory_file(TRUE, **settled)
    value = {"email": "salah@rekaan.example", "website": "https://salah.example"}[field]
    assert load({**foreign, "services": [], field: value}).applied
    assert Service.objects.get(id=FOREIGN).confirmed is None
    assert Service.objects.get(id=OWN).confirmed, "the control: an entry of another provider"


def test_a_moved_hidden_place_keeps_the_confirmation_date(world: SimpleNamespace) -> None:
    foreign = Provider.objects.get(service=FOREIGN).id
    Site.objects.create(id=an_id("new shelter"), provider_id=foreign, hidden=True)
    before = Service.objects.get(id=SAFE).confirmed
    rewrite(SAFE, sites=[an_id("new shelter")])
    assert before and Service.objects.get(id=SAFE).confirmed == before


CONTACTS = [edit_foreign_entry, restore_revision, merge_entries, change_by_link, import_page]


@pytest.mark.parametrize("path", CONTACTS)
def test_the_author_of_new_contact_data_does_not_confirm_them_alone(world: SimpleNamespace, path: Path_) -> None:
    one, two = confirmed_people(world, path)
    path(one)(two)
    with pytest.raises(Refused, match="own_contact"):
        freshness.confirm_entry(FOREIGN, by=one)
    assert Service.objects.get(id=FOREIGN).confirmed is None
    freshness.confirm_entry(FOREIGN, by=two)
    assert Service.objects.get(id=FOREIGN).confirmed, "the control: another editor"
    freshness.confirm_entry(FOREIGN, by=one)


def test_the_author_of_a_new_address_of_a_place_does_not_confirm_its_services_alone(world: SimpleNamespace) -> None:
    settled: dict[str, Any] = {"hidden": True, "organisation": world.partner.organisation.id}
    [_, foreign] = directory_file(TRUE, street="Jalan Salah 6", **settled)
    parsed = files.parse(as_json({**foreign, "services": []}))
    one, two = confirmed_people(world, import_page)
    upload = importing.store_upload("", file_name="x", by=one)
    importing.import_upload(upload, lambda _: parsed, file_wins=(), seen_warnings="", by=two)
    with pytest.raises(Refused, match="own_contact"):
        freshness.confirm_entry(FOREIGN, by=one)


@pytest.mark.parametrize("path", [edit_foreign_entry, import_page])
def test_the_author_of_new_contact_data_does_not_confirm_them_with_a_link(world: SimpleNamespace, path: Path_) -> None:
    """The editor has the token of every link that he made; what he writes with it waits for another editor."""
    one, two = confirmed_people(world, path)
    path(one)(two)
    token, anonymous = provider_links.create_link(FOREIGN, by=one), Anonymous(at=AT)
    assert token
    over = revisions.current_revision(FOREIGN).number
    draft = provider_links.confirm_by_link(token, turn=0, over=over, by=anonymous)
    assert Service.objects.get(id=FOREIGN).confirmed is None
    with pytest.raises(Refused, match="same_person"):
        publish(draft)(one)
    publish(draft)(two)
    assert Service.objects.get(id=FOREIGN).confirmed, "the control: another editor calls the provider"


def test_a_confirmation_that_waits_does_not_confirm_a_later_number(world: SimpleNamespace) -> None:
    one, two = confirmed_people(world, edit_foreign_entry)
    edit_foreign_entry(one)(two)
    token = provider_links.create_link(FOREIGN, by=one)
    assert token
    draft = provider_links.confirm_by_link(token, turn=0, over=NOW + 1, by=Anonymous(at=AT))
    rewrite(FOREIGN, phones=[{"number": OLD, "words": {}}])
    with pytest.raises(Refused, match="overtaken"):
        publish(draft)(two)
