"""Tables that may be published: `python -m suar_research.releases tables PEOPLE.csv ...`."""

import argparse
import sys

from suar_research.command import answered
from suar_research.releases import asking, asking_more


def parser() -> argparse.ArgumentParser:
    """Make the command line of `./suar release`."""
    made = argparse.ArgumentParser(prog="./suar release", description=__doc__)
    kinds = made.add_subparsers(dest="kind", required=True, metavar="KIND")
    asking.add(kinds)
    asking_more.add(kinds)
    return made


if __name__ == "__main__":
    sys.exit(answered(parser(), sys.argv[1:]))
