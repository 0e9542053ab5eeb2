"""`./suar bench pages`: the pages of a house of 10,000."""

import sys

from bench import parts, running

if __name__ == "__main__":
    sys.exit(running.main(__doc__ or "", parts.pages))
