"""Rules of the directory: which service fits whom, and what a hidden place may never say."""

from suar.directory.rules.fitting import admits, fit, freshness, nearness, order
from suar.directory.rules.hidden import named_streets, provinces_only

__all__ = ["admits", "fit", "freshness", "named_streets", "nearness", "order", "provinces_only"]
