"""Make tables of case files: `python -m suar_research.casefiles DATA.csv --rows form`."""

import sys

from suar_research.casefiles.asking import parser
from suar_research.command import answered

if __name__ == "__main__":
    sys.exit(answered(parser(), sys.argv[1:]))
