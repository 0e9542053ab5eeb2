"""Asking a provider: links for all that is due at once, a call that nobody answered, taking back.

Suar sends nothing. What is kept is when whom asked, so that nobody is asked twice in a week.
Source: docs/decisions/0052.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from suar.audit import actions as audit
from suar.core.refusals import Refused
from suar.directory import asking, entry_links, rules
from suar.directory.asking import Group
from suar.directory.locking import locked_edition
from suar.directory.models import EntryAsked, EntryLink, Service


def write(service: UUID, *, by: UUID, at: datetime) -> tuple[Group, dict[UUID, str]]:
    """Make a link for each entry of a provider that is due; gives the tokens, shown once.

    Raises NotYours, and Refused where nothing is due or somebody asked within a week.
    """
    with transaction.atomic():
        group = _asked(service, by=by, at=at)
        made = {card.id: entry_links.make(card.id, by=by, at=at) for card in group.cards}
    return group, made


def call(service: UUID, *, by: UUID, at: datetime) -> None:
    """Note that somebody called and reached nobody; raises as `write` does."""
    with transaction.atomic():
        _asked(service, by=by, at=at)


def take_back(service: UUID, *, by: UUID, at: datetime) -> None:
    """Forget that a provider was asked just now: it was not, after all. Its links end.

    Raises Refused for whoever did not ask.
    """
    with transaction.atomic():
        locked_edition()
        every = _of_one_provider(service)
        last = every.order_by("-at").first()
        if last is None or last.by != by:
            raise Refused("not_asked_by_you")
        together = every.filter(at=last.at, by=by)
        ids = list(together.values_list("service_id", flat=True))
        together.delete()
        made = EntryLink.objects.filter(service__in=ids, made_at=last.at, ended_at=None)
        made.update(ended_at=at)
        audit.record("take_asking_back", by=by, at=at, about=ids)


def _of_one_provider(service: UUID) -> QuerySet[EntryAsked]:
    """Give all askings of the provider of an entry, due or not by now."""
    provider = Service.objects.filter(id=service).values_list("provider_id", flat=True).first()
    if provider is None:
        return EntryAsked.objects.filter(service=service)
    return EntryAsked.objects.filter(service__provider=provider)


def note(service: UUID, *, by: UUID, at: datetime) -> None:
    """Note that an entry's provider was asked about this entry alone, with a link of its own."""
    EntryAsked.objects.create(service_id=service, at=at, by=by)


def _asked(service: UUID, *, by: UUID, at: datetime) -> Group:
    """Note that a provider is asked about all that is due of it; one editor waits for another."""
    locked_edition()
    group = asking.group_of(service, at=at)
    decision = rules.may_ask(group.asked, at=at)
    if not decision:
        raise Refused(decision.because)
    ids = [card.id for card in group.cards]
    EntryAsked.objects.bulk_create(EntryAsked(service_id=each, at=at, by=by) for each in ids)
    audit.record("ask_provider", by=by, at=at, about=ids)
    return group
