"""Keep the record of a study: `python -m suar_research.studies gate PROTOCOL.toml`."""

import sys

from suar_research.command import answered
from suar_research.studies.asking import parser

if __name__ == "__main__":
    sys.exit(answered(parser(), sys.argv[1:]))
