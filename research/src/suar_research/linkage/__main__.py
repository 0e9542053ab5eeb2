"""Link lists without names: `python -m suar_research.linkage encode PEOPLE.csv ...`."""

import argparse
import sys

from suar_research.command import answered
from suar_research.linkage import asking


def parser() -> argparse.ArgumentParser:
    """Make the command line of `./suar link`."""
    made = argparse.ArgumentParser(prog="./suar link", description=__doc__)
    asking.add(made.add_subparsers(dest="kind", required=True, metavar="KIND"))
    return made


if __name__ == "__main__":
    sys.exit(answered(parser(), sys.argv[1:]))
