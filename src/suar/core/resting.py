"""Letting Python's collector of circles rest while one act makes very many rows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_rests() -> Iterator[None]:
    """Look for no circles of objects while the block runs, in this process.

    A long list of rows holds none, and each round would walk through all of it. What is not in a
    circle is let go of as ever. Of several threads the one that began first ends the rest.
    """
    was_busy = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_busy:
            gc.enable()
