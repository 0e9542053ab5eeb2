"""`./suar bench growth`: how cost grows from 1,000 to 100,000."""

import sys

from bench import parts, running

if __name__ == "__main__":
    sys.exit(running.main(__doc__ or "", parts.growth))
