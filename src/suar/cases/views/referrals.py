"""Referrals and consents on the pages of a person and of a case."""

from collections.abc import Sequence
from typing import Any

from suar.accounts.roles import Permission, Viewer
from suar.consent import life
from suar.consent import queries as consents
from suar.consent import rules as consent_rules
from suar.consent.queries import GivenConsent
from suar.core import clock
from suar.records.keyring import OpenRecord
from suar.records.terms import Status
from suar.referrals import matching, rules
from suar.referrals import messages as referral_labels


def referrals_context(opened: OpenRecord, sent: Sequence[Any], viewer: Viewer) -> dict[str, Any]:
    """Return the referrals and consents of a record, and what to offer next for those that came back."""
    is_open = opened.facts.status is not Status.CLOSED and life.life_state(opened) == life.OPEN
    may_refer = viewer.may(Permission.REFER) and is_open
    back = [row for row in sent if may_refer and rules.offers_next(row.state, late=row.late)]
    return {
        "sent": sent,
        "next_services": [(row, matching.find_alternatives(opened, row)) for row in back],
        "consents": [consent_context(given, sent) for given in consents.list_consents(opened)],
        "may_refer": may_refer,
        "may_withdraw": viewer.may(Permission.GIVE_CONSENT),
    }


def consent_context(given: GivenConsent, sent: Sequence[Any]) -> dict[str, Any]:
    """Return a consent with the name of its recipient, and what can be done with it."""
    name = next((referral.document.service_name for referral in sent if referral.consent == given.id), "")
    return {
        "given": given,
        "recipient": name or referral_labels.service_name(given.facts.recipient),
        "is_open": bool(consent_rules.is_open(given.facts, at=clock.now())),
        "may_withdraw": bool(consent_rules.may_withdraw(given.facts, at=clock.now())),
    }
