"""Moved to `actions`."""

from suar.records.actions import keep_until

__all__ = ["keep_until"]
