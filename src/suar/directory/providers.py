"""Providers of services: search by name, and all ids of one provider."""

from collections.abc import Collection, Iterable
from itertools import chain
from uuid import UUID

from django.db.models import Q

from suar.core.i18n import active_language
from suar.directory import cards
from suar.directory.models import MergedEntry, Provider, Service
from suar.directory.tokens import contains_words, tokenize

MAX_WORDS, MAX_LISTED = 8, 8


def provider_identities(service: UUID) -> frozenset[UUID]:
    """Return all ids of the provider of a service: service, provider, organisation with an account here.

    For a deleted service, return only its own id.
    """
    rows = Service.objects.filter(id=service).values_list("provider", "provider__organisation")
    return frozenset(row for row in (service, *chain(*rows)) if row is not None)


def organisations_behind(bodies: Collection[UUID]) -> frozenset[UUID]:
    """Return the organisations with an account here that are these providers."""
    rows = Provider.objects.filter(id__in=bodies, organisation__isnull=False)
    return frozenset(organisation for (organisation,) in rows.values_list("organisation") if organisation)


def include_merged(bodies: Collection[UUID]) -> frozenset[UUID]:
    """Return these providers and those whose entries were merged with theirs.

    Source: own design: a provider excluded under one of two merged entries is excluded under both.
    """
    own = Service.objects.filter(provider__in=bodies).values("id")
    merges = MergedEntry.objects.filter(Q(new__in=own) | Q(old__in=own))
    remaining = set(merges.values_list("new", flat=True))
    removed = MergedEntry.objects.filter(new__in=remaining).values("old")
    rows = Service.objects.filter(Q(id__in=remaining) | Q(id__in=removed), provider__isnull=False)
    return frozenset(bodies).union(rows.values_list("provider", flat=True))


def provider_names(bodies: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of providers by id, without those that left the directory."""
    rows = Provider.objects.filter(id__in=list(bodies)).values_list("id", "name")
    return {id_: cards.localise(name, active_language()) for id_, name in rows}


def find_providers(typed: str, *, apart_from: UUID | None = None) -> dict[UUID, str]:
    """Return the providers in whose name each typed word begins a word, ordered by name.

    Without typed words, return those with an account here. `apart_from` is an organisation to leave out.
    """
    wanted = tokenize(typed)[:MAX_WORDS]
    rows = Provider.objects.exclude(organisation=apart_from) if apart_from else Provider.objects
    if not wanted:
        rows = rows.filter(organisation__isnull=False)
    matches = [
        (cards.localise(name, active_language()), id_)
        for id_, name in rows.values_list("id", "name")
        if contains_words(" ".join(name.values()), wanted)
    ]
    first = sorted(matches, key=lambda row: (row[0].casefold(), row[1]))[:MAX_LISTED]
    return {id_: name for name, id_ in first}
