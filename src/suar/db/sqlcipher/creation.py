"""Making and removing test databases."""

from pathlib import Path

from django.db.backends.sqlite3 import creation as stock


class DatabaseCreation(stock.DatabaseCreation):
    """Remove what SQLite leaves beside a test database, so that no old log enters a new one."""

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        super()._destroy_test_db(test_database_name, verbosity)
        for ending in ("-wal", "-shm", ".lock"):
            Path(f"{test_database_name}{ending}").unlink(missing_ok=True)
