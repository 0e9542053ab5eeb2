"""Sealing: the only place that touches cryptography; formats in docs/decisions/0003."""
