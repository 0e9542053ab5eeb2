"""The exclusion list as pages show it: names, and what each learned before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from suar.accounts import queries as accounts
from suar.audit import queries as audit
from suar.consent import exclusions as exclusion_list
from suar.consent.codes import ExclusionKind
from suar.consent.rules import Exclusion
from suar.directory import providers
from suar.records.keyring import OpenRecord
from suar.referrals import messages, queries
from suar.referrals.queries import SentReferral


@dataclass(frozen=True, slots=True)
class ExclusionLine:
    """An entry of the exclusion list, by name, with what they learned before."""

    entry: Exclusion
    who: str
    learned: Sequence[str]

    @property
    def in_words(self) -> bool:
        """Return True if the person was only described: a worker has to check."""
        return self.entry.kind is ExclusionKind.WORDS


def exclusion_lines(record: OpenRecord) -> list[ExclusionLine]:
    """Return the exclusion list with names, removed entries too."""
    entries = exclusion_list.list_exclusions(record)
    refs = {entry.ref for entry in entries if entry.ref}
    names = providers.provider_names(refs) | accounts.shown_names(refs)
    sent = queries.sent_for(record) if refs else []
    return [
        ExclusionLine(
            entry,
            entry.words or (names.get(entry.ref, "") if entry.ref else "") or _("Somebody no longer listed"),
            _learned(record, entry, sent),
        )
        for entry in entries
    ]


def _learned(record: OpenRecord, entry: Exclusion, sent: Iterable[SentReferral]) -> list[str]:
    """Return what somebody read before they were excluded, and when."""
    if entry.kind is ExclusionKind.WORKER:
        opened = audit.first_acts(record.id, verbs=[queries.OPEN])
        return [_at(_("First opened %(when)s."), act.at) for act in opened if act.by == entry.ref]
    theirs = [each for each in sent if entry.ref and entry.ref in providers.provider_identities(each.service)]
    read = [
        _("Read by %(who)s, %(when)s.") % {"who": who or messages.BY_LINK, "when": messages.moment(at)}
        for each in theirs
        for who, at in queries.readers_of(each)
    ]
    saw = [
        _at(_("Saw %(when)s only that somebody asks for help."), at)
        for each in theirs
        for _who, at in queries.previewers_of(each)
    ]
    asked = [_at(_("Was asked %(when)s and has not read anything."), each.sent_at) for each in theirs]
    return [*read, *saw] or asked


def _at(text: str, at: datetime) -> str:
    return text % {"when": messages.moment(at)}
