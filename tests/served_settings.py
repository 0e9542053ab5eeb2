"""Settings of the demonstration that stories share: the ordinary ones, with passwords and codes that cost little."""

from suar.settings import *  # noqa: F403 - every setting but this one

SUAR_KDF = {"memory_kib": 64, "passes": 1, "lanes": 1}
