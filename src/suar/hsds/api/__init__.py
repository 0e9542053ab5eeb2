"""The directory for other systems: HSDS 3 to read, at the public site, without a key.

Source: docs/decisions/directory; docs/api.md says how it is used.
"""
