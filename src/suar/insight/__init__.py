"""Estimates of those who are never seen: plain Python and numpy, importable alone."""
