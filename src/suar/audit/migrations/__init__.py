"""Migrations of the audit, and the tables whose rows are only ever added."""

AUDIT_TABLES = ("audit_entry", "audit_mention")
