"""Revisions, drafts and restoring: nothing is overwritten."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suar.audit.models import Entry
from suar.core.refusals import Conflict, NotYours, Refused
from suar.directory import diff, freshness, proposals, queries, revisions, snapshots
from suar.directory.codes import DraftState, How
from suar.directory.diff import three_way_merge
from suar.directory.documents import ServiceDocument, Stamp
from suar.directory.models import FormerRevision, Proposal, Service
from suar.directory.search import SearchQuery
from tests.directory.entries import AT, HADI, RANI, at_place, editing, entry, entry_id, load, propose, provider, publish

BED = entry_id("bed")
LATER = AT + timedelta(days=3)
flats = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3) | st.none(), max_size=4)


@pytest.fixture
def bed(db: None) -> UUID:
    """Import an entry."""
    assert load(provider(entry("bed", types=["HOU_MEN"], areas=["32.74"]))).applied
    return BED


def state() -> ServiceDocument:
    return snapshots.load_services([BED])[BED]


def renamed(to: str, *, by: UUID = HADI, at=AT) -> int:
    stated = {"name.en": to}
    return revisions.write_revision(BED, lambda now: diff.apply_fields(now, stated), Stamp(by, at, How.EDIT))


def restored(number: int, *, over: int) -> None:
    publish(proposals.propose_restored(BED, number, over=over, by=editing()))


def test_change_stores_former_revision_with_author_and_time(bed):
    before = state()
    assert renamed("Other bed", at=LATER) == 2
    first, second = reversed(revisions.list_revisions(BED))
    assert (first.number, first.by, first.at, first.how) == (1, None, AT, How.IMPORT)
    assert first.document == before
    assert (second.number, second.by, second.at, second.how) == (2, HADI, LATER, How.EDIT)
    assert second.document.name["en"] == "Other bed"
    assert [card.name for card in queries.search_services(SearchQuery(text="other")).cards] == ["Other bed"]


def test_change_and_confirmation_have_separate_dates(bed):
    confirmed = Service.objects.get(id=BED).confirmed
    renamed("Other bed", at=LATER)
    row = Service.objects.get(id=BED)
    assert (row.confirmed, row.changed_at) == (confirmed, LATER)
    freshness.confirm_entry(BED, by=editing(at=LATER + timedelta(days=1)))
    row.refresh_from_db()
    assert (row.confirmed, row.changed_at) == (LATER.date() + timedelta(days=1), LATER)
    assert row.edition == 2


def test_restoring_is_a_new_revision_with_same_confirmation(bed):
    before = state()
    renamed("Other bed")
    freshness.confirm_entry(BED, by=editing(at=LATER))
    restored(1, over=2)
    assert (state().name, state().confirmed) == (before.name, LATER.date().isoformat())
    assert [revision.number for revision in revisions.list_revisions(BED)] == [3, 2, 1]
    assert revisions.current_revision(BED).how == How.UNDO
    with pytest.raises(NotYours):
        proposals.propose_restored(BED, 9, over=3, by=editing())


def test_overtaken_change_raises_conflict(bed):
    renamed("First")
    with pytest.raises(Conflict):
        propose(BED, {"name.en": "Second"}, over=1)
    assert state().name["en"] == "First"


def test_unchanged_entry_gets_no_revision_and_no_audit_entry(bed):
    assert revisions.write_revision(BED, lambda now: now, Stamp(HADI, AT, How.EDIT)) == 1
    assert not FormerRevision.objects.exists()
    assert not Entry.objects.filter(verb="change_entry").exists()


@pytest.fixture
def hidden_bed(db: None) -> UUID:
    """Import an entry with a hidden place."""
    hidden = {"id": str(entry_id("den")), "location_type": "physical", "suar": {"hidden": True}}
    stated = entry("bed", types=["HOU_MEN"], areas=["32"], service_at_locations=at_place("den"))
    assert load({**provider(stated), "locations": [hidden]}).applied
    return BED


def test_district_of_hidden_place_needs_explicit_check(hidden_bed):
    with pytest.raises(Refused, match="names_a_district"):
        renamed("Bed in Kota Cirebon")
    draft = propose(BED, {"name.en": "Bed in Cirebon"})
    for act in (proposals.check_proposal, proposals.publish_proposal):
        with pytest.raises(Refused, match="names_a_district"):
            act(proposals.get_proposal(draft), over=1, by=editing())
        act(proposals.get_proposal(draft), over=1, districts_seen=True, by=editing())
    stated = {"description.en": "Two beds", "name.en": "Bed in Cirebon"}
    revisions.write_revision(BED, lambda now: diff.apply_fields(now, stated), Stamp(HADI, AT, How.EDIT))
    assert renamed("Bed") == 4
    with pytest.raises(Refused, match="names_a_district"):
        restored(3, over=4)
    restored(1, over=4)


def test_district_of_open_place_needs_no_check(bed):
    assert renamed("Bed in Kota Cirebon") == 2


def test_street_of_hidden_place_and_reversed_ages_are_refused(hidden_bed):
    with pytest.raises(Refused, match="names_a_street"):
        renamed("Bed at Jalan Melati 4")
    with pytest.raises(Refused, match="ages_out_of_order"):
        propose(BED, {"let_in.age_min": 60, "let_in.age_max": 18})
    wide = {"areas": ["32.74"]}
    revisions.write_revision(BED, lambda now: diff.apply_fields(now, wide), Stamp(HADI, AT, How.EDIT))
    assert state().areas == ["32"]


def test_hidden_entry_is_not_public_until_restored(bed):
    revisions.hide_entry(BED, by=editing())
    assert not queries.search_services(SearchQuery()).cards
    with pytest.raises(NotYours):
        queries.public_card(BED)
    restored(1, over=2)
    assert queries.public_card(BED).id == BED


def test_provider_draft_changes_nothing_until_published(bed):
    draft = propose(BED, {"name.en": "New"}, note="we moved")
    assert "en" not in state().name
    with pytest.raises(Refused, match="not_checked"):
        proposals.publish_proposal(proposals.get_proposal(draft), over=1, by=editing())
    publish(draft, by=HADI, at=LATER)
    assert state().name["en"] == "New"
    current = revisions.current_revision(BED)
    assert (current.number, current.by, current.at, current.how) == (2, None, LATER, How.LINK)
    with pytest.raises(Refused, match="draft_settled"):
        proposals.reject_proposal(proposals.get_proposal(draft), by=editing())


def test_rejected_draft_is_stored_and_changes_nothing(bed):
    draft = proposals.propose_change(BED, {"name.en": "New"}, over=1, by=editing())
    proposals.reject_proposal(proposals.get_proposal(draft), by=editing(RANI))
    assert Proposal.objects.get(id=draft).state == DraftState.REFUSED
    assert (revisions.current_revision(BED).number, proposals.list_waiting()) == (1, [])


def test_publishing_keeps_changes_in_other_fields(bed):
    draft = propose(BED, {"description.en": "Told anew"})
    renamed("Meanwhile")
    publish(draft, by=HADI)
    assert (state().name["en"], state().description["en"]) == ("Meanwhile", "Told anew")


def test_free_places_are_dated_with_day_of_proposal(bed):
    draft = propose(BED, {"let_in.places_free": 2})
    stated = Proposal.objects.get(id=draft).content
    assert stated == {"let_in.places_free": 2, "let_in.places_as_of": "2026-11-25"}


def test_unchanged_form_creates_no_draft(bed):
    assert propose(BED, {"name.und": "Invented bed"}) is None
    with pytest.raises(NotYours):
        proposals.get_proposal(uuid4())


@given(flats, flats, flats)
def test_three_way_merge_takes_changes_of_file_and_reports_conflicts(base, ours, theirs):
    taken, conflicts = three_way_merge(base, ours, theirs)
    for way in {*base, *ours, *theirs}:
        was, here, there = base.get(way), ours.get(way), theirs.get(way)
        assert (way in taken) == (here == was and there != here)
        assert (way in conflicts) == (len({was, here, there}) == 3)


@given(st.text(max_size=9), st.sampled_from(["FREE", "FULL", None]), st.integers(0, 9) | st.none())
def test_flatten_and_apply_fields_round_trip(words, cost, free):
    whole = ServiceDocument(
        id=str(BED),
        provider=None,
        status="active",
        confirmed=None,
        name={"en": "Bed"},
        description={},
        access={"AC_BRING": {"id": "Baju"}},
        phones=[],
        hours=[],
        urgent=None,
        let_in=None,
        types=[],
        areas=[],
        sites=[],
    )
    stated = {"description.id": words, "let_in.cost": cost, "let_in.places_free": free}
    there = diff.apply_fields(whole, stated)
    assert diff.apply_fields(whole, {}) == whole
    assert diff.flatten(diff.apply_fields(there, dict.fromkeys(stated))) == diff.flatten(whole)
    assert diff.flatten(there).get("description.id", "") == words
    assert diff.flatten(there)["let_in.places_free"] == free
