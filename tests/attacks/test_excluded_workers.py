"""A worker whom a person excludes finds nothing of them: by route, act, list, notice, key or second account.

Generated: each moment of excluding x each excluded account x each route and act. At Pelita, Kartika leads the
team and holds the keys of the inbox, of emergencies and of statistics; Jaya has a second account, which nobody names.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from suar.accounts import notices
from suar.accounts.models import Notice, Team, Wrap
from suar.accounts.queries import own_keys
from suar.accounts.roles import Permission, Role
from suar.audit.models import Entry
from suar.cases import actions as cases
from suar.consent import exclusions as exclusion_list
from suar.consent import queries as consents
from suar.consent.codes import ExclusionKind
from suar.consent.exclusions import NewExclusion
from suar.core import clock
from suar.core.refusals import NotYours, Refused
from suar.demo import cast as casting
from suar.demo.cast import Cast, Player
from suar.directory import providers
from suar.records import keyring
from suar.records.models import Grant, IndexKey, Record, Value
from suar.records.terms import HolderKind
from suar.referrals import exclusions, partners, queries, receiving, sending
from suar.referrals.codes import Verb
from suar.referrals.models import PacketWrap, Referral
from tests import cast as at_work
from tests.bars.matrix import POSTED
from tests.bars.test_b03_authorisation import NOTHING, taken, undone
from tests.bars.test_b04_non_interference import changed, pages_without_ids, seen_by
from tests.people import CLINIC, LEGAL_AID, acting_as, agreed, answer_as, bare, client_of, person_of, sent, viewer
from tests.routes import STAFF, ids_of, policy_of, staff_routes

world, cast = at_work.world, at_work.cast

MOMENTS = ("before sending", "after sending", "at acceptance", "in the case", "sender excludes after acceptance")
EXCLUDED = ("jaya", "second account", "kartika")
LOOKING = dict(zip(MOMENTS, ("kartika", "jaya", "second account", "jaya", "kartika"), strict=True))
"""The account that looks at every page after each moment; with --long all of them do."""
_methods: dict[tuple[str, str], list[str]] = {}
"""How pages may be asked, by role and name."""


@dataclass
class Hidden:
    """A referral from Ben to Pelita, its case if it was accepted, and the excluded accounts."""

    referral: UUID
    case: UUID | None
    person: UUID
    excluded: dict[str, Player]
    looking: dict[str, Player]
    """Those of the excluded who look at every page."""

    @property
    def ids(self) -> set[UUID]:
        """Every id that a key row could be about."""
        return {self.referral, self.person, *([self.case] if self.case else ())}


@pytest.fixture(params=MOMENTS)
def hidden(request: pytest.FixtureRequest, cast: Cast) -> Hidden:
    second = casting.join(cast.pelita, "jaya.again", "Jaya", Role.PROVIDER, at=clock.now())
    excluded = {"jaya": cast.jaya, "second account": second, "kartika": cast.kartika}
    person = person_of(cast.ben, cast)
    if request.param == "before sending":
        exclude(cast.ben, person.id, excluded)
    person = keyring.open_record(person.id, keys=cast.ben.keys)
    referral = sent(person, agreed(person, cast.ben), cast.ben).referral
    if request.param == "after sending":
        exclude(cast.ben, person.id, excluded)
    case = None
    if request.param == "at acceptance":
        accepted = client_of(cast.chioma).post(
            reverse("accept_referral", args=[referral]), {"exclude": [str(cast.jaya.id), str(cast.kartika.id)]}
        )
        assert accepted.status_code == 302
        case = Referral.objects.get(id=referral).case
    if request.param == "in the case":
        row = receiving.get_received(referral, viewer=viewer(cast.chioma))
        case = cases.accept_and_open(row, team=cast.pelita.team.id, by=acting_as(cast.chioma)).id
        exclude(cast.chioma, case, excluded)
    if request.param == "sender excludes after acceptance":
        # Kartika leads the team, and holds each of its cases beside the author.
        Team.objects.filter(id=cast.pelita.team.id).update(own_cases_only=True)
        row = receiving.get_received(referral, viewer=viewer(cast.chioma))
        case = cases.accept_and_open(row, team=cast.pelita.team.id, by=acting_as(cast.chioma)).id
        assert Grant.objects.filter(record=case, key__in=own_keys(cast.kartika.id)).exists(), "the control"
        exclude(cast.ben, person.id, excluded)
    looking = excluded if request.config.option.long else {name: excluded[name] for name in [LOOKING[request.param]]}
    return Hidden(referral, case, person.id, excluded, looking)


def exclude(player: Player, record: UUID, excluded: dict[str, Player]) -> None:
    named = [worker for name, worker in excluded.items() if name != "second account"]
    added = [NewExclusion(ExclusionKind.WORKER, worker.id) for worker in named]
    sending.record_exclusions(keyring.open_record(record, keys=player.keys), added, by=acting_as(player))


def routes_about(hidden: Hidden) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each page of a record or a referral, its address here, and that of nothing."""
    for route in staff_routes():
        if {"record", "referral"} & set(ids_of(route)) and isinstance(policy_of(route), Permission):
            of_record = {hidden.case or hidden.person, hidden.person}
            for record in of_record if "record" in ids_of(route) else [hidden.person]:
                ids = {"record": record, "referral": hidden.referral}
                yield route.name, address(route, ids), address(route, {})


def address(route: URLPattern, ids: dict[str, UUID]) -> str:
    words = {"step": "SAFE", "form": "a5"}
    named = {name: words.get(name) or ids.get(name) or uuid4() for name in ids_of(route)}
    return reverse(route.name, kwargs=named, urlconf=STAFF)


def found(player: Player, hidden: Hidden, *, names: Collection[str] = ()) -> set[str]:
    """Return the pages on which a worker finds more than where nothing is; with `names` only of these.

    That a page without a record looks like an unknown address is shown by B3.
    """
    client, pages = client_of(player), set()
    nothing = visited(client, "get", "", NOTHING)
    for name, here, absent in routes_about(hidden):
        for method in methods_of(client, player, name, absent) if not names or name in names else ():
            seen = visited(client, method, name, here)
            if seen != nothing and seen != visited(client, method, name, absent):
                pages.add(name)
    return pages


def found_by_excluded(hidden: Hidden) -> dict[str, set[str]]:
    """Return the excluded accounts that find something, and on which pages."""
    return {name: pages for name, player in hidden.looking.items() if (pages := found(player, hidden))}


def methods_of(client: Client, player: Player, name: str, absent: str) -> list[str]:
    """Return how a page may be asked, as it says itself to the player's role; by both methods where it says nothing."""
    key = player.worker.role, name
    if key not in _methods:
        _methods[key] = sorted(method.lower() for method in taken(client, absent))
    return _methods[key]


def visited(client: Client, method: str, name: str, path: str) -> tuple[int, bytes]:
    """Return the status of a page and its content without what differs anyway; what it wrote is undone."""
    with undone():
        answer = getattr(client, method)(path, POSTED.get(name, {}))
    return answer.status_code, bare(answer.content, asked=path)


def test_excluded_workers_get_404_on_every_page(cast: Cast, hidden: Hidden) -> None:
    inbox = {"inbox_item", "answer_referral", "accept_referral"}
    assert found(cast.chioma, hidden, names=inbox) == inbox, "the control"
    assert found_by_excluded(hidden) == {}


def acts(player: Player, hidden: Hidden) -> dict[str, Any]:
    """Return each act of a receiver on the referral, called past the pages."""
    row, by = Referral.objects.get(id=hidden.referral), acting_as(player)
    answers = {f"answer {verb}": lambda verb=verb: receiving.answer(row, verb, by=by) for verb in Verb}
    return answers | {
        "receive": lambda: receiving.receive(row.id, viewer=by.viewer, keys=by.keys, at=by.at),
        "accept": lambda: cases.accept_and_open(row, team=min(by.viewer.teams), by=by),
        "open the case": lambda: keyring.open_record(hidden.case or hidden.person, keys=by.keys),
        "exclude": lambda: exclude(player, hidden.person, {}),
    }


@pytest.mark.parametrize("name", EXCLUDED)
def test_excluded_workers_get_404_for_every_action(cast: Cast, hidden: Hidden, name: str) -> None:
    done = []
    for act, call in acts(hidden.excluded[name], hidden).items():
        with undone(), suppress(NotYours):
            call()
            done.append(act)
    assert done == []
    with undone():
        assert acts(cast.chioma, hidden)["receive"](), "the control"


def test_no_list_count_or_notice_changes_when_others_act(cast: Cast, hidden: Hidden) -> None:
    everybody = {**hidden.excluded, "chioma": cast.chioma}
    paths = {name: pages_without_ids(player) for name, player in everybody.items()}
    clients = {name: client_of(everybody[name]) for name in (*hidden.looking, "chioma")}
    for player in everybody.values():
        notices.mark_seen(player.id, at=clock.now())
    before = {name: seen_by(client, paths[name]) for name, client in clients.items()}
    if hidden.case:
        answer_as(cast.chioma, hidden.referral, Verb.TRY_CONTACT)
    else:
        answer_as(cast.chioma, hidden.referral, Verb.ACKNOWLEDGE)
    person = keyring.open_record(hidden.person, keys=cast.ben.keys)
    sending.follow_up(person, hidden.referral, Verb.RECALL, by=acting_as(cast.ben), reason="RC_WRONG")
    waiting = set(Notice.objects.filter(notices.WAITS).values_list("worker", flat=True))
    noticed = {name for name, player in everybody.items() if player.id in waiting}
    assert noticed == {"chioma"}
    after = {name: changed(before[name], seen_by(client, paths[name])) for name, client in clients.items()}
    assert after.pop("chioma"), "the control"
    assert after == {key: [] for key in hidden.looking}


def test_no_key_row_of_a_backup_is_for_a_key_of_theirs(hidden: Hidden) -> None:
    """Keys for emergencies, statistics and the inbox are Kartika's; only escrow on paper opens a restricted record."""
    rows = [
        *PacketWrap.objects.filter(referral__in=hidden.ids).values_list("key", flat=True),
        *Grant.objects.filter(record__in=hidden.ids).exclude(holder=HolderKind.ESCROW).values_list("key", flat=True),
        *IndexKey.objects.filter(record__in=hidden.ids).values_list("key", flat=True),
    ]
    assert rows, "the control"
    for player in hidden.excluded.values():
        owned = set(Wrap.objects.filter(holder=player.id).values_list("key", flat=True))
        assert owned, "the control"
        assert owned.isdisjoint(rows)


def test_only_workers_who_are_not_excluded_open_the_record(cast: Cast, hidden: Hidden) -> None:
    accepted_later = hidden.case is None
    if accepted_later:
        answer_as(cast.chioma, hidden.referral, Verb.ACCEPT)
    row = Referral.objects.get(id=hidden.referral)
    accepted = replace(hidden, case=row.case)
    if accepted_later:  # Otherwise `test_excluded_workers_get_404_on_every_page` has seen this very state.
        assert found_by_excluded(accepted) == {}
    opened = receiving.thread_of(keyring.open_record(row.case, keys=cast.chioma.keys))
    by = acting_as(cast.chioma)
    received = receiving.receive(row.id, viewer=by.viewer, keys=by.keys, at=by.at, thread=opened)
    assert received.shared and received.shared["called_name"] == "Amina Rekaan"
    assert set(PacketWrap.objects.values_list("key", flat=True)) == {None}
    test_no_key_row_of_a_backup_is_for_a_key_of_theirs(accepted)


def accepted_case(cast: Cast, hidden: Hidden) -> UUID:
    if hidden.case is None:
        answer_as(cast.chioma, hidden.referral, Verb.ACCEPT)
    case = Referral.objects.get(id=hidden.referral).case
    assert case
    return case


def hand_over(cast: Cast, case: UUID, *, to: Player) -> None:
    opened = keyring.open_record(case, keys=cast.chioma.keys)
    exclusions.hand_over(opened, worker=to.id, keys=cast.chioma.keys, at=clock.now())


@pytest.mark.parametrize("name", EXCLUDED)
def test_no_holder_hands_the_case_to_an_excluded_worker(cast: Cast, hidden: Hidden, name: str) -> None:
    """The holder cannot read the sender's list; the refusal is the same for everybody who does not hold the case."""
    case = accepted_case(cast, hidden)
    before = set(Grant.objects.filter(record=case).values_list("key", flat=True))
    stranger = casting.join(cast.pelita, "new.here", "Nia", Role.PROVIDER, at=clock.now())
    reasons = set()
    for player in (hidden.excluded[name], stranger):
        with pytest.raises(Refused) as refusal:
            hand_over(cast, case, to=player)
        reasons.add(refusal.value.because)
        if is_own_list(case, cast):
            break
    assert len(reasons) == 1
    assert set(Grant.objects.filter(record=case).values_list("key", flat=True)) == before
    hand_over(cast, case, to=cast.chioma)


def test_a_holder_hands_the_case_to_another_holder(cast: Cast) -> None:
    rani = casting.join(cast.pelita, "rani", "Rani", Role.PROVIDER, at=clock.now())
    person = person_of(cast.ben, cast)
    exclude(cast.ben, person.id, {"jaya": cast.jaya})
    person = keyring.open_record(person.id, keys=cast.ben.keys)
    referral = sent(person, agreed(person, cast.ben), cast.ben).referral
    answer_as(cast.chioma, referral, Verb.ACCEPT)
    case = Referral.objects.get(id=referral).case
    assert case
    with pytest.raises(Refused):
        hand_over(cast, case, to=cast.jaya)
    hand_over(cast, case, to=rani)
    assert Record.objects.get(id=case).assignee == rani.id


def test_less_of_an_accepted_referral_leaves_its_case_to_the_holders(cast: Cast) -> None:
    """What is sealed again to a case stays restricted."""
    person = person_of(cast.ben, cast)
    exclude(cast.ben, person.id, {"jaya": cast.jaya})
    person = keyring.open_record(person.id, keys=cast.ben.keys)
    consent = agreed(person, cast.ben)
    referral = sent(person, consent, cast.ben).referral
    answer_as(cast.chioma, referral, Verb.ACCEPT)
    person = keyring.open_record(person.id, keys=cast.ben.keys)
    facts = consents.get_consent(person, consent).facts
    fewer = frozenset(sorted(facts.fields)[:-1])
    by = acting_as(cast.ben)
    assert sending.narrow_consent(person, consent, fields=fewer, ends_on=facts.ends_on, by=by)
    case = Referral.objects.get(id=referral).case
    assert case
    with pytest.raises(Refused):
        hand_over(cast, case, to=cast.jaya)


def is_own_list(case: UUID, cast: Cast) -> bool:
    return bool(exclusion_list.list_exclusions(keyring.open_record(case, keys=cast.chioma.keys)))


def test_nothing_is_sent_if_everybody_there_is_excluded(cast: Cast) -> None:
    person = person_of(cast.ben, cast)
    consent = agreed(person, cast.ben)
    everybody = {name: getattr(cast, name) for name in ("chioma", "jaya", "kartika")}
    exclude(cast.ben, person.id, everybody)
    person = keyring.open_record(person.id, keys=cast.ben.keys)
    with pytest.raises(Refused, match="no_reader_left"):
        sent(person, consent, cast.ben)
    assert not Referral.objects.exists()


def test_a_referral_without_readers_is_withdrawn(cast: Cast) -> None:
    person = person_of(cast.ben, cast)
    referral = sent(person, agreed(person, cast.ben), cast.ben).referral
    exclude(cast.ben, person.id, {name: getattr(cast, name) for name in ("chioma", "jaya", "kartika")})
    assert not PacketWrap.objects.exists()
    assert not queries.get_referral(id=referral).is_open


def test_the_consent_ends_if_the_case_of_a_team_cannot_be_restricted(cast: Cast) -> None:
    person = person_of(cast.ben, cast)
    consent = agreed(person, cast.ben)
    referral = sent(person, consent, cast.ben).referral
    answer_as(cast.chioma, referral, Verb.ACCEPT)
    assert PacketWrap.objects.filter(referral=referral).exists(), "the control"
    notices.mark_seen(cast.chioma.id, at=clock.now())
    exclude(cast.ben, person.id, {"jaya": cast.jaya})
    assert not PacketWrap.objects.filter(referral=referral).exists()
    assert not queries.get_referral(id=referral).is_open
    assert Notice.objects.filter(notices.WAITS, worker=cast.chioma.id).exists()


def test_nobody_pins_or_sends_to_their_own_organisation(cast: Cast) -> None:
    with pytest.raises(Refused, match="own_organisation"):
        partners.pin_partner(cast.village.organisation.id, by=acting_as(cast.ben))
    person = person_of(cast.ben, cast)
    consent = agreed(person, cast.ben)
    with pytest.raises(Refused, match="own_organisation"):
        sent(person, consent, cast.ben, receiver=cast.village.organisation.id)
    assert not Referral.objects.exists()


def test_the_case_of_a_team_is_restricted_by_who_holds_its_keys(cast: Cast) -> None:
    """Earlier versions sent referrals to the sender's own organisation; one is made such here."""
    person = person_of(cast.ben, cast)
    referral = sent(person, agreed(person, cast.ben), cast.ben).referral
    answer_as(cast.chioma, referral, Verb.ACCEPT)
    case = Referral.objects.get(id=referral).case
    assert keyring.open_record(case, keys=cast.jaya.keys), "the control"
    own = cases.open_case(team=cast.pelita.team.id, by=acting_as(cast.chioma)).id
    Referral.objects.filter(id=referral).update(record=own, sending_organisation=cast.pelita.organisation.id)
    exclude(cast.chioma, own, {"jaya": cast.jaya})
    with pytest.raises(NotYours):
        keyring.open_record(case, keys=cast.jaya.keys)
    assert found(cast.jaya, Hidden(referral, case, own, {}, {})) == set()
    assert keyring.open_record(case, keys=cast.chioma.keys)
    assert PacketWrap.objects.filter(referral=referral).exists()


def traces(cast: Cast, *named: NewExclusion) -> tuple[set[Any], list[str]]:
    """Return what a reader of the rows sees after a person was asked: names and lengths of values, and audited acts."""
    record = person_of(cast.ben, cast)
    seen = Entry.objects.count()
    sending.record_exclusions(record, named, by=acting_as(cast.ben))
    values = Value.objects.filter(record=record.id).values_list("compartment", "field", "version", "sealed")
    verbs = list(Entry.objects.order_by("seq")[seen:].values_list("verb", flat=True))
    return {(compartment, field, version, len(sealed)) for compartment, field, version, sealed in values}, verbs


def test_what_a_case_sent_on_no_longer_notifies_a_worker_whom_the_first_sender_excludes(cast: Cast) -> None:
    """Their case is taken without its keys; an answer of the next organisation would tell that it goes on."""
    Team.objects.filter(id=cast.pelita.team.id).update(own_cases_only=True)
    person = person_of(cast.ben, cast)
    first = sent(person, agreed(person, cast.ben), cast.ben).referral
    answer_as(cast.jaya, first, Verb.ACCEPT)
    case = Referral.objects.get(id=first).case
    assert case
    sending.record_exclusions(keyring.open_record(case, keys=cast.jaya.keys), (), by=acting_as(cast.jaya))
    record = keyring.open_record(case, keys=cast.jaya.keys)
    receiving.read_received(record, viewer=viewer(cast.jaya), keys=cast.jaya.keys, at=clock.now())
    sent(record, agreed(record, cast.jaya, service=CLINIC), cast.jaya, by_link=True, service=CLINIC)
    onward = Referral.objects.get(record=case)
    assert onward.author == cast.jaya.id, "the control"
    exclude(cast.ben, person.id, {"jaya": cast.jaya})
    onward.refresh_from_db()
    assert onward.author == Record.objects.get(id=case).assignee == cast.kartika.id


def test_names_and_lengths_of_values_do_not_show_that_somebody_is_excluded(cast: Cast) -> None:
    nobody = traces(cast)
    assert ("narrative", "never_tell") in {(compartment, field) for compartment, field, _, _ in nobody[0]}, (
        "the control"
    )
    body = NewExclusion(
        ExclusionKind.ORGANISATION, next(iter(providers.provider_names(providers.provider_identities(LEGAL_AID))))
    )
    words = NewExclusion(ExclusionKind.WORDS, words="the uncle of a neighbour, who drives the village bus " * 8)
    for named in ([body], [words], [body, words]):
        assert traces(cast, *named) == nobody


def test_the_audit_log_does_not_show_that_somebody_is_taken_off_the_list(cast: Cast) -> None:
    """A removal would show that there was an exclusion."""
    record = person_of(cast.ben, cast)
    sending.record_exclusions(record, [NewExclusion(ExclusionKind.WORDS, words="x")], by=acting_as(cast.ben))
    record = keyring.open_record(record.id, keys=cast.ben.keys)
    [line] = exclusion_list.list_exclusions(record)
    seen = Entry.objects.count()
    exclusion_list.remove_exclusion(record, line.id, by=acting_as(cast.ben), reason="a mistake")
    verbs = set(Entry.objects.order_by("seq")[seen:].values_list("verb", flat=True))
    assert "never_tell" in verbs and "may_know_again" not in verbs
