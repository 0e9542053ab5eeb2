"""Excluded organisations and colleagues get no access by any path; every check has a positive control."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from suar.accounts.codes import KeyKind
from suar.accounts.models import Membership, Notice, PublicKey
from suar.cases import queries as case_queries
from suar.consent import exclusions
from suar.consent import queries as consent_queries
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.core.urgency import Urgency
from suar.directory import providers, revisions
from suar.records import actions as vault
from suar.records import keyring
from suar.records import queries as vault_queries
from suar.records.models import Grant, IndexKey, Record
from suar.records.terms import Compartment, HolderKind, Kind
from suar.referrals import exclusions as referral_exclusions
from suar.referrals import matching, queries, sending
from suar.referrals.codes import State
from suar.referrals.models import Referral
from tests.directory.entries import merge
from tests.people import CLINIC, LEGAL_AID, acting_as, agreed, client_of, listed, sent, viewer, write
from tests.referrals.test_sending import offer, send

GONE = UUID(int=77)


def provider_of(service):
    return next(iter(providers.provider_names(providers.provider_identities(service))))


def exclude(record, player, *named):
    fresh = keyring.open_record(record.id, keys=player.keys)
    sending.record_exclusions(fresh, named, by=acting_as(player))
    return keyring.open_record(record.id, keys=player.keys)


def need_lines(record):
    return matching.need_lines(record, queries.sent_for(record))


def organisation_exclusion(service=LEGAL_AID):
    return NewExclusion(ExclusionKind.ORGANISATION, provider_of(service))


def worker_exclusion(player):
    return NewExclusion(ExclusionKind.WORKER, player.id)


def team_record(cast, name="Amina Rekaan"):
    """Create a person whose record the team of Pelita can open."""
    pelita, by, at = cast.pelita, cast.chioma, clock.now()
    record = vault.new_record(Kind.PERSON, organisation=pelita.organisation.id, team=pelita.team.id, by=by.id, at=at)
    write(record, Compartment.IDENTITY, "person", {"name": name}, by=by.id, at=at)
    vault.set_index_entry(record, {"name": name}, keys=by.keys, at=at)
    return record


def finds(player, name="Amina Rekaan"):
    return bool(case_queries.find_people(name, viewer=viewer(player), keys=player.keys))


def opens(player, record):
    try:
        keyring.open_record(record.id, keys=player.keys)
    except NotYours:
        return False
    return True


def holders(record):
    return set(Grant.objects.filter(record=record.id).values_list("holder", flat=True))


def test_an_excluded_organisation_is_not_among_the_services_that_fit(cast, amina):
    def offered():
        options = matching.find_options(keyring.open_record(amina.id, keys=cast.ben.keys))
        return {row["card"].id for row in listed(options)}

    assert {LEGAL_AID, CLINIC} <= offered()
    exclude(amina, cast.ben, organisation_exclusion())
    assert LEGAL_AID not in offered()
    assert CLINIC in offered()


def test_an_excluded_organisation_stays_excluded_after_its_entry_was_merged(cast, amina):
    def offered():
        options = matching.find_options(keyring.open_record(amina.id, keys=cast.ben.keys))
        return {row["card"].id for row in listed(options)}

    exclude(amina, cast.ben, organisation_exclusion())
    assert CLINIC in offered()
    merge(CLINIC, LEGAL_AID, over=revisions.current_revision(CLINIC).number, at=clock.now())
    assert CLINIC not in offered()


def test_an_excluded_organisation_is_not_counted_among_services_that_do_not_fit(cast, amina):
    def not_fit(record):
        return sum(group["not_fit"] for group in matching.find_options(record)["needs"])

    before = not_fit(amina)
    for service in (LEGAL_AID, CLINIC):
        amina = exclude(amina, cast.ben, organisation_exclusion(service))
    assert not_fit(amina) <= before


def test_the_consent_page_of_an_excluded_organisation_is_404(cast, amina, ben):
    address = reverse("consent_for", args=[amina.id, LEGAL_AID])
    assert ben.get(address).status_code == 200
    exclude(amina, cast.ben, organisation_exclusion())
    assert ben.get(address).status_code == 404
    assert ben.post(address, {"answer": "yes"}).status_code == 404


def test_the_own_organisation_is_not_offered_if_a_colleague_is_excluded(cast):
    """Its services are asked by voice, and the excluded colleague may answer."""
    record = team_record(cast)
    assert referral_exclusions.get_service(record, LEGAL_AID), "the control"
    record = exclude(record, cast.chioma, worker_exclusion(cast.jaya))
    with pytest.raises(NotYours):
        referral_exclusions.get_service(record, LEGAL_AID)
    assert referral_exclusions.get_service(record, CLINIC), "the control: another organisation"


def test_an_organisation_is_not_offered_if_all_its_officers_are_excluded(cast, amina):
    record = exclude(amina, cast.ben, worker_exclusion(cast.jaya))
    fitting = {row["card"].id for row in listed(matching.find_options(record)) if row["fits"]}
    assert LEGAL_AID in fitting, "the control: others read it"
    record = exclude(record, cast.ben, *map(worker_exclusion, (cast.chioma, cast.kartika)))
    offered = {row["card"].id for row in listed(matching.find_options(record))}
    assert LEGAL_AID not in offered and CLINIC in offered


def test_a_hotline_of_an_excluded_organisation_is_not_shown(cast, amina):
    at, by = clock.now(), cast.ben.id
    needs = [{"id": "u", "service_type": "MEN_CRISIS", "urgency": Urgency.NOW, "at": at.isoformat()}]
    write(amina, Compartment.CODED, "needs", {"list": needs}, by=by, at=at)
    [line] = need_lines(amina)
    theirs = [*line["answers_now"], *line["country_lines"]]
    assert theirs, "positive control: a line answers now"
    named = [NewExclusion(ExclusionKind.ORGANISATION, card.provider) for card in theirs if card.provider]
    [after] = need_lines(exclude(amina, cast.ben, *named))
    offered = {item.provider for item in (*after["answers_now"], *after["country_lines"])}
    assert offered.isdisjoint(item.ref for item in named)


@pytest.mark.parametrize("by_account", [False, True])
def test_nothing_is_sent_to_an_organisation_that_was_excluded_after_the_consent(cast, amina, by_account):
    consent = agreed(amina, cast.ben)
    made = offer(amina, consent)
    exclusions.record_exclusions(amina, [organisation_exclusion()], keys=cast.ben.keys, at=clock.now())
    if by_account:
        made = replace(made, service=GONE)
    with pytest.raises(Refused) as refusal:
        send(cast, amina, made)
    assert refusal.value.because == "never_tell"
    assert not Referral.objects.exists()
    other = agreed(amina, cast.ben, service=CLINIC)
    assert sent(amina, other, cast.ben, by_link=True, service=CLINIC).token, "positive control"


def test_excluding_an_organisation_withdraws_its_consents_and_closes_shares(cast, amina):
    first, other = agreed(amina, cast.ben), agreed(amina, cast.ben, service=CLINIC)
    made = sent(amina, first, cast.ben)
    link = sent(amina, other, cast.ben, by_link=True, service=CLINIC)
    exclude(amina, cast.ben, organisation_exclusion())
    rows = {row.id: row for row in Referral.objects.all()}
    assert rows[made.referral].state == State.CONSENT_WITHDRAWN
    assert rows[link.referral].state == State.SENT, "positive control: the other organisation's consent stays"
    assert consent_queries.consent_status(first, at=clock.now()).closed
    assert not consent_queries.consent_status(other, at=clock.now()).closed


def test_an_excluded_organisation_reached_by_link_loses_the_link(cast, amina, dan):
    consent = agreed(amina, cast.ben, service=CLINIC)
    made = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    page = reverse("link", args=[made.token])
    assert b'value="accept"' in dan.get(page).content
    exclude(amina, cast.ben, organisation_exclusion(CLINIC))
    assert b'value="accept"' not in dan.get(page).content


def test_the_list_shows_what_an_organisation_read_before(cast, handover, chioma):
    assert chioma.get(reverse("person", args=[handover.case])).status_code == 200
    record = keyring.open_record(handover.person, keys=cast.ben.keys)
    record = exclude(record, cast.ben, organisation_exclusion(), NewExclusion(ExclusionKind.WORDS, words="his brother"))
    first, second = referral_exclusions.exclusion_lines(record)
    assert cast.chioma.worker.display_name in first["learned"][0]
    assert (second["who"], second["in_words"], second["learned"]) == ("his brother", True, [])


def test_an_excluded_colleague_loses_the_record_and_the_team_keeps_it(cast):
    record = team_record(cast)
    assert opens(cast.jaya, record), "positive control: the team can open it"
    assert finds(cast.jaya)
    exclude(record, cast.chioma, worker_exclusion(cast.jaya))
    assert not opens(cast.jaya, record)
    assert not finds(cast.jaya)
    for player in (cast.chioma, cast.kartika):
        assert opens(player, record)
        assert finds(player)


def test_duty_officer_and_statistics_lose_it_and_escrow_keeps_it(cast):
    record = team_record(cast)
    assert {HolderKind.BREAK_GLASS, HolderKind.STATISTICS, HolderKind.TEAM} <= holders(record)
    exclude(record, cast.chioma, worker_exclusion(cast.jaya))
    assert holders(record) == {HolderKind.WORKER, HolderKind.ESCROW}
    assert not IndexKey.objects.filter(record=record.id, team_wide=True).exists()


def test_excluding_a_worker_elsewhere_leaves_the_record_to_its_team(cast):
    """Else an emergency has no key, and colleagues who join later get none, for somebody who never held one."""
    record = team_record(cast)
    before = holders(record)
    record = exclude(record, cast.chioma, worker_exclusion(cast.ben))
    assert holders(record) == before and not Record.objects.get(id=record.id).restricted
    assert opens(cast.jaya, record)
    exclude(record, cast.chioma, worker_exclusion(cast.jaya))
    assert Record.objects.get(id=record.id).restricted and not opens(cast.jaya, record), "the control"


def test_a_worker_who_joins_the_team_later_gets_no_grant(cast):
    record = team_record(cast)
    exclude(record, cast.chioma, worker_exclusion(cast.jaya))
    team_keys = {key.id for key in cast.kartika.keys.list_keys(KeyKind.TEAM)}
    assert team_keys
    assert not Grant.objects.filter(record=record.id, key__in=team_keys).exists()


def test_an_excluded_colleague_without_a_team_gets_no_grant_on_joining(cast):
    record = team_record(cast)
    Membership.objects.filter(worker=cast.jaya.id).update(until=clock.now())
    exclude(record, cast.chioma, worker_exclusion(cast.jaya))
    assert Record.objects.get(id=record.id).restricted
    owners = Grant.objects.filter(record=record.id, holder=HolderKind.WORKER).values("key")
    assert not PublicKey.objects.filter(id__in=owners, owner=cast.jaya.id).exists()


def test_lists_of_an_excluded_colleague_stay_full(cast):
    record = team_record(cast)
    assert record.id in {row.id for row in vault_queries.visible(viewer(cast.jaya))}
    exclude(record, cast.chioma, worker_exclusion(cast.jaya))
    assert record.id not in {row.id for row in vault_queries.visible(viewer(cast.jaya))}
    assert record.id in {row.id for row in vault_queries.visible(viewer(cast.kartika))}


def test_an_excluded_lead_sees_no_deadline_of_it(cast, amina):
    sent(amina, agreed(amina, cast.ben), cast.ben)
    assert len(client_of(cast.esi).get(reverse("team")).context["sent"]) == 1
    exclude(amina, cast.ben, worker_exclusion(cast.esi))
    context = client_of(cast.esi).get(reverse("team")).context
    assert (len(context["sent"]), len(context["people"])) == (0, 0)
    with clock.shifted(timedelta(days=30)):
        assert {part.total for part in client_of(cast.esi).get(reverse("team")).context["filters"]} == {0}
        another_lead = replace(viewer(cast.ben), leads=viewer(cast.esi).leads)
        assert len(queries.sent_by_teams(another_lead, at=clock.now())) == 1
    assert opens(cast.ben, amina)


def test_an_excluded_author_no_longer_waits_for_the_referral(cast, amina):
    vault.assign_to(amina, worker=cast.lia.id, excluded=(), keys=cast.ben.keys, at=clock.now())
    theirs = keyring.open_record(amina.id, keys=cast.lia.keys)
    sent(theirs, agreed(theirs, cast.lia), cast.lia)
    assert queries.sent_by(viewer(cast.lia), at=clock.now())
    exclude(amina, cast.ben, worker_exclusion(cast.lia))
    assert len(queries.sent_by(viewer(cast.lia), at=clock.now())) == 0
    assert len(queries.sent_by(viewer(cast.ben), at=clock.now())) == 1
    assert Record.objects.get(id=amina.id).assignee == cast.ben.id


def test_an_excluded_colleague_gets_no_notice(cast, amina):
    def listed():
        return set(Notice.objects.filter(seen_at=None).values_list("worker", "since"))

    before = listed()
    exclude(
        amina,
        cast.ben,
        worker_exclusion(cast.esi),
        organisation_exclusion(),
        NewExclusion(ExclusionKind.WORDS, words="x"),
    )
    assert {worker for worker, _since in listed() - before} == {cast.indah.id}, "who reviews that a lead lost it"


def test_a_record_is_not_handed_over_to_an_excluded_colleague(cast, amina):
    exclude(amina, cast.ben, worker_exclusion(cast.lia))
    with pytest.raises(Refused) as refusal:
        referral_exclusions.hand_over(amina, worker=cast.lia.id, keys=cast.ben.keys, at=clock.now())
    assert refusal.value.because == "never_tell"
    assert not opens(cast.lia, amina)
    referral_exclusions.hand_over(amina, worker=cast.esi.id, keys=cast.ben.keys, at=clock.now())
    assert opens(cast.esi, amina), "positive control: another colleague gets access"


def test_workers_cannot_exclude_themselves_or_their_organisation(cast):
    record = team_record(cast)
    for named in (worker_exclusion(cast.chioma), organisation_exclusion(LEGAL_AID)):
        with pytest.raises(Refused) as refusal:
            exclude(record, cast.chioma, named)
        assert refusal.value.because == "not_yourself"
    assert not exclusions.was_asked(record)
    assert opens(cast.jaya, record)


def test_a_colleague_with_an_untrusted_key_does_not_stop_an_exclusion(cast):
    record = team_record(cast)
    PublicKey.objects.filter(owner=cast.kartika.id).update(certificate=b"forged")
    exclude(record, cast.chioma, worker_exclusion(cast.jaya))
    assert not opens(cast.jaya, record)
    assert not opens(cast.kartika, record)
    assert opens(cast.chioma, record)


def test_removing_an_exclusion_restores_no_access(cast):
    record = exclude(team_record(cast), cast.chioma, worker_exclusion(cast.jaya))
    [line] = exclusions.list_exclusions(record)
    at = clock.now()
    for _ in range(2):
        exclusions.remove_exclusion(record, line.id, by=acting_as(cast.chioma), reason="a mistake")
    [entry] = exclusions.list_exclusions(keyring.open_record(record.id, keys=cast.chioma.keys))
    assert (entry.active, entry.reason) == (False, "a mistake")
    assert not opens(cast.jaya, record)
    referral_exclusions.hand_over(record, worker=cast.jaya.id, keys=cast.chioma.keys, at=at)
    assert opens(cast.jaya, record)


def test_an_exclusion_of_another_record_is_absent(cast, amina):
    with pytest.raises(NotYours):
        exclusions.remove_exclusion(amina, GONE, by=acting_as(cast.ben), reason="x")


def test_the_list_is_sealed_with_the_narrative(cast, amina):
    record = exclude(amina, cast.ben, NewExclusion(ExclusionKind.WORDS, words="his brother"))
    assert record.version(Compartment.NARRATIVE, "never_tell") == 1
    record._keys.pop(Compartment.NARRATIVE)
    with pytest.raises(NotYours):
        exclusions.list_exclusions(record)
    with pytest.raises(NotYours):
        matching.find_options(record)


def test_sharing_less_with_an_excluded_organisation_is_refused(cast, amina):
    consent = agreed(amina, cast.ben, service=CLINIC)
    made = sent(amina, consent, cast.ben, by_link=True, service=CLINIC)
    row, given = Referral.objects.get(id=made.referral), consent_queries.get_consent(amina, consent)
    exclusions.record_exclusions(amina, [organisation_exclusion(CLINIC)], keys=cast.ben.keys, at=clock.now())
    with pytest.raises(Refused) as refusal:
        sending.reseal(amina, row, offer(amina, consent), given, by=acting_as(cast.ben))
    assert refusal.value.because == "never_tell"
