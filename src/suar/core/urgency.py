"""Urgency: the one scale of needs and of referrals."""

from enum import StrEnum


class Urgency(StrEnum):
    """Urgency; the codes are stored, so they never change.

    Source: case management code lists, urgency U1 to U5.
    """

    NOW = "U1"
    TODAY = "U2"
    THREE_DAYS = "U3"
    WEEK = "U4"
    PLANNED = "U5"


CANNOT_WAIT = frozenset({Urgency.NOW, Urgency.TODAY})
"""Urgencies that a sent referral alone never meets: somebody has to be spoken to."""
