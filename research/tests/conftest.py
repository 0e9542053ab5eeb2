"""Research needs no database: its tests run once, and long proofs only when they are asked for."""

import os

import pytest

# As the command does: threads inside each small sum only get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if os.environ.get("SUAR_LEG") == "postgres":
    collect_ignore_glob = ["test_*.py"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave long proofs to `./suar prove research`."""
    here = os.path.dirname(__file__)  # noqa: PTH120 - compared with a prefix
    long = {item for item in items if str(item.path).startswith(here) and item.get_closest_marker("long") is not None}
    if long and not os.environ.get("SUAR_LONG"):
        config.hook.pytest_deselected(items=sorted(long, key=lambda item: item.nodeid))
        items[:] = [item for item in items if item not in long]
