"""Filters and tags that print referrals: labels of codes, moments, shared values, how to reach a service."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import template
from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.consent import queries as consents
from suar.consent import wording
from suar.consent.codes import Field
from suar.core import clock
from suar.core.i18n import format_day
from suar.directory import labels as directory
from suar.directory.cards import CardPhone, ServiceCard
from suar.directory.codes import Age, Effect, Status
from suar.directory.facts import Reason
from suar.referrals import messages, rules, second_opinions
from suar.referrals.codes import ACTS, DEADLINES, FIELDS, REASONS, URGENCY, Deadline, State
from suar.referrals.models import Referral

register = template.Library()
SHOW_TIME_WITHIN = timedelta(days=3)
UNSUCCESSFUL = rules.CLOSED_STATES - rules.HELPED - {State.CANCELLED}
MARKS = {Effect.ASK: "ask", Effect.AGAINST: "ask", Effect.WARN: "warn", Effect.NOTE: "note"}

register.filter("moment", messages.moment)
register.filter("state_label", messages.state_label)
register.filter("sent_state", messages.sent_state)
register.filter("sent_meaning", messages.sent_meaning)
register.filter("history_entry", messages.history_entry)
register.filter("progress", messages.progress)
register.filter("closed_reason", messages.closed_reason)
register.filter("service_type", directory.service_type_name)
register.filter("last_day", consents.last_day)


@register.filter
def name_in(ident: UUID | None, names: Mapping[UUID, str]) -> str:
    """Return the name of an organisation or worker; without an id, a text for somebody with a link."""
    return names.get(ident, "") if ident else str(messages.BY_LINK)


@register.filter
def timeline_kind(sent: Referral) -> str:
    """Return the mark of a referral on a timeline."""
    return "declined" if sent.state in UNSUCCESSFUL else "wait" if sent.state in rules.UNANSWERED_LINK else "done"


@register.filter
def tone(urgency: str) -> str:
    """Return the visual weight of an urgency; empty for one that can wait."""
    return str(URGENCY[urgency].get("tone", ""))


@register.filter
def shared_rows(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return shared values as questions and answers in their order; the needs of a preview are left out."""
    return [
        {"question": FIELDS.label(field), "answer": messages.field_value(field, values[field])}
        for field in Field
        if isinstance(values.get(field), str) and values[field]
    ]


@register.filter
def field_labels(fields: Iterable[str]) -> str:
    """Return the labels of shared fields in their order, separated by commas."""
    shared = set(fields)
    return ", ".join(FIELDS.label(field) for field in Field if field in shared)


@register.filter
def places(codes: Iterable[str]) -> str:
    """Return the open places of a service; hidden ones are left out."""
    return ", ".join(directory.place_name(code) for code in codes)


@register.filter
def match_reasons(reasons: Iterable[Reason]) -> list[tuple[str, str]]:
    """Return why a service fits, or what to ask first: each reason with its mark."""
    return [(MARKS.get(reason.effect, ""), directory.reason_text(reason)) for reason in reasons]


@register.filter
def act_choices(verbs: Iterable[str]) -> list[dict[str, Any]]:
    """Return acts as buttons: code, label, the reasons it needs, and whether it needs a date."""
    return [
        {
            "verb": verb,
            "label": ACTS.label(verb),
            "reasons": [code for code in REASONS.members if code["verb"] == verb],
            "dated": ACTS[verb].get("dated"),
        }
        for verb in verbs
    ]


@register.filter
def deadline_text(deadline: tuple[Deadline, datetime, bool]) -> str:
    """Return the text of a deadline: due at a time, or late since a time; days from now only the day."""
    step, due_at, is_late = deadline
    when = messages.moment(due_at) if due_at - clock.now() < SHOW_TIME_WITHIN else format_day(clock.local_date(due_at))
    text = _("%(what)s: late since %(at)s") if is_late else _("%(what)s: due %(at)s")
    return text % {"what": DEADLINES.label(step), "at": when}


@register.filter
def reading_text(reading: tuple[str, datetime]) -> str:
    """Return who read what was shared, and when."""
    return messages.reading_text(*reading)


@register.simple_tag
def consent_text(name: str) -> str:
    """Return a text of consent in the active language, such as the warning before it."""
    return wording.text(name)


@register.inclusion_tag("referrals/reach.html")
def reach(service: ServiceCard | UUID, *, named: str = "", beside: bool = False) -> dict[str, Any]:
    """Show how a worker reaches a service: its numbers, when somebody is there, and its entry.

    A number that somebody answers now comes first; "day and night" beside a number is not repeated.
    `named` is read out with the link to the entry, `beside` opens it in a new tab.
    """
    card = service if isinstance(service, ServiceCard) else messages.find_card(service)
    context = {"named": named, "beside": beside}
    if card is None:
        return context
    urgent = [CardPhone(card.urgent.number, card.urgent.hours)] if card.urgent else []
    of_sites = [phone for site in card.sites for phone in site.phones]
    once = {phone.number: phone for phone in reversed([*urgent, *card.phones, *of_sites])}
    words = " ".join(str(phone.words).casefold() for phone in once.values())
    return context | {
        "numbers": list(once.values())[::-1],
        "hours": [text for text in map(directory.hours_text, card.hours) if text and text not in words],
        "entry": messages.public_address(card) if card.status == Status.ACTIVE and card.age is not Age.HIDDEN else "",
    }


@register.inclusion_tag("referrals/opinion_line.html", takes_context=True)
def opinion_line(context: template.Context, record: UUID) -> dict[str, object]:
    """Link to the page that asks a partner for a second opinion, if the viewer may ask."""
    opinion = second_opinions.line_for(record, context["request"].viewer)
    names = accounts.organisation_names([opinion["asked"]]) if opinion else {}
    return {"record": record, "opinion": opinion, "name": next(iter(names.values()), "")}
