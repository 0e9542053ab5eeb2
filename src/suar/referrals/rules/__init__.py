"""The rules of referral: states and who may change them, clocks, needs, and what is shared."""

from suar.referrals.rules.answers import reason_fits, reasons, tries_suffice
from suar.referrals.rules.clocks import clocks, due, due_by, late, next_due, overdue
from suar.referrals.rules.drawing import draw
from suar.referrals.rules.ends import ends_soon, may_renew
from suar.referrals.rules.needs import need_is_met, standing
from suar.referrals.rules.sharing import (
    WITHOUT_IDENTITY,
    may_leave,
    packet_fields,
    preview_fields,
    served_fields,
    share_of,
)
from suar.referrals.rules.states import (
    can_be_followed,
    changes_no_state,
    closed_states,
    ended_states,
    goes_on,
    in_hands_of,
    may,
    next_acts,
    open_states,
    owner,
    share,
    status,
)
from suar.referrals.rules.words import meaning, words

__all__ = [
    "WITHOUT_IDENTITY",
    "can_be_followed",
    "changes_no_state",
    "clocks",
    "closed_states",
    "draw",
    "due",
    "due_by",
    "ended_states",
    "ends_soon",
    "goes_on",
    "in_hands_of",
    "late",
    "may",
    "may_leave",
    "may_renew",
    "meaning",
    "need_is_met",
    "next_acts",
    "next_due",
    "open_states",
    "overdue",
    "owner",
    "packet_fields",
    "preview_fields",
    "reason_fits",
    "reasons",
    "served_fields",
    "share",
    "share_of",
    "standing",
    "status",
    "tries_suffice",
    "words",
]
