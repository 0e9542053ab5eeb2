"""Estimates of hidden populations, record linkage without names, and tables that are safe to publish."""

__version__ = "0.1.0"
