"""Two connections to one database at once."""

import threading
from collections.abc import Callable

from django.db import connections

SOON_S, LONG_S = 0.5, 30


def beside(work: Callable[[], None]) -> threading.Thread:
    """Do something on a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread
