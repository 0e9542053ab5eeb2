"""Make tables of case files: `python -m suar.insight.casefiles DATA.csv --rows form`."""

import sys

from suar.insight.casefiles.asking import parser
from suar.insight.command import answered

if __name__ == "__main__":
    sys.exit(answered(parser(), sys.argv[1:]))
