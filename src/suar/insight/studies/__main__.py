"""Keep the record of a study: `python -m suar.insight.studies gate PROTOCOL.toml`."""

import sys

from suar.insight.command import answered
from suar.insight.studies.asking import parser

if __name__ == "__main__":
    sys.exit(answered(parser(), sys.argv[1:]))
