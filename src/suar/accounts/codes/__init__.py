"""Codes of accounts: kinds of keys, second factors, states of a worker, and reasons of refusals."""

from enum import StrEnum

from suar.core.codes import code_list

REFUSALS, FACTORS = code_list("accounts", "refusals"), code_list("accounts", "factors")
ALARMS = code_list("accounts", "alarms")
EMERGENCIES, DECISIONS = code_list("accounts", "emergencies"), code_list("accounts", "review_decisions")


class AlarmKind(StrEnum):
    """Kinds of alarms for supervisors and privacy officers."""

    AUDIT_CHANGED = "AUDIT_CHANGED"
    KEY_CHANGED = "KEY_CHANGED"
    MANY_LOOKUPS = "MANY_LOOKUPS"
    PAPERS_USED = "PAPERS_USED"
    PAPERS_TYPED = "PAPERS_TYPED"
    CLOCK_JUMPED = "CLOCK_JUMPED"
    MANY_EXPORTED = "MANY_EXPORTED"
    BREAK_GLASS = "BREAK_GLASS"
    DECOY_OPENED = "DECOY_OPENED"
    MANY_RECORDS = "MANY_RECORDS"
    MANY_NAMES = "MANY_NAMES"
    MANY_HIDDEN = "MANY_HIDDEN"
    HIDDEN_TRIED = "HIDDEN_TRIED"
    EXPORT_ASKED = "EXPORT_ASKED"
    RECORD_TAKEN = "RECORD_TAKEN"


class KeyKind(StrEnum):
    """Kinds of key pairs, by their owner (security.md 3.2)."""

    USER_READ = "user_read"
    USER_SIGN = "user_sign"
    TEAM = "team"
    INBOX = "inbox"
    IDENTITY = "identity"
    BREAK_GLASS = "break_glass"
    ESCROW = "escrow"
    STATISTICS = "statistics"
    BACKUP = "backup"


class Way(StrEnum):
    """Ways of wrapping the private part of a key."""

    PASSWORD = "password"  # noqa: S105 - the code of a way, no secret
    RECOVERY = "recovery"
    MEMBER = "member"
    ESCROW = "escrow"
    """Sealed to the organisation's escrow key, which two of three papers give."""


class RequestKind(StrEnum):
    """Kinds of requests about keys that need several people; each follows a workflow in `data`."""

    RECOVERY = "recovery"
    REHEARSAL = "rehearsal"
    RESET = "reset"


class Factor(StrEnum):
    """Kinds of second factors."""

    APP = "app"
    SHEET = "sheet"
    PASSKEY = "passkey"


class WorkerState(StrEnum):
    """States of a worker's account."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"
