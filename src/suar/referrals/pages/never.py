"""Who must never know: the list as the person's page shows it, and what each learned before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.accounts.terms import Viewer
from suar.audit import queries as audit
from suar.consent import exclusions
from suar.consent.codes import ExclusionKind
from suar.consent.rules import Exclusion
from suar.directory import providers as directory
from suar.records.keyring import OpenRecord
from suar.referrals import labels, queries
from suar.referrals.pages.sent import previews_of, readings_of
from suar.referrals.queries import SentOne


@dataclass(frozen=True, slots=True)
class NeverLine:
    """Somebody who must never know, in words; what they learned before; why it ended, if so."""

    id: UUID
    who: str
    only_words: bool
    at: datetime
    learned: Sequence[str]
    ended_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class NeverList:
    """The lines that stand, and whether the person was asked at all."""

    asked: bool
    lines: Sequence[NeverLine]


@dataclass(frozen=True, slots=True)
class NeverPage:
    """The list as it is changed: what stands, what ended, and who can be tapped."""

    record: UUID
    asked: bool
    lines: Sequence[NeverLine]
    ended: Sequence[NeverLine]
    bodies: Mapping[UUID, str]
    workers: Mapping[UUID, str]


def never_list(record: OpenRecord) -> NeverList:
    """Put together the lines that stand."""
    lines = [each for each in exclusions.list_exclusions(record) if each.active]
    return NeverList(exclusions.was_asked(record), _said(record, lines))


def never_page(record: OpenRecord, viewer: Viewer, *, typed: str = "", tapped: Sequence[UUID] = ()) -> NeverPage:
    """Put together the page of the list; `typed` looks for bodies, `tapped` ones stay in reach."""
    lines = exclusions.list_exclusions(record)
    standing = [each for each in lines if each.active]
    there = {each.ref for each in standing}
    offered = directory.provider_names(tapped) | directory.find_providers(typed, apart_from=viewer.organisation)
    workers = {each.id: each.shown_name for each in accounts.colleagues(viewer)}
    return NeverPage(
        record.id,
        exclusions.was_asked(record),
        _said(record, standing),
        _said(record, [each for each in lines if not each.active]),
        {ident: name for ident, name in offered.items() if ident not in there},
        {ident: name for ident, name in workers.items() if ident not in {viewer.worker, *there}},
    )


def _said(record: OpenRecord, lines: Sequence[Exclusion]) -> list[NeverLine]:
    refs = {each.ref for each in lines if each.ref}
    names = directory.provider_names(refs) | accounts.shown_names(refs)
    sent = queries.sent_for(record) if refs else []
    return [
        NeverLine(
            each.id,
            each.words or names.get(each.ref) or _("Somebody no longer listed"),
            each.kind is ExclusionKind.WORDS,
            each.at,
            _learned(record, each, sent),
            each.ended_at,
            each.reason,
        )
        for each in lines
    ]


def _learned(record: OpenRecord, line: Exclusion, sent: Sequence[SentOne]) -> list[str]:
    """Say what somebody read before they were named, and when."""
    if line.kind is ExclusionKind.WORKER:
        opened = audit.first_acts(record.id, verbs=[queries.OPEN])
        return [_at(_("Opened this first %(when)s."), each.at) for each in opened if each.by == line.ref]
    theirs = [each for each in sent if line.ref and line.ref in directory.provider_identities(each.service)]
    read = [labels.read_by(who, at) for each in theirs for who, at in readings_of(each)]
    saw = [
        _at(_("Saw %(when)s that somebody asks, and nothing more."), at)
        for each in theirs
        for _who, at in previews_of(each)
    ]
    asked = [_at(_("Was asked %(when)s and read nothing."), each.sent_at) for each in theirs]
    return [*read, *saw] or asked


def _at(words: str, at: datetime) -> str:
    return words % {"when": labels.moment(at)}
