"""Backups in two sealed parts: `data` with ciphertext and plain columns, `keys` with what opens it.

The parts are files of their own, so that each has its own retention: data for long, keys
for 35 days. Source: security.md 3.8; docs/decisions/keys-and-sessions.md.
"""
