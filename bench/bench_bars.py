"""`./suar bench bars`: the timed bars of security.md, B5, B6, B7 and B9."""

import sys

from bench import parts, running

if __name__ == "__main__":
    sys.exit(running.main(__doc__ or "", parts.timed_bars))
