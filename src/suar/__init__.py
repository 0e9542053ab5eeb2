"""Suar: records, referrals and safety for people who were trafficked or are at risk of it."""

__version__ = "0.1.0"
