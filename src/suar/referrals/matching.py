"""Services for a person's needs: those that fit, those to ask first, and who answers now."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from suar.consent import declined_services
from suar.core import clock
from suar.core.urgency import CANNOT_WAIT
from suar.directory import queries as directory
from suar.directory.codes import FitKind
from suar.directory.rules import fit as fitting
from suar.records.keyring import OpenRecord
from suar.referrals import exclusions, needs, queries, rules
from suar.referrals.codes import NeedStatus, State
from suar.referrals.models import Referral

MAX_OPTIONS, MAX_ANSWERING, MAX_ALTERNATIVES = 8, 3, 3
Option = dict[str, Any]
"""A service (`card`), the `reasons` why it fits, whether it was `asked`, and when it was declined (`declined_on`)."""


def find_options(record: OpenRecord) -> dict[str, Any]:
    """Return the services that fit this person now (`fits`), those to `ask_first`, and how many are `not_fitting`.

    Excluded ones are not among them, nor those of an organisation whose workers the person excluded.
    """
    facts = needs.person_facts(record)
    matches = directory.matches_for(facts, needs.service_types(record))
    excluded = exclusions.not_offered_for(record)
    allowed = {card.id for card in exclusions.without_excluded((match.card for match in matches), excluded)}
    asked = {sent.document.service for sent in queries.sent_for(record) if sent.is_open}
    declined = declined_services.declined_on(record)
    options: dict[FitKind, list[Option]] = {kind: [] for kind in FitKind}
    for match in matches:
        ident = match.card.id
        if ident in allowed:
            option = {
                "card": match.card,
                "reasons": fitting.split_reasons(facts, match.fit),
                "asked": ident in asked,
                "declined_on": declined.get(ident),
            }
            options[match.fit.kind].append(option)
    return {
        "fits": options[FitKind.FITS][:MAX_OPTIONS],
        "ask_first": options[FitKind.ASK_FIRST][:MAX_OPTIONS],
        "not_fitting": len(options[FitKind.DOES_NOT_FIT]),
    }


def find_alternatives(record: OpenRecord, *, to: UUID) -> list[Option]:
    """Return the next services that fit, without those that were asked or declined."""
    fits = find_options(record)["fits"]
    others = [row for row in fits if not (row["asked"] or row["declined_on"] or row["card"].id == to)]
    return others[:MAX_ALTERNATIVES]


def need_lines(record: OpenRecord, sent: Sequence[Referral], *, place: str = "") -> list[dict[str, Any]]:
    """Return each need with its status. `contacts` are the people whom workers spoke to about it.

    For an `alarming` need, now or today and nobody informed, also who `answers_now` for it; where nobody does, the
    `country_lines`. Excluded services are not among them.
    """
    contacts, excluded = needs.contacts_by_need(record), exclusions.excluded_for(record)
    lines = []
    for need in needs.list_needs(record):
        about = [row for row in sent if need.service_type in row.document.types and row.state != State.CANCELLED]
        spoke_at = [contact.at for contact in need.spoke_to]
        status = rules.need_status(need.urgency, states=[row.state for row in about], spoke_at=spoke_at, at=clock.now())
        line: dict[str, Any] = {
            "need": need,
            "status": status,
            "contacts": contacts.get(need.id, ()),
            "cannot_wait": need.urgency in CANNOT_WAIT,
            "alarming": need.urgency in CANNOT_WAIT and status is NeedStatus.NOBODY_INFORMED,
        }
        if line["alarming"]:
            near = directory.answers_now([need.service_type], most=MAX_OPTIONS, place=place)
            allowed = exclusions.without_excluded(near, excluded)[:MAX_ANSWERING]
            country = () if allowed else exclusions.without_excluded(directory.country_lines(), excluded)
            line |= {"answers_now": allowed, "country_lines": country}
        lines.append(line)
    return lines
