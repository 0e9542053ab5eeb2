"""Run a command: `python -m suar_research estimate mse LISTS.csv`."""

import sys

from suar_research.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
