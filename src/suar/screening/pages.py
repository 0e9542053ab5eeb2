"""Words of what a talk found, for the pages of other stages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from suar.accounts import queries as accounts
from suar.accounts.keys import Keys
from suar.accounts.terms import Viewer
from suar.records.keyring import OpenRecord
from suar.screening import labels, labels_partner, partner_pages, rules, second_reading
from suar.screening.partner_pages import AskLine
from suar.screening.queries import Finding
from suar.screening.speaking import code_words, say
from suar.screening.terms import Outcome


@dataclass(frozen=True, slots=True)
class SecondRead:
    """What a second person thinks of an outcome, in words; a partner's says why as well."""

    by: str
    at: datetime
    words: str | Promise
    reason: str | Promise = ""
    said: str = ""


def outcome_words(outcome: Outcome) -> str:
    """Say an outcome as the action it asks for."""
    return say(rules.instrument().tables.outcomes[outcome].label)


def reason_words(code: str) -> str:
    """Say a reason that was tapped."""
    return code_words(rules.instrument(), code)


def second_read(left: UUID, *, keys: Keys) -> SecondRead | None:
    """Say what a second person answered about what a talk left, or None while nobody has.

    Who read in a partner house is said by role and house.
    """
    found = second_reading.read_of(left, keys=keys)
    if found is None:
        return None
    if found.partner:
        answer, reason = found.partner.answer, found.partner.reason
        return SecondRead(
            partner_pages.by_whom(found.partner),
            found.at,
            labels_partner.ANSWERS[answer],
            labels_partner.REASONS[reason],
            found.partner.words,
        )
    by = accounts.shown_names([found.by]).get(found.by, "") if found.by else ""
    words = labels.SECOND_ANSWERS[found.answer] if found.answer else ""
    return SecondRead(by, found.at, words)


def way_to_partner(
    record: OpenRecord, found: Iterable[Finding], second: SecondRead | None, viewer: Viewer
) -> AskLine | None:
    """Say whether a partner may be asked about a lower outcome that nobody has read yet."""
    if second or not any(each.second_reading for each in found):
        return None
    return partner_pages.ask_line(record, viewer)
