"""Run an estimate: `python -m suar_research mse LISTS.csv`."""

import sys

from suar_research.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
