"""`./suar bench`: every part, one after the other."""

import sys

from bench import parts, running

if __name__ == "__main__":
    sys.exit(running.main(__doc__ or "", parts.pages, parts.timed_bars, parts.growth))
