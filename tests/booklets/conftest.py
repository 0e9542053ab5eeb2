"""The tests of booklets happen on the same invented day as those of the directory."""

from tests.directory.conftest import on_the_day

__all__ = ["on_the_day"]
