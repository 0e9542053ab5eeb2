"""Run an estimate: `python -m suar.insight mse LISTS.csv`."""

import sys

from suar.insight.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
