"""Estimates know no database: they are tested in one leg only, that of the encrypted file."""

import os

# As the command does: threads inside each small sum only get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if os.environ.get("SUAR_LEG") == "postgres":
    collect_ignore_glob = ["test_*.py"]
