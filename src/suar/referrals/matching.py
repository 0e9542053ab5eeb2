"""Services for what a person needs and for what the outcome of a talk calls for, and who answers now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from suar.consent import declined_services
from suar.consent.documents import Need
from suar.core import clock
from suar.core.urgency import CANNOT_WAIT, Urgency
from suar.directory import queries as directory
from suar.directory.cards import Match, ServiceCard
from suar.directory.codes import FitKind
from suar.directory.facts import PersonFacts
from suar.directory.rules import fit as fitting
from suar.records.keyring import OpenRecord
from suar.referrals import exclusions, needs, packages, queries, rules
from suar.referrals.codes import NeedStatus, State, Verb
from suar.referrals.models import Referral
from suar.referrals.packages import WantedHelp
from suar.screening import queries as talks
from suar.screening.codes import Outcome
from suar.screening.documents import Finding
from suar.screening.rules.answers import Path
from suar.screening.rules.reference import settings

MAX_ANSWERING, MAX_ALTERNATIVES = 3, 3
MAX_BEST, MAX_MORE, MAX_CONSIDERED = 3, 5, 40
Option = dict[str, Any]
"""A service: its `card`, the `reasons` why it fits, whether it `fits` and was `asked`.

`declined_on` is when the person declined it, `refused_on` when the provider could not help. `shown_above` is True if an
earlier need lists it."""
Group = dict[str, Any]
"""The `wanted` help, its `best` services and `more`, how many do `not_fit`, whether all `ask_testimony`, and the
`country_lines` where there is none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Known limits of services for a person: the ids that are not offered, and services that were asked.

    A service that the person declined is never taken for one whose provider could not help.
    """

    excluded: frozenset[UUID] = frozenset()
    asked: frozenset[UUID] = frozenset()
    declined_on: Mapping[UUID, date] = field(default_factory=dict)
    refused_on: Mapping[UUID, date] = field(default_factory=dict)


def find_options(record: OpenRecord) -> dict[str, Any]:
    """Return the services for the `needs` of a person and for the `package` of the last talk, best first.

    Excluded ones are not among them, nor those of an organisation whose workers the person excluded.
    """
    last, path = talks.findings(record)[:1], needs.path_of(record)
    facts = _with_place(needs.person_facts(record), last, record.facts.organisation)
    outcome = last[0].outcome if last else None
    return _options(needs.wanted_help(record), outcome, facts, path=path, limits=_limits(record))


def find_options_without_name(findings: Sequence[Finding], facts: PersonFacts, *, own: UUID) -> dict[str, Any]:
    """Return what `find_options` returns, for somebody who wants no name stored.

    `findings` are what talks left; `facts` are not stored. Services of the `own` organisation are left out if somebody
    here may be concerned: the person excluded somebody who is not stored, or the talk ended for a conflict of interest,
    which stores no needs.
    """
    finding, excludes = findings[0], any(finding.partners_excluded for finding in findings)
    limits = Limits(frozenset({own}) if excludes or finding.needs is None else frozenset())
    path = finding.path or Path.ADULT
    kinds = (packages.wanted_in_talk(need.need, path=path, urgency=Urgency(need.level)) for need in finding.needs or ())
    wanted = [kind for kind in kinds if kind]
    return _options(wanted, finding.outcome, _with_place(facts, findings, own), path=path, limits=limits)


def assumed_place(findings: Sequence[Finding], organisation: UUID) -> str:
    """Return the province where the organisation works, for a person of unknown place; "" if they may be far."""
    place = settings().settings.get(findings[0].setting or "") if findings else None
    return "" if place and place.elsewhere else directory.province_of_organisation(organisation)


def _with_place(facts: PersonFacts, findings: Sequence[Finding], organisation: UUID) -> PersonFacts:
    """Return facts with the place of the person, or else with the assumed one."""
    return replace(facts, place=facts.place or assumed_place(findings, organisation) or None)


def find_alternatives(record: OpenRecord, sent: Referral) -> list[Option]:
    """Return the next services for the needs of a referral that came back or got no answer in time, the best first.

    Without those that were asked, that could not help, or that the person declined. Empty for any other referral.
    """
    if not rules.offers_next(sent.state, late=sent.is_late):
        return []
    path, types = needs.path_of(record), set(sent.document.types)
    wanted = [row for row in needs.wanted_help(record) if not types.isdisjoint(row.services)]
    groups = _options(wanted, None, needs.person_facts(record), path=path, limits=_limits(record))["needs"]
    rows = [row for group in groups for row in (*group["best"], *group["more"]) if not _was_named(row, sent)]
    return sorted(rows, key=lambda row: not row["fits"])[:MAX_ALTERNATIVES]


def services_of_type(record: OpenRecord, service_type: str) -> list[ServiceCard]:
    """Return the services of one type, the best for the person first; excluded ones are not among them."""
    matches = directory.match_services(needs.person_facts(record), (service_type,), soon=False, most=MAX_CONSIDERED)
    return exclusions.without_excluded((match.card for match in matches), exclusions.organisations_not_offered(record))


def _was_named(row: Option, sent: Referral) -> bool:
    """Return True for a service that was asked before, in whatever way that ended, or stands in the list already."""
    known = ("shown_above", "asked", "declined_on", "refused_on")
    return any(row[name] for name in known) or row["card"].id == sent.document.service


def _limits(record: OpenRecord) -> Limits:
    sent = queries.sent_for(record)
    acts = [(row.document.service, act) for row in sent for act in row.history]
    return Limits(
        exclusions.organisations_not_offered(record),
        frozenset(row.document.service for row in sent if row.is_open),
        declined_services.declined_on(record),
        {service: clock.local_date(act.at) for service, act in acts if act.verb == Verb.DECLINE},
    )


def _options(
    needed: Iterable[WantedHelp], outcome: Outcome | None, facts: PersonFacts, *, path: Path, limits: Limits
) -> dict[str, Any]:
    ordered = sorted(needed, key=lambda wanted: wanted.urgency or Urgency.PLANNED)
    parts = packages.package_after(outcome, path=path, with_children=bool(facts.children)) if outcome else []
    listed_before: set[UUID] = set()
    need_groups = [_group(wanted, facts, limits, listed_before) for wanted in ordered]
    package_groups = [_group(part, facts, limits, listed_before) for part in packages.not_covered(parts, ordered)]
    return {
        "needs": need_groups,
        "package": sorted(package_groups, key=lambda group: not group["count"]),
        "outcome": talks.outcome_words(outcome) if outcome else "",
        "has_place": facts.place is not None,
    }


def _group(wanted: WantedHelp, person: PersonFacts, limits: Limits, listed_before: set[UUID]) -> Group:
    """Return the services for one kind of help; the services of the groups before it are in `listed_before`."""
    facts = packages.facts_of_helped(person, wanted.whom)
    matches = directory.match_services(facts, wanted.services, soon=wanted.urgency in CANNOT_WAIT, most=MAX_CONSIDERED)
    allowed = {card.id for card in exclusions.without_excluded((match.card for match in matches), limits.excluded)}
    matches = [match for match in matches if match.card.id in allowed]
    offered = [match for match in matches if match.fit.kind is not FitKind.DOES_NOT_FIT]
    safe = [match for match in offered if not match.card.asks_testimony]
    listed = (safe or offered) if wanted.without_testimony else offered
    options = [_option(match, facts, limits, listed_before) for match in listed[: MAX_BEST + MAX_MORE]]
    likely = sum(fitting.group_rank(match.fit) < fitting.ANOTHER_GROUP for match in listed)
    best = min(likely or MAX_BEST, MAX_BEST)
    listed_before |= {option["card"].id for option in options}
    return {
        "wanted": wanted,
        "best": options[:best],
        "more": options[best:],
        "count": len(options),
        "not_fit": len(matches) - len(offered),
        "ask_testimony": wanted.without_testimony and bool(options) and not safe,
        "country_lines": () if options else exclusions.without_excluded(directory.country_lines(), limits.excluded),
    }


def _option(match: Match, facts: PersonFacts, limits: Limits, listed_before: Collection[UUID]) -> Option:
    ident = match.card.id
    return {
        "card": match.card,
        "reasons": fitting.split_reasons(facts, match.fit),
        "fits": match.fit.kind is FitKind.FITS,
        "asked": ident in limits.asked,
        "declined_on": limits.declined_on.get(ident),
        "refused_on": limits.refused_on.get(ident),
        "shown_above": ident in listed_before,
    }


def _call_result(need: Need, related: Iterable[Referral], path: Path) -> str:
    """Return how the call in the talk ended; "" if a child wants no help, or if a referral since has replaced it.

    That somebody was tried is not replaced: sent is not help.
    """
    result = need.call_result or ""
    is_refused_by_child = path is Path.CHILD and result == NeedStatus.NOT_WANTED
    is_replaced = result != NeedStatus.TRIED and any(row.made_at > need.at for row in related)
    return "" if is_refused_by_child or is_replaced else result


def need_lines(record: OpenRecord, sent: Sequence[Referral], *, place: str = "") -> list[dict[str, Any]]:
    """Return each need with its status. `contacts` are the people whom workers spoke to about it.

    For an `alarming` need, now or today and nobody informed, also who `answers_now` for it; where nobody does, the
    `country_lines`. Excluded services are not among them.
    """
    contacts, excluded = needs.contacts_by_need(record), exclusions.excluded_organisations(record)
    path, person, lines = needs.path_of(record), needs.person_facts(record), []
    for need in needs.list_needs(record):
        wanted = packages.wanted_for(need, path=path)
        related = [
            row for row in sent if row.state != State.CANCELLED and set(wanted.services) & set(row.document.types)
        ]
        status = rules.need_status(
            need.urgency,
            states=[row.state for row in related],
            spoke_at=[contact.at for contact in need.spoke_to],
            result=_call_result(need, related, path),
            at=clock.now(),
        )
        line: dict[str, Any] = {
            "need": need,
            "label": wanted.label,
            "status": status,
            "contacts": contacts.get(need.id, ()),
            "cannot_wait": need.urgency in CANNOT_WAIT,
            "alarming": need.urgency in CANNOT_WAIT and status in (NeedStatus.NOBODY_INFORMED, NeedStatus.TRIED),
        }
        if line["alarming"]:
            helped = packages.facts_of_helped(person, wanted.whom)
            helped, is_far = replace(helped, place=place or helped.place), wanted.whom == packages.OTHER
            lines_near = directory.likely_lines(wanted.services, helped, most=MAX_CONSIDERED, remote=is_far)
            allowed = exclusions.without_excluded(lines_near, excluded)[:MAX_ANSWERING]
            country = () if allowed else exclusions.without_excluded(directory.country_lines(), excluded)
            line |= {"answers_now": allowed, "country_lines": country}
        lines.append(line)
    return lines
